/* SPDX-License-Identifier: MIT */
/*
 * drivers/char/pty.c - pairs of a master file and a slave tty.
 *
 * What is written to the master is the slave's input; the slave's output waits
 * in pty.out for the master's reader.  The pair ends with its master; a slave
 * still open then reads what is left and is hung up.
 */
#include "drivers/char/pty.h"

#include "base/idalloc.h"
#include "base/slab.h"
#include "base/str.h"
#include "drivers/internal_tty.h"
#include "fs/chrdev.h"
#include "fs/fdtable.h"
#include "include/abi/fcntl.h"
#include "include/abi/resource.h"
#include "include/abi/signal.h"
#include "kernel/pid.h"
#include "kernel/task.h"
#include "mm/uio.h"
#include "mm/usercopy.h"

#define RUN 1024

static struct pty *ptys[PTY_MAX];

struct pty *
pty_find(uint32_t index)
{
	return index < PTY_MAX ? ptys[index] : NULL;
}

uint32_t
pty_next(uint32_t from)
{
	while (from < PTY_MAX && !ptys[from])
		from++;
	return from;
}

static void
pty_put(struct pty *p)
{
	if (--p->refs == 0)
		kfree(p);
}

/* --- the slave's driver --- */

static uint32_t
slave_room(struct tty *tty)
{
	const struct pty *p = tty->priv;

	if (!p->has_master)
		return PTY_OUT_MAX; /* nobody reads: it goes nowhere */
	return PTY_OUT_MAX - (p->head - p->tail);
}

static uint32_t
slave_write(struct tty *tty, const uint8_t *buf, uint32_t n)
{
	struct pty *p = tty->priv;
	uint32_t room = slave_room(tty);

	if (!p->has_master)
		return n;
	n = MIN(n, room);
	for (uint32_t i = 0; i < n; i++)
		p->out[p->head++ % PTY_OUT_MAX] = buf[i];
	if (n)
		waitq_wake(&p->master_wq, WAIT_IN);
	return n;
}

static uint32_t
slave_pending(struct tty *tty)
{
	(void)tty; /* Linux: what the master has not read counts as gone */
	return 0;
}

static void
slave_flush(struct tty *tty)
{
	struct pty *p = tty->priv;

	p->tail = p->head;
	waitq_wake(&tty->wq, WAIT_OUT);
	if (p->packet) {
		p->packet_bits |= LX_TIOCPKT_FLUSHWRITE;
		waitq_wake(&p->master_wq, WAIT_IN | WAIT_PRI);
	}
}

static void
slave_unthrottle(struct tty *tty)
{
	struct pty *p = tty->priv;

	waitq_wake(&p->master_wq, WAIT_OUT);
}

static void
slave_notify(struct tty *tty, uint8_t bits)
{
	struct pty *p = tty->priv;

	if (!bits) { /* the last descriptor of the slave is closed */
		waitq_wake_all(&p->master_wq, WAIT_IN | WAIT_HUP);
		return;
	}
	if (!p->packet)
		return;
	if (bits == LX_TIOCPKT_START)
		p->packet_bits &= (uint8_t)~LX_TIOCPKT_STOP;
	else if (bits == LX_TIOCPKT_STOP)
		p->packet_bits &= (uint8_t)~LX_TIOCPKT_START;
	p->packet_bits |= bits;
	waitq_wake(&p->master_wq, WAIT_IN | WAIT_PRI);
}

static void
slave_destroy(struct tty *tty)
{
	struct pty *p = tty->priv;

	p->slave = NULL;
	pty_put(p);
}

static const struct tty_ops slave_ops = {
	.write = slave_write,
	.room = slave_room,
	.pending = slave_pending,
	.flush_output = slave_flush,
	.unthrottle = slave_unthrottle,
	.notify = slave_notify,
	.destroy = slave_destroy,
};

static int
slave_open(struct inode *i, struct file *f)
{
	struct pty *p = pty_find((uint32_t)i->rdev & 0xffffffff);

	if (!p || !p->slave)
		return -EIO;
	if (p->is_locked)
		return -EIO;
	if (p->slave->is_exclusive && current_task()->cred.euid)
		return -EBUSY;
	p->was_opened = true;
	tty_attach(p->slave, f, true);
	return 0;
}

/* --- the master --- */

static int
master_read(struct file *f, struct uio *u, uint64_t *pos)
{
	struct pty *p = f->priv;

	(void)pos;
	if (p->packet && p->packet_bits) {
		uint8_t bits = p->packet_bits;
		int64_t n = uio_copy(u, &bits, 1);

		p->packet_bits = 0;
		return n < 0 ? (int)n : 0;
	}
	if (p->head == p->tail) {
		if (p->was_opened && p->slave->opens == 0)
			return -EIO;
		return -EAGAIN;
	}
	if (p->packet) {
		uint8_t data = LX_TIOCPKT_DATA;
		int64_t n = uio_copy(u, &data, 1);

		if (n < 0)
			return (int)n;
	}
	while (u->left && p->tail != p->head) {
		uint32_t at = p->tail % PTY_OUT_MAX;
		uint32_t n = MIN(p->head - p->tail, PTY_OUT_MAX - at);
		int64_t got = uio_copy(u, p->out + at, n);

		if (got < 0)
			return (int)got;
		p->tail += (uint32_t)got;
		if ((uint32_t)got < n)
			break;
	}
	waitq_wake(&p->slave->wq, WAIT_OUT);
	return 0;
}

