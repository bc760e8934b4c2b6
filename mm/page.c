/* SPDX-License-Identifier: MIT */
/*
 * mm/page.c - ranges of frame numbers, charging, giving back.
 *
 * Every frame that some host mapping could make the host allocate is charged:
 * so the host can never hold more of guest RAM than page_live, and page_live
 * never passes page_limit.
 *
 * Dead frames wait in a short list of runs.  They are punched out of physmem
 * together, when there are many, when memory or a slot is wanted, or before
 * their range is reused.  Nobody maps a dead frame: whoever drops a reference
 * has first taken the frame out of the host's address spaces (mm/aspace.c).
 */
#include "mm/page.h"

#include "arch/um/hypercall.h"
#include "base/panic.h"
#include "base/slab.h"

#define FRAMES	    (PHYS_SIZE / PAGE_SIZE)
#define FIRST_FRAME 16 /* 0 means none */
#define DEAD_RUNS   128
#define DEAD_MAX    1024u /* frames */

struct run {
	uint64_t fn, n;
};

static struct imap ranges;
static struct run dead[DEAD_RUNS];
static uint32_t ndead_runs;
static uint64_t ndead;
/* Where the last range was put: new ones follow it, so that their table
 * entries share pages. */
static uint64_t search_from = FIRST_FRAME;

uint64_t page_limit = UINT64_MAX;
uint64_t page_live;
uint64_t page_mapped;

static struct range *
range_of(uint64_t fn)
{
	struct imap_node *n = imap_find(&ranges, fn);

	kassert(n);
	return CONTAINER_OF(n, struct range, n);
}

static void
drop_if_unused(struct range *r)
{
	if (r->owners || r->live)
		return;
	search_from = MIN(search_from, r->n.start);
	imap_remove(&ranges, &r->n);
	kfree(r);
}

int
range_new(uint64_t n, struct range **out)
{
	struct range *r = KNEW(struct range);
	uint64_t at;

	if (!r)
		return -ENOMEM;
	if (imap_gap_up(&ranges, search_from, FRAMES, n, 1, &at) &&
	    imap_gap_up(&ranges, FIRST_FRAME, FRAMES, n, 1, &at)) {
		kfree(r);
		return -ENOMEM;
	}
	r->n.start = at;
	r->n.end = at + n;
	r->owners = 1;
	imap_insert(&ranges, &r->n);
	*out = r;
	return 0;
}

void
range_get(struct range *r)
{
	r->owners++;
}

void
range_put(struct range *r)
{
	kassert(r->owners);
	r->owners--;
	drop_if_unused(r);
}

/* The run of dead frames from @fn on is with the host again. */
static void
bury(uint64_t fn, uint64_t n)
{
	uint64_t end = fn + n;

	HYPER2(PHYS_PUNCH, fn * PAGE_SIZE, n * PAGE_SIZE);
	page_live -= n;
	ndead -= n;
	while (fn < end) {
		struct range *r = range_of(fn);
		uint64_t stop = MIN(end, r->n.end);

		r->live -= stop - fn;
		for (; fn < stop; fn++)
			frame_at(fn)->is_dead = 0;
		drop_if_unused(r);
	}
}

void
page_give_back(void)
{
	for (uint32_t i = 0; i < ndead_runs; i++)
		bury(dead[i].fn, dead[i].n);
	ndead_runs = 0;
}

static void
add_dead(uint64_t fn, uint64_t n)
{
	struct run *last = ndead_runs ? &dead[ndead_runs - 1] : NULL;

	if (last && last->fn + last->n == fn) {
		last->n += n;
	} else if (last && fn + n == last->fn) {
		last->fn = fn;
		last->n += n;
	} else {
		if (ndead_runs == DEAD_RUNS)
			page_give_back();
		dead[ndead_runs++] = (struct run){fn, n};
	}
	ndead += n;
	if (ndead >= DEAD_MAX)
		page_give_back();
}

void
frame_put(uint64_t fn, uint64_t n)
{
	uint64_t end = fn + n, first;

	while (fn < end) {
		struct frame *f = frame_at(fn);

		kassert(f->refs);
		if (--f->refs) {
			fn++;
			continue;
		}
		first = fn;
		f->is_dead = 1;
		for (fn++; fn < end && frame_at(fn)->refs == 1; fn++)
			*frame_at(fn) = (struct frame){.is_dead = 1};
		add_dead(first, fn - first);
	}
}

uint64_t
range_free_run(uint64_t fn, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		if (frame_at(fn + i)->is_dead)
			page_give_back();
		if (frame_at(fn + i)->refs)
			return i;
	}
	return n;
}

int
frame_take(struct range *r, uint64_t fn, uint64_t n)
{
	kassert(fn >= r->n.start && fn + n <= r->n.end);
	if (page_live + n > page_limit)
		page_give_back();
	if (page_live + n > page_limit)
		return -ENOMEM;
	page_live += n;
	r->live += n;
	for (uint64_t i = 0; i < n; i++)
		frame_at(fn + i)->refs = 1;
	return 0;
}

void
page_zap(uint64_t fn, uint64_t n)
{
	HYPER2(PHYS_PUNCH, fn * PAGE_SIZE, n * PAGE_SIZE);
}

uint64_t
page_used_by_host(void)
{
	int64_t n = HYPER0(PHYS_USED);

	return n < 0 ? page_live * PAGE_SIZE : (uint64_t)n;
}

void
page_resident(uint64_t fn, uint64_t n, uint8_t *vec)
{
	int64_t r = HYPER3(PHYS_RESIDENT, fn * PAGE_SIZE, n * PAGE_SIZE, vec);

	for (uint64_t i = 0; r < 0 && i < n; i++)
		vec[i] = 1;
}
