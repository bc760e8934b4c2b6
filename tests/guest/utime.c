/* SPDX-License-Identifier: MIT */
/* utime(2): whole seconds. */
#include "tests/guest/check.h"

#include <utime.h>

int
main(void)
{
	struct utimbuf t = {.actime = 100, .modtime = 200};
	struct stat st;

	put_file("f", "");
	OK(syscall(SYS_utime, "f", &t));
	OK(stat("f", &st));
	IS(100, st.st_atim.tv_sec);
	IS(0, st.st_atim.tv_nsec);
	IS(200, st.st_mtim.tv_sec);
	OK(syscall(SYS_utime, "f", NULL));
	OK(stat("f", &st));
	CHECK(labs(st.st_mtime - time(NULL)) < 5);
	FAILS(ENOENT, syscall(SYS_utime, "no", NULL));
	FAILS(EFAULT, syscall(SYS_utime, unmapped_page(), NULL));
	FAILS(EFAULT, syscall(SYS_utime, "f", unmapped_page()));
	if (geteuid() == 0)
		AS_NOBODY(FAILS(EPERM, syscall(SYS_utime, "f", &t));
			  FAILS(EACCES, syscall(SYS_utime, "f", NULL)));
	return 0;
}
