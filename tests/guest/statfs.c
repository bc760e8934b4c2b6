/* SPDX-License-Identifier: MIT */
/* statfs(2) and fstatfs(2). */
#include "tests/guest/check.h"

#include <linux/magic.h>
#include <sys/vfs.h>

int
main(void)
{
	struct statfs a, b;
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600)), p[2];

	OK(statfs(".", &a));
	CHECK(a.f_type != 0 && a.f_bsize > 0 && a.f_namelen >= 255);
	CHECK(a.f_bfree <= a.f_blocks && a.f_bavail <= a.f_bfree);
	CHECK(a.f_ffree <= a.f_files);
	OK(fstatfs(fd, &b));
	IS(a.f_type, b.f_type);
	IS(a.f_blocks, b.f_blocks);
	IS(0, memcmp(&a.f_fsid, &b.f_fsid, sizeof a.f_fsid));
	OK(fstatfs(OK(open(".", O_PATH)), &b));
	IS(a.f_type, b.f_type);
	OK(statfs("/proc", &a));
	IS(PROC_SUPER_MAGIC, a.f_type);
	OK(pipe(p));
	OK(fstatfs(p[0], &a));
	IS(PIPEFS_MAGIC, a.f_type);

	FAILS(ENOENT, statfs("no", &a));
	FAILS(ENOENT, statfs("", &a));
	FAILS(ENOTDIR, statfs("f/x", &a));
	FAILS(EFAULT, statfs(unmapped_page(), &a));
	FAILS(EFAULT, statfs(".", unmapped_page()));
	FAILS(EBADF, fstatfs(-1, &a));
	FAILS(EFAULT, fstatfs(fd, unmapped_page()));
	OK(mkdir("d", 0600));
	AS_NOBODY(FAILS(EACCES, statfs("d/x", &a)); OK(statfs("d", &a)));
	return 0;
}
