/* SPDX-License-Identifier: MIT */
/* fchownat(2). */
#include "tests/guest/check.h"

static long
fchownat_(int dirfd, const char *path, uid_t uid, int flags)
{
	return syscall(SYS_fchownat, dirfd, path, uid, -1, flags);
}

static uid_t
owner(const char *path)
{
	struct stat st;

	OK(lstat(path, &st));
	return st.st_uid;
}

int
main(void)
{
	int d, f;

	OK(mkdir("d", 0755));
	put_file("d/f", "");
	OK(symlink("f", "d/l"));
	d = OK(open("d", O_PATH));
	f = OK(open("d/f", O_RDONLY));
	OK(fchownat_(d, "f", -1, 0));
	OK(fchownat_(d, "", -1, AT_EMPTY_PATH));
	FAILS(ENOENT, fchownat_(d, "", -1, 0));
	FAILS(ENOENT, fchownat_(d, "no", -1, 0));
	FAILS(ENOTDIR, fchownat_(f, "x", -1, 0));
	FAILS(EBADF, fchownat_(-1, "f", -1, 0));
	FAILS(EINVAL, fchownat_(d, "f", -1, 1));
	FAILS(EINVAL, fchownat_(-1, "f", -1, AT_NO_AUTOMOUNT));
	FAILS(EFAULT, fchownat_(d, unmapped_page(), -1, 0));
	if (geteuid() != 0) {
		FAILS(EPERM, fchownat_(d, "f", 0, 0));
		return 0;
	}
	OK(fchownat_(d, "l", 11, AT_SYMLINK_NOFOLLOW));
	IS(11, owner("d/l"));
	IS(0, owner("d/f"));
	OK(fchownat_(d, "l", 12, 0));
	IS(12, owner("d/f"));
	OK(fchownat_(f, "", 13, AT_EMPTY_PATH));
	IS(13, owner("d/f"));
	OK(fchownat_(d, "", 14, AT_EMPTY_PATH));
	IS(14, owner("d"));
	return 0;
}
