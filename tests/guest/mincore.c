/* SPDX-License-Identifier: MIT */
/* mincore(2). */
#include "tests/guest/check.h"

#include <fcntl.h>

int
main(void)
{
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600));
	char *p = MMAP(8 * 4096, RW, MAP_PRIVATE);
	unsigned char v[8], *vec = v;
	char *f;

	/* Memory nobody has touched is not there. */
	p[4096] = 1;
	memset(v, 0xff, 8);
	OK(mincore(p, 3 * 4096, vec));
	IS(0, v[0] & 1);
	IS(1, v[1] & 1);
	IS(0, v[2] & 1);
	IS(0xff, v[3]);
	OK(mincore(p, 4097, vec));
	OK(madvise(p, 8192, MADV_DONTNEED));
	OK(mincore(p, 8192, vec));
	IS(0, v[1] & 1);

	IS(2, write(fd, "hi", 2));
	f = MAPPED(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0));
	IS('h', *f);
	OK(mincore(f, 4096, vec));
	IS(1, v[0] & 1);

	FAILS(EINVAL, mincore(p + 1, 4096, vec));
	OK(mincore(p, 0, vec));
	FAILS(EFAULT, mincore(p, 4096, unmapped_page()));
	FAILS(ENOMEM, mincore(p, 1ul << 48, vec));
	OK(munmap(p + 4096, 4096));
	FAILS(ENOMEM, mincore(p, 3 * 4096, vec));
	FAILS(ENOMEM, mincore(p + 4096, 4096, vec));
	OK(unlink("f"));
	return 0;
}
