/* SPDX-License-Identifier: MIT */
/* vdso(7): the object is there, well-formed, and its clocks are the kernel's.
 */
#include "tests/guest/check.h"

#include <elf.h>
#include <sys/auxv.h>

typedef int gettime_fn(int clock, struct timespec *ts);
typedef int gettimeofday_fn(struct timeval *tv, void *tz);
typedef time_t time_fn(time_t *t);
typedef long getcpu_fn(unsigned *cpu, unsigned *node, void *unused);

static const char *base;
static const Elf64_Sym *symtab;
static const char *strtab;
static const Elf64_Half *versym;
static const Elf64_Verdef *verdef;
static uint32_t nsyms;

static void
look_at(const Elf64_Dyn *d)
{
	const char *p = base + d->d_un.d_ptr;

	if (d->d_tag == DT_SYMTAB)
		symtab = (const void *)p;
	else if (d->d_tag == DT_STRTAB)
		strtab = p;
	else if (d->d_tag == DT_VERSYM)
		versym = (const void *)p;
	else if (d->d_tag == DT_VERDEF)
		verdef = (const void *)p;
	else if (d->d_tag == DT_HASH)
		nsyms = ((const uint32_t *)p)[1];
}

static void
open_object(void)
{
	const Elf64_Ehdr *eh = (const void *)getauxval(AT_SYSINFO_EHDR);
	const Elf64_Phdr *ph;

	if (!eh)
		SKIP("no vDSO");
	base = (const char *)eh;
	IS(0, memcmp(eh->e_ident, ELFMAG, SELFMAG));
	IS(ET_DYN, eh->e_type);
	IS(EM_X86_64, eh->e_machine);
	ph = (const void *)(base + eh->e_phoff);
	for (int i = 0; i < eh->e_phnum; i++) {
		const Elf64_Dyn *d = (const void *)(base + ph[i].p_offset);

		if (ph[i].p_type == PT_LOAD)
			IS(0, ph[i].p_vaddr);
		for (; ph[i].p_type == PT_DYNAMIC && d->d_tag; d++)
			look_at(d);
	}
	CHECK(symtab && strtab && versym && verdef);
	/* Without DT_HASH: symbols end where their names begin. */
	if (!nsyms)
		nsyms = (uint32_t)((const Elf64_Sym *)(const void *)strtab -
				   symtab);
	IS(SIGSEGV, touch((char *)base, 'w'));
}

static const char *
version_of(uint32_t sym)
{
	const Elf64_Verdef *v = verdef;

	for (;; v = (const void *)((const char *)v + v->vd_next)) {
		const Elf64_Verdaux *aux =
			(const void *)((const char *)v + v->vd_aux);

		if (v->vd_ndx == (versym[sym] & 0x7fff))
			return strtab + aux->vda_name;
		CHECK(v->vd_next);
	}
}

static void *
symbol(const char *name)
{
	for (uint32_t i = 0; i < nsyms; i++) {
		if (!symtab[i].st_shndx ||
		    strcmp(strtab + symtab[i].st_name, name))
			continue;
		IS(STT_FUNC, ELF64_ST_TYPE(symtab[i].st_info));
		IS(0, strcmp(version_of(i), "LINUX_2.6"));
		return (void *)(base + symtab[i].st_value);
	}
	printf("no symbol %s\n", name);
	exit(1);
}

static int64_t
ns_of(const struct timespec *ts)
{
	return ts->tv_sec * 1000000000ll + ts->tv_nsec;
}

static int64_t
kernels(int clock)
{
	struct timespec ts;

	OK(syscall(SYS_clock_gettime, clock, &ts));
	return ns_of(&ts);
}

/* Neither goes back behind the other. */
static void
agrees(gettime_fn *fn, int clock)
{
	struct timespec ts;

	for (int i = 0; i < 100; i++) {
		int64_t before = kernels(clock), now, after;

		IS(0, fn(clock, &ts));
		CHECK(ts.tv_nsec >= 0 && ts.tv_nsec < 1000000000);
		now = ns_of(&ts);
		after = kernels(clock);
		CHECK(before <= now && now <= after);
	}
}

static void
clocks(void)
{
	gettime_fn *fn = symbol("__vdso_clock_gettime");
	struct timespec ts;

	agrees(fn, CLOCK_REALTIME);
	agrees(fn, CLOCK_MONOTONIC);
	agrees(fn, CLOCK_MONOTONIC_RAW);
	agrees(fn, CLOCK_BOOTTIME);
	agrees(fn, CLOCK_TAI);
	agrees(fn, CLOCK_REALTIME_COARSE);
	agrees(fn, CLOCK_MONOTONIC_COARSE);
	agrees(fn, CLOCK_PROCESS_CPUTIME_ID);
	agrees(fn, CLOCK_THREAD_CPUTIME_ID);
	/* By itself it answers as the kernel does: no errno here. */
	IS(-EINVAL, fn(99, &ts));
	IS(-EINVAL, fn(-1, &ts));
}

static void
seconds(void)
{
	gettimeofday_fn *day = symbol("__vdso_gettimeofday");
	time_fn *secs = symbol("__vdso_time");
	struct timespec ts;
	struct timeval tv;
	time_t t, before;

	OK(syscall(SYS_clock_gettime, CLOCK_REALTIME_COARSE, &ts));
	before = ts.tv_sec;
	t = secs(NULL);
	CHECK(t >= before);
	CHECK(secs(&t) == t);
	IS(0, day(&tv, NULL));
	CHECK(tv.tv_sec >= before && tv.tv_usec >= 0 && tv.tv_usec < 1000000);
	OK(syscall(SYS_clock_gettime, CLOCK_REALTIME, &ts));
	CHECK(t <= ts.tv_sec && tv.tv_sec <= ts.tv_sec);
	IS(0, day(NULL, NULL));
}

static void
others(void)
{
	gettime_fn *res = symbol("__vdso_clock_getres");
	getcpu_fn *getcpu = symbol("__vdso_getcpu");
	struct timespec a, b;
	unsigned cpu = ~0u;

	IS(0, res(CLOCK_MONOTONIC, &a));
	OK(syscall(SYS_clock_getres, CLOCK_MONOTONIC, &b));
	IS(ns_of(&b), ns_of(&a));
	IS(0, res(CLOCK_MONOTONIC, NULL));
	IS(0, getcpu(&cpu, NULL, NULL));
	CHECK(cpu < (unsigned)sysconf(_SC_NPROCESSORS_CONF));
}

/* A bad pointer is a fault of the program, as of any of its functions. */
static void
faults(void)
{
	gettime_fn *fn = symbol("__vdso_clock_gettime");
	struct timespec *bad = unmapped_page();
	struct timespec ts;

	if (kernels(CLOCK_MONOTONIC) && fn(CLOCK_MONOTONIC, &ts) == 0)
		DIES(SIGSEGV, {
			if (fn(CLOCK_MONOTONIC, bad) == -EFAULT)
				raise(SIGSEGV); /* it asked the kernel */
		});
}

static void
lasts_over_fork(void)
{
	gettime_fn *fn = symbol("__vdso_clock_gettime");

	EXITS(0, agrees(fn, CLOCK_MONOTONIC));
}

int
main(void)
{
	open_object();
	clocks();
	seconds();
	others();
	faults();
	lasts_over_fork();
	return 0;
}
