/* SPDX-License-Identifier: MIT */
/* syscall(2), often from the same place: jumps to the instruction alone and
 * behind it, errors and flags after it, a program that steps through itself. */
#include "tests/guest/hot.h"

#include <asm/prctl.h>
#include <ucontext.h>

static long
jump_to(const void *where, long rax)
{
	long ret;

	__asm__ volatile("sub $128, %%rsp\n" /* the red zone */
			 "call *%2\n"
			 "add $128, %%rsp\n"
			 : "=a"(ret)
			 : "a"(rax), "r"(where)
			 : "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11",
			   "memory", "cc");
	return ret;
}

static void
bare_instructions(void)
{
	TIMES(HOT)
	{
		IS(getppid(), jump_to(hot_getpid_insn, SYS_getppid));
		IS(getppid(), jump_to(hot_call_insn, SYS_getppid));
	}
}

static void
behind_the_call(void)
{
	TIMES(HOT)
	{
		IS(5, jump_to(hot_getpid_ret, 5));
		IS(5, jump_to(hot_call_ret, 5));
		IS(-1000, jump_to(hot_call_ret, -ENOENT));
	}
}

static void
results(void)
{
	TIMES(HOT)
	{
		IS(-1000, hot_call(SYS_close, -1));
		IS(-EBADF, hot_moved(SYS_close, -1));
		IS(getpid(), hot_moved(SYS_getpid));
		IS(-1000, hot_call(10000));
	}
}

/* --- stepping --- */

#define STEPS_MAX 64

static uint64_t steps[2][STEPS_MAX];
static volatile int nsteps, turn;

static void
on_trap(int sig, siginfo_t *si, void *ctx)
{
	greg_t *r = ((ucontext_t *)ctx)->uc_mcontext.gregs;

	(void)sig, (void)si;
	CHECK(nsteps < STEPS_MAX);
	steps[turn][nsteps++] = (uint64_t)r[REG_RIP];
}

long stepped_before(void);
long stepped_after(void);
__asm__(".text\n"
	".globl stepped_before, stepped_after\n"
	"stepped_before: pushfq\n"
	"orl $0x100, (%rsp)\n"
	"popfq\n"
	"call hot_getpid\n"
	"pushfq\n"
	"andl $~0x100, (%rsp)\n"
	"popfq\n"
	"ret\n"
	"stepped_after: mov $39, %edi\n"
	"pushfq\n"
	"orl $0x100, (%rsp)\n"
	"popfq\n"
	"call hot_call\n"
	"pushfq\n"
	"andl $~0x100, (%rsp)\n"
	"popfq\n"
	"ret\n");

static void
step_through(long (*call)(void))
{
	struct sigaction sa = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};
	int n;

	OK(sigaction(SIGTRAP, &sa, NULL));
	turn = nsteps = 0;
	IS(getpid(), call());
	n = nsteps;
	CHECK(n > 3);
	make_hot();
	turn = 1;
	nsteps = 0;
	IS(getpid(), call());
	IS(n, nsteps);
	IS(0, memcmp(steps[0], steps[1], (size_t)n * sizeof steps[0][0]));
	make_hot();
}

/* --- %gs --- */

static uint64_t
gs_word(void)
{
	uint64_t v;

	__asm__ volatile("mov %%gs:0, %0" : "=r"(v));
	return v;
}

static void
selectors_of_its_own(void)
{
	make_hot();
	TIMES(3)
	{
		__asm__ volatile("mov %0, %%gs" : : "r"(0));
		make_hot();
	}
}

static void
a_base_of_its_own(void)
{
	static uint64_t word = 4711;
	uint64_t base = 1;

	make_hot();
	OK(syscall(SYS_arch_prctl, ARCH_GET_GS, &base));
	IS(0, base);
	IS(0, hot_call(SYS_arch_prctl, ARCH_SET_GS, &word));
	IS(4711, gs_word());
	make_hot();
	IS(4711, gs_word());
	IS(0, hot_call(SYS_arch_prctl, ARCH_GET_GS, &base));
	IS(&word, base);
	IS(0, hot_call(SYS_arch_prctl, ARCH_SET_GS, 0));
	make_hot();
}

int
main(void)
{
	EXITS(0, step_through(stepped_before));
	EXITS(0, step_through(stepped_after));
	make_hot();
	bare_instructions();
	behind_the_call();
	results();
	EXITS(0, step_through(stepped_after));
	EXITS(0, selectors_of_its_own());
	EXITS(0, a_base_of_its_own());
	return 0;
}
