/* SPDX-License-Identifier: MIT */
/* tests/unit/syscalls/fake_memory.c - guest memory is the test's own: an
 * address is a pointer, and one that leads nowhere is -EFAULT. */
#include "mm/usercopy.h"

#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

int
copy_in(struct mm *mm, void *dst, uaddr_t src, size_t n)
{
	struct iovec here = {dst, n};
	struct iovec there = {(void *)(uintptr_t)src.v, n};

	(void)mm;
	return process_vm_readv(getpid(), &here, 1, &there, 1, 0) == (ssize_t)n
		       ? 0
		       : -EFAULT;
}

int64_t
copy_str_in(struct mm *mm, char *dst, uaddr_t src, size_t max)
{
	for (size_t i = 0; i < max; i++) {
		if (copy_in(mm, dst + i, uaddr_add(src, i), 1))
			return -EFAULT;
		if (!dst[i])
			return (int64_t)i;
	}
	return -ENAMETOOLONG;
}