static int
master_write(struct file *f, struct uio *u, uint64_t *pos)
{
	struct pty *p = f->priv;
	uint8_t buf[RUN];

	(void)pos;
	while (u->left) {
		uint32_t want = (uint32_t)MIN(u->left, (uint64_t)RUN), done;
		int64_t n = uio_copy(u, buf, want);

		if (n < 0)
			return (int)n;
		done = tty_input(p->slave, buf, (uint32_t)n);
		uio_rewind(u, (uint64_t)n - done);
		if (done < n)
			return -EAGAIN;
	}
	return 0;
}

static uint32_t
master_poll(struct file *f)
{
	struct pty *p = f->priv;
	uint32_t ev = 0;

	if (p->head != p->tail)
		ev |= WAIT_IN;
	if (p->packet && p->packet_bits)
		ev |= WAIT_IN | WAIT_PRI;
	if (tty_input_room(p->slave))
		ev |= WAIT_OUT;
	if (p->was_opened && p->slave->opens == 0)
		ev |= WAIT_HUP;
	return ev;
}

/* TIOCGPTPEER: the slave without a name. */
static sysret_t
open_peer(struct pty *p, uint64_t flags)
{
	AUTO_PUT(file) f = NULL;
	struct task *t = current_task();
	int err;

	if (!p->slave)
		return -EIO;
	err = file_new(&tty_file_ops, (uint32_t)flags & ~LX_O_CLOEXEC, &f);
	if (err)
		return err;
	err = devpts_inode(p, &f->inode);
	if (err) {
		f->ops = NULL;
		return err;
	}
	str_format(f->label, sizeof(f->label), "/dev/pts/%u", p->index);
	p->was_opened = true;
	tty_attach(p->slave, f, true);
	return fd_install(t->files, f, 0, flags & LX_O_CLOEXEC,
			  rlimit_get(t, LX_RLIMIT_NOFILE));
}

static sysret_t
set_flag(struct mm *mm, uint64_t arg, bool *flag)
{
	int v;

	if (copy_in(mm, &v, uaddr(arg), sizeof(v)))
		return -EFAULT;
	*flag = v != 0;
	return 0;
}

static sysret_t
signal_slave(struct pty *p, uint64_t sig)
{
	if (sig != LX_SIGINT && sig != LX_SIGQUIT && sig != LX_SIGTSTP)
		return -EINVAL;
	tty_signal(p->slave, (int)sig);
	return 0;
}

static sysret_t
master_ioctl(struct file *f, struct mm *mm, uint32_t cmd, uint64_t arg)
{
	struct pty *p = f->priv;
	struct file fake = {.priv = p->slave};
	int v;

	switch (cmd) {
	case LX_TIOCGPTN:
		v = (int)p->index;
		break;
	case LX_TIOCGPTLCK:
		v = p->is_locked;
		break;
	case LX_TIOCGPKT:
		v = p->packet;
		break;
	case LX_FIONREAD:
		v = (int)(p->head - p->tail);
		break;
	case LX_TIOCGPGRP:
		v = p->slave->pgrp ? p->slave->pgrp->nr : 0;
		break;
	case LX_TIOCSPTLCK:
		return set_flag(mm, arg, &p->is_locked);
	case LX_TIOCPKT:
		p->packet_bits = 0;
		return set_flag(mm, arg, &p->packet);
	case LX_TIOCGPTPEER:
		return open_peer(p, arg);
	case LX_TIOCSIG:
		return signal_slave(p, arg);
	case LX_TIOCSCTTY:
	case LX_TIOCNOTTY:
		return -ENOTTY;
	default:
		/* Settings are the slave's. */
		return tty_ioctl(&fake, mm, cmd, arg);
	}
	return copy_out(mm, uaddr(arg), &v, sizeof(v));
}

static void
master_release(struct file *f)
{
	struct pty *p = f->priv;
	struct tty *slave = p->slave;

	p->has_master = false;
	ptys[p->index] = NULL;
	inode_put(p->inode);
	p->inode = NULL;
	slave->is_pty_master_gone = true;
	tty_hangup(slave);
	tty_put(slave);
	pty_put(p);
}

static const struct file_ops master_ops = {
	.kind = "ptmx",
	.read = master_read,
	.write = master_write,
	.poll = master_poll,
	.ioctl = master_ioctl,
	.release = master_release,
};

static int
master_open(struct inode *i, struct file *f)
{
	struct task *t = current_task();
	uint32_t index = 0;
	struct pty *p;
	int err;

	(void)i;
	while (index < PTY_MAX && ptys[index])
		index++;
	if (index == PTY_MAX)
		return -ENOSPC;
	p = KNEW(struct pty);
	if (!p)
		return -ENOMEM;
	err = tty_new(&slave_ops, dev_make(PTY_MAJOR, index), p, &p->slave);
	if (err) {
		kfree(p);
		return err;
	}
	p->index = index;
	p->refs = 2;
	p->has_master = p->is_locked = true;
	p->uid = t->cred.fsuid;
	p->gid = t->cred.fsgid;
	waitq_init(&p->master_wq);
	ptys[index] = p;
	f->priv = p;
	f->ops = &master_ops;
	f->wq = &p->master_wq;
	return 0;
}

static struct chrdev ptmx = {
	.name = "ptmx",
	.major = 5,
	.minor = 2,
	.count = 1,
	.mode = 0666,
	.gid = 5,
	.fops = &master_ops,
	.open = master_open,
};
static struct chrdev slaves = {
	.name = "pts",
	.major = PTY_MAJOR,
	.minor = 0,
	.count = PTY_MAX,
	.fops = &tty_file_ops,
	.open = slave_open,
};

void
pty_init(void)
{
	chrdev_register(&ptmx);
	chrdev_register(&slaves);
	devpts_init();
}
