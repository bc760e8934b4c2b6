/* SPDX-License-Identifier: MIT */
/* RLIMIT_FSIZE: how far a file may be written. */
#include "tests/guest/check.h"

#include <sys/resource.h>

static void
limited(void)
{
	struct rlimit limit = {100, 200};
	char buf[150] = "";
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600)), p[2];
	struct stat st;

	OK(setrlimit(RLIMIT_FSIZE, &limit));
	catch_signal(SIGXFSZ, 0);
	IS(100, write(fd, buf, sizeof buf)); /* as far as it goes */
	IS(0, caught[SIGXFSZ]);
	FAILS(EFBIG, write(fd, buf, 1));
	IS(1, caught[SIGXFSZ]);
	IS(10, pwrite(fd, buf, 10, 90));
	IS(5, pwrite(fd, buf, 10, 95));
	FAILS(EFBIG, pwrite(fd, buf, 1, 100));
	FAILS(EFBIG, fallocate(fd, 0, 0, 101));
	FAILS(EFBIG, ftruncate(fd, 101));
	OK(fstat(fd, &st));
	IS(100, st.st_size);
	OK(pipe(p)); /* files only */
	IS(150, write(p[1], buf, 150));
	DIES(SIGXFSZ, signal(SIGXFSZ, SIG_DFL); write(fd, buf, 1));
	signal(SIGXFSZ, SIG_IGN);
	FAILS(EFBIG, write(fd, buf, 1));
}

int
main(void)
{
	struct rlimit none = {0, 0};

	OK(setrlimit(RLIMIT_CORE, &none));
	EXITS(0, limited());
	return 0;
}
