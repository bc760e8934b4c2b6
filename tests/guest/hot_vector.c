/* SPDX-License-Identifier: MIT */
/* Vector registers, mxcsr and x87 are a thread's own in system calls made often
 * from one place: in calls that return, sleep, fork, raise signals; with other
 * threads on the same CPUs; and for a tracer that looks. */
#include "tests/guest/hot.h"

#include <pthread.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <ucontext.h>

#define THREADS 6

struct state {
	unsigned char reg[16][32];
	unsigned mxcsr;
	unsigned short cw;
};

/* Loads @in, makes the call, stores what is there then. */
long vector_call(const struct state *in, struct state *out, long nr, long a,
		 long b, long c);

#define EACH(insn)                                                             \
	insn(0) insn(1) insn(2) insn(3) insn(4) insn(5) insn(6) insn(7)        \
		insn(8) insn(9) insn(10) insn(11) insn(12) insn(13) insn(14)   \
			insn(15)
#define LOAD(n)	 "vmovdqu 32*" #n "(%rdi), %ymm" #n "\n"
#define STORE(n) "vmovdqu %ymm" #n ", 32*" #n "(%rbx)\n"

__asm__(".text\n"
	".globl vector_call\n"
	"vector_call: push %rbx\n"
	"push %r12\n"
	"stmxcsr -4(%rsp)\n"
	"mov -4(%rsp), %r12d\n"
	"mov %rsi, %rbx\n" EACH(LOAD) "ldmxcsr 512(%rdi)\n"
				      "fldcw 516(%rdi)\n"
				      "mov %rdx, %rax\n"
				      "mov %rcx, %rdi\n"
				      "mov %r8, %rsi\n"
				      "mov %r9, %rdx\n"
				      "syscall\n"
				      "cmp $0xfffffffffffff000, %rax\n" EACH(
					      STORE) "stmxcsr 512(%rbx)\n"
						     "fnstcw 516(%rbx)\n"
						     "fninit\n"
						     "vzeroupper\n"
						     "mov %r12d, -4(%rsp)\n"
						     "ldmxcsr -4(%rsp)\n"
						     "pop %r12\n"
						     "pop %rbx\n"
						     "ret\n");

static struct state
pattern(int seed)
{
	struct state s = {.mxcsr = seed & 1 ? 0x3f80 : 0x1f80,
			  .cw = seed & 1 ? 0xf7f : 0x37f};

	for (int i = 0; i < 16; i++)
		for (int k = 0; k < 32; k++)
			s.reg[i][k] = (unsigned char)(seed * 31 + i * 37 + k);
	return s;
}

static long
kept(int seed, long nr, long a, long b, long c)
{
	struct state in = pattern(seed), out;
	long ret = vector_call(&in, &out, nr, a, b, c);

	IS(0, memcmp(in.reg, out.reg, sizeof in.reg));
	IS(in.mxcsr, out.mxcsr);
	IS(in.cw, out.cw);
	return ret;
}

static void
ended(int pid)
{
	int status;

	OK(waitpid(pid, &status, 0));
	IS(0, status);
}

static volatile int handled;

__attribute__((target("avx"))) static void
on_signal(int sig, siginfo_t *si, void *ctx)
{
	struct _libc_fpstate *fp = ((ucontext_t *)ctx)->uc_mcontext.fpregs;
	struct state want = pattern(3), zero = {0}, now;
	unsigned fresh;

	(void)sig, (void)si;
	__asm__ volatile("vmovdqu %%ymm9, %0\n stmxcsr %1\n vzeroall\n"
			 : "=m"(now.reg[9]), "=m"(fresh)
			 :
			 : "memory");
	IS(0, memcmp(zero.reg[9], now.reg[9], 32));
	IS(0x1f80, fresh);
	IS(0, memcmp(want.reg[9], &fp->_xmm[9], 16));
	IS(want.mxcsr, fp->mxcsr);
	handled++;
}

/* A call that raises a signal whose handler has registers of its own. */
static void
signals(void)
{
	struct sigaction sa = {.sa_sigaction = on_signal,
			       .sa_flags = SA_SIGINFO};

	OK(sigaction(SIGUSR1, &sa, NULL));
	TIMES(HOT)
	IS(0, kept(3, SYS_kill, getpid(), SIGUSR1, 0));
	IS(HOT, handled);
}

static void
forks(void)
{
	TIMES(HOT / 4)
	{
		int pid = (int)kept(times_, SYS_fork, 0, 0, 0);

		if (!pid)
			_exit(0);
		ended(pid);
	}
}

/* Each waits for the other's byte. */
static void
sleeps(void)
{
	int to[2], from[2];
	char c = 0;

	OK(pipe(to));
	OK(pipe(from));
	int pid = OK(fork());

	TIMES(HOT)
	{
		if (pid)
			IS(1, kept(times_, SYS_write, to[1], (long)&c, 1));
		IS(1,
		   kept(times_, SYS_read, pid ? from[0] : to[0], (long)&c, 1));
		if (!pid)
			IS(1, kept(~times_, SYS_write, from[1], (long)&c, 1));
	}
	if (!pid)
		_exit(0);
	ended(pid);
}

static void *
yields(void *seed)
{
	TIMES(HOT * 10)
	{
		kept((int)(long)seed, SYS_sched_yield, 0, 0, 0);
		for (volatile int i = 0; i < 1000; i++)
			;
	}
	return NULL;
}

static void
threads(void)
{
	pthread_t t[THREADS];

	for (long i = 0; i < THREADS; i++)
		IS(0, pthread_create(&t[i], NULL, yields, (void *)i));
	for (int i = 0; i < THREADS; i++)
		IS(0, pthread_join(t[i], NULL));
}

/* A tracer comes while the call sleeps; what it sets is there at its end. */
static void
traced(void)
{
	struct state in = pattern(1), out;
	struct user_fpregs_struct fp;
	int fd[2], ready[2];
	char c = 0;

	OK(pipe(fd));
	OK(pipe(ready));
	int pid = OK(fork());

	if (!pid) {
		TIMES(HOT)
		kept(1, SYS_getppid, 0, 0, 0);
		IS(1, write(ready[1], &c, 1));
		IS(1, vector_call(&in, &out, SYS_read, fd[0], (long)&c, 1));
		in.reg[5][7] = 99;
		IS(0, memcmp(in.reg, out.reg, sizeof in.reg));
		_exit(0);
	}
	IS(1, read(ready[0], &c, 1));
	until_asleep(pid);
	OK(ptrace(PTRACE_ATTACH, pid, 0, 0));
	OK(waitpid(pid, NULL, 0));
	OK(ptrace(PTRACE_GETFPREGS, pid, 0, &fp));
	IS(0, memcmp(in.reg[15], &fp.xmm_space[4 * 15], 16));
	((unsigned char *)&fp.xmm_space[4 * 5])[7] = 99;
	OK(ptrace(PTRACE_SETFPREGS, pid, 0, &fp));
	OK(ptrace(PTRACE_DETACH, pid, 0, 0));
	IS(1, write(fd[1], &c, 1));
	ended(pid);
}

int
main(void)
{
	if (!__builtin_cpu_supports("avx"))
		return 0;
	TIMES(HOT)
	IS(getpid(), kept(times_, SYS_getpid, 0, 0, 0));
	signals();
	forks();
	sleeps();
	threads();
	traced();
	return 0;
}
