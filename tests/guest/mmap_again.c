/* SPDX-License-Identifier: MIT */
/* What one process, mapping or file left in memory is in no fresh page. */
#include "tests/guest/check.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (1L << 20)

/* All of fresh memory is zero; then it is not. */
static void
use(long len, long skip)
{
	unsigned char *p = (unsigned char *)MAPPED(
		mmap(NULL, (size_t)len, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	unsigned char seen = 0;

	for (long i = skip; i < len; i += 512)
		seen |= p[i];
	IS(0, seen);
	memset(p + skip, 0xa5, (size_t)(len - skip));
	/* Emptied, it is zero again. */
	OK(madvise(p + len / 2, (size_t)(len / 4), MADV_DONTNEED));
	for (long i = len / 2; i < len / 2 + len / 4; i += 512)
		seen |= p[i];
	IS(0, seen);
	memset(p + len / 2, 0xa5, (size_t)(len / 4));
	if (skip)
		OK(munmap(p, (size_t)len));
}

static void
use_file(long len)
{
	int fd = OK(open("left", O_CREAT | O_TRUNC | O_RDWR, 0600));
	static char bytes[65536];

	memset(bytes, 0x5a, sizeof bytes);
	for (long done = 0; done < len; done += (long)sizeof bytes)
		IS((long)sizeof bytes, write(fd, bytes, sizeof bytes));
	OK(ftruncate(fd, 4096));
	OK(ftruncate(fd, len));
	for (long at = 4096; at < len; at += MIB / 4) {
		IS(4096, pread(fd, bytes, 4096, at));
		for (int i = 0; i < 4096; i++)
			IS(0, bytes[i]);
	}
	close(fd);
	unlink("left");
}

int
main(void)
{
	static const long len[] = {MIB / 4, 3 * MIB, 9 * MIB, 24 * MIB};
	int status;

	for (int i = 0; i < 12; i++) {
		pid_t pid = OK(fork());

		if (pid == 0) {
			use(len[i % 4], 4096L * (i % 3));
			if (i % 4 == 1)
				use_file(6 * MIB);
			use(len[(i + 1) % 4], 0);
			_exit(0);
		}
		IS(pid, waitpid(pid, &status, 0));
		IS(0, status);
	}
	return 0;
}
