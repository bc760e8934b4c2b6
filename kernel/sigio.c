/* SPDX-License-Identifier: MIT */
/*
 * kernel/sigio.c - signal-driven I/O (fcntl(2), "Managing signals").
 *
 * An O_ASYNC file has a listener of ours on its wait queue; file_put() takes
 * it away.  Whom to signal is decided anew each time: numbers are kept, not
 * tasks.
 */
#include "kernel/sigio.h"

#include "base/slab.h"
#include "base/str.h"
#include "fs/file.h"
#include "kernel/pid.h"
#include "kernel/signal.h"
#include "kernel/task.h"

struct sigio {
	struct waiter w; /* first: file_put() frees it by this */
	struct file *f;	 /* not counted */
	int fd;
};

/* Linux: sigio_perm(), with the ids of who called F_SETOWN. */
static bool
may_signal(const struct file *f, const struct task *t)
{
	const struct cred *c = &t->cred;

	return f->owner_euid == 0 || f->owner_euid == c->suid ||
	       f->owner_euid == c->uid || f->owner_uid == c->suid ||
	       f->owner_uid == c->uid;
}

static int32_t
poll_code(uint32_t events)
{
	if (events & WAIT_HUP)
		return LX_POLL_HUP;
	if (events & WAIT_ERR)
		return LX_POLL_ERR;
	if (events & WAIT_PRI)
		return LX_POLL_PRI;
	return events & WAIT_IN ? LX_POLL_IN : LX_POLL_OUT;
}

static void
send_to(const struct sigio *s, struct task *t, uint32_t events, bool to_process)
{
	struct lx_siginfo info;

	if (!may_signal(s->f, t))
		return;
	memset(&info, 0, sizeof(info));
	info.si_signo = s->f->owner_sig;
	info.si_code = poll_code(events);
	info.poll.band = events;
	info.poll.fd = s->fd;
	if (info.si_signo && !signal_send(t, &info, to_process))
		return;
	/* Not asked for a signal of its own, or no room to queue it. */
	info.si_signo = LX_SIGIO;
	info.si_code = LX_SI_KERNEL;
	(void)!signal_send(t, &info, to_process);
}

static void
wake(struct waiter *w, uint32_t events)
{
	const struct sigio *s = CONTAINER_OF(w, struct sigio, w);
	int32_t owner = s->f->owner;
	struct pid *pid = owner ? pid_find(owner < 0 ? -owner : owner) : NULL;
	struct process *p, *next;

	if (!pid)
		return;
	if (owner < 0) {
		LIST_EACH_SAFE(p, next, &pid->pgrp, in_pgrp)
			send_to(s, p->leader, events, true);
	} else if (s->f->owner_is_thread) {
		if (pid->task)
			send_to(s, pid->task, events, false);
	} else if (pid->process) {
		send_to(s, pid->process->leader, events, true);
	}
}

int
sigio_set_owner(struct task *t, struct file *f, int32_t owner, bool is_thread)
{
	/* The number must mean somebody now. */
	if (owner && !pid_find(owner < 0 ? -owner : owner))
		return -ESRCH;
	f->owner = owner;
	f->owner_is_thread = is_thread;
	f->owner_uid = t->cred.uid;
	f->owner_euid = t->cred.euid;
	return 0;
}

int
sigio_listen(struct file *f, int fd, bool on)
{
	struct sigio *s;
	uint32_t events = WAIT_PRI;

	if (f->async) {
		s = CONTAINER_OF(f->async, struct sigio, w);
		if (on) {
			s->fd = fd;
			return 0;
		}
		waitq_leave(f->wq, f->async);
		f->async = NULL;
		kfree(s);
		return 0;
	}
	if (!on)
		return 0;
	s = KNEW(struct sigio);
	if (!s)
		return -ENOMEM;
	s->f = f;
	s->fd = fd;
	s->w.wake = wake;
	list_init(&s->w.link);
	if (file_may_read(f))
		events |= WAIT_IN;
	if (file_may_write(f))
		events |= WAIT_OUT;
	waitq_listen(f->wq, &s->w, events);
	f->async = &s->w;
	return 0;
}
