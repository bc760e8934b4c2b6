/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/check.c - are the pointers of a hypercall the kernel's own?
 *
 * The arena is mapped as a whole and so is the window on guest RAM; inside
 * them the only places that must not be written are the image's read-only
 * segments and the hypercall page.  In a built-in kernel the image's data is
 * viv's own, so there only the fixed region can be checked.
 */
#include "arch/um/host/host.h"

#include <string.h>

static bool
inside(uint64_t addr, uint64_t len, uint64_t base, uint64_t size)
{
	return addr >= base && len <= size && addr - base <= size - len;
}

static bool
is_foreign(uint64_t addr, uint64_t len)
{
#ifdef VIV_BUILTIN
	return addr >= 4096 && addr + len >= addr &&
	       (addr + len <= REGION_BASE || addr >= REGION_END) &&
	       addr + len < USER_TOP;
#else
	return false;
#endif
}

bool
arena_readable(uint64_t addr, uint64_t len)
{
	return !len || inside(addr, len, ARENA_BASE, ARENA_SIZE) ||
	       is_foreign(addr, len);
}

bool
arena_writable(uint64_t addr, uint64_t len)
{
	if (!len || is_foreign(addr, len))
		return true;
	if (!inside(addr, len, ARENA_BASE, ARENA_SIZE))
		return false;
	if (addr < HYPER_PAGE + PAGE_SIZE && addr + len > HYPER_PAGE)
		return false;
	return kernel_image_writable(addr, len);
}

bool
memory_readable(uint64_t addr, uint64_t len)
{
	return inside(addr, len, PHYS_WINDOW, PHYS_SIZE) ||
	       arena_readable(addr, len);
}

bool
memory_writable(uint64_t addr, uint64_t len)
{
	return inside(addr, len, PHYS_WINDOW, PHYS_SIZE) ||
	       arena_writable(addr, len);
}

int
arena_string(uint64_t addr, char *buf, size_t size)
{
	size_t n;

	if (!arena_readable(addr, 1))
		return -EFAULT;
	for (n = 0; n < size; n++) {
		if (!arena_readable(addr + n, 1))
			return -EFAULT;
		buf[n] = *(const volatile char *)(addr + n);
		if (!buf[n])
			return 0;
	}
	return -ENAMETOOLONG;
}

int
arena_name(uint64_t addr, char buf[256])
{
	int err = arena_string(addr, buf, 256);

	if (err)
		return err;
	if (strchr(buf, '/') || !strcmp(buf, ".") || !strcmp(buf, ".."))
		return -EINVAL;
	return 0;
}
