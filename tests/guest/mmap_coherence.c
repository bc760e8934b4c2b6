/* SPDX-License-Identifier: MIT */
/* read(2), write(2) and mappings of one file show the same bytes, at once. */
#include "tests/guest/check.h"

#include <fcntl.h>

#define LEN (5 * 4096)

static int fd;
static char *map;

static void
writes_show_in_the_mapping(void)
{
	for (int i = 0; i < 20; i++) {
		int at = i * 1000;
		char c = (char)('A' + i);

		IS(1, pwrite(fd, &c, 1, at));
		IS(c, map[at]);
		map[at + 1] = c;
		IS(1, pread(fd, &c, 1, at + 1));
		IS('A' + i, c);
	}
}

static void
a_write_from_its_own_mapping(void)
{
	memset(map, 'x', 4096);
	memset(map + 4096, 'y', 4096);
	IS(4096, pwrite(fd, map, 4096, 4096));
	IS('x', map[4096]);
	IS('x', map[8191]);
	/* Unaligned, from one page of the file to another. */
	IS(5000, pwrite(fd, map + 1, 5000, 2 * 4096 + 3));
	IS('x', map[2 * 4096 + 3]);
	/* Read into the mapping of what is read. */
	memset(map, 'r', 10);
	IS(10, pread(fd, map + 4096, 10, 0));
	IS('r', map[4096 + 9]);
}

static void
appended_bytes_appear(void)
{
	int f = OK(open("g", O_CREAT | O_RDWR | O_APPEND, 0600));
	char *p;

	IS(3, write(f, "abc", 3));
	p = MAPPED(mmap(NULL, 8192, PROT_READ, MAP_SHARED, f, 0));
	IS('c', p[2]);
	IS(0, p[3]);
	IS(3, write(f, "def", 3));
	IS('f', p[5]);
	IS(SIGBUS, touch(p + 4096, 'r'));
	OK(ftruncate(f, 4096));
	IS(1, write(f, "Z", 1));
	IS('Z', p[4096]);
	OK(close(f));
	OK(unlink("g"));
}

/* A private page not yet written follows the file on Linux; after the first
 * write it stands alone. */
static void
private_until_written(void)
{
	char *p = MAPPED(mmap(NULL, 4096, RW, MAP_PRIVATE, fd, 0));

	IS(1, pwrite(fd, "1", 1, 0));
	IS('1', p[0]);
	map[0] = '2';
	IS('2', p[0]);
	p[100] = 'p';
	map[0] = '3';
	IS('2', p[0]);
	CHECK(map[100] != 'p');
	OK(munmap(p, 4096));
}

/* So it does if the file's pages left the cache meanwhile; its neighbour has
 * been written. */
static void
private_while_the_cache_forgets(void)
{
	int f = OK(open("h", O_CREAT | O_RDWR, 0600));
	static char page[4096];
	char *p;

	for (int i = 0; i < 8; i++)
		IS(4096, write(f, page, 4096));
	OK(fsync(f));
	p = MAPPED(mmap(NULL, 8 * 4096L, RW, MAP_PRIVATE, f, 0));
	for (int i = 0; i < 8; i++)
		IS(0, p[i * 4096]);
	p[0] = 'p';
	p[4 * 4096] = 'q';
	for (int i = 0; i < 8; i++) {
		OK(posix_fadvise(f, 0, 0, POSIX_FADV_DONTNEED));
		IS(1, pwrite(f, "f", 1, i * 4096 + 9));
	}
	for (int i = 0; i < 8; i++)
		IS(i % 4 ? 'f' : 0, p[i * 4096 + 9]);
	IS('p', p[0]);
	IS('q', p[4 * 4096]);
	OK(munmap(p, 8 * 4096L));
	OK(close(f));
	OK(unlink("h"));
}

static void
from_another_process(void)
{
	EXITS(0, {
		int mine = OK(open("f", O_RDWR));

		IS(5, pwrite(mine, "child", 5, 3 * 4096));
		map[3 * 4096 + 5] = '!';
	});
	IS(0, memcmp(map + 3 * 4096, "child!", 6));
}

int
main(void)
{
	fd = OK(open("f", O_CREAT | O_RDWR, 0600));
	OK(ftruncate(fd, LEN));
	map = MAPPED(mmap(NULL, LEN, RW, MAP_SHARED, fd, 0));
	writes_show_in_the_mapping();
	a_write_from_its_own_mapping();
	appended_bytes_appear();
	private_until_written();
	private_while_the_cache_forgets();
	from_another_process();
	OK(unlink("f"));
	return 0;
}
