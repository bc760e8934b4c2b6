/* SPDX-License-Identifier: MIT */
/* MAP_SHARED memory between processes: anonymous, of a file, after exec-less
 * strangers open the same file. */
#include "tests/guest/check.h"

#include <fcntl.h>
#include <sched.h>

static void
anonymous_across_fork(void)
{
	volatile int *p = (int *)MMAP(8192, RW, MAP_SHARED);

	p[0] = 1;
	EXITS(0, {
		IS(1, p[0]);
		p[0] = 2;
		p[1024] = 3; /* a page nobody has touched before */
		EXITS(0, p[1] = p[0] + 5);
	});
	IS(2, p[0]);
	IS(3, p[1024]);
	IS(7, p[1]);
	OK(munmap((void *)p, 8192));
}

static void
handshake(void)
{
	volatile int *p = (int *)MMAP(4096, RW, MAP_SHARED);
	pid_t pid = OK(fork());

	for (int i = 0; i < 100; i++) {
		while (p[0] % 2 != !pid)
			sched_yield();
		p[0]++;
	}
	if (!pid)
		_exit(0);
	IS(pid, waitpid(pid, NULL, 0));
	IS(200, p[0]);
	OK(munmap((void *)p, 4096));
}

static void
through_a_file_by_strangers(void)
{
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600));
	volatile char *p;

	OK(ftruncate(fd, 4096));
	p = MAPPED(mmap(NULL, 4096, RW, MAP_SHARED, fd, 0));
	EXITS(0, {
		int mine = OK(open("f", O_RDWR));
		char *q = MAPPED(mmap(NULL, 4096, RW, MAP_SHARED, mine, 0));

		OK(munmap((void *)p, 4096));
		OK(close(fd));
		q[9] = 'q';
	});
	IS('q', p[9]);
	p[8] = 'p';
	EXITS(0, {
		char back[2];

		IS(2, pread(fd, back, 2, 8));
		IS(0, memcmp(back, "pq", 2));
	});
	OK(unlink("f"));
}

/* /dev/zero is anonymous memory by another name. */
static void
dev_zero(void)
{
	int fd = OK(open("/dev/zero", O_RDWR));
	char *p = MAPPED(mmap(NULL, 8192, RW, MAP_PRIVATE, fd, 0));
	char *s = MAPPED(mmap(NULL, 8192, RW, MAP_SHARED, fd, 0));
	char *t = MAPPED(mmap(NULL, 8192, RW, MAP_SHARED, fd, 0));

	EXITS(0, {
		IS(0, p[0] + s[4096]);
		p[0] = s[0] = 'x';
	});
	IS(0, p[0]);
	IS('x', s[0]);
	IS(0, t[0]); /* each mapping is a memory of its own */
	OK(close(fd));
}

/* What one maps after the fork is its own. */
static void
later_mappings_are_not_shared(void)
{
	char *hole = MMAP(4096, PROT_NONE, MAP_SHARED);

	OK(munmap(hole, 4096));
	EXITS(0,
	      CHECK(mmap(hole, 4096, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED,
			 -1, 0) == hole));
	IS(SIGSEGV, touch(hole, 'r'));
	IS(SEGV_MAPERR, touched.si_code);
}

int
main(void)
{
	anonymous_across_fork();
	handshake();
	through_a_file_by_strangers();
	dev_zero();
	later_mappings_are_not_shared();
	return 0;
}
