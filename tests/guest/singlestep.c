/* SPDX-License-Identifier: MIT */
/* The trap flag: SIGTRAP with TRAP_TRACE behind every instruction, system
 * calls included; and the alignment flag. */
#include "tests/guest/check.h"

#include <ucontext.h>

static volatile long steps, last, max_steps = 1000;
static volatile int code;

static void
on_trap(int sig, siginfo_t *info, void *uc_)
{
	ucontext_t *uc = uc_;

	code = info->si_code;
	last = uc->uc_mcontext.gregs[REG_RIP];
	if ((void *)last != info->si_addr || ++steps > max_steps)
		uc->uc_mcontext.gregs[REG_EFL] &= ~0x100l;
}

#define TF_ON  "pushf\n orq $0x100, (%%rsp)\n popf\n"
#define TF_OFF "pushf\n andq $~0x100, (%%rsp)\n popf\n"

static void
plain(void)
{
	steps = 0;
	/* Behind popf the flag counts from the second instruction on. */
	__asm__ volatile("sub $128, %%rsp\n" TF_ON
			 "nop\n nop\n nop\n nop\n nop\n" TF_OFF
			 "add $128, %%rsp"
			 :
			 :
			 : "memory", "cc");
	IS(TRAP_TRACE, code);
	IS(8, steps); /* five, and the three that end it */
}

static void
over_a_system_call(void)
{
	long pid;

	steps = 0;
	__asm__ volatile("sub $128, %%rsp\n" TF_ON
			 "mov $39, %%eax\n syscall\n nop\n" TF_OFF
			 "add $128, %%rsp"
			 : "=a"(pid)
			 :
			 : "rcx", "r11", "memory", "cc");
	IS(getpid(), pid);
	IS(TRAP_TRACE, code);
	CHECK(steps >= 5 && steps <= 6);
}

static void
misaligned(void)
{
	static char bytes[16] __attribute__((aligned(16)));

	__asm__ volatile("pushf; orq $0x40000, (%%rsp); popf;"
			 "movl $1, 1(%0);"
			 "pushf; andq $~0x40000, (%%rsp); popf"
			 :
			 : "r"(bytes)
			 : "memory", "cc");
}

static void
on_bus(int sig, siginfo_t *info, void *uc)
{
	_exit(info->si_code == BUS_ADRALN ? 17 : 1);
}

int
main(void)
{
	struct sigaction sa = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};

	OK(sigaction(SIGTRAP, &sa, NULL));
	plain();
	over_a_system_call();
	DIES(SIGTRAP, {
		signal(SIGTRAP, SIG_DFL);
		plain();
	});
	sa.sa_sigaction = on_bus;
	OK(sigaction(SIGBUS, &sa, NULL));
	EXITS(17, misaligned());
	return 0;
}
