/* SPDX-License-Identifier: MIT */
/*
 * fallocate(2): zero, collapse and insert ranges.  Not every file system has
 * them: tmpfs says EOPNOTSUPP, which is an answer as well.
 */
#include "tests/guest/check.h"

#include <linux/falloc.h>

static char page[4096], back[4096];

static void
check_page(int fd, int index, int c)
{
	memset(page, c, sizeof page);
	IS(sizeof back, pread(fd, back, sizeof back, index * 4096l));
	IS(0, memcmp(page, back, sizeof page));
}

int
main(void)
{
	struct stat st;
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600)), c, none = 0;

	for (c = 'a'; c <= 'd'; c++)
		IS(4096, write(fd, memset(page, c, sizeof page), 4096));

	if (fallocate(fd, FALLOC_FL_ZERO_RANGE, 4096, 4096) == 0) {
		check_page(fd, 0, 'a');
		check_page(fd, 1, 0);
		check_page(fd, 2, 'c');
		OK(fallocate(fd, FALLOC_FL_ZERO_RANGE, 12288, 8192));
		OK(fstat(fd, &st));
		IS(20480, st.st_size);
		OK(ftruncate(fd, 12288));
		memset(page, 'd', sizeof page);
		IS(4096, pwrite(fd, page, 4096, 12288));
	} else {
		IS(EOPNOTSUPP, errno);
		none++;
	}
	if (fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 4096, 4096) == 0) {
		OK(fstat(fd, &st));
		IS(12288, st.st_size);
		check_page(fd, 0, 'a');
		check_page(fd, 1, 'c');
		FAILS(EINVAL, fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 1, 4096));
		FAILS(EINVAL,
		      fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 4096, 8192));
	} else {
		IS(EOPNOTSUPP, errno);
		none++;
	}
	if (fallocate(fd, FALLOC_FL_INSERT_RANGE, 4096, 4096) == 0) {
		check_page(fd, 0, 'a');
		check_page(fd, 1, 0);
		check_page(fd, 2, 'c');
		FAILS(EINVAL,
		      fallocate(fd, FALLOC_FL_INSERT_RANGE, 1 << 20, 4096));
	} else {
		IS(EOPNOTSUPP, errno);
		none++;
	}
	FAILS(EOPNOTSUPP,
	      fallocate(fd, FALLOC_FL_COLLAPSE_RANGE | FALLOC_FL_KEEP_SIZE, 0,
			4096));
	if (none == 3)
		SKIP("this file system has none of these ranges");
	return 0;
}
