/* SPDX-License-Identifier: MIT */
/*
 * mm/page.c - ranges of frame numbers, charging, frames used again.
 *
 * Every frame that some host mapping could make the host allocate is charged,
 * and so are dead ones: so the host can never hold more of guest RAM than
 * page_live, and page_live never passes page_limit.
 *
 * Dead frames stay where they are, up to page_dead_max of them. Used again,
 * they are zeroed, but for longer runs that nobody is known to have touched:
 * those are emptied, which costs less than to have the host fill them.  Those
 * that died first are given back first.  Nobody maps a dead frame: whoever
 * drops a reference has first taken the frame out of the host's address spaces
 * (mm/aspace.c).
 *
 * How long they stay is spare.c's matter; which of them make whole blocks is
 * noted there, too.
 */
#include "mm/page.h"

#include "arch/um/hypercall.h"
#include "base/panic.h"
#include "base/slab.h"
#include "base/str.h"

#define FRAMES	    (PHYS_SIZE / PAGE_SIZE)
#define FIRST_FRAME 16			 /* 0 means none */
#define BLANK_RUN   (MiB(4) / PAGE_SIZE) /* more at a time goes at once */
#define EMPTY_RUN   16			 /* pages */
#define GIVE_MORE   1024 /* pages given back than are asked for */
#define LOOK_MIN    4
#define NLENGTHS    128

static struct imap ranges;
static struct list dead_ranges = LIST_INIT(dead_ranges);
static struct list spare[NLENGTHS]; /* by length_class() */

uint64_t page_limit = UINT64_MAX;
uint64_t page_live, page_dead, page_warm, page_mapped, page_ahead;
uint64_t page_dead_max;
bool page_large;

/* Lengths are rounded to quarters of powers of two, so that similar ones can
 * stand in for each other. */
static uint64_t
round_length(uint64_t n)
{
	uint64_t step;

	if (n <= 8)
		return n;
	step = 1ull << (61 - __builtin_clzll(n));
	return (n + step - 1) & ~(step - 1);
}

static struct list *
spare_list(uint64_t n)
{
	uint32_t log = 63 - __builtin_clzll(n);
	uint32_t quarter = log >= 2 ? n >> (log - 2) & 3 : n & 3;
	struct list *l = &spare[log * 4 + quarter];

	if (!l->next)
		list_init(l);
	return l;
}

static struct range *
range_of(uint64_t fn)
{
	struct imap_node *n = imap_find(&ranges, fn);

	kassert(n);
	return CONTAINER_OF(n, struct range, n);
}

/* Nobody needs @r any more: free, or keep for its dead frames. */
static void
settle(struct range *r)
{
	if (r->owners || r->live)
		return;
	if (r->ndead) {
		if (list_empty(&r->spare_link))
			list_push(spare_list(r->n.end - r->n.start),
				  &r->spare_link);
		return;
	}
	list_del(&r->spare_link);
	imap_remove(&ranges, &r->n);
	kfree(r);
}

static struct range *
take_spare(uint64_t n)
{
	struct list *l = spare_list(n);
	struct range *r;

	if (list_empty(l))
		return NULL;
	r = LIST_FIRST(l, struct range, spare_link);
	/* Small lengths share lists of four. */
	if (r->n.end - r->n.start != n)
		return NULL;
	list_del(&r->spare_link);
	r->owners = 1;
	return r;
}

int
range_new(uint64_t n, struct range **out)
{
	*out = take_spare(round_length(n));
	return *out ? 0 : range_fresh(n, out);
}

int
range_fresh(uint64_t n, struct range **out)
{
	uint64_t align = page_large && n >= BLOCK_PAGES ? BLOCK_PAGES : 1;
	struct range *r = KNEW(struct range);
	uint64_t at;

	n = round_length(n);
	if (!r)
		return -ENOMEM;
	if (imap_gap_up(&ranges, FIRST_FRAME, FRAMES, n, align, &at)) {
		kfree(r);
		return -ENOMEM;
	}
	r->n.start = at;
	r->n.end = at + n;
	r->owners = 1;
	list_init(&r->dead_link);
	list_init(&r->spare_link);
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
	settle(r);
}

