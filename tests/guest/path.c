/* SPDX-License-Identifier: MIT */
/* Walking a path: slashes, dots, lengths, rights on the way. */
#include "tests/guest/check.h"

#include <limits.h>

static ino_t
inode(const char *path)
{
	struct stat st;

	OK(stat(path, &st));
	return st.st_ino;
}

static void
slashes_and_dots(void)
{
	ino_t f, d;

	OK(mkdir("d", 0755));
	OK(mkdir("d/e", 0755));
	put_file("d/f", "");
	f = inode("d/f");
	d = inode("d");
	IS(f, inode(".//d////f"));
	IS(f, inode("./d/././f"));
	IS(f, inode("d/e/../f"));
	IS(f, inode("d/../d/e/.././f"));
	IS(d, inode("d/"));
	IS(d, inode("d/."));
	IS(d, inode("d///"));
	IS(d, inode("d/e/.."));
	IS(inode("/"), inode("/.."));
	IS(inode("/"), inode("/../.././"));
	IS(inode("/proc"), inode("//proc"));
	FAILS(ENOTDIR, access("d/f/", F_OK));
	FAILS(ENOTDIR, access("d/f/.", F_OK));
	FAILS(ENOTDIR, access("d/f/..", F_OK));
	FAILS(ENOENT, access("d/no/..", F_OK)); /* not by its letters */
	FAILS(ENOENT, access("d/no/", F_OK));
	/* Only these two names are special. */
	OK(mkdir("...", 0755));
	put_file(".../ .", "");
	put_file("a\nb\377\1", "");
	OK(access("a\nb\377\1", F_OK));
}

static void
links_on_the_way(void)
{
	OK(symlink("d", "l"));
	OK(symlink("d/", "ls"));
	OK(symlink("d/f", "lf"));
	OK(symlink("d/f/", "lfs"));
	OK(symlink("../d/f", "d/e/up"));
	IS(inode("d/f"), inode("l/f"));
	IS(inode("d/f"), inode("ls/f"));
	IS(inode("."), inode("l/.."));
	FAILS(ENOTDIR, access("lf/", F_OK));
	FAILS(ENOTDIR, access("lfs", F_OK));
	FAILS(ENOENT, access("d/e/up", F_OK)); /* from the link's own place */
	OK(symlink("../../d/f", "d/e/up2"));
	IS(inode("d/f"), inode("l/e/up2"));
}

static void
lengths(void)
{
	static char path[PATH_MAX + 10], name[NAME_MAX + 2];
	int i;

	memset(name, 'n', NAME_MAX);
	OK(mkdir(name, 0755));
	memset(name, 'n', NAME_MAX + 1);
	FAILS(ENAMETOOLONG, mkdir(name, 0755));
	FAILS(ENAMETOOLONG, access(name, F_OK));
	strcat(name, "/x");
	FAILS(ENAMETOOLONG, access(name, F_OK));
	/* PATH_MAX counts the NUL. */
	for (i = 0; i < PATH_MAX - 2; i += 2)
		strcpy(path + i, "./");
	strcpy(path + i, ".");
	IS(PATH_MAX - 1, strlen(path));
	OK(access(path, F_OK));
	strcat(path, "/");
	FAILS(ENAMETOOLONG, access(path, F_OK));
}

/* A tree deeper than any path can say. */
static void
deep(void)
{
	static char name[201], buf[20000];
	int i, top = OK(open(".", O_RDONLY));

	memset(name, 'x', 200);
	for (i = 0; i < 30; i++) {
		OK(mkdir(name, 0755));
		OK(chdir(name));
	}
	CHECK(syscall(SYS_getcwd, buf, sizeof buf) == -1 ? errno == ENAMETOOLONG
							 : strlen(buf) > 6000);
	put_file("bottom", "");
	OK(unlink("bottom"));
	for (i = 0; i < 30; i++) {
		OK(chdir(".."));
		OK(rmdir(name));
	}
	struct stat a, b;

	OK(fstat(top, &a));
	OK(stat(".", &b));
	IS(a.st_ino, b.st_ino);
}

static void
rights(void)
{
	OK(mkdir("shut", 0755));
	OK(mkdir("shut/in", 0755));
	put_file("shut/in/f", "");
	OK(chmod("shut", 0111)); /* may pass, not look */
	AS_NOBODY(OK(access("shut/in/f", F_OK));
		  FAILS(EACCES, open("shut", O_RDONLY)));
	OK(chmod("shut", 0444)); /* may look, not pass */
	AS_NOBODY(FAILS(EACCES, access("shut/in", F_OK));
		  FAILS(EACCES, access("shut/no", F_OK));
		  FAILS(EACCES, access("shut/.", F_OK));
		  FAILS(EACCES, access("shut/..", F_OK));
		  OK(open("shut", O_RDONLY)));
	OK(chmod("shut", 0755));
}

int
main(void)
{
	slashes_and_dots();
	links_on_the_way();
	lengths();
	deep();
	rights();
	return 0;
}
