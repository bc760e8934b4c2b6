/* SPDX-License-Identifier: MIT */
/* statx(2). */
#include "tests/guest/check.h"

#include <sys/sysmacros.h>

static long
statx_(int dirfd, const char *path, int flags, unsigned int mask,
       struct statx *sx)
{
	memset(sx, 0xee, sizeof *sx);
	return syscall(SYS_statx, dirfd, path, flags, mask, sx);
}

static void
agrees_with_stat(void)
{
	struct statx sx;
	struct stat st;

	put_file("f", "hello");
	OK(stat("f", &st));
	OK(statx_(AT_FDCWD, "f", 0, STATX_BASIC_STATS, &sx));
	IS(STATX_BASIC_STATS, sx.stx_mask & STATX_BASIC_STATS);
	IS(st.st_mode, sx.stx_mode);
	IS(st.st_size, sx.stx_size);
	IS(st.st_nlink, sx.stx_nlink);
	IS(st.st_uid, sx.stx_uid);
	IS(st.st_gid, sx.stx_gid);
	IS(st.st_ino, sx.stx_ino);
	IS(st.st_blocks, sx.stx_blocks);
	IS(st.st_blksize, sx.stx_blksize);
	IS(st.st_mtim.tv_sec, sx.stx_mtime.tv_sec);
	IS(st.st_mtim.tv_nsec, sx.stx_mtime.tv_nsec);
	IS(st.st_ctim.tv_nsec, sx.stx_ctime.tv_nsec);
	IS(st.st_dev, makedev(sx.stx_dev_major, sx.stx_dev_minor));
	if (sx.stx_mask & STATX_BTIME)
		CHECK(sx.stx_btime.tv_sec <= sx.stx_ctime.tv_sec);
	OK(statx_(AT_FDCWD, "/dev/null", 0, STATX_TYPE, &sx));
	CHECK(S_ISCHR(sx.stx_mode));
	IS(1, sx.stx_rdev_major);
	IS(3, sx.stx_rdev_minor);
	/* One may ask for nothing and be given more. */
	OK(statx_(AT_FDCWD, "f", 0, 0, &sx));
}

static void
descriptors_and_links(void)
{
	struct statx sx;
	int fd = OK(open("f", O_RDONLY)), dot = OK(open(".", O_PATH));

	OK(symlink("f", "l"));
	OK(statx_(dot, "l", 0, STATX_TYPE, &sx));
	CHECK(S_ISREG(sx.stx_mode));
	OK(statx_(dot, "l", AT_SYMLINK_NOFOLLOW, STATX_TYPE, &sx));
	CHECK(S_ISLNK(sx.stx_mode));
	OK(statx_(fd, "", AT_EMPTY_PATH, STATX_SIZE, &sx));
	IS(5, sx.stx_size);
	OK(statx_(AT_FDCWD, "f", AT_STATX_FORCE_SYNC, STATX_SIZE, &sx));
	OK(statx_(AT_FDCWD, "f", AT_STATX_DONT_SYNC, STATX_SIZE, &sx));
	FAILS(ENOENT, statx_(fd, "", 0, STATX_SIZE, &sx));
	FAILS(ENOTDIR, statx_(fd, "x", 0, STATX_SIZE, &sx));
	FAILS(EBADF, statx_(-1, "x", 0, STATX_SIZE, &sx));
	FAILS(EBADF, statx_(-1, "", AT_EMPTY_PATH, STATX_SIZE, &sx));
}

int
main(void)
{
	struct statx sx;

	agrees_with_stat();
	descriptors_and_links();
	FAILS(EINVAL, statx_(AT_FDCWD, "f", 1, 0, &sx));
	FAILS(EINVAL, statx_(AT_FDCWD, "f", 0, STATX__RESERVED, &sx));
	FAILS(EINVAL, statx_(AT_FDCWD, "f", AT_STATX_SYNC_TYPE, 0, &sx));
	FAILS(ENOENT, statx_(AT_FDCWD, "no", 0, 0, &sx));
	FAILS(EFAULT, statx_(AT_FDCWD, unmapped_page(), 0, 0, &sx));
	FAILS(EFAULT, syscall(SYS_statx, AT_FDCWD, "f", 0, 0, unmapped_page()));
	return 0;
}
