/* SPDX-License-Identifier: MIT */
/*
 * base/waitq.c - lists of listeners.
 *
 * A wake function may take its own waiter out of the queue (and must touch no
 * other), so the walk keeps the next one at hand.
 */
#include "base/waitq.h"

#define ALWAYS (WAIT_ERR | WAIT_HUP)

static bool
is_for(const struct waiter *w, uint32_t events)
{
	return (w->events | ALWAYS) & events;
}

static void
report(struct waiter *w, uint32_t events)
{
	/* One that has been told and did not look yet may take but one event:
	 * the next is for somebody else. */
	w->passes_on = w->fired;
	w->seen |= events;
	w->fired = true;
	if (w->wake)
		w->wake(w, events);
}

static void
wake_each(struct waitq *wq, uint32_t events, bool all)
{
	struct waiter *w, *tmp;

	LIST_EACH_SAFE(w, tmp, &wq->listeners, link) {
		bool may_end = w->exclusive && !all;

		if (!is_for(w, events))
			continue;
		report(w, events);
		if (may_end && !w->passes_on)
			break;
	}
}

void
waitq_init(struct waitq *wq)
{
	list_init(&wq->listeners);
}

void
waitq_listen(struct waitq *wq, struct waiter *w, uint32_t events)
{
	w->events = events;
	/* Exclusive listeners at the tail: everybody else hears first. */
	if (w->exclusive)
		list_append(&wq->listeners, &w->link);
	else
		list_push(&wq->listeners, &w->link);
}

void
waitq_leave(struct waitq *wq, struct waiter *w)
{
	(void)wq;
	list_del(&w->link);
}

void
waitq_wake(struct waitq *wq, uint32_t events)
{
	wake_each(wq, events, false);
}

void
waitq_wake_all(struct waitq *wq, uint32_t events)
{
	wake_each(wq, events, true);
}
