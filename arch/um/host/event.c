/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/event.c - interrupts: the event ring, idle vCPUs.
 *
 * No wake-up is lost: who raises an event stores the tail, then looks at the
 * vCPUs; a vCPU that goes idle or into guest code stores that, then looks at
 * the ring.  One of the two sees the other.
 */
#include "arch/um/carrier.h"
#include "arch/um/host/host.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RESERVED_MAX (EVENT_RING_LEN - 256) /* the rest: timers, signals */

static struct event_ring *const ring = (struct event_ring *)EVENT_RING;

/* The ring is the kernel's memory: our own idea of the tail is what counts. */
static struct {
	pthread_mutex_t lock;
	uint32_t tail;
	struct event *late; /* came when the ring was full */
	unsigned nlate, maxlate;
} ev = {.lock = PTHREAD_MUTEX_INITIALIZER};

static atomic_uint reserved, nlate;

int
event_reserve(void)
{
	if (atomic_fetch_add(&reserved, 1) < RESERVED_MAX)
		return 0;
	atomic_fetch_sub(&reserved, 1);
	return -EAGAIN;
}

void
event_unreserve(void)
{
	atomic_fetch_sub(&reserved, 1);
}

static uint32_t
used_locked(void)
{
	uint32_t used =
		ev.tail - __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE);

	return used > EVENT_RING_LEN ? EVENT_RING_LEN : used;
}

static bool
put_locked(const struct event *e)
{
	if (used_locked() >= EVENT_RING_LEN)
		return false;
	ring->e[ev.tail % EVENT_RING_LEN] = *e;
	ev.tail++;
	__atomic_store_n(&ring->tail, ev.tail, __ATOMIC_SEQ_CST);
	return true;
}

static void
keep_locked(const struct event *e)
{
	if (ev.nlate == ev.maxlate) {
		unsigned max = ev.maxlate * 2 + 64;
		void *p = realloc(ev.late, max * sizeof *ev.late);

		if (!p)
			return; /* the host is out of memory altogether */
		ev.late = p;
		ev.maxlate = max;
	}
	ev.late[ev.nlate++] = *e;
}

static void
flush_late_locked(void)
{
	unsigned i = 0;

	while (i < ev.nlate && put_locked(&ev.late[i]))
		i++;
	memmove(ev.late, ev.late + i, (ev.nlate - i) * sizeof *ev.late);
	ev.nlate -= i;
	atomic_store(&nlate, ev.nlate);
}

void
event_raise(uint32_t type, uint64_t cookie, int64_t result)
{
	const struct event e = {type, 0, cookie, result};

	pthread_mutex_lock(&ev.lock);
	if (ev.nlate)
		flush_late_locked();
	if (ev.nlate || !put_locked(&e))
		keep_locked(&e);
	atomic_store(&nlate, ev.nlate);
	pthread_mutex_unlock(&ev.lock);
	guest_interrupt();
}

bool
event_pending(void)
{
	if (atomic_load(&nlate)) {
		pthread_mutex_lock(&ev.lock);
		flush_late_locked();
		pthread_mutex_unlock(&ev.lock);
	}
	return __atomic_load_n(&ring->head, __ATOMIC_SEQ_CST) !=
	       __atomic_load_n(&ring->tail, __ATOMIC_SEQ_CST);
}

/* --- idling --- */

static void
vcpu_wake(unsigned id)
{
	_Atomic uint32_t *word = vcpu_wake_word(vcpu_words(id));

	if (word)
		syscall(SYS_futex, word, 1 | host_futex_flags(), 1, NULL, NULL,
			0);
}

static bool
has_work(void)
{
	return event_pending() || atomic_load(&mach.is_stopping);
}

int64_t
hc_CPU_IDLE(const uint64_t *a)
{
	struct vcpu *v = this_cpu;

	if (!v || a[0] != v->id)
		return -EINVAL;
	for (;;) {
		atomic_store(&v->w->state, VCPU_IDLE);
		if (atomic_exchange(&v->w->wake, 0) || has_work())
			break;
		syscall(SYS_futex, &v->w->wake, host_futex_flags(), 0, NULL,
			NULL, 0);
	}
	atomic_store(&v->w->state, VCPU_KERNEL);
	return 1;
}

int64_t
hc_CPU_WAKE(const uint64_t *a)
{
	int err;

	if (a[0] >= mach.ncpus)
		return -EINVAL;
	err = machine_vcpu_start((unsigned)a[0]);
	if (!err)
		vcpu_wake((unsigned)a[0]);
	return err;
}

/* An idle vCPU is the cheapest to ask; else guest code must be stopped; a
 * vCPU in the kernel looks by itself before it idles or runs guest code. */
void
guest_interrupt(void)
{
	for (unsigned i = 0; i < mach.ncpus; i++) {
		struct vcpu_words *w = vcpu_words(i);

		if (atomic_load(&w->state) == VCPU_IDLE ||
		    atomic_load(&w->owner) & OWNER_IDLE) {
			vcpu_wake(i);
			return;
		}
	}
	for (unsigned i = 0; i < mach.ncpus; i++)
		if (guest_kick_cpu(&mach.cpu[i]))
			return;
}

/* There is nowhere else to go: the caller switches stacks itself. */
int64_t
hc_CPU_SWITCH(const uint64_t *a)
{
	(void)a;
	return this_cpu ? 1 : -EINVAL;
}

/* .. and nobody to give a vCPU to. */
int64_t
hc_CPU_GIVE(const uint64_t *a)
{
	(void)a;
	return 0;
}

/* --- the kernel's own locks --- */

int64_t
hc_FUTEX_WAIT(const uint64_t *a)
{
	if (a[0] % 4 || !arena_readable(a[0], 4))
		return -EFAULT;
	if (syscall(SYS_futex, a[0], host_futex_flags(), (uint32_t)a[1], NULL,
		    NULL, 0) < 0 &&
	    errno != EAGAIN && errno != EINTR)
		return -errno;
	return 0;
}

int64_t
hc_FUTEX_WAKE(const uint64_t *a)
{
	long n;

	if (a[0] % 4 || !arena_readable(a[0], 4))
		return -EFAULT;
	n = syscall(SYS_futex, a[0], 1 | host_futex_flags(),
		    (int)(a[1] > INT_MAX ? INT_MAX : a[1]), NULL, NULL, 0);
	return n < 0 ? -errno : n;
}
