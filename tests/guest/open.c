/* SPDX-License-Identifier: MIT */
/* open(2): flags, modes, and which error comes first. */
#include "tests/guest/check.h"

static long
open_(const char *path, int flags, mode_t mode)
{
	return syscall(SYS_open, path, flags, mode);
}

static mode_t
mode_of(const char *path)
{
	struct stat st;

	OK(lstat(path, &st));
	return st.st_mode;
}

static void
creates_with_umask(void)
{
	umask(027);
	OK(close(OK(open_("new", O_CREAT | O_WRONLY, 0666))));
	IS(S_IFREG | 0640, mode_of("new"));
	/* The mode counts for later opens, not for this one. */
	OK(write(OK(open_("none", O_CREAT | O_RDWR, 0)), "x", 1));
	IS(S_IFREG | 0, mode_of("none"));
	OK(open_("bits", O_CREAT | O_WRONLY, 07777));
	IS(S_IFREG | 07750, mode_of("bits"));
	/* An existing file's mode stays. */
	OK(open_("new", O_CREAT | O_WRONLY, 0777));
	IS(S_IFREG | 0640, mode_of("new"));
}

static void
lowest_number(void)
{
	int a = OK(open_("new", O_RDONLY, 0)),
	    b = OK(open_("new", O_RDONLY, 0));

	OK(close(a));
	IS(a, open_("new", O_RDONLY, 0));
	OK(close(a));
	OK(close(b));
}

static void
truncates_and_appends(void)
{
	char buf[16] = "";
	int fd = OK(open_("t", O_CREAT | O_RDWR | O_APPEND, 0600));
	struct stat st;

	IS(3, write(fd, "abc", 3));
	IS(0, lseek(fd, 0, SEEK_SET));
	IS(3, write(fd, "def", 3));
	IS(6, lseek(fd, 0, SEEK_CUR));
	IS(6, pread(fd, buf, sizeof buf, 0));
	IS(0, strcmp(buf, "abcdef"));
	/* Linux: O_TRUNC truncates even with O_RDONLY. */
	OK(open_("t", O_RDONLY | O_TRUNC, 0));
	OK(fstat(fd, &st));
	IS(0, st.st_size);
}

static void
access_modes(void)
{
	char c;
	int r = OK(open_("t", O_RDONLY, 0)), w = OK(open_("t", O_WRONLY, 0));

	FAILS(EBADF, write(r, "x", 1));
	FAILS(EBADF, read(w, &c, 1));
	FAILS(EISDIR, open_(".", O_WRONLY, 0));
	FAILS(EISDIR, open_(".", O_RDWR, 0));
	FAILS(EISDIR, open_(".", O_RDONLY | O_TRUNC, 0));
	FAILS(EISDIR, open_(".", O_RDONLY | O_CREAT, 0));
	FAILS(EISDIR, read(OK(open_(".", O_RDONLY, 0)), &c, 1));
}

static void
symbolic_links(void)
{
	OK(symlink("target", "dangling"));
	OK(symlink("loop2", "loop1"));
	OK(symlink("loop1", "loop2"));
	OK(symlink(".", "here"));

	FAILS(ENOENT, open_("dangling", O_RDONLY, 0));
	FAILS(EEXIST, open_("dangling", O_CREAT | O_EXCL | O_WRONLY, 0600));
	FAILS(ELOOP, open_("dangling", O_RDONLY | O_NOFOLLOW, 0));
	FAILS(ELOOP, open_("loop1", O_RDONLY, 0));
	FAILS(ELOOP, open_("loop1/x", O_RDONLY, 0));
	/* O_CREAT creates what a dangling link points to. */
	OK(open_("dangling", O_CREAT | O_WRONLY, 0600));
	CHECK(S_ISREG(mode_of("target")));
	/* O_NOFOLLOW is about the last component only. */
	OK(open_("here/target", O_RDONLY | O_NOFOLLOW, 0));
	FAILS(ENOTDIR, open_("here", O_DIRECTORY | O_NOFOLLOW, 0));
	FAILS(ELOOP, open_("here", O_NOFOLLOW, 0));
	OK(open_("here/", O_RDONLY | O_NOFOLLOW, 0));
}

