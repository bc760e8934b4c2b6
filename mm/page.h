/* SPDX-License-Identifier: MIT */
/*
 * mm/page.h - guest RAM in frames: who uses each, and where new ones come
 * from.
 *
 * A frame is a page of physmem, known by its number (offset / PAGE_SIZE).
 * Numbers are plentiful, memory is not: contiguous numbers are reserved as
 * ranges, costing nothing; a frame costs from frame_take() on, which charges
 * it against --memory.  A frame whose last reference goes is dead: its memory
 * stays for a while, to be used again in the same place, as that is far
 * cheaper than to give it back and get fresh one (spare.c).
 *
 * A range lives until nobody owns it and none of its frames is in use.  If it
 * then has dead frames it is kept for the next who wants one of its length:
 * programs run again and again have the same mappings each time.
 */
#ifndef MM_PAGE_H
#define MM_PAGE_H

#include "arch/um/layout.h"
#include "base/imap.h"
#include "base/panic.h"
#include "base/list.h"
#include "include/annotate.h"
#include "include/types.h"

enum frame_flags {
	FRAME_DEAD = 1 << 0,  /* no refs; charged; holds old bytes */
	FRAME_READY = 1 << 1, /* there, and mapped in the kernel's window */
	FRAME_THERE = 1 << 2, /* there, as far as is known; see frame_there() */
	FRAME_LARGE = 1 << 3, /* mapped where the host may use large pages */
	FRAME_BLOCK = 1 << 4, /* there, as part of a large page, it seems */
	FRAME_ZERO = 1 << 5,  /* dead, and there, but holds nothing */
};

/* What the host may have as one large page: aligned, in physmem and in the
 * address space. */
#define BLOCK_PAGES 512u
#define BLOCK_SIZE  (BLOCK_PAGES * PAGE_SIZE)

struct frame {
	uint32_t refs; /* page tables and page caches that use it */
	uint32_t flags;
};

struct range {
	struct imap_node n; /* frame numbers */
	uint32_t owners;
	uint64_t live; /* frames with references */
	uint64_t ndead;
	uint64_t dead_lo, dead_hi; /* the dead ones lie between */
	struct list dead_link;	   /* ranges with dead frames, oldest first */
	struct list spare_link; /* without owner and live frames, by length */
};

static inline struct frame *
frame_at(uint64_t fn)
{
	return (struct frame *)FRAME_TABLE + fn;
}

/* frame_addr - the kernel's view of a frame's bytes. */
static inline void *
frame_addr(uint64_t fn)
{
	return (void *)(PHYS_WINDOW + fn * PAGE_SIZE);
}

/* range_new - reserve at least @n frame numbers, one owner; a range that can
 * hold a block begins with one.  0, -ENOMEM. */
MUST_CHECK int range_new(uint64_t n, struct range **out);
/* range_fresh - the same, none of whose frames has been used. */
MUST_CHECK int range_fresh(uint64_t n, struct range **out);
void range_get(struct range *r);
void range_put(struct range *r);

/* range_free_run - how many of the @n slots from @fn on are free. */
uint64_t range_free_run(uint64_t fn, uint64_t n);

/* range_dead - how many of the @n frames from @fn on, of @r, are dead. */
uint64_t range_dead(const struct range *r, uint64_t fn, uint64_t n);

/* range_empty - give the dead ones of the @n frames from @fn on, of @r, all of
 * them free, back to the host in one go. */
void range_empty(struct range *r, uint64_t fn, uint64_t n);

/*
 * frame_take - one reference each to the @n free slots from @fn on, zeroed if
 * @zero, else with any bytes.
 * Returns: how many of them were dead and got used again with their memory, or
 * -ENOMEM when --memory is used up (see mm_reclaim()).
 */
MUST_CHECK int64_t frame_take(struct range *r, uint64_t fn, uint64_t n,
			      bool zero);

/* frame_claim - take [fn, fn+n), all of them dead, as they are. */
void frame_claim(uint64_t fn, uint64_t n);

