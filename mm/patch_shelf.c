/* SPDX-License-Identifier: MIT */
/*
 * mm/patch_shelf.c - a file's pages with its calls made jumps, for the programs
 * to come.
 *
 * The calls that each program makes once, in its start, are counted by file.
 * When one was made often, the cached pages around it are copied to frames that
 * follow each other, the image, and the call is a jump there, to a trampoline
 * that has its place relative to the file's own: so it serves wherever the file
 * is mapped.  A new mapping shows the image's pages; what address spaces have
 * is then theirs, as if they had patched it.  A site is never added to a page
 * that somebody has: such an image is made anew, now and then.
 *
 * Invariant: where there is a shelf the cache's pages are clean, and have been
 * since the images were copied.  Whatever changes or drops one first takes the
 * shelf off the cache.
 */
#include "mm/internal_patch.h"
#include "mm/internal_pc.h"

#include "base/slab.h"
#include "base/str.h"

#define THRESHOLD  3u /* calls before one is worth a place */
#define RENEW	   4u /* mappings before an image is made anew */
#define IMAGES_MAX 16u
#define HOT_BITS   8
#define PAGES_MAX  2048u /* of all images */
#define SHARE	   64u	 /* and this part of --memory */
/* From a file's start to its trampolines: clear of where mmap(2) works. */
#define BELOW GiB(1)
#define ABOVE (GiB(2) - MiB(2)) /* .. for programs at low addresses */

/* Copies of the pages of a chunk, where they are executable. */
struct image {
	uint64_t index; /* of the first page */
	uint64_t mask;	/* pages there are .. */
	uint64_t sited; /* .. with jumps */
	struct range *range;
	bool is_old; /* a site is missing */
};

struct shelf {
	struct mappable map; /* the trampolines */
	uint32_t refs;	     /* the cache's, and mappings' */
	struct pagecache tramps;
	struct patch_area area; /* relative to where the file's start is .. */
	struct patches p;	/* .. as are the sites */
	uint32_t nimages, nshown;
	struct image image[IMAGES_MAX];
	uint64_t hot[1 << HOT_BITS];
};

static uint64_t pages_total;

uint64_t
shelf_pages(void)
{
	return pages_total;
}

/* --- the trampolines' mapping --- */

static struct shelf *
shelf_from(struct mappable *m)
{
	return CONTAINER_OF(m, struct shelf, map);
}

static void
shelf_get(struct mappable *m)
{
	shelf_from(m)->refs++;
}

static void
shelf_put(struct mappable *m)
{
	struct shelf *sh = shelf_from(m);

	if (--sh->refs)
		return;
	pagecache_fini(&sh->tramps);
	kfree(sh->p.site);
	kfree(sh);
}

static struct pagecache *
shelf_tramps(struct mappable *m)
{
	return &shelf_from(m)->tramps;
}

static const struct mappable_ops ops = {
	.get = shelf_get,
	.put = shelf_put,
	.pages = shelf_tramps,
	.may_map = area_may_map,
	.describe = area_describe,
};

static struct shelf *
shelf_new(struct pagecache *pc)
{
	struct shelf *sh = KNEW(struct shelf);

	if (!sh)
		return NULL;
	sh->map.ops = &ops;
	sh->refs = 1;
	pagecache_init(&sh->tramps, NULL, NULL, PATCH_AREA_LEN);
	pc->shelf = sh;
	return sh;
}

/* --- images --- */

static uint64_t
image_fn(const struct image *im, uint64_t index)
{
	return im->range->n.start + (index - im->index);
}

static void
image_fini(struct image *im)
{
	for (uint64_t bits = im->mask; bits; bits &= bits - 1) {
		frame_put(im->range->n.start + __builtin_ctzll(bits), 1);
		pages_total--;
	}
	range_put(im->range);
	im->mask = im->sited = 0;
}

void
shelf_drop(struct pagecache *pc)
{
	struct shelf *sh = pc->shelf;

	if (!sh)
		return;
	pc->shelf = NULL;
	while (sh->nimages)
		image_fini(&sh->image[--sh->nimages]);
	shelf_put(&sh->map);
}

