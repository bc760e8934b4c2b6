/* SPDX-License-Identifier: MIT */
/* execve(2): what it refuses, with the caller none the worse. */
#include "tests/guest/check.h"

static char *const none[] = {NULL};

static void
fails(int err, const char *path)
{
	FAILS(err, execve(path, none, none));
}

static void
paths(void)
{
	static char longer[5000], name[300];

	fails(ENOENT, "missing");
	fails(ENOENT, "");
	fails(ENOENT, "missing/file");
	put_file("plain", "text");
	fails(ENOTDIR, "plain/x");
	fails(EACCES, "plain"); /* root too needs one x */
	OK(mkdir("dir", 0755));
	fails(EACCES, "dir");
	OK(symlink("loop", "loop"));
	fails(ELOOP, "loop");
	OK(symlink("missing", "dangling"));
	fails(ENOENT, "dangling");
	memset(longer, '/', sizeof longer - 1);
	fails(ENAMETOOLONG, longer);
	memset(name, 'a', sizeof name - 1);
	fails(ENAMETOOLONG, name);
	fails(EFAULT, unmapped_page());
	fails(EFAULT, NULL);
	OK(mkfifo("fifo", 0755));
	fails(EACCES, "fifo");
	fails(EACCES, "/dev/null");
}

static void
pointers(void)
{
	char *bad[] = {"x", (char *)0x10, NULL};
	char **edge = (char **)edge_of_memory(sizeof *edge);
	char *tail = edge_of_memory(3);

	*edge = "x"; /* no NULL behind it */
	memcpy(tail, "abc", 3);
	FAILS(EFAULT, execve("/proc/self/exe", bad, none));
	FAILS(EFAULT, execve("/proc/self/exe", none, bad));
	FAILS(EFAULT, execve("/proc/self/exe", edge, none));
	FAILS(EFAULT, execve("/proc/self/exe", (char **)0x10, none));
	FAILS(EFAULT, execve("/proc/self/exe", (char *[]){tail, NULL}, none));
	/* The file is looked at first. */
	FAILS(ENOENT, execve("missing", bad, none));
	FAILS(EACCES, execve("dir", bad, none));
}

static void
contents(void)
{
	put_file("f", "\177ELF");
	OK(chmod("f", 0755));
	fails(ENOEXEC, "f");
	put_file("f", "just a text that is no program at all, though it is "
		      "longer than the header of one would have to be.....");
	fails(ENOEXEC, "f");
	OK(truncate("f", 0));
	fails(ENOEXEC, "f");
}

static void
busy(void)
{
	int fd;

	copy_self("prog", 0755);
	fd = OK(open("prog", O_WRONLY));
	fails(ETXTBSY, "prog");
	OK(close(fd));
	EXITS(0, {
		/* The running program can't be written. */
		OK(execl("prog", "prog", "writer", NULL));
	});
}

static int
writer(void)
{
	FAILS(ETXTBSY, open("prog", O_WRONLY));
	FAILS(ETXTBSY, open("prog", O_RDWR));
	FAILS(ETXTBSY, open("/proc/self/exe", O_WRONLY));
	FAILS(ETXTBSY, truncate("prog", 0));
	OK(close(OK(open("prog", O_RDONLY))));
	OK(unlink("prog"));
	return 0;
}

static void
permission(void)
{
	copy_self("p", 0700);
	if (geteuid() == 0)
		AS_NOBODY(fails(EACCES, "p"));
	OK(chmod("p", 0001));
	if (geteuid() == 0)
		AS_NOBODY(OK(execl("p", "p", "ok", NULL)));
	else
		fails(EACCES, "p");
	OK(mkdir("closed", 0000));
	AS_NOBODY(fails(EACCES, "closed/p"));
	/* To run needs no right to read. */
	OK(chmod("p", 0111));
	AS_NOBODY(OK(execl("p", "p", "ok", NULL)));
	OK(rmdir("closed"));
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		return argv[1][0] == 'w' ? writer() : 0;
	paths();
	pointers();
	contents();
	busy();
	permission();
	return 0;
}
