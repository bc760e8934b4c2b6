/* SPDX-License-Identifier: MIT */
/* Address space costs nothing until touched: 64 GiB of it. */
#include "tests/guest/check.h"

#define GIB (1ul << 30)

static void
reserved(void)
{
	char *p = MMAP(64 * GIB, PROT_NONE, MAP_PRIVATE | MAP_NORESERVE);

	IS(SIGSEGV, touch(p + 33 * GIB, 'r'));
	IS(SEGV_ACCERR, touched.si_code);
	for (unsigned long i = 0; i < 64; i++) {
		OK(mprotect(p + i * GIB + 4096 * i, 4096, RW));
		p[i * GIB + 4096 * i] = (char)i;
	}
	EXITS(
		0, for (unsigned long i = 0; i < 64; i++) {
			IS(i, p[i * GIB + 4096 * i]);
			p[i * GIB + 4096 * i] = 'c';
		});
	for (unsigned long i = 0; i < 64; i++)
		IS(i, p[i * GIB + 4096 * i]);
	OK(munmap(p + GIB, 62 * GIB));
	IS(0, p[0]);
	IS(63, p[63 * GIB + 4096 * 63]);
	OK(munmap(p, 64 * GIB));
}

static void
writable(void)
{
	char *p = MMAP(64 * GIB, RW, MAP_PRIVATE | MAP_NORESERVE);

	for (unsigned long i = 0; i < 64; i++) {
		IS(0, p[i * GIB]);
		p[i * GIB + 123] = 1;
	}
	OK(madvise(p, 64 * GIB, MADV_DONTNEED));
	IS(0, p[5 * GIB + 123]);
	OK(munmap(p, 64 * GIB));
}

static void
sparse_file(void)
{
	int fd = OK(memfd_create("sparse", 0));
	char *p;

	OK(ftruncate(fd, 64 * GIB));
	p = MAPPED(mmap(NULL, 64 * GIB, RW, MAP_SHARED | MAP_NORESERVE, fd, 0));
	for (unsigned long i = 0; i < 64; i += 9)
		p[i * GIB] = (char)(i + 1);
	for (unsigned long i = 0; i < 64; i++)
		IS(i % 9 ? 0 : i + 1, p[i * GIB]);
	OK(munmap(p, 64 * GIB));
	OK(close(fd));
}

int
main(void)
{
	reserved();
	writable();
	sparse_file();
	return 0;
}
