/* SPDX-License-Identifier: MIT */
/* Signals of the processor: number, code, address, trap number. */
#include "tests/guest/check.h"

#include <ucontext.h>

static siginfo_t info;
static long trapno, err, cr2, rip;
static sigjmp_buf out;

static void
on_fault(int sig, siginfo_t *i, void *uc_)
{
	ucontext_t *uc = uc_;

	info = *i;
	trapno = uc->uc_mcontext.gregs[REG_TRAPNO];
	err = uc->uc_mcontext.gregs[REG_ERR];
	cr2 = uc->uc_mcontext.gregs[REG_CR2];
	rip = uc->uc_mcontext.gregs[REG_RIP];
	siglongjmp(out, sig);
}

/* The statement must bring @sig with @code and trap @trap. */
#define FAULTS(sig, code, trap, ...)                                           \
	do {                                                                   \
		int got_ = sigsetjmp(out, 1);                                  \
		if (!got_) {                                                   \
			__VA_ARGS__;                                           \
		}                                                              \
		IS(sig, got_);                                                 \
		IS(sig, info.si_signo);                                        \
		IS(code, info.si_code);                                        \
		IS(trap, trapno);                                              \
	} while (0)

static void
divide(int a, int b)
{
	__asm__ volatile("cltd; idivl %1" : "+a"(a) : "r"(b) : "rdx", "cc");
}

static void
arithmetic(void)
{
	unsigned unmasked = 0x1f80 & ~0x200u, normal = 0x1f80;
	double one = 1, nought = 0;

	FAULTS(SIGFPE, FPE_INTDIV, 0, divide(1, 0));
	IS(rip, (long)info.si_addr);
	FAULTS(SIGFPE, FPE_INTDIV, 0, divide(1 << 31, -1));
	FAULTS(SIGFPE, FPE_FLTDIV, 19,
	       __asm__ volatile("ldmxcsr %0; divsd %2, %1"
				:
				: "m"(unmasked), "x"(one), "x"(nought)));
	__asm__ volatile("ldmxcsr %0" : : "m"(normal));
}

static void
memory(void)
{
	char *ro = MMAP(4096, PROT_READ, MAP_PRIVATE);
	char *gone = unmapped_page();

	FAULTS(SIGSEGV, SEGV_MAPERR, 14, *(volatile char *)(gone + 5));
	CHECK(info.si_addr == gone + 5 && cr2 == (long)(gone + 5));
	IS(4, err & 6); /* user, read */
	FAULTS(SIGSEGV, SEGV_ACCERR, 14, *(volatile char *)(ro + 7) = 1);
	CHECK(info.si_addr == ro + 7);
	IS(6, err & 6); /* user, write */
	FAULTS(SIGSEGV, SEGV_ACCERR, 14, ((void (*)(void))(unsigned long)ro)());
	IS((long)ro, rip);
	CHECK(info.si_addr == ro);
	FAULTS(SIGSEGV, SI_KERNEL, 13,
	       *(volatile char *)0x1234567800000000ul = 1);
	CHECK(info.si_addr == NULL);
	FAULTS(SIGSEGV, SEGV_MAPERR, 14,
	       *(volatile char *)0xffffffff80000000ul = 1);
	CHECK(info.si_addr == (void *)0xffffffff80000000ul);
	/* An access over the end is told by its first bad byte. */
	FAULTS(SIGSEGV, SEGV_MAPERR, 14,
	       *(volatile int *)edge_of_memory(2) = 1);
	IS(0, (long)info.si_addr % 4096);
}

static void
instructions(void)
{
	FAULTS(SIGILL, ILL_ILLOPN, 6, __asm__ volatile("ud2"));
	CHECK(info.si_addr == (void *)rip);
	IS(0x0b0f, *(unsigned short *)rip); /* at the instruction */
	FAULTS(SIGTRAP, SI_KERNEL, 3, __asm__ volatile("int3"));
	IS(0xcc, *(unsigned char *)(rip - 1)); /* behind it */
	FAULTS(SIGSEGV, SI_KERNEL, 13, __asm__ volatile("hlt"));
	FAULTS(SIGSEGV, SI_KERNEL, 13, __asm__ volatile("cli"));
	FAULTS(SIGSEGV, SI_KERNEL, 13,
	       __asm__ volatile("in $0x60, %%al"
				:
				:
				: "rax"));
	FAULTS(SIGSEGV, SI_KERNEL, 13, __asm__ volatile("int $0x20"));
	FAULTS(SIGSEGV, SI_KERNEL, 13,
	       __asm__ volatile("mov %%cr0, %%rax"
				:
				:
				: "rax"));
}

static void
file_end(void)
{
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600));
	char *p;

	p = MAPPED(mmap(NULL, 4096, RW, MAP_SHARED, fd, 0));
	FAULTS(SIGBUS, BUS_ADRERR, 14, *(volatile char *)(p + 9) = 1);
	CHECK(info.si_addr == p + 9);
	OK(unlink("f"));
}

/* Ignoring a fault, or blocking it, does not help: death. */
static void
can_not_be_ignored(void)
{
	DIES(SIGSEGV, {
		signal(SIGSEGV, SIG_IGN);
		*(volatile char *)unmapped_page() = 1;
	});
	DIES(SIGFPE, {
		sigset_t set;

		sigfillset(&set);
		OK(sigprocmask(SIG_BLOCK, &set, NULL));
		__asm__ volatile("xor %%ecx, %%ecx; div %%ecx"
				 :
				 :
				 : "rax", "rcx", "rdx");
	});
	DIES(SIGILL, {
		signal(SIGILL, SIG_DFL);
		__asm__ volatile("ud2");
	});
}

int
main(void)
{
	struct sigaction sa = {.sa_sigaction = on_fault,
			       .sa_flags = SA_SIGINFO};
	int sigs[] = {SIGFPE, SIGSEGV, SIGBUS, SIGILL, SIGTRAP};

	for (unsigned i = 0; i < 5; i++)
		OK(sigaction(sigs[i], &sa, NULL));
	arithmetic();
	memory();
	instructions();
	file_end();
	can_not_be_ignored();
	return 0;
}
