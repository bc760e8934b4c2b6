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
 *
 * Where the next one is expected to have the same at the same addresses (its
 * libraries, which it maps itself), what is not there yet is parked: it stays,
 * without any access, until something is mapped there.  If that is the same
 * frames, they get their protection back.  Nothing depends on what is parked,
 * and it may be forgotten: a touch of it is a fault, as it would be without.
 * For the same reason private pages get the frames that had their places.
 */
#include "mm/internal.h"

#include "base/slab.h"
#include "base/str.h"

#define RUNS_MIN  32u
#define RUNS_MAX  512u	 /* more are not worth noting .. */
#define PAGES_MAX 32768u /* .. nor their page tables worth keeping */

struct remains {
	bool are_kins, is_expected;
	struct imap resvs; /* where private pages were */
	uint32_t n, room;
	struct as_op *run; /* by address, as the host has them: AS_MAP; or
			    * AS_LARGE, not to stay */
};

static struct remains *
remains_new(uint32_t room)
{
	struct remains *r = KNEW(struct remains);

	if (!r)
		return NULL;
	r->room = MAX(room, RUNS_MIN);
	r->run = kmalloc(r->room * sizeof(r->run[0]));
	if (r->run)
		return r;
	kfree(r);
	return NULL;
}

void
remains_free(struct remains *r)
{
	if (!r)
		return;
	resv_free_all(&r->resvs);
	kfree(r->run);
	kfree(r);
}

static bool
remains_add(struct remains *r, const struct as_op *run)
{
	uint32_t room = MIN(2 * r->room, RUNS_MAX);

	if (r->n == r->room) {
		struct as_op *more = NULL;

		if (room > r->n)
			more = krealloc(r->run, room * sizeof(*more));
		if (!more)
			return false;
		r->run = more;
		r->room = room;
	}
	r->run[r->n++] = *run;
	return true;
}

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

/* May the host take large pages for it?  It would for the next program, too,
 * whose frames may be emptied one by one. */
static bool
is_large(const struct as_op *run)
{
	uint64_t fn = run->phys / PAGE_SIZE, end = fn + run->len / PAGE_SIZE;

	for (; fn < end; fn = (fn | (BLOCK_PAGES - 1)) + 1)
		if (frame_at(fn)->flags & FRAME_LARGE)
			return true;
	return false;
}

/* Note what @mm has mapped, and has parked.  False: that is too much. */
static bool
note_all(struct mm *mm, struct remains *r)
{
	const struct remains *parked = mm->parked;
	uint64_t va = 0, pages = 0;
	struct as_op run;
	uint32_t i = 0;

	while (next_run(mm, &va, &run)) {
		for (; parked && i < parked->n; i++) {
			if (parked->run[i].addr > run.addr)
				break;
			if (!remains_add(r, &parked->run[i]))
				return false;
		}
		pages += run.len / PAGE_SIZE;
		if (is_large(&run))
			run.kind = AS_LARGE;
		if (pages > PAGES_MAX || !remains_add(r, &run))
			return false;
	}
	for (; parked && i < parked->n; i++)
		if (!remains_add(r, &parked->run[i]))
			return false;
	return true;
}

struct remains *
remains_of(struct mm *mm)
{
	struct remains *r = mm->remains;

	if (r) { /* it never ran */
		mm->remains = NULL;
		return r;
	}
	if (mm->needs_reset || mm->ops.n || mm->is_taken)
		return NULL; /* who knows */
	r = remains_new(RUNS_MIN);
	if (!r || !note_all(mm, r)) {
		remains_free(r);
		return NULL;
	}
	resv_drop(mm, 0, USER_TOP);
	r->resvs = mm->resvs;
	mm->resvs = (struct imap){0};
	return r;
}

void
remains_are_kins(struct remains *r)
{
	if (r)
		r->are_kins = true;
}

