/* SPDX-License-Identifier: MIT */
/*
 * Files of several MiB, of which a kernel may keep 2 MiB in one piece: written
 * in order, mapped, written through mappings and beside them, cut and grown
 * while they are mapped.
 */
#include "tests/guest/check.h"

#define PAGE  4096L
#define BLOCK (2L << 20)
#define SIZE  (3 * BLOCK + 5 * PAGE)
#define CUT   (BLOCK + BLOCK / 2 + 100)

static unsigned char
byte_of(long page)
{
	return (unsigned char)(1 + page % 251);
}

static void
make(int fd, long size, long step)
{
	static unsigned char buf[64 * 4096];

	for (long at = 0; at < size; at += step) {
		for (long i = 0; i < step; i += PAGE)
			memset(buf + i, byte_of((at + i) / PAGE), PAGE);
		IS(step, pwrite(fd, buf, (size_t)step, at));
	}
	OK(ftruncate(fd, size));
}

static void
compare(const unsigned char *p, long from, long to)
{
	for (long at = from; at < to; at += PAGE) {
		CHECK(p[at] == byte_of(at / PAGE));
		CHECK(p[at + PAGE - 1] == byte_of(at / PAGE));
	}
}

static void
check_file(long step)
{
	int fd = OK(open("file", O_CREAT | O_RDWR | O_TRUNC, 0600));
	unsigned char *ro, *rw, *own, c = 0;

	make(fd, SIZE, step);
	ro = MAPPED(mmap(NULL, SIZE, PROT_READ, MAP_PRIVATE, fd, 0));
	rw = MAPPED(mmap(NULL, SIZE, RW, MAP_SHARED, fd, 0));
	own = MAPPED(mmap(NULL, SIZE - BLOCK, RW, MAP_PRIVATE, fd, BLOCK));
	compare(ro, 0, SIZE);
	compare(rw, 0, SIZE);
	EXITS(0, compare(ro, 0, SIZE); compare(rw, 0, SIZE));

	/* Who sees what. */
	own[3 * PAGE] = 0xfe;
	CHECK(ro[BLOCK + 3 * PAGE] == byte_of((BLOCK + 3 * PAGE) / PAGE));
	rw[BLOCK + 7 * PAGE] = 0xfd;
	CHECK(ro[BLOCK + 7 * PAGE] == 0xfd && own[7 * PAGE] == 0xfd);
	IS(1, pread(fd, &c, 1, BLOCK + 7 * PAGE));
	CHECK(c == 0xfd);
	c = 0xfc;
	IS(1, pwrite(fd, &c, 1, 9 * PAGE));
	CHECK(ro[9 * PAGE] == 0xfc && rw[9 * PAGE] == 0xfc);
	EXITS(0, rw[PAGE] = 0xfb);
	CHECK(ro[PAGE] == 0xfb);

	/* Cut while it is mapped. */
	OK(ftruncate(fd, CUT));
	CHECK(ro[CUT - 1] == byte_of((CUT - 1) / PAGE) && ro[CUT] == 0);
	DIES(SIGBUS, c += ro[CUT + PAGE]);
	DIES(SIGBUS, rw[SIZE - PAGE] = 1);
	DIES(SIGBUS, c += own[SIZE - BLOCK - 1]);
	OK(ftruncate(fd, SIZE));
	CHECK(ro[CUT + PAGE] == 0 && rw[SIZE - 1] == 0 && ro[CUT] == 0);
	rw[SIZE - 1] = 0xfa;
	CHECK(ro[SIZE - 1] == 0xfa);
	CHECK(own[3 * PAGE] == 0xfe);
	OK(munmap(ro, SIZE));
	OK(munmap(rw, SIZE));

	/* Written again from the beginning, while a part is mapped. */
	make(fd, SIZE, step);
	CHECK(own[3 * PAGE] == 0xfe);
	CHECK(own[4 * PAGE] == byte_of((BLOCK + 4 * PAGE) / PAGE));
	OK(munmap(own, SIZE - BLOCK));
	close(fd);
	OK(unlink("file"));
}

/* It grows beyond what is mapped, and what is mapped stays true. */
static void
check_growing(void)
{
	int fd = OK(open("grows", O_CREAT | O_RDWR, 0600));
	unsigned char *p =
		MAPPED(mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0));
	unsigned char buf[4096];

	for (long at = 0; at < SIZE; at += PAGE) {
		memset(buf, byte_of(at / PAGE), sizeof buf);
		IS(PAGE, pwrite(fd, buf, sizeof buf, at));
		CHECK(p[at] == byte_of(at / PAGE));
	}
	compare(p, 0, SIZE);
	OK(munmap(p, SIZE));
	p = MAPPED(mmap(NULL, SIZE, PROT_READ, MAP_PRIVATE, fd, 0));
	compare(p, 0, SIZE);
	OK(munmap(p, SIZE));
	close(fd);
	OK(unlink("grows"));
}

int
main(void)
{
	check_file(PAGE);
	check_file(64 * PAGE);
	check_growing();
	return 0;
}
