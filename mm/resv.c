/* SPDX-License-Identifier: MIT */
/*
 * mm/resv.c - where the private pages of an address space go in physmem.
 *
 * A reservation ties a stretch of guest addresses to as long a range of frame
 * numbers, so that neighbours in the guest are neighbours in physmem and the
 * host maps them as one.  It belongs to the addresses, not to a VMA: VMAs may
 * be split, joined and replaced over it, and mappings made side by side later
 * continue it.  Reserving costs nothing; it is generous, in the direction in
 * which more is likely to come.
 *
 * A natural place can be taken: by a page that a forked child still shares.
 * Then the stretch gets a new range; pages in the old one stay where they are.
 */
#include "mm/internal.h"

#include "base/slab.h"

#define CHUNK	 GiB(1) /* most that is reserved at a time */
#define ROOM_MIN KiB(256)
#define ROOM_MAX MiB(16)
#define SMALL	 KiB(64) /* what is asked for when numbers run out */
#define FEW	 4u	 /* one dead frame in so many is not worth keeping */

static struct resv *
resv_from(struct imap_node *n)
{
	return n ? CONTAINER_OF(n, struct resv, n) : NULL;
}

static void
resv_free(struct mm *mm, struct resv *rs)
{
	imap_remove(&mm->resvs, &rs->n);
	range_put(rs->range);
	kfree(rs);
}

/* So many slots of its range come before @start's, that blocks of pages are
 * blocks of frames. */
static uint64_t
skew(uint64_t start, uint64_t end)
{
	if (!page_large || end - start < BLOCK_SIZE)
		return 0;
	return start % BLOCK_SIZE / PAGE_SIZE;
}

static struct resv *
resv_make(struct mm *mm, uint64_t start, uint64_t end)
{
	struct resv *rs = KNEW(struct resv);

	if (!rs)
		return NULL;
	if (range_new(skew(start, end) + (end - start) / PAGE_SIZE,
		      &rs->range)) {
		kfree(rs);
		return NULL;
	}
	rs->fn = rs->range->n.start + skew(start, end);
	rs->n.start = start;
	rs->n.end = end;
	imap_insert(&mm->resvs, &rs->n);
	return rs;
}

/* What to reserve around @va for @v: all of it and room for more, or a chunk
 * of a giant one; between the neighbouring reservations. */
static void
extent(struct mm *mm, const struct vma *v, uint64_t va, uint64_t *lo,
       uint64_t *hi)
{
	struct imap_node *next = imap_first_from(&mm->resvs, va);
	struct imap_node *prev = next ? imap_prev(next) : NULL;
	uint64_t len = v->n.end - v->n.start;
	uint64_t room = MIN(MAX(len, ROOM_MIN), ROOM_MAX);
	uint64_t floor = 0, ceiling = USER_TOP;

	if (!next) {
		/* All lie below: the last one is the neighbour. */
		for (prev = mm->resvs.root; prev && prev->right;)
			prev = prev->right;
	}
	if (next)
		ceiling = next->start;
	if (prev)
		floor = prev->end;
	*lo = v->n.start;
	*hi = v->n.end;
	if (len > CHUNK) {
		*lo = MAX(*lo, va & ~(CHUNK - 1));
		*hi = MIN(*hi, (va & ~(CHUNK - 1)) + CHUNK);
	} else if (v->n.start >= page_down(mm->layout.start_brk) &&
		   v->n.start <= mm->layout.brk) {
		*hi += room; /* the heap grows upwards */
	} else {
		*lo -= MIN(room, *lo); /* the next mmap comes below */
	}
	*lo = MAX(*lo, floor);
	*hi = MIN(*hi, ceiling);
}

static struct resv *
resv_at(struct mm *mm, const struct vma *v, uint64_t va)
{
	struct resv *rs = resv_from(imap_find(&mm->resvs, va));
	uint64_t lo, hi;

	if (rs)
		return rs;
	extent(mm, v, va, &lo, &hi);
	rs = resv_make(mm, lo, hi);
	if (rs)
		return rs;
	return resv_make(mm, MAX(lo, va & ~(SMALL - 1)),
			 MIN(hi, (va & ~(SMALL - 1)) + SMALL));
}

