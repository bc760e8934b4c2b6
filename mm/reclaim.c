/* SPDX-License-Identifier: MIT */
/*
 * mm/reclaim.c - memory is short: who can spare some; and the totals.
 *
 * In this order: frames that only wait to be given back, clean cache nobody
 * maps, dirty cache once written.
 */
#include "mm/internal_pc.h"

#include "base/slab.h"

static uint64_t
free_frames(void)
{
	return page_limit - MIN(page_live, page_limit);
}

static bool
has_work(const struct pagecache *pc)
{
	return pc->ops && pc->ndirty && !pc->io_lock.owner;
}

/* Write one cache with dirty pages back.  Sleeps.  False: there is none. */
static bool
write_one(void)
{
	struct pagecache *pc;

	LIST_EACH(pc, &pc_all, lru_link)
	{
		if (!has_work(pc) || !mutex_trylock(&pc->io_lock))
			continue;
		pc_write_back(pc, 0, NO_LIMIT);
		mutex_unlock(&pc->io_lock);
		return true;
	}
	return false;
}

uint64_t
mm_reclaim(uint64_t bytes)
{
	uint64_t want = page_up(bytes) / PAGE_SIZE, before = free_frames();

	page_give_back();
	while (free_frames() < before + want) {
		uint64_t got = pc_shrink(want);

		page_give_back();
		if (!got && !write_one())
			break;
	}
	return free_frames() > before ? (free_frames() - before) * PAGE_SIZE
				      : 0;
}

void
mm_init(uint64_t limit_bytes)
{
	page_limit = limit_bytes / PAGE_SIZE;
}

void
mm_totals(struct mm_totals *out)
{
	uint64_t cached = pagecache_total(), shm = pagecache_shm_total();
	uint64_t used = page_used_by_host() / PAGE_SIZE;
	uint64_t live = MIN(page_live, page_limit);

	*out = (struct mm_totals){
		.total = page_limit * PAGE_SIZE,
		.free = (page_limit - MIN(used, page_limit)) * PAGE_SIZE,
		.anon = (MIN(used, live) - MIN(cached + shm, MIN(used, live))) *
			PAGE_SIZE,
		.cached = cached * PAGE_SIZE,
		.dirty = pagecache_dirty_total() * PAGE_SIZE,
		.shmem = shm * PAGE_SIZE,
		.kernel = kmem_used(),
		.populated_unused = (live - MIN(used, live)) * PAGE_SIZE,
	};
}
