/* SPDX-License-Identifier: MIT */
/* System calls that do not exist, and what a call leaves alone: all registers
 * but rax, rcx, r11, and the flags. */
#include "tests/guest/check.h"

static void
unknown(void)
{
	static const int never[] = {
		SYS_create_module,   SYS_get_kernel_syms, SYS_query_module,
		SYS_nfsservctl,	     SYS_getpmsg,	  SYS_putpmsg,
		SYS_afs_syscall,     SYS_tuxcall,	  SYS_security,
		SYS_vserver,	     SYS_epoll_ctl_old,	  SYS_epoll_wait_old,
		SYS_set_thread_area, SYS_get_thread_area,
	};

	for (unsigned i = 0; i < sizeof never / sizeof never[0]; i++)
		FAILS(ENOSYS, syscall(never[i], -1, -1, -1, -1, -1, -1));
	FAILS(ENOSYS, syscall(999));
	FAILS(ENOSYS, syscall(100000, 1, 2, 3));
	FAILS(ENOSYS, syscall(-1));
	FAILS(ENOSYS, syscall(-2));
	FAILS(ENOSYS, syscall(0x7fffffff));
}

/* Returns how many registers a call to @nr changed that it should not. */
long probe_registers(long nr);
__asm__(".text\n"
	"probe_registers:\n"
	"push %rbx\n push %rbp\n push %r12\n push %r13\n push %r14\n"
	"push %r15\n"
	"mov %rdi, %rax\n"
	"mov $-1, %rdi\n mov $2, %esi\n mov $3, %edx\n mov $4, %r10d\n"
	"mov $5, %r8d\n mov $6, %r9d\n mov $7, %ebx\n mov $8, %ebp\n"
	"mov $9, %r12d\n mov $10, %r13d\n mov $11, %r14d\n mov $12, %r15d\n"
	"movq $13, -100(%rsp)\n"
	"stc\n"
	"syscall\n"
	"mov $100, %eax\n"
	"jnc 9f\n"
	"mov $1, %eax\n"
	"cmp $-1, %rdi\n jne 9f\n cmp $2, %rsi\n jne 9f\n"
	"cmp $3, %rdx\n jne 9f\n cmp $4, %r10\n jne 9f\n"
	"cmp $5, %r8\n jne 9f\n cmp $6, %r9\n jne 9f\n"
	"cmp $7, %rbx\n jne 9f\n cmp $8, %rbp\n jne 9f\n"
	"cmp $9, %r12\n jne 9f\n cmp $10, %r13\n jne 9f\n"
	"cmp $11, %r14\n jne 9f\n cmp $12, %r15\n jne 9f\n"
	"cmpq $13, -100(%rsp)\n jne 9f\n"
	"xor %eax, %eax\n"
	"9: pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rbp\n pop %rbx\n"
	"ret\n");

static void
registers(void)
{
	unsigned short cw = 0;
	unsigned mxcsr = 0, mine = 0x3f80, normal = 0x1f80;
	double x = 1.5, y;

	for (int i = 0; i < 10; i++) {
		IS(0, probe_registers(SYS_getpid));
		IS(0, probe_registers(999));
		IS(0, probe_registers(SYS_close));
	}
	/* Nor any of floating point. */
	__asm__ volatile("ldmxcsr %5\n movsd %3, %%xmm7\n syscall\n"
			 "movsd %%xmm7, %1\n stmxcsr %0\n fnstcw %2"
			 : "=m"(mxcsr), "=m"(y), "=m"(cw)
			 : "m"(x), "a"(SYS_getpid), "m"(mine)
			 : "rcx", "r11", "xmm7", "memory");
	__asm__ volatile("ldmxcsr %0" : : "m"(normal));
	IS(mine, mxcsr);
	IS(0x37f, cw);
	CHECK(y == 1.5);
}

/* Errors are -4095 to -1 in rax; numbers are 32 bits wide. */
static void
raw_results(void)
{
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(SYS_close), "D"(-1)
			 : "rcx", "r11", "memory");
	IS(-EBADF, ret);
	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(SYS_getpid | 7l << 32)
			 : "rcx", "r11", "memory");
	IS(getpid(), ret);
}

int
main(void)
{
	unknown();
	registers();
	raw_results();
	return 0;
}