uint64_t
range_free_run(uint64_t fn, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		if (frame_at(fn + i)->refs)
			return i;
	return n;
}

/* --- death --------------------------------------------------------------- */

static bool
is_known(uint64_t fn)
{
	return frame_at(fn)->flags & (FRAME_READY | FRAME_THERE);
}

static bool
is_dead(uint64_t fn)
{
	return frame_at(fn)->flags & FRAME_DEAD;
}

/* Of @r, [fn, fn+n), of which @ndead are dead and nobody uses the others, are
 * given back to the host. */
static void
punch(struct range *r, uint64_t fn, uint64_t n, uint64_t ndead)
{
	HYPER2(PHYS_PUNCH, fn * PAGE_SIZE, n * PAGE_SIZE);
	kassert(r->ndead >= ndead);
	page_live -= ndead;
	page_dead -= ndead;
	r->ndead -= ndead;
	for (uint64_t i = 0; i < n; i++) {
		kassert(!frame_at(fn + i)->refs);
		page_warm -= is_dead(fn + i) && is_known(fn + i);
		frame_at(fn + i)->flags = 0;
	}
}

/* Has @r no dead frames any more? */
static bool
is_done(struct range *r)
{
	if (r->ndead)
		return false;
	r->dead_lo = r->dead_hi = 0;
	list_del(&r->dead_link);
	return true;
}

/* Up to @max dead frames of [fn, end), of @r, go to the host.  Returns: where
 * that ended. */
static uint64_t
punch_dead(struct range *r, uint64_t fn, uint64_t end, uint64_t max)
{
	while (fn < end && r->ndead && max) {
		uint64_t n = 0;

		while (fn + n < end && n < max && is_dead(fn + n))
			n++;
		if (n)
			punch(r, fn, n, n);
		max -= n;
		fn += n ? n : 1;
	}
	return fn;
}

/* Give up to @max dead frames of @r back; @r may be gone afterwards. */
static void
bury(struct range *r, uint64_t max)
{
	r->dead_lo = punch_dead(r, r->dead_lo, r->dead_hi, max);
	if (is_done(r))
		settle(r);
}

void
page_give_back(uint64_t keep)
{
	while (page_dead > keep && !list_empty(&dead_ranges))
		bury(LIST_FIRST(&dead_ranges, struct range, dead_link),
		     page_dead - keep);
}

void
range_give_back(struct range *r, uint64_t fn, uint64_t n)
{
	(void)punch_dead(r, fn, fn + n, n);
	if (is_done(r))
		settle(r);
}

/* Of @r, [fn, fn+n) are dead, and stay. */
static void
add_dead(struct range *r, uint64_t fn, uint64_t n)
{
	r->ndead += n;
	page_dead += n;
	for (uint64_t i = 0; i < n; i++)
		page_warm += is_known(fn + i);
	if (r->dead_lo == r->dead_hi) {
		r->dead_lo = fn;
		r->dead_hi = fn + n;
	} else {
		r->dead_lo = MIN(r->dead_lo, fn);
		r->dead_hi = MAX(r->dead_hi, fn + n);
	}
	list_del(&r->dead_link);
	list_append(&dead_ranges, &r->dead_link);
}

/* Are there fewer than EMPTY_RUN known frames in a row from @fn on? */
static bool
is_bare(uint64_t fn, uint64_t end)
{
	for (uint64_t i = 0; i < EMPTY_RUN && fn + i < end; i++)
		if (!is_known(fn + i))
			return true;
	return false;
}

/* They died together.  Of many, those between which there is much that nobody
 * is known to have touched are worth nothing. */
static void
die(struct range *r, uint64_t fn, uint64_t n)
{
	uint64_t end = fn + n, len;

	kassert(r->live >= n);
	r->live -= n;
	add_dead(r, fn, n);
	spare_note(fn, n);
	for (; n >= BLANK_RUN && fn < end; fn += len) {
		bool bare = is_bare(fn, end);

		len = 1;
		while (fn + len < end &&
		       (bare ? is_bare(fn + len, end) : is_known(fn + len)))
			len++;
		if (bare)
			punch(r, fn, len, len);
	}
	(void)is_done(r);
	settle(r);
}