static void
refuses(void)
{
	static char name[5000];

	FAILS(ENOENT, open_("no", O_RDONLY, 0));
	FAILS(ENOENT, open_("", O_RDONLY, 0));
	FAILS(ENOENT, open_("no/no", O_CREAT | O_WRONLY, 0600));
	FAILS(ENOTDIR, open_("t/x", O_RDONLY, 0));
	FAILS(ENOTDIR, open_("t/", O_RDONLY, 0));
	FAILS(ENOTDIR, open_("t/.", O_RDONLY, 0));
	FAILS(ENOTDIR, open_("t", O_RDONLY | O_DIRECTORY, 0));
	FAILS(EISDIR, open_("nodir/", O_CREAT | O_WRONLY, 0600));
	FAILS(EEXIST, open_("t", O_CREAT | O_EXCL | O_WRONLY, 0600));
	FAILS(EEXIST, open_(".", O_CREAT | O_EXCL | O_WRONLY, 0600));
	FAILS(EFAULT, open_(unmapped_page(), O_RDONLY, 0));
	FAILS(EFAULT, open_(NULL, O_CREAT | O_WRONLY, 0600));

	memset(name, 'n', 256);
	FAILS(ENAMETOOLONG, open_(name, O_RDONLY, 0));
	name[255] = 0;
	FAILS(ENOENT, open_(name, O_RDONLY, 0));
	OK(open_(name, O_CREAT | O_EXCL, 0600));
	memset(name, '/', 4096);
	FAILS(ENAMETOOLONG, open_(name, O_RDONLY, 0));
	name[4095] = 0;
	OK(open_(name, O_RDONLY, 0));
	/* The string is read up to its end, not beyond. */
	OK(open_(strcpy(edge_of_memory(2), "t"), O_RDONLY, 0));
	FAILS(EFAULT, open_(memset(edge_of_memory(2), 't', 2), O_RDONLY, 0));
}

static void
permissions(void)
{
	OK(mkdir("shut", 0700));
	put_file("shut/f", "");
	put_file("ro", "");
	OK(chmod("shut", 0));
	OK(chmod("ro", 0444));
	put_file("wo", "");
	OK(chmod("wo", 0222));
	AS_NOBODY(FAILS(EACCES, open_("shut/f", O_RDONLY, 0));
		  FAILS(EACCES, open_("shut/no", O_RDONLY, 0));
		  FAILS(EACCES, open_("shut", O_RDONLY, 0));
		  FAILS(EACCES, open_("ro", O_WRONLY, 0));
		  FAILS(EACCES, open_("ro", O_RDWR, 0));
		  FAILS(EACCES, open_("ro", O_RDONLY | O_TRUNC, 0));
		  OK(open_("ro", O_RDONLY, 0));
		  FAILS(EACCES, open_("wo", O_RDONLY, 0));
		  OK(open_("wo", O_WRONLY, 0)));
	if (geteuid() == 0) {
		OK(open_("shut/f", O_RDWR, 0));
		OK(open_("ro", O_RDWR, 0));
		AS_NOBODY(
			FAILS(EACCES, open_("mine", O_CREAT | O_WRONLY, 0600));
			FAILS(EPERM, open_("ro", O_RDONLY | O_NOATIME, 0)));
	}
}

static void
owner_and_flags(void)
{
	struct stat st;
	int fd = OK(open_("mine", O_CREAT | O_WRONLY | O_NONBLOCK, 0600));

	OK(fstat(fd, &st));
	IS(geteuid(), st.st_uid);
	IS(getegid(), st.st_gid);
	IS(1, st.st_nlink);
	/* O_LARGEFILE is always set; O_CREAT and such are not kept. */
	IS(O_WRONLY | O_NONBLOCK | 0100000, fcntl(fd, F_GETFL));
	IS(0, fcntl(fd, F_GETFD));
	fd = OK(open_("mine", O_RDONLY | O_CLOEXEC, 0));
	IS(FD_CLOEXEC, fcntl(fd, F_GETFD));
	IS(0100000, fcntl(fd, F_GETFL));
}

int
main(void)
{
	creates_with_umask();
	lowest_number();
	truncates_and_appends();
	access_modes();
	symbolic_links();
	refuses();
	permissions();
	owner_and_flags();
	return 0;
}
