/* SPDX-License-Identifier: MIT */
/* mm/uio.h - a transfer in pieces, to or from guest or kernel memory. */
#ifndef MM_UIO_H
#define MM_UIO_H

#include "include/annotate.h"
#include "include/types.h"

struct mm;

enum uio_dir { UIO_FROM_GUEST, UIO_TO_GUEST };

#define UIO_MAX_RW  0x7ffff000ull /* Linux: MAX_RW_COUNT */
#define UIO_IOV_MAX 1024	  /* Linux: UIO_MAXIOV */

struct uio_seg {
	uint64_t base; /* guest address, or kernel pointer if mm is NULL */
	uint64_t len;
};

struct uio {
	struct mm *mm; /* NULL: segments are kernel memory */
	enum uio_dir dir;
	uint32_t rwf;	/* LX_RWF_* of preadv2(2), for file operations */
	uint64_t left;	/* bytes still to move */
	uint64_t moved; /* bytes moved */
	struct uio_seg *seg;
	uint32_t nseg, cur;
	uint64_t cur_off;     /* within seg[cur] */
	struct uio_seg one;   /* storage for the usual case */
	struct uio_seg *heap; /* uio_fini() frees it */
};

/*
 * uio_init - a transfer of @len bytes at @at; @len is clamped to UIO_MAX_RW.
 * Returns: 0; -EFAULT if the range leaves the guest's half of the address space
 * (Linux: even where @len is negative).  No uio_fini() needed.
 */
MUST_CHECK int uio_init(struct uio *u, struct mm *mm, enum uio_dir dir,
			uaddr_t at, uint64_t len);

/* uio_init_iov - from a guest array of struct iovec (readv(2) rules and
 * errors).  Call uio_fini() after success. */
MUST_CHECK int uio_init_iov(struct uio *u, struct mm *mm, enum uio_dir dir,
			    uaddr_t iov, uint64_t iovcnt);

/* uio_init_kernel - kernel memory at both ends. */
void uio_init_kernel(struct uio *u, enum uio_dir dir, void *buf, uint64_t len);
void uio_fini(struct uio *u);

/* uio_copy - move up to @n bytes between @buf and the transfer's memory,
 * advancing it.  Returns: bytes moved > 0 (short if a fault came later, or
 * less is left), 0 if n or left is 0, or -EFAULT. */
MUST_CHECK int64_t uio_copy(struct uio *u, void *buf, uint64_t n);

/* uio_copy_unlocked - as uio_copy(), but much is moved without the kernel lock:
 * @buf must be the caller's own, or held, as across a sleep. */
MUST_CHECK int64_t uio_copy_unlocked(struct uio *u, void *buf, uint64_t n);

/* uio_zero - as uio_copy_unlocked() of zeros to the guest. */
MUST_CHECK int64_t uio_zero(struct uio *u, uint64_t n);

/* uio_skip - advance as if @n <= left bytes had been moved. */
void uio_skip(struct uio *u, uint64_t n);

/* uio_rewind - take back @n <= moved bytes. */
void uio_rewind(struct uio *u, uint64_t n);

#endif /* MM_UIO_H */
