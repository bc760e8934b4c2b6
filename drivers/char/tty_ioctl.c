/* SPDX-License-Identifier: MIT */
/* drivers/char/tty_ioctl.c - settings, window size, queues: tty_ioctl(4). */
#include "base/str.h"
#include "drivers/internal_tty.h"
#include "include/abi/capability.h"
#include "include/abi/signal.h"
#include "kernel/task.h"
#include "mm/usercopy.h"

static void
tell(struct tty *tty, uint8_t packet_bits)
{
	if (tty->ops->notify)
		tty->ops->notify(tty, packet_bits);
}

static bool
has_usual_flow(const struct lx_termios *t)
{
	return (t->c_iflag & LX_IXON) && t->c_cc[LX_VSTART] == 021 &&
	       t->c_cc[LX_VSTOP] == 023;
}

static uint32_t
keep(uint32_t fresh, uint32_t old, uint32_t locked)
{
	return (fresh & ~locked) | (old & locked);
}

/* What is locked stays: of flags, bits; of characters, any that is not 0. */
static void
keep_locked(const struct tty *tty, struct lx_termios *t)
{
	const struct lx_termios *l = &tty->locked, *old = &tty->termios;

	t->c_iflag = keep(t->c_iflag, old->c_iflag, l->c_iflag);
	t->c_oflag = keep(t->c_oflag, old->c_oflag, l->c_oflag);
	t->c_cflag = keep(t->c_cflag, old->c_cflag, l->c_cflag);
	t->c_lflag = keep(t->c_lflag, old->c_lflag, l->c_lflag);
	if (l->c_line)
		t->c_line = old->c_line;
	for (int i = 0; i < LX_NCCS; i++)
		if (l->c_cc[i])
			t->c_cc[i] = old->c_cc[i];
}

static void
apply(struct tty *tty, const struct lx_termios *fresh)
{
	struct lx_termios old = tty->termios, t = *fresh;

	keep_locked(tty, &t);
	tty->termios = t;
	ldisc_changed(tty, &old);
	if (has_usual_flow(&old) != has_usual_flow(&t))
		tell(tty, has_usual_flow(&t) ? LX_TIOCPKT_DOSTOP
					     : LX_TIOCPKT_NOSTOP);
}

/* Output not gone yet is waited for: -EAGAIN, and the caller waits. */
static int
drained(struct tty *tty)
{
	return tty->ops->pending(tty) && !tty->is_hung_up ? -EAGAIN : 0;
}

static sysret_t
set_termios(struct tty *tty, struct mm *mm, uint64_t arg, bool flush, bool is_2)
{
	struct lx_termios fresh;
	struct lx_termios2 two;
	int err = jobctl_check(tty, LX_SIGTTOU);

	if (err)
		return err;
	if (is_2) {
		if (copy_in(mm, &two, uaddr(arg), sizeof(two)))
			return -EFAULT;
		memcpy(&fresh, &two, sizeof(fresh));
		tty->speed = two.c_ospeed;
	} else if (copy_in(mm, &fresh, uaddr(arg), sizeof(fresh))) {
		return -EFAULT;
	}
	if (flush)
		ldisc_flush_input(tty);
	apply(tty, &fresh);
	return 0;
}

static sysret_t
get_termios2(struct tty *tty, struct mm *mm, uint64_t arg)
{
	struct lx_termios2 two;

	memset(&two, 0, sizeof(two));
	memcpy(&two, &tty->termios, sizeof(tty->termios));
	two.c_ispeed = two.c_ospeed = tty->speed;
	return copy_out(mm, uaddr(arg), &two, sizeof(two));
}

static sysret_t
get_termio(struct tty *tty, struct mm *mm, uint64_t arg)
{
	const struct lx_termios *t = &tty->termios;
	struct lx_termio old = {
		.c_iflag = (uint16_t)t->c_iflag,
		.c_oflag = (uint16_t)t->c_oflag,
		.c_cflag = (uint16_t)t->c_cflag,
		.c_lflag = (uint16_t)t->c_lflag,
		.c_line = t->c_line,
	};

	memcpy(old.c_cc, t->c_cc, sizeof(old.c_cc));
	return copy_out(mm, uaddr(arg), &old, sizeof(old));
}

