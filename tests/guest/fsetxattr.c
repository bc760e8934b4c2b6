/* SPDX-License-Identifier: MIT */
/*
 * Extended attributes by descriptor: fsetxattr(2), fgetxattr(2),
 * flistxattr(2), fremovexattr(2).
 */
#include "tests/guest/check.h"

#include <sys/xattr.h>

int
main(void)
{
	char buf[64];
	int fd = OK(open("f", O_CREAT | O_RDONLY, 0600)), path;

	if (fsetxattr(fd, "user.a", "hello", 5, 0) < 0 && errno == EOPNOTSUPP)
		SKIP("this file system has no user attributes");
	IS(5, fgetxattr(fd, "user.a", buf, sizeof buf));
	IS(5, getxattr("f", "user.a", buf, sizeof buf));
	CHECK(flistxattr(fd, buf, sizeof buf) >= 7);
	OK(unlink("f")); /* they live with the file, not its name */
	OK(fsetxattr(fd, "user.b", "x", 1, XATTR_CREATE));
	FAILS(EEXIST, fsetxattr(fd, "user.b", "x", 1, XATTR_CREATE));
	OK(fremovexattr(fd, "user.a"));
	FAILS(ENODATA, fremovexattr(fd, "user.a"));
	FAILS(ENODATA, fgetxattr(fd, "user.a", buf, 1));

	FAILS(EBADF, fsetxattr(-1, "user.a", "x", 1, 0));
	FAILS(EBADF, fgetxattr(-1, "user.a", buf, 1));
	FAILS(EBADF, flistxattr(-1, buf, 1));
	FAILS(EBADF, fremovexattr(99, "user.a"));
	path = OK(open(".", O_PATH));
	FAILS(EBADF, fsetxattr(path, "user.a", "x", 1, 0));
	FAILS(EBADF, flistxattr(path, buf, 1));
	FAILS(EINVAL, fsetxattr(fd, "user.a", "x", 1, 7));
	FAILS(EFAULT, fgetxattr(fd, unmapped_page(), buf, 1));
	return 0;
}
