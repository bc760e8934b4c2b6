/* SPDX-License-Identifier: MIT */
/*
 * kernel/signalfd.c - signalfd(2): whoever reads takes its own signals.  The
 * descriptor may be shared by processes that come and go, so that all
 * signalfds listen on one queue and look for themselves.
 */
#include "base/slab.h"
#include "base/str.h"
#include "fs/anon.h"
#include "include/abi/fcntl.h"
#include "include/abi/poll.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "kernel/timerfd.h"
#include "mm/uio.h"

struct signalfd {
	uint64_t mask;
};

static void
to_record(const struct lx_siginfo *i, struct lx_signalfd_siginfo *r)
{
	memset(r, 0, sizeof(*r));
	r->ssi_signo = (uint32_t)i->si_signo;
	r->ssi_errno = i->si_errno;
	r->ssi_code = i->si_code;
	if (i->si_code == LX_SI_TIMER) {
		r->ssi_tid = (uint32_t)i->timer.tid;
		r->ssi_overrun = (uint32_t)i->timer.overrun;
		r->ssi_ptr = i->timer.value.sival_ptr;
		r->ssi_int = i->timer.value.sival_int;
		return;
	}
	r->ssi_pid = (uint32_t)i->kill.pid;
	r->ssi_uid = i->kill.uid;
	if (i->si_signo == LX_SIGCHLD) {
		r->ssi_status = i->chld.status;
		r->ssi_utime = (uint64_t)i->chld.utime;
		r->ssi_stime = (uint64_t)i->chld.stime;
	} else if (i->si_code < 0) {
		r->ssi_ptr = i->rt.value.sival_ptr;
		r->ssi_int = i->rt.value.sival_int;
	} else if (i->si_code > 0 && i->si_code != LX_SI_KERNEL) {
		r->ssi_addr = i->fault.addr;
	}
}

static int
signalfd_read(struct file *f, struct uio *u, uint64_t *pos)
{
	struct signalfd *sf = f->priv;
	struct lx_signalfd_siginfo r;
	struct lx_siginfo info;

	(void)pos;
	if (u->left < sizeof(r))
		return -EINVAL;
	while (u->left >= sizeof(r)) {
		int64_t n;

		if (!signal_dequeue(current_task(), sf->mask, &info))
			return u->moved ? 0 : -EAGAIN;
		to_record(&info, &r);
		n = uio_copy(u, &r, sizeof(r));
		if (n < 0)
			return (int)n;
	}
	return 0;
}

static uint32_t
signalfd_poll(struct file *f)
{
	struct signalfd *sf = f->priv;

	return signal_pending_set(current_task()) & sf->mask ? WAIT_IN : 0;
}

/* Linux: noop_llseek, lseek(2) does nothing and succeeds. */
static int64_t
no_seek(struct file *f, int64_t off, int whence)
{
	(void)off, (void)whence;
	return (int64_t)f->pos;
}

static void
signalfd_release(struct file *f)
{
	kfree(f->priv);
}

static void
signalfd_fdinfo(struct file *f, struct strbuf *sb)
{
	struct signalfd *sf = f->priv;

	strbuf_add(sb, "sigmask:\t%016lx\n", (unsigned long)sf->mask);
}

static const struct file_ops signalfd_ops = {
	.kind = "signalfd",
	.seek = no_seek,
	.read = signalfd_read,
	.poll = signalfd_poll,
	.release = signalfd_release,
	.show_fdinfo = signalfd_fdinfo,
};

int
signalfd_new(uint64_t mask, uint32_t flags, struct file **out)
{
	struct signalfd *sf = KNEW(struct signalfd);
	int err;

	if (!sf)
		return -ENOMEM;
	sf->mask = mask & ~SIG_KERNEL_ONLY;
	err = anon_file_new(&signalfd_ops, LX_O_RDWR | flags, "[signalfd]",
			    out);
	if (err) {
		kfree(sf);
		return err;
	}
	(*out)->priv = sf;
	(*out)->wq = &signal_wq;
	return 0;
}

int
signalfd_set(struct file *f, uint64_t mask)
{
	struct signalfd *sf = f->priv;

	if (f->ops != &signalfd_ops)
		return -EINVAL;
	sf->mask = mask & ~SIG_KERNEL_ONLY;
	waitq_wake_all(f->wq, WAIT_IN);
	return 0;
}
