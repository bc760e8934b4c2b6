/* SPDX-License-Identifier: MIT */
/* munmap(2): ranges, splits, holes. */
#include "tests/guest/check.h"

#include <stdint.h>

static void
refuses(void)
{
	char *p = MMAP(8192, RW, MAP_PRIVATE);

	FAILS(EINVAL, munmap(p + 1, 4096));
	FAILS(EINVAL, munmap(p, 0));
	FAILS(EINVAL, munmap((void *)(1ul << 47), 4096));
	FAILS(EINVAL, munmap(p, 1ul << 47));
	FAILS(EINVAL, munmap(p, -4096ul));
	IS(0, touch(p, 'w'));
	OK(munmap(p, 1)); /* the length is rounded up */
	IS(SIGSEGV, touch(p, 'r'));
	IS(0, touch(p + 4096, 'w'));
	OK(munmap(p, 8192));
	OK(munmap(p, 8192)); /* nothing there: fine */
}

static void
splits(void)
{
	char *p = MMAP(16 * 4096, RW, MAP_PRIVATE);

	for (int i = 0; i < 16; i++)
		p[i * 4096] = 'a' + i;
	for (int i = 1; i < 16; i += 2)
		OK(munmap(p + i * 4096, 4096));
	for (int i = 0; i < 16; i++) {
		IS(i % 2 ? SIGSEGV : 0, touch(p + i * 4096, 'w'));
		if (i % 2)
			IS(SEGV_MAPERR, touched.si_code);
		else
			IS('a' + i, p[i * 4096]);
	}
	/* One call over pieces and holes. */
	OK(munmap(p + 4096, 14 * 4096));
	IS(0, touch(p, 'r'));
	for (int i = 1; i < 16; i++)
		IS(SIGSEGV, touch(p + i * 4096, 'r'));
	OK(munmap(p, 4096));
}

static void
over_different_kinds(void)
{
	char *p = MMAP(4 * 4096, RW, MAP_PRIVATE);

	CHECK(mmap(p + 4096, 4096, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED,
		   -1, 0) == p + 4096);
	OK(mprotect(p + 8192, 4096, PROT_NONE));
	memset(p, 1, 8192);
	OK(munmap(p, 4 * 4096));
	for (int i = 0; i < 4; i++)
		IS(SIGSEGV, touch(p + i * 4096, 'r'));
}

static void
memory_comes_back_clean(void)
{
	for (int i = 0; i < 50; i++) {
		char *p = MMAP(32 * 4096, RW, MAP_PRIVATE);

		for (int j = 0; j < 32; j++) {
			IS(0, p[j * 4096 + i]);
			p[j * 4096 + i] = 'x';
		}
		OK(munmap(p, 32 * 4096));
	}
}

static void
a_system_call_sees_the_hole(void)
{
	char *p = MMAP(3 * 4096, RW, MAP_PRIVATE);
	int fd[2];

	OK(pipe(fd));
	OK(munmap(p + 4096, 4096));
	FAILS(EFAULT, write(fd[1], p + 4096, 10));
	IS(4, write(fd[1], p + 4092, 4));
	FAILS(EFAULT, read(fd[0], p + 4096, 4));
}

int
main(void)
{
	refuses();
	splits();
	over_different_kinds();
	memory_comes_back_clean();
	a_system_call_sees_the_hole();
	return 0;
}
