/* SPDX-License-Identifier: MIT */
/*
 * drivers/char/jobctl.c - controlling terminals and foreground groups: who may
 * use a tty, who gets its signals, what happens when a session ends.
 *
 * Invariant: pid.session_tty of a session's pid is its tty (counted) iff the
 * tty's session is that pid; process.has_tty is off in sessions without one.
 * Linux: a process keeps what it had at fork(2) or got by itself, so members of
 * one session may differ.
 */
#include "drivers/internal_tty.h"
#include "fs/chrdev.h"
#include "include/abi/capability.h"
#include "include/abi/fcntl.h"
#include "include/abi/signal.h"
#include "kernel/pid.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "mm/usercopy.h"

struct tty *
tty_of(const struct process *p)
{
	return p->has_tty && p->session_pid ? p->session_pid->session_tty
					    : NULL;
}

static void
set_pgrp(struct tty *tty, struct pid *pgrp)
{
	struct pid *old = tty->pgrp;

	tty->pgrp = pgrp ? pid_get(pgrp) : NULL;
	pid_put(old);
}

static void
drop_session(struct tty *tty)
{
	struct pid *session = tty->session;
	struct process *p;

	set_pgrp(tty, NULL);
	if (!session)
		return;
	LIST_EACH(p, &session->session, in_session)
		p->has_tty = false;
	tty->session = NULL;
	session->session_tty = NULL;
	pid_put(session);
	tty_put(tty);
}

void
tty_set_controlling(struct tty *tty, struct task *t)
{
	struct pid *session = t->proc->session_pid;

	if (tty->session == session)
		return;
	drop_session(tty);
	tty->session = pid_get(session);
	t->proc->has_tty = true;
	session->session_tty = tty_get(tty);
	set_pgrp(tty, t->proc->pgrp_pid);
}

void
tty_signal(struct tty *tty, int sig)
{
	if (tty->pgrp)
		(void)!signal_pgrp(tty->pgrp, sig, NULL);
}

static bool
is_ignored_or_blocked(const struct task *t, int sig)
{
	return (t->blocked & LX_SIGMASK(sig)) ||
	       t->sighand->action[sig - 1].handler == LX_SIG_IGN;
}

int
jobctl_check(struct tty *tty, int sig)
{
	struct task *t = current_task();
	struct process *p = t->proc;

	if (tty_of(p) != tty || !tty->pgrp || p->pgrp_pid == tty->pgrp)
		return 0;
	if (is_ignored_or_blocked(t, sig))
		return sig == LX_SIGTTIN ? -EIO : 0;
	if (pgrp_is_orphaned(p->pgrp_pid, NULL))
		return -EIO;
	(void)!signal_pgrp(p->pgrp_pid, sig, NULL);
	return -ERESTARTSYS;
}

void
tty_hangup(struct tty *tty)
{
	struct pid *session = tty->session;

	if (tty->is_hung_up)
		return;
	tty->is_hung_up = true;
	if (session && session->process) {
		(void)!signal_process(session->process, LX_SIGHUP, NULL);
		(void)!signal_process(session->process, LX_SIGCONT, NULL);
	}
	if (tty->pgrp)
		(void)!signal_pgrp(tty->pgrp, LX_SIGHUP, NULL);
	waitq_wake_all(&tty->wq, WAIT_IN | WAIT_OUT | WAIT_HUP);
	drop_session(tty);
}

/* A session leader's end takes the terminal from its session: the foreground
 * group hears SIGHUP and SIGCONT (credentials(7), "Sessions"). */
static void
on_process_exit(struct process *p)
{
	struct tty *tty;

	if (!p->is_session_leader)
		return;
	tty = tty_of(p);
	if (!tty)
		return;
	if (tty->pgrp) {
		(void)!signal_pgrp(tty->pgrp, LX_SIGHUP, NULL);
		(void)!signal_pgrp(tty->pgrp, LX_SIGCONT, NULL);
	}
	drop_session(tty);
}

/* --- ioctls: tty_ioctl(4) --- */

static sysret_t
set_controlling(struct tty *tty, uint64_t force)
{
	struct task *t = current_task();
	struct process *p = t->proc;

	if (p->is_session_leader && p->session_pid == tty->session)
		return 0;
	if (!p->is_session_leader || tty_of(p))
		return -EPERM;
	if (tty->session &&
	    (force != 1 || !cred_capable(&t->cred, LX_CAP_SYS_ADMIN)))
		return -EPERM;
	tty_set_controlling(tty, t);
	return 0;
}

static sysret_t
give_up(struct tty *tty)
{
	struct process *p = current_task()->proc;

	if (tty_of(p) != tty)
		return -ENOTTY;
	if (p->is_session_leader)
		on_process_exit(p);
	p->has_tty = false;
	return 0;
}

static sysret_t
set_foreground(struct tty *tty, struct mm *mm, uint64_t arg)
{
	struct process *p = current_task()->proc, *m;
	struct pid *pgrp;
	int nr, err;

	err = jobctl_check(tty, LX_SIGTTOU);
	if (err)
		return err;
	if (tty_of(p) != tty || p->session_pid != tty->session)
		return -ENOTTY;
	if (copy_in(mm, &nr, uaddr(arg), sizeof(nr)))
		return -EFAULT;
	if (nr < 0)
		return -EINVAL;
	pgrp = pid_find(nr);
	if (!pgrp || list_empty(&pgrp->pgrp))
		return -ESRCH;
	m = LIST_FIRST(&pgrp->pgrp, struct process, in_pgrp);
	if (m->session_pid != p->session_pid)
		return -EPERM;
	set_pgrp(tty, pgrp);
	return 0;
}

sysret_t
jobctl_ioctl(struct tty *tty, struct mm *mm, uint32_t cmd, uint64_t arg)
{
	bool is_mine = tty_of(current_task()->proc) == tty;
	/* A pty's master may ask for its slave. */
	bool may_ask = is_mine || (tty->rdev >> 32) != 5;
	int nr;

	switch (cmd) {
	case LX_TIOCSCTTY:
		return set_controlling(tty, arg);
	case LX_TIOCNOTTY:
		return give_up(tty);
	case LX_TIOCSPGRP:
		return set_foreground(tty, mm, arg);
	case LX_TIOCGPGRP:
		if (!is_mine)
			return -ENOTTY;
		nr = tty->pgrp ? tty->pgrp->nr : 0;
		return copy_out(mm, uaddr(arg), &nr, sizeof(nr));
	case LX_TIOCGSID:
		if (!may_ask || !tty->session)
			return -ENOTTY;
		nr = tty->session->nr;
		return copy_out(mm, uaddr(arg), &nr, sizeof(nr));
	}
	return -ENOTTY;
}

/* --- /dev/tty --- */

static int
dev_tty_open(struct inode *i, struct file *f)
{
	struct tty *tty = tty_of(current_task()->proc);

	(void)i;
	if (!tty)
		return -ENXIO;
	tty_attach(tty, f, false);
	return 0;
}

static struct chrdev dev_tty = {
	.name = "tty",
	.major = 5,
	.minor = 0,
	.count = 1,
	.mode = 0666,
	.gid = 5,
	.fops = &tty_file_ops,
	.open = dev_tty_open,
};

void
jobctl_init(void)
{
	process_exit_hook = on_process_exit;
	chrdev_register(&dev_tty);
}
