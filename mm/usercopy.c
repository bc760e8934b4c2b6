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

#include "base/str.h"
#include "mm/internal.h"

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
