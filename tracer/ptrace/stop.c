/* SPDX-License-Identifier: MIT */
/*
 * tracer/ptrace/stop.c - what a ptrace stop means.
 *
 * ptrace(2) hides the CPU's error code, so reading, writing and fetching must
 * be told apart otherwise.  The instruction is decoded; when that does not
 * decide it, the fault is first reported as a read.  If it was none, it comes
 * again at the same place although the page can be read now, and is reported
 * as what is left.
 */
#include "tracer/ptrace/internal.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/ptrace.h>
#include <signal.h>
#include <string.h>
#include <sys/uio.h>

#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1
#endif
#define SEGV_IS_MAPERR 1
#define SEGV_IS_ACCERR 2
#define SEGV_IS_PKUERR 4
#define INSN_MAX       15

long ptrace(int request, ...);

static size_t
read_insn(struct gthread *t, uint8_t *code)
{
	struct iovec local = {code, INSN_MAX}, remote;
	uint64_t rip = t->regs.rip;
	ssize_t n;

	remote = (struct iovec){(void *)rip, INSN_MAX};
	n = process_vm_readv(t->tid, &local, 1, &remote, 1, 0);
	if (n == INSN_MAX)
		return INSN_MAX;
	/* Up to the end of the page, then. */
	remote.iov_len = 4096 - rip % 4096;
	if (remote.iov_len > INSN_MAX)
		remote.iov_len = INSN_MAX;
	n = process_vm_readv(t->tid, &local, 1, &remote, 1, 0);
	if (n > 0)
		return (size_t)n;
	/* Hosts without process_vm_readv(2). */
	errno = 0;
	for (n = 0; n + 8 <= 16; n += 8) {
		long w = ptrace(PTRACE_PEEKDATA, t->tid, rip + n, 0);

		if (errno)
			break;
		memcpy(code + n, &w, n ? INSN_MAX - 8 : 8);
	}
	return (size_t)(n > INSN_MAX ? INSN_MAX : n);
}

/* Can the thread read its memory at @addr, as far as the host is concerned?
 * @otherwise if the host does not tell. */
static bool
is_readable(const struct gthread *t, uint64_t addr, bool otherwise)
{
	char c;
	struct iovec local = {&c, 1}, remote = {(void *)addr, 1};

	if (process_vm_readv(t->tid, &local, 1, &remote, 1, 0) == 1)
		return true;
	return errno == EFAULT ? false : otherwise;
}

static void
classify_fault(struct gthread *t, struct stop *s)
{
	bool is_again = t->last_rip == t->regs.rip && t->last_addr == s->addr;
	bool is_denied = s->code == SEGV_IS_ACCERR;
	bool is_fetch = s->addr == t->regs.rip, is_write = false;
	uint8_t code[16];
	size_t len = 0;

	s->kind = STOP_FAULT;
	s->trapno = 14;
	s->error_code = FAULT_USER | (is_denied ? FAULT_PRESENT : 0);
	if (!is_fetch) {
		len = read_insn(t, code);
		is_write = insn_writes(code, len, &t->regs, s->addr);
	}
	if (s->addr > t->regs.rip && s->addr - t->regs.rip < INSN_MAX &&
	    s->addr - t->regs.rip >= len) {
		/* Where the readable part of the instruction ends: it may go on
		 * there, or read or write there. */
		s->error_code |= FAULT_FETCH | FAULT_GUESSED;
	} else if (!is_fetch && (is_again || (is_denied && !is_write)) &&
		   is_readable(t, s->addr, is_again)) {
		/* No read, then: a write, or the instruction's second half;
		 * the less likely one only when it comes again. */
		is_fetch = s->addr - t->regs.rip < INSN_MAX &&
			   is_write == is_again;
		is_write = !is_fetch;
	}
	t->last_rip = is_again ? 0 : t->regs.rip;
	t->last_addr = is_again ? 0 : s->addr;
	if (is_fetch)
		s->error_code |= FAULT_FETCH;
	else if (is_write)
		s->error_code |= FAULT_WRITE;
}

/* The vector that raises @sig with @code, as arch/x86/kernel/traps.c has it. */
static uint32_t
vector_of(int sig, int code)
{
	switch (sig) {
	case SIGSEGV:
		return code == SEGV_IS_PKUERR ? 14 : 13;
	case SIGBUS:
		return code == BUS_ADRALN ? 17 : 14;
	case SIGFPE:
		return code == FPE_INTDIV ? 0 : code == FPE_INTOVF ? 4 : 19;
	case SIGILL:
		return 6;
	case SIGTRAP:
		return code == SI_KERNEL ? 3 : 1;
	}
	return 0;
}

static bool
classify_signal(struct gthread *t, int sig, struct stop *s)
{
	siginfo_t si;

	*s = (struct stop){.kind = STOP_KICKED};
	if (ptrace(PTRACE_GETSIGINFO, t->tid, 0, &si) < 0)
		return false;
	/* Sent by somebody: by us, or to annoy us. */
	if (sig == KICK_SIGNAL || si.si_code <= 0)
		return true;
	/* A vsyscall, which the host does not do for filtered processes: it has
	 * returned from there already. */
	if (sig == SIGSYS && si.si_code == SYS_SECCOMP) {
		s->kind = STOP_SYSCALL;
		t->regs.orig_rax = (uint64_t)(int64_t)si.si_syscall;
		t->regs.rax = (uint64_t)-ENOSYS;
		return true;
	}
	s->signo = sig;
	s->code = si.si_code;
	s->addr = (uint64_t)si.si_addr;
	if (sig == SIGSEGV &&
	    (si.si_code == SEGV_IS_MAPERR || si.si_code == SEGV_IS_ACCERR)) {
		classify_fault(t, s);
		return true;
	}
	s->kind = STOP_EXCEPTION;
	s->trapno = vector_of(sig, si.si_code);
	return true;
}

/* The 64-bit instruction leaves its return address in rcx; int 0x80 does not,
 * and a guest that puts it there fools only itself. */
static bool
is_native_call(struct gthread *t)
{
	struct ptrace_syscall_info info = {0};

	if (t->regs.rcx == t->regs.rip)
		return true;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, t->tid, sizeof info, &info) <= 0)
		return true;
	return info.arch == AUDIT_ARCH_X86_64;
}

static void
classify_syscall(struct gthread *t, struct stop *s)
{
	struct um_regs *r = &t->regs;

	t->is_compat = !is_native_call(t);
	if (!t->is_compat) {
		*s = (struct stop){.kind = STOP_SYSCALL};
		r->orig_rax = (uint64_t)(int64_t)(int32_t)r->orig_rax;
		r->rax = (uint64_t)-ENOSYS;
		return;
	}
	/* As on a Linux without 32-bit support: #GP at the instruction. */
	*s = (struct stop){
		.kind = STOP_EXCEPTION,
		.signo = SIGSEGV,
		.code = SI_KERNEL,
		.trapno = 13,
		.error_code = 0x80 * 8 + 2,
	};
	r->rip -= 2;
	r->rax = r->orig_rax;
}

bool
stop_classify(struct gthread *t, int status, struct stop *s)
{
	int sig = status >> 8 & 0xff;

	if (sig == (SIGTRAP | 0x80)) {
		classify_syscall(t, s);
		return true;
	}
	if (status >> 16 == PTRACE_EVENT_STOP)
		return false; /* somebody sent SIGSTOP or SIGCONT */
	return classify_signal(t, sig, s);
}
