/* SPDX-License-Identifier: MIT */
/*
 * mm/usercopy.h - the only way to guest bytes.  The kernel looks the page up
 * in the mm and copies through its own window on guest RAM; a page not there
 * yet is faulted in as if the guest had touched it (may sleep for disk I/O).
 */
#ifndef MM_USERCOPY_H
#define MM_USERCOPY_H

#include "include/annotate.h"
#include "include/types.h"

struct mm;

/* copy_in, copy_out - all of @n bytes or -EFAULT (part may be copied).
 * Sleeps: for disk I/O. */
MUST_CHECK int copy_in(struct mm *mm, void *dst, uaddr_t src, size_t n);
MUST_CHECK int copy_out(struct mm *mm, uaddr_t dst, const void *src, size_t n);

/* copy_in_struct - a struct whose size the caller tells: @known bytes are ours,
 * what is missing is zero, what is more must be.  -E2BIG: it is not. */
MUST_CHECK int copy_in_struct(struct mm *mm, void *dst, size_t known,
			      uaddr_t src, size_t n);

/* copy_clear - zero @n guest bytes. */
MUST_CHECK int copy_clear(struct mm *mm, uaddr_t dst, size_t n);

/* So many bytes are moved without the kernel lock; two pages cost twenty times
 * what giving it up and taking it again does. */
#define UNLOCKED_MIN (2 * PAGE_SIZE)

/*
 * copy_in_unlocked, copy_out_unlocked - the same of UNLOCKED_MIN bytes or more,
 * without the kernel lock while they move (docs/decisions/0006-copies.md): the
 * kernel's side must be the caller's own, or held, as across a sleep; @src NULL
 * stands for zeros.  Returns: bytes moved before a fault.
 */
MUST_CHECK size_t copy_in_unlocked(struct mm *mm, void *dst, uaddr_t src,
				   size_t n);
MUST_CHECK size_t copy_out_unlocked(struct mm *mm, uaddr_t dst, const void *src,
				    size_t n);

/* As copy_in/out, without regard to protection except that it be mapped:
 * ptrace(2) pokes (private copies are made), /proc/PID/mem. */
MUST_CHECK int copy_in_force(struct mm *mm, void *dst, uaddr_t src, size_t n);
MUST_CHECK int copy_out_force(struct mm *mm, uaddr_t dst, const void *src,
			      size_t n);

/* copy_str_in - a string of fewer than @max bytes with its NUL.
 * Returns: its length, -EFAULT, or -ENAMETOOLONG. */
MUST_CHECK int64_t copy_str_in(struct mm *mm, char *dst, uaddr_t src,
			       size_t max);

/* get_user, put_user - one object of the pointed-to type. */
#define get_user(mm, ptr, src) copy_in(mm, ptr, src, sizeof(*(ptr)))
#define put_user(mm, dst, ptr) copy_out(mm, dst, ptr, sizeof(*(ptr)))

/*
 * user_atomic32 - compare and exchange of an aligned guest word, atomic with
 * regard to guest code: *@old is expected, gets what was there.
 * Returns: 0 if exchanged, -EAGAIN if the word differed, -EFAULT.
 */
MUST_CHECK int user_cmpxchg32(struct mm *mm, uaddr_t at, uint32_t *old,
			      uint32_t new_value);

/*
 * user_page_key - what identifies the memory behind @at for a shared futex:
 * the same pair for every mapping of it.  Private memory gives (mm, address).
 * @for_shared: the caller wants the key of the object, not of the mm.
 */
struct futex_key {
	uint64_t object, offset;
};
MUST_CHECK int user_futex_key(struct mm *mm, uaddr_t at, bool for_shared,
			      struct futex_key *out);

static inline uaddr_t
uaddr_add(uaddr_t a, uint64_t n)
{
	return (uaddr_t){a.v + n};
}

/* uaddr_bits - an address as a number: to print, to compare, to put in a
 * register; never to reach what lies there. */
static inline uint64_t
uaddr_bits(uaddr_t a)
{
	return a.v;
}

static inline bool
uaddr_is_null(uaddr_t a)
{
	return a.v == 0;
}

#endif /* MM_USERCOPY_H */
