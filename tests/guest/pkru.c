/* SPDX-License-Identifier: MIT */
/* pkeys(7): a program that shuts protection key 0, which all its memory has,
 * for itself, by WRPKRU: system calls are made all the same, from whatever
 * place; accesses are refused with SIGSEGV. */
#include "tests/guest/hot.h"

#include <cpuid.h>
#include <pthread.h>
#include <sys/rseq.h>
#include <ucontext.h>

#define NO_ACCESS 1u
#define NO_WRITE  2u

static siginfo_t info;
static long trapno;
static unsigned handler_rights;
static sigjmp_buf out;
int value = 5;

static unsigned
rights(void)
{
	unsigned pkru, edx;

	__asm__ volatile("rdpkru" : "=a"(pkru), "=d"(edx) : "c"(0));
	return pkru;
}

static inline void
set_rights(unsigned pkru)
{
	__asm__ volatile("wrpkru" : : "a"(pkru), "c"(0), "d"(0) : "memory");
}

static void
on_fault(int sig, siginfo_t *i, void *uc)
{
	info = *i;
	trapno = ((ucontext_t *)uc)->uc_mcontext.gregs[REG_TRAPNO];
	handler_rights = rights();
	siglongjmp(out, sig);
}

/* Calls with the rights @how to key 0, without any access to memory: @n from a
 * place of one form, @n from one of the other.  The results of the last two. */
void shut_calls(unsigned how, long n, long *before, long *after);

__asm__(".text\n"
	"shut_calls: push %rbx\n"
	"push %r12\n"
	"push %r13\n"
	"push %r14\n"
	"push %r15\n"
	"mov %rsi, %r12\n"
	"mov %rdx, %r14\n"
	"mov %rcx, %r15\n"
	"mov %edi, %r9d\n"
	"xor %ecx, %ecx\n"
	"rdpkru\n"
	"mov %eax, %r8d\n"
	"or %r9d, %eax\n"
	"wrpkru\n"
	"mov %r12, %rbx\n"
	"1: mov $39, %eax\n"
	"syscall\n"
	"dec %rbx\n"
	"jnz 1b\n"
	"mov %rax, %r13\n"
	"mov %r12, %rbx\n"
	"mov $39, %r9d\n"
	"2: mov %r9, %rax\n"
	"syscall\n"
	"mov %rax, %r10\n"
	"dec %rbx\n"
	"jnz 2b\n"
	"xor %ecx, %ecx\n"
	"xor %edx, %edx\n"
	"mov %r8d, %eax\n"
	"wrpkru\n"
	"mov %r13, (%r14)\n"
	"mov %r10, (%r15)\n"
	"pop %r15\n"
	"pop %r14\n"
	"pop %r13\n"
	"pop %r12\n"
	"pop %rbx\n"
	"ret\n");

static void
calls(void)
{
	static const unsigned how[] = {0, NO_WRITE, NO_ACCESS,
				       NO_ACCESS | NO_WRITE, 0};
	long a, b;

	for (size_t i = 0; i < sizeof how / sizeof *how; i++) {
		shut_calls(how[i], HOT, &a, &b);
		IS(getpid(), a);
		IS(getpid(), b);
	}
}

/* Else a switch to another task while key 0 is shut is the end: Linux can't
 * write what rseq(2) promises.  Threads made later have none then. */
static void
no_rseq(void)
{
	char *at = (char *)__builtin_thread_pointer() + __rseq_offset;

	if (__rseq_size)
		OK(syscall(SYS_rseq, at, 32, RSEQ_FLAG_UNREGISTER, RSEQ_SIG));
}

static void *
in_thread(void *arg)
{
	calls();
	return arg;
}

static void
calls_of_two(void)
{
	pthread_t t;

	IS(0, pthread_create(&t, NULL, in_thread, NULL));
	calls();
	IS(0, pthread_join(t, NULL));
}

/* One access to value with these rights; what it reads or writes besides are
 * registers. */
static void
access_with(unsigned shut, unsigned open, bool is_write)
{
	__asm__ volatile("wrpkru\n"
			 "test %[write], %[write]\n"
			 "jnz 1f\n"
			 "mov value(%%rip), %%r8d\n"
			 "jmp 2f\n"
			 "1: movl $6, value(%%rip)\n"
			 "2: mov %[open], %%eax\n"
			 "wrpkru"
			 : "+a"(shut)
			 : "c"(0),
			   "d"(0), [open] "r"(open), [write] "r"((int)is_write)
			 : "r8", "cc", "memory");
}

static void
refused(unsigned how, bool is_write)
{
	unsigned open = rights();
	int sig = sigsetjmp(out, 1);

	if (!sig)
		access_with(open | how, open, is_write);
	IS(SIGSEGV, sig);
	IS(4 /* SEGV_PKUERR */, info.si_code);
	IS(&value, info.si_addr);
	IS(0, info.si_pkey);
	IS(14, trapno);
	IS(0, handler_rights & 3);
	IS(5, value);
	set_rights(open);
}

/* Linux < 6.12 can't write a signal's frame then, and kills. */
static bool
dies_of_it(void)
{
	pid_t pid = fork();
	int status;

	OK(pid);
	if (!pid) {
		if (!sigsetjmp(out, 1))
			access_with(rights() | NO_ACCESS, rights(), false);
		_exit(0);
	}
	IS(pid, waitpid(pid, &status, 0));
	return status;
}

/* A handler that returns: what it interrupted has its rights again. */
static void
note_rights(int sig)
{
	(void)sig;
	handler_rights = rights();
}

static void
kept_over_handlers(void)
{
	unsigned open = rights();

	OK(signal(SIGUSR1, note_rights) == SIG_ERR);
	set_rights(open | 0xc); /* key 1 */
	TIMES(HOT)
	{
		IS(0, hot_call(SYS_kill, getpid(), SIGUSR1));
		IS(0, handler_rights & 3);
		IS(open | 0xc, rights());
	}
	EXITS(0, IS(open | 0xc, rights()));
	set_rights(open);
}

/* Where there are keys this can't be read, else it can. */
static void
execute_only(void)
{
	volatile char *p = MMAP(4096, PROT_EXEC, MAP_PRIVATE);

	if (!sigsetjmp(out, 1))
		IS(0, p[10]);
	else
		IS(&p[10], info.si_addr);
}

int
main(void)
{
	static char stack[1 << 16];
	stack_t ss = {.ss_sp = stack, .ss_size = sizeof stack};
	struct sigaction sa = {.sa_sigaction = on_fault,
			       .sa_flags = SA_SIGINFO | SA_ONSTACK};
	unsigned a, b, c, d;

	if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(c & (1u << 4)))
		SKIP("no protection keys");
	no_rseq();
	OK(sigaltstack(&ss, NULL));
	OK(sigaction(SIGSEGV, &sa, NULL));
	execute_only();
	EXITS(0, calls_of_two());
	calls();
	kept_over_handlers();
	if (dies_of_it())
		SKIP("no signals with key 0 shut");
	refused(NO_ACCESS, false);
	refused(NO_ACCESS, true);
	refused(NO_WRITE, true);
	return 0;
}