static inline void
frame_get(uint64_t fn)
{
	kassert(frame_at(fn)->refs);
	frame_at(fn)->refs++;
}

/* frame_put - drop one reference to each of the @n frames from @fn. */
void frame_put(uint64_t fn, uint64_t n);

/* frame_prepare - the kernel is about to write to the @n frames from @fn on:
 * have the host map them in one go, not by a fault each. */
void frame_prepare(uint64_t fn, uint64_t n);

/* frame_there - the host is asked to have memory for the @n frames from @fn on:
 * when they are used again, it is worth keeping. */
static inline void
frame_there(uint64_t fn, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		frame_at(fn + i)->flags |= FRAME_THERE;
}

/*
 * frame_large - the block of frames at @fn, none of which has memory, is mapped
 * so that the host may take one large page for it.  It might do so at any touch
 * of a hole there: while they are in use none may be emptied.
 */
static inline void
frame_large(uint64_t fn)
{
	for (uint64_t i = 0; i < BLOCK_PAGES; i++)
		frame_at(fn + i)->flags |= FRAME_LARGE | FRAME_BLOCK;
}

/* frame_block - if a block of @r begins with @fn that has no memory, have a
 * large page for it, best effort: its frames are dead ones then, to be taken.
 */
void frame_block(struct range *r, uint64_t fn);

/* page_give_back - return dead frames to the host until at most @keep are
 * left. */
void page_give_back(uint64_t keep);

/* range_give_back - those of the frames [fn, fn+n), of @r, that are dead go to
 * the host. */
void range_give_back(struct range *r, uint64_t fn, uint64_t n);

/* page_zap - frames [fn, fn+n), all in use by one alone, read as zeros again;
 * the host's memory behind them is freed. */
void page_zap(uint64_t fn, uint64_t n);

/* page_used_by_host - bytes of guest RAM really there. */
uint64_t page_used_by_host(void);

/* page_host_room - bytes of memory the host has to spare; negative: who knows.
 */
int64_t page_host_room(void);

/* page_resident - which of the @n frames from @fn have memory, a byte each. */
void page_resident(uint64_t fn, uint64_t n, uint8_t *vec);

extern bool page_large; /* the host has large pages for guest RAM */

/* Accounting, in frames. */
extern uint64_t page_limit; /* --memory */
extern uint64_t page_live;  /* charged: in use or dead */
extern uint64_t page_dead;  /* of these, dead */
extern uint64_t page_warm;  /* of these, known to have memory */
extern uint64_t page_dead_max;
extern uint64_t page_mapped; /* entries that show page caches; ptable.c's */
extern uint64_t page_ahead;  /* entries made ahead of need; ptable.c's */

/* page_room - how many more may be charged. */
static inline uint64_t
page_room(void)
{
	return page_limit - MIN(page_live - page_dead, page_limit);
}

/* --- spare.c: what becomes of dead frames -------------------------------- */

/* spare_note - frames [fn, fn+n) died: there may be whole blocks. */
void spare_note(uint64_t fn, uint64_t n);

/* spare_changed - page_dead did. */
void spare_changed(void);

/* spare_take - a block of frames that is there and holds only zeros, from
 * anywhere; one reference each.  False: none at hand. */
bool spare_take(uint64_t *fn);

/* spare_wanted - a block will be asked for soon; best would be the one at @fn.
 */
void spare_wanted(uint64_t fn);

/* spare_prepare - if one was said to be wanted, zero a block for it. Drops the
 * kernel lock. */
void spare_prepare(void);

/* spare_watch - something was begun that spare_trim() may end. */
void spare_watch(void);

/*
 * spare_trim - give the host what was not needed for a while, or what it is
 * short of; a little at a time.
 * Returns: when to do so again, in ns from now; 0: when spare_grew() says so.
 */
uint64_t spare_trim(void);

#define SPARE_LOOK_NS 5000000000ull

/* spare_grew - set by the timers' owner: have spare_trim() called in
 * SPARE_LOOK_NS. */
extern void (*spare_grew)(void);

/* spare_init - after page_limit is known. */
void spare_init(void);

#endif /* MM_PAGE_H */
