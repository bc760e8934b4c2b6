/* SPDX-License-Identifier: MIT */
/* umask(2). */
#include "tests/guest/check.h"

#include <sched.h>

static mode_t
mode_of(const char *path)
{
	struct stat st;

	OK(lstat(path, &st));
	return st.st_mode & 07777;
}

static int
sets_027(void *arg)
{
	(void)arg;
	umask(027);
	return 0;
}

int
main(void)
{
	static char stack[16384];

	umask(0123);
	IS(0123, umask(07777)); /* only the nine bits count */
	IS(0777, umask(0022));

	OK(close(OK(open("f", O_CREAT | O_WRONLY, 07777))));
	IS(07755, mode_of("f"));
	OK(mkdir("d", 0777));
	IS(0755, mode_of("d"));
	OK(mkfifo("p", 0666));
	IS(0644, mode_of("p"));
	OK(symlink("f", "l"));
	IS(0777, mode_of("l"));

	/* Inherited, not shared; but with CLONE_FS it is. */
	EXITS(0, IS(022, umask(077)));
	IS(022, umask(022));
	REAPS(0,
	      clone(sets_027, stack + sizeof stack, CLONE_FS | SIGCHLD, NULL));
	IS(027, umask(022));
	return 0;
}
