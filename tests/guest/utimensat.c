/* SPDX-License-Identifier: MIT */
/* utimensat(2). */
#include "tests/guest/check.h"

static long
utimensat_(int dirfd, const char *path, const struct timespec t[2], int flags)
{
	return syscall(SYS_utimensat, dirfd, path, t, flags);
}

static struct stat
of(const char *path)
{
	struct stat st;

	OK(lstat(path, &st));
	return st;
}

static void
sets(void)
{
	struct timespec t[2] = {{1000, 123456789}, {-5, 999999999}};
	struct stat st;

	put_file("f", "");
	OK(utimensat_(AT_FDCWD, "f", t, 0));
	st = of("f");
	IS(1000, st.st_atim.tv_sec);
	IS(123456789, st.st_atim.tv_nsec);
	IS(-5, st.st_mtim.tv_sec);
	IS(999999999, st.st_mtim.tv_nsec);
	CHECK(labs(st.st_ctime - time(NULL)) < 5);

	t[0].tv_nsec = UTIME_OMIT; /* whatever the seconds say */
	t[1] = (struct timespec){77, UTIME_NOW};
	OK(utimensat_(AT_FDCWD, "f", t, 0));
	st = of("f");
	IS(1000, st.st_atim.tv_sec);
	CHECK(labs(st.st_mtime - time(NULL)) < 5);
	OK(utimensat_(AT_FDCWD, "f", NULL, 0));
	CHECK(labs(of("f").st_atime - time(NULL)) < 5);
	/* Nothing to do is done, even where there is nothing. */
	t[1].tv_nsec = UTIME_OMIT;
	OK(utimensat_(AT_FDCWD, "no such file", t, 0));
	/* A time after 2038. */
	t[1] = (struct timespec){5000000000, 1};
	OK(utimensat_(AT_FDCWD, "f", t, 0));
	IS(5000000000, of("f").st_mtim.tv_sec);
}

static void
links_and_descriptors(void)
{
	struct timespec t[2] = {{11, 0}, {22, 0}};
	int fd = OK(open("f", O_RDONLY)), path = OK(open("f", O_PATH));

	OK(symlink("f", "l"));
	OK(utimensat_(AT_FDCWD, "l", t, AT_SYMLINK_NOFOLLOW));
	IS(22, of("l").st_mtim.tv_sec);
	CHECK(of("f").st_mtim.tv_sec != 22);
	OK(utimensat_(AT_FDCWD, "l", t, 0));
	IS(22, of("f").st_mtim.tv_sec);
	t[1].tv_sec = 33;
	OK(utimensat_(fd, NULL, t, 0)); /* futimens(3) */
	IS(33, of("f").st_mtim.tv_sec);
	FAILS(EBADF, utimensat_(path, NULL, t, 0));
	FAILS(EFAULT, utimensat_(AT_FDCWD, NULL, t, 0));
	t[1].tv_sec = 44;
	OK(utimensat_(path, "", t, AT_EMPTY_PATH));
	IS(44, of("f").st_mtim.tv_sec);
	FAILS(EINVAL, utimensat_(fd, NULL, t, AT_SYMLINK_NOFOLLOW));
}

static void
refuses(void)
{
	struct timespec t[2] = {{0, 1000000000}, {0, 0}};

	FAILS(EINVAL, utimensat_(AT_FDCWD, "f", t, 0));
	t[0].tv_nsec = -1;
	FAILS(EINVAL, utimensat_(AT_FDCWD, "f", t, 0));
	t[0].tv_nsec = 0;
	FAILS(EINVAL, utimensat_(AT_FDCWD, "f", t, 1));
	FAILS(ENOENT, utimensat_(AT_FDCWD, "no", t, 0));
	FAILS(ENOENT, utimensat_(AT_FDCWD, "", t, 0));
	FAILS(EBADF, utimensat_(-1, "f", t, 0));
	FAILS(EFAULT, utimensat_(AT_FDCWD, "f", unmapped_page(), 0));
	FAILS(EFAULT, utimensat_(AT_FDCWD, unmapped_page(), t, 0));
}

static void
permissions(void)
{
	struct timespec t[2] = {{1, 1}, {1, 1}};
	struct timespec now[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
	struct timespec half[2] = {{0, UTIME_NOW}, {0, UTIME_OMIT}};

	/* "Now" for who may write, other times for the owner. */
	OK(chmod("f", 0666));
	AS_NOBODY(FAILS(EPERM, utimensat_(AT_FDCWD, "f", t, 0));
		  FAILS(EPERM, utimensat_(AT_FDCWD, "f", half, 0));
		  OK(utimensat_(AT_FDCWD, "f", NULL, 0));
		  OK(utimensat_(AT_FDCWD, "f", now, 0)));
	OK(chmod("f", 0644));
	AS_NOBODY(FAILS(EACCES, utimensat_(AT_FDCWD, "f", NULL, 0));
		  FAILS(EACCES, utimensat_(AT_FDCWD, "f", now, 0)));
	OK(chown("f", 65534, 0));
	OK(chmod("f", 0));
	AS_NOBODY(OK(utimensat_(AT_FDCWD, "f", t, 0));
		  OK(utimensat_(AT_FDCWD, "f", NULL, 0)));
}

int
main(void)
{
	sets();
	links_and_descriptors();
	refuses();
	if (geteuid() == 0)
		permissions();
	return 0;
}
