/* SPDX-License-Identifier: MIT */
/*
 * mm/ahead.c - will memory that is mapped before it is asked for be used?
 *
 * Three guesses a process, each a small score that experience moves:
 *
 * is_dense: where it jumps about in fresh memory, does it end up using most of
 * it?  Then whole blocks are populated.  Judged by what the host had to
 * allocate in a block of which only a part had been populated, when the next
 * one is opened.
 *
 * small: are small mappings used at all?  Then they are mapped when they are
 * made, which saves the fault.  Judged by mappings that were not populated,
 * when they are unmapped, and by faults in those not mapped.  Frames used
 * again are resident from the start: there, bytes tell.
 *
 * files: are small mappings of files used?  The host's mapping costs little,
 * and a fault much: they are told the host at once, unless they turn out not to
 * be used.  Judged by some that are left to wait.
 *
 * Pages that were mapped and not populated are in no sum of resident ones
 * before it is found out which of them were touched: ahead_count().
 *
 * Every few times the opposite is done, or nothing could be learnt; the
 * surer the guess, the more seldom.
 */
#include "mm/internal.h"

#define SCORE_MAX    4
#define WATCH_MIN    16u /* pages, to tell anything */
#define WATCH_MAX    128u
#define COUNT_MAX    512u
#define PROBE_PERIOD 8u
#define SURE_PERIOD  64u

static void
move(int8_t *score, int by)
{
	*score = MAX(-SCORE_MAX, MIN(SCORE_MAX, *score + by));
}

static uint64_t
count_resident(uint64_t fn, uint64_t n)
{
	uint8_t vec[WATCH_MAX];
	uint64_t sum = 0;

	page_resident(fn, n, vec);
	for (uint64_t i = 0; i < n; i++)
		sum += vec[i];
	return sum;
}

void
ahead_watch(struct mm *mm, uint64_t fn, uint64_t n)
{
	/* To look costs as much as a fault or two. */
	if (mm->ahead.dense == -SCORE_MAX && ++mm->ahead.turn % PROBE_PERIOD)
		n = 0;
	mm->ahead.watch_fn = fn;
	mm->ahead.watch_n = n >= WATCH_MIN ? MIN(n, WATCH_MAX) : 0;
}

void
ahead_judge(struct mm *mm)
{
	struct ahead *a = &mm->ahead;
	uint64_t n = a->watch_n;

	a->watch_n = 0;
	if (!n || frame_at(a->watch_fn)->refs != 1)
		return;
	/* A page in ten pays for populating all. */
	move(&a->dense, count_resident(a->watch_fn, n) * 8 >= n ? 2 : -1);
}

bool
ahead_is_dense(struct mm *mm)
{
	return mm->ahead.dense > 0 && ++mm->ahead.turn % PROBE_PERIOD;
}

enum ahead_plan
ahead_small(struct mm *mm)
{
	int8_t small = mm->ahead.small;
	bool is_sure = small == SCORE_MAX || small == -SCORE_MAX;

	if (++mm->ahead.turn % (is_sure ? SURE_PERIOD : PROBE_PERIOD) == 0)
		return AHEAD_MAP;
	return mm->ahead.small >= 0 ? AHEAD_POPULATE : AHEAD_NOTHING;
}

void
ahead_probe(struct mm *mm, uint64_t va)
{
	mm->ahead.probe_va = va;
}

/* A small mapping that was left to a fault got it. */
void
ahead_missed(struct mm *mm)
{
	move(&mm->ahead.small, 2);
}

bool
ahead_file(const struct vma *v)
{
	struct ahead *a = &v->mm->ahead;
	uint32_t period = a->files == SCORE_MAX ? SURE_PERIOD : PROBE_PERIOD;

	if (a->files >= 0 && ++a->file_turn % period)
		return true;
	a->file_va = v->n.start;
	return false;
}

void
ahead_file_missed(const struct vma *v)
{
	struct ahead *a = &v->mm->ahead;

	if (a->file_va < v->n.start || a->file_va >= v->n.end)
		return;
	a->file_va = 0;
	move(&a->files, 2);
}

/* One that waits to this day has not been used. */
static void
file_unmapping(struct mm *mm, uint64_t start, uint64_t end)
{
	uint64_t va = mm->ahead.file_va;

	if (!va || va < start || va >= end)
		return;
	mm->ahead.file_va = 0;
	if (as_waits(mm, va))
		move(&mm->ahead.files, -1);
}

static bool
has_bytes(uint64_t fn)
{
	const uint64_t *word = frame_addr(fn);

	for (uint64_t i = 0; i < PAGE_SIZE / sizeof(*word); i++)
		if (word[i])
			return true;
	return false;
}

/* Did the guest touch one of the frames, which nobody populated for it? */
static bool
is_touched(uint64_t fn, uint64_t n)
{
	uint8_t vec[WATCH_MIN];

	page_resident(fn, n, vec);
	for (uint64_t i = 0; i < n; i++) {
		if (!vec[i])
			continue;
		/* Zeroed by us for this use, when it was taken again. */
		if (!(frame_at(fn + i)->flags & FRAME_READY) ||
		    has_bytes(fn + i))
			return true;
	}
	return false;
}

void
ahead_unmapping(struct mm *mm, uint64_t start, uint64_t end)
{
	uint64_t va = mm->ahead.probe_va, n = 0;
	pte_t p;

	file_unmapping(mm, start, end);
	if (!va || va < start || va >= end)
		return;
	mm->ahead.probe_va = 0;
	p = pte_get(mm, va);
	if (!(p & PTE_ANON))
		return;
	while (n < WATCH_MIN && va + n * PAGE_SIZE < end &&
	       pte_fn(pte_get(mm, va + n * PAGE_SIZE)) == pte_fn(p) + n)
		n++;
	move(&mm->ahead.small, is_touched(pte_fn(p), n) ? 1 : -1);
}

/* The pages with memory of the @n blank ones from @va on are so no more. */
static void
count_run(struct mm *mm, uint64_t va, uint64_t n, uint64_t fn)
{
	uint8_t vec[COUNT_MAX];

	page_resident(fn, n, vec);
	for (uint64_t i = 0; i < n; i++) {
		uint64_t at = va + i * PAGE_SIZE;

		if (vec[i])
			pte_change(mm, at, pte_get(mm, at) & ~(pte_t)PTE_BLANK);
	}
}

void
ahead_count(struct mm *mm)
{
	uint64_t va = 0;
	pte_t p;

	if (!mm->blank)
		return;
	for (; (p = pte_next(mm, &va, USER_TOP)); va += PAGE_SIZE) {
		uint64_t n = 1;

		if (!pte_is_blank(p))
			continue;
		while (n < COUNT_MAX &&
		       pte_get(mm, va + n * PAGE_SIZE) == p + n * PAGE_SIZE)
			n += pte_run(mm, va + n * PAGE_SIZE,
				     va + COUNT_MAX * PAGE_SIZE);
		count_run(mm, va, n, pte_fn(p));
		va += (n - 1) * PAGE_SIZE;
	}
}
