/* SPDX-License-Identifier: MIT */
/* getcwd(2): the system call returns the length with its NUL. */
#include "tests/guest/check.h"

static long
getcwd_(char *buf, unsigned long size)
{
	return syscall(SYS_getcwd, buf, size);
}

int
main(void)
{
	char top[4096], buf[4096];
	long n = OK(getcwd_(top, sizeof top));

	IS((long)strlen(top) + 1, n);
	IS('/', top[0]);
	OK(mkdir("d", 0755));
	OK(symlink("d", "l"));
	OK(chdir("l"));
	IS(n + 2, getcwd_(buf, sizeof buf));
	IS(0, strncmp(buf, top, n - 1));
	IS(0, strcmp(buf + n - 1, "/d")); /* the real name */
	OK(rename("../d", "../moved"));
	IS(n + 6, getcwd_(buf, sizeof buf));
	IS(0, strcmp(buf + n - 1, "/moved"));

	FAILS(ERANGE, getcwd_(buf, n + 5));
	IS(n + 6, getcwd_(edge_of_memory(n + 6), n + 6));
	FAILS(ERANGE, getcwd_(buf, 0));
	FAILS(EFAULT, getcwd_(unmapped_page(), 4096));
	/* No right to read on the way is needed. */
	AS_NOBODY(OK(getcwd_(buf, sizeof buf)));
	OK(rmdir("../moved"));
	FAILS(ENOENT, getcwd_(buf, sizeof buf));
	OK(chdir("/"));
	IS(2, getcwd_(buf, sizeof buf));
	IS(0, strcmp(buf, "/"));
	return 0;
}
