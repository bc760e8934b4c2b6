/* SPDX-License-Identifier: MIT */
/* syscall(2), often from the same place: all registers, flags, the red zone and
 * the FP state are as after the instruction. */
#include "tests/guest/hot.h"

#include <immintrin.h>

#define ROUNDS	   10000
#define FLAGS_USER 0x200cd5ul /* CF PF AF ZF SF DF OF ID */

/* rbx rdi rsi rdx rbp r8-r10 r12-r15, rsp, flags; and rax, rcx, r11. */
uint64_t regs_in[14], regs_out[17], regs_own_rsp;
uint64_t regs_pid;

void regs_before(void);
void regs_after(void);
extern const char regs_before_ret[], regs_after_ret[];

#define LOAD                                                                   \
	"push %rbx\npush %rbp\npush %r12\npush %r13\npush %r14\npush %r15\n"   \
	"mov %rsp, regs_own_rsp(%rip)\n"                                       \
	"pushq regs_in + 104(%rip)\npopfq\n"                                   \
	"mov regs_in(%rip), %rbx\nmov regs_in + 8(%rip), %rdi\n"               \
	"mov regs_in + 16(%rip), %rsi\nmov regs_in + 24(%rip), %rdx\n"         \
	"mov regs_in + 32(%rip), %rbp\nmov regs_in + 40(%rip), %r8\n"          \
	"mov regs_in + 48(%rip), %r9\nmov regs_in + 56(%rip), %r10\n"          \
	"mov regs_in + 64(%rip), %r12\nmov regs_in + 72(%rip), %r13\n"         \
	"mov regs_in + 80(%rip), %r14\nmov regs_in + 88(%rip), %r15\n"         \
	"mov regs_in + 96(%rip), %rsp\n"

#define STORE                                                                  \
	"mov %rbx, regs_out(%rip)\nmov %rdi, regs_out + 8(%rip)\n"             \
	"mov %rsi, regs_out + 16(%rip)\nmov %rdx, regs_out + 24(%rip)\n"       \
	"mov %rbp, regs_out + 32(%rip)\nmov %r8, regs_out + 40(%rip)\n"        \
	"mov %r9, regs_out + 48(%rip)\nmov %r10, regs_out + 56(%rip)\n"        \
	"mov %r12, regs_out + 64(%rip)\nmov %r13, regs_out + 72(%rip)\n"       \
	"mov %r14, regs_out + 80(%rip)\nmov %r15, regs_out + 88(%rip)\n"       \
	"mov %rsp, regs_out + 96(%rip)\nmov %rax, regs_out + 112(%rip)\n"      \
	"mov %rcx, regs_out + 120(%rip)\nmov %r11, regs_out + 128(%rip)\n"     \
	"mov regs_own_rsp(%rip), %rsp\n"                                       \
	"pushfq\npopq regs_out + 104(%rip)\ncld\n"                             \
	"pop %r15\npop %r14\npop %r13\npop %r12\npop %rbp\npop %rbx\nret\n"

/* The second is followed by a mov that shows rax. */
__asm__(".text\n"
	".globl regs_before, regs_before_ret, regs_after, regs_after_ret\n"
	"regs_before:\n" LOAD "mov $39, %eax\n"
	"syscall\n"
	"regs_before_ret:\n" STORE "regs_after:\n" LOAD "mov $39, %al\n"
	"movzbl %al, %eax\n"
	"syscall\n"
	"regs_after_ret: mov %rax, regs_pid_shown(%rip)\n" STORE
	".local regs_pid_shown\n.comm regs_pid_shown, 8, 8\n");

static uint64_t
next_random(void)
{
	static uint64_t x = 88172645463325252ull;

	x ^= x << 13;
	x ^= x >> 7;
	return x ^= x << 17;
}

static void
one_round(void (*call)(void), const char *ret)
{
	static uint64_t stack[64];
	const uint64_t flags = next_random() & FLAGS_USER;

	for (int i = 0; i < 12; i++)
		regs_in[i] = next_random();
	for (int i = 0; i < 64; i++)
		stack[i] = ~(uint64_t)i;
	regs_in[12] = (uint64_t)&stack[32];
	regs_in[13] = flags | 2;
	call();
	for (int i = 0; i < 13; i++)
		IS(regs_in[i], regs_out[i]);
	for (int i = 0; i < 64; i++)
		IS(~(uint64_t)i, stack[i]);
	IS(flags, regs_out[13] & FLAGS_USER);
	IS(regs_pid, regs_out[14]);
	IS((uint64_t)ret, regs_out[15]);
	IS(flags, regs_out[16] & FLAGS_USER);
}

static void
general_registers_stay(void)
{
	regs_pid = (uint64_t)getpid();
	TIMES(ROUNDS)
	{
		one_round(regs_before, regs_before_ret);
		one_round(regs_after, regs_after_ret);
	}
}

#define EACH(X)                                                                \
	X(0)                                                                   \
	X(1)                                                                   \
	X(2)                                                                   \
	X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)

__attribute__((target("avx"))) static void
vectors_stay(void)
{
	static uint8_t in[16][32], out[16][32];
	uint32_t mxcsr = 0x3f80, got; /* another rounding */

	TIMES(ROUNDS / 10)
	{
		long pid = 39;

		for (size_t i = 0; i < sizeof in; i++)
			((uint8_t *)in)[i] = (uint8_t)next_random();
#define VLOAD(n)  "vmovups " #n "*32(%1), %%ymm" #n "\n"
#define VSTORE(n) "vmovups %%ymm" #n ", " #n "*32(%2)\n"
		__asm__ volatile(
			"ldmxcsr %3\n" EACH(
				VLOAD) "mov $39, %%eax\n"
				       "syscall\n" EACH(VSTORE) "stmxcsr %4\n"
			: "=&a"(pid)
			: "r"(in), "r"(out), "m"(mxcsr), "m"(got)
			: "rcx", "r11", "memory", "ymm0", "ymm1", "ymm2",
			  "ymm3", "ymm4", "ymm5", "ymm6", "ymm7", "ymm8",
			  "ymm9", "ymm10", "ymm11", "ymm12", "ymm13", "ymm14",
			  "ymm15");
		IS(getpid(), pid);
		IS(0, memcmp(in, out, sizeof in));
		IS(mxcsr, got & 0xffc0);
	}
	_mm_setcsr(0x1f80);
}

int
main(void)
{
	general_registers_stay();
	if (__builtin_cpu_supports("avx"))
		vectors_stay();
	return 0;
}
