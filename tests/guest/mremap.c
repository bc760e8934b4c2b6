/* SPDX-License-Identifier: MIT */
/* mremap(2). */
#include "tests/guest/check.h"

#include <fcntl.h>

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

static void
shrinks_and_grows_in_place(void)
{
	char *p = MMAP(8 * 4096, RW, MAP_PRIVATE);

	memset(p, 'a', 8 * 4096);
	CHECK(mremap(p, 8 * 4096, 4096, 0) == p);
	IS('a', p[4095]);
	IS(SIGSEGV, touch(p + 4096, 'r'));
	CHECK(mremap(p, 4096, 8 * 4096, 0) == p);
	IS('a', p[0]);
	IS(0, p[4096]);
	IS(0, touch(p + 7 * 4096, 'w'));
	CHECK(mremap(p, 8 * 4096, 8 * 4096, 0) == p);
	OK(munmap(p, 8 * 4096));
}

static void
moves_when_it_may(void)
{
	char *p = MMAP(3 * 4096, RW, MAP_PRIVATE);
	char *q;

	memset(p, 'a', 8192);
	OK(mprotect(p + 8192, 4096, PROT_READ)); /* in the way */
	FAILS(ENOMEM, mremap(p, 8192, 4 * 4096, 0));
	q = MAPPED(mremap(p, 8192, 400 * 4096, MREMAP_MAYMOVE));
	CHECK(q != p);
	IS('a', q[0]);
	IS('a', q[8191]);
	IS(0, q[8192]);
	IS(SIGSEGV, touch(p, 'r'));
	IS(0, touch(p + 8192, 'r'));
	IS(0, touch(q + 399 * 4096, 'w'));
	OK(munmap(q, 400 * 4096));
	OK(munmap(p + 8192, 4096));
}

static void
to_a_fixed_place(void)
{
	int flags = MREMAP_MAYMOVE | MREMAP_FIXED;
	char *p = MMAP(4096, RW, MAP_PRIVATE);
	char *q = MMAP(4 * 4096, RW, MAP_PRIVATE);

	*p = 'a';
	memset(q, 'q', 4 * 4096);
	FAILS(EINVAL, mremap(p, 4096, 4096, MREMAP_FIXED, q));
	FAILS(EINVAL, mremap(p, 4096, 4096, flags, q + 1));
	FAILS(EINVAL, mremap(q, 8192, 8192, flags, q + 4096));
	CHECK(mremap(p, 4096, 8192, flags, q + 4096) == q + 4096);
	IS('q', q[0]);
	IS('a', q[4096]);
	IS(0, q[8192]);
	IS('q', q[3 * 4096]);
	IS(SIGSEGV, touch(p, 'r'));
	OK(munmap(q, 4 * 4096));
}

static void
refuses(void)
{
	char *p = MMAP(4096, RW, MAP_PRIVATE);

	FAILS(EINVAL, mremap(p + 1, 4096, 8192, MREMAP_MAYMOVE));
	FAILS(EINVAL, mremap(p, 4096, 0, MREMAP_MAYMOVE));
	FAILS(EINVAL, mremap(p, 4096, 4096, 8));
	FAILS(EINVAL, mremap(p, 0, 4096, MREMAP_MAYMOVE)); /* private */
	FAILS(ENOMEM, mremap(p, 4096, 1ul << 46, 0));
	OK(munmap(p, 4096));
	FAILS(EFAULT, mremap(p, 4096, 8192, MREMAP_MAYMOVE));
}

static void
shared_is_doubled_by_old_length_zero(void)
{
	char *p = MMAP(4096, RW, MAP_SHARED);
	char *q = MAPPED(mremap(p, 0, 4096, MREMAP_MAYMOVE));

	CHECK(q != p);
	*p = 's';
	IS('s', *q);
	OK(munmap(p, 4096));
	IS('s', *q);
	OK(munmap(q, 4096));
}

static void
file_goes_along(void)
{
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600));
	char *p, *q;

	OK(ftruncate(fd, 3 * 4096));
	IS(1, pwrite(fd, "2", 1, 4096));
	IS(1, pwrite(fd, "3", 1, 8192));
	p = MAPPED(mmap(NULL, 4096, RW, MAP_SHARED, fd, 4096));
	q = MAPPED(mremap(p, 4096, 3 * 4096, MREMAP_MAYMOVE));
	IS('2', q[0]);
	IS('3', q[4096]);
	IS(SIGBUS, touch(q + 8192, 'r'));
	q[1] = 'w';
	IS(1, pread(fd, q + 2, 1, 4097));
	IS('w', q[2]);
	OK(munmap(q, 3 * 4096));
	OK(unlink("f"));
}

static void
dontunmap(void)
{
	int flags = MREMAP_MAYMOVE | MREMAP_DONTUNMAP;
	char *p = MMAP(8192, RW, MAP_PRIVATE);
	char *q;

	memset(p, 'a', 8192);
	FAILS(EINVAL, mremap(p, 8192, 8192, MREMAP_DONTUNMAP));
	FAILS(EINVAL, mremap(p, 8192, 4096, flags, NULL));
	q = MAPPED(mremap(p, 8192, 8192, flags, NULL));
	CHECK(q != p);
	IS('a', q[8191]);
	IS(0, p[0]);
	p[4096] = 'b';
	IS('a', q[4096]);
	OK(munmap(p, 8192));
	OK(munmap(q, 8192));
}

int
main(void)
{
	shrinks_and_grows_in_place();
	moves_when_it_may();
	to_a_fixed_place();
	refuses();
	shared_is_doubled_by_old_length_zero();
	file_goes_along();
	dontunmap();
	return 0;
}
