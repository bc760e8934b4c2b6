/* SPDX-License-Identifier: MIT */
/* openat(2): what the directory descriptor adds to open(2). */
#include "tests/guest/check.h"

#include <sys/resource.h>

static long
openat_(int dirfd, const char *path, int flags, mode_t mode)
{
	return syscall(SYS_openat, dirfd, path, flags, mode);
}

static void
relative_to_descriptor(void)
{
	int d, f;

	OK(mkdir("d", 0755));
	put_file("d/f", "");
	d = OK(openat_(AT_FDCWD, "d", O_RDONLY | O_DIRECTORY, 0));
	f = OK(openat_(d, "f", O_RDWR, 0));
	FAILS(ENOENT, openat_(AT_FDCWD, "f", O_RDONLY, 0));
	OK(openat_(d, "../d/f", O_RDONLY, 0));
	OK(openat_(d, "new", O_CREAT | O_EXCL | O_WRONLY, 0600));
	OK(access("d/new", F_OK));

	FAILS(ENOTDIR, openat_(f, "x", O_RDONLY, 0));
	FAILS(EBADF, openat_(-1, "x", O_RDONLY, 0));
	FAILS(EBADF, openat_(1000, "x", O_RDONLY, 0));
	FAILS(ENOENT, openat_(d, "", O_RDONLY, 0));
	/* An absolute path needs no directory; an empty one fails first. */
	OK(openat_(-1, "/", O_RDONLY, 0));
	OK(openat_(f, "/", O_RDONLY, 0));
	FAILS(ENOENT, openat_(-1, "", O_RDONLY, 0));
	FAILS(EFAULT, openat_(-1, unmapped_page(), O_RDONLY, 0));

	/* The descriptor follows its directory when that moves... */
	OK(rename("d", "moved"));
	OK(openat_(d, "f", O_RDONLY, 0));
	FAILS(ENOENT, openat_(AT_FDCWD, "d/f", O_RDONLY, 0));
	/* ... and stays one, though dead, when that goes. */
	OK(unlink("moved/f"));
	OK(unlink("moved/new"));
	OK(rmdir("moved"));
	OK(openat_(d, ".", O_RDONLY, 0));
	OK(openat_(d, "..", O_RDONLY, 0));
	FAILS(ENOENT, openat_(d, "x", O_CREAT | O_WRONLY, 0600));
}

static void
through_path_descriptor(void)
{
	int d;

	OK(mkdir("p", 0755));
	put_file("p/f", "");
	d = OK(openat_(AT_FDCWD, "p", O_PATH, 0));
	OK(openat_(d, "f", O_RDONLY, 0));
	/* Search permission is asked for at each use. */
	OK(chmod("p", 0600));
	AS_NOBODY(FAILS(EACCES, openat_(d, "f", O_RDONLY, 0)));
	OK(chmod("p", 0700));
}

static void
unknown_flags_are_ignored(void)
{
	put_file("u", "");
	OK(openat_(AT_FDCWD, "u", 0x40000000, 0));
	OK(openat_(AT_FDCWD, "u", 0x7f000000, 0xffff0000));
	/* But O_TMPFILE implies O_DIRECTORY and writing. */
	FAILS(EINVAL, openat_(AT_FDCWD, ".", O_RDWR | 020000000, 0600));
	FAILS(EINVAL, openat_(AT_FDCWD, ".", O_TMPFILE | O_RDONLY, 0600));
}

static void
many_descriptors(void)
{
	struct rlimit limit = {100, 100};
	int fd;

	OK(setrlimit(RLIMIT_NOFILE, &limit));
	while ((fd = openat_(AT_FDCWD, ".", O_RDONLY, 0)) >= 0)
		CHECK(fd < 100);
	IS(EMFILE, errno);
	/* Nothing is created when there is no number for it. */
	FAILS(EMFILE, openat_(AT_FDCWD, "m", O_CREAT | O_WRONLY, 0600));
	FAILS(ENOENT, access("m", F_OK));
}

int
main(void)
{
	relative_to_descriptor();
	through_path_descriptor();
	unknown_flags_are_ignored();
	EXITS(0, many_descriptors());
	return 0;
}