void
frame_put(uint64_t fn, uint64_t n)
{
	uint64_t end = fn + n, first;
	struct range *r;

	while (fn < end) {
		struct frame *f = frame_at(fn);

		kassert(f->refs);
		if (--f->refs) {
			fn++;
			continue;
		}
		r = range_of(fn);
		f->flags |= FRAME_DEAD;
		f->flags &= ~(uint32_t)FRAME_LARGE;
		for (first = fn++; fn < MIN(end, r->n.end); fn++) {
			if (frame_at(fn)->refs != 1)
				break;
			f = frame_at(fn);
			f->refs = 0;
			f->flags |= FRAME_DEAD;
			f->flags &= ~(uint32_t)FRAME_LARGE;
		}
		die(r, first, fn - first);
	}
	if (page_dead > page_dead_max)
		page_give_back(page_dead_max - page_dead_max / 16);
	spare_changed();
}

/* --- use ----------------------------------------------------------------- */

/* They have memory: look at each, since the host maps many around what is read,
 * and one that is written; a large page it maps whole.  Even what is ready may
 * not be so in the process where the kernel is. */
static void
look_at(uint64_t fn, uint64_t n)
{
	for (uint64_t i = 0; n > LOOK_MIN && i < n; i++)
		if (!(frame_at(fn + i)->flags & FRAME_BLOCK))
			(void)*(const volatile char *)frame_addr(fn + i);
}

void
frame_prepare(uint64_t fn, uint64_t n)
{
	uint64_t end = fn + n, first;

	while (fn < end) {
		if (is_known(fn)) {
			frame_at(fn++)->flags |= FRAME_READY;
			continue;
		}
		for (first = fn; fn < end && !is_known(fn); fn++)
			frame_at(fn)->flags |= FRAME_READY;
		HYPER2(PHYS_POPULATE, first * PAGE_SIZE,
		       (fn - first) * PAGE_SIZE);
	}
	look_at(end - n, n);
}

static uint32_t
kind_of(uint64_t fn)
{
	return is_known(fn) | (frame_at(fn)->flags & FRAME_ZERO);
}

/* Zero [fn, fn+n) where they are not.  Returns: how many have memory. */
static uint64_t
zero_frames(uint64_t fn, uint64_t n)
{
	uint64_t end = fn + n, there = 0, len;

	for (; fn < end; fn += len) {
		uint32_t kind = kind_of(fn);

		len = 1;
		while (fn + len < end && kind_of(fn + len) == kind)
			len++;
		if (!kind && len >= EMPTY_RUN) {
			page_zap(fn, len);
			continue;
		}
		there += len;
		if (kind & FRAME_ZERO)
			continue;
		frame_prepare(fn, len);
		memset(frame_addr(fn), 0, len * PAGE_SIZE);
	}
	return there;
}

/* Use the dead ones among [fn, fn+n) again.  Returns: how many have memory. */
static uint64_t
revive(struct range *r, uint64_t fn, uint64_t n, bool zero)
{
	uint64_t end = fn + n, there = 0, first;

	while (fn < end) {
		if (!is_dead(fn)) {
			fn++;
			continue;
		}
		for (first = fn; fn < end && is_dead(fn); fn++) {
			frame_at(fn)->flags &= ~(uint32_t)FRAME_DEAD;
			page_warm -= is_known(fn);
		}
		r->ndead -= fn - first;
		page_dead -= fn - first;
		there += zero ? zero_frames(first, fn - first) : fn - first;
		for (uint64_t i = first; i < fn; i++)
			frame_at(i)->flags &= ~(uint32_t)FRAME_ZERO;
	}
	spare_changed();
	(void)is_done(r);
	return there;
}

