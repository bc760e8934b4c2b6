/* SPDX-License-Identifier: MIT */
/* mount(2): MS_BIND, MS_MOVE, and read-only views. */
#include "tests/guest/check.h"

static void
directories(void)
{
	struct stat a, b;

	OK(mkdir("src", 0755));
	OK(mkdir("dst", 0755));
	put_file("src/f", "hello");
	OK(mount("src", "dst", NULL, MS_BIND, NULL));
	OK(stat("src/f", &a));
	OK(stat("dst/f", &b));
	IS(a.st_ino, b.st_ino);
	IS(a.st_dev, b.st_dev);
	put_file("dst/new", "");
	OK(access("src/new", F_OK));
	/* The same file system, yet not the same mount. */
	FAILS(EXDEV, rename("src/f", "dst/g"));
	FAILS(EXDEV, link("src/f", "dst/g"));
	FAILS(EBUSY, rmdir("dst"));

	/* Read-only here, writable there. */
	OK(mount(NULL, "dst", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL));
	FAILS(EROFS, open("dst/f", O_WRONLY));
	FAILS(EROFS, unlink("dst/f"));
	OK(close(OK(open("src/f", O_WRONLY))));
	OK(umount("dst"));
	FAILS(ENOENT, access("dst/f", F_OK));
}

static void
files(void)
{
	struct stat st;

	put_file("target", "");
	OK(mount("src/f", "target", NULL, MS_BIND, NULL));
	OK(stat("target", &st));
	IS(5, st.st_size);
	FAILS(EBUSY, unlink("target"));
	FAILS(EBUSY, rename("src/new", "target"));
	OK(umount("target"));
	OK(stat("target", &st));
	IS(0, st.st_size);
	FAILS(ENOTDIR, mount("src", "target", NULL, MS_BIND, NULL));
	FAILS(ENOTDIR, mount("target", "src", NULL, MS_BIND, NULL));
	FAILS(ENOENT, mount("no", "dst", NULL, MS_BIND, NULL));
	FAILS(EINVAL, mount("", "dst", NULL, MS_BIND, NULL));
}

static void
recursively(void)
{
	OK(mkdir("src/sub", 0755));
	OK(mount("t", "src/sub", "tmpfs", 0, NULL));
	put_file("src/sub/inner", "");
	OK(mount("src", "dst", NULL, MS_BIND, NULL));
	FAILS(ENOENT, access("dst/sub/inner", F_OK));
	OK(umount("dst"));
	OK(mount("src", "dst", NULL, MS_BIND | MS_REC, NULL));
	OK(access("dst/sub/inner", F_OK));
	FAILS(EBUSY, umount("dst"));
	OK(umount2("dst", MNT_DETACH));
	FAILS(ENOENT, access("dst/sub", F_OK));
}

static void
moved(void)
{
	OK(mount("src/sub", "dst", NULL, MS_MOVE, NULL));
	OK(access("dst/inner", F_OK));
	FAILS(ENOENT, access("src/sub/inner", F_OK));
	FAILS(EINVAL, mount("src", "dst", NULL, MS_MOVE, NULL));
	FAILS(ELOOP, (mkdir("dst/in", 0755),
		      mount("dst", "dst/in", NULL, MS_MOVE, NULL)));
	OK(umount("dst"));
}

int
main(void)
{
	private_mounts();
	directories();
	files();
	recursively();
	moved();
	return 0;
}
