/* SPDX-License-Identifier: MIT */
/*
 * kernel/timer.c - a binary heap of timers, slot 1 the earliest.
 *
 * The machine's one timer is armed for the top whenever that moved nearer; a
 * top that moved away leaves it as it is, for one look too many at most.
 */
#include "kernel/timer.h"

#include "base/panic.h"
#include "base/slab.h"
#include "base/time.h"
#include "kernel/internal.h"

static struct ktimer **heap; /* [1..count] */
static uint32_t count, room;
static uint64_t armed_ns = TIME_NEVER;

static void
heap_put(struct ktimer *tm, uint32_t slot)
{
	heap[slot] = tm;
	tm->slot = slot;
}

static void
heap_up(struct ktimer *tm, uint32_t slot)
{
	while (slot > 1 && heap[slot / 2]->deadline_ns > tm->deadline_ns) {
		heap_put(heap[slot / 2], slot);
		slot /= 2;
	}
	heap_put(tm, slot);
}

static void
heap_down(struct ktimer *tm, uint32_t slot)
{
	for (;;) {
		uint32_t child = slot * 2;

		if (child > count)
			break;
		if (child < count &&
		    heap[child + 1]->deadline_ns < heap[child]->deadline_ns)
			child++;
		if (heap[child]->deadline_ns >= tm->deadline_ns)
			break;
		heap_put(heap[child], slot);
		slot = child;
	}
	heap_put(tm, slot);
}

static void
machine_arm(void)
{
	uint64_t want = count ? heap[1]->deadline_ns : TIME_NEVER;

	if (want >= armed_ns)
		return;
	armed_ns = want;
	machine_timer_set(want);
}

static void
heap_grow(void)
{
	uint32_t more = room ? room * 2 : 256;
	struct ktimer **bigger = krealloc(heap, more * sizeof(*heap));

	if (!bigger)
		panic("no memory for %u timers", more);
	heap = bigger;
	room = more;
}

void
ktimer_set(struct ktimer *tm, uint64_t deadline_ns)
{
	ktimer_cancel(tm);
	if (deadline_ns == TIME_NEVER)
		return;
	if (count + 2 > room)
		heap_grow();
	tm->deadline_ns = deadline_ns;
	count++;
	heap_up(tm, count);
	machine_arm();
}

void
ktimer_cancel(struct ktimer *tm)
{
	uint32_t slot = tm->slot;
	struct ktimer *last;

	if (!slot)
		return;
	kassert(heap[slot] == tm);
	tm->slot = 0;
	last = heap[count--];
	if (last == tm)
		return;
	if (slot > 1 && heap[slot / 2]->deadline_ns > last->deadline_ns)
		heap_up(last, slot);
	else
		heap_down(last, slot);
}

void
timers_run(void)
{
	uint64_t now = clock_monotonic_ns();

	/* The machine's timer is spent, even if what it was armed for is gone
	 * or it came a little early. */
	armed_ns = TIME_NEVER;
	while (count && heap[1]->deadline_ns <= now) {
		struct ktimer *tm = heap[1];

		ktimer_cancel(tm);
		tm->fn(tm);
	}
	machine_arm();
}