static struct image *
image_find(struct shelf *sh, uint64_t index)
{
	for (uint32_t i = 0; i < sh->nimages; i++)
		if (index - sh->image[i].index < CHUNK_PAGES)
			return &sh->image[i];
	return NULL;
}

static bool
has_page(const struct image *im, uint64_t index)
{
	return im->mask >> chunk_slot(index) & 1;
}

/* @s is a jump in @im. */
static void
jump_in(struct image *im, struct patch_site *s)
{
	uint64_t index = s->plan.at / PAGE_SIZE;
	char *page = frame_addr(image_fn(im, index));

	site_jump(s, (uint8_t *)page + s->plan.at % PAGE_SIZE);
	im->sited |= 1ull << chunk_slot(index);
	s->is_live = true;
}

/* @n pages of the cache from @slot on, if there is memory. */
static void
copy_pages(struct pagecache *pc, struct image *im, uint32_t slot, uint32_t n)
{
	uint64_t fn = im->range->n.start + slot;

	if (frame_take(im->range, fn, n, false) < 0)
		return;
	frame_prepare(fn, n);
	pages_total += n;
	for (; n; n--, slot++, fn++) {
		uint64_t from = pc_peek(pc, im->index + slot);

		memcpy(frame_addr(fn), frame_addr(from), PAGE_SIZE);
		im->mask |= 1ull << slot;
	}
}

/* Fill @im with the pages of @mask, and all jumps known there. */
static int
image_make(struct shelf *sh, struct pagecache *pc, struct image *im,
	   uint64_t mask)
{
	struct patches *p = &sh->p;
	uint32_t i = site_from(p, im->index * PAGE_SIZE);
	uint64_t end = (im->index + CHUNK_PAGES) * PAGE_SIZE;
	uint32_t n;

	if (pages_total + CHUNK_PAGES > MIN(PAGES_MAX, page_limit / SHARE))
		return -ENOSPC;
	if (range_new(CHUNK_PAGES, &im->range))
		return -ENOMEM;
	for (uint32_t slot = 0; slot < CHUNK_PAGES; slot += n) {
		uint64_t rest = mask >> slot;

		n = 1;
		if (!(rest & 1))
			continue;
		while (slot + n < CHUNK_PAGES && (rest >> n & 1))
			n++;
		copy_pages(pc, im, slot, n);
	}
	im->is_old = false;
	for (; i < p->nsites && p->site[i].plan.at < end; i++)
		if (has_page(im, p->site[i].plan.at / PAGE_SIZE))
			jump_in(im, &p->site[i]);
	return 0;
}

/* The image of what @v shows around page @index, made if there is none. */
static struct image *
image_of(struct shelf *sh, struct vma *v, uint64_t index)
{
	struct image *im = image_find(sh, index);
	struct chunk *c = chunk_find(v->pc, index);

	if (im || !c || sh->nimages == IMAGES_MAX)
		return im;
	im = &sh->image[sh->nimages];
	*im = (struct image){.index = c->index};
	if (image_make(sh, v->pc, im,
		       c->present & chunk_mask(c, v->pgoff,
					       v->pgoff + vma_pages(v))))
		return NULL;
	sh->nimages++;
	return im;
}

/* Once many have had to do without what was found since. */
static void
renew(struct shelf *sh, struct pagecache *pc)
{
	if (++sh->nshown % RENEW)
		return;
	for (uint32_t i = 0; i < sh->nimages; i++) {
		struct image *im = &sh->image[i];
		uint64_t mask = im->mask;

		if (!im->is_old)
			continue;
		image_fini(im);
		if (image_make(sh, pc, im, mask)) {
			*im = sh->image[--sh->nimages];
			return;
		}
	}
}

/* --- what is found --- */

/* May calls in @v be jumps for others, too? */
static bool
is_shared_code(const struct vma *v)
{
	return v && v->pc && v->pc->ops && !v->pc->ndirty && !v->pc->nwriters &&
	       (v->prot & LX_PROT_EXEC) && !(v->prot & LX_PROT_WRITE) &&
	       !(v->flags & VMA_SHARED);
}

