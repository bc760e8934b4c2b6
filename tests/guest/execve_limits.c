/* SPDX-License-Identifier: MIT */
/* execve(2): how long arguments may be. */
#include "tests/guest/check.h"

#include <sys/resource.h>

#define MAX_STRING (32 * 4096) /* MAX_ARG_STRLEN, the NUL included */

extern char **environ;

static char *
string_of(long len)
{
	char *s = malloc(len + 1);

	memset(s, 'a', len);
	s[len] = 0;
	return s;
}

/* The new program: N strings of LEN bytes behind argv[3]. */
static int
measure(int argc, char **argv)
{
	long n = atol(argv[1]), len = atol(argv[2]);

	IS(n + 3, argc);
	for (long i = 0; i < n; i++)
		IS(len, strlen(argv[3 + i]));
	return 0;
}

static int
try(long n, long len)
{
	char **argv = calloc(n + 4, sizeof *argv), a[16], b[16];
	char *s = string_of(len);
	char *none[] = {NULL};

	snprintf(a, sizeof a, "%ld", n);
	snprintf(b, sizeof b, "%ld", len);
	argv[0] = "self";
	argv[1] = a;
	argv[2] = b;
	for (long i = 0; i < n; i++)
		argv[3 + i] = s;
	return execve("/proc/self/exe", argv, none);
}

static void
limit_stack(long bytes)
{
	struct rlimit lim = {bytes, RLIM_INFINITY};

	OK(getrlimit(RLIMIT_STACK, &lim));
	lim.rlim_cur = bytes;
	OK(setrlimit(RLIMIT_STACK, &lim));
}

int
main(int argc, char **argv)
{
	if (argc > 2)
		return measure(argc, argv);
	limit_stack(8 << 20);
	/* One string. */
	EXITS(0, OK(try(1, MAX_STRING - 1)));
	FAILS(E2BIG, try(1, MAX_STRING));
	/* All together: a quarter of the stack's limit, pointers counted. */
	EXITS(0, OK(try(15, MAX_STRING - 1)));
	FAILS(E2BIG, try(16, MAX_STRING - 1));
	EXITS(0, OK(try(20000, 90)));
	FAILS(E2BIG, try(20000, 100));
	EXITS(0, OK(try(200000, 1)));
	FAILS(E2BIG, try(240000, 1));
	/* Never more than 6 MiB, never less than 128 KiB. */
	EXITS(0, {
		limit_stack(64 << 20);
		FAILS(E2BIG, try(49, MAX_STRING - 1));
		OK(try(47, MAX_STRING - 1));
	});
	EXITS(0, {
		limit_stack(400 << 10);
		FAILS(E2BIG, try(3, 50000));
		OK(try(2, 60000));
	});
	return 0;
}
