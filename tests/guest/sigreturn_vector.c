/* SPDX-License-Identifier: MIT */
/* Signals and floating point: XMM, YMM, ZMM, mask registers, x87 and mxcsr
 * survive a handler, and the handler sees them in its frame. */
#include "tests/guest/check.h"

#include <ucontext.h>

static volatile long ticks;
static volatile unsigned mxcsr_inside, cw_inside;

__attribute__((target("avx"))) static void
zero_avx(void)
{
	__asm__ volatile("vzeroall" : : : "memory");
}

static bool has_avx, has_avx512;

static void
clobber(int sig, siginfo_t *info, void *uc)
{
	unsigned mxcsr, fast = 0x7fc0;
	unsigned short cw, low = 0x7f;

	__asm__ volatile("stmxcsr %0; fnstcw %1" : "=m"(mxcsr), "=m"(cw));
	mxcsr_inside = mxcsr;
	cw_inside = cw;
	__asm__ volatile("ldmxcsr %0; fldcw %1; pcmpeqb %%xmm0, %%xmm0;"
			 "pcmpeqb %%xmm15, %%xmm15; fldz; fldz"
			 :
			 : "m"(fast), "m"(low)
			 : "xmm0", "xmm15");
	if (has_avx)
		zero_avx();
	ticks++;
}

static void
wait_ticks(long n)
{
	for (long end = ticks + n; ticks < end;)
		;
}

/* Each loads a pattern, spins over some signals, and stores what it has; no
 * call between, so that nothing else touches the registers. */
#define SPIN                                                                   \
	"mov (%1), %%rcx\n add $3, %%rcx\n"                                    \
	"1: pause\n cmp %%rcx, (%1)\n jl 1b\n"

static void
sse(void)
{
	unsigned char in[32], out[32] = {0};

	for (int i = 0; i < 32; i++)
		in[i] = (unsigned char)(i * 7 + 1);
	__asm__ volatile("movdqu (%0), %%xmm0\n movdqu 16(%0), %%xmm15\n" SPIN
			 "movdqu %%xmm0, (%2)\n movdqu %%xmm15, 16(%2)"
			 :
			 : "r"(in), "r"(&ticks), "r"(out)
			 : "rcx", "xmm0", "xmm15", "memory", "cc");
	IS(0, memcmp(in, out, 32));
}

__attribute__((target("avx"))) static void
avx(void)
{
	unsigned char in[64], out[64] = {0};

	for (int i = 0; i < 64; i++)
		in[i] = (unsigned char)(i * 5 + 3);
	__asm__ volatile(
		"vmovdqu (%0), %%ymm1\n vmovdqu 32(%0), %%ymm14\n" SPIN
		"vmovdqu %%ymm1, (%2)\n vmovdqu %%ymm14, 32(%2)\n vzeroupper"
		:
		: "r"(in), "r"(&ticks), "r"(out)
		: "rcx", "xmm1", "xmm14", "memory", "cc");
	IS(0, memcmp(in, out, 64));
}

__attribute__((target("avx512f"))) static void
avx512(void)
{
	unsigned char in[128], out[128] = {0};
	unsigned mask = 0;

	for (int i = 0; i < 128; i++)
		in[i] = (unsigned char)(i * 3 + 9);
	__asm__ volatile("vmovdqu64 (%0), %%zmm2\n vmovdqu64 64(%0), %%zmm31\n"
			 "mov $0xabcd, %%eax\n kmovw %%eax, %%k3\n" SPIN
			 "vmovdqu64 %%zmm2, (%2)\n vmovdqu64 %%zmm31, 64(%2)\n"
			 "kmovw %%k3, %%eax\n mov %%eax, (%3)\n vzeroupper"
			 :
			 : "r"(in), "r"(&ticks), "r"(out), "r"(&mask)
			 : "rax", "rcx", "xmm2", "xmm31", "k3", "memory", "cc");
	IS(0, memcmp(in, out, 128));
	IS(0xabcd, mask);
}

/* Control words are the program's own; a handler starts with the default. */
static void
control(void)
{
	unsigned mine = 0x3f80, got = 0, standard = 0x1f80;
	unsigned short cw = 0xf7f, got_cw = 0;
	double x = 0;

	__asm__ volatile("ldmxcsr %4\n fldcw %5\n fldpi\n"
			 "mov (%3), %%rcx\n add $3, %%rcx\n"
			 "1: pause\n cmp %%rcx, (%3)\n jl 1b\n"
			 "fstpl %2\n stmxcsr %0\n fnstcw %1\n fninit\n"
			 "ldmxcsr %6"
			 : "=m"(got), "=m"(got_cw), "=m"(x)
			 : "r"(&ticks), "m"(mine), "m"(cw), "m"(standard)
			 : "rcx", "memory", "cc");
	IS(mine, got);
	IS(cw, got_cw);
	CHECK(x > 3.1415 && x < 3.1416);
	IS(0x1f80, mxcsr_inside);
	IS(0x37f, cw_inside);
}

static void
in_the_frame(int sig, siginfo_t *info, void *uc_)
{
	ucontext_t *uc = uc_;
	struct _libc_fpstate *fp = uc->uc_mcontext.fpregs;

	CHECK(fp && (unsigned long)fp % 64 == 0);
	IS(0x11111111, fp->_xmm[5].element[2]);
	fp->_xmm[5].element[2] = 0x22222222;
	uc->uc_mcontext.gregs[REG_RIP] += 2;
}

static void
seen_and_changed(void)
{
	struct sigaction sa = {.sa_sigaction = in_the_frame,
			       .sa_flags = SA_SIGINFO};
	unsigned v[4] = {0x11111111, 0x11111111, 0x11111111, 0x11111111};

	OK(sigaction(SIGILL, &sa, NULL));
	__asm__ volatile("movdqu %0, %%xmm5; ud2; movdqu %%xmm5, %0"
			 : "+m"(v)
			 :
			 : "xmm5", "memory");
	IS(0x11111111, v[1]);
	IS(0x22222222, v[2]);
}

int
main(void)
{
	struct sigaction sa = {.sa_sigaction = clobber, .sa_flags = SA_SIGINFO};
	struct itimerval it = {{0, 3000}, {0, 3000}};

	has_avx = __builtin_cpu_supports("avx");
	has_avx512 = __builtin_cpu_supports("avx512f");
	OK(sigaction(SIGALRM, &sa, NULL));
	OK(setitimer(ITIMER_REAL, &it, NULL));
	for (int i = 0; i < 5; i++) {
		sse();
		if (has_avx)
			avx();
		if (has_avx512)
			avx512();
		control();
	}
	wait_ticks(1);
	ticks_stop();
	seen_and_changed();
	return 0;
}
