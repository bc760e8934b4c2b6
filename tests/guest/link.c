/* SPDX-License-Identifier: MIT */
/* link(2). */
#include "tests/guest/check.h"

static struct stat
of(const char *path)
{
	struct stat st;

	OK(lstat(path, &st));
	return st;
}

static void
links(void)
{
	struct stat a, b;

	put_file("a", "hello");
	a = of("a");
	sleep_ms(20);
	OK(link("a", "b"));
	IS(2, of("a").st_nlink);
	IS(a.st_ino, of("b").st_ino);
	b = of("b");
	CHECK(memcmp(&a.st_ctim, &b.st_ctim, sizeof a.st_ctim) != 0);
	CHECK(memcmp(&a.st_mtim, &b.st_mtim, sizeof a.st_mtim) == 0);
	OK(truncate("b", 3));
	IS(3, of("a").st_size);
	OK(unlink("a"));
	IS(1, of("b").st_nlink);
	OK(link("b", "a"));

	/* A symbolic link is linked itself. */
	OK(symlink("a", "sym"));
	OK(link("sym", "sym2"));
	CHECK(S_ISLNK(of("sym2").st_mode));
	IS(2, of("sym").st_nlink);
	OK(mkfifo("p", 0600));
	OK(link("p", "p2"));
}

static void
refuses(void)
{
	OK(mkdir("d", 0755));
	put_file("d/f", "");
	FAILS(EPERM, link("d", "e")); /* directories have one name */
	FAILS(EEXIST, link("a", "b"));
	FAILS(EEXIST, link("d", "b")); /* before what may be linked */
	FAILS(EEXIST, link("a", "sym"));
	FAILS(EEXIST, link("a", "."));
	FAILS(ENOENT, link("no", "x"));
	FAILS(ENOENT, link("a", "no/x"));
	FAILS(ENOENT, link("", "x"));
	FAILS(ENOENT, link("a", ""));
	FAILS(ENOENT, link("a", "x/"));
	FAILS(ENOTDIR, link("a/", "x"));
	FAILS(ENOTDIR, link("a", "b/x"));
	FAILS(EXDEV, link("/proc/self/stat", "x"));
	FAILS(EFAULT, link(unmapped_page(), "x"));
	FAILS(EFAULT, link("a", unmapped_page()));
	if (geteuid() != 0)
		return;
	OK(chmod("a", 0666));
	AS_NOBODY(FAILS(EACCES, link("a", "x")));
	OK(chmod("d", 0700));
	AS_NOBODY(FAILS(EACCES, link("d/f", "x")));
}

/* /proc/sys/fs/protected_hardlinks: only what one could write to. */
static void protected(void)
{
	int fd = open("/proc/sys/fs/protected_hardlinks", O_RDONLY);
	char c = '0';

	if (fd >= 0)
		OK(read(fd, &c, 1));
	OK(mkdir("pub", 0755));
	OK(chmod("pub", 0777));
	OK(chmod("a", 0644));
	if (c == '1')
		AS_NOBODY(FAILS(EPERM, link("a", "pub/x")));
	else
		AS_NOBODY(OK(link("a", "pub/x")));
	OK(chmod("a", 0666));
	AS_NOBODY(OK(link("a", "pub/y")));
}

int
main(void)
{
	umask(022);
	links();
	refuses();
	if (geteuid() == 0)
	protected();
	return 0;
}
