/* SPDX-License-Identifier: MIT */
/*
 * mm/patch_area.c - trampolines, in mappings of ours near the program's text.
 *
 *   before:  lea ret(%rip), %rcx      after:  lea ret(%rip), %rcx
 *            mov $nr, %eax                    lea 1f(%rip), %r11
 *            mov %rcx, %r11                   jmp *entry(%rip)
 *            jmp *entry(%rip)              1: the instruction after the call
 *                                             jmp to the one after that
 *
 * A jump over the call and what follows it has its second byte where a program
 * may jump to: the call's return address.  So the distance to the trampoline is
 * chosen such that this byte begins no instruction.
 *
 * A slot is never used again while the mm lives: threads may stand in it.
 */
#include "mm/internal_patch.h"

#include "base/slab.h"
#include "base/str.h"

#define REACH	 (GiB(2) - MiB(1))
#define DISTANCE GiB(1) /* clear of where mmap(2) works, if possible */

/* --- the mapping's name and contents --- */

static struct pagecache holes; /* nothing is ever written to it */

static void
no_ref(struct mappable *m)
{
	(void)m;
}

static struct pagecache *
area_pages(struct mappable *m)
{
	(void)m;
	return &holes;
}

int
area_may_map(struct mappable *m, bool shared, uint32_t prot)
{
	(void)m;
	(void)shared;
	(void)prot;
	return 0;
}

void
area_describe(struct mappable *m, char *buf, size_t n, uint64_t *dev,
	      uint64_t *ino)
{
	(void)m;
	str_copy(buf, "[viv]", n);
	*dev = *ino = 0;
}

static const struct mappable_ops ops = {
	.get = no_ref,
	.put = no_ref,
	.pages = area_pages,
	.may_map = area_may_map,
	.describe = area_describe,
};
static struct mappable area_map = {.ops = &ops};

bool
patch_owns(const struct vma *v)
{
	return v->map && v->map->ops->describe == area_describe;
}

uint64_t patch_entry;

void
patch_init(uint64_t entry)
{
	patch_entry = entry;
	pagecache_init(&holes, NULL, NULL, PATCH_AREA_LEN);
}

bool
area_holds(const struct mm *mm, uint64_t start, uint64_t end)
{
	const struct patches *p = mm->patches;

	for (uint32_t i = 0; p && i < p->nareas; i++)
		if (start < p->area[i]->start + PATCH_AREA_LEN &&
		    end > p->area[i]->start)
			return true;
	return false;
}

int
area_fork(const struct patches *from, struct patches *to)
{
	for (; to->nareas < from->nareas; to->nareas++) {
		struct patch_area *a = KNEW(struct patch_area);

		if (!a)
			return -ENOMEM;
		*a = *from->area[to->nareas];
		to->area[to->nareas] = a;
	}
	return 0;
}

void
area_free(struct patches *p)
{
	while (p->nareas)
		kfree(p->area[--p->nareas]);
}

/* --- code --- */

struct code {
	uint8_t b[PATCH_SLOT];
	uint32_t n;
	uint64_t at; /* where it will run */
};

static void
put_bytes(struct code *c, const void *from, uint32_t n)
{
	memcpy(c->b + c->n, from, n);
	c->n += n;
}

/* An instruction @op that ends with the distance to @to. */
static void
put_relative(struct code *c, const char *op, uint32_t oplen, uint64_t to)
{
	int32_t rel;

	put_bytes(c, op, oplen);
	rel = (int32_t)(to - (c->at + c->n + sizeof(rel)));
	put_bytes(c, &rel, sizeof(rel));
}

#define LEA_RCX	 "\x48\x8d\x0d"
#define LEA_R11	 "\x4c\x8d\x1d"
#define JMP_MEM	 "\xff\x25"
#define MOV_R11	 "\x49\x89\xcb"
#define JMP	 "\xe9"
#define TAIL_OFF 20 /* after two leas and a jump */

static void
assemble(struct code *c, const struct patch_plan *plan, uint64_t literal)
{
	put_relative(c, LEA_RCX, 3, plan->ret);
	if (plan->form == PATCH_BEFORE) {
		put_bytes(c, plan->insn, plan->len);
		put_bytes(c, MOV_R11, 3);
		put_relative(c, JMP_MEM, 2, literal);
		return;
	}
	put_relative(c, LEA_R11, 3, c->at + TAIL_OFF);
	put_relative(c, JMP_MEM, 2, literal);
	put_bytes(c, plan->insn, plan->len);
	put_relative(c, JMP, 1, plan->ret + plan->len);
}

