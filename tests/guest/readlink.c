/* SPDX-License-Identifier: MIT */
/* readlink(2). */
#include "tests/guest/check.h"

static long
readlink_(const char *path, char *buf, int size)
{
	return syscall(SYS_readlink, path, buf, size);
}

int
main(void)
{
	char buf[16];

	OK(symlink("target", "l"));
	OK(symlink("l", "l2"));
	OK(mkdir("d", 0700));
	put_file("f", "");
	memset(buf, '#', sizeof buf);
	IS(6, readlink_("l", buf, sizeof buf));
	IS(0, memcmp(buf, "target#", 7)); /* no NUL is added */
	memset(buf, '#', sizeof buf);
	IS(3, readlink_("l", buf, 3)); /* cut short without a word */
	IS(0, memcmp(buf, "tar#", 4));
	IS(1, readlink_("l2", buf, sizeof buf)); /* one step only */

	FAILS(EINVAL, readlink_("f", buf, sizeof buf));
	FAILS(EINVAL, readlink_("d", buf, sizeof buf));
	FAILS(EINVAL, readlink_("l", buf, 0));
	FAILS(EINVAL, readlink_("l", buf, -1));
	FAILS(EINVAL, readlink_("no", buf, 0));
	FAILS(ENOENT, readlink_("no", buf, 1));
	FAILS(ENOENT, readlink_("", buf, 1));
	FAILS(ENOENT, readlink_("l/", buf, 1));
	FAILS(ENOTDIR, readlink_("f/x", buf, 1));
	FAILS(EFAULT, readlink_(unmapped_page(), buf, 1));
	FAILS(EFAULT, readlink_("l", unmapped_page(), 1));
	FAILS(EFAULT, readlink_("l", edge_of_memory(3), 6));
	IS(3, readlink_("l", edge_of_memory(3), 3));
	IS(6, readlink_("l", edge_of_memory(6), 100));
	OK(symlink("x", "d/l"));
	OK(chmod("d", 0600));
	AS_NOBODY(FAILS(EACCES, readlink_("d/l", buf, 1)));
	OK(chmod("d", 0700));
	return 0;
}
