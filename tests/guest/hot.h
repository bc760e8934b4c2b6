/* SPDX-License-Identifier: MIT */
/*
 * tests/guest/hot.h - system calls from places of our own, made so often that
 * a kernel may have thought of something; all is as the first time.
 */
#ifndef TESTS_GUEST_HOT_H
#define TESTS_GUEST_HOT_H

#include "tests/guest/check.h"

#define HOT 100 /* often */

/* The number, then the call. */
long hot_getpid(void);
extern const char hot_getpid_insn[], hot_getpid_ret[];
long hot_getpid7(void); /* by a longer mov */

/* Any call, whose number comes in a register; -1000 for any error. */
long hot_call(long nr, ...);
extern const char hot_call_insn[], hot_call_ret[];

/* .. followed by a mov, whose result this is. */
long hot_moved(long nr, ...);

/* .. by a return, the last of its function. */
long hot_last(long nr, ...);

__asm__(".text\n"
	".balign 64\n"
	".globl hot_getpid, hot_getpid_insn, hot_getpid_ret\n"
	"hot_getpid: mov $39, %eax\n"
	"hot_getpid_insn: syscall\n"
	"hot_getpid_ret: ret\n"
	".globl hot_getpid7\n"
	"hot_getpid7: .byte 0x48, 0xc7, 0xc0, 39, 0, 0, 0\n"
	"syscall\n"
	"ret\n"
	".globl hot_call, hot_call_insn, hot_call_ret\n"
	"hot_call: mov %rdi, %rax\n"
	"mov %rsi, %rdi\n"
	"mov %rdx, %rsi\n"
	"mov %rcx, %rdx\n"
	"mov %r8, %r10\n"
	"mov %r9, %r8\n"
	"hot_call_insn: syscall\n"
	"hot_call_ret: cmp $0xfffffffffffff000, %rax\n"
	"ja 1f\n"
	"ret\n"
	"1: mov $-1000, %rax\n"
	"ret\n"
	".globl hot_moved\n"
	"hot_moved: mov %rdi, %rax\n"
	"mov %rsi, %rdi\n"
	"mov %rdx, %rsi\n"
	"mov %rcx, %rdx\n"
	"syscall\n"
	"mov %rax, %r8\n"
	"xor %eax, %eax\n"
	"mov %r8, %rax\n"
	"ret\n"
	".balign 16\n"
	".globl hot_last\n"
	"hot_last: mov %rdi, %rax\n"
	"mov %rsi, %rdi\n"
	"mov %rdx, %rsi\n"
	"mov %rcx, %rdx\n"
	"syscall\n"
	"ret\n"
	".balign 16\n");

#define TIMES(n) for (int times_ = 0; times_ < (n); times_++)

static inline void
make_hot(void)
{
	TIMES(HOT)
	{
		IS(getpid(), hot_getpid());
		IS(getpid(), hot_getpid7());
		IS(getpid(), hot_call(SYS_getpid));
		IS(getpid(), hot_moved(SYS_getpid));
		IS(getpid(), hot_last(SYS_getpid));
	}
}

#endif /* TESTS_GUEST_HOT_H */
