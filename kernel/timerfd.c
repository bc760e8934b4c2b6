/* SPDX-License-Identifier: MIT */
/* kernel/timerfd.c - timerfd_create(2): a timer read as a count. */
#include "kernel/timerfd.h"

#include "base/slab.h"
#include "base/str.h"
#include "base/time.h"
#include "fs/anon.h"
#include "include/abi/fcntl.h"
#include "include/abi/time.h"
#include "kernel/timer.h"
#include "mm/uio.h"

struct timerfd {
	struct file *file;
	int clock;
	uint64_t interval_ns, expirations;
	struct ktimer timer;
};

static void
timerfd_fires(struct ktimer *tm)
{
	struct timerfd *tf = CONTAINER_OF(tm, struct timerfd, timer);
	uint64_t now = clock_monotonic_ns(), n = 1;

	if (tf->interval_ns) {
		if (now > tm->deadline_ns)
			n += (now - tm->deadline_ns) / tf->interval_ns;
		ktimer_set(tm, tm->deadline_ns + n * tf->interval_ns);
	}
	tf->expirations += n;
	waitq_wake(tf->file->wq, WAIT_IN);
}

static int
timerfd_read(struct file *f, struct uio *u, uint64_t *pos)
{
	struct timerfd *tf = f->priv;
	uint64_t n = tf->expirations;
	int64_t got;

	(void)pos;
	if (u->left < sizeof(n))
		return -EINVAL;
	if (!n)
		return -EAGAIN;
	tf->expirations = 0;
	got = uio_copy(u, &n, sizeof(n));
	return got < 0 ? (int)got : 0;
}

static uint32_t
timerfd_poll(struct file *f)
{
	struct timerfd *tf = f->priv;

	return tf->expirations ? WAIT_IN : 0;
}

static void
timerfd_release(struct file *f)
{
	struct timerfd *tf = f->priv;

	ktimer_cancel(&tf->timer);
	kfree(tf);
}

static void
timerfd_fdinfo(struct file *f, struct strbuf *sb)
{
	struct itimer_value v;
	struct timerfd *tf = f->priv;

	if (timerfd_get(f, &v))
		return;
	strbuf_add(sb,
		   "clockid: %d\nticks: %lu\nsettime flags: 00\n"
		   "it_value: (%lu, %lu)\nit_interval: (%lu, %lu)\n",
		   tf->clock, (unsigned long)tf->expirations,
		   (unsigned long)(v.value_ns / NSEC_PER_SEC),
		   (unsigned long)(v.value_ns % NSEC_PER_SEC),
		   (unsigned long)(v.interval_ns / NSEC_PER_SEC),
		   (unsigned long)(v.interval_ns % NSEC_PER_SEC));
}

static const struct file_ops timerfd_ops = {
	.kind = "timerfd",
	.read = timerfd_read,
	.poll = timerfd_poll,
	.release = timerfd_release,
	.show_fdinfo = timerfd_fdinfo,
};

int
timerfd_new(int clock, uint32_t flags, struct file **out)
{
	struct timerfd *tf = KNEW(struct timerfd);
	int err;

	if (!tf)
		return -ENOMEM;
	err = anon_file_new(&timerfd_ops, LX_O_RDWR | flags, "[timerfd]", out);
	if (err) {
		kfree(tf);
		return err;
	}
	tf->clock = clock;
	tf->file = *out;
	ktimer_init(&tf->timer, timerfd_fires);
	(*out)->priv = tf;
	return 0;
}

int
timerfd_get(struct file *f, struct itimer_value *out)
{
	struct timerfd *tf = f->priv;
	uint64_t now = clock_monotonic_ns();

	if (f->ops != &timerfd_ops)
		return -EINVAL;
	out->interval_ns = tf->interval_ns;
	out->value_ns = 0;
	if (ktimer_armed(&tf->timer))
		out->value_ns = tf->timer.deadline_ns > now
					? tf->timer.deadline_ns - now
					: 1;
	return 0;
}

int
timerfd_set(struct file *f, bool absolute, const struct itimer_value *v,
	    struct itimer_value *old)
{
	struct timerfd *tf = f->priv;
	uint64_t now = clock_monotonic_ns(), at = v->value_ns;
	int err = timerfd_get(f, old);

	if (err)
		return err;
	ktimer_cancel(&tf->timer);
	tf->interval_ns = v->interval_ns;
	tf->expirations = 0;
	if (!v->value_ns)
		return 0;
	if (!absolute) {
		at += now;
	} else if (tf->clock == LX_CLOCK_REALTIME ||
		   tf->clock == LX_CLOCK_REALTIME_ALARM) {
		uint64_t real = clock_realtime_ns();

		at = at > real ? now + (at - real) : now;
	}
	ktimer_set(&tf->timer, at);
	return 0;
}
