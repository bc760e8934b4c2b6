/* SPDX-License-Identifier: MIT */
/*
 * mm/aspace_backtrace.c - tell the machine what an address space looks like,
 * for its unwinder: mapped files, and which pages are in guest RAM.
 */
#include "arch/um/backtrace.h"
#include "arch/um/hypercall.h"
#include "base/slab.h"
#include "mm/internal.h"

#define MAPS_MAX 512
#define SEGS_MAX 16384

struct dump {
	struct backtrace_map *maps;
	struct backtrace_seg *segs;
	char (*names)[256];
	uint32_t nmaps, nsegs;
};

static void
add_map(struct dump *d, const struct vma_info *v)
{
	if (v->name[0] != '/' || d->nmaps == MAPS_MAX)
		return;
	__builtin_memcpy(d->names[d->nmaps], v->name, sizeof(v->name));
	d->maps[d->nmaps] = (struct backtrace_map){v->start, v->end, v->off,
						   d->names[d->nmaps]};
	d->nmaps++;
}

static void
add_page(struct dump *d, uint64_t va, uint64_t phys)
{
	struct backtrace_seg *s = d->nsegs ? &d->segs[d->nsegs - 1] : NULL;

	if (s && s->addr + s->len == va && s->phys + s->len == phys)
		s->len += PAGE_SIZE;
	else if (d->nsegs < SEGS_MAX)
		d->segs[d->nsegs++] =
			(struct backtrace_seg){va, PAGE_SIZE, phys};
}

static void
collect(struct mm *mm, struct dump *d)
{
	struct vma_info v;
	uint64_t at = 0;
	pte_t p;

	while (mm_vma_at(mm, at, &v)) {
		add_map(d, &v);
		at = v.end;
	}
	for (at = 0; (p = pte_next(mm, &at, USER_TOP)); at += PAGE_SIZE)
		if (p & PTE_READ)
			add_page(d, at, pte_fn(p) * PAGE_SIZE);
}

void
mm_backtrace(struct mm *mm, const struct um_regs *regs, uint32_t level)
{
	struct dump d = {
		.maps = kmalloc(MAPS_MAX * sizeof(*d.maps)),
		.segs = kmalloc(SEGS_MAX * sizeof(*d.segs)),
		.names = kmalloc(MAPS_MAX * sizeof(*d.names)),
	};
	struct backtrace_req r;

	if (d.maps && d.segs && d.names) {
		collect(mm, &d);
		r = (struct backtrace_req){.regs = *regs,
					   .maps = d.maps,
					   .segs = d.segs,
					   .nmaps = d.nmaps,
					   .nsegs = d.nsegs,
					   .log_level = level};
		/* It helps or it doesn't. */
		(void)HYPER2(BACKTRACE, &r, sizeof(r));
	}
	kfree(d.maps);
	kfree(d.segs);
	kfree(d.names);
}
