/* SPDX-License-Identifier: MIT */
/*
 * mm/remains.c - what the host still has mapped of a program that has left its
 * host process (home.c), and what becomes of it under the next.
 *
 * A process that forks children makes them alike, and one program's starts
 * resemble each other.  So nothing is unmapped when a small program leaves;
 * what was mapped is noted.  The first batch of the next one says the
 * difference: what is there already stays, with the host's page tables; all
 * else goes, before any of its guest code runs.
 */
#include "mm/internal.h"

#include "base/slab.h"
#include "base/str.h"

#define RUNS_MAX  96u	/* more are not worth noting .. */
#define PAGES_MAX 8192u /* .. nor their page tables worth keeping */

struct remains {
	uint32_t n;
	struct as_op run[]; /* AS_MAP, by address, as the host has them */
};

/* What the host is to have mapped at or after *@va, up to the next change;
 * *@va becomes its end.  False: nothing any more. */
static bool
next_run(struct mm *mm, uint64_t *va, struct as_op *out)
{
	struct vma *v;
	pte_t p;

	while ((p = pte_next(mm, va, USER_TOP)) && !(p & PTE_HOST))
		*va += PAGE_SIZE;
	v = p ? vma_find(mm, *va) : NULL;
	if (!v)
		return false;
	*out = (struct as_op){.kind = AS_MAP,
			      .prot = host_prot(v->prot, p & PTE_WRITE),
			      .addr = *va,
			      .phys = pte_fn(p) * PAGE_SIZE};
	while (*va < v->n.end && (p = pte_get(mm, *va)) && (p & PTE_HOST) &&
	       pte_fn(p) * PAGE_SIZE == out->phys + (*va - out->addr) &&
	       host_prot(v->prot, p & PTE_WRITE) == out->prot)
		*va += pte_run(mm, *va, v->n.end) * PAGE_SIZE;
	out->len = *va - out->addr;
	return true;
}

struct remains *
remains_of(struct mm *mm)
{
	uint64_t va = 0, pages = 0;
	struct remains *r = mm->remains;

	if (r) { /* it never ran */
		mm->remains = NULL;
		return r;
	}
	if (mm->needs_reset || mm->ops.n || mm->is_taken)
		return NULL; /* who knows */
	r = kmalloc(sizeof(*r) + RUNS_MAX * sizeof(r->run[0]));
	if (!r)
		return NULL;
	for (r->n = 0; r->n < RUNS_MAX && pages <= PAGES_MAX; r->n++) {
		if (!next_run(mm, &va, &r->run[r->n]))
			return r;
		pages += r->run[r->n].len / PAGE_SIZE;
	}
	kfree(r);
	return NULL;
}

void
remains_free(struct remains *r)
{
	kfree(r);
}

/* --- under the next program --- */

struct change {
	struct mm *mm;
	const struct as_op *old, *end; /* what is left of the remains */
	uint64_t done;	 /* up to here the host is as it is to be .. */
	uint64_t lo, hi; /* .. once this is unmapped */
};

static void
flush_unmap(struct change *c)
{
	as_queue(c->mm, &c->mm->ops,
		 (struct as_op){.kind = AS_UNMAP,
				.addr = c->lo,
				.len = c->hi - c->lo});
	c->lo = c->hi = 0;
}

/* Nothing new lies in [c->done, @to): what is old there goes. */
static void
unmap_up_to(struct change *c, uint64_t to)
{
	for (; c->old < c->end && c->old->addr < to; c->old++) {
		uint64_t end = c->old->addr + c->old->len;
		uint64_t lo = MAX(c->old->addr, c->done), hi = MIN(end, to);

		if (lo < hi && c->lo < c->hi && c->hi < REGION_BASE &&
		    lo >= REGION_END)
			flush_unmap(c);
		if (lo < hi && c->lo == c->hi)
			c->lo = lo;
		if (lo < hi)
			c->hi = hi;
		if (end > to)
			return;
	}
}

static void
map_part(struct change *c, const struct as_op *run, uint64_t lo, uint64_t hi)
{
	if (lo < hi)
		as_queue(c->mm, &c->mm->ops,
			 (struct as_op){.kind = AS_MAP,
					.prot = run->prot,
					.addr = lo,
					.len = hi - lo,
					.phys = run->phys + (lo - run->addr)});
}

/* @run is to be there. */
static void
have(struct change *c, const struct as_op *run)
{
	uint64_t at = run->addr, end = run->addr + run->len;

	unmap_up_to(c, at);
	flush_unmap(c);
	for (; c->old < c->end && c->old->addr < end; c->old++) {
		const struct as_op *old = c->old;
		uint64_t old_end = old->addr + old->len;
		uint64_t lo = MAX(old->addr, at), hi = MIN(old_end, end);

		if (lo < hi && old->prot == run->prot &&
		    old->phys - old->addr == run->phys - run->addr) {
			map_part(c, run, at, lo);
			at = hi;
		}
		if (old_end > end)
			break;
	}
	map_part(c, run, at, end);
	c->done = end;
}

/* Of what is to be populated, does the batch map any? */
static bool
is_new(const struct mm *mm, const struct as_op *pop)
{
	for (uint32_t i = 0; i < mm->ops.n; i++) {
		const struct as_op *op = &mm->ops.v[i];

		if (op->kind == AS_MAP && op->addr < pop->addr + pop->len &&
		    pop->addr < op->addr + op->len)
			return true;
	}
	return false;
}

static void
drop_needless(struct mm *mm)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < mm->pops.n; i++)
		if (is_new(mm, &mm->pops.v[i]))
			mm->pops.v[kept++] = mm->pops.v[i];
	mm->pops.n = kept;
}

void
remains_change(struct mm *mm)
{
	struct remains *r = mm->remains;
	struct change c = {.mm = mm, .old = r->run, .end = r->run + r->n};
	struct as_op run;
	uint64_t va = 0;

	mm->remains = NULL;
	mm->ops.n = 0;
	while (next_run(mm, &va, &run))
		have(&c, &run);
	unmap_up_to(&c, USER_TOP);
	flush_unmap(&c);
	drop_needless(mm);
	kfree(r);
}
