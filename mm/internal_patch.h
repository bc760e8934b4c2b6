/* SPDX-License-Identifier: MIT */
/*
 * mm/internal_patch.h - the patches of one address space: patch.c keeps the
 * sites and the pages they are in, patch_area.c the trampolines.
 */
#ifndef MM_INTERNAL_PATCH_H
#define MM_INTERNAL_PATCH_H

#include "mm/internal.h"
#include "mm/patch.h"

#define PATCH_SITES_MAX 1024u
#define PATCH_AREAS_MAX 8u
#define PATCH_AREA_LEN	KiB(64)
#define PATCH_SLOT	64u /* bytes of a trampoline */
#define PATCH_SLOTS	(PATCH_AREA_LEN / PATCH_SLOT)
#define PATCH_HOT	64u

struct patch_site {
	struct patch_plan plan;
	uint64_t tramp;
	bool is_live; /* the page has the jump now */
};

/* A mapping near some program text.  Slot 0 holds the entry's address. */
struct patch_area {
	uint64_t start;
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
	uint64_t hot[PATCH_HOT];
};

extern uint64_t patch_entry;

/* page_edit - the kernel's view of @va's page, which is to be changed behind
 * the guest's back: private to this mm, and not yet mapped if @is_fresh is
 * asked for.  -ENOMEM. */
MUST_CHECK int page_edit(struct vma *v, uint64_t va, bool is_fresh, char **out);

/* area_slot - a trampoline for @plan, written.  Sleeps.  -errno. */
MUST_CHECK int area_slot(struct mm *mm, const struct patch_plan *plan,
			 uint64_t *tramp);
/* area_holds - does [start, end) touch a mapping with trampolines? */
bool area_holds(const struct mm *mm, uint64_t start, uint64_t end);
/* area_fork, area_free - the areas of a copy; their end. */
MUST_CHECK int area_fork(const struct patches *from, struct patches *to);
void area_free(struct patches *p);

/* Offsets of what a trampoline does. */
uint64_t tramp_tail(const struct patch_site *s);
uint64_t tramp_end(const struct patch_site *s);

#endif /* MM_INTERNAL_PATCH_H */
