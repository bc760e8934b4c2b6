/* SPDX-License-Identifier: MIT */
/* linkat(2): descriptors, flags, and files without a name. */
#include "tests/guest/check.h"

static void
descriptors_and_flags(void)
{
	struct stat st;
	int d, e, f;

	OK(mkdir("d", 0755));
	OK(mkdir("e", 0755));
	put_file("d/f", "hello");
	OK(symlink("f", "d/l"));
	d = OK(open("d", O_PATH));
	e = OK(open("e", O_RDONLY));
	f = OK(open("d/f", O_RDONLY));

	OK(linkat(d, "f", e, "g", 0));
	OK(stat("e/g", &st));
	IS(2, st.st_nlink);
	OK(linkat(d, "l", e, "l", 0));
	OK(lstat("e/l", &st));
	CHECK(S_ISLNK(st.st_mode));
	OK(linkat(d, "l", e, "h", AT_SYMLINK_FOLLOW));
	OK(lstat("e/h", &st));
	IS(5, st.st_size);
	OK(linkat(AT_FDCWD, "d/f", AT_FDCWD, "x", 0));

	FAILS(EINVAL, linkat(d, "f", e, "n", AT_SYMLINK_NOFOLLOW));
	FAILS(EINVAL, linkat(d, "no", e, "n", 1));
	FAILS(EBADF, linkat(-1, "f", e, "n", 0));
	FAILS(EBADF, linkat(d, "f", -1, "n", 0));
	FAILS(ENOTDIR, linkat(f, "f", e, "n", 0));
	FAILS(ENOTDIR, linkat(d, "f", f, "n", 0));
	FAILS(ENOENT, linkat(f, "", e, "n", 0));
}

static void
unnamed_file(void)
{
	struct stat st;
	char path[64];
	int fd = open(".", O_TMPFILE | O_RDWR, 0640), p[2];

	if (fd < 0) {
		IS(EOPNOTSUPP, errno);
		return;
	}
	OK(fstat(fd, &st));
	IS(0, st.st_nlink);
	IS(2, write(fd, "hi", 2));
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	OK(linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
	OK(stat("named", &st));
	IS(1, st.st_nlink);
	IS(2, st.st_size);
	FAILS(EEXIST,
	      linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
	if (geteuid() == 0)
		OK(linkat(fd, "", AT_FDCWD, "again", AT_EMPTY_PATH));
	AS_NOBODY(FAILS(ENOENT, linkat(fd, "", AT_FDCWD, "y", AT_EMPTY_PATH)));

	/* With O_EXCL it can never get one; nor can one that lost its name. */
	fd = OK(open(".", O_TMPFILE | O_RDWR | O_EXCL, 0600));
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	FAILS(ENOENT, linkat(AT_FDCWD, path, AT_FDCWD, "y", AT_SYMLINK_FOLLOW));
	put_file("gone", "");
	fd = OK(open("gone", O_RDWR));
	OK(unlink("gone"));
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	FAILS(ENOENT, linkat(AT_FDCWD, path, AT_FDCWD, "y", AT_SYMLINK_FOLLOW));
	OK(pipe(p));
	snprintf(path, sizeof path, "/proc/self/fd/%d", p[0]);
	FAILS(EXDEV, linkat(AT_FDCWD, path, AT_FDCWD, "y", AT_SYMLINK_FOLLOW));
}

int
main(void)
{
	descriptors_and_flags();
	unnamed_file();
	return 0;
}
