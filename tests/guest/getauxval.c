/* SPDX-License-Identifier: MIT */
/* The auxiliary vector of a new program, and what else lies on its stack. */
#include "tests/guest/check.h"

#include <elf.h>
#include <link.h>
#include <sys/auxv.h>

/* Of CPUID's leaf 1: FPU, TSC, CX8, CMOV, FXSR, SSE, SSE2. */
#define HWCAP_LEAST 0x07008111ul

extern char **environ;
extern int _start(void);

static void
about_the_program(void)
{
	const ElfW(Phdr) *ph = (void *)getauxval(AT_PHDR);
	unsigned long n = getauxval(AT_PHNUM);
	bool is_load = false;

	IS(sizeof *ph, getauxval(AT_PHENT));
	CHECK(n > 0 && n < 64);
	for (unsigned long i = 0; i < n; i++)
		is_load |= ph[i].p_type == PT_LOAD;
	CHECK(is_load);
	CHECK((void *)getauxval(AT_ENTRY) == (void *)_start);
	IS(0, getauxval(AT_BASE)); /* static: no interpreter */
	IS(0, getauxval(AT_FLAGS));
}

static void
about_the_machine(void)
{
	long vdso = (long)getauxval(AT_SYSINFO_EHDR);

	IS(4096, getauxval(AT_PAGESZ));
	IS(100, getauxval(AT_CLKTCK));
	IS(0, strcmp("x86_64", (char *)getauxval(AT_PLATFORM)));
	CHECK(getauxval(AT_MINSIGSTKSZ) >= 1000);
	if (vdso)
		IS(0, memcmp((void *)vdso, "\177ELF", 4));
}

static void
about_the_caller(void)
{
	IS(getuid(), getauxval(AT_UID));
	IS(geteuid(), getauxval(AT_EUID));
	IS(getgid(), getauxval(AT_GID));
	IS(getegid(), getauxval(AT_EGID));
	IS(0, getauxval(AT_SECURE));
}

/* Strings lie together at the top of the stack, as ps and setproctitle
 * rely on: arguments, environment, the file's name. */
static void
strings(int argc, char **argv)
{
	char *at = argv[0];

	for (int i = 0; i < argc; i++) {
		CHECK(argv[i] == at);
		at += strlen(at) + 1;
	}
	for (char **e = environ; *e; e++) {
		CHECK(*e == at);
		at += strlen(at) + 1;
	}
	CHECK((char *)getauxval(AT_EXECFN) == at);
	at += strlen(at) + 1;
	IS(0, ((unsigned long)at + 8) % 4096); /* eight zero bytes, the end */
	CHECK(environ == argv + argc + 1);
}

static void
in_proc(void)
{
	ElfW(auxv_t) v[64];
	int fd = OK(open("/proc/self/auxv", O_RDONLY));
	long n = OK(read(fd, v, sizeof v)) / sizeof v[0];

	CHECK(n > 10);
	IS(AT_NULL, v[n - 1].a_type);
	for (long i = 0; i < n - 1; i++)
		if (v[i].a_type == AT_HWCAP) /* glibc shows one of its own */
			IS(HWCAP_LEAST, v[i].a_un.a_val & HWCAP_LEAST);
		else
			IS(v[i].a_un.a_val, getauxval(v[i].a_type));
	OK(close(fd));
}

static void
random_bytes(void)
{
	int fd = OK(memfd_create("r", 0));
	char arg[16];

	IS(16, write(fd, (char *)getauxval(AT_RANDOM), 16));
	snprintf(arg, sizeof arg, "%d", fd);
	EXEC_SELF("random", arg);
}

/* Another exec, other bytes. */
static int
random_differs(const char *arg)
{
	char old[16];

	IS(16, pread(atoi(arg), old, 16, 0));
	CHECK(memcmp(old, (char *)getauxval(AT_RANDOM), 16) != 0);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc > 2 && !strcmp(argv[1], "random"))
		return random_differs(argv[2]);
	if (argc > 1) {
		strings(argc, argv);
		return 0;
	}
	about_the_program();
	about_the_machine();
	about_the_caller();
	in_proc();
	EXITS(0, random_bytes());
	EXITS(0, EXEC_SELF("some", "", "arguments"));
	return 0;
}
