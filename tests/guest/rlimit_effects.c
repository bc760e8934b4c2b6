/* SPDX-License-Identifier: MIT */
/* What the limits of setrlimit(2) do: files, file size, processor time,
 * address space, data. */
#include "tests/guest/check.h"

#include <sys/resource.h>

static void
limit(int res, rlim_t soft, rlim_t hard)
{
	struct rlimit lim = {soft, hard};

	OK(setrlimit(res, &lim));
}

static void
files(void)
{
	int p[2], fd = OK(dup(0));

	OK(dup2(0, 50)); /* stays, though above the limit */
	limit(RLIMIT_NOFILE, fd + 1, fd + 1);
	FAILS(EMFILE, dup(0));
	FAILS(EMFILE, open("/", O_RDONLY));
	FAILS(EMFILE, pipe(p));
	FAILS(EBADF, dup2(0, fd + 1));
	FAILS(EINVAL, fcntl(0, F_DUPFD, fd + 1));
	OK(fcntl(50, F_GETFD));
	OK(close(fd));
	IS(fd, dup(0));
	EXITS(0, OK(fcntl(50, F_GETFD)));
}

static void
file_size(void)
{
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600));

	catch_signal(SIGXFSZ, 0);
	limit(RLIMIT_FSIZE, 1000, 1000);
	IS(600, write(fd, MMAP(4096, RW, MAP_PRIVATE), 600));
	IS(400, write(fd, MMAP(4096, RW, MAP_PRIVATE), 600)); /* what fits */
	IS(0, caught[SIGXFSZ]);
	FAILS(EFBIG, write(fd, "x", 1));
	IS(1, caught[SIGXFSZ]);
	FAILS(EFBIG, pwrite(fd, "x", 1, 5000));
	FAILS(EFBIG, ftruncate(fd, 1001));
	IS(3, caught[SIGXFSZ]);
	OK(ftruncate(fd, 1000));
	IS(1, pwrite(fd, "x", 1, 0));
	DIES(SIGXFSZ, {
		signal(SIGXFSZ, SIG_DFL);
		IS(0, write(fd, "x", 1));
	});
	OK(unlink("f"));
}

/* Seconds: SIGXCPU at the soft limit, SIGKILL at the hard one. */
static void
cpu_time(void)
{
	catch_signal(SIGXCPU, 0);
	limit(RLIMIT_CPU, 1, RLIM_INFINITY);
	while (!caught[SIGXCPU])
		;
	limit(RLIMIT_CPU, 1, 1);
	for (;;)
		;
}

static void
address_space(void)
{
	char *p = MMAP(64 << 20, PROT_NONE, MAP_PRIVATE);

	OK(munmap(p, 64 << 20));
	limit(RLIMIT_AS, 32 << 20, 32 << 20);
	FAILS(ENOMEM, mmap(NULL, 64 << 20, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
	p = MMAP(4 << 20, RW, MAP_PRIVATE);
	FAILS(ENOMEM, mremap(p, 4 << 20, 40 << 20, MREMAP_MAYMOVE));
	memset(p, 1, 4 << 20);
	OK(munmap(p, 4 << 20));
	EXITS(0, (void)0);
}

/* Private memory that can be written; other mappings do not count. */
static void
data(void)
{
	char *p;

	limit(RLIMIT_DATA, 16 << 20, 16 << 20);
	FAILS(ENOMEM,
	      mmap(NULL, 32 << 20, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	CHECK(MMAP(32 << 20, PROT_READ, MAP_PRIVATE));
	CHECK(MMAP(32 << 20, RW, MAP_SHARED));
	p = MMAP(32 << 20, PROT_NONE, MAP_PRIVATE);
	FAILS(ENOMEM, mprotect(p, 32 << 20, RW));
	OK(mprotect(p, 4 << 20, RW));
}

int
main(void)
{
	EXITS(0, files());
	EXITS(0, file_size());
	DIES(SIGKILL, cpu_time());
	EXITS(0, address_space());
	EXITS(0, data());
	return 0;
}
