/* SPDX-License-Identifier: MIT */
/*
 * mm/reclaim.c - memory is short: who can spare some; and the totals.
 *
 * In this order: frames that only wait to be given back; clean cache nobody
 * maps; memory mapped ahead of need and never used; dirty cache, once written;
 * clean cache that is mapped.  What is left then is for the OOM killer.
 *
 * One task reclaims at a time; others wait for it and try again.
 */
#include "mm/internal_pc.h"

#include "base/slab.h"

#define BATCH	   (MiB(1) / PAGE_SIZE) /* at least so much at a time */
#define WRITES_MAX 32			/* files written back at a time */
#define LOOK_MAX   128			/* pages asked about at a time */

static struct mutex reclaim_lock = MUTEX_INIT(reclaim_lock);

static uint64_t
free_frames(void)
{
	return page_limit - MIN(page_live, page_limit);
}

/* --- pages mapped ahead of need ------------------------------------------ */

static bool
is_spare(pte_t p, bool in_host)
{
	const pte_t all = PTE_ANON | PTE_AHEAD;

	return (p & all) == all && !(p & PTE_HOST) == !in_host &&
	       frame_at(pte_fn(p))->refs == 1;
}

/* Take the pages mapped ahead out of the host, keeping the entries. */
static void
hide_ahead(struct mm *mm)
{
	uint64_t va = 0, lo = 0, hi = 0;
	pte_t p;

	for (; (p = pte_next(mm, &va, USER_TOP)); va += PAGE_SIZE) {
		if (!is_spare(p, true))
			continue;
		if (va != hi) {
			as_unmap(mm, lo, hi, (hi - lo) / PAGE_SIZE);
			lo = va;
		}
		hi = va + PAGE_SIZE;
		pte_change(mm, va, p & ~(pte_t)PTE_HOST);
	}
	as_unmap(mm, lo, hi, (hi - lo) / PAGE_SIZE);
}

static bool
is_blank(uint64_t fn)
{
	const uint64_t *w = frame_addr(fn);

	for (uint32_t i = 0; i < PAGE_SIZE / sizeof(*w); i++)
		if (w[i])
			return false;
	return true;
}

/* How many hidden pages follow each other from @va on, and so do their frames.
 */
static uint64_t
spare_run(struct mm *mm, uint64_t va, pte_t p)
{
	uint64_t n = 1;

	while (n < LOOK_MAX) {
		pte_t q = pte_get(mm, va + n * PAGE_SIZE);

		if (pte_fn(q) != pte_fn(p) + n || !is_spare(q, false))
			break;
		n++;
	}
	return n;
}

/* Drop the hidden pages that hold nothing; the others fault in again. */
static uint64_t
drop_blank(struct mm *mm)
{
	uint64_t va = 0, freed = 0, n;
	uint8_t there[LOOK_MAX];
	pte_t p;

	for (; (p = pte_next(mm, &va, USER_TOP)); va += n * PAGE_SIZE) {
		uint64_t fn = pte_fn(p);

		n = 1;
		if (!is_spare(p, false))
			continue;
		n = spare_run(mm, va, p);
		page_resident(fn, n, there);
		for (uint64_t i = 0; i < n; i++) {
			uint64_t at = va + i * PAGE_SIZE;

			if (there[i] && !is_blank(fn + i)) {
				p = pte_get(mm, at) & ~(pte_t)PTE_AHEAD;
				pte_change(mm, at, p);
				continue;
			}
			pte_clear(mm, at);
			frame_put(fn + i, 1);
			freed++;
		}
	}
	return freed;
}

static uint64_t
shrink_mm(struct mm *mm)
{
	uint64_t freed = 0;

	mm_get(mm);
	hide_ahead(mm);
	/* Only when the host has unmapped them nobody can write them. */
	if (!mm->is_taken && mm_flush(mm) == 0 && !mm->is_taken)
		freed = drop_blank(mm);
	mm_put(mm);
	return freed;
}

/* Go once round all address spaces, from the one looked at longest ago. */
static uint64_t
shrink_ahead(uint64_t want)
{
	uint64_t freed = 0, n = 0;
	struct mm *mm;

	LIST_EACH(mm, &mm_all, all_link)
		n++;
	for (; n && freed < want && !list_empty(&mm_all); n--) {
		mm = LIST_FIRST(&mm_all, struct mm, all_link);
		list_del(&mm->all_link);
		list_append(&mm_all, &mm->all_link);
		if (mm->rss_anon && !mm->is_taken)
			freed += shrink_mm(mm);
	}
	return freed;
}

/* --- page caches --------------------------------------------------------- */

/* Write one cache with dirty pages back.  Sleeps.  False: there is none. */
static bool
write_one(void)
{
	struct pagecache *pc;

	LIST_EACH(pc, &pc_all, lru_link) {
		if (!pc->ops || !pc->ndirty || !mutex_trylock(&pc->io_lock))
			continue;
		pc_write_back(pc, 0, NO_LIMIT);
		mutex_unlock(&pc->io_lock);
		return !pc->wb_error;
	}
	return false;
}

uint64_t
mm_reclaim(uint64_t bytes)
{
	uint64_t before = free_frames();
	uint64_t want = MAX(page_up(bytes) / PAGE_SIZE, BATCH);
	uint64_t goal = MIN(before + want, page_limit);
	bool is_ahead_done = false, is_mapped_done = false;
	int writes = 0;

	if (mutex_is_mine(&reclaim_lock))
		return 0; /* what is reclaimed wants memory itself */
	mutex_lock(&reclaim_lock);
	page_give_back(0);
	while (free_frames() < goal) {
		uint64_t need = goal - free_frames();

		if (pc_shrink(need)) {
			page_give_back(0);
		} else if (!is_ahead_done) {
			is_ahead_done = true;
			shrink_ahead(need);
			page_give_back(0);
		} else if (writes++ == WRITES_MAX || !write_one()) {
			if (is_mapped_done)
				break;
			is_mapped_done = true;
			pc_shrink_mapped(need);
			page_give_back(0);
		}
	}
	mutex_unlock(&reclaim_lock);
	return free_frames() > before ? (free_frames() - before) * PAGE_SIZE
				      : 0;
}

void
mm_init(uint64_t limit_bytes, bool has_large)
{
	page_limit = limit_bytes / PAGE_SIZE;
	page_large = has_large;
	spare_init();
}

void
mm_totals(struct mm_totals *out)
{
	uint64_t cached = pagecache_total() + shelf_pages();
	uint64_t shm = pagecache_shm_total();
	uint64_t used = page_used_by_host() / PAGE_SIZE;
	uint64_t live = MIN(page_live, page_limit);

	used = MIN(used, live) - MIN(page_warm, MIN(used, live));
	*out = (struct mm_totals){
		.total = page_limit * PAGE_SIZE,
		.free = (page_limit - used) * PAGE_SIZE,
		.anon = (used - MIN(cached + shm, used)) * PAGE_SIZE,
		.cached = cached * PAGE_SIZE,
		.dirty = pagecache_dirty_total() * PAGE_SIZE,
		.shmem = shm * PAGE_SIZE,
		.kernel = kmem_used(),
		.mapped = page_mapped * PAGE_SIZE,
		.ahead = page_ahead * PAGE_SIZE,
		.spare = page_warm * PAGE_SIZE,
	};
}
