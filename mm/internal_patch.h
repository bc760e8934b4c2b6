/* SPDX-License-Identifier: MIT */
/*
 * mm/internal_patch.h - the patches of one address space: patch.c keeps the
 * sites and the pages they are in, patch_area.c the trampolines; patch_shelf.c
 * what programs find made.
 */
#ifndef MM_INTERNAL_PATCH_H
#define MM_INTERNAL_PATCH_H

#include "mm/internal.h"
#include "mm/patch.h"

#define PATCH_SITES_MAX 1024u
#define PATCH_AREAS_MAX 16u
#define PATCH_AREA_LEN	KiB(64)
#define PATCH_SLOT	64u /* bytes of a trampoline */
#define PATCH_SLOTS	(PATCH_AREA_LEN / PATCH_SLOT)
#define PATCH_HOT_BITS	6

struct patch_site {
	struct patch_plan plan;
	uint64_t tramp;
	bool is_live; /* the page has the jump now */
};

/* A mapping near some program text.  Slot 0 holds the entry's address. */
struct patch_area {
	uint64_t start;
	const struct shelf *shelf; /* it is of; NULL: the mm's own */
	uint64_t used[PATCH_SLOTS / 64];
};

struct patches {
	bool is_banned;
	bool is_copying; /* a page goes, but its patches are in the next */
	uint32_t nsites, room, nareas;
	struct patch_site *site; /* by plan.at */
	struct patch_area *area[PATCH_AREAS_MAX];
	/* How often calls that return to an address trapped: address << 8 |
	 * count; by a hash. */
	uint64_t hot[1 << PATCH_HOT_BITS];
};

extern uint64_t patch_entry;

/* patches_of - what @mm has, made if need be.  NULL: no memory, or there are to
 * be no patches. */
struct patches *patches_of(struct mm *mm);

/* hot_count - a call that returns to @key trapped; of @hot's 1 << @bits
 * counters, has its own just got to @threshold? */
bool hot_count(uint64_t *hot, uint32_t bits, uint64_t key, uint32_t threshold);

/* site_from, site_find - index of the first site at or after @at; the one at
 * @at or NULL. */
uint32_t site_from(const struct patches *p, uint64_t at);
struct patch_site *site_find(const struct patches *p, uint64_t at);
/* site_insert - a new one.  -ENOMEM. */
MUST_CHECK int site_insert(struct patches *p, const struct patch_plan *plan,
			   uint64_t tramp);
/* site_is_clear - would a jump at @at overlap no other? */
bool site_is_clear(const struct patches *p, uint64_t at);
/* site_original - the program's byte at plan.at + @i. */
uint8_t site_original(const struct patch_site *s, uint32_t i);
/* site_jump - the bytes that make it one. */
void site_jump(const struct patch_site *s, uint8_t *out);

/* page_edit - the kernel's view of @va's page, which is to be changed behind
 * the guest's back: private to this mm, and not yet mapped if @is_fresh is
 * asked for.  -ENOMEM. */
MUST_CHECK int page_edit(struct vma *v, uint64_t va, bool is_fresh, char **out);

/* area_slot - a trampoline for @plan, written.  Sleeps.  -errno. */
MUST_CHECK int area_slot(struct mm *mm, const struct patch_plan *plan,
			 uint64_t *tramp);
/* area_holds - does [start, end) touch a mapping with trampolines? */
bool area_holds(const struct mm *mm, uint64_t start, uint64_t end);
/* area_take - a slot of @a for @plan, or 0. */
uint64_t area_take(struct patch_area *a, const struct patch_plan *plan);
/* tramp_code - the trampoline at @at for @plan; the entry's address is at
 * @literal.  Returns: bytes. */
uint32_t tramp_code(const struct patch_plan *plan, uint64_t at,
		    uint64_t literal, uint8_t *out);
/* What mappings of trampolines are to others. */
int area_may_map(struct mappable *m, bool shared, uint32_t prot);
void area_describe(struct mappable *m, char *buf, size_t n, uint64_t *dev,
		   uint64_t *ino);
/* area_fork, area_free - the areas of a copy; their end. */
MUST_CHECK int area_fork(const struct patches *from, struct patches *to);
void area_free(struct patches *p);

/* Offsets of what a trampoline does. */
uint64_t tramp_tail(const struct patch_site *s);
uint64_t tramp_end(const struct patch_site *s);

#endif /* MM_INTERNAL_PATCH_H */
