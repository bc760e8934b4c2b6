/* SPDX-License-Identifier: MIT */
/* creat(2) is open(2) with O_CREAT, O_WRONLY and O_TRUNC. */
#include "tests/guest/check.h"

static long
creat_(const char *path, mode_t mode)
{
	return syscall(SYS_creat, path, mode);
}

int
main(void)
{
	struct stat st;
	char c;
	int fd;

	umask(022);
	fd = OK(creat_("f", 0766));
	IS(3, write(fd, "abc", 3));
	FAILS(EBADF, read(fd, &c, 1));
	IS(O_WRONLY | 0100000, fcntl(fd, F_GETFL));
	OK(fstat(fd, &st));
	IS(S_IFREG | 0744, st.st_mode);
	IS(3, st.st_size);

	OK(creat_("f", 0));
	OK(fstat(fd, &st));
	IS(0, st.st_size);
	IS(S_IFREG | 0744, st.st_mode);

	OK(mkdir("d", 0755));
	OK(symlink("far", "link"));
	OK(creat_("link", 0600));
	OK(access("far", F_OK));
	FAILS(EISDIR, creat_("d", 0600));
	FAILS(EISDIR, creat_("e/", 0600));
	FAILS(ENOTDIR, creat_("f/g", 0600));
	FAILS(ENOENT, creat_("no/g", 0600));
	FAILS(ENOENT, creat_("", 0600));
	FAILS(EFAULT, creat_(unmapped_page(), 0600));
	OK(chmod("f", 0400));
	OK(chmod("d", 0500));
	AS_NOBODY(FAILS(EACCES, creat_("f", 0600));
		  FAILS(EACCES, creat_("d/new", 0600)));
	return 0;
}
