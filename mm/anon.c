/* SPDX-License-Identifier: MIT */
/*
 * mm/anon.c - fresh private memory, in windows.
 *
 * A fault costs as much as some fifty pages populated in a batch, or five that
 * the host maps by itself when they are touched.  So a page is never mapped
 * alone.  Where the guest walks on from where the last window ended (or, for
 * stacks and such, began) the next one is twice as large, and populated.
 * Where it jumps about, more is mapped than populated: what it touches then
 * costs the host's fault, but none of ours.  Whether a process uses what it
 * gets so is learnt (ahead.c).
 *
 * The largest windows are blocks: one large page of the host's, where it has
 * such, costs a tenth of its small ones.
 *
 * Pages nobody asked for are marked PTE_AHEAD: they are charged, and taken
 * back when memory gets short.
 */
#include "mm/internal.h"

#include "base/str.h"

#define WIN_FIRST 16u /* pages */
#define WIN_MAX	  BLOCK_PAGES
#define WIN_STEPS 5u	 /* doublings up to there */
#define WIN_GIANT 16384u /* mapped at once at most, where it is sparse */
#define MEM_SHARE 16u	 /* and this part of what memory is left */

#define SPARSE_MIN 64u /* pages that nobody wants zeroed for one of them */

/* No page is wanted: enter(). */
#define AHEAD_NOW   UINT64_MAX
#define AHEAD_LATER (UINT64_MAX - 1)

/* Map [start, end), populate [pop_start, pop_end) of it. */
struct window {
	uint64_t start, end;
	uint64_t pop_start, pop_end;
};

static bool
is_memory_short(void)
{
	return page_room() < page_limit / 4;
}

/* The guest walks on: a window of @len pages from @va on, or down to it. */
static struct window
walk(const struct vma *v, uint64_t va, uint32_t len, bool is_down)
{
	struct window w;

	w.start = va;
	if (is_down)
		w.start -= MIN((len - 1) * PAGE_SIZE, va - v->n.start);
	w.end = is_down ? va + PAGE_SIZE : va + len * PAGE_SIZE;
	if (page_large && len == BLOCK_PAGES && !is_down)
		w.end &= ~(BLOCK_SIZE - 1); /* the next one is a block */
	w.end = MIN(w.end, v->n.end);
	w.pop_start = w.start;
	w.pop_end = w.end;
	return w;
}

/*
 * It jumps: an aligned block, the larger the more often it did, up to WIN_MAX.
 * Where it is known to use little of each, blocks grow on, more slowly: of
 * them all hardly more is mapped than what was asked for before bears out, and
 * each costs a fault of ours and little else.
 */
static uint64_t
block_pages(const struct vma *v, bool is_dense)
{
	uint64_t n = WIN_FIRST << MIN(v->jumps, WIN_STEPS), left;

	if (is_dense || v->jumps <= WIN_STEPS)
		return n;
	n <<= MIN((v->jumps - WIN_STEPS) / 2, 5u);
	left = page_room() / MEM_SHARE;
	while (n > WIN_MAX && n > left)
		n /= 2;
	return MIN(n, WIN_GIANT);
}

static struct window
jump(const struct vma *v, uint64_t va, bool is_dense)
{
	uint64_t size = block_pages(v, is_dense) * PAGE_SIZE;
	uint64_t pop = WIN_FIRST * PAGE_SIZE;
	struct window w;

	if (is_dense)
		pop = size;
	else if (v->jumps > WIN_STEPS)
		pop = PAGE_SIZE; /* it had its chance to use the neighbours */
	w.start = MAX(va & ~(size - 1), v->n.start);
	w.end = MIN((va & ~(size - 1)) + size, v->n.end);
	w.pop_start = MAX(va & ~(pop - 1), w.start);
	w.pop_end = MIN((va & ~(pop - 1)) + pop, w.end);
	return w;
}

