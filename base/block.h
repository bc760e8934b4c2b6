/* SPDX-License-Identifier: MIT */
/*
 * base/block.h - sleeping, for the few things below kernel/ that must: host
 * disk I/O and mutexes held across it.  kernel/block.c fills the hooks.
 *
 * Everything else below syscalls/ answers -EAGAIN and has a wait queue.
 */
#ifndef BASE_BLOCK_H
#define BASE_BLOCK_H

#include "base/list.h"
#include "include/annotate.h"
#include "include/types.h"

struct block_ops {
	/* The running task, an opaque token. */
	void *(*self)(void);
	/* Sleep uninterruptibly until wake(self).  A wake that came since the
	 * last sleep ends it at once.  Drops the kernel lock. */
	void (*sleep)(void);
	void (*wake)(void *task);
	/* Does @task run just now, on another vCPU? */
	bool (*runs)(const void *task);
	/* stay: may the running task wait in the host itself, because another
	 * vCPU is free for whatever else there will be?  If so it is asleep to
	 * all others until resume(). */
	bool (*stay)(void);
	void (*resume)(void);
	/* has_room: would another task at work take no core from those that
	 * are, nor from who makes their host calls? */
	bool (*has_room)(void);
};

extern const struct block_ops *block_ops;

/* One host I/O under way; its address is HC_IO_SUBMIT's cookie. */
struct io_wait {
	void *task;
	bool is_done;
	int64_t result;
};

/*
 * io_run - one host I/O: submitted, to sleep until it is done; or in a blocking
 * call, where that keeps nobody from running.
 * @op: enum io_op; @buf: in the arena or the window on guest RAM.
 * Sleeps: yes, not interruptible.  Returns: bytes or -errno.
 */
int64_t io_run(int op, hosthandle_t h, void *buf, uint64_t len, uint64_t off);

struct host_order;

/* io_batch - HC_HOST_BATCH.  @is_patient: it may take longer if that makes
 * others wait less.  Sleeps: yes, as above.  io_is_beside - would it be done
 * beside the guest then? */
int64_t io_batch(struct host_order *orders, uint64_t n, bool is_patient);
bool io_is_beside(void);

/* io_complete - EVENT_IO_DONE: end the wait of io_run(). */
void io_complete(uint64_t cookie, int64_t result);

/* A mutex held across sleeps.  Not recursive; fair.  Who wants it looks for a
 * moment before he sleeps, while the owner runs: he copies, and is done soon.
 */
struct mutex {
	void *owner;
	struct list waiters;
};

#define MUTEX_INIT(m)                                                          \
	{                                                                      \
		NULL, LIST_INIT((m).waiters)                                   \
	}

void mutex_init(struct mutex *m);
void mutex_lock(struct mutex *m);
bool mutex_trylock(struct mutex *m);
void mutex_unlock(struct mutex *m);
/* mutex_is_mine - does the running task hold it? */
bool mutex_is_mine(const struct mutex *m);

/*
 * The kernel lock: a futex word in the arena.  Held whenever kernel code
 * runs; klock_drop()/klock_take() bracket hypercalls marked BLOCKS.
 */
void klock_take(void);
void klock_drop(void);

#endif /* BASE_BLOCK_H */
