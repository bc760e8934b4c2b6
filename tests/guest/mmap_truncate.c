/* SPDX-License-Identifier: MIT */
/* A file is cut or grown under its mappings. */
#include "tests/guest/check.h"

#include <fcntl.h>

static int fd;
static char *s, *p; /* shared, private */

static void
cut_pages_are_gone(void)
{
	memset(s, 's', 4 * 4096);
	p[3 * 4096] = 'p'; /* copied; lost nevertheless */
	OK(ftruncate(fd, 4096 + 10));
	IS('s', s[4096 + 9]);
	IS(0, s[4096 + 10]);
	IS(0, s[2 * 4096 - 1]);
	IS(SIGBUS, touch(s + 2 * 4096, 'r'));
	IS(SIGBUS, touch(s + 3 * 4096, 'w'));
	IS(SIGBUS, touch(p + 3 * 4096, 'r'));
	CHECK(touched.si_addr == p + 3 * 4096);
}

static void
grown_again_they_are_zero(void)
{
	OK(ftruncate(fd, 4 * 4096));
	IS(0, s[4096 + 10]);
	IS(0, s[3 * 4096]);
	IS(0, p[3 * 4096]);
	s[3 * 4096] = 't';
	IS('t', p[3 * 4096]);
}

/* What a mapping writes behind the end in the last page never appears. */
static void
the_tail_is_not_kept(void)
{
	OK(ftruncate(fd, 10));
	s[20] = 'x';
	OK(ftruncate(fd, 4096));
	IS(0, s[20]);
}

static void
open_with_trunc(void)
{
	memset(s, 's', 100);
	OK(close(OK(open("f", O_RDWR | O_TRUNC))));
	IS(SIGBUS, touch(s, 'r'));
	IS(1, pwrite(fd, "w", 1, 50));
	IS('w', s[50]);
	IS(0, s[49]);
}

static void
in_the_child_as_well(void)
{
	OK(ftruncate(fd, 8192));
	p[4096] = 'c';
	EXITS(0, {
		IS('c', p[4096]);
		OK(ftruncate(fd, 0));
		IS(SIGBUS, touch(p + 4096, 'r'));
	});
	IS(SIGBUS, touch(p + 4096, 'r'));
	IS(SIGBUS, touch(s, 'r'));
}

int
main(void)
{
	fd = OK(open("f", O_CREAT | O_RDWR, 0600));
	OK(ftruncate(fd, 4 * 4096));
	s = MAPPED(mmap(NULL, 4 * 4096, RW, MAP_SHARED, fd, 0));
	p = MAPPED(mmap(NULL, 4 * 4096, RW, MAP_PRIVATE, fd, 0));
	cut_pages_are_gone();
	grown_again_they_are_zero();
	the_tail_is_not_kept();
	open_with_trunc();
	in_the_child_as_well();
	OK(unlink("f"));
	return 0;
}
