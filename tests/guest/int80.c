/* SPDX-License-Identifier: MIT */
/* int $0x80, the 32-bit way into the kernel, where there is one. */
#include "tests/guest/check.h"

static sigjmp_buf out;

static void
leave(int sig)
{
	siglongjmp(out, 1);
}

static int
call32(int nr, int a)
{
	int ret;

	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "a"(nr), "b"(a), "c"(0), "d"(0)
			 : "r8", "r9", "r10", "r11", "memory");
	return ret;
}

int
main(void)
{
	int pid;

	signal(SIGSEGV, leave);
	if (sigsetjmp(out, 1))
		SKIP("no 32-bit system calls");
	pid = call32(20, 0); /* getpid, in those numbers */
	if (pid == -ENOSYS)
		SKIP("no 32-bit system calls");
	IS(getpid(), pid);
	IS(-EBADF, call32(6, -1));
	IS(-ENOSYS, call32(9999, 0));
	return 0;
}