static struct window
next_window(struct vma *v, uint64_t va)
{
	bool is_known = v->win_end, is_stack = v->flags & VMA_GROWSDOWN;

	if (is_memory_short() || (v->flags & VMA_RANDOM)) {
		v->win_len = 1;
		return walk(v, va, is_memory_short() ? 4 : 1, is_stack);
	}
	if (!is_known || va == v->win_end || va + PAGE_SIZE == v->win_start) {
		bool is_down = is_known ? va != v->win_end : is_stack;

		v->win_len =
			is_known ? MIN(2 * v->win_len, WIN_MAX) : WIN_FIRST;
		v->win_len = MAX(v->win_len, 1u);
		return walk(v, va, v->win_len, is_down);
	}
	v->jumps++;
	v->win_len = WIN_FIRST;
	return jump(v, va, ahead_is_dense(v->mm));
}

/* Shrink @w to the pages around @va that have no entry. */
static void
clip_to_missing(struct mm *mm, struct window *w, uint64_t va)
{
	uint64_t at = va;

	if (pte_next(mm, &at, w->end))
		w->end = at;
	w->start = pte_gap_below(mm, va, w->start);
}

/* Take frames for [w->start, w->end) or a first part of it that holds @va;
 * w becomes what was taken.  Returns: as frame_take(). */
static int64_t
take_frames(struct vma *v, struct window *w, uint64_t va, uint64_t *fn,
	    bool is_zeroed)
{
	uint64_t n = (w->end - w->start) / PAGE_SIZE;
	struct range *r;
	int64_t got, again;

	got = resv_place(v->mm, v, w->start, n, &r, fn);
	if (got >= 0 && w->start + got * PAGE_SIZE <= va) {
		w->start = va;
		got = resv_place(v->mm, v, va, 1, &r, fn);
	}
	if (got < 0)
		return got;
	w->end = w->start + got * PAGE_SIZE;
	if (pte_prepare(v->mm, w->start, w->end))
		return -ENOMEM;
	again = frame_take(r, *fn, got, is_zeroed);
	if (again >= 0)
		return again;
	/* Memory is short: this page, then. */
	*fn += (va - w->start) / PAGE_SIZE;
	w->start = va;
	w->end = va + PAGE_SIZE;
	return frame_take(r, *fn, 1, is_zeroed);
}

/* The entries of @w, of which only [lo, hi) will be populated. */
static void
fill(struct vma *v, const struct window *w, uint64_t lo, uint64_t hi, pte_t p,
     uint64_t wanted)
{
	uint64_t n = (w->end - w->start) / PAGE_SIZE;
	bool is_blank = n > WIN_MAX;

	if (n == 1) {
		p |= w->start == wanted ? 0 : PTE_AHEAD;
		(void)!pte_set(v->mm, w->start, p);
		return;
	}
	pte_fill(v->mm, w->start, n,
		 p | PTE_AHEAD | (is_blank ? PTE_BLANK : 0));
	for (uint64_t va = lo; is_blank && va < hi; va += PAGE_SIZE)
		pte_change(v->mm, va, (p + (va - w->start)) | PTE_AHEAD);
	if (wanted >= w->start && wanted < w->end)
		pte_change(v->mm, wanted, p + (wanted - w->start));
}

/* Is @w, to be populated, a block of pages? */
static bool
is_block(const struct window *w)
{
	return page_large && w->start % BLOCK_SIZE == 0 &&
	       w->end - w->start == BLOCK_SIZE && w->pop_start <= w->start &&
	       w->pop_end >= w->end;
}

/* Take frames for @w, which will be zeros: as take_frames(). */
static int64_t
take_zeros(struct vma *v, struct window *w, uint64_t va, uint64_t *fn)
{
	uint64_t n = (w->end - w->start) / PAGE_SIZE;

	if (is_block(w) && !pte_prepare(v->mm, w->start, w->end) &&
	    spare_take(fn))
		return n;
	if (n >= SPARSE_MIN && w->pop_end - w->pop_start < w->end - w->start)
		resv_avoid_dead(v->mm, v, w->start, n);
	return take_frames(v, w, va, fn, true);
}

