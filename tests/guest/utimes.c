/* SPDX-License-Identifier: MIT */
/* utimes(2): microseconds. */
#include "tests/guest/check.h"

int
main(void)
{
	struct timeval t[2] = {{100, 5}, {200, 999999}};
	struct stat st;

	put_file("f", "");
	OK(symlink("f", "l"));
	OK(syscall(SYS_utimes, "l", t));
	OK(stat("f", &st));
	IS(100, st.st_atim.tv_sec);
	IS(5000, st.st_atim.tv_nsec);
	IS(999999000, st.st_mtim.tv_nsec);
	OK(syscall(SYS_utimes, "f", NULL));
	OK(stat("f", &st));
	CHECK(labs(st.st_mtime - time(NULL)) < 5);
	t[1].tv_usec = 1000000;
	FAILS(EINVAL, syscall(SYS_utimes, "f", t));
	t[1].tv_usec = -1;
	FAILS(EINVAL, syscall(SYS_utimes, "no", t));
	FAILS(ENOENT, syscall(SYS_utimes, "no", NULL));
	FAILS(EFAULT, syscall(SYS_utimes, unmapped_page(), NULL));
	FAILS(EFAULT, syscall(SYS_utimes, "f", unmapped_page()));
	return 0;
}
