/* SPDX-License-Identifier: MIT */
/* unlink(2). */
#include "tests/guest/check.h"

static void
removes_a_name(void)
{
	struct stat st;
	int fd;
	char c;

	put_file("a", "x");
	OK(link("a", "b"));
	fd = OK(open("a", O_RDWR));
	OK(chmod("a", 0)); /* the file's own mode does not matter */
	OK(unlink("a"));
	FAILS(ENOENT, open("a", O_RDONLY));
	OK(fstat(fd, &st));
	IS(1, st.st_nlink);
	OK(unlink("b"));
	OK(fstat(fd, &st));
	IS(0, st.st_nlink);
	IS(1, read(fd, &c, 1));
	IS(1, write(fd, "y", 1));
	/* A new file of that name is another one. */
	put_file("a", "");
	IS(2, lseek(fd, 0, SEEK_END));
	OK(unlink("a"));

	OK(symlink("target", "l"));
	put_file("target", "");
	OK(unlink("l"));
	OK(access("target", F_OK));
	OK(mkfifo("p", 0600));
	OK(unlink("p"));
}

static void
refuses(void)
{
	OK(mkdir("d", 0755));
	put_file("f", "");
	put_file("d/f", "");
	OK(symlink("d", "l"));
	FAILS(EISDIR, unlink("d"));
	FAILS(EISDIR, unlink("."));
	FAILS(EISDIR, unlink("d/."));
	FAILS(EISDIR, unlink(".."));
	FAILS(EISDIR, unlink("/"));
	FAILS(ENOENT, unlink("no"));
	FAILS(ENOENT, unlink("no/"));
	FAILS(ENOENT, unlink(""));
	FAILS(ENOTDIR, unlink("f/"));
	FAILS(ENOTDIR, unlink("f/x"));
	FAILS(EISDIR, unlink("d/"));
	FAILS(ENOTDIR, unlink("l/"));
	FAILS(EFAULT, unlink(unmapped_page()));
	OK(chmod("d", 0555));
	AS_NOBODY(FAILS(EACCES, unlink("d/f")); FAILS(ENOENT, unlink("d/no")));
	OK(chmod("d", 0755));
	if (geteuid() == 0)
		AS_NOBODY(FAILS(EACCES, unlink("f")));
}

static void
sticky(void)
{
	OK(mkdir("t", 0700));
	OK(chmod("t", 01777));
	put_file("t/roots", "");
	OK(chmod("t/roots", 0666));
	AS_NOBODY(FAILS(EPERM, unlink("t/roots")); put_file("t/mine", "");
		  OK(unlink("t/mine")));
	OK(chown("t", 65534, 0));
	AS_NOBODY(OK(unlink("t/roots")));
}

int
main(void)
{
	removes_a_name();
	refuses();
	if (geteuid() == 0)
		sticky();
	return 0;
}
