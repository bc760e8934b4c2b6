/* SPDX-License-Identifier: MIT */
/*
 * mm/spare.c - dead frames as a reserve: how many stay, for how long, and whole
 * blocks of them for whoever walks through memory.
 *
 * Memory that is given back comes back cold: the host has to find, charge and
 * zero it, and a hypervisor below may have taken it away meanwhile, which costs
 * ten times as much again.  So a guest that frees and allocates keeps what it
 * goes through.  What it does not go through it must not keep: every
 * SPARE_LOOK_NS as many frames are given back as were dead all that time, but
 * for SPARE_MIN. A guest that has freed all and sleeps thus has given it back
 * after two looks and some, and is not woken any more.
 *
 * No more are kept than a share of --memory, and of what the host can spare; it
 * is asked at each look.
 *
 * Blocks.  A large page that died whole is noted, and may be used again in any
 * place where a block is wanted.  It is zeroed beforehand, on the way out of
 * the fault before, without the kernel lock: that takes as long as a hundred
 * system calls.
 */
#include "mm/internal.h"

#include "base/str.h"
#include "base/time.h"

#define SPARE_MIN   (MiB(8) / PAGE_SIZE)
#define SPARE_MAX   (MiB(512) / PAGE_SIZE)
#define SPARE_BLIND (MiB(32) / PAGE_SIZE) /* if the host does not say */
#define SHARE	    4u			  /* of --memory */
#define HOST_SHARE  8u			  /* of what the host has to spare */
#define STEP	    (MiB(8) / PAGE_SIZE)  /* given back at a time .. */
#define STEP_NS	    20000000ull		  /* .. so far apart */
#define NOTES	    256u
#define ZERO_MAX    4u

void (*spare_grew)(void);

static bool is_ticking;
static uint64_t dead_least; /* since the last look */
static uint64_t to_trim;    /* found then, and still to be given back */

/* First frames of blocks that died, the last of them on top.  They may have
 * been used again or given back since: that shows when they are looked at. */
static uint64_t noted[NOTES];
static uint32_t nnoted;

/* The same of such that were zeroed. */
static uint64_t zeroed[ZERO_MAX];
static uint32_t nzeroed;

static uint64_t wanted; /* 0: none */

/* --- blocks -------------------------------------------------------------- */

static void
note(uint64_t fn)
{
	if (nnoted == NOTES) {
		nnoted = NOTES / 2;
		memmove(noted, noted + NOTES / 2, nnoted * sizeof(noted[0]));
	}
	noted[nnoted++] = fn;
}

/* The last first, so that they are taken in order. */
void
spare_note(uint64_t fn, uint64_t n)
{
	uint64_t first = (fn + BLOCK_PAGES - 1) & ~(uint64_t)(BLOCK_PAGES - 1);
	uint64_t at = (fn + n) & ~(uint64_t)(BLOCK_PAGES - 1);

	for (; at > first && first >= fn; at -= BLOCK_PAGES)
		if (frame_at(at - BLOCK_PAGES)->flags & FRAME_BLOCK)
			note(at - BLOCK_PAGES);
}

static bool
is_block(uint64_t fn, uint32_t flags)
{
	for (uint64_t i = 0; i < BLOCK_PAGES; i++)
		if ((frame_at(fn + i)->flags & flags) != flags)
			return false;
	return true;
}

bool
spare_take(uint64_t *fn)
{
	while (nzeroed) {
		*fn = zeroed[--nzeroed];
		if (is_block(*fn, FRAME_DEAD | FRAME_ZERO)) {
			frame_claim(*fn, BLOCK_PAGES);
			return true;
		}
	}
	return false;
}

void
spare_wanted(uint64_t fn)
{
	wanted = fn;
}

static uint64_t
pick(void)
{
	uint64_t fn = wanted;

	if (fn % BLOCK_PAGES == 0 && is_block(fn, FRAME_DEAD | FRAME_BLOCK))
		return fn;
	while (nnoted) {
		fn = noted[--nnoted];
		if (is_block(fn, FRAME_DEAD | FRAME_BLOCK))
			return fn;
	}
	return 0;
}

void
spare_prepare(void)
{
	uint64_t fn;

	while (nzeroed && !is_block(zeroed[nzeroed - 1], FRAME_ZERO))
		nzeroed--;
	fn = wanted && !nzeroed ? pick() : 0;
	wanted = 0;
	if (!fn)
		return;
	frame_claim(fn, BLOCK_PAGES);
	klock_drop();
	memset(frame_addr(fn), 0, BLOCK_SIZE);
	klock_take();
	frame_put(fn, BLOCK_PAGES);
	if (!is_block(fn, FRAME_DEAD))
		return; /* given back: too many */
	nnoted -= nnoted && noted[nnoted - 1] == fn;
	for (uint64_t i = 0; i < BLOCK_PAGES; i++)
		frame_at(fn + i)->flags |= FRAME_ZERO;
	if (nzeroed < ZERO_MAX)
		zeroed[nzeroed++] = fn;
}

/* --- how many stay ------------------------------------------------------- */

void
spare_watch(void)
{
	if (is_ticking || !spare_grew)
		return;
	is_ticking = true;
	dead_least = SPARE_MIN;
	spare_grew();
}

void
spare_changed(void)
{
	dead_least = MIN(dead_least, page_dead);
	if (page_dead > SPARE_MIN)
		spare_watch();
}

static void
set_bound(void)
{
	int64_t room = page_host_room();
	uint64_t max = SPARE_BLIND;

	if (room >= 0)
		max = MIN(SPARE_MAX, (uint64_t)room / PAGE_SIZE / HOST_SHARE);
	page_dead_max = MIN(max, page_limit / SHARE);
}

/* How many are not needed. */
static uint64_t
look(void)
{
	uint64_t n = MAX(dead_least, SPARE_MIN) - SPARE_MIN;

	set_bound();
	if (page_dead > page_dead_max)
		n = MAX(n, page_dead - page_dead_max);
	return n;
}

uint64_t
spare_trim(void)
{
	uint64_t min;

	if (!to_trim) {
		program_trim();
		to_trim = look();
	}
	min = MIN(SPARE_MIN, page_dead_max);
	to_trim = MIN(to_trim, MAX(page_dead, min) - min);
	page_give_back(page_dead - MIN(to_trim, STEP));
	to_trim -= MIN(to_trim, STEP);
	dead_least = page_dead;
	if (to_trim)
		return STEP_NS;
	is_ticking = page_dead > min || program_shares();
	return is_ticking ? SPARE_LOOK_NS : 0;
}

void
spare_init(void)
{
	set_bound();
}
