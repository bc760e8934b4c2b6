/* SPDX-License-Identifier: MIT */
/*
 * mm/patch.c - which system calls of a program are jumps, and the pages they
 * are in.
 *
 * A patched page is a private copy of a file's page which the guest may not
 * write, PTE_PATCHED and PTE_COPIED.  It is no copy the program made: reads by
 * the kernel get the file's bytes, and before anything could be written to it,
 * or it could move, it is dropped, and the file's page shows again.  ptable.c
 * tells when such an entry goes, for whatever reason.
 *
 * Other threads may run the very bytes that change.  So a page that is in use
 * gets its jump by one aligned store, or is replaced by a copy that has it.
 */
#include "mm/internal_patch.h"

#include "base/slab.h"
#include "base/str.h"
#include "mm/usercopy.h"

#define THRESHOLD 16u /* what patching costs is about what so many traps do */
#define HOT_SHIFT 8
#define HOT_MASK  255u
#define HOT_WAYS  4ull
#define JMP	  0xe9

/* --- sites --- */

uint32_t
site_from(const struct patches *p, uint64_t at)
{
	uint32_t lo = 0, hi = p->nsites;

	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;

		if (p->site[mid].plan.at < at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct patch_site *
site_find(const struct patches *p, uint64_t at)
{
	uint32_t i = site_from(p, at);

	return i < p->nsites && p->site[i].plan.at == at ? &p->site[i] : NULL;
}

int
site_insert(struct patches *p, const struct patch_plan *plan, uint64_t tramp)
{
	uint32_t i = site_from(p, plan->at);

	if (p->nsites == p->room) {
		uint32_t room = MAX(16u, 2 * p->room);
		struct patch_site *v =
			krealloc(p->site, room * sizeof(*p->site));

		if (!v)
			return -ENOMEM;
		p->site = v;
		p->room = room;
	}
	memmove(&p->site[i + 1], &p->site[i],
		(p->nsites - i) * sizeof(*p->site));
	p->site[i] = (struct patch_site){.plan = *plan, .tramp = tramp};
	p->nsites++;
	return 0;
}

uint8_t
site_original(const struct patch_site *s, uint32_t i)
{
	static const uint8_t syscall_insn[] = {0x0f, 0x05};

	if (s->plan.form == PATCH_BEFORE)
		return s->plan.insn[i];
	return i < 2 ? syscall_insn[i] : s->plan.insn[i - 2];
}

void
site_jump(const struct patch_site *s, uint8_t *out)
{
	int32_t rel = (int32_t)(s->tramp - (s->plan.at + PATCH_LEN));

	out[0] = JMP;
	memcpy(out + 1, &rel, sizeof(rel));
}

/* --- counting --- */

struct patches *
patches_of(struct mm *mm)
{
	if (!mm->patches && patch_entry)
		mm->patches = KNEW(struct patches);
	return mm->patches;
}

/* Counters come in sets: calls that are made in turn keep their own, and one
 * that is a jump by now has its last. */
static uint64_t *
hot_set(uint64_t *hot, uint32_t bits, uint64_t key)
{
	uint64_t i = key * 0x9e3779b97f4a7c15ull >> (64 - bits);

	return &hot[i & ~(HOT_WAYS - 1)];
}

/* The one that @key has; or NULL. */
static uint64_t *
hot_find(uint64_t *set, uint64_t key)
{
	for (uint64_t i = 0; i < HOT_WAYS; i++)
		if (set[i] >> HOT_SHIFT == key)
			return &set[i];
	return NULL;
}

static uint64_t *
hot_least(uint64_t *set)
{
	uint64_t *least = set;

	for (uint64_t i = 1; i < HOT_WAYS; i++)
		if ((set[i] & HOT_MASK) < (*least & HOT_MASK))
			least = &set[i];
	return least;
}

bool
hot_count(uint64_t *table, uint32_t bits, uint64_t key, uint32_t threshold)
{
	uint64_t *set = hot_set(table, bits, key);
	uint64_t *hot = hot_find(set, key);

	if (hot) {
		if ((*hot & HOT_MASK) == HOT_MASK)
			return false;
		return (++*hot & HOT_MASK) == threshold;
	}
	hot = hot_least(set);
	if ((*hot & HOT_MASK) > 1)
		--*hot;
	else
		*hot = key << HOT_SHIFT | 1;
	return false;
}

bool
patch_wants(struct mm *mm, uint64_t rip)
{
	struct patches *p = patches_of(mm);

	return p && !p->is_banned &&
	       hot_count(p->hot, PATCH_HOT_BITS, rip, THRESHOLD);
}

/* --- pages --- */

int
page_edit(struct vma *v, uint64_t va, bool is_fresh, char **out)
{
	static const uint8_t blank[PAGE_SIZE];
	pte_t p = pte_get(v->mm, va);
	bool is_sole = (p & PTE_ANON) && frame_at(pte_fn(p))->refs == 1;
	int err;

	if (!is_sole || is_fresh) {
		v->mm->patches->is_copying = true;
		err = own_page(v, va, p ? frame_addr(pte_fn(p)) : blank);
		v->mm->patches->is_copying = false;
		if (err)
			return err;
		if (p)
			as_drop(v->mm, pte_fn(p), 1);
		as_populate(v->mm, va, va + PAGE_SIZE, false);
	}
	*out = frame_addr(pte_fn(pte_get(v->mm, va)));
	return 0;
}

static bool
is_patchable(const struct vma *v, pte_t p)
{
	if (!v || !v->pc || (v->flags & VMA_SHARED))
		return false;
	if ((v->prot & LX_PROT_WRITE) || !(v->prot & LX_PROT_EXEC))
		return false;
	return p && (!(p & PTE_ANON) || (p & PTE_PATCHED));
}

/* Five bytes in one store, others in their word kept: nobody writes them. */
static void
store_at_once(char *page, uint32_t off, const uint8_t *jump)
{
	uint64_t *word = (uint64_t *)(page + (off & ~7u)), w = *word;

	memcpy((char *)&w + off % 8, jump, PATCH_LEN);
	__atomic_store_n(word, w, __ATOMIC_SEQ_CST);
}

static int
rewrite(struct mm *mm, struct patch_site *s)
{
	uint64_t va = page_down(s->plan.at);
	uint32_t off = s->plan.at % PAGE_SIZE;
	uint8_t jump[PATCH_LEN];
	bool is_one_store = off % 8 <= 8 - PATCH_LEN;
	struct vma *v = vma_find(mm, va);
	char *page;
	int err;

	if (!is_patchable(v, pte_get(mm, va)))
		return -EPERM;
	err = page_edit(v, va, !is_one_store && mm->users > 1, &page);
	if (err)
		return err;
	site_jump(s, jump);
	if (is_one_store)
		store_at_once(page, off, jump);
	else
		memcpy(page + off, jump, PATCH_LEN);
	pte_change(mm, va, pte_get(mm, va) | PTE_PATCHED | PTE_COPIED);
	s->is_live = true;
	return 0;
}

/* --- patching --- */

static bool
is_same(const struct patch_plan *a, const struct patch_plan *b)
{
	return a->ret == b->ret && a->form == b->form && a->len == b->len &&
	       !memcmp(a->insn, b->insn, a->len);
}

/* The record of @plan, with a trampoline.  Sleeps. */
static int
site_make(struct mm *mm, const struct patch_plan *plan, struct patch_site **out)
{
	struct patches *p = mm->patches;
	struct patch_site *s = site_find(p, plan->at);
	uint64_t tramp;
	int err;

	if (s && is_same(&s->plan, plan)) {
		*out = s;
		return 0;
	}
	if (p->nsites == PATCH_SITES_MAX)
		return -ENOSPC;
	err = area_slot(mm, plan, &tramp);
	if (err)
		return err;
	s = site_find(p, plan->at);
	if (s && s->is_live)
		return -EEXIST; /* another thread was faster */
	if (s)
		*s = (struct patch_site){.plan = *plan, .tramp = tramp};
	else
		err = site_insert(p, plan, tramp);
	*out = site_find(p, plan->at);
	return err;
}

bool
site_is_clear(const struct patches *p, uint64_t at)
{
	uint32_t i = site_from(p, at - (PATCH_LEN - 1));

	for (; i < p->nsites && p->site[i].plan.at < at + PATCH_LEN; i++)
		if (p->site[i].is_live)
			return false;
	return true;
}

int
patch_apply(struct mm *mm, const struct patch_plan *plan)
{
	struct patches *p = patches_of(mm);
	struct patch_site *s;
	int err;

	if (!p || p->is_banned)
		return -EPERM;
	if (!is_patchable(vma_find(mm, plan->at),
			  pte_get(mm, page_down(plan->at))))
		return -EPERM;
	if (plan->at % PAGE_SIZE > PAGE_SIZE - PATCH_LEN)
		return -EINVAL;
	err = site_make(mm, plan, &s);
	if (!err && (p->is_banned || !site_is_clear(p, plan->at)))
		err = -EPERM;
	if (!err)
		err = rewrite(mm, s);
	as_settle(mm);
	return err;
}

/* --- undoing --- */

void
patch_forget(struct mm *mm, uint64_t va)
{
	struct patches *p = mm->patches;
	uint32_t i;

	if (!p || p->is_copying)
		return;
	for (i = site_from(p, va); i < p->nsites; i++) {
		struct patch_site *s = &p->site[i];
		uint64_t *hot;

		if (s->plan.at >= va + PAGE_SIZE)
			return;
		s->is_live = false;
		hot = hot_find(hot_set(p->hot, PATCH_HOT_BITS, s->plan.ret),
			       s->plan.ret);
		if (hot)
			*hot = 0;
	}
}

void
patch_drop(struct mm *mm, uint64_t start, uint64_t end)
{
	struct patches *p = mm->patches;
	uint32_t i;

	if (!p || !p->nsites)
		return;
	for (i = site_from(p, page_down(start)); i < p->nsites; i++) {
		uint64_t va = page_down(p->site[i].plan.at);

		if (va >= end)
			return;
		if (p->site[i].is_live)
			zap_range(mm, va, va + PAGE_SIZE, true);
	}
}

void
patch_ban(struct mm *mm)
{
	if (!patches_of(mm))
		return;
	mm->patches->is_banned = true;
	patch_drop(mm, 0, USER_TOP);
}

void
patch_disturb(struct mm *mm, uint64_t start, uint64_t end)
{
	if (area_holds(mm, start, end))
		patch_ban(mm);
}

/* --- who sees what --- */

void
patch_hide(const struct mm *mm, uint64_t va, void *buf, size_t n)
{
	const struct patches *p = mm->patches;
	uint8_t *b = buf;
	uint32_t i;

	if (!p)
		return;
	for (i = site_from(p, va - (PATCH_LEN - 1)); i < p->nsites; i++) {
		const struct patch_site *s = &p->site[i];

		if (s->plan.at >= va + n)
			return;
		for (uint32_t k = 0; s->is_live && k < PATCH_LEN; k++)
			if (s->plan.at + k - va < n)
				b[s->plan.at + k - va] = site_original(s, k);
	}
}

bool
patch_native(const struct mm *mm, uint64_t rip, uint64_t *native,
	     bool *is_start)
{
	const struct patches *p = mm->patches;

	if (!area_holds(mm, rip, rip + 1))
		return false;
	for (uint32_t i = 0; i < p->nsites; i++) {
		const struct patch_site *s = &p->site[i];

		if (rip < s->tramp || rip >= tramp_end(s))
			continue;
		*is_start = rip == s->tramp;
		*native = s->plan.at;
		if (s->plan.form == PATCH_AFTER && rip == tramp_tail(s))
			*native = s->plan.ret;
		else if (s->plan.form == PATCH_AFTER && rip > tramp_tail(s))
			*native = s->plan.ret + s->plan.len;
		return true;
	}
	return false;
}

bool
patch_inside(struct mm *mm, uint64_t rip, uint64_t *go_on)
{
	const struct patch_site *s;
	struct patch_plan plan;
	uint8_t now[PATCH_INSN];

	if (!mm->patches)
		return false;
	s = site_find(mm->patches, rip - 2);
	if (!s || s->plan.form != PATCH_AFTER)
		return false;
	*go_on = s->is_live ? tramp_tail(s) : rip;
	if (s->is_live)
		return true;
	/* Another thread may just have undone it. */
	plan = s->plan;
	return !copy_in(mm, now, uaddr(rip), plan.len) &&
	       !memcmp(now, plan.insn, plan.len);
}

uint64_t
patch_cont(const struct mm *mm, uint64_t rip)
{
	const struct patch_site *s =
		mm->patches ? site_find(mm->patches, rip - 2) : NULL;

	return s && s->plan.form == PATCH_AFTER && s->is_live ? tramp_tail(s)
							      : 0;
}

/* --- the life of an mm --- */

int
patch_fork(const struct mm *src, struct mm *dst)
{
	const struct patches *from = src->patches;
	struct patches *to;

	if (!from)
		return 0;
	to = patches_of(dst);
	if (!to || area_fork(from, to))
		return -ENOMEM;
	to->site = kmalloc(MAX(from->nsites, 1u) * sizeof(*to->site));
	if (!to->site)
		return -ENOMEM;
	if (from->nsites)
		memcpy(to->site, from->site, from->nsites * sizeof(*to->site));
	memcpy(to->hot, from->hot, sizeof(to->hot));
	to->room = MAX(from->nsites, 1u);
	to->nsites = from->nsites;
	to->is_banned = from->is_banned;
	/* Not everything is there that was. */
	for (uint32_t i = 0; i < to->nsites; i++)
		if (!(pte_get(dst, page_down(to->site[i].plan.at)) &
		      PTE_PATCHED))
			to->site[i].is_live = false;
	return 0;
}

uint32_t
patch_count(const struct mm *mm)
{
	return mm->patches ? mm->patches->nsites : 0;
}

void
patch_free(struct mm *mm)
{
	struct patches *p = mm->patches;

	mm->patches = NULL;
	if (!p)
		return;
	area_free(p);
	kfree(p->site);
	kfree(p);
}
