/* SPDX-License-Identifier: MIT */
/* openat2(2): strict arguments, and RESOLVE_*. */
#include "tests/guest/check.h"

#include <linux/openat2.h>

static long
openat2_(int dirfd, const char *path, uint64_t flags, uint64_t mode,
	 uint64_t resolve)
{
	struct open_how how = {flags, mode, resolve};

	return syscall(SYS_openat2, dirfd, path, &how, sizeof how);
}

static void
strict_arguments(void)
{
	struct {
		struct open_how how;
		uint64_t more;
	} big = {{O_RDONLY, 0, 0}, 0};
	int cwd = AT_FDCWD;

	OK(openat2_(cwd, "f", O_CREAT | O_WRONLY | O_CLOEXEC, 0640, 0));
	FAILS(EINVAL, openat2_(cwd, "f", O_RDONLY, 0600, 0));
	FAILS(EINVAL, openat2_(cwd, "f", O_CREAT, 0200000, 0));
	FAILS(EINVAL, openat2_(cwd, "f", 0x40000000, 0, 0));
	FAILS(EINVAL, openat2_(cwd, "f", 1ull << 40, 0, 0));
	FAILS(EINVAL, openat2_(cwd, "f", O_RDONLY, 0, 0x1000));
	FAILS(EINVAL, openat2_(cwd, "f", O_PATH | O_RDWR, 0, 0));
	FAILS(EINVAL,
	      openat2_(cwd, ".", 0, 0, RESOLVE_BENEATH | RESOLVE_IN_ROOT));

	FAILS(EINVAL, syscall(SYS_openat2, cwd, "f", &big, 23));
	OK(syscall(SYS_openat2, cwd, "f", &big, sizeof big));
	big.more = 1;
	FAILS(E2BIG, syscall(SYS_openat2, cwd, "f", &big, sizeof big));
	FAILS(E2BIG, syscall(SYS_openat2, cwd, "f", &big, 5000));
	FAILS(EFAULT, syscall(SYS_openat2, cwd, "f", unmapped_page(), 24));
}

static void
resolve_flags(void)
{
	int d, up;

	OK(mkdir("d", 0755));
	OK(mkdir("d/e", 0755));
	put_file("d/f", "");
	OK(symlink("f", "d/inner"));
	OK(symlink("../f", "d/outer"));
	OK(symlink("/f", "d/abs"));
	OK(symlink("/", "d/root"));
	d = OK(open("d", O_RDONLY));
	up = OK(open(".", O_RDONLY));

	OK(openat2_(d, "inner", 0, 0, RESOLVE_BENEATH));
	OK(openat2_(d, "e/../f", 0, 0, RESOLVE_BENEATH));
	FAILS(EXDEV, openat2_(d, "..", 0, 0, RESOLVE_BENEATH));
	FAILS(EXDEV, openat2_(d, "../d/f", 0, 0, RESOLVE_BENEATH));
	FAILS(EXDEV, openat2_(d, "outer", 0, 0, RESOLVE_BENEATH));
	FAILS(EXDEV, openat2_(d, "abs", 0, 0, RESOLVE_BENEATH));
	FAILS(EXDEV, openat2_(d, "/", 0, 0, RESOLVE_BENEATH));

	/* In the root: .. and / stop there. */
	OK(openat2_(d, "abs", 0, 0, RESOLVE_IN_ROOT));
	OK(openat2_(d, "outer", 0, 0, RESOLVE_IN_ROOT));
	OK(openat2_(d, "/f", 0, 0, RESOLVE_IN_ROOT));
	OK(openat2_(d, "../../e/../../f", 0, 0, RESOLVE_IN_ROOT));
	OK(openat2_(d, "root/root/f", 0, 0, RESOLVE_IN_ROOT));
	FAILS(ENOENT, openat2_(d, "/d/f", 0, 0, RESOLVE_IN_ROOT));
	FAILS(ENOENT, openat2_(d, "/proc/self", 0, 0, RESOLVE_IN_ROOT));
	FAILS(ENOENT, openat2_(d, "/root/proc/self", 0, 0, RESOLVE_IN_ROOT));
	OK(symlink("/proc/self/root", "d/magic"));
	FAILS(ENOENT, openat2_(d, "/magic", 0, 0, RESOLVE_IN_ROOT));
	FAILS(ENOENT, openat2_(AT_FDCWD, "/proc/self", 0, 0, RESOLVE_IN_ROOT));
	OK(openat2_(AT_FDCWD, "/d/f", 0, 0, RESOLVE_IN_ROOT));
	FAILS(EBADF, openat2_(99, "/f", 0, 0, RESOLVE_IN_ROOT));

	FAILS(ELOOP, openat2_(d, "inner", 0, 0, RESOLVE_NO_SYMLINKS));
	FAILS(ELOOP, openat2_(d, "root/f", 0, 0, RESOLVE_NO_SYMLINKS));
	OK(openat2_(up, "d/f", 0, 0, RESOLVE_NO_SYMLINKS));
	/* Opening the link itself resolves nothing. */
	OK(openat2_(d, "inner", O_PATH | O_NOFOLLOW, 0, RESOLVE_NO_SYMLINKS));
}

static void
magic_links_and_mounts(void)
{
	char path[64];
	int fd = OK(open("d/f", O_RDONLY));

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	OK(openat2_(AT_FDCWD, path, 0, 0, 0));
	FAILS(ELOOP, openat2_(AT_FDCWD, path, 0, 0, RESOLVE_NO_MAGICLINKS));
	FAILS(ELOOP, openat2_(AT_FDCWD, path, 0, 0, RESOLVE_NO_SYMLINKS));
	OK(openat2_(AT_FDCWD, "d/inner", 0, 0, RESOLVE_NO_MAGICLINKS));
	FAILS(EXDEV, openat2_(AT_FDCWD, "/proc/stat", 0, 0, RESOLVE_NO_XDEV));
	OK(openat2_(AT_FDCWD, "d/f", 0, 0, RESOLVE_NO_XDEV));
	/* Cached only: may fail with EAGAIN, may not do otherwise. */
	fd = openat2_(AT_FDCWD, "d/f", 0, 0, RESOLVE_CACHED);
	CHECK(fd >= 0 || errno == EAGAIN);
	FAILS(EAGAIN, openat2_(AT_FDCWD, "d/new", O_CREAT | O_WRONLY, 0600,
			       RESOLVE_CACHED));
}

int
main(void)
{
	umask(0);
	strict_arguments();
	resolve_flags();
	magic_links_and_mounts();
	return 0;
}
