/* SPDX-License-Identifier: MIT */
/* arch/um/host/probe.c - `viv check`: what the machine needs, tried out. */
#include "arch/um/host/host.h"

#include <fcntl.h>
#include <liburing.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static int
try_memfd(char *text, size_t size)
{
	int fd = memfd_create("viv-probe", MFD_CLOEXEC);
	int err = 0;

	if (fd < 0 || ftruncate(fd, (off_t)PHYS_SIZE) < 0)
		err = -errno;
	snprintf(text, size, err ? "no sparse memfd: %s" : "sparse memfds: %s",
		 err ? strerror(-err) : "512 GiB for guest RAM");
	if (fd >= 0)
		close(fd);
	return err;
}

static int
try_region(char *text, size_t size)
{
	void *p = mmap((void *)REGION_BASE, REGION_SIZE, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
			       MAP_FIXED_NOREPLACE,
		       -1, 0);
	int err = p == MAP_FAILED	     ? -errno
		  : p != (void *)REGION_BASE ? -EEXIST
					     : 0;

	snprintf(text, size, "one TiB of address space at %#llx: %s",
		 REGION_BASE, err ? strerror(-err) : "free");
	if (p != MAP_FAILED)
		munmap(p, REGION_SIZE);
	return err;
}

static int
try_exec(char *text, size_t size)
{
	int fd = memfd_create("viv-probe", MFD_CLOEXEC), err = 0;
	void *p = MAP_FAILED;

	if (fd < 0 || ftruncate(fd, PAGE_SIZE) < 0)
		err = -errno;
	if (!err) {
		p = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_EXEC, MAP_SHARED, fd,
			 0);
		if (p == MAP_FAILED)
			err = -errno;
	}
	snprintf(text, size, "executable shared memory: %s",
		 err ? strerror(-err) : "allowed");
	if (p != MAP_FAILED)
		munmap(p, PAGE_SIZE);
	if (fd >= 0)
		close(fd);
	return err;
}

static int
try_uring(char *text, size_t size)
{
	struct io_uring ring;
	int err = io_uring_queue_init(4, &ring, 0);

	if (!err)
		io_uring_queue_exit(&ring);
	snprintf(text, size, "%s%s", err ? strerror(-err) : "disk I/O by it",
		 err ? "; epoll and threads instead" : "");
	return err;
}

static int
try_populate(char *text, size_t size)
{
	char *p = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int err = p == MAP_FAILED ? -errno : 0;

	if (!err && madvise(p, PAGE_SIZE, MADV_POPULATE_WRITE) < 0)
		err = -errno;
	if (p != MAP_FAILED)
		munmap(p, PAGE_SIZE);
	snprintf(text, size, "pages ahead of their use: %s",
		 err ? "not on this kernel; slower" : "yes");
	return err;
}

static int
try_proc(char *text, size_t size)
{
	int err = access("/proc/self/fd/0", F_OK) < 0 && errno != ENOENT
			  ? -errno
			  : 0;

	if (access("/proc/self/fd", F_OK) < 0)
		err = -errno;
	snprintf(text, size, "/proc: %s",
		 err ? "not there; some file operations will fail" : "there");
	return err;
}

unsigned
machine_probe(struct machine_probe *out, unsigned max)
{
	static const struct {
		const char *what;
		int (*try)(char *text, size_t size);
		bool is_needed;
	} probes[] = {
		{"memfd", try_memfd, true},
		{"address space", try_region, true},
		{"exec memory", try_exec, true},
		{"io_uring", try_uring, false},
		{"populate", try_populate, false},
		{"procfs", try_proc, false},
	};
	unsigned n = 0;

	for (size_t i = 0; i < ARRAY_LEN(probes) && n < max; i++, n++) {
		out[n].what = probes[i].what;
		out[n].is_needed = probes[i].is_needed;
		out[n].is_ok =
			probes[i].try(out[n].text, sizeof out[n].text) == 0;
	}
	return n;
}
