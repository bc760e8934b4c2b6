/* SPDX-License-Identifier: MIT */
/* mount(2): file systems, options, errors. */
#include "tests/guest/check.h"

#include <sys/statfs.h>

static void
tmpfs(void)
{
	struct stat under, over, st;
	int fd;

	OK(mkdir("m", 0755));
	put_file("m/hidden", "");
	fd = OK(open("m", O_RDONLY));
	OK(stat("m", &under));
	OK(mount("name", "m", "tmpfs", 0, "mode=0750,size=64k"));
	OK(stat("m", &over));
	IS(S_IFDIR | 0750, over.st_mode);
	CHECK(over.st_dev != under.st_dev);
	FAILS(ENOENT, access("m/hidden", F_OK));
	OK(faccessat(fd, "hidden", F_OK, 0)); /* still there, below */
	OK(stat("m/..", &st));
	OK(stat(".", &over));
	IS(over.st_ino, st.st_ino);

	put_file("m/f", "x");
	FAILS(EXDEV, link("m/f", "f"));
	FAILS(EXDEV, rename("m/f", "f"));
	FAILS(EBUSY, rmdir("m"));
	FAILS(EBUSY, rename("m", "n"));
	/* Its size is a limit. */
	fd = OK(open("m/big", O_CREAT | O_RDWR, 0600));
	OK(ftruncate(fd, 1 << 20));
	IS(60 << 10, write(fd, MMAP(1 << 20, RW, MAP_PRIVATE), 1 << 20));
	FAILS(ENOSPC, write(fd, "x", 1));
	OK(ftruncate(fd, 0));
	IS(0, lseek(fd, 0, SEEK_SET));
	IS(1, write(fd, "x", 1));
	OK(close(fd));

	/* One over the other; the upper goes first. */
	OK(mount("second", "m", "tmpfs", 0, NULL));
	FAILS(ENOENT, access("m/f", F_OK));
	OK(umount("m"));
	OK(access("m/f", F_OK));
	OK(umount("m"));
	OK(access("m/hidden", F_OK));
}

static void
options(void)
{
	struct statfs fs;
	char *args[] = {"x", NULL};
	int fd;

	OK(mount("name", "m", "tmpfs", MS_NODEV | MS_NOSUID | MS_NOEXEC, NULL));
	OK(statfs("m", &fs));
	CHECK(fs.f_flags & 2 /* ST_NOSUID */);
	CHECK(fs.f_flags & 8 /* ST_NOEXEC */);
	OK(mknod("m/null", S_IFCHR | 0666, 0x103));
	FAILS(EACCES, open("m/null", O_RDWR));
	put_file("m/x", "#!/bin/sh\n");
	OK(chmod("m/x", 0755));
	FAILS(EACCES, execv("m/x", args));
	FAILS(EACCES, access("m/x", X_OK));

	/* Read-only: of a mount in use for writing, not. */
	fd = OK(open("m/f", O_CREAT | O_RDWR, 0600));
	FAILS(EBUSY, mount(NULL, "m", NULL, MS_REMOUNT | MS_RDONLY, NULL));
	OK(close(fd));
	OK(mount(NULL, "m", NULL, MS_REMOUNT | MS_RDONLY, NULL));
	OK(open("m/f", O_RDONLY));
	FAILS(EROFS, open("m/f", O_RDWR));
	FAILS(EROFS, open("m/new", O_CREAT | O_WRONLY, 0600));
	FAILS(EROFS, mkdir("m/new", 0700));
	FAILS(EROFS, unlink("m/f"));
	FAILS(EROFS, access("m/f", W_OK));
	FAILS(EROFS, chmod("m/f", 0600));
	FAILS(EROFS, utimensat(AT_FDCWD, "m/f", NULL, 0));
	OK(mount(NULL, "m", NULL, MS_REMOUNT, NULL));
	OK(unlink("m/f"));
	OK(umount2("m", MNT_DETACH));
}

static void
refuses(void)
{
	put_file("f", "");
	FAILS(ENODEV, mount("x", "m", "nosuchfs", 0, NULL));
	FAILS(ENOTDIR, mount("x", "f", "tmpfs", 0, NULL));
	FAILS(ENOENT, mount("x", "no", "tmpfs", 0, NULL));
	FAILS(EINVAL, mount("x", "m", "tmpfs", 0, "nosuchoption=1"));
	FAILS(EINVAL, mount("x", "m", NULL, 0, NULL));
	FAILS(EINVAL, mount("x", "m", NULL, MS_REMOUNT, NULL));
	FAILS(EFAULT, mount("x", unmapped_page(), "tmpfs", 0, NULL));
	FAILS(EFAULT, mount("x", "m", unmapped_page(), 0, NULL));
	AS_NOBODY(FAILS(EPERM, mount("x", "m", "tmpfs", 0, NULL));
		  FAILS(EPERM, umount("/")));
}

int
main(void)
{
	AS_NOBODY(FAILS(EPERM, mount("x", "/", "tmpfs", 0, NULL)));
	private_mounts();
	tmpfs();
	options();
	refuses();
	return 0;
}