uint64_t
range_dead(const struct range *r, uint64_t fn, uint64_t n)
{
	uint64_t lo = MAX(fn, r->dead_lo), hi = MIN(fn + n, r->dead_hi);
	uint64_t sum = 0;

	for (; lo < hi; lo++)
		sum += is_dead(lo);
	return sum;
}

void
range_empty(struct range *r, uint64_t fn, uint64_t n)
{
	uint64_t lo = MAX(fn, r->dead_lo), hi = MIN(fn + n, r->dead_hi);
	uint64_t ndead;

	while (lo < hi && !is_dead(lo))
		lo++;
	while (lo < hi && !is_dead(hi - 1))
		hi--;
	ndead = range_dead(r, lo, hi - lo);
	if (!ndead)
		return;
	punch(r, lo, hi - lo, ndead);
	(void)is_done(r);
	spare_changed();
}

int64_t
frame_take(struct range *r, uint64_t fn, uint64_t n, bool zero)
{
	uint64_t again = range_dead(r, fn, n);

	kassert(fn >= r->n.start && fn + n <= r->n.end);
	if (page_live + n - again > page_limit) {
		uint64_t need = page_live + n - again - page_limit + GIVE_MORE;

		page_give_back(page_dead - MIN(page_dead, need));
		again = range_dead(r, fn, n);
	}
	if (page_live + n - again > page_limit) {
		page_give_back(0);
		again = 0;
	}
	if (page_live + n - again > page_limit)
		return -ENOMEM;
	if (!r->owners)
		list_del(&r->spare_link);
	page_live += n - again;
	r->live += n;
	for (uint64_t i = 0; i < n; i++) {
		struct frame *f = frame_at(fn + i);

		kassert(!f->refs && (again || !(f->flags & FRAME_DEAD)));
		f->refs = 1;
	}
	return again ? (int64_t)revive(r, fn, n, zero) : 0;
}

void
frame_claim(uint64_t fn, uint64_t n)
{
	int64_t again = frame_take(range_of(fn), fn, n, false);

	kassert(again == (int64_t)n);
}

static bool
is_empty_block(const struct range *r, uint64_t fn)
{
	if (fn % BLOCK_PAGES || fn + BLOCK_PAGES > r->n.end)
		return false;
	for (uint64_t i = 0; i < BLOCK_PAGES; i++)
		if (frame_at(fn + i)->refs || frame_at(fn + i)->flags)
			return false;
	return true;
}

void
frame_block(struct range *r, uint64_t fn)
{
	if (!page_large || page_room() < page_limit / 4 ||
	    page_limit - MIN(page_live, page_limit) < BLOCK_PAGES ||
	    !is_empty_block(r, fn))
		return;
	page_live += BLOCK_PAGES; /* before it is there */
	HYPER1(PHYS_LARGE, fn * PAGE_SIZE);
	for (uint64_t i = 0; i < BLOCK_PAGES; i++)
		frame_at(fn + i)->flags =
			FRAME_DEAD | FRAME_THERE | FRAME_BLOCK | FRAME_ZERO;
	add_dead(r, fn, BLOCK_PAGES);
}

void
page_zap(uint64_t fn, uint64_t n)
{
	HYPER2(PHYS_PUNCH, fn * PAGE_SIZE, n * PAGE_SIZE);
	for (uint64_t i = 0; i < n; i++)
		frame_at(fn + i)->flags &=
			~(uint32_t)(FRAME_READY | FRAME_THERE | FRAME_BLOCK);
}

uint64_t
page_used_by_host(void)
{
	int64_t n = HYPER0(PHYS_USED);

	return n < 0 ? page_live * PAGE_SIZE : (uint64_t)n;
}

int64_t
page_host_room(void)
{
	return HYPER0(MEM_ROOM);
}

void
page_resident(uint64_t fn, uint64_t n, uint8_t *vec)
{
	int64_t r = HYPER3(PHYS_RESIDENT, fn * PAGE_SIZE, n * PAGE_SIZE, vec);

	for (uint64_t i = 0; r < 0 && i < n; i++)
		vec[i] = 1;
}