/* A fresh range for the same stretch. */
static int
renew(struct resv *rs)
{
	uint64_t before = skew(rs->n.start, rs->n.end);
	struct range *r;
	int err;

	err = range_fresh(before + (rs->n.end - rs->n.start) / PAGE_SIZE, &r);
	if (err)
		return err;
	range_put(rs->range);
	rs->range = r;
	rs->fn = r->n.start + before;
	return 0;
}

int64_t
resv_place(struct mm *mm, const struct vma *v, uint64_t va, uint64_t n,
	   struct range **r, uint64_t *fn)
{
	struct resv *rs = resv_at(mm, v, va);
	uint64_t at, got;

	if (!rs)
		return -ENOMEM;
	n = MIN(n, (rs->n.end - va) / PAGE_SIZE);
	at = rs->fn + (va - rs->n.start) / PAGE_SIZE;
	got = range_free_run(at, n);
	if (!got) {
		if (renew(rs))
			return -ENOMEM;
		at = rs->fn + (va - rs->n.start) / PAGE_SIZE;
		got = n;
	}
	*r = rs->range;
	*fn = at;
	return got;
}

void
resv_avoid_dead(struct mm *mm, const struct vma *v, uint64_t va, uint64_t n)
{
	struct resv *rs = resv_at(mm, v, va);
	uint64_t at, ndead;

	if (!rs)
		return;
	at = rs->fn + (va - rs->n.start) / PAGE_SIZE;
	n = MIN(n, (rs->n.end - va) / PAGE_SIZE);
	ndead = range_dead(rs->range, at, n);
	if (ndead * FEW > n)
		(void)!renew(rs);
	else if (ndead)
		range_empty(rs->range, at, range_free_run(at, n));
}

/* Cut @rs so that nothing of it lies in [start, end). */
static void
cut(struct mm *mm, struct resv *rs, uint64_t start, uint64_t end)
{
	uint64_t old_end = rs->n.end, old_start = rs->n.start;
	struct resv *tail = NULL;

	if (old_start >= start && old_end <= end) {
		resv_free(mm, rs);
		return;
	}
	if (old_start >= start) {
		rs->fn += (end - old_start) / PAGE_SIZE;
		rs->n.start = end;
		imap_resized(&mm->resvs, &rs->n);
		return;
	}
	rs->n.end = start;
	imap_resized(&mm->resvs, &rs->n);
	if (old_end <= end)
		return;
	tail = KNEW(struct resv);
	if (!tail)
		return; /* its pages get new places */
	tail->range = rs->range;
	range_get(tail->range);
	tail->fn = rs->fn + (end - old_start) / PAGE_SIZE;
	tail->n.start = end;
	tail->n.end = old_end;
	imap_insert(&mm->resvs, &tail->n);
}

static void
cut_all(struct mm *mm, uint64_t start, uint64_t end)
{
	struct imap_node *n = imap_first_from(&mm->resvs, start), *next;

	for (; n && n->start < end; n = next) {
		next = imap_next(n);
		cut(mm, resv_from(n), start, end);
	}
}

void
resv_drop(struct mm *mm, uint64_t start, uint64_t end)
{
	struct imap_node *n = imap_first_from(&mm->resvs, start), *next;

	for (; n && n->start < end; n = next) {
		struct vma *v = vma_from_on(mm, n->start);

		next = imap_next(n);
		if (!v || v->n.start >= n->end)
			resv_free(mm, resv_from(n));
	}
}

void
resv_free_all(struct imap *resvs)
{
	while (resvs->root) {
		struct resv *rs = resv_from(resvs->root);

		imap_remove(resvs, &rs->n);
		range_put(rs->range);
		kfree(rs);
	}
}

void
resv_move(struct mm *mm, uint64_t from, uint64_t to, uint64_t len)
{
	struct imap_node *n;

	cut_all(mm, to, to + len);
	n = imap_first_from(&mm->resvs, from);
	for (; n && n->start < from + len; n = imap_next(n)) {
		struct resv *rs = resv_from(n), *moved = KNEW(struct resv);
		uint64_t lo = MAX(n->start, from), hi = MIN(n->end, from + len);

		if (!moved)
			break; /* pages get new places */
		moved->range = rs->range;
		range_get(moved->range);
		moved->fn = rs->fn + (lo - n->start) / PAGE_SIZE;
		moved->n.start = lo - from + to;
		moved->n.end = hi - from + to;
		imap_insert(&mm->resvs, &moved->n);
	}
	cut_all(mm, from, from + len);
}