void
remains_expect(struct mm *mm)
{
	struct remains *r = mm->remains;

	if (!r || !r->are_kins)
		return;
	r->is_expected = true;
	mm->resvs = r->resvs;
	r->resvs = (struct imap){0};
}

/* --- under the next program --- */

struct change {
	struct mm *mm;
	const struct as_op *old, *end; /* what is left of the remains */
	struct remains *parked;	       /* NULL: nothing is to be */
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

static void
protect(struct mm *mm, struct op_list *l, uint64_t lo, uint64_t hi,
	uint32_t prot)
{
	as_queue(mm, l,
		 (struct as_op){.kind = AS_PROTECT,
				.prot = prot,
				.addr = lo,
				.len = hi - lo});
}

static void
map_part(struct mm *mm, struct op_list *l, const struct as_op *run, uint64_t lo,
	 uint64_t hi)
{
	if (lo < hi)
		as_queue(mm, l,
			 (struct as_op){.kind = AS_MAP,
					.prot = run->prot,
					.addr = lo,
					.len = hi - lo,
					.phys = run->phys + (lo - run->addr)});
}

/* [lo, hi) of @old, which nobody wants now. */
static bool
park(struct change *c, const struct as_op *old, uint64_t lo, uint64_t hi)
{
	const struct as_op part = {.kind = AS_MAP,
				   .addr = lo,
				   .len = hi - lo,
				   .phys = old->phys + (lo - old->addr)};

	if (!c->parked || old->kind != AS_MAP || !remains_add(c->parked, &part))
		return false;
	flush_unmap(c);
	if (old->prot)
		protect(c->mm, &c->mm->ops, lo, hi, 0);
	return true;
}

/* Nothing new lies in [c->done, @to): what is old there goes. */
static void
unmap_up_to(struct change *c, uint64_t to)
{
	for (; c->old < c->end && c->old->addr < to; c->old++) {
		uint64_t end = c->old->addr + c->old->len;
		uint64_t lo = MAX(c->old->addr, c->done), hi = MIN(end, to);
		bool goes = lo < hi && !park(c, c->old, lo, hi);

		if (goes && c->lo < c->hi && c->hi < REGION_BASE &&
		    lo >= REGION_END)
			flush_unmap(c);
		if (goes && c->lo == c->hi)
			c->lo = lo;
		if (goes)
			c->hi = hi;
		if (end > to)
			return;
	}
}

/* @run is to be there. */
static void
have(struct change *c, const struct as_op *run)
{
	uint64_t at = run->addr, end = run->addr + run->len;
	struct op_list *ops = &c->mm->ops;

	unmap_up_to(c, at);
	flush_unmap(c);
	for (; c->old < c->end && c->old->addr < end; c->old++) {
		const struct as_op *old = c->old;
		uint64_t old_end = old->addr + old->len;
		uint64_t lo = MAX(old->addr, at), hi = MIN(old_end, end);

		if (lo < hi && old->kind == AS_MAP &&
		    old->phys - old->addr == run->phys - run->addr) {
			map_part(c->mm, ops, run, at, lo);
			if (old->prot != run->prot)
				protect(c->mm, ops, lo, hi, run->prot);
			at = hi;
		}
		if (old_end > end)
			break;
	}
	map_part(c->mm, ops, run, at, end);
	c->done = end;
}

/* Does one of @ops map any of what @pop is to populate? */
static bool
is_new(const struct op_list *ops, const struct as_op *pop)
{
	for (uint32_t i = 0; i < ops->n; i++) {
		const struct as_op *op = &ops->v[i];

		if (op->kind == AS_MAP && op->addr < pop->addr + pop->len &&
		    pop->addr < op->addr + op->len)
			return true;
	}
	return false;
}

/* What was mapped before has its pages, unless they are fresh. */
static void
drop_needless(struct mm *mm)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < mm->pops.n; i++)
		if (mm->pops.v[i].kind != AS_POPULATE_RD ||
		    is_new(&mm->ops, &mm->pops.v[i]))
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

	if (r->is_expected)
		c.parked = remains_new(r->n);
	mm->remains = NULL;
	mm->ops.n = 0;
	while (next_run(mm, &va, &run))
		have(&c, &run);
	unmap_up_to(&c, USER_TOP);
	flush_unmap(&c);
	drop_needless(mm);
	mm->parked = c.parked;
	remains_free(r);
}

