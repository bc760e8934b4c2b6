/* SPDX-License-Identifier: MIT */
/* mprotect(2): what faults and how it is reported, splits, errors. */
#include "tests/guest/check.h"

static void
fault_codes(void)
{
	char *p = MMAP(4096, RW, MAP_PRIVATE);

	*p = 'a';
	OK(mprotect(p, 4096, PROT_READ));
	IS(SIGSEGV, touch(p + 17, 'w'));
	IS(SEGV_ACCERR, touched.si_code);
	CHECK(touched.si_addr == p + 17);
	IS(0, touch(p, 'r'));
	OK(mprotect(p, 4096, PROT_NONE));
	IS(SIGSEGV, touch(p, 'r'));
	IS(SEGV_ACCERR, touched.si_code);
	OK(mprotect(p, 4096, RW));
	IS('a', *p);
	IS(0, touch(p, 'w'));
	OK(munmap(p, 4096));
	IS(SIGSEGV, touch(p, 'r'));
	IS(SEGV_MAPERR, touched.si_code);
	/* A non-canonical address has no address to report. */
	IS(SIGSEGV, touch((void *)(1ul << 60), 'r'));
	IS(SI_KERNEL, touched.si_code);
	IS(0, (long)touched.si_addr);
	IS(SIGSEGV, touch((void *)8, 'w'));
	IS(SEGV_MAPERR, touched.si_code);
	IS(8, (long)touched.si_addr);
}

static void
refuses(void)
{
	char *p = MMAP(3 * 4096, RW, MAP_PRIVATE);

	FAILS(EINVAL, mprotect(p + 1, 4096, PROT_READ));
	FAILS(EINVAL, mprotect(p, 4096, 1 << 20));
	FAILS(EINVAL, mprotect(p, 4096, PROT_GROWSDOWN | PROT_GROWSUP));
	OK(mprotect(p, 0, PROT_NONE));
	IS(0, touch(p, 'w'));
	FAILS(ENOMEM, mprotect(p, -4096ul, PROT_READ));
	OK(munmap(p + 4096, 4096));
	FAILS(ENOMEM, mprotect(p + 4096, 4096, PROT_READ));
	/* Up to the hole it is done, behind it not. */
	FAILS(ENOMEM, mprotect(p, 3 * 4096, PROT_READ));
	IS(SIGSEGV, touch(p, 'w'));
	IS(0, touch(p + 8192, 'w'));
	OK(munmap(p, 3 * 4096));
}

static void
splits_and_merges(void)
{
	char *p = MMAP(64 * 4096, RW, MAP_PRIVATE);

	for (int i = 0; i < 64; i++)
		p[i * 4096] = (char)i;
	for (int i = 0; i < 64; i += 2)
		OK(mprotect(p + i * 4096, 4096, PROT_READ));
	for (int i = 0; i < 64; i++)
		IS(i % 2 ? 0 : SIGSEGV, touch(p + i * 4096, 'w'));
	OK(mprotect(p + 4096, 62 * 4096, PROT_NONE));
	IS(SIGSEGV, touch(p + 5 * 4096, 'r'));
	OK(mprotect(p, 64 * 4096, RW));
	for (int i = 0; i < 64; i++) {
		IS(i, p[i * 4096]);
		p[i * 4096] = 1;
	}
	OK(munmap(p, 64 * 4096));
}

static void
system_calls_obey(void)
{
	char *p = MMAP(4096, RW, MAP_PRIVATE);
	int fd[2];

	OK(pipe(fd));
	OK(mprotect(p, 4096, PROT_READ));
	IS(10, write(fd[1], p, 10));
	FAILS(EFAULT, read(fd[0], p, 10));
	OK(mprotect(p, 4096, PROT_NONE));
	FAILS(EFAULT, write(fd[1], p, 10));
	/* Write without read: x86 can't tell, so reading works. */
	OK(mprotect(p, 4096, PROT_WRITE));
	IS(0, touch(p, 'r'));
	IS(10, read(fd[0], p, 10));
	OK(munmap(p, 4096));
}

/* The pages of a private mapping stay private through all changes. */
static void
copy_on_write_survives(void)
{
	char *p = MMAP(4096, RW, MAP_PRIVATE);

	*p = 'a';
	EXITS(0, {
		OK(mprotect(p, 4096, PROT_NONE));
		OK(mprotect(p, 4096, RW));
		*p = 'b';
		IS('b', *p);
	});
	IS('a', *p);
	OK(mprotect(p, 4096, PROT_READ));
	EXITS(0, {
		OK(mprotect(p, 4096, RW));
		*p = 'c';
	});
	IS('a', *p);
	OK(munmap(p, 4096));
}

/* How many lines of /proc/self/maps lie in @n pages from @p on? */
static int
count_maps(char *p, int n)
{
	FILE *f = fopen("/proc/self/maps", "r");
	unsigned long lo, hi, at = (unsigned long)p;
	int count = 0;
	char line[512];

	CHECK(f);
	while (fgets(line, sizeof(line), f)) {
		IS(2, sscanf(line, "%lx-%lx", &lo, &hi));
		count += lo >= at && hi <= at + n * 4096;
	}
	fclose(f);
	return count;
}

/* As the dynamic linker does it: what was writable stays apart. */
static void
relro_stays_apart(void)
{
	int fd = OK(memfd_create("file", 0));
	char *p;

	OK(ftruncate(fd, 4 * 4096));
	p = mmap(NULL, 4 * 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	CHECK(p != MAP_FAILED);
	IS(1, count_maps(p, 4));
	CHECK(mmap(p + 4096, 4096, RW, MAP_PRIVATE | MAP_FIXED, fd, 4096) ==
	      p + 4096);
	IS(3, count_maps(p, 4));
	p[4096] = 1;
	OK(mprotect(p + 4096, 4096, PROT_READ));
	IS(3, count_maps(p, 4));
	OK(mprotect(p + 2 * 4096, 4096, PROT_NONE));
	OK(mprotect(p + 2 * 4096, 4096, PROT_READ));
	IS(3, count_maps(p, 4));
	OK(munmap(p, 4 * 4096));
	OK(close(fd));
}

int
main(void)
{
	fault_codes();
	relro_stays_apart();
	refuses();
	splits_and_merges();
	system_calls_obey();
	copy_on_write_survives();
	return 0;
}
