/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/mem.c - the arena and guest RAM: two sparse files at fixed
 * addresses, memfds but for RAM that may have large pages (ram.c).
 *
 * Neither is inherited by guest processes (MADV_DONTFORK): those map physmem
 * piece by piece, and the arena never.
 */
#include "arch/um/host/host.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

static int
file_at(int fd, const char *name, uint64_t base, uint64_t size, char *why,
	size_t whylen)
{
	void *p;

	if (ftruncate(fd, (off_t)size) < 0) {
		int err = -errno;

		snprintf(
			why, whylen,
			"no sparse file of %llu GiB for %s: %s (see ulimit -f)",
			(unsigned long long)(size >> 30), name, strerror(-err));
		close(fd);
		return err;
	}
	p = mmap((void *)base, size, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_NORESERVE | MAP_FIXED_NOREPLACE, fd, 0);
	if (p != (void *)base) {
		int err = p == MAP_FAILED ? -errno : -EEXIST;

		snprintf(why, whylen, "cannot map %s at %#llx: %s%s", name,
			 (unsigned long long)base, strerror(-err),
			 err == -ENOMEM ? " (see ulimit -v)" : "");
		close(fd);
		return err;
	}
	(void)madvise(p, size, MADV_DONTFORK);
	(void)madvise(p, size, MADV_DONTDUMP);
	return fd;
}

static int
memfd(const char *name, char *why, size_t whylen)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd >= 0)
		return fd;
	snprintf(why, whylen, "memfd_create: %s", strerror(errno));
	return -errno;
}

static int
memfd_at(const char *name, uint64_t base, uint64_t size, char *why,
	 size_t whylen)
{
	int fd = memfd(name, why, whylen);

	return fd < 0 ? fd : file_at(fd, name, base, size, why, whylen);
}

void hyper_entry(void);

/* The page through which the image calls: jmp *0(%rip); .quad hyper_entry */
static int
hyper_page_make(void)
{
	unsigned char *p =
		mmap((void *)HYPER_PAGE, PAGE_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	void (*to)(void) = hyper_entry;

	if (p == MAP_FAILED)
		return -errno;
	memcpy(p, (const unsigned char[]){0xff, 0x25, 0, 0, 0, 0}, 6);
	memcpy(p + 6, &to, sizeof to);
	(void)madvise(p, PAGE_SIZE, MADV_DONTFORK);
	return mprotect(p, PAGE_SIZE, PROT_READ | PROT_EXEC) < 0 ? -errno : 0;
}

int
host_mem_create(char *why, size_t whylen)
{
	int err;

	mach.arena_fd =
		memfd_at("viv-arena", ARENA_BASE, ARENA_SIZE, why, whylen);
	if (mach.arena_fd < 0)
		return mach.arena_fd;
	mach.phys_fd = memfd("viv-ram", why, whylen);
	if (mach.phys_fd < 0)
		return mach.phys_fd;
	mach.has_large = host_ram_large(mach.phys_fd);
	mach.phys_fd = file_at(mach.phys_fd, "viv-ram", PHYS_WINDOW, PHYS_SIZE,
			       why, whylen);
	if (mach.phys_fd < 0)
		return mach.phys_fd;
	err = hyper_page_make();
	if (err)
		snprintf(why, whylen, "no hypercall page: %s", strerror(-err));
	return err;
}

int
host_initrd_map(const char *path, char *why, size_t whylen)
{
	struct stat st;
	void *p = NULL;
	int fd, err = 0;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) < 0)
		err = -errno;
	else if (!S_ISREG(st.st_mode) || st.st_size == 0)
		err = -EINVAL;
	else if ((uint64_t)st.st_size > INITRD_MAX)
		err = -EFBIG;
	if (!err) {
		p = mmap((void *)INITRD_BASE, (size_t)st.st_size, PROT_READ,
			 MAP_PRIVATE | MAP_FIXED_NOREPLACE, fd, 0);
		if (p == MAP_FAILED)
			err = -errno;
	}
	if (!err) {
		(void)madvise(p, (size_t)st.st_size, MADV_DONTFORK);
		mach.initrd_fd = fd;
		mach.initrd_len = (uint64_t)st.st_size;
		return 0;
	}
	snprintf(why, whylen, "%s: %s", path, strerror(-err));
	if (fd >= 0)
		close(fd);
	return err;
}

