/* SPDX-License-Identifier: MIT */
/*
 * base/block.c - host I/O, mutexes, the kernel lock.
 *
 * Before there are tasks (boot, unit tests) block_ops is NULL: then host I/O
 * is done by the blocking calls, and nobody else can hold a mutex.
 *
 * A mutex is handed over: the one who unlocks makes the first waiter its
 * owner, so that a stream of lockers cannot starve it.
 */
#include "base/block.h"

#include "arch/um/hypercall.h"
#include "base/panic.h"

#include <stdatomic.h>

#define SPINS	    200 /* some microseconds: shorter than a futex's sleep */
#define LOOKS	    20	/* at a mutex: as long as some ten pages take */
#define LOOK_PAUSES 20

struct mutex_waiter {
	struct list link;
	void *task;
};

enum { KLOCK_FREE, KLOCK_HELD, KLOCK_WANTED };

const struct block_ops *block_ops;

static _Atomic uint32_t klock;
static char nobody; /* stands for "the task" before there are any */

static void *
self(void)
{
	void *me = block_ops ? block_ops->self() : NULL;

	return me ? me : &nobody;
}

static int64_t
io_blocking(int op, hosthandle_t h, void *buf, uint64_t len, uint64_t off)
{
	int64_t r;

	klock_drop();
	switch (op) {
	case IO_READ:
		r = HYPER4(HOST_PREAD, h.n, buf, len, off);
		break;
	case IO_WRITE:
		r = HYPER4(HOST_PWRITE, h.n, buf, len, off);
		break;
	case IO_FSYNC:
	case IO_FDATASYNC:
		r = HYPER2(HOST_SYNC, h.n, op == IO_FDATASYNC);
		break;
	case IO_SYNCFS:
		r = HYPER2(HOST_SYNC, h.n, HOST_SYNC_FS);
		break;
	default:
		r = -EINVAL;
	}
	klock_take();
	return r;
}

int64_t
io_run(int op, hosthandle_t h, void *buf, uint64_t len, uint64_t off)
{
	struct io_wait w = {.task = self()};
	bool stays;
	int64_t r;

	if (w.task == &nobody)
		return io_blocking(op, h, buf, len, off);
	stays = block_ops->stay();
	if (stays || op == IO_SYNCFS) {
		r = io_blocking(op, h, buf, len, off);
		if (stays)
			block_ops->resume();
		return r;
	}
	r = HYPER6(IO_SUBMIT, op, h.n, buf, len, off, &w);
	if (r == -EAGAIN || r == -ENOSYS)
		return io_blocking(op, h, buf, len, off);
	if (r < 0)
		return r;
	while (!w.is_done)
		block_ops->sleep();
	return w.result;
}

static bool nobody_beside; /* as far as is known */

bool
io_is_beside(void)
{
	return block_ops && !nobody_beside;
}

int64_t
io_batch(struct host_order *orders, uint64_t n, bool is_patient)
{
	struct io_wait w = {.task = self()};
	int64_t r = -ENOSYS;

	if (is_patient && w.task != &nobody && !nobody_beside) {
		r = HYPER6(IO_SUBMIT, IO_BATCH, -1, orders, n, 0, &w);
		nobody_beside = r == -ENOSYS;
	}
	if (r) {
		klock_drop();
		r = HYPER2(HOST_BATCH, orders, n);
		klock_take();
		return r;
	}
	while (!w.is_done)
		block_ops->sleep();
	return w.result;
}

void
io_complete(uint64_t cookie, int64_t result)
{
	struct io_wait *w = (struct io_wait *)cookie;

	w->result = result;
	w->is_done = true;
	block_ops->wake(w->task);
}

void
mutex_init(struct mutex *m)
{
	m->owner = NULL;
	list_init(&m->waiters);
}

bool
mutex_trylock(struct mutex *m)
{
	if (m->owner)
		return false;
	m->owner = self();
	return true;
}

/* A sleep costs more than most of what is done with a mutex held. */
static bool
lock_soon(struct mutex *m)
{
	for (int i = 0; i < LOOKS; i++) {
		if (!m->owner || m->owner == &nobody ||
		    !list_empty(&m->waiters) || !block_ops->runs(m->owner))
			break;
		klock_drop();
		for (int n = 0; n < LOOK_PAUSES; n++)
			__builtin_ia32_pause();
		klock_take();
	}
	return mutex_trylock(m);
}

void
mutex_lock(struct mutex *m)
{
	struct mutex_waiter w;

	if (mutex_trylock(m) || lock_soon(m))
		return;
	w.task = self();
	kassert(w.task != &nobody && m->owner != w.task);
	list_append(&m->waiters, &w.link);
	while (m->owner != w.task)
		block_ops->sleep();
}

void
mutex_unlock(struct mutex *m)
{
	struct mutex_waiter *w;

	kassert(m->owner);
	if (list_empty(&m->waiters)) {
		m->owner = NULL;
		return;
	}
	w = LIST_FIRST(&m->waiters, struct mutex_waiter, link);
	list_del(&w->link);
	m->owner = w->task;
	block_ops->wake(w->task);
}

bool
mutex_is_mine(const struct mutex *m)
{
	return m->owner == self();
}

static bool
klock_try(uint32_t as)
{
	uint32_t expect = KLOCK_FREE;

	return atomic_compare_exchange_strong_explicit(&klock, &expect, as,
						       memory_order_acquire,
						       memory_order_relaxed);
}

void
klock_take(void)
{
	for (int i = 0; i < SPINS; i++) {
		if (atomic_load_explicit(&klock, memory_order_relaxed) ==
			    KLOCK_FREE &&
		    klock_try(KLOCK_HELD))
			return;
		__builtin_ia32_pause();
	}
	/* Whoever has slept cannot know if others do: it takes the lock as
	 * wanted, at the cost of one needless wake-up. */
	while (atomic_exchange_explicit(&klock, KLOCK_WANTED,
					memory_order_acquire) != KLOCK_FREE)
		HYPER2(FUTEX_WAIT, &klock, KLOCK_WANTED);
}

void
klock_drop(void)
{
	uint32_t was = atomic_exchange_explicit(&klock, KLOCK_FREE,
						memory_order_release);

	kassert(was != KLOCK_FREE);
	if (was == KLOCK_WANTED)
		HYPER2(FUTEX_WAKE, &klock, 1);
}
