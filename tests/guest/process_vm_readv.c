/* SPDX-License-Identifier: MIT */
/* process_vm_readv(2) and process_vm_writev(2). */
#include "tests/guest/check.h"

#include <sys/uio.h>

static char *mem; /* two pages; the one behind them is unmapped */
static pid_t child;
static int hold[2];

static void
start_child(void)
{
	OK(pipe(hold));
	memset(mem, 'p', 8192);
	child = OK(fork());
	if (!child) {
		char c;

		memcpy(mem, "child", 5);
		IS(1, write(hold[1], "", 1));
		OK(close(hold[1]));
		while (*(volatile char *)mem != 'X')
			sleep_ms(5);
		c = mem[4096];
		_exit(c == 'Y' ? 0 : 1);
	}
	OK(close(hold[1]));
	IS(1, read(hold[0], &(char){0}, 1));
}

static void
reads(void)
{
	char a[3], b[4];
	struct iovec l[2] = {{a, 3}, {b, 4}};
	struct iovec r[2] = {{mem, 5}, {mem + 4096, 2}};
	struct iovec edge = {mem + 8190, 10};
	struct iovec bad[2] = {{mem, 3}, {mem + 8192, 3}};

	IS(7, process_vm_readv(child, l, 2, r, 2, 0));
	IS(0, memcmp(a, "chi", 3));
	IS(0, memcmp(b, "ldpp", 4));
	/* What can be had is had, down to whole iovecs at least. */
	IS(3, process_vm_readv(child, l, 2, bad, 2, 0));
	FAILS(EFAULT, process_vm_readv(child, l, 2, bad + 1, 1, 0));
	CHECK(process_vm_readv(child, l, 2, &edge, 1, 0) == 2);
	IS(0, process_vm_readv(child, l, 0, r, 2, 0));
	IS(0, process_vm_readv(child, l, 2, r, 0, 0));
}

static void
refuses(void)
{
	char a[3];
	struct iovec l = {a, 3}, r = {mem, 3};

	FAILS(EINVAL, process_vm_readv(child, &l, 1, &r, 1, 1));
	FAILS(EINVAL, process_vm_readv(child, &l, 2000, &r, 1, 0));
	FAILS(EINVAL, process_vm_readv(child, &l, 1, &r, 2000, 0));
	FAILS(EFAULT, process_vm_readv(child, unmapped_page(), 1, &r, 1, 0));
	FAILS(EFAULT, process_vm_readv(child, &l, 1, unmapped_page(), 1, 0));
	FAILS(ESRCH, process_vm_readv(0x3fffffff, &l, 1, &r, 1, 0));
	l.iov_base = mem + 8192;
	FAILS(EFAULT, process_vm_readv(child, &l, 1, &r, 1, 0));
	if (geteuid() == 0)
		EXITS(0, {
			pid_t parent = getppid();

			l.iov_base = a;
			become_nobody();
			FAILS(EPERM, process_vm_readv(parent, &l, 1, &r, 1, 0));
		});
}

static void
writes(void)
{
	struct iovec l[2] = {{(char[]){"Y"}, 1}, {(char[]){"X"}, 1}};
	struct iovec r[2] = {{mem + 4096, 1}, {mem, 1}};

	IS(2, process_vm_writev(child, l, 2, r, 2, 0));
	IS('p', mem[0]);
	check_pid = child;
	check_child(__FILE__, __LINE__, "the child saw it", 0);
}

int
main(void)
{
	struct iovec none = {mem, 0};

	if (process_vm_readv(getpid(), &none, 1, &none, 1, 0) < 0 &&
	    errno == ENOSYS)
		SKIP("no process_vm_readv");
	mem = MMAP(3 * 4096, RW, MAP_PRIVATE);
	OK(munmap(mem + 8192, 4096));
	start_child();
	reads();
	refuses();
	writes();
	return 0;
}