static uint64_t
file_start(const struct vma *v)
{
	return v->n.start - v->pgoff * PAGE_SIZE;
}

bool
shelf_wants(struct mm *mm, uint64_t rip)
{
	struct vma *v = patch_entry ? vma_find(mm, rip) : NULL;
	struct shelf *sh;

	if (!is_shared_code(v))
		return false;
	sh = v->pc->shelf ? v->pc->shelf : shelf_new(v->pc);
	return sh &&
	       hot_count(sh->hot, HOT_BITS, rip - file_start(v), THRESHOLD);
}

static int
tramp_write(struct shelf *sh, uint64_t off, const void *from, uint32_t n)
{
	uint64_t fn;
	bool slept;
	int err = pc_get(&sh->tramps, off / PAGE_SIZE, &fn, &slept);

	if (err)
		return err;
	frame_prepare(fn, 1);
	memcpy((char *)frame_addr(fn) + off % PAGE_SIZE, from, n);
	frame_put(fn, 1); /* the cache's reference remains */
	return 0;
}

/* A trampoline for @plan, which is relative. */
static int
tramp_make(struct shelf *sh, const struct patch_plan *plan, uint64_t *tramp)
{
	uint8_t code[PATCH_SLOT];
	uint32_t n;
	int err;

	*tramp = area_take(&sh->area, plan);
	if (!*tramp)
		return -ENOSPC;
	err = tramp_write(sh, 0, &patch_entry, sizeof(patch_entry));
	if (err)
		return err;
	n = tramp_code(plan, *tramp, sh->area.start, code);
	return tramp_write(sh, *tramp - sh->area.start, code, n);
}

/* Does the file have what @plan says it does, and is it nobody else's? */
static bool
is_true(struct shelf *sh, struct pagecache *pc, const struct patch_plan *plan)
{
	const struct patch_site s = {.plan = *plan};
	uint64_t fn = pc_peek(pc, plan->at / PAGE_SIZE);
	const uint8_t *b = frame_addr(fn);

	if (!fn || plan->at % PAGE_SIZE > PAGE_SIZE - PATCH_LEN)
		return false;
	for (uint32_t i = 0; i < PATCH_LEN; i++)
		if (b[plan->at % PAGE_SIZE + i] != site_original(&s, i))
			return false;
	return site_is_clear(&sh->p, plan->at);
}

void
shelf_add(struct mm *mm, const struct patch_plan *plan)
{
	struct vma *v = vma_find(mm, plan->at);
	struct patch_plan rel = *plan;
	struct patch_site *s;
	struct image *im;
	struct shelf *sh;
	uint64_t tramp;

	if (!is_shared_code(v) || plan->ret >= v->n.end || !v->pc->shelf)
		return;
	sh = v->pc->shelf;
	rel.at -= file_start(v);
	rel.ret -= file_start(v);
	if (!sh->area.start)
		sh->area.start = file_start(v) > 2 * BELOW ? -BELOW : ABOVE;
	if (sh->p.nsites == PATCH_SITES_MAX || !is_true(sh, v->pc, &rel))
		return;
	im = image_of(sh, v, rel.at / PAGE_SIZE);
	if (!im || !has_page(im, rel.at / PAGE_SIZE) ||
	    tramp_make(sh, &rel, &tramp) || site_insert(&sh->p, &rel, tramp))
		return;
	s = site_find(&sh->p, rel.at);
	s->is_live = false;
	if (frame_at(image_fn(im, rel.at / PAGE_SIZE))->refs == 1)
		jump_in(im, s);
	else
		im->is_old = true;
}

/* --- what is shown --- */

