/* SPDX-License-Identifier: MIT */
/*
 * mm/anon.c - fresh private memory, in windows.
 *
 * A fault costs as much as some fifty pages mapped in a batch, so a page is
 * never mapped alone: a window around it is mapped and populated.  It doubles
 * each time the guest walks on where the last one ended (or, for stacks and
 * such, began) and falls back when it jumps.  Pages nobody asked for are
 * marked PTE_AHEAD: they are charged, and taken back when memory gets short.
 */
#include "mm/internal.h"

#include "base/str.h"

#define WIN_FIRST 16u /* pages */
#define WIN_MAX	  512u
#define WIN_JUMP  8u /* after a jump at most this */

struct window {
	uint64_t start, end;
};

/* Where to open the next window for a fault at @va. */
static struct window
next_window(struct vma *v, uint64_t va)
{
	uint32_t len = v->win_len ? v->win_len : WIN_FIRST;
	bool is_down = v->flags & VMA_GROWSDOWN;
	struct window w;

	if (v->win_len && va == v->win_end) {
		len = MIN(2 * len, WIN_MAX);
		is_down = false;
	} else if (v->win_len && va + PAGE_SIZE == v->win_start) {
		len = MIN(2 * len, WIN_MAX);
		is_down = true;
	} else if (v->win_len) {
		len = MAX(MIN(len / 2, WIN_JUMP), 1u);
	}
	if (v->flags & VMA_RANDOM)
		len = 1;
	v->win_len = len;
	len = MIN((uint64_t)len, vma_pages(v));
	w.start = va;
	if (is_down)
		w.start -= MIN((len - 1) * PAGE_SIZE, va - v->n.start);
	w.end = MIN(w.start + len * PAGE_SIZE, v->n.end);
	return w;
}

/* Shrink @w to the pages around @va that have no entry. */
static void
clip_to_missing(struct mm *mm, struct window *w, uint64_t va)
{
	uint64_t at = va;

	if (pte_next(mm, &at, w->end))
		w->end = at;
	for (at = va; at > w->start; at -= PAGE_SIZE)
		if (pte_get(mm, at - PAGE_SIZE))
			break;
	w->start = at;
}

/* Take frames for [w->start, w->end) or a first part of it that holds @va;
 * w becomes what was taken. */
static int
take_frames(struct vma *v, struct window *w, uint64_t va, uint64_t *fn)
{
	uint64_t n = (w->end - w->start) / PAGE_SIZE;
	struct range *r;
	int64_t got;

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
	if (frame_take(r, *fn, got) == 0)
		return 0;
	/* Memory is short: this page, then. */
	*fn += (va - w->start) / PAGE_SIZE;
	w->start = va;
	w->end = va + PAGE_SIZE;
	return frame_take(r, *fn, 1);
}

/* Enter the frames from @fn on for @w; @wanted is no page ahead of need. */
static void
enter(struct vma *v, const struct window *w, uint64_t fn, uint64_t wanted)
{
	uint32_t prot = host_prot(v->prot, true);
	uint64_t n = (w->end - w->start) / PAGE_SIZE;
	uint32_t flags = PTE_ANON;

	if (prot)
		flags |= PTE_READ | PTE_HOST;
	if (prot & AS_WRITE)
		flags |= PTE_WRITE;
	for (uint64_t i = 0; i < n; i++) {
		uint64_t va = w->start + i * PAGE_SIZE;
		uint32_t ahead = va == wanted ? 0 : PTE_AHEAD;

		(void)!pte_set(v->mm, va, pte_make(fn + i, flags | ahead));
	}
	if (!prot)
		return;
	as_map(v->mm, w->start, n, fn, prot);
	if (prot & AS_WRITE)
		as_populate(v->mm, w->start, w->end, true);
}

int
anon_fault(struct vma *v, uint64_t va)
{
	struct window w = next_window(v, va);
	uint64_t fn;
	int err;

	clip_to_missing(v->mm, &w, va);
	err = take_frames(v, &w, va, &fn);
	if (err)
		return err;
	enter(v, &w, fn, va);
	v->win_start = w.start;
	v->win_end = w.end;
	return 0;
}

void
anon_ahead(struct vma *v, uint64_t start, uint64_t end, bool ahead)
{
	while (start < end) {
		struct window w = {start, end};
		uint64_t fn;

		if (pte_get(v->mm, start)) {
			start += PAGE_SIZE;
			continue;
		}
		clip_to_missing(v->mm, &w, start);
		if (take_frames(v, &w, start, &fn))
			return;
		enter(v, &w, fn, ahead ? UINT64_MAX : start);
		start = w.end;
		v->win_start = w.start;
		v->win_end = w.end;
	}
}

int
own_page(struct vma *v, uint64_t va, const void *src)
{
	struct window w = {va, va + PAGE_SIZE};
	uint32_t prot = host_prot(v->prot, true);
	uint32_t flags = PTE_ANON;
	uint64_t fn;
	int err;

	err = take_frames(v, &w, va, &fn);
	if (err)
		return err;
	if (src)
		memcpy(frame_addr(fn), src, PAGE_SIZE);
	if (prot)
		flags |= PTE_READ | PTE_HOST;
	if (prot & AS_WRITE)
		flags |= PTE_WRITE;
	(void)!pte_set(v->mm, va, pte_make(fn, flags));
	if (prot)
		as_map(v->mm, va, 1, fn, prot);
	return 0;
}
