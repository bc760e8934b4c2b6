/* SPDX-License-Identifier: MIT */
/* stat(2): what it says of each kind of file. */
#include "tests/guest/check.h"

#include <sys/sysmacros.h>

static long
stat_(const char *path, struct stat *st)
{
	memset(st, 0xee, sizeof *st);
	return syscall(SYS_stat, path, st);
}

static void
regular_file(void)
{
	struct stat st, again;
	time_t now = time(NULL);

	put_file("f", "hello");
	OK(stat_("f", &st));
	IS(S_IFREG | 0644, st.st_mode);
	IS(5, st.st_size);
	IS(1, st.st_nlink);
	IS(geteuid(), st.st_uid);
	IS(getegid(), st.st_gid);
	CHECK(st.st_ino != 0 && st.st_blksize >= 512);
	CHECK(labs(st.st_mtime - now) < 5);
	CHECK(st.st_mtim.tv_nsec >= 0 && st.st_mtim.tv_nsec < 1000000000);
	IS(st.st_mtime, st.st_ctime);

	/* Blocks count 512 bytes, and not the holes. */
	OK(truncate("f", 10 << 20));
	OK(stat_("f", &st));
	IS(10 << 20, st.st_size);
	CHECK(st.st_blocks < (10 << 20) / 512);

	OK(link("f", "g"));
	OK(stat_("g", &again));
	IS(2, again.st_nlink);
	IS(st.st_ino, again.st_ino);
	IS(st.st_dev, again.st_dev);
}

static void
other_kinds(void)
{
	struct stat st, up;

	OK(mkdir("d", 0751));
	OK(stat_("d", &st));
	IS(S_IFDIR | 0751, st.st_mode);
	OK(stat_("d/..", &up));
	OK(stat_(".", &st));
	IS(st.st_ino, up.st_ino);
	OK(symlink("f", "l"));
	OK(stat_("l", &st));
	CHECK(S_ISREG(st.st_mode));
	OK(mkfifo("p", 0600));
	OK(stat_("p", &st));
	IS(S_IFIFO | 0600, st.st_mode);
	OK(stat_("/dev/null", &st));
	CHECK(S_ISCHR(st.st_mode));
	IS(makedev(1, 3), st.st_rdev);
}

static void
times(void)
{
	struct stat a, b;
	char c;
	int fd = OK(open("t", O_CREAT | O_RDWR, 0600));

	OK(stat_("t", &a));
	sleep_ms(30);
	IS(1, write(fd, "x", 1));
	OK(stat_("t", &b));
	CHECK(memcmp(&a.st_mtim, &b.st_mtim, sizeof a.st_mtim) != 0);
	CHECK(memcmp(&a.st_ctim, &b.st_ctim, sizeof a.st_ctim) != 0);
	sleep_ms(30);
	OK(chmod("t", 0640)); /* the inode's own time, not the data's */
	OK(stat_("t", &a));
	CHECK(memcmp(&a.st_mtim, &b.st_mtim, sizeof a.st_mtim) == 0);
	CHECK(memcmp(&a.st_ctim, &b.st_ctim, sizeof a.st_ctim) != 0);
	sleep_ms(30);
	IS(1, pread(fd, &c, 1, 0)); /* relatime: read after a write */
	OK(stat_("t", &b));
	CHECK(memcmp(&a.st_mtim, &b.st_mtim, sizeof a.st_mtim) == 0);
	CHECK(b.st_atim.tv_sec >= a.st_atim.tv_sec);
}

static void
refuses(void)
{
	struct stat st;

	FAILS(ENOENT, stat_("no", &st));
	FAILS(ENOENT, stat_("", &st));
	FAILS(ENOTDIR, stat_("f/x", &st));
	FAILS(ENOTDIR, stat_("f/", &st));
	FAILS(EFAULT, stat_(unmapped_page(), &st));
	FAILS(EFAULT, syscall(SYS_stat, "f", unmapped_page()));
	FAILS(ENOENT, syscall(SYS_stat, "no", unmapped_page()));
	OK(symlink("loop", "loop"));
	FAILS(ELOOP, stat_("loop", &st));
	OK(chmod("d", 0));
	AS_NOBODY(FAILS(EACCES, stat_("d/x", &st)); OK(stat_("d", &st)));
	OK(chmod("d", 0700));
}

int
main(void)
{
	umask(022);
	regular_file();
	other_kinds();
	times();
	refuses();
	return 0;
}
