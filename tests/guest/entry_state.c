/* SPDX-License-Identifier: MIT */
/* The registers a program starts with: a made ELF looks at its own. */
#include "tests/guest/check.h"

#include <elf.h>
#include <stddef.h>

static struct {
	Elf64_Ehdr e;
	Elf64_Phdr p[1];
	unsigned char code[512];
} f;

/*
 * Ends with the number of the first thing that is wrong: general registers,
 * the stack's alignment, argc, flags, mxcsr, the x87 control word, xmm0.
 */
__asm__(".pushsection .rodata\n"
	"probe: mov $1, %edi\n"
	"or %rax, %rbx\n or %rcx, %rbx\n or %rdx, %rbx\n or %rsi, %rbx\n"
	"or %rbp, %rbx\n or %r8, %rbx\n or %r9, %rbx\n or %r10, %rbx\n"
	"or %r11, %rbx\n or %r12, %rbx\n or %r13, %rbx\n or %r14, %rbx\n"
	"or %r15, %rbx\n jnz 9f\n"
	"mov $2, %edi\n test $15, %spl\n jnz 9f\n"
	"mov $3, %edi\n cmpq $2, (%rsp)\n jne 9f\n"
	"mov $4, %edi\n pushf\n pop %rax\n and $0x40dd5, %eax\n"
	"cmp $0x44, %eax\n jne 9f\n" /* ZF and PF of the cmp alone */
	"mov $5, %edi\n stmxcsr -8(%rsp)\n cmpl $0x1f80, -8(%rsp)\n jne 9f\n"
	"mov $6, %edi\n fnstcw -8(%rsp)\n cmpw $0x37f, -8(%rsp)\n jne 9f\n"
	"mov $7, %edi\n fnstsw %ax\n test %ax, %ax\n jnz 9f\n"
	"mov $8, %edi\n ptest %xmm0, %xmm0\n jnz 9f\n"
	"ptest %xmm15, %xmm15\n jnz 9f\n"
	"xor %edi, %edi\n"
	"9: mov $60, %eax\n syscall\n"
	"probe_end:\n .popsection");
extern const unsigned char probe[], probe_end[];

static void
make(void)
{
	int fd;

	memcpy(f.e.e_ident, "\177ELF\2\1\1", 7);
	f.e.e_type = ET_EXEC;
	f.e.e_machine = EM_X86_64;
	f.e.e_version = 1;
	f.e.e_entry = 0x400000 + offsetof(__typeof__(f), code);
	f.e.e_phoff = offsetof(__typeof__(f), p);
	f.e.e_phentsize = sizeof f.p[0];
	f.e.e_phnum = 1;
	f.p[0].p_type = PT_LOAD;
	f.p[0].p_flags = PF_R | PF_X;
	f.p[0].p_vaddr = 0x400000;
	f.p[0].p_filesz = f.p[0].p_memsz = sizeof f;
	f.p[0].p_align = 4096;
	CHECK(probe_end - probe <= (long)sizeof f.code);
	memcpy(f.code, probe, probe_end - probe);
	fd = OK(open("elf", O_CREAT | O_WRONLY, 0755));
	IS(sizeof f, write(fd, &f, sizeof f));
	OK(close(fd));
}

int
main(void)
{
	char one[] = "1";

	make();
	for (int len = 1; len < 40; len += 3) {
		char arg[64];

		memset(arg, 'a', sizeof arg);
		arg[len] = 0;
		EXITS(0, OK(execl("elf", arg, one, NULL)));
	}
	/* Whatever the caller's state was. */
	EXITS(0, {
		unsigned mxcsr = 0x7f80;
		unsigned short cw = 0x27f;

		__asm__ volatile("ldmxcsr %0; fldcw %1; pcmpeqb %%xmm0, %%xmm0;"
				 "fldz; fld1"
				 :
				 : "m"(mxcsr), "m"(cw)
				 : "xmm0");
		OK(execl("elf", "elf", one, NULL));
	});
	return 0;
}
