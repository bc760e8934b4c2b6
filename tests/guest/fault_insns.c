/* SPDX-License-Identifier: MIT */
/* Page faults by all sorts of instructions: what only reads never needs the
 * right to write, and what writes gets its page. */
#include "tests/guest/check.h"

static char *ro, *rw;
static int fd;

/* A page of a file that nothing has touched yet. */
static char *
fresh(int prot)
{
	char *p = mmap(NULL, 4096, prot, MAP_PRIVATE, fd, 0);

	CHECK(p != MAP_FAILED);
	return p;
}

#define READS(insn)                                                            \
	do {                                                                   \
		char *s_, *d_;                                                 \
		s_ = d_ = ro = fresh(PROT_READ);                               \
		__asm__ volatile("xor %%eax, %%eax\n" insn                     \
				 : "+S"(s_), "+D"(d_)                          \
				 : [p] "r"(ro)                                 \
				 : "rax", "rcx", "rdx", "xmm0", "memory",      \
				   "cc");                                      \
		OK(munmap(ro, 4096));                                          \
	} while (0)

#define WRITES(insn)                                                           \
	do {                                                                   \
		char *d_;                                                      \
		d_ = rw = fresh(PROT_READ | PROT_WRITE);                       \
		__asm__ volatile("mov $1, %%eax\n" insn                        \
				 : "+D"(d_)                                    \
				 : [p] "r"(rw)                                 \
				 : "rax", "rcx", "rdx", "xmm0", "memory",      \
				   "cc");                                      \
		OK(munmap(rw, 4096));                                          \
	} while (0)

static void
integers(void)
{
	READS("mov (%[p]), %%rax");
	READS("add (%[p]), %%rax");
	READS("cmp %%rax, (%[p])");
	READS("cmpl $1, (%[p])");
	READS("testb $1, (%[p])");
	READS("movzbl (%[p]), %%eax");
	READS("bt %%eax, (%[p])");
	READS("btl $1, (%[p])");
	READS("mull (%[p])");
	READS("imul (%[p]), %%rax");
	READS("lodsb");
	READS("cmpsb");
	READS("prefetcht0 (%[p])\nmov (%[p]), %%al");
	WRITES("mov %%rax, (%[p])");
	WRITES("movl $1, (%[p])");
	WRITES("add %%rax, (%[p])");
	WRITES("subl $1, (%[p])");
	WRITES("incl (%[p])");
	WRITES("negl (%[p])");
	WRITES("shll (%[p])");
	WRITES("bts %%eax, (%[p])");
	WRITES("btrl $1, (%[p])");
	WRITES("sete (%[p])");
	WRITES("xchg %%rax, (%[p])");
	WRITES("lock xadd %%rax, (%[p])");
	WRITES("lock cmpxchg %%rcx, (%[p])");
	WRITES("shld $1, %%rax, (%[p])");
	WRITES("stosb");
	WRITES("movnti %%rax, (%[p])");
}

static void
vectors(void)
{
	READS("movq (%[p]), %%xmm0");
	READS("movd (%[p]), %%xmm0");
	READS("movdqu (%[p]), %%xmm0");
	READS("movaps (%[p]), %%xmm0");
	READS("movsd (%[p]), %%xmm0");
	READS("ldmxcsr 256(%[p])");
	READS("fldl (%[p])\nfstp %%st(0)");
	READS("fildl (%[p])\nfstp %%st(0)");
	WRITES("movq %%xmm0, (%[p])");
	WRITES("movd %%xmm0, (%[p])");
	WRITES("movdqu %%xmm0, (%[p])");
	WRITES("movntps %%xmm0, (%[p])");
	WRITES("movsd %%xmm0, (%[p])");
	WRITES("movhps %%xmm0, (%[p])");
	WRITES("stmxcsr (%[p])");
	WRITES("fnstcw (%[p])");
	WRITES("fldz\nfstpl (%[p])");
}

static void
newer(void)
{
	if (__builtin_cpu_supports("sse4.2"))
		READS("crc32b (%[p]), %%eax");
	if (__builtin_cpu_supports("sse4.1")) {
		READS("pinsrd $1, (%[p]), %%xmm0");
		WRITES("pextrd $1, %%xmm0, (%[p])");
	}
	if (!__builtin_cpu_supports("avx2"))
		return;
	READS("vmovq (%[p]), %%xmm0");
	READS("vmovdqu (%[p]), %%ymm0");
	READS("vpbroadcastb (%[p]), %%ymm0");
	READS("vinserti128 $1, (%[p]), %%ymm0, %%ymm0");
	WRITES("vmovq %%xmm0, (%[p])");
	WRITES("vmovd %%xmm0, (%[p])");
	WRITES("vmovdqu %%ymm0, (%[p])");
	WRITES("vextracti128 $1, %%ymm0, (%[p])");
	__asm__ volatile("vzeroupper");
}

int
main(void)
{
	const unsigned mxcsr = 0x1f80;

	fd = OK(memfd_create("page", 0));
	OK(ftruncate(fd, 4096));
	IS(sizeof(mxcsr), pwrite(fd, &mxcsr, sizeof(mxcsr), 256));
	integers();
	vectors();
	newer();
	return 0;
}
