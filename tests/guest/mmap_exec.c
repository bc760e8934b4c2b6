/* SPDX-License-Identifier: MIT */
/* Executable pages: PROT_EXEC is honoured, code may be made at run time. */
#include "tests/guest/check.h"

#include <fcntl.h>

/* mov $n, %eax; ret */
static void
code_returning(char *p, int n)
{
	p[0] = (char)0xb8;
	memcpy(p + 1, &n, 4);
	p[5] = (char)0xc3;
}

static int
call(char *p)
{
	return ((int (*)(void))p)();
}

static void
not_executable(void)
{
	char *p = MMAP(4096, RW, MAP_PRIVATE);

	code_returning(p, 1);
	IS(SIGSEGV, touch(p, 'x'));
	IS(SEGV_ACCERR, touched.si_code);
	CHECK(touched.si_addr == p);
	OK(mprotect(p, 4096, PROT_READ | PROT_EXEC));
	IS(1, call(p));
	IS(SIGSEGV, touch(p, 'w'));
	OK(mprotect(p, 4096, RW));
	IS(SIGSEGV, touch(p, 'x'));
	OK(munmap(p, 4096));
	IS(SIGSEGV, touch(p, 'x'));
	IS(SEGV_MAPERR, touched.si_code);
}

static void
rewritten_while_executable(void)
{
	char *p = MMAP(4096, RW | PROT_EXEC, MAP_PRIVATE);

	for (int i = 0; i < 50; i++) {
		code_returning(p, i);
		IS(i, call(p));
	}
	EXITS(0, {
		IS(49, call(p));
		code_returning(p, 1000);
		IS(1000, call(p));
	});
	IS(49, call(p));
	OK(munmap(p, 4096));
}

/* As JIT compilers do it: one mapping to write, another to run. */
static void
twin_mappings(void)
{
	int fd = OK(memfd_create("jit", 0));
	char *w, *x;

	OK(ftruncate(fd, 4096));
	w = MAPPED(mmap(NULL, 4096, RW, MAP_SHARED, fd, 0));
	x = MAPPED(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0));
	for (int i = 0; i < 10; i++) {
		code_returning(w, i + 7);
		IS(i + 7, call(x));
	}
	OK(close(fd));
}

static void
across_a_page_boundary(void)
{
	char *p = MMAP(8192, RW | PROT_EXEC, MAP_PRIVATE);

	code_returning(p + 4093, 77);
	IS(77, call(p + 4093));
	OK(mprotect(p + 4096, 4096, RW));
	IS(SIGSEGV, touch(p + 4093, 'x'));
	CHECK(touched.si_addr == p + 4096);
	OK(munmap(p, 8192));
}

int
main(void)
{
	not_executable();
	rewritten_while_executable();
	twin_mappings();
	across_a_page_boundary();
	return 0;
}
