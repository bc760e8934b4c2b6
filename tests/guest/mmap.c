/* SPDX-License-Identifier: MIT */
/* mmap(2): arguments, errors in Linux's order, hints, anonymous memory. */
#include "tests/guest/check.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/syscall.h>

#define PRIV (MAP_PRIVATE | MAP_ANONYMOUS)

/* glibc looks at the offset itself. */
static long
raw(void *at, size_t len, int prot, int flags, int fd, unsigned long off)
{
	return syscall(SYS_mmap, at, len, prot, flags, fd, off);
}

static void
anonymous_is_zero_and_keeps(void)
{
	char *p = MMAP(3 * 4096 + 1, RW, MAP_PRIVATE);

	IS(0, (uintptr_t)p % 4096);
	for (int i = 0; i < 4 * 4096; i++)
		IS(0, p[i]);
	memset(p, 'a', 4 * 4096);
	IS('a', p[4 * 4096 - 1]);
	OK(munmap(p, 3 * 4096 + 1));
	IS(SIGSEGV, touch(p + 3 * 4096, 'r'));
}

static void
refuses(void)
{
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600));

	FAILS(EINVAL, raw(NULL, 0, RW, PRIV, -1, 0));
	FAILS(EINVAL, raw(NULL, 4096, RW, MAP_ANONYMOUS, -1, 0));
	FAILS(EINVAL, raw(NULL, 4096, RW, MAP_SHARED, fd, 1));
	FAILS(EINVAL, raw(NULL, 4096, RW, MAP_SHARED, -1, 1));
	FAILS(EBADF, raw(NULL, 4096, RW, MAP_SHARED, -1, 0));
	FAILS(EBADF, raw(NULL, 0, RW, MAP_SHARED, 12345, 0));
	FAILS(EINVAL, raw(NULL, 0, RW, MAP_SHARED, fd, 0));
	FAILS(ENOMEM, raw(NULL, -1ul, RW, PRIV, -1, 0));
	FAILS(ENOMEM, raw(NULL, 1ul << 47, RW, PRIV, -1, 0));
	FAILS(EOVERFLOW, raw(NULL, 8192, RW, MAP_SHARED, fd, -4096ul));
	FAILS(EINVAL,
	      raw((void *)(1 << 20 | 1), 4096, RW, PRIV | MAP_FIXED, -1, 0));
	FAILS(ENOMEM,
	      raw((void *)(1ul << 47), 4096, RW, PRIV | MAP_FIXED, -1, 0));
	FAILS(ENOMEM, raw((void *)((1ul << 47) - 8192), 8192, RW,
			  PRIV | MAP_FIXED, -1, 0));
	OK(close(fd));
	OK(unlink("f"));
}

static void
hint_is_taken_if_free(void)
{
	char *hole = MMAP(16 * 4096, PROT_NONE, MAP_PRIVATE);
	char *p;

	OK(munmap(hole, 16 * 4096));
	p = (char *)OK(raw(hole + 4096 + 5, 4096, RW, PRIV, -1, 0));
	CHECK(p == hole + 4096);
	p = (char *)OK(raw(hole, 8192, RW, PRIV, -1, 0));
	CHECK(p != hole);
	OK(munmap(p, 8192));
	OK(munmap(hole, 16 * 4096));

	p = (char *)OK(raw((void *)1, 4096, RW, PRIV, -1, 0));
	CHECK((uintptr_t)p >= 4096);
	OK(munmap(p, 4096));
	p = (char *)OK(raw((void *)(1ul << 60), 4096, RW, PRIV, -1, 0));
	CHECK((uintptr_t)p < 1ul << 47);
	OK(munmap(p, 4096));
}

static void
low_2g(void)
{
	char *p = MMAP(4096, RW, MAP_PRIVATE | MAP_32BIT);

	CHECK((uintptr_t)p < 1ul << 31);
	*p = 1;
	OK(munmap(p, 4096));
}

static void
populated(void)
{
	char *p = MMAP(4 * 4096, RW, MAP_PRIVATE | MAP_POPULATE);
	unsigned char vec[4];

	OK(mincore(p, 4 * 4096, vec));
	IS(1, vec[0] & vec[1] & vec[2] & vec[3] & 1);
	OK(munmap(p, 4 * 4096));
}

static void
unaligned_fd_is_ignored_when_anonymous(void)
{
	char *p = (char *)OK(raw(NULL, 4096, RW, PRIV, 12345, 8192));

	IS(0, *p);
	OK(munmap(p, 4096));
}

int
main(void)
{
	anonymous_is_zero_and_keeps();
	refuses();
	hint_is_taken_if_free();
	low_2g();
	populated();
	unaligned_fd_is_ignored_when_anonymous();
	return 0;
}
