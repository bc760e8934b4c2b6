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

	waitq_wake_all(&tty->wq, WAIT_IN); /* each has its own deadline */
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

/* Has @deadline_ns passed?  If not, readers look again then. */
static bool
is_over(struct tty *tty, uint64_t deadline_ns)
{
	if (clock_monotonic_ns() >= deadline_ns)
		return true;
	if (!ktimer_armed(&tty->read_timer) ||
	    tty->read_timer.deadline_ns > deadline_ns)
		ktimer_set(&tty->read_timer, deadline_ns);
	return false;
}

/* When the read that the caller is in has waited for @span. */
static uint64_t
read_deadline(uint64_t span)
{
	struct task *t = current_task();

	if (t->read_trap != t->last_n || !t->read_deadline_ns) {
		t->read_trap = t->last_n;
		t->read_deadline_ns = clock_monotonic_ns() + span;
	}
	return t->read_deadline_ns;
}

/* MIN and TIME of termios(3): may a raw read end with what is there?
 * 0; -EAGAIN: not yet. */
static int
raw_ready(struct tty *tty, const struct uio *u)
{
	uint64_t span = tty->termios.c_cc[LX_VTIME] * (NSEC_PER_SEC / 10);
	uint32_t min = tty->termios.c_cc[LX_VMIN];
	uint32_t have = ldisc_readable(tty);
	bool is_due;

	if (have && have >= MIN((uint64_t)min, u->left))
		return 0;
	if (!span)
		is_due = !min;
	else if (!min)
		is_due = is_over(tty, read_deadline(span));
	else
		is_due = have && is_over(tty, tty->input_ns + span);
	return is_due ? 0 : -EAGAIN;
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
	if (!tty_is(tty, LX_ICANON))
		err = raw_ready(tty, u);
	if (!err)
		err = ldisc_read(tty, u);
	/* The other end is closed: what was typed can still be read. */
	if (err == -EAGAIN && tty->is_pty_master_gone)
		return u->moved ? 0 : -EIO;
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
	if (tty->ops->before_write)
		tty->ops->before_write();
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
