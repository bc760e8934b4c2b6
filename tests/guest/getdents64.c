/* SPDX-License-Identifier: MIT */
/* getdents64(2): reading directories, whole, in pieces, from an offset. */
#include "tests/guest/check.h"

#include <dirent.h>

enum { MANY = 500 };

struct entry {
	uint64_t ino;
	int64_t off;
	uint16_t len;
	uint8_t type;
	char name[];
};

static long
getdents_(int fd, void *buf, unsigned int size)
{
	return syscall(SYS_getdents64, fd, buf, size);
}

static struct entry *
next(struct entry *e)
{
	return (struct entry *)((char *)e + e->len);
}

static void
all_kinds(void)
{
	static char buf[4096] __attribute__((aligned(8)));
	struct entry *e = (struct entry *)buf;
	struct stat st;
	int fd, seen = 0;
	long n;

	OK(mkdir("k", 0755));
	put_file("k/file", "");
	OK(mkdir("k/dir", 0755));
	OK(symlink("x", "k/link"));
	OK(mkfifo("k/pipe", 0600));
	fd = OK(open("k", O_RDONLY | O_DIRECTORY));
	n = OK(getdents_(fd, buf, sizeof buf));
	for (; (char *)e < buf + n; e = next(e)) {
		OK(fstatat(fd, e->name, &st, AT_SYMLINK_NOFOLLOW));
		CHECK(e->type == IFTODT(st.st_mode));
		if (strcmp(e->name, "..") != 0)
			IS(st.st_ino, e->ino);
		IS(0, e->len % 8);
		seen++;
	}
	IS(buf + n - (char *)e, 0);
	IS(6, seen); /* with . and .. */
	IS(0, getdents_(fd, buf, sizeof buf));
	IS(0, getdents_(fd, buf, sizeof buf));
	IS(0, lseek(fd, 0, SEEK_SET));
	IS(n, getdents_(fd, buf, sizeof buf));
}

/* Reads on from where @fd is; marks what was seen. Returns how many. */
static int
collect(int fd, unsigned int size, char *seen)
{
	static char buf[65536] __attribute__((aligned(8)));
	int count = 0;
	long n;

	memset(seen, 0, MANY);
	while ((n = OK(getdents_(fd, buf, size))) > 0) {
		struct entry *e = (struct entry *)buf;

		for (; (char *)e < buf + n; e = next(e)) {
			if (e->name[0] != 'n')
				continue;
			IS(0, seen[atoi(e->name + 1)]++); /* never twice */
			count++;
		}
	}
	return count;
}

static void
many(void)
{
	static char buf[512] __attribute__((aligned(8)));
	char name[16], seen[MANY];
	struct entry *e = (struct entry *)buf;
	long second, n, i;
	int fd;

	OK(mkdir("many", 0755));
	fd = OK(open("many", O_RDONLY));
	OK(fchdir(fd));
	for (i = 0; i < MANY; i++) {
		snprintf(name, sizeof name, "n%ld", i);
		OK(close(OK(open(name, O_CREAT | O_WRONLY, 0600))));
	}
	IS(0, lseek(fd, 0, SEEK_SET));
	IS(MANY, collect(fd, 65536, seen));
	IS(0, lseek(fd, 0, SEEK_SET));
	IS(MANY, collect(fd, 40, seen));

	/* An offset given leads to what came after it. */
	IS(0, lseek(fd, 0, SEEK_SET));
	n = OK(getdents_(fd, buf, sizeof buf));
	second = next(e)->off;
	strcpy(name, next(next(e))->name);
	CHECK(n > 3 * 24);
	IS(second, lseek(fd, second, SEEK_SET));
	OK(getdents_(fd, buf, sizeof buf));
	IS(0, strcmp(name, e->name));

	/* Removal on the way neither hides nor repeats the others. */
	IS(0, lseek(fd, 0, SEEK_SET));
	OK(getdents_(fd, buf, 200));
	for (i = 0; i < MANY; i++) {
		snprintf(name, sizeof name, "n%ld", i);
		if (i % 10 != 0)
			OK(unlink(name));
	}
	n = collect(fd, 300, seen);
	CHECK(n <= MANY);
	IS(0, lseek(fd, 0, SEEK_SET));
	IS(MANY / 10, collect(fd, 300, seen));
	OK(chdir(".."));
}

static void
refuses(void)
{
	char buf[64];
	int fd = OK(open("k", O_RDONLY)), file = OK(open("k/file", O_RDONLY));

	FAILS(EINVAL, getdents_(fd, buf, 0));
	FAILS(EINVAL, getdents_(fd, buf, 20)); /* not one fits */
	FAILS(EFAULT, getdents_(fd, unmapped_page(), 100));
	FAILS(ENOTDIR, getdents_(file, buf, sizeof buf));
	FAILS(EBADF, getdents_(-1, buf, sizeof buf));
	FAILS(EBADF, getdents_(OK(open("k", O_PATH)), buf, sizeof buf));
	/* A directory that is gone has nothing, not even dots. */
	OK(mkdir("gone", 0700));
	fd = OK(open("gone", O_RDONLY));
	OK(rmdir("gone"));
	FAILS(ENOENT, getdents_(fd, buf, sizeof buf));
}

int
main(void)
{
	all_kinds();
	many();
	refuses();
	return 0;
}
