/* SPDX-License-Identifier: MIT */
/*
 * base/trace.c - a ring of fixed records, written by a few stores and read
 * only when something went wrong.
 *
 * Time stamps are the CPU's cycle counter: they order records and show
 * distances; they are no clock of the guest's.
 */
#include "base/trace.h"

#include "base/log.h"

#define RING_LEN 2048u /* power of two */

struct record {
	uint64_t tsc;
	uint32_t tid;
	uint32_t kind;
	uint64_t a, b;
};

static struct record ring[RING_LEN];
static uint64_t ring_next;

static const char *const kind_names[TR_KINDS] = {
	[TR_TRAP] = "trap",   [TR_RETURN] = "return", [TR_BLOCK] = "block",
	[TR_WAKE] = "wake",   [TR_SWITCH] = "switch", [TR_SIGNAL] = "signal",
	[TR_FAULT] = "fault", [TR_TASK] = "task",     [TR_EVENT] = "event",
};

void
trace_at(uint64_t tsc, enum trace_kind kind, int tid, uint64_t a, uint64_t b)
{
	struct record *r = &ring[ring_next++ & (RING_LEN - 1)];

	r->tsc = tsc;
	r->tid = tid;
	r->kind = kind;
	r->a = a;
	r->b = b;
}

void
trace(enum trace_kind kind, int tid, uint64_t a, uint64_t b)
{
	trace_at(__builtin_ia32_rdtsc(), kind, tid, a, b);
}

uint64_t
trace_newest(void)
{
	return ring[(ring_next - 1) & (RING_LEN - 1)].tsc;
}

void
trace_print(uint32_t n)
{
	uint64_t have = MIN(ring_next, (uint64_t)RING_LEN);
	uint64_t first = ring_next - MIN(have, (uint64_t)n);
	uint64_t last_tsc = 0;

	for (uint64_t i = first; i < ring_next; i++) {
		const struct record *r = &ring[i & (RING_LEN - 1)];
		uint64_t delta = last_tsc ? r->tsc - last_tsc : 0;

		log_error("trace %+10lld tid %-5u %-7s %#llx %#llx",
			  (long long)delta, r->tid,
			  r->kind < TR_KINDS ? kind_names[r->kind] : "?",
			  (unsigned long long)r->a, (unsigned long long)r->b);
		last_tsc = r->tsc;
	}
}