/* --- later --- */

/* Nothing of [start, end) is parked any more. */
static void
forget_parked(struct remains *r, uint64_t start, uint64_t end)
{
	uint32_t kept = 0, n = r->n;
	struct as_op tail = {0};

	for (uint32_t i = 0; i < n; i++) {
		struct as_op run = r->run[i];
		uint64_t run_end = run.addr + run.len;

		if (run_end <= start || run.addr >= end) {
			r->run[kept++] = run;
			continue;
		}
		if (run_end > end) {
			tail = run;
			tail.addr = end;
			tail.phys += end - run.addr;
			tail.len = run_end - end;
		}
		if (run.addr < start) {
			run.len = start - run.addr;
			r->run[kept++] = run;
		}
		if (tail.len && kept <= i)
			r->run[kept++] = tail;
	}
	r->n = kept;
}

/* Mappings in a row by address, as far as none hides another: what is parked
 * side by side then comes back in one. */
static void
sort_maps(struct op_list *l)
{
	for (uint32_t i = 1; i < l->n; i++) {
		struct as_op op = l->v[i];
		uint32_t at = i;

		for (; op.kind == AS_MAP && at; at--) {
			const struct as_op *before = &l->v[at - 1];

			if (before->kind != AS_MAP ||
			    before->addr < op.addr + op.len)
				break;
			l->v[at] = *before;
		}
		l->v[at] = op;
	}
}

/* Is @pop for what one of @ops gives its protection back? */
static bool
is_back(const struct op_list *ops, const struct as_op *pop)
{
	for (uint32_t i = 0; i < ops->n; i++) {
		const struct as_op *op = &ops->v[i];

		if (op->kind == AS_PROTECT && op->addr <= pop->addr &&
		    op->addr + op->len >= pop->addr + pop->len)
			return true;
	}
	return false;
}

/* Of @op, a mapping, what was parked is there. */
static void
map_parked(struct mm *mm, const struct as_op *op)
{
	uint64_t at = op->addr, end = op->addr + op->len;
	const struct remains *r = mm->parked;

	for (uint32_t i = 0; i < r->n && r->run[i].addr < end; i++) {
		const struct as_op *old = &r->run[i];
		uint64_t lo = MAX(old->addr, at);
		uint64_t hi = MIN(old->addr + old->len, end);

		if (lo >= hi || old->phys - old->addr != op->phys - op->addr)
			continue;
		map_part(mm, &mm->taken, op, at, lo);
		protect(mm, &mm->taken, lo, hi, op->prot);
		at = hi;
	}
	map_part(mm, &mm->taken, op, at, end);
}

/* Of what is to be populated, what is back has its pages. */
static void
drop_parked(struct mm *mm)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < mm->pops.n; i++)
		if (mm->pops.v[i].kind != AS_POPULATE_RD ||
		    !is_back(&mm->taken, &mm->pops.v[i]))
			mm->pops.v[kept++] = mm->pops.v[i];
	mm->pops.n = kept;
}

void
remains_use(struct mm *mm)
{
	sort_maps(&mm->ops);
	for (uint32_t i = 0; i < mm->ops.n; i++) {
		const struct as_op *op = &mm->ops.v[i];

		if (op->kind == AS_MAP)
			map_parked(mm, op);
		else
			as_queue(mm, &mm->taken, *op);
		if (op->kind == AS_MAP || op->kind == AS_UNMAP)
			forget_parked(mm->parked, op->addr, op->addr + op->len);
	}
	drop_parked(mm);
	if (mm->parked->n)
		return;
	remains_free(mm->parked);
	mm->parked = NULL;
}