static sysret_t
set_termio(struct tty *tty, struct mm *mm, uint64_t arg, bool flush)
{
	struct lx_termios fresh = tty->termios;
	struct lx_termio old;
	int err = jobctl_check(tty, LX_SIGTTOU);

	if (err)
		return err;
	if (copy_in(mm, &old, uaddr(arg), sizeof(old)))
		return -EFAULT;
	fresh.c_iflag = (fresh.c_iflag & ~0xffffu) | old.c_iflag;
	fresh.c_oflag = (fresh.c_oflag & ~0xffffu) | old.c_oflag;
	fresh.c_cflag = (fresh.c_cflag & ~0xffffu) | old.c_cflag;
	fresh.c_lflag = (fresh.c_lflag & ~0xffffu) | old.c_lflag;
	memcpy(fresh.c_cc, old.c_cc, sizeof(old.c_cc));
	if (flush)
		ldisc_flush_input(tty);
	apply(tty, &fresh);
	return 0;
}

static sysret_t
flush(struct tty *tty, uint64_t arg)
{
	int err = jobctl_check(tty, LX_SIGTTOU);

	if (err)
		return err;
	if (arg > LX_TCIOFLUSH)
		return -EINVAL;
	if (arg != LX_TCOFLUSH) {
		ldisc_flush_input(tty);
		tell(tty, LX_TIOCPKT_FLUSHREAD);
	}
	if (arg != LX_TCIFLUSH)
		tty->ops->flush_output(tty);
	return 0;
}

static sysret_t
flow_control(struct tty *tty, uint64_t arg)
{
	int err = jobctl_check(tty, LX_SIGTTOU);

	if (err)
		return err;
	switch (arg) {
	case LX_TCOOFF:
		tty->is_stopped = true;
		tell(tty, LX_TIOCPKT_STOP);
		return 0;
	case LX_TCOON:
		tty->is_stopped = false;
		tell(tty, LX_TIOCPKT_START);
		waitq_wake(&tty->wq, WAIT_OUT);
		return 0;
	case LX_TCIOFF:
		(void)opost_char(tty, tty->termios.c_cc[LX_VSTOP], true);
		return 0;
	case LX_TCION:
		(void)opost_char(tty, tty->termios.c_cc[LX_VSTART], true);
		return 0;
	}
	return -EINVAL;
}

static sysret_t
set_locked(struct tty *tty, struct mm *mm, uint64_t arg)
{
	const struct cred *c = &current_task()->cred;
	struct lx_termios locked;

	if (!cred_capable(c, LX_CAP_SYS_ADMIN) &&
	    !cred_capable(c, LX_CAP_CHECKPOINT_RESTORE))
		return -EPERM;
	if (copy_in(mm, &locked, uaddr(arg), sizeof(locked)))
		return -EFAULT;
	tty->locked = locked;
	return 0;
}

/* Settings in their three forms; the W variants wait for output first. */
static sysret_t
termios_ioctl(struct tty *tty, struct mm *mm, uint32_t cmd, uint64_t arg)
{
	int err;

	switch (cmd) {
	case LX_TCGETS:
		return copy_out(mm, uaddr(arg), &tty->termios,
				sizeof(tty->termios));
	case LX_TCGETS2:
		return get_termios2(tty, mm, arg);
	case LX_TCGETA:
		return get_termio(tty, mm, arg);
	case LX_TIOCGLCKTRMIOS:
		return copy_out(mm, uaddr(arg), &tty->locked,
				sizeof(tty->locked));
	case LX_TIOCSLCKTRMIOS:
		return set_locked(tty, mm, arg);
	case LX_TCSETS:
		return set_termios(tty, mm, arg, false, false);
	case LX_TCSETS2:
		return set_termios(tty, mm, arg, false, true);
	case LX_TCSETA:
		return set_termio(tty, mm, arg, false);
	}
	err = drained(tty);
	if (err)
		return err;
	switch (cmd) {
	case LX_TCSETSW:
	case LX_TCSETSF:
		return set_termios(tty, mm, arg, cmd == LX_TCSETSF, false);
	case LX_TCSETSW2:
	case LX_TCSETSF2:
		return set_termios(tty, mm, arg, cmd == LX_TCSETSF2, true);
	case LX_TCSETAW:
	case LX_TCSETAF:
		return set_termio(tty, mm, arg, cmd == LX_TCSETAF);
	}
	return -ENOTTY;
}

