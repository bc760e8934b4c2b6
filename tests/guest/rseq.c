/* SPDX-License-Identifier: MIT */
/* rseq(2): registration, the processor's number, and that a signal takes a
 * critical section to its abort handler. */
#include "tests/guest/check.h"

#include <linux/membarrier.h>
#include <linux/rseq.h>
#include <pthread.h>
#include <sched.h>
#include <sys/rseq.h>

static struct rseq area __attribute__((aligned(32)));
static char second[64] __attribute__((aligned(32)));

static long
rseq(void *at, unsigned len, int flags, unsigned sig)
{
	return syscall(SYS_rseq, at, len, flags, sig);
}

static void
registration(void)
{
	FAILS(EINVAL, rseq(&area, 32, 2, RSEQ_SIG));
	FAILS(EINVAL, rseq(&area, 20, 0, RSEQ_SIG));
	FAILS(EINVAL, rseq(second + 8, 32, 0, RSEQ_SIG));
	FAILS(EINVAL, rseq(&area, 32, RSEQ_FLAG_UNREGISTER, RSEQ_SIG));
	area.cpu_id = (unsigned)RSEQ_CPU_ID_UNINITIALIZED;
	OK(rseq(&area, 32, 0, RSEQ_SIG));
	FAILS(EBUSY, rseq(&area, 32, 0, RSEQ_SIG));
	FAILS(EINVAL, rseq(second, 32, 0, RSEQ_SIG));
	FAILS(EPERM, rseq(&area, 32, 0, 1));
	FAILS(EPERM, rseq(&area, 32, RSEQ_FLAG_UNREGISTER, 1));
}

static void
processor(void)
{
	struct rseq *seen = &area;
	unsigned cpu;

	for (int i = 0; i < 50; i++) {
		cpu = *(volatile uint32_t *)&seen->cpu_id;
		CHECK(cpu == *(volatile uint32_t *)&seen->cpu_id_start ||
		      i < 49);
		CHECK(cpu < 8192);
		sched_yield();
	}
}

static volatile int signals;

static void
on_alarm(int sig)
{
	signals++;
}

/* Spins in a critical section; only its abort leads out. */
static int
aborts(void)
{
	static struct rseq_cs cs;
	int how = 0;

	__asm__ volatile("lea 1f(%%rip), %%rax\n"
			 "mov %%rax, 8(%2)\n" /* start */
			 "movq $(2f - 1f), 16(%2)\n"
			 "lea 4f(%%rip), %%rax\n"
			 "mov %%rax, 24(%2)\n" /* abort */
			 "mov %2, 8(%1)\n"     /* area.rseq_cs */
			 "1: pause\n"
			 "jmp 1b\n"
			 "2: jmp 5f\n"
			 ".byte 0x0f, 0xb9, 0x3d\n" /* ud1, as it should look */
			 ".long 0x53053053\n"
			 "4: movl $1, %0\n"
			 "5:"
			 : "+m"(how)
			 : "r"(&area), "r"(&cs)
			 : "rax", "memory", "cc");
	return how;
}

/* The longer way out: another thread asks for it; membarrier(2). */
static void *
fence(void *arg)
{
	while (!signals)
		syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ,
			0, 0);
	return NULL;
}

static void
fences(void)
{
	pthread_t t;

	if (syscall(SYS_membarrier,
		    MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ, 0, 0) < 0)
		return;
	signals = 0;
	IS(0, pthread_create(&t, NULL, fence, NULL));
	for (int i = 0; i < 10; i++)
		IS(1, aborts());
	signals = 1;
	IS(0, pthread_join(t, NULL));
}

/* A handler that runs meanwhile returns to the abort handler. */
static void
signal_returns(void)
{
	struct itimerval it = {{0, 0}, {0, 20000}};

	signals = 0;
	signal(SIGALRM, on_alarm);
	OK(setitimer(ITIMER_REAL, &it, NULL));
	while (!signals)
		IS(1, aborts());
	IS(0, area.rseq_cs);
}

static void
use(uint64_t start, uint64_t len, uint64_t abort_ip, unsigned version)
{
	static struct rseq_cs cs;

	cs = (struct rseq_cs){version, 0, start, len, abort_ip};
	area.rseq_cs = (uint64_t)&cs;
	for (;;)
		sleep_ms(1);
}

/* What is no critical section kills. */
static void
bad_sections(void)
{
	uint64_t here = (uint64_t)&use;

	DIES(SIGSEGV, use(here, 4, here + 8, 1));
	DIES(SIGSEGV, use(here, 4, here + 8, 0)); /* no signature there */
	DIES(SIGSEGV, use(here, 64, here + 8, 0));
	DIES(SIGSEGV, use(~0ull - 1, 4, here, 0));
	DIES(SIGSEGV, area.rseq_cs = 0x10; for (;;) sleep_ms(1));
	DIES(SIGSEGV, area.rseq_cs = ~0ull; for (;;) sleep_ms(1));
}

/* The area may go away. */
static void
gone_area(void)
{
	char *p = MMAP(4096, RW, MAP_PRIVATE);

	OK(rseq(p, 32, 0, RSEQ_SIG));
	OK(munmap(p, 4096));
	for (;;)
		sleep_ms(1);
}

static void *
own_one(void *arg)
{
	/* Each thread has one, made known by the C library. */
	struct rseq *r =
		(void *)((char *)__builtin_thread_pointer() + __rseq_offset);

	CHECK(r->cpu_id < 8192);
	return NULL;
}

int
main(void)
{
	pthread_t t;

	if (__rseq_size == 0)
		SKIP("no rseq");
	own_one(NULL);
	IS(0, pthread_create(&t, NULL, own_one, NULL));
	IS(0, pthread_join(t, NULL));
	OK(rseq((char *)__builtin_thread_pointer() + __rseq_offset, 32,
		RSEQ_FLAG_UNREGISTER, RSEQ_SIG));
	registration();
	processor();
	signal_returns();
	fences();
	bad_sections();
	EXITS(0, FAILS(EBUSY, rseq(&area, 32, 0, RSEQ_SIG))); /* inherited */
	OK(rseq(&area, 32, RSEQ_FLAG_UNREGISTER, RSEQ_SIG));
	IS((unsigned)RSEQ_CPU_ID_UNINITIALIZED, area.cpu_id);
	FAILS(EFAULT, rseq(unmapped_page(), 32, 0, RSEQ_SIG));
	DIES(SIGSEGV, gone_area());
	return 0;
}
