/* SPDX-License-Identifier: MIT */
/* mmap(2) of files: private and shared, past the end, access rights. */
#include "tests/guest/check.h"

#include <fcntl.h>
#include <sys/stat.h>

static int
file_of(const char *name, int len)
{
	int fd = OK(open(name, O_CREAT | O_TRUNC | O_RDWR, 0600));

	for (int i = 0; i < len; i++)
		IS(1, write(fd, &"abcdefghijklmnop"[i % 16], 1));
	return fd;
}

static void
private_writes_stay_private(void)
{
	int fd = file_of("f", 100);
	char *p = MAPPED(mmap(NULL, 4096, RW, MAP_PRIVATE, fd, 0));
	char c;

	IS('a', p[0]);
	p[0] = 'X';
	IS(1, pread(fd, &c, 1, 0));
	IS('a', c);
	/* A page already copied does not see the file change; Linux shows
	 * the change in one that is not. */
	IS(1, pwrite(fd, "Y", 1, 0));
	IS('X', p[0]);
	OK(munmap(p, 4096));
	OK(close(fd));
}

static void
shared_writes_reach_the_file(void)
{
	int fd = file_of("f", 5000);
	char *p = MAPPED(mmap(NULL, 8192, RW, MAP_SHARED, fd, 0));
	char *q = MAPPED(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 4096));
	char c;

	OK(close(fd));
	fd = OK(open("f", O_RDONLY));
	OK(unlink("f"));
	p[4096] = 'X';
	IS('X', q[0]);
	IS(1, pread(fd, &c, 1, 4096));
	IS('X', c);
	OK(munmap(p, 8192));
	IS('X', q[0]);
	OK(munmap(q, 4096));
	OK(close(fd));
}

static void
past_the_end(void)
{
	int fd = file_of("f", 100);
	char *p = MAPPED(mmap(NULL, 3 * 4096, RW, MAP_SHARED, fd, 0));
	struct stat st;

	for (int i = 100; i < 4096; i++)
		IS(0, p[i]);
	p[200] = 'X'; /* kept nowhere */
	IS(SIGBUS, touch(p + 4096, 'r'));
	IS(BUS_ADRERR, touched.si_code);
	CHECK(touched.si_addr == p + 4096);
	IS(SIGBUS, touch(p + 8192 + 7, 'w'));
	CHECK(touched.si_addr == p + 8192 + 7);
	FAILS(EFAULT, write(fd, p + 4096, 1));
	OK(fstat(fd, &st));
	IS(100, st.st_size);
	OK(ftruncate(fd, 5000));
	IS(0, touch(p + 4096, 'w'));
	IS(SIGBUS, touch(p + 8192, 'r'));
	OK(munmap(p, 3 * 4096));
	OK(close(fd));
	OK(unlink("f"));
}

static void
rights(void)
{
	int rd, wr, p[2], dir = OK(open(".", O_RDONLY));
	char *m;

	OK(close(file_of("f", 100)));
	rd = OK(open("f", O_RDONLY));
	wr = OK(open("f", O_WRONLY));
	FAILS(EACCES, mmap(NULL, 4096, RW, MAP_SHARED, rd, 0));
	FAILS(EACCES, mmap(NULL, 4096, PROT_READ, MAP_SHARED, wr, 0));
	FAILS(EACCES, mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, wr, 0));
	FAILS(EACCES, mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE, wr, 0));
	m = MAPPED(mmap(NULL, 4096, PROT_READ, MAP_SHARED, rd, 0));
	FAILS(EACCES, mprotect(m, 4096, RW));
	OK(munmap(m, 4096));
	m = MAPPED(mmap(NULL, 4096, RW, MAP_PRIVATE, rd, 0));
	IS(0, touch(m, 'w'));
	OK(munmap(m, 4096));
	FAILS(ENODEV, mmap(NULL, 4096, PROT_READ, MAP_SHARED, dir, 0));
	OK(pipe(p));
	FAILS(ENODEV, mmap(NULL, 4096, PROT_READ, MAP_SHARED, p[0], 0));
	rd = OK(open("f", O_PATH));
	FAILS(EBADF, mmap(NULL, 4096, PROT_READ, MAP_SHARED, rd, 0));
	OK(unlink("f"));
}

static void
validate(void)
{
	int fd = file_of("f", 100);
	int flags = MAP_SHARED_VALIDATE;
	char *p = MAPPED(mmap(NULL, 4096, RW, flags, fd, 0));

	OK(munmap(p, 4096));
	FAILS(EOPNOTSUPP, mmap(NULL, 4096, RW, flags | MAP_SYNC, fd, 0));
	FAILS(EOPNOTSUPP, mmap(NULL, 4096, RW, flags | 1 << 24, fd, 0));
	p = MAPPED(mmap(NULL, 4096, RW, MAP_SHARED | 1 << 24, fd, 0));
	OK(munmap(p, 4096));
	OK(unlink("f"));
}

int
main(void)
{
	private_writes_stay_private();
	shared_writes_reach_the_file();
	past_the_end();
	rights();
	validate();
	return 0;
}
