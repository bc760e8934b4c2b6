/* SPDX-License-Identifier: MIT */
/* ustat(2): statfs's ancestor, by device number. */
#include "tests/guest/check.h"

struct ustat {
	int free_blocks;
	unsigned long free_inodes;
	char name[6], pack[6];
};

int
main(void)
{
	struct ustat u = {0};
	struct stat st;

	OK(stat(".", &st));
	OK(syscall(SYS_ustat, (unsigned int)st.st_dev, &u));
	FAILS(EINVAL, syscall(SYS_ustat, 0xfff00, &u));
	FAILS(EFAULT,
	      syscall(SYS_ustat, (unsigned int)st.st_dev, unmapped_page()));
	return 0;
}
