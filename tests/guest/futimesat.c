/* SPDX-License-Identifier: MIT */
/* futimesat(2). */
#include "tests/guest/check.h"

int
main(void)
{
	struct timeval t[2] = {{100, 5}, {200, 6}};
	struct stat st;
	int d, f;

	OK(mkdir("d", 0755));
	put_file("d/f", "");
	d = OK(open("d", O_PATH));
	f = OK(open("d/f", O_RDONLY));
	OK(syscall(SYS_futimesat, d, "f", t));
	OK(stat("d/f", &st));
	IS(200, st.st_mtim.tv_sec);
	IS(6000, st.st_mtim.tv_nsec);
	t[1].tv_sec = 300;
	OK(syscall(SYS_futimesat, f, NULL, t));
	OK(stat("d/f", &st));
	IS(300, st.st_mtim.tv_sec);
	OK(syscall(SYS_futimesat, AT_FDCWD, "d/f", NULL));
	t[0].tv_usec = 1000000;
	FAILS(EINVAL, syscall(SYS_futimesat, d, "f", t));
	FAILS(EBADF, syscall(SYS_futimesat, -1, "f", NULL));
	FAILS(ENOTDIR, syscall(SYS_futimesat, f, "f", NULL));
	FAILS(EFAULT, syscall(SYS_futimesat, d, "f", unmapped_page()));
	return 0;
}
