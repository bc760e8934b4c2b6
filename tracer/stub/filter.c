/* SPDX-License-Identifier: MIT */
/*
 * tracer/stub/filter.c - the seccomp programs of guest processes.
 *
 * Invariant: whatever a guest thread does with its registers and its memory,
 * the only host system calls that run are futex wait and wake on the stub's
 * words, rt_sigreturn, arch_prctl of its own bases, and exit of itself.  All
 * else is SIGSYS, which is how its system calls reach us.
 *
 * Where the kernel runs in the process (filter_direct) they are those that
 * touch nothing but the process itself and guest RAM: memory, futexes, clocks,
 * entropy, the signal mask.
 */
#include "tracer/stub/filter.h"

#include "tracer/stub/stub.h"

#include <linux/audit.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define OFF_NR	   0
#define OFF_ARCH   4
#define OFF_IP_LO  8
#define OFF_IP_HI  12
#define OFF_ARG(n) (16 + 8 * (n))

static void
put(struct filter *f, uint16_t code, uint32_t k, uint8_t jt, uint8_t jf)
{
	f->insn[f->len++] = (struct sock_filter){code, jt, jf, k};
}

static void
load(struct filter *f, uint32_t off)
{
	put(f, BPF_LD | BPF_W | BPF_ABS, off, 0, 0);
}

static void
ret(struct filter *f, uint32_t what)
{
	put(f, BPF_RET | BPF_K, what, 0, 0);
}

/* Go on if the loaded word is @k, else TRAP. */
static void
want(struct filter *f, uint32_t k)
{
	put(f, BPF_JMP | BPF_JEQ | BPF_K, k, 1, 0);
	ret(f, SECCOMP_RET_TRAP);
}

static void
want_clear(struct filter *f, uint32_t bits)
{
	put(f, BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1);
	ret(f, SECCOMP_RET_TRAP);
}

/* Native calls from the stub's pages only; leaves the number loaded. */
static void
prologue(struct filter *f)
{
	load(f, OFF_ARCH);
	want(f, AUDIT_ARCH_X86_64);
	load(f, OFF_IP_HI);
	want(f, STUB_HI32);
	load(f, OFF_NR);
}

/* A branch for number @nr, to be closed by branch_end(). */
static unsigned
branch(struct filter *f, uint32_t nr)
{
	put(f, BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 0);
	return f->len - 1;
}

static void
branch_end(struct filter *f, unsigned at)
{
	ret(f, SECCOMP_RET_ALLOW);
	f->insn[at].jf = f->len - at - 1;
}

/* What ptrace-nullify puts in for a call of guest code, from anywhere; number
 * 39 is mkdir for the 32-bit entry. */
static void
allow_getpid(struct filter *f)
{
	unsigned at;

	load(f, OFF_ARCH);
	at = branch(f, AUDIT_ARCH_X86_64);
	load(f, OFF_NR);
	/* over the part for 32 bits: to its RET, or beyond */
	put(f, BPF_JMP | BPF_JEQ | BPF_K, SYS_getpid, 4, 5);
	f->insn[at].jf = f->len - at - 1;
	load(f, OFF_ARCH);
	put(f, BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_I386, 0, 3);
	load(f, OFF_NR);
	put(f, BPF_JMP | BPF_JEQ | BPF_K, I386_GETPID, 0, 1);
	ret(f, SECCOMP_RET_ALLOW);
}

static void
allow(struct filter *f, const uint16_t *nr, size_t n)
{
	for (size_t i = 0; i < n; i++)
		branch_end(f, branch(f, nr[i]));
}

static void
allow_mmap(struct filter *f)
{
	unsigned at = branch(f, SYS_mmap);

	load(f, OFF_ARG(3));
	want(f, MAP_SHARED | MAP_FIXED | MAP_NORESERVE);
	load(f, OFF_ARG(4));
	want(f, AGENT_PHYS_FD);
	branch_end(f, at);
}