/* Enter the frames from @fn on for @w; @wanted is no page ahead of need, and
 * AHEAD_LATER says that none is needed yet.  @there: so many have memory. */
static void
enter(struct vma *v, const struct window *w, uint64_t fn, uint64_t wanted,
      uint64_t there)
{
	uint32_t prot = host_prot(v->prot, true);
	uint64_t n = (w->end - w->start) / PAGE_SIZE;
	uint64_t lo = MAX(w->start, w->pop_start);
	uint64_t hi = MIN(w->end, w->pop_end);
	uint32_t flags = PTE_ANON;

	if (prot)
		flags |= PTE_READ | PTE_HOST;
	if (prot & AS_WRITE)
		flags |= PTE_WRITE;
	fill(v, w, lo, hi, pte_make(fn, flags), wanted);
	if (!prot)
		return;
	if ((prot & AS_WRITE) && lo < hi)
		frame_there(fn + (lo - w->start) / PAGE_SIZE,
			    (hi - lo) / PAGE_SIZE);
	if (wanted == AHEAD_LATER) {
		as_map_lazily(v->mm, w->start, n, fn, prot);
		if ((prot & AS_WRITE) && lo < hi)
			as_populate_lazily(v->mm, lo, hi, there < n);
		return;
	}
	as_map(v->mm, w->start, n, fn, prot);
	if (!there && is_block(w) && fn % BLOCK_PAGES == 0 &&
	    (prot & AS_WRITE)) {
		frame_large(fn);
		as_populate_block(v->mm, w->start);
	} else if ((prot & AS_WRITE) && lo < hi) {
		as_populate(v->mm, lo, hi, there < n);
	}
}

int
anon_fault(struct vma *v, uint64_t va)
{
	struct window w;
	uint64_t fn, rest;
	int64_t again;

	ahead_judge(v->mm);
	if (!v->win_end && vma_pages(v) <= WIN_FIRST)
		ahead_missed(v->mm);
	w = next_window(v, va);
	clip_to_missing(v->mm, &w, va);
	again = take_zeros(v, &w, va, &fn);
	if (again < 0)
		return again;
	enter(v, &w, fn, va, again);
	if (2 * v->win_len >= BLOCK_PAGES && w.end < v->n.end)
		spare_wanted(fn + (w.end - w.start) / PAGE_SIZE);
	v->win_start = w.start;
	v->win_end = w.end;
	rest = MAX(w.pop_end, w.start);
	if (!again && rest < w.end)
		ahead_watch(v->mm, fn + (rest - w.start) / PAGE_SIZE,
			    (w.end - rest) / PAGE_SIZE);
	return 0;
}

void
anon_ahead(struct vma *v, uint64_t start, uint64_t end, uint64_t populate,
	   bool lazily)
{
	uint64_t pop_end = MIN(end, start + populate);

	while (start < end) {
		struct window w = {start, end, start, pop_end};
		uint64_t fn;
		int64_t again;

		if (pte_get(v->mm, start)) {
			start += PAGE_SIZE;
			continue;
		}
		clip_to_missing(v->mm, &w, start);
		again = take_frames(v, &w, start, &fn, true);
		if (again < 0)
			return;
		enter(v, &w, fn, lazily ? AHEAD_LATER : AHEAD_NOW, again);
		v->win_start = w.start;
		v->win_end = start = w.end;
	}
}

/* One private page for @va with the bytes of @src. */
int
own_page(struct vma *v, uint64_t va, const void *src)
{
	struct window w = {va, va + PAGE_SIZE, 0, 0};
	uint64_t fn;
	int64_t err;

	err = take_frames(v, &w, va, &fn, false);
	if (err < 0)
		return err;
	frame_prepare(fn, 1);
	memcpy(frame_addr(fn), src, PAGE_SIZE);
	enter(v, &w, fn, va, 1);
	return 0;
}
