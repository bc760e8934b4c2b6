/* SPDX-License-Identifier: MIT */
/* drivers/char/tty.c - terminals as files; see drivers/tty.h. */
#include "drivers/tty.h"

#include "base/slab.h"
#include "base/str.h"
#include "base/time.h"
#include "drivers/internal_tty.h"
#include "fs/inode.h"
#include "include/abi/fcntl.h"
#include "include/abi/signal.h"
#include "kernel/task.h"
#include "mm/uio.h"

#define RUN 512

/* Linux: tty_std_termios. */
static const struct lx_termios standard = {
	.c_iflag = LX_ICRNL | LX_IXON,
	.c_oflag = LX_OPOST | LX_ONLCR,
	.c_cflag = LX_B38400 | LX_CS8 | LX_CREAD | LX_HUPCL,
	.c_lflag = LX_ISIG | LX_ICANON | LX_ECHO | LX_ECHOE | LX_ECHOK |
		   LX_ECHOCTL | LX_ECHOKE | LX_IEXTEN,
	.c_cc =
		{
			[LX_VINTR] = 003,
			[LX_VQUIT] = 034,
			[LX_VERASE] = 0177,
			[LX_VKILL] = 025,
			[LX_VEOF] = 004,
			[LX_VMIN] = 1,
			[LX_VSTART] = 021,
			[LX_VSTOP] = 023,
			[LX_VSUSP] = 032,
			[LX_VREPRINT] = 022,
			[LX_VDISCARD] = 017,
			[LX_VWERASE] = 027,
			[LX_VLNEXT] = 026,
		},
};

static void
read_time_over(struct ktimer *tm)
{
	struct tty *tty = CONTAINER_OF(tm, struct tty, read_timer);

	waitq_wake(&tty->wq, WAIT_IN);
}

int
tty_new(const struct tty_ops *ops, uint64_t rdev, void *priv, struct tty **out)
{
	struct tty *tty = KNEW(struct tty);

	if (!tty)
		return -ENOMEM;
	tty->refs = 1;
	tty->ops = ops;
	tty->priv = priv;
	tty->rdev = rdev;
	tty->termios = standard;
	tty->speed = 38400;
	waitq_init(&tty->wq);
	ktimer_init(&tty->read_timer, read_time_over);
	*out = tty;
	return 0;
}

struct tty *
tty_get(struct tty *tty)
{
	tty->refs++;
	return tty;
}

void
tty_put(struct tty *tty)
{
	if (!tty || --tty->refs)
		return;
	ktimer_cancel(&tty->read_timer);
	if (tty->ops->destroy)
		tty->ops->destroy(tty);
	kfree(tty);
}

void
tty_resize(struct tty *tty, const struct lx_winsize *ws)
{
	if (!memcmp(&tty->size, ws, sizeof(*ws)))
		return;
	tty->size = *ws;
	tty_signal(tty, LX_SIGWINCH);
}

void
tty_attach(struct tty *tty, struct file *f, bool may_control)
{
	struct task *t = current_task();

	tty->opens++;
	f->priv = tty_get(tty);
	f->ops = &tty_file_ops;
	f->wq = &tty->wq;
	if (may_control && !(f->flags & LX_O_NOCTTY) && t &&
	    t->proc->is_session_leader && !tty_of(t->proc) && !tty->session)
		tty_set_controlling(tty, t);
}

/* MIN 0: has a read that got nothing waited for TIME (tenths of a second)? */
static bool
read_waited(struct tty *tty)
{
	uint64_t now = clock_monotonic_ns();
	uint64_t span = tty->termios.c_cc[LX_VTIME] * (NSEC_PER_SEC / 10);
	uint64_t at = tty->read_deadline_ns;

	/* One left behind by a reader that went away is no deadline of ours. */
	if (!at || now > at + span) {
		tty->read_deadline_ns = now + span;
		ktimer_set(&tty->read_timer, now + span);
		return !span;
	}
	if (now < at)
		return false;
	tty->read_deadline_ns = 0;
	return true;
}

static int
tty_read(struct file *f, struct uio *u, uint64_t *pos)
{
	struct tty *tty = f->priv;
	int err;

	(void)pos;
	if (tty->is_hung_up)
		return 0;
	err = jobctl_check(tty, LX_SIGTTIN);
	if (err)
		return err;
	err = ldisc_read(tty, u);
	/* The other end is closed: what was typed can still be read. */
	if (err == -EAGAIN && tty->is_pty_master_gone)
		return u->moved ? 0 : -EIO;
	if (err == -EAGAIN && !tty_is(tty, LX_ICANON) &&
	    !tty->termios.c_cc[LX_VMIN])
		return read_waited(tty) ? 0 : -EAGAIN;
	tty->read_deadline_ns = 0;
	return err;
}

static int
tty_write(struct file *f, struct uio *u, uint64_t *pos)
{
	struct tty *tty = f->priv;
	uint8_t buf[RUN];

	(void)pos;
	if (tty->is_hung_up || tty->is_pty_master_gone)
		return -EIO;
	if (tty_is(tty, LX_TOSTOP)) {
		int err = jobctl_check(tty, LX_SIGTTOU);

		if (err)
			return err;
	}
	while (u->left) {
		int64_t n = uio_copy(u, buf, MIN(u->left, (uint64_t)RUN));
		uint32_t done;

		if (n < 0)
			return (int)n;
		done = opost_write(tty, buf, (uint32_t)n);
		uio_rewind(u, (uint64_t)n - done);
		if (done < n)
			return -EAGAIN;
	}
	return 0;
}

static uint32_t
tty_poll(struct file *f)
{
	struct tty *tty = f->priv;
	uint32_t ev = 0;

	if (tty->is_hung_up || tty->is_pty_master_gone)
		ev |= WAIT_IN | WAIT_HUP | WAIT_ERR | WAIT_OUT;
	if (ldisc_can_read(tty))
		ev |= WAIT_IN;
	if (!tty->is_stopped && tty->ops->room(tty) >= 16)
		ev |= WAIT_OUT;
	return ev;
}

static void
tty_release(struct file *f)
{
	struct tty *tty = f->priv;

	if (--tty->opens == 0 && tty->ops->notify)
		tty->ops->notify(tty, 0); /* a pty's master sees a hang-up */
	tty_put(tty);
}

const struct file_ops tty_file_ops = {
	.kind = "tty",
	.read = tty_read,
	.write = tty_write,
	.poll = tty_poll,
	.ioctl = tty_ioctl,
	.release = tty_release,
};

void
tty_init(void)
{
	jobctl_init();
}