/* Not what tells the host that memory is broken: the privileged may. */
static void
allow_madvise(struct filter *f)
{
	unsigned at = branch(f, SYS_madvise);

	load(f, OFF_ARG(2));
	put(f, BPF_JMP | BPF_JGE | BPF_K, MADV_HWPOISON, 0, 1);
	ret(f, SECCOMP_RET_TRAP);
	branch_end(f, at);
}

static void
want_tls(struct filter *f)
{
	load(f, OFF_ARG(0));
	want_clear(f, ~0x1003u); /* ARCH_SET_GS 0x1001, ARCH_SET_FS 0x1002 */
}

static void
allow_tls(struct filter *f)
{
	unsigned at = branch(f, SYS_arch_prctl);

	want_tls(f);
	branch_end(f, at);
}

/* With or without the kernel in the process. */
static const uint16_t for_stub[] = {
	SYS_munmap, SYS_mprotect, SYS_futex, SYS_rt_sigreturn, SYS_exit,
};
static const uint16_t for_agent[] = {
	SYS_pwrite64,
	SYS_close,
	SYS_sigaltstack,
	SYS_seccomp,
};
static const uint16_t for_kernel[] = {
	SYS_clock_gettime,
	SYS_getrandom,
	SYS_rt_sigprocmask,
};
#define ALLOW(f, list) allow(f, list, sizeof(list) / sizeof(list)[0])

void
filter_direct(struct filter *f)
{
	f->len = 0;
	prologue(f);
	ALLOW(f, for_stub);
	ALLOW(f, for_kernel);
	allow_mmap(f);
	allow_madvise(f);
	allow_tls(f);
	ret(f, SECCOMP_RET_TRAP);
}

void
filter_agent(struct filter *f, bool is_ptraced, bool is_direct)
{
	unsigned at;

	f->len = 0;
	if (is_ptraced)
		allow_getpid(f);
	prologue(f);
	ALLOW(f, for_stub);
	ALLOW(f, for_agent);
	if (is_direct)
		ALLOW(f, for_kernel);
	allow_mmap(f);
	allow_madvise(f);
	allow_tls(f);

	at = branch(f, SYS_clone);
	load(f, OFF_ARG(0));
	want(f, CLONE_VM | CLONE_FS | CLONE_SIGHAND | CLONE_THREAD |
			CLONE_SYSVSEM | CLONE_CHILD_CLEARTID);
	branch_end(f, at);
	ret(f, SECCOMP_RET_TRAP);
}

static uint32_t
low(const char *label)
{
	return (uint32_t)STUB_ADDR(label);
}

static void
futex_branch(struct filter *f, const char *ip, uint32_t op)
{
	unsigned at;

	/* loaded: the instruction pointer's lower half */
	at = branch(f, low(ip));
	load(f, OFF_ARG(1));
	want(f, op);
	load(f, OFF_ARG(0) + 4);
	want(f, STUB_HI32);
	branch_end(f, at);
}

void
filter_guest(struct filter *f)
{
	unsigned at;

	f->len = 0;
	prologue(f);
	at = branch(f, SYS_rt_sigreturn);
	load(f, OFF_IP_LO);
	want(f, low(stub_ip_sigreturn));
	branch_end(f, at);

	at = branch(f, SYS_futex);
	load(f, OFF_IP_LO);
	futex_branch(f, stub_ip_wait, FUTEX_OP_WAIT);
	futex_branch(f, stub_ip_wake, FUTEX_OP_WAKE);
	ret(f, SECCOMP_RET_TRAP);
	f->insn[at].jf = f->len - at - 1;

	at = branch(f, SYS_arch_prctl);
	load(f, OFF_IP_LO);
	want(f, low(stub_ip_tls));
	want_tls(f);
	branch_end(f, at);

	at = branch(f, SYS_exit);
	load(f, OFF_IP_LO);
	want(f, low(stub_ip_exit));
	branch_end(f, at);
	ret(f, SECCOMP_RET_TRAP);
}
