/* SPDX-License-Identifier: MIT */
/*
 * base/waitq.h - who wants to hear of an event.
 *
 * A wait queue is a list of listeners.  Nobody sleeps here: a listener's
 * wake function is called, under the kernel lock, from waitq_wake().  Tasks
 * listen with task_waiter_init() of kernel/block.h, epoll with its own.
 */
#ifndef BASE_WAITQ_H
#define BASE_WAITQ_H

#include "base/list.h"
#include "include/types.h"

/* Events, numbered as poll(2)'s. */
enum {
	WAIT_IN = 0x001,
	WAIT_PRI = 0x002,
	WAIT_OUT = 0x004,
	WAIT_ERR = 0x008,
	WAIT_HUP = 0x010,
	WAIT_RDHUP = 0x2000,
	WAIT_ALL = 0xffff,
};

struct waitq {
	struct list listeners;
};

struct waiter {
	struct list link; /* in the queue; empty when not listening */
	uint32_t events;  /* those of interest; ERR and HUP always are */
	uint32_t seen;	  /* events reported since the last clear */
	bool fired;	  /* an event came since the last sleep */
	bool exclusive;	  /* waking one such listener is enough */
	bool passes_on;	  /* ..but this one has been told already */
	void (*wake)(struct waiter *w, uint32_t events); /* NULL: just mark */
	void *arg; /* the wake function's */
};

#define WAITQ_INIT(wq)                                                         \
	{                                                                      \
		LIST_INIT((wq).listeners)                                      \
	}

void waitq_init(struct waitq *wq);

/* waitq_listen - from now on, report @events on @wq to @w (initialised). */
void waitq_listen(struct waitq *wq, struct waiter *w, uint32_t events);

/* waitq_leave - stop listening; @w may go out of scope.  Idempotent. */
void waitq_leave(struct waitq *wq, struct waiter *w);

/* waitq_wake - tell all listeners of any of @events; of exclusive ones the
 * first that has not been told since its last sleep. */
void waitq_wake(struct waitq *wq, uint32_t events);

/* waitq_wake_all - as waitq_wake(), exclusive listeners too. */
void waitq_wake_all(struct waitq *wq, uint32_t events);

#endif /* BASE_WAITQ_H */