static sysret_t
fake_input(struct tty *tty, struct mm *mm, uint64_t arg)
{
	struct task *t = current_task();
	uint8_t c;

	if (tty_of(t->proc) != tty && !cred_capable(&t->cred, LX_CAP_SYS_ADMIN))
		return -EPERM;
	if (copy_in(mm, &c, uaddr(arg), 1))
		return -EFAULT;
	(void)tty_input(tty, &c, 1);
	return 0;
}

static sysret_t
set_size(struct tty *tty, struct mm *mm, uint64_t arg)
{
	struct lx_winsize ws;

	if (copy_in(mm, &ws, uaddr(arg), sizeof(ws)))
		return -EFAULT;
	tty_resize(tty, &ws);
	return 0;
}

static sysret_t
queue_ioctl(struct tty *tty, struct mm *mm, uint32_t cmd, uint64_t arg)
{
	int v;

	switch (cmd) {
	case LX_FIONREAD:
		v = (int)ldisc_readable(tty);
		break;
	case LX_TIOCOUTQ:
		v = (int)tty->ops->pending(tty);
		break;
	case LX_TIOCGETD:
		v = 0; /* N_TTY */
		break;
	case LX_TIOCGEXCL:
		v = tty->is_exclusive;
		break;
	case LX_TIOCGDEV:
		v = (int)((tty->rdev >> 32) << 8 | (tty->rdev & 0xff));
		break;
	default:
		return -ENOTTY;
	}
	return copy_out(mm, uaddr(arg), &v, sizeof(v));
}

sysret_t
tty_ioctl(struct file *f, struct mm *mm, uint32_t cmd, uint64_t arg)
{
	struct tty *tty = f->priv;
	sysret_t ret;

	if (tty->is_hung_up)
		return -EIO;
	if (tty->ops->ioctl) {
		ret = tty->ops->ioctl(tty, mm, cmd, arg);
		if (ret != -ENOTTY)
			return ret;
	}
	switch (cmd) {
	case LX_TIOCGWINSZ:
		return copy_out(mm, uaddr(arg), &tty->size, sizeof(tty->size));
	case LX_TIOCSWINSZ:
		return set_size(tty, mm, arg);
	case LX_TCFLSH:
		return flush(tty, arg);
	case LX_TCXONC:
		return flow_control(tty, arg);
	case LX_TCSBRK:
	case LX_TCSBRKP:
		return drained(tty); /* no line to send a break on */
	case LX_TIOCSTI:
		return fake_input(tty, mm, arg);
	case LX_TIOCEXCL:
	case LX_TIOCNXCL:
		tty->is_exclusive = cmd == LX_TIOCEXCL;
		return 0;
	case LX_TIOCVHANGUP:
		if (!cred_capable(&current_task()->cred, LX_CAP_SYS_ADMIN))
			return -EPERM;
		tty_hangup(tty);
		return 0;
	}
	ret = queue_ioctl(tty, mm, cmd, arg);
	if (ret == -ENOTTY)
		ret = jobctl_ioctl(tty, mm, cmd, arg);
	return ret != -ENOTTY ? ret : termios_ioctl(tty, mm, cmd, arg);
}
