/* SPDX-License-Identifier: MIT */
/* chmod(2). */
#include "tests/guest/check.h"

static long
chmod_(const char *path, mode_t mode)
{
	return syscall(SYS_chmod, path, mode);
}

static mode_t
mode_of(const char *path)
{
	struct stat st;

	OK(lstat(path, &st));
	return st.st_mode;
}

static void
sets_permissions(void)
{
	put_file("f", "");
	OK(mkdir("d", 0700));
	OK(symlink("f", "l"));
	OK(chmod_("f", 0));
	IS(S_IFREG | 0, mode_of("f"));
	OK(chmod_("f", 07777));
	IS(S_IFREG | 07777, mode_of("f"));
	OK(chmod_("f", 0600 | S_IFDIR)); /* the kind can't be changed */
	IS(S_IFREG | 0600, mode_of("f"));
	OK(chmod_("d", 03711));
	IS(S_IFDIR | 03711, mode_of("d"));
	/* The umask has no say; links are followed. */
	umask(077);
	OK(chmod_("l", 0666));
	IS(S_IFREG | 0666, mode_of("f"));
	IS(S_IFLNK | 0777, mode_of("l"));
}

static void
only_the_owner(void)
{
	OK(chmod_("f", 0666));
	AS_NOBODY(FAILS(EPERM, chmod_("f", 0600));
		  FAILS(EPERM, chmod_("d", 0700)));
	/* Not in the file's group: no setgid. */
	OK(chown("f", 65534, 0));
	AS_NOBODY(OK(chmod_("f", 02755)); IS(S_IFREG | 0755, mode_of("f")));
	OK(chown("f", 65534, 65534));
	AS_NOBODY(OK(chmod_("f", 06755)); IS(S_IFREG | 06755, mode_of("f")));
	/* Writing to it takes both bits away. */
	AS_NOBODY(OK(write(OK(open("f", O_WRONLY)), "x", 1)));
	IS(S_IFREG | 0755, mode_of("f"));
	OK(chmod_("d", 0));
	AS_NOBODY(FAILS(EACCES, chmod_("d/x", 0)));
}

int
main(void)
{
	sets_permissions();
	FAILS(ENOENT, chmod_("no", 0600));
	FAILS(ENOENT, chmod_("", 0600));
	FAILS(ENOTDIR, chmod_("f/x", 0600));
	FAILS(EFAULT, chmod_(unmapped_page(), 0600));
	if (geteuid() == 0)
		only_the_owner();
	return 0;
}
