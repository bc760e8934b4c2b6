/* SPDX-License-Identifier: MIT */
/*
 * tracer/stub/spawn.c - from a fork of viv to a guest process.
 *
 * The child runs C for a moment, on its copy of our stack: raw system calls
 * only, nothing of the C library (it has none of our other threads, and their
 * locks are as they were).  Its last act is to jump to agent_start, which
 * unmaps all of viv.
 */
#include "arch/um/facts.h"
#include "arch/um/layout.h"
#include "tracer/internal.h"
#include "tracer/stub/hostclock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define UNINSTRUMENTED                                                         \
	__attribute__((no_sanitize("address", "undefined", "thread"),          \
		       no_stack_protector))

/* Where the C library has its restartable-sequence area, if it has one. */
extern const ptrdiff_t __rseq_offset __attribute__((weak));
extern const unsigned int __rseq_size __attribute__((weak));
#define RSEQ_SIG 0x53053053

struct kernel_sigaction {
	uint64_t handler, flags, restorer, mask;
};

UNINSTRUMENTED static inline int64_t
raw(int64_t nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
    uint64_t f)
{
	register uint64_t r10 __asm__("r10") = d;
	register uint64_t r8 __asm__("r8") = e;
	register uint64_t r9 __asm__("r9") = f;
	int64_t ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
			   "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

UNINSTRUMENTED static void
need(int64_t ret)
{
	if (ret < 0) /* the keeper reads the status as an errno */
		raw(SYS_exit_group, (uint64_t)-ret, 0, 0, 0, 0, 0);
}

UNINSTRUMENTED static void
map(uint64_t addr, uint64_t len, int prot, int fd, uint64_t off)
{
	need(raw(SYS_mmap, addr, len, prot,
		 MAP_SHARED | MAP_FIXED_NOREPLACE | MAP_NORESERVE, fd, off));
}

/* The kernel would write to the area when it preempts us, after it is gone. */
UNINSTRUMENTED static void
leave_rseq(void)
{
	static const uint32_t sizes[] = {32, 64, 128, 256};
	uint64_t at;

	if (!&__rseq_offset)
		return;
	at = (uint64_t)__builtin_thread_pointer() + __rseq_offset;
	if (raw(SYS_rseq, at, __rseq_size, 1, RSEQ_SIG, 0, 0) == 0)
		return;
	for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
		raw(SYS_rseq, at, sizes[i], 1, RSEQ_SIG, 0, 0);
}

UNINSTRUMENTED static void
set_signals(bool has_handlers, bool has_kernel)
{
	struct kernel_sigaction sa = {.handler = 0};

	for (int sig = 1; sig <= 64; sig++)
		raw(SYS_rt_sigaction, sig, (uint64_t)&sa, 0, 8, 0, 0);
	if (!has_handlers)
		return;
	sa.handler = STUB_ADDR(stub_handler);
	sa.restorer = STUB_ADDR(stub_restorer);
	sa.flags = SA_SIGINFO | SA_ONSTACK | 0x04000000 /* SA_RESTORER */;
	sa.mask = has_kernel ? KERNEL_SIGSET : ~0ull;
	raw(SYS_rt_sigaction, SIGSYS, (uint64_t)&sa, 0, 8, 0, 0);
	raw(SYS_rt_sigaction, SIGSEGV, (uint64_t)&sa, 0, 8, 0, 0);
	raw(SYS_rt_sigaction, SIGBUS, (uint64_t)&sa, 0, 8, 0, 0);
	raw(SYS_rt_sigaction, SIGFPE, (uint64_t)&sa, 0, 8, 0, 0);
	raw(SYS_rt_sigaction, SIGILL, (uint64_t)&sa, 0, 8, 0, 0);
	raw(SYS_rt_sigaction, SIGTRAP, (uint64_t)&sa, 0, 8, 0, 0);
	raw(SYS_rt_sigaction, KICK_SIGNAL, (uint64_t)&sa, 0, 8, 0, 0);
}

/* Only guest RAM and the control memfd stay open, as 0 and 1. */
UNINSTRUMENTED static void
set_fds(int phys_fd, int ctl_fd)
{
	struct rlimit rl = {0};

	need(raw(SYS_dup2, phys_fd, AGENT_PHYS_FD, 0, 0, 0, 0));
	need(raw(SYS_dup2, ctl_fd, AGENT_CTL_FD, 0, 0, 0, 0));
	if (raw(SYS_close_range, 2, ~0u, 0, 0, 0, 0) == 0)
		return;
	need(raw(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, (uint64_t)&rl, 0, 0));
	for (uint64_t fd = 2; fd < rl.rlim_cur; fd++)
		raw(SYS_close, fd, 0, 0, 0, 0, 0);
}

UNINSTRUMENTED static void
close_to_guest(uint64_t addr, uint64_t len, int prot)
{
	if (stub_pkey)
		need(raw(SYS_pkey_mprotect, addr, len, (uint64_t)prot,
			 (uint64_t)stub_pkey, 0, 0));
}

/* Where the kernel is to run: its image and its memory, the archive it boots
 * from, guest RAM, and the page its hypercalls go through. */
UNINSTRUMENTED static void
map_kernel(const struct spawn *s)
{
	const int rw = PROT_READ | PROT_WRITE, rx = PROT_READ | PROT_EXEC;

	map(ARENA_BASE, ARENA_SIZE, rw, s->arena_fd, 0);
	close_to_guest(ARENA_BASE, ARENA_SIZE, rw);
	for (unsigned i = 0; i < tracer_env.nsegs; i++) {
		const struct tracer_segment *g = &tracer_env.segs[i];

		need(raw(SYS_mprotect, g->start, g->end - g->start,
			 (uint64_t)g->prot, 0, 0, 0));
	}
	need(raw(SYS_mmap, HYPER_PAGE, 0x1000, rx, MAP_PRIVATE | MAP_FIXED,
		 (uint64_t)stub_image_fd, STUB_IMAGE_HYPER));
	if (tracer_env.initrd_fd >= 0)
		need(raw(SYS_mmap, INITRD_BASE, tracer_env.initrd_len,
			 PROT_READ, MAP_PRIVATE | MAP_FIXED_NOREPLACE,
			 (uint64_t)tracer_env.initrd_fd, 0));
	map(PHYS_WINDOW, tracer_env.phys_size, rw, s->phys_fd, 0);
	close_to_guest(PHYS_WINDOW, tracer_env.phys_size, rw);
	map(STUB_DIRECT, STUB_DIRECT_LEN, rx, stub_image_fd, STUB_IMAGE_DIRECT);
}

/* What else of viv stays: hostclock.h. */
UNINSTRUMENTED static void
move_clock(void)
{
	for (unsigned i = 0; i < hostclock.n; i++)
		need(raw(SYS_mremap, hostclock.part[i].from,
			 hostclock.part[i].len, hostclock.part[i].len,
			 MREMAP_MAYMOVE | MREMAP_FIXED, hostclock.part[i].to,
			 0));
}

UNINSTRUMENTED _Noreturn static void
become_guest(const struct spawn *s)
{
	static const struct rlimit no_core = {0, 0};
	static const char name[] = "viv-guest";
	const int rw = PROT_READ | PROT_WRITE;

	raw(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0, 0);
	/* In case viv died before that. */
	if (raw(SYS_getppid, 0, 0, 0, 0, 0, 0) != s->viv)
		raw(SYS_exit_group, 1, 0, 0, 0, 0, 0);
	raw(SYS_setsid, 0, 0, 0, 0, 0, 0);
	raw(SYS_chdir, (uint64_t) "/", 0, 0, 0, 0, 0);
	raw(SYS_prctl, PR_SET_NAME, (uint64_t)name, 0, 0, 0, 0);
	raw(SYS_prlimit64, 0, RLIMIT_CORE, (uint64_t)&no_core, 0, 0, 0);
	need(raw(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0));
	leave_rseq();
	set_signals(s->has_handlers, s->arena_fd >= 0);

	map(STUB_CODE, STUB_CODE_LEN, PROT_READ | PROT_EXEC, stub_image_fd, 0);
	map(STUB_CONST, STUB_CONST_LEN, PROT_READ, stub_image_fd,
	    STUB_CODE_LEN);
	map(STUB_REQ, CTL_REQ_LEN, PROT_READ, s->ctl_fd, CTL_REQ);
	map(STUB_SS, CTL_SS_LEN, PROT_READ, s->ctl_fd, CTL_SS);
	map(STUB_AREAS, (uint64_t)SLOT_MAX * AREA_SIZE, rw, s->ctl_fd,
	    CTL_AREAS);
	if (s->facts_page)
		map(STUB_FACTS, FACTS_PAGE, PROT_READ, tracer_env.arena_fd,
		    FACTS_BASE - ARENA_BASE +
			    (uint64_t)s->facts_page * FACTS_PAGE);
	if (s->arena_fd >= 0)
		map_kernel(s);
	move_clock();
	set_fds(s->phys_fd, s->ctl_fd);

	((void (*)(void))STUB_ADDR(agent_start))();
	__builtin_unreachable();
}

UNINSTRUMENTED pid_t
stub_spawn(const struct spawn *s)
{
	int64_t pid;
	uint64_t all = ~0ull, old;

	/* The child starts with every signal blocked: no handler of ours may
	 * run there. */
	raw(SYS_rt_sigprocmask, SIG_SETMASK, (uint64_t)&all, (uint64_t)&old, 8,
	    0, 0);
	pid = raw(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0);
	if (pid == 0)
		become_guest(s);
	raw(SYS_rt_sigprocmask, SIG_SETMASK, (uint64_t)&old, 0, 8, 0, 0);
	return (pid_t)pid;
}
