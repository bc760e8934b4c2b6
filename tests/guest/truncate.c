/* SPDX-License-Identifier: MIT */
/* truncate(2). */
#include "tests/guest/check.h"

#include <sys/resource.h>

static void
shrinks_and_grows(void)
{
	char buf[16];
	struct stat st, old;
	int fd;

	put_file("f", "hello world");
	fd = OK(open("f", O_RDWR));
	IS(11, lseek(fd, 0, SEEK_END));
	OK(fstat(fd, &old));
	sleep_ms(20);
	OK(truncate("f", 5));
	OK(fstat(fd, &st));
	IS(5, st.st_size);
	CHECK(memcmp(&st.st_mtim, &old.st_mtim, sizeof st.st_mtim) != 0);
	IS(11, lseek(fd, 0, SEEK_CUR));
	/* What was cut off is zeros when it comes back. */
	OK(truncate("f", 8));
	IS(8, pread(fd, buf, sizeof buf, 0));
	IS(0, memcmp(buf, "hello\0\0\0", 8));
	IS(1, write(fd, "!", 1)); /* beyond: a hole */
	IS(12, pread(fd, buf, sizeof buf, 0));
	IS(0, memcmp(buf, "hello\0\0\0\0\0\0!", 12));
	OK(truncate("f", 1l << 33));
	OK(fstat(fd, &st));
	IS(1l << 33, st.st_size);
	CHECK(st.st_blocks < 1000);
	OK(truncate("f", 0));
	IS(0, pread(fd, buf, sizeof buf, 0));
}

static void
refuses(void)
{
	OK(mkfifo("p", 0600));
	OK(symlink("f", "l"));
	OK(truncate("l", 3));
	FAILS(EINVAL, truncate("f", -1));
	FAILS(EINVAL, truncate("no", -1));
	FAILS(ENOENT, truncate("no", 0));
	FAILS(ENOENT, truncate("", 0));
	FAILS(ENOTDIR, truncate("f/x", 0));
	FAILS(EISDIR, truncate(".", 0));
	FAILS(EINVAL, truncate("p", 0));
	FAILS(EINVAL, truncate("/dev/null", 0));
	FAILS(EFAULT, truncate(unmapped_page(), 0));
	OK(chmod("f", 0444));
	AS_NOBODY(FAILS(EACCES, truncate("f", 0)));
	OK(chmod("f", 0644));
}

static void
size_limit(void)
{
	struct rlimit limit = {100, 100};

	OK(setrlimit(RLIMIT_FSIZE, &limit));
	OK(truncate("f", 100));
	catch_signal(SIGXFSZ, 0);
	FAILS(EFBIG, truncate("f", 101));
	IS(1, caught[SIGXFSZ]);
}

static void
clears_set_id_bits(void)
{
	struct stat st;

	OK(chmod("f", 06777));
	AS_NOBODY(OK(truncate("f", 1)));
	OK(stat("f", &st));
	IS(S_IFREG | 0777, st.st_mode);
}

int
main(void)
{
	shrinks_and_grows();
	refuses();
	EXITS(0, size_limit());
	clears_set_id_bits();
	return 0;
}
