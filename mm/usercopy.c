/* SPDX-License-Identifier: MIT */
/*
 * mm/usercopy.c - guest bytes, through the kernel's window on guest RAM.
 *
 * The page table entry alone says whether an access is allowed; only if it
 * does not the fault path is asked, which does what the guest's own access
 * would have done.  A fault may sleep, so an address is good only until the
 * next one.
 */
#include "mm/usercopy.h"

#include "base/block.h"
#include "base/str.h"
#include "mm/internal.h"

#define UNLOCKED_MAX 32u /* pages moved at a time */

enum how {
	HOW_WRITE = 1,
	HOW_FORCE = 2, /* whatever the protection */
};

static bool
is_usable(pte_t p, uint32_t how)
{
	if (!p)
		return false;
	if ((how & HOW_WRITE) && (p & PTE_PATCHED))
		return false;
	if (!(how & HOW_FORCE))
		return p & (how & HOW_WRITE ? PTE_WRITE : PTE_READ);
	if (!(how & HOW_WRITE) || (p & PTE_WRITE))
		return true;
	return (p & PTE_ANON) && frame_at(pte_fn(p))->refs == 1;
}

/* The kernel's view of the byte at @va; *@is_patched: not all there is the
 * program's.  0, -EFAULT, -ENOMEM. */
static int
look_up(struct mm *mm, uint64_t va, uint32_t how, char **out, bool *is_patched)
{
	for (int i = 0; i < 16; i++) {
		pte_t p = va < USER_TOP ? pte_get(mm, va) : 0;
		int err;

		if (is_usable(p, how)) {
			*out = (char *)frame_addr(pte_fn(p)) + va % PAGE_SIZE;
			*is_patched = p & PTE_PATCHED;
			return 0;
		}
		err = fault_in(mm, va, how & HOW_WRITE, how & HOW_FORCE);
		if (err)
			return err;
	}
	return -EFAULT;
}

static int
transfer(struct mm *mm, uint64_t va, void *buf, size_t n, uint32_t how)
{
	char *k = buf;
	bool is_patched;

	if (va + n < va || va + n > USER_TOP)
		return n ? -EFAULT : 0;
	while (n) {
		size_t part = MIN(n, PAGE_SIZE - va % PAGE_SIZE);
		char *at;

		if (look_up(mm, va, how, &at, &is_patched))
			return -EFAULT;
		if (!(how & HOW_WRITE))
			memcpy(k, at, part);
		else if (k)
			memcpy(at, k, part);
		else
			memset(at, 0, part);
		if (is_patched)
			patch_hide(mm, va, k, part);
		if (k)
			k += part;
		va += part;
		n -= part;
	}
	return 0;
}

int
copy_in(struct mm *mm, void *dst, uaddr_t src, size_t n)
{
	return transfer(mm, src.v, dst, n, 0);
}

int
copy_out(struct mm *mm, uaddr_t dst, const void *src, size_t n)
{
	return transfer(mm, dst.v, (void *)src, n, HOW_WRITE);
}

int
copy_clear(struct mm *mm, uaddr_t dst, size_t n)
{
	return transfer(mm, dst.v, NULL, n, HOW_WRITE);
}

int
copy_in_force(struct mm *mm, void *dst, uaddr_t src, size_t n)
{
	return transfer(mm, src.v, dst, n, HOW_FORCE);
}

int
copy_out_force(struct mm *mm, uaddr_t dst, const void *src, size_t n)
{
	return transfer(mm, dst.v, (void *)src, n, HOW_WRITE | HOW_FORCE);
}

/* --- without the kernel lock ---------------------------------------------- */

/* A piece of guest memory whose frames are held. */
struct held {
	uint64_t va;
	size_t n; /* bytes */
	uint32_t pages;
	uint64_t fn[UNLOCKED_MAX];
};

/*
 * Hold what is there of the @n bytes at @va, from the first page on: that one
 * is faulted in, which may sleep, so the others are looked at after it.
 * Returns: false: not even the first is.
 */
static bool
hold(struct mm *mm, uint64_t va, size_t n, uint32_t how, struct held *h)
{
	uint32_t i = 0;
	uint64_t pages = MIN(page_span(va, n), UNLOCKED_MAX);
	bool is_patched;
	char *at;

	if (look_up(mm, va, how, &at, &is_patched))
		return false;
	for (; i < pages; i++) {
		pte_t p = pte_get(mm, page_down(va) + i * PAGE_SIZE);

		if (!is_usable(p, how) || (p & PTE_PATCHED))
			break;
		h->fn[i] = pte_fn(p);
		frame_get(h->fn[i]);
	}
	h->va = va;
	h->pages = i;
	h->n = i ? MIN(n, i * PAGE_SIZE - va % PAGE_SIZE) : 0;
	return i;
}

static void
move_bytes(char *at, char *k, size_t n, uint32_t how)
{
	if (!(how & HOW_WRITE))
		memcpy(k, at, n);
	else if (k)
		memcpy(at, k, n);
	else
		memset(at, 0, n);
}

/* The bytes themselves, frames that follow each other in one go. */
static void
move_held(const struct held *h, char *k, uint32_t how)
{
	uint64_t off = h->va % PAGE_SIZE;
	size_t left = h->n;

	for (uint32_t i = 0, run; left; i += run) {
		size_t part;

		run = 1;
		while (i + run < h->pages && h->fn[i + run] == h->fn[i] + run)
			run++;
		part = MIN(left, run * PAGE_SIZE - off);
		move_bytes((char *)frame_addr(h->fn[i]) + off, k, part, how);
		if (k)
			k += part;
		left -= part;
		off = 0;
	}
}

