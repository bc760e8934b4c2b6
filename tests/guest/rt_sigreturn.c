/* SPDX-License-Identifier: MIT */
/* rt_sigreturn(2): every general register, the flags and the red zone are as
 * before when a handler returns, whenever it came; and what the handler
 * changes in its context takes effect. */
#include "tests/guest/check.h"

#include <ucontext.h>

static volatile long ticks;

static void
clobber(int sig, siginfo_t *info, void *uc)
{
	ticks++;
	__asm__ volatile("mov $-1, %%rax; mov %%rax, %%rcx; mov %%rax, %%rdx;"
			 "mov %%rax, %%rsi; mov %%rax, %%rdi; mov %%rax, %%r8;"
			 "mov %%rax, %%r9; mov %%rax, %%r10; mov %%rax, %%r11;"
			 "cmp %%rax, %%rax"
			 :
			 :
			 : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10",
			   "r11", "cc");
}

/*
 * Spins with known values in all registers and below the stack pointer until
 * the handler has run @n times; 0 if all are still there.
 */
long spin_with_registers(volatile long *count, long until);
__asm__(".text\n"
	"spin_with_registers:\n"
	"push %rbx\n push %rbp\n push %r12\n push %r13\n push %r14\n"
	"push %r15\n"
	"mov $1, %eax\n mov $2, %ebx\n mov $3, %ecx\n mov $4, %edx\n"
	"mov $5, %ebp\n mov $8, %r8d\n mov $9, %r9d\n mov $10, %r10d\n"
	"mov $11, %r11d\n mov $12, %r12d\n mov $13, %r13d\n"
	"mov $14, %r14d\n mov $15, %r15d\n"
	"movq $77, -128(%rsp)\n movq $78, -8(%rsp)\n"
	"1: stc\n" /* CF, and OF clear */
	"pause\n"
	"jnc 9f\n jo 9f\n"
	"cmp %rsi, (%rdi)\n jl 1b\n"
	"cmp $1, %rax\n jne 9f\n cmp $2, %rbx\n jne 9f\n"
	"cmp $3, %rcx\n jne 9f\n cmp $4, %rdx\n jne 9f\n"
	"cmp $5, %rbp\n jne 9f\n cmp $8, %r8\n jne 9f\n"
	"cmp $9, %r9\n jne 9f\n cmp $10, %r10\n jne 9f\n"
	"cmp $11, %r11\n jne 9f\n cmp $12, %r12\n jne 9f\n"
	"cmp $13, %r13\n jne 9f\n cmp $14, %r14\n jne 9f\n"
	"cmp $15, %r15\n jne 9f\n"
	"cmpq $77, -128(%rsp)\n jne 9f\n cmpq $78, -8(%rsp)\n jne 9f\n"
	"xor %eax, %eax\n jmp 8f\n"
	"9: mov $1, %eax\n"
	"8: pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rbp\n pop %rbx\n"
	"ret\n");

static void
asynchronous(void)
{
	struct sigaction sa = {.sa_sigaction = clobber, .sa_flags = SA_SIGINFO};
	struct itimerval it = {{0, 2000}, {0, 2000}};

	OK(sigaction(SIGALRM, &sa, NULL));
	OK(setitimer(ITIMER_REAL, &it, NULL));
	for (int i = 0; i < 10; i++)
		IS(0, spin_with_registers(&ticks, ticks + 5));
	ticks_stop();
}

static volatile long df_inside = -1, aligned = -1;

static void
look(int sig, siginfo_t *info, void *uc)
{
	unsigned long flags;

	__asm__ volatile("pushf; pop %0" : "=r"(flags));
	df_inside = flags >> 10 & 1;
	aligned = (unsigned long)__builtin_frame_address(0) % 16;
}

/* The direction flag is clear in a handler and restored behind it. */
static void
direction_flag(void)
{
	struct sigaction sa = {.sa_sigaction = look, .sa_flags = SA_SIGINFO};
	unsigned long flags;

	OK(sigaction(SIGUSR1, &sa, NULL));
	__asm__ volatile("std\n\t"
			 "syscall\n\t"
			 "pushf\n\t"
			 "pop %0\n\t"
			 "cld"
			 : "=r"(flags)
			 : "a"(SYS_kill), "D"(getpid()), "S"(SIGUSR1)
			 : "rcx", "r11", "memory", "cc");
	IS(0, df_inside);
	IS(1, flags >> 10 & 1);
	IS(0, aligned); /* as behind a call: rbp pushed, 16 bytes aligned */
}

static void
change(int sig, siginfo_t *info, void *uc_)
{
	ucontext_t *uc = uc_;

	uc->uc_mcontext.gregs[REG_RAX] = 0x1122334455667788;
	uc->uc_mcontext.gregs[REG_RBX] = 42;
	uc->uc_mcontext.gregs[REG_RIP] += 2; /* the ud2 */
	sigaddset(&uc->uc_sigmask, SIGUSR2);
}

static void
the_context_can_be_changed(void)
{
	struct sigaction sa = {.sa_sigaction = change, .sa_flags = SA_SIGINFO};
	long rax, rbx;
	sigset_t set;

	OK(sigaction(SIGILL, &sa, NULL));
	__asm__ volatile("ud2" : "=a"(rax), "=b"(rbx) : : "memory");
	IS(0x1122334455667788, rax);
	IS(42, rbx);
	OK(sigprocmask(SIG_BLOCK, NULL, &set));
	IS(1, sigismember(&set, SIGUSR2));
}

/* Linux: a frame that can't be read back is a fault. */
static void
without_a_frame(void)
{
	DIES(SIGSEGV, __asm__ volatile("mov $8, %%esp; mov %0, %%eax; syscall"
				       :
				       : "i"(SYS_rt_sigreturn)));
}

int
main(void)
{
	asynchronous();
	direction_flag();
	the_context_can_be_changed();
	without_a_frame();
	return 0;
}