/* --- hypercalls --- */

static int64_t
punch(int fd, uint64_t off, uint64_t len)
{
	if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		      (off_t)off, (off_t)len) < 0)
		return -errno;
	return 0;
}

int64_t
hc_PHYS_PUNCH(const uint64_t *a)
{
	if ((a[0] | a[1]) & ~PAGE_MASK || a[1] > PHYS_SIZE ||
	    a[0] > PHYS_SIZE - a[1])
		return -EINVAL;
	return a[1] ? punch(mach.phys_fd, a[0], a[1]) : 0;
}

/* The window's pages come by a batch here instead of a fault each. */
int64_t
hc_PHYS_POPULATE(const uint64_t *a)
{
	if ((a[0] | a[1]) & ~PAGE_MASK || a[1] > PHYS_SIZE ||
	    a[0] > PHYS_SIZE - a[1])
		return -EINVAL;
	if (madvise((void *)(PHYS_WINDOW + a[0]), a[1], MADV_POPULATE_WRITE))
		return -errno;
	return 0;
}

/* By a mapping for this alone: what is asked for stays with a mapping, and the
 * window shall not take large pages of its own accord. */
int64_t
hc_PHYS_LARGE(const uint64_t *a)
{
	const uint64_t size = MiB(2);
	int err = 0;
	void *p;

	if (a[0] & (size - 1) || a[0] > PHYS_SIZE - size)
		return -EINVAL;
	if (!mach.has_large)
		return -EOPNOTSUPP;
	p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, mach.phys_fd,
		 (off_t)a[0]);
	if (p == MAP_FAILED)
		return -errno;
	(void)madvise(p, size, MADV_DONTFORK);
	(void)madvise(p, size, MADV_HUGEPAGE);
	if (madvise(p, size, MADV_POPULATE_WRITE))
		err = -errno;
	munmap(p, size);
	return err;
}

int64_t
hc_PHYS_USED(const uint64_t *a)
{
	struct stat st;

	if (fstat(mach.phys_fd, &st) < 0)
		return -errno;
	return st.st_blocks * 512;
}

int64_t
hc_ARENA_PUNCH(const uint64_t *a)
{
	if ((a[0] | a[1]) & ~PAGE_MASK || a[0] < ARENA_BASE ||
	    !arena_writable(a[0], a[1]))
		return -EINVAL;
	return a[1] ? punch(mach.arena_fd, a[0] - ARENA_BASE, a[1]) : 0;
}

/* By runs of data and holes, which count pages in swap as allocated. */
int64_t
hc_PHYS_RESIDENT(const uint64_t *a)
{
	uint64_t at = a[0], end = a[0] + a[1];
	uint8_t *out = (uint8_t *)a[2];
	off_t data, hole;

	if ((a[0] | a[1]) & ~PAGE_MASK || a[1] > PHYS_SIZE ||
	    a[0] > PHYS_SIZE - a[1])
		return -EINVAL;
	if (!arena_writable(a[2], a[1] / PAGE_SIZE))
		return -EFAULT;
	memset(out, 0, a[1] / PAGE_SIZE);
	while (at < end) {
		data = lseek(mach.phys_fd, (off_t)at, SEEK_DATA);
		if (data < 0 && errno == ENXIO)
			break; /* nothing but a hole from here */
		if (data < 0)
			return -errno;
		if ((uint64_t)data >= end)
			break;
		hole = lseek(mach.phys_fd, data, SEEK_HOLE);
		if (hole < 0)
			return -errno;
		if ((uint64_t)hole > end)
			hole = (off_t)end;
		memset(out + ((uint64_t)data - a[0]) / PAGE_SIZE, 1,
		       (uint64_t)(hole - data) / PAGE_SIZE);
		at = (uint64_t)hole;
	}
	return 0;
}
