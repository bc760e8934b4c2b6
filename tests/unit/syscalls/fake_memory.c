/* SPDX-License-Identifier: MIT */
/* tests/unit/syscalls/fake_memory.c - guest memory is the test's own: an
 * address is a pointer, and the first and the last page are not mapped. */
#include "mm/usercopy.h"

#include <string.h>

static bool
is_bad(uint64_t at)
{
	return at < PAGE_SIZE || at >= USER_TOP;
}

int
copy_in(struct mm *mm, void *dst, uaddr_t src, size_t n)
{
	(void)mm;
	if (is_bad(src.v))
		return -EFAULT;
	memcpy(dst, (const void *)(uintptr_t)src.v, n);
	return 0;
}

int64_t
copy_str_in(struct mm *mm, char *dst, uaddr_t src, size_t max)
{
	size_t len;

	(void)mm;
	if (is_bad(src.v))
		return -EFAULT;
	len = strnlen((const char *)(uintptr_t)src.v, max);
	if (len == max)
		return -ENAMETOOLONG;
	memcpy(dst, (const char *)(uintptr_t)src.v, len + 1);
	return (int64_t)len;
}
