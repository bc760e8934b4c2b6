/* SPDX-License-Identifier: MIT */
/* execveat(2). */
#include "tests/guest/check.h"

#include <sys/auxv.h>

static char *const env[] = {NULL};

static long
at(int fd, const char *path, const char *want, int flags)
{
	char *argv[] = {"self", (char *)want, NULL};

	return syscall(SYS_execveat, fd, path, argv, env, flags);
}

/* AT_EXECFN is the path, or /dev/fd/N, as argv[1] says. */
static int
new_program(char **argv)
{
	IS(0, strcmp(argv[1], (char *)getauxval(AT_EXECFN)));
	return 7;
}

static void
by_path(void)
{
	char cwd[3000], path[4096], want[64];
	int dir;

	OK(mkdir("d", 0755));
	copy_self("d/prog", 0755);
	dir = OK(open("d", O_RDONLY | O_DIRECTORY));
	snprintf(want, sizeof want, "/dev/fd/%d/prog", dir);
	EXITS(7, OK(at(dir, "prog", want, 0)));
	EXITS(7, OK(at(AT_FDCWD, "d/prog", "d/prog", 0)));
	CHECK(getcwd(cwd, sizeof cwd));
	snprintf(path, sizeof path, "%s/d/prog", cwd);
	EXITS(7, OK(at(-5, path, path, 0)));
	FAILS(EBADF, at(-5, "prog", "", 0));
	FAILS(ENOENT, at(dir, "missing", "", 0));
	FAILS(EINVAL, at(dir, "prog", "", 1));
	OK(symlink("prog", "d/link"));
	snprintf(want, sizeof want, "/dev/fd/%d/link", dir);
	EXITS(7, OK(at(dir, "link", want, 0)));
	FAILS(ELOOP, at(dir, "link", "", AT_SYMLINK_NOFOLLOW));
	OK(close(dir));
}

static void
by_descriptor(void)
{
	int fd = OK(open("d/prog", O_RDONLY));
	int op = OK(open("d/prog", O_PATH));
	int dir = OK(open("d", O_PATH));
	char want[64];

	snprintf(want, sizeof want, "/dev/fd/%d", fd);
	EXITS(7, OK(at(fd, "", want, AT_EMPTY_PATH)));
	snprintf(want, sizeof want, "/dev/fd/%d", op);
	EXITS(7, OK(at(op, "", want, AT_EMPTY_PATH)));
	FAILS(ENOENT, at(fd, "", "", 0));
	FAILS(ENOTDIR, at(fd, "x", "", 0));
	FAILS(EACCES, at(dir, "", "", AT_EMPTY_PATH));
	FAILS(EACCES, at(AT_FDCWD, "", "", AT_EMPTY_PATH));
	FAILS(EBADF, at(99, "", "", AT_EMPTY_PATH));
	OK(unlink("d/prog"));
	EXITS(7, {
		snprintf(want, sizeof want, "/dev/fd/%d", fd);
		OK(at(fd, "", want, AT_EMPTY_PATH));
	});
}

static void
from_memory(void)
{
	int m = OK(memfd_create("prog", 0));
	int from = OK(open("/proc/self/exe", O_RDONLY));
	char want[64];
	static char buf[65536];
	long n;

	while ((n = OK(read(from, buf, sizeof buf))) > 0)
		IS(n, write(m, buf, n));
	/* Linux: no ETXTBSY, though it is open for writing. */
	snprintf(want, sizeof want, "/dev/fd/%d", m);
	EXITS(7, OK(at(m, "", want, AT_EMPTY_PATH)));
}

/* The interpreter opens the script by name: it must be there to be opened. */
static void
scripts(void)
{
	int fd;

	copy_self("d/self", 0755);
	put_file("d/s", "#!./d/self\n");
	OK(chmod("d/s", 0755));
	fd = OK(open("d/s", O_RDONLY | O_CLOEXEC));
	FAILS(ENOENT, at(fd, "", "", AT_EMPTY_PATH));
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		return new_program(argv);
	by_path();
	by_descriptor();
	from_memory();
	scripts();
	return 0;
}
