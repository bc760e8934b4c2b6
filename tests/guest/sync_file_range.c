/* SPDX-License-Identifier: MIT */
/* sync_file_range(2). */
#include "tests/guest/check.h"

#define FILES 100

static void
holds(const char *name, const char *what, int len)
{
	char buf[64];
	int fd = OK(open(name, O_RDONLY));
	struct stat st;

	IS(len, read(fd, buf, sizeof(buf)));
	IS(0, memcmp(buf, what, (size_t)len));
	OK(fstat(fd, &st));
	IS(len, st.st_size);
	OK(close(fd));
}

/* What a package's files go through, with one start of writing for each. */
static void
many(void)
{
	const struct timespec when[2] = {{1000000, 5}, {1000001, 6}};
	char tmp[32], name[32], text[32];
	struct stat st;
	int fd, len;

	for (int i = 0; i < FILES; i++) {
		snprintf(tmp, sizeof(tmp), "n%d.new", i);
		len = snprintf(text, sizeof(text), "text %d", i);
		fd = OK(open(tmp, O_CREAT | O_EXCL | O_WRONLY, 0));
		IS(len, write(fd, text, (size_t)len));
		OK(sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE));
		OK(fchmod(fd, 0640));
		OK(close(fd));
		OK(utimensat(AT_FDCWD, tmp, when, 0));
	}
	for (int i = 0; i < FILES; i++) {
		snprintf(tmp, sizeof(tmp), "n%d.new", i);
		snprintf(name, sizeof(name), "n%d", i);
		len = snprintf(text, sizeof(text), "text %d", i);
		fd = OK(open(tmp, O_WRONLY));
		OK(sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE));
		OK(fsync(fd));
		OK(close(fd));
		OK(rename(tmp, name));
		holds(name, text, len);
		OK(stat(name, &st));
		IS(0100640, st.st_mode);
		IS(1000001, st.st_mtim.tv_sec);
		IS(6, st.st_mtim.tv_nsec);
		OK(unlink(name));
	}
}

/* What happens to a file whose writing was started. */
static void
changes(void)
{
	int fd = OK(open("c", O_CREAT | O_RDWR, 0600));
	char *map;

	IS(5, write(fd, "hello", 5));
	OK(sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE));
	IS(2, pwrite(fd, "J!", 2, 4));
	holds("c", "hellJ!", 6);
	OK(sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE));
	OK(ftruncate(fd, 3));
	holds("c", "hel", 3);
	IS(1, pwrite(fd, "p", 1, 3));
	OK(sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE));
	map = MAPPED(mmap(NULL, 4, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	map[0] = 'y';
	OK(sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE));
	holds("c", "yelp", 4);
	OK(fdatasync(fd));
	holds("c", "yelp", 4);
	IS(1, pwrite(fd, "k", 1, 0));
	OK(sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE));
	OK(unlink("c"));
	OK(fsync(fd));
	IS('k', map[0]);
	OK(close(fd));
}

int
main(void)
{
	int all = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
		  SYNC_FILE_RANGE_WAIT_AFTER;
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600)), p[2];

	IS(5, write(fd, "hello", 5));
	OK(sync_file_range(fd, 0, 5, all));
	OK(sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE));
	OK(sync_file_range(fd, 0, 0, 0));
	OK(sync_file_range(OK(open(".", O_RDONLY)), 0, 0, all));
	FAILS(EINVAL, sync_file_range(fd, 0, 5, 8));
	FAILS(EINVAL, sync_file_range(fd, -1, 5, all));
	FAILS(EINVAL, sync_file_range(fd, 0, -1, all));
	FAILS(EINVAL, sync_file_range(fd, 0x7fffffffffffffff, 1, all));
	FAILS(EBADF, sync_file_range(-1, 0, 5, all));
	OK(pipe(p));
	FAILS(ESPIPE, sync_file_range(p[1], 0, 5, all));
	many();
	changes();
	return 0;
}
