/* SPDX-License-Identifier: MIT */
/* Copy on write after fork(2): both directions, generations, system calls as
 * writers. */
#include "tests/guest/check.h"

#include <fcntl.h>

#define PAGES 64

static char *mem;

static void
parent_and_child_part(void)
{
	int go[2], done[2];
	pid_t pid;
	char c;

	memset(mem, 'a', PAGES * 4096);
	OK(pipe(go));
	OK(pipe(done));
	pid = OK(fork());
	if (!pid) {
		mem[0] = 'c';
		IS(1, write(done[1], "", 1));
		IS(1, read(go[0], &c, 1));
		IS('c', mem[0]);
		IS('a', mem[4096]); /* the parent's write is not seen */
		_exit(0);
	}
	IS(1, read(done[0], &c, 1));
	IS('a', mem[0]);
	mem[4096] = 'p';
	IS(1, write(go[1], "", 1));
	check_pid = pid;
	check_child(__FILE__, __LINE__, "child", 0);
	IS('p', mem[4096]);
}

/* Each generation writes a page of its own and checks all before it. */
static void
generation(int n)
{
	for (int i = 0; i < PAGES; i++)
		IS(i < n ? i : 0, mem[i * 4096]);
	if (n == 12)
		return;
	mem[n * 4096] = (char)n;
	EXITS(0, generation(n + 1));
	for (int i = 0; i < PAGES; i++)
		IS(i <= n ? i : 0, mem[i * 4096]);
}

static void
many_children_of_one(void)
{
	memset(mem, 'm', PAGES * 4096);
	for (int i = 0; i < 20; i++) {
		EXITS(0, {
			IS('m', mem[i * 4096]);
			memset(mem, i, PAGES * 4096);
			IS(i, mem[PAGES * 4096 - 1]);
		});
		IS('m', mem[i * 4096]);
	}
}

static void
the_kernel_as_writer(void)
{
	int fd = OK(open("/dev/zero", O_RDONLY));

	memset(mem, 'k', 3 * 4096);
	EXITS(0, {
		IS(8192, read(fd, mem + 100, 8192));
		IS('k', mem[99]);
		IS(0, mem[100]);
	});
	IS('k', mem[100]);
	IS('k', mem[8291]);
}

/* The zero page is not to be written through. */
static void
read_then_write(void)
{
	char *p = MMAP(8192, RW, MAP_PRIVATE);

	IS(0, p[0]);
	EXITS(0, {
		p[0] = 1;
		IS(0, p[4096]);
	});
	IS(0, p[0]);
	p[4096] = 2;
	IS(0, MMAP(4096, RW, MAP_PRIVATE)[0]);
}

static int data = 1, bss;

static void
file_pages_and_bss(void)
{
	EXITS(0, {
		data = 2;
		bss = 2;
	});
	IS(1, data);
	IS(0, bss);
}

int
main(void)
{
	mem = MMAP(PAGES * 4096, RW, MAP_PRIVATE);
	parent_and_child_part();
	memset(mem, 0, PAGES * 4096);
	generation(0);
	many_children_of_one();
	the_kernel_as_writer();
	read_then_write();
	file_pages_and_bss();
	return 0;
}
