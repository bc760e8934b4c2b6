/* SPDX-License-Identifier: MIT */
/* fcntl(2): status flags: F_GETFL, F_SETFL. */
#include "tests/guest/check.h"

enum { LARGEFILE = 0100000 };

static void
only_some_flags_change(void)
{
	int fd = OK(open("f", O_CREAT | O_WRONLY | O_TRUNC, 0600));

	IS(O_WRONLY | LARGEFILE, fcntl(fd, F_GETFL));
	OK(fcntl(fd, F_SETFL,
		 O_RDWR | O_CREAT | O_APPEND | O_NONBLOCK | O_SYNC |
			 O_CLOEXEC));
	IS(O_WRONLY | O_APPEND | O_NONBLOCK | LARGEFILE, fcntl(fd, F_GETFL));
	OK(fcntl(fd, F_SETFL, 0));
	IS(O_WRONLY | LARGEFILE, fcntl(fd, F_GETFL));
	fd = OK(open("f", O_RDONLY | O_NOATIME | O_SYNC));
	IS(O_NOATIME | O_SYNC | LARGEFILE, fcntl(fd, F_GETFL));
}

static void
append_counts_at_once(void)
{
	struct stat st;
	int fd = OK(open("g", O_CREAT | O_RDWR, 0600));

	IS(4, write(fd, "abcd", 4));
	OK(fcntl(fd, F_SETFL, O_APPEND));
	IS(0, lseek(fd, 0, SEEK_SET));
	IS(1, write(fd, "e", 1));
	OK(fcntl(fd, F_SETFL, 0));
	IS(0, lseek(fd, 0, SEEK_SET));
	IS(1, write(fd, "f", 1));
	OK(fstat(fd, &st));
	IS(5, st.st_size);
}

static void
shared_with_duplicates_and_children(void)
{
	int p[2];
	char c;

	OK(pipe(p));
	EXITS(0, OK(fcntl(p[0], F_SETFL, O_NONBLOCK)));
	IS(O_NONBLOCK, fcntl(p[0], F_GETFL));
	IS(O_WRONLY, fcntl(p[1], F_GETFL));
	FAILS(EAGAIN, read(p[0], &c, 1));
}

static void
not_the_owner(void)
{
	int fd;

	put_file("roots", "");
	fd = OK(open("roots", O_RDONLY));
	AS_NOBODY(FAILS(EPERM, fcntl(fd, F_SETFL, O_NOATIME)));
}

int
main(void)
{
	only_some_flags_change();
	append_counts_at_once();
	shared_with_duplicates_and_children();
	FAILS(EBADF, fcntl(-1, F_GETFL));
	FAILS(EBADF, fcntl(99, F_SETFL, 0));
	if (geteuid() == 0)
		not_the_owner();
	return 0;
}
