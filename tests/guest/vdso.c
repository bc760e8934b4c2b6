/* SPDX-License-Identifier: MIT */
/* The vDSO, where there is one: an ELF object with the calls that need no
 * kernel, which give what the system calls give. */
#include "tests/guest/check.h"

#include <link.h>
#include <sys/auxv.h>

static const char *base;
static const ElfW(Sym) * syms;
static const char *names;
static unsigned long nsyms;

static void
parse(void)
{
	const ElfW(Ehdr) *e = (const void *)base;
	const ElfW(Phdr) *ph = (const void *)(base + e->e_phoff);
	const ElfW(Dyn) *dyn = NULL;
	const char *bias = NULL;

	IS(ET_DYN, e->e_type);
	IS(EM_X86_64, e->e_machine);
	for (int i = 0; i < e->e_phnum; i++) {
		if (ph[i].p_type == PT_LOAD && !bias)
			bias = base + ph[i].p_offset - ph[i].p_vaddr;
		if (ph[i].p_type == PT_DYNAMIC)
			dyn = (const void *)(base + ph[i].p_offset);
	}
	CHECK(dyn && bias);
	for (; dyn->d_tag != DT_NULL; dyn++) {
		const void *p = bias + dyn->d_un.d_ptr;

		if (dyn->d_tag == DT_SYMTAB)
			syms = p;
		if (dyn->d_tag == DT_STRTAB)
			names = p;
		if (dyn->d_tag == DT_HASH)
			nsyms = ((const uint32_t *)p)[1];
	}
	base = bias;
	CHECK(syms && names);
}

static void *
find(const char *name)
{
	/* Without DT_HASH: symbols end where their names begin. */
	if (!nsyms)
		nsyms = ((const char *)names - (const char *)syms) /
			sizeof *syms;
	for (unsigned long i = 0; i < nsyms; i++)
		if (syms[i].st_value && !strcmp(names + syms[i].st_name, name))
			return (void *)(base + syms[i].st_value);
	return NULL;
}

static void
agree(void)
{
	int (*gettime)(int, struct timespec *) = find("__vdso_clock_gettime");
	time_t (*seconds)(time_t *) = find("__vdso_time");
	int (*cpu)(unsigned *, unsigned *, void *) = find("__vdso_getcpu");
	int clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME};
	struct timespec a, b, c;
	unsigned which;

	CHECK(gettime);
	for (int i = 0; i < 3; i++) {
		OK(syscall(SYS_clock_gettime, clocks[i], &a));
		IS(0, gettime(clocks[i], &b));
		OK(syscall(SYS_clock_gettime, clocks[i], &c));
		CHECK(a.tv_sec < b.tv_sec ||
		      (a.tv_sec == b.tv_sec && a.tv_nsec <= b.tv_nsec));
		CHECK(b.tv_sec < c.tv_sec ||
		      (b.tv_sec == c.tv_sec && b.tv_nsec <= c.tv_nsec));
	}
	IS(-EINVAL, gettime(99, &a));
	if (seconds)
		CHECK(labs(seconds(NULL) - syscall(SYS_time, NULL)) <= 1);
	if (cpu) {
		IS(0, cpu(&which, NULL, NULL));
		CHECK(which < 8192);
	}
}

int
main(void)
{
	base = (const char *)getauxval(AT_SYSINFO_EHDR);
	if (!base)
		SKIP("no vDSO");
	IS(SIGSEGV, touch((char *)base, 'w'));
	parse();
	agree();
	EXITS(0, agree());
	return 0;
}
