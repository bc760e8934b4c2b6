/* SPDX-License-Identifier: MIT */
/* execve(2): arguments and environment, what survives, what the new program
 * finds. */
#include "tests/guest/check.h"

extern char **environ;

/* In the new program: argv[1] says what to look at. */
static int
arguments(int argc, char **argv)
{
	IS(5, argc);
	IS(0, strcmp(argv[2], ""));
	IS(0, strcmp(argv[3], "a b"));
	IS(0, strcmp(argv[4], "\xff\n"));
	CHECK(!argv[5]);
	IS(0, strcmp(environ[0], "X=1"));
	IS(0, strcmp(environ[1], "not a pair"));
	CHECK(!environ[2]);
	return 0;
}

static int
state(char **argv)
{
	char cwd[4096];

	IS(atoi(argv[2]), getpid());
	CHECK(getcwd(cwd, sizeof cwd) && !strcmp(strrchr(cwd, '/'), "/d"));
	IS(0751, umask(0));
	CHECK(alarm(0) > 50);
	return 0;
}

static int
name(void)
{
	char comm[17] = "", line[64] = "";
	int fd = OK(open("/proc/self/comm", O_RDONLY));

	OK(prctl(PR_GET_NAME, comm));
	IS(0, strcmp(comm, "abcdefghijklmno")); /* 15 bytes of the file's */
	OK(read(fd, line, sizeof line));
	IS(0, strcmp(line, "abcdefghijklmno\n"));
	return 0;
}

static void
exec(char *const argv[], char *const envp[])
{
	OK(execve("/proc/self/exe", argv, envp));
}

static void
lists_may_be_missing(void)
{
	/* Linux: NULL is an empty list; since 5.18 argv[0] is "" then. */
	OK(syscall(SYS_execve, "/proc/self/exe", NULL, NULL));
}

static void
state_stays(void)
{
	char pid[16];

	OK(mkdir("d", 0700));
	OK(chdir("d"));
	umask(0751);
	alarm(100);
	snprintf(pid, sizeof pid, "%d", getpid());
	EXEC_SELF("state", pid);
}

/* Data of the old program is gone, also what it mapped. */
static void
memory_is_new(void)
{
	char *p = MMAP(4096, RW, MAP_SHARED);
	char where[32];

	snprintf(where, sizeof where, "%p", (void *)p);
	EXEC_SELF("memory", where);
}

static int static_data = 1;

static int
memory(const char *where)
{
	char *p = (char *)strtoul(where, NULL, 16);
	unsigned char vec;

	IS(1, static_data);
	/* Whatever lies there now is not that page. */
	if (mincore(p, 4096, &vec) < 0)
		IS(ENOMEM, errno);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 0 || !argv[0][0])
		return environ[0] ? 1 : 33;
	if (argc > 1)
		switch (argv[1][0]) {
		case 'a':
			return arguments(argc, argv);
		case 's':
			return state(argv);
		case 'm':
			return memory(argv[2]);
		case 'n':
			return name();
		}
	EXITS(0, exec((char *[]){"x", "args", "", "a b", "\xff\n", NULL},
		      (char *[]){"X=1", "not a pair", NULL}));
	EXITS(33, lists_may_be_missing());
	EXITS(0, state_stays());
	static_data = 2;
	EXITS(0, memory_is_new());
	copy_self("abcdefghijklmnopqrst", 0755);
	EXITS(0, OK(execl("abcdefghijklmnopqrst", "other", "name", NULL)));
	OK(symlink("abcdefghijklmnopqrst", "abcdefghijklmnoX"));
	EXITS(0, OK(execl("abcdefghijklmnoX", "other", "name", NULL)));
	return 0;
}
