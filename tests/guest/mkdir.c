/* SPDX-License-Identifier: MIT */
/* mkdir(2). */
#include "tests/guest/check.h"

static long
mkdir_(const char *path, mode_t mode)
{
	return syscall(SYS_mkdir, path, mode);
}

static struct stat
of(const char *path)
{
	struct stat st;

	OK(lstat(path, &st));
	return st;
}

static void
creates(void)
{
	umask(022);
	OK(mkdir_("d", 0777));
	IS(S_IFDIR | 0755, of("d").st_mode);
	IS(geteuid(), of("d").st_uid);
	CHECK(of("d").st_nlink == 2 || of("d").st_nlink == 1);
	OK(mkdir_("d/e/", 0700));    /* a slash after it is fine */
	OK(mkdir_("sticky", 07777)); /* setuid, setgid are not for mkdir */
	IS(S_IFDIR | 01755, of("sticky").st_mode);
	IS(of(".").st_ino, of("d/..").st_ino);
	IS(of("d").st_ino, of("d/.").st_ino);
	if (of("d").st_nlink > 1)
		IS(3, of("d").st_nlink);
}

static void
refuses(void)
{
	static char name[257];

	put_file("f", "");
	OK(symlink("nowhere", "l"));
	FAILS(EEXIST, mkdir_("d", 0777));
	FAILS(EEXIST, mkdir_("f", 0777));
	FAILS(EEXIST, mkdir_("l", 0777));
	FAILS(EEXIST, mkdir_("l/", 0777));
	FAILS(EEXIST, mkdir_(".", 0777));
	FAILS(EEXIST, mkdir_("/", 0777));
	FAILS(EEXIST, mkdir_("d/..", 0777));
	FAILS(ENOENT, mkdir_("no/x", 0777));
	FAILS(ENOENT, mkdir_("new/.", 0777));
	FAILS(ENOENT, mkdir_("", 0777));
	FAILS(ENOTDIR, mkdir_("f/x", 0777));
	FAILS(EFAULT, mkdir_(unmapped_page(), 0777));
	FAILS(ENAMETOOLONG, mkdir_(memset(name, 'n', 256), 0777));
	if (geteuid() == 0)
		AS_NOBODY(FAILS(EACCES, mkdir_("mine", 0777));
			  FAILS(EEXIST, mkdir_("d", 0777)));
}

static void
inherits_setgid(void)
{
	OK(chown("d", 0, 77));
	OK(chmod("d", 02755));
	OK(mkdir_("d/sub", 0700));
	IS(S_IFDIR | 02700, of("d/sub").st_mode);
	IS(77, of("d/sub").st_gid);
	put_file("d/file", "");
	IS(77, of("d/file").st_gid);
	IS(S_IFREG | 0644, of("d/file").st_mode);
}

static void
dead_directory(void)
{
	OK(mkdir_("dead", 0700));
	OK(chdir("dead"));
	OK(rmdir("../dead"));
	FAILS(ENOENT, mkdir_("x", 0777));
}

int
main(void)
{
	creates();
	refuses();
	if (geteuid() == 0)
		inherits_setgid();
	EXITS(0, dead_directory());
	return 0;
}