uint32_t
tramp_code(const struct patch_plan *plan, uint64_t at, uint64_t literal,
	   uint8_t *out)
{
	struct code c = {.at = at};

	assemble(&c, plan, literal);
	memcpy(out, c.b, c.n);
	return c.n;
}

uint64_t
tramp_tail(const struct patch_site *s)
{
	return s->tramp + TAIL_OFF;
}

uint64_t
tramp_end(const struct patch_site *s)
{
	return s->tramp + PATCH_SLOT;
}

/* --- slots --- */

/* First bytes that make no instruction in 64-bit mode; Intel SDM 2, A.3. */
static bool
is_faulting(uint8_t op)
{
	static const uint8_t faulting[] = {
		0x06, 0x07, 0x0e, 0x16, 0x17, 0x1e, 0x1f, 0x27, 0x2f, 0x37,
		0x3f, 0x60, 0x61, 0x82, 0x9a, 0xce, 0xd4, 0xd6, 0xea,
	};

	return memchr(faulting, op, sizeof(faulting));
}

static bool
fits(const struct patch_plan *plan, uint64_t tramp)
{
	uint64_t rel = tramp - (plan->at + PATCH_LEN);

	if (rel + REACH > 2 * REACH)
		return false;
	return plan->form == PATCH_BEFORE || is_faulting((uint8_t)(rel >> 8));
}

uint64_t
area_take(struct patch_area *a, const struct patch_plan *plan)
{
	for (uint32_t i = 1; i < PATCH_SLOTS; i++) {
		uint64_t bit = 1ull << i % 64, at = a->start + i * PATCH_SLOT;

		if ((a->used[i / 64] & bit) || !fits(plan, at))
			continue;
		a->used[i / 64] |= bit;
		return at;
	}
	return 0;
}

static int
area_write(struct mm *mm, uint64_t at, const void *from, uint32_t n)
{
	struct vma *v = vma_find(mm, at);
	char *page;
	int err;

	if (!v || !patch_owns(v))
		return -EFAULT;
	err = page_edit(v, page_down(at), false, &page);
	if (!err)
		memcpy(page + at % PAGE_SIZE, from, n);
	return err;
}

/* Where to map trampolines for text at @at. */
static int
find_place(struct mm *mm, uint64_t at, uint64_t *out)
{
	uint64_t floor = at > REACH ? at - REACH : 0;
	uint64_t ceiling = at > DISTANCE ? at - DISTANCE : 0;

	floor = MAX(floor, MMAP_MIN_ADDR);
	if (ceiling > floor &&
	    find_gap(mm, floor, ceiling, PATCH_AREA_LEN, out) == 0)
		return 0;
	if (find_gap(mm, floor, at, PATCH_AREA_LEN, out) == 0)
		return 0;
	return find_gap(mm, at, MIN(at + REACH, USER_TOP), PATCH_AREA_LEN, out);
}

static int
area_make(struct mm *mm, uint64_t at, struct patch_area **out)
{
	struct patches *p = mm->patches;
	struct patch_area *a;
	uaddr_t got;
	int err;

	if (p->nareas == PATCH_AREAS_MAX)
		return -ENOSPC;
	a = KNEW(struct patch_area);
	if (!a)
		return -ENOMEM;
	err = find_place(mm, at, &a->start);
	if (!err)
		err = mm_map(mm, uaddr(a->start), PATCH_AREA_LEN,
			     LX_PROT_READ | LX_PROT_EXEC,
			     LX_MAP_PRIVATE | LX_MAP_FIXED_NOREPLACE, &area_map,
			     0, &got);
	if (!err)
		err = area_write(mm, a->start, &patch_entry,
				 sizeof(patch_entry));
	if (err || p->nareas == PATCH_AREAS_MAX) {
		kfree(a);
		return err ? err : -ENOSPC;
	}
	p->area[p->nareas++] = a;
	*out = a;
	return 0;
}

int
area_slot(struct mm *mm, const struct patch_plan *plan, uint64_t *tramp)
{
	struct patches *p = mm->patches;
	struct patch_area *a = NULL;
	uint8_t code[PATCH_SLOT];
	uint64_t at = 0;
	uint32_t n;
	int err;

	for (uint32_t i = 0; !at && i < p->nareas; i++) {
		a = p->area[i];
		at = area_take(a, plan);
	}
	if (!at) {
		err = area_make(mm, plan->at, &a);
		if (err)
			return err;
		at = area_take(a, plan);
	}
	if (!at)
		return -ENOSPC;
	n = tramp_code(plan, at, a->start, code);
	*tramp = at;
	return area_write(mm, at, code, n);
}
