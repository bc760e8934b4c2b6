/* SPDX-License-Identifier: MIT */
/*
 * tracer/stub/hostclock.c - finding the host's vDSO and trying it elsewhere.
 *
 * Its code and data are told apart from ours by name in /proc/self/maps and
 * keep their distance when moved.  Where the host's clock source needs a system
 * call the vDSO makes it: then it is of no use to guest code, which would trap.
 */
#include "tracer/stub/hostclock.h"

#include "include/types.h"
#include "tracer/stub/layout.h"

#include <gelf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct hostclock hostclock;

typedef int clock_fn(clockid_t clock, struct timespec *ts);

/* --- where it is --- */

static bool
add_part(const char *line, uint64_t *vdso)
{
	unsigned long from, to;
	char name[32] = "";

	if (sscanf(line, "%lx-%lx %*s %*s %*s %*s %31s", &from, &to, name) < 3)
		return true;
	if (!strcmp(name, "[vdso]"))
		*vdso = from;
	else if (strncmp(name, "[vvar", 5))
		return true;
	if (hostclock.n == HOSTCLOCK_PARTS)
		return false;
	hostclock.part[hostclock.n].from = from;
	hostclock.part[hostclock.n].len = to - from;
	hostclock.n++;
	return true;
}

static bool
find_parts(uint64_t *vdso)
{
	FILE *f = fopen("/proc/self/maps", "re");
	char line[512];
	bool fits = true;

	*vdso = 0;
	while (f && fits && fgets(line, sizeof line, f))
		fits = add_part(line, vdso);
	if (f)
		fclose(f);
	return fits && *vdso;
}

/* They move together, and must not need more room than there is. */
static bool
place_parts(void)
{
	uint64_t base = hostclock.part[0].from;

	for (unsigned i = 0; i < hostclock.n; i++) {
		uint64_t off = hostclock.part[i].from - base;

		if (off > STUB_CLOCK_LEN ||
		    hostclock.part[i].len > STUB_CLOCK_LEN - off)
			return false;
		hostclock.part[i].to = STUB_CLOCK + off;
	}
	return true;
}

static uint64_t
find_symbol(Elf_Scn *scn, GElf_Shdr *sh, Elf *elf)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	uint64_t n = data && sh->sh_entsize ? sh->sh_size / sh->sh_entsize : 0;
	GElf_Sym sym;

	for (uint64_t i = 0; i < n; i++) {
		const char *name;

		if (!gelf_getsym(data, (int)i, &sym) || !sym.st_value)
			continue;
		name = elf_strptr(elf, sh->sh_link, sym.st_name);
		if (name && !strcmp(name, "__vdso_clock_gettime"))
			return sym.st_value;
	}
	return 0;
}

/* Offset of the function in the object. */
static uint64_t
find_entry(uint64_t vdso, uint64_t len)
{
	Elf_Scn *scn = NULL;
	uint64_t entry = 0;
	GElf_Shdr sh;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_memory((char *)vdso, len);
	while (elf && !entry && (scn = elf_nextscn(elf, scn)))
		if (gelf_getshdr(scn, &sh) && sh.sh_type == SHT_DYNSYM)
			entry = find_symbol(scn, &sh, elf);
	elf_end(elf);
	return entry < len ? entry : 0;
}

/* --- does it work there? --- */

/*
 * From here on any system call but exit(2) kills. Not by the strict mode of
 * seccomp(2), which forbids reading the time stamp counter, too.
 */
static bool
forbid_calls(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	struct sock_fprog prog = {ARRAY_LEN(code), code};

	return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
	       !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}

/* A forked child: after the move the C library's own clock is gone. */
static _Noreturn void
try_it(void)
{
	clock_fn *fn = (clock_fn *)hostclock.entry;
	struct timespec ts = {0};

	/* A vDSO that cannot be moved ends the child, and is no accident. */
	signal(SIGSEGV, SIG_DFL);
	signal(SIGBUS, SIG_DFL);
	for (unsigned i = 0; i < hostclock.n; i++) {
		void *to = (void *)hostclock.part[i].to;

		if (mremap((void *)hostclock.part[i].from,
			   hostclock.part[i].len, hostclock.part[i].len,
			   MREMAP_MAYMOVE | MREMAP_FIXED, to) != to)
			syscall(SYS_exit, 1);
	}
	if (!forbid_calls())
		syscall(SYS_exit, 1);
	if (fn(CLOCK_MONOTONIC, &ts) || (!ts.tv_sec && !ts.tv_nsec) ||
	    fn(CLOCK_REALTIME, &ts))
		syscall(SYS_exit, 1);
	syscall(SYS_exit, 0);
	__builtin_unreachable();
}

static bool
works(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		try_it();
	return pid > 0 && waitpid(pid, &status, 0) == pid &&
	       WIFEXITED(status) && !WEXITSTATUS(status);
}

void
hostclock_find(void)
{
	uint64_t vdso, entry = 0;

	if (hostclock.entry)
		return;
	hostclock.n = 0;
	if (find_parts(&vdso) && place_parts())
		for (unsigned i = 0; i < hostclock.n; i++)
			if (hostclock.part[i].from == vdso)
				entry = find_entry(vdso, hostclock.part[i].len);
	if (entry) {
		hostclock.entry =
			STUB_CLOCK + (vdso - hostclock.part[0].from) + entry;
		if (works())
			return;
	}
	hostclock.n = 0;
	hostclock.entry = 0;
}

uint64_t
hostclock_entry(void)
{
	return hostclock.entry;
}
