/* SPDX-License-Identifier: MIT */
/* madvise(2). */
#include "tests/guest/check.h"

#include <fcntl.h>

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ  22
#define MADV_POPULATE_WRITE 23
#endif

static void
dontneed(void)
{
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600));
	char *p = MMAP(3 * 4096, RW, MAP_PRIVATE);
	char *s = MMAP(4096, RW, MAP_SHARED);
	char *f;

	memset(p, 'a', 3 * 4096);
	OK(madvise(p + 4096, 4096, MADV_DONTNEED));
	IS('a', p[4095]);
	IS(0, p[4096]);
	IS('a', p[8192]);
	*s = 's';
	OK(madvise(s, 4096, MADV_DONTNEED));
	IS('s', *s);

	IS(4, write(fd, "file", 4));
	f = MAPPED(mmap(NULL, 4096, RW, MAP_PRIVATE, fd, 0));
	memcpy(f, "mine", 4);
	OK(madvise(f, 4096, MADV_DONTNEED));
	IS(0, memcmp(f, "file", 4));
	OK(unlink("f"));
}

/* Freed pages may keep their bytes or lose them; written ones stay. */
static void
lazy_free(void)
{
	char *p = MMAP(8192, RW, MAP_PRIVATE);
	char *s = MMAP(4096, RW, MAP_SHARED);

	memset(p, 'a', 8192);
	OK(madvise(p, 8192, MADV_FREE));
	p[0] = 'b';
	IS('b', p[0]);
	CHECK(p[1] == 'a' || p[1] == 0);
	CHECK(p[4096] == 'a' || p[4096] == 0);
	FAILS(EINVAL, madvise(s, 4096, MADV_FREE));
}

static void
at_fork(void)
{
	char *p = MMAP(3 * 4096, RW, MAP_PRIVATE);
	char *s = MMAP(4096, RW, MAP_SHARED);

	memset(p, 'a', 3 * 4096);
	OK(madvise(p, 4096, MADV_WIPEONFORK));
	OK(madvise(p + 4096, 4096, MADV_DONTFORK));
	FAILS(EINVAL, madvise(s, 4096, MADV_WIPEONFORK));
	EXITS(0, {
		IS(0, p[0]);
		IS(SIGSEGV, touch(p + 4096, 'r'));
		IS(SEGV_MAPERR, touched.si_code);
		IS('a', p[8192]);
		p[0] = 'b';
		EXITS(0, IS(0, p[0])); /* inherited */
	});
	IS('a', p[0]);
	IS('a', p[4096]);
	OK(madvise(p, 4096, MADV_KEEPONFORK));
	OK(madvise(p + 4096, 4096, MADV_DOFORK));
	EXITS(0, {
		IS('a', p[0]);
		IS('a', p[4096]);
	});
}

static void
remove_punches_a_hole(void)
{
	int fd = OK(memfd_create("m", 0));
	char *p, *q, c;

	OK(ftruncate(fd, 8192));
	p = MAPPED(mmap(NULL, 8192, RW, MAP_SHARED, fd, 0));
	memset(p, 'a', 8192);
	OK(madvise(p, 4096, MADV_REMOVE));
	IS(0, p[0]);
	IS('a', p[4096]);
	IS(1, pread(fd, &c, 1, 5));
	IS(0, c);
	q = MMAP(4096, RW, MAP_PRIVATE);
	FAILS(EINVAL, madvise(q, 4096, MADV_REMOVE));
	q = MMAP(4096, RW, MAP_SHARED);
	*q = 'q';
	OK(madvise(q, 4096, MADV_REMOVE));
	IS(0, *q);
	put_file("f", "file");
	fd = OK(open("f", O_RDONLY));
	q = MAPPED(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0));
	FAILS(EACCES, madvise(q, 4096, MADV_REMOVE));
	OK(unlink("f"));
}

static void
populate(void)
{
	char *p = MMAP(4 * 4096, RW, MAP_PRIVATE);
	unsigned char vec[4];

	OK(madvise(p, 8192, MADV_POPULATE_WRITE));
	OK(mincore(p, 4 * 4096, vec));
	IS(1, vec[0] & vec[1] & 1);
	IS(0, (vec[2] | vec[3]) & 1);
	OK(madvise(p, 4 * 4096, MADV_POPULATE_READ));
	OK(mprotect(p, 4096, PROT_READ));
	FAILS(EINVAL, madvise(p, 4096, MADV_POPULATE_WRITE));
	OK(munmap(p + 4096, 4096));
	FAILS(ENOMEM, madvise(p, 3 * 4096, MADV_POPULATE_READ));
}

static void
refuses(void)
{
	char *p = MMAP(3 * 4096, RW, MAP_PRIVATE);

	FAILS(EINVAL, madvise(p + 1, 4096, MADV_DONTNEED));
	FAILS(EINVAL, madvise(p, 4096, 12345));
	FAILS(EINVAL, madvise(p, 0, 12345));
	FAILS(EINVAL, madvise(p, -1ul, MADV_DONTNEED));
	OK(madvise(p, 0, MADV_DONTNEED));
	OK(madvise(p, 1, MADV_WILLNEED));
	OK(madvise(p, 4096, MADV_SEQUENTIAL));
	OK(madvise(p, 4096, MADV_RANDOM));
	OK(madvise(p, 4096, MADV_NORMAL));
	OK(madvise(p, 4096, MADV_DONTDUMP));
	OK(madvise(p, 4096, MADV_DODUMP));
	memset(p, 'a', 3 * 4096);
	OK(munmap(p + 4096, 4096));
	/* A hole is told, but the rest is done. */
	FAILS(ENOMEM, madvise(p, 3 * 4096, MADV_DONTNEED));
	IS(0, p[0]);
	IS(0, p[8192]);
}

int
main(void)
{
	dontneed();
	lazy_free();
	at_fork();
	remove_punches_a_hole();
	populate();
	refuses();
	return 0;
}