/* Let go.  Returns: bytes that are where they should: what was written to a
 * page that has become another meanwhile, or read-only, does not count. */
static size_t
let_go(struct mm *mm, const struct held *h, uint32_t how)
{
	uint32_t good = h->pages;

	for (uint32_t i = 0; i < h->pages; i++) {
		pte_t p = pte_get(mm, page_down(h->va) + i * PAGE_SIZE);

		if (i < good && (how & HOW_WRITE) &&
		    (!is_usable(p, how) || pte_fn(p) != h->fn[i]))
			good = i;
		frame_put(h->fn[i], 1);
	}
	if (good == h->pages)
		return h->n;
	return good ? good * PAGE_SIZE - h->va % PAGE_SIZE : 0;
}

static size_t
move_unlocked(struct mm *mm, const struct held *h, char *k, uint32_t how)
{
	bool is_write = how & HOW_WRITE;

	mm->unlocked += is_write;
	klock_drop();
	move_held(h, k, how);
	klock_take();
	mm->unlocked -= is_write;
	if (mm->forker && !mm->unlocked)
		block_ops->wake(mm->forker);
	return let_go(mm, h, how);
}

void
usercopy_settle(struct mm *mm)
{
	if (!mm->unlocked && !mm->forker)
		return;
	mutex_lock(&mm->forker_lock);
	mm->forker = block_ops->self();
	while (mm->unlocked)
		block_ops->sleep();
	mm->forker = NULL;
	mutex_unlock(&mm->forker_lock);
}

/* As transfer(), but for what it returns. */
static size_t
transfer_unlocked(struct mm *mm, uint64_t va, char *k, size_t n, uint32_t how)
{
	size_t done = 0;
	struct held h;

	if (va + n < va || va + n > USER_TOP)
		return 0;
	while (done < n) {
		size_t left = n - done, part = 0;
		char *at = k ? k + done : NULL;

		if (left >= UNLOCKED_MIN && !mm->forker &&
		    hold(mm, va + done, left, how, &h))
			part = move_unlocked(mm, &h, at, how);
		if (!part) {
			part = MIN(left, PAGE_SIZE - (va + done) % PAGE_SIZE);
			if (transfer(mm, va + done, at, part, how))
				break;
		}
		done += part;
	}
	return done;
}

size_t
copy_in_unlocked(struct mm *mm, void *dst, uaddr_t src, size_t n)
{
	return transfer_unlocked(mm, src.v, dst, n, 0);
}

size_t
copy_out_unlocked(struct mm *mm, uaddr_t dst, const void *src, size_t n)
{
	return transfer_unlocked(mm, dst.v, (void *)src, n, HOW_WRITE);
}

int64_t
copy_str_in(struct mm *mm, char *dst, uaddr_t src, size_t max)
{
	size_t done = 0;

	while (done < max) {
		uint64_t va = src.v + done;
		size_t part = MIN(max - done, PAGE_SIZE - va % PAGE_SIZE);
		char *at, *end;
		bool is_patched;

		if (look_up(mm, va, 0, &at, &is_patched))
			return -EFAULT;
		/* The guest may change it meanwhile: look for the end in the
		 * copy. */
		memcpy(dst + done, at, part);
		if (is_patched)
			patch_hide(mm, va, dst + done, part);
		end = memchr(dst + done, '\0', part);
		if (end)
			return end - dst;
		done += part;
	}
	return -ENAMETOOLONG;
}

int
user_cmpxchg32(struct mm *mm, uaddr_t at, uint32_t *old, uint32_t new_value)
{
	bool is_patched;
	char *p;

	if (at.v % sizeof(uint32_t) ||
	    look_up(mm, at.v, HOW_WRITE, &p, &is_patched))
		return -EFAULT;
	if (__atomic_compare_exchange_n((uint32_t *)p, old, new_value, false,
					__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		return 0;
	return -EAGAIN;
}

int
user_futex_key(struct mm *mm, uaddr_t at, bool for_shared,
	       struct futex_key *out)
{
	bool is_patched;
	struct vma *v;
	char *p;

	if (at.v >= USER_TOP)
		return -EFAULT;
	*out = (struct futex_key){(uint64_t)mm, at.v};
	if (!for_shared)
		return 0;
	if (look_up(mm, at.v, 0, &p, &is_patched))
		return -EFAULT;
	v = vma_find(mm, at.v);
	if (v && (v->flags & VMA_SHARED))
		*out = (struct futex_key){(uint64_t)v->pc,
					  vma_index(v, at.v) * PAGE_SIZE +
						  at.v % PAGE_SIZE};
	return 0;
}

int
copy_in_struct(struct mm *mm, void *dst, size_t known, uaddr_t src, size_t n)
{
	uint8_t rest[64], any = 0;
	size_t have = MIN(n, known);
	int err = copy_in(mm, dst, src, have);

	if (err)
		return err;
	memset((uint8_t *)dst + have, 0, known - have);
	while (have < n) {
		size_t step = MIN(n - have, sizeof(rest));

		if (copy_in(mm, rest, uaddr_add(src, have), step))
			return -EFAULT;
		for (size_t i = 0; i < step; i++)
			any |= rest[i];
		have += step;
	}
	return any ? -E2BIG : 0;
}