/* The trampolines are mapped where @v's jumps find them. */
static bool
show_area(struct shelf *sh, struct mm *mm, uint64_t base)
{
	struct patches *p = mm->patches;
	uint64_t at = base + sh->area.start;
	struct patch_area *a;
	struct vma *v;

	for (uint32_t i = 0; i < p->nareas; i++)
		if (p->area[i]->start == at)
			return p->area[i]->shelf == sh;
	v = vma_from_on(mm, at);
	if (at < MMAP_MIN_ADDR || at > USER_TOP - PATCH_AREA_LEN ||
	    in_hole(at, at + PATCH_AREA_LEN) ||
	    (v && v->n.start < at + PATCH_AREA_LEN) ||
	    p->nareas == PATCH_AREAS_MAX || mm->vmas.count > MAP_COUNT_MAX)
		return false;
	a = KNEW(struct patch_area);
	v = a ? vma_new(mm, at, at + PATCH_AREA_LEN, NULL) : NULL;
	if (!v) {
		kfree(a);
		return false;
	}
	a->start = at;
	a->shelf = sh;
	memset(a->used, 0xff, sizeof(a->used)); /* not for its own */
	p->area[p->nareas++] = a;
	v->prot = LX_PROT_READ | LX_PROT_EXEC;
	v->map = &sh->map;
	v->pc = &sh->tramps;
	shelf_get(&sh->map);
	vma_link(v);
	file_ahead(v, v->n.start, v->n.end);
	return true;
}

/* @mm gets to know the sites of the page @index, which it has from @sh. */
static int
show_sites(struct shelf *sh, struct mm *mm, uint64_t base, uint64_t index)
{
	struct patches *p = &sh->p;
	uint32_t i = site_from(p, index * PAGE_SIZE);

	for (; i < p->nsites; i++) {
		struct patch_plan plan = p->site[i].plan;
		struct patch_site *s;

		if (plan.at >= (index + 1) * PAGE_SIZE)
			break;
		if (!p->site[i].is_live)
			continue;
		plan.at += base;
		plan.ret += base;
		s = site_find(mm->patches, plan.at);
		if (!s && site_insert(mm->patches, &plan, 0))
			return -ENOMEM;
		s = site_find(mm->patches, plan.at);
		*s = (struct patch_site){plan, base + p->site[i].tramp, true};
	}
	return 0;
}

static int
show_page(struct shelf *sh, const struct image *im, struct vma *v, uint64_t va)
{
	uint32_t flags = PTE_READ | PTE_HOST | PTE_COPIED;
	uint64_t index = vma_index(v, va), fn = image_fn(im, index);
	int err = pte_prepare(v->mm, va, va + PAGE_SIZE);

	if (err || pte_get(v->mm, va))
		return err;
	if (im->sited >> chunk_slot(index) & 1) {
		flags |= PTE_PATCHED;
		err = show_sites(sh, v->mm, file_start(v), index);
	}
	if (err) {
		patch_forget(v->mm, va);
		return err;
	}
	(void)!pte_set(v->mm, va, pte_make(fn, flags));
	frame_get(fn);
	as_map_lazily(v->mm, va, 1, fn, host_prot(v->prot, false));
	return 0;
}

/* What @v shows of @im. */
static int
show_image(struct shelf *sh, const struct image *im, struct vma *v)
{
	uint64_t at, end;
	struct chunk *c;

	if (!vma_overlap(v, im->index, im->index + CHUNK_PAGES, &at, &end))
		return 0;
	c = chunk_find(v->pc, im->index);
	if (c)
		c->was_used = true;
	for (; at < end; at += PAGE_SIZE)
		if (has_page(im, vma_index(v, at)) && show_page(sh, im, v, at))
			return -ENOMEM;
	return 0;
}

void
shelf_show(struct vma *v)
{
	struct shelf *sh = v->pc->shelf;
	struct patches *p;

	if (!sh || !sh->nimages || !is_shared_code(v))
		return;
	p = patches_of(v->mm);
	if (!p || p->is_banned || p->nsites + sh->p.nsites > PATCH_SITES_MAX)
		return;
	renew(sh, v->pc);
	if (!show_area(sh, v->mm, file_start(v)))
		return;
	for (uint32_t i = 0; i < sh->nimages; i++)
		if (show_image(sh, &sh->image[i], v))
			return;
}
