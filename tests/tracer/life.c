/* SPDX-License-Identifier: MIT */
/* tests/tracer/life.c - birth, death and rebirth of guest processes; timing. */
#include "tests/tracer/harness.h"
#include "tests/tracer/tests.h"
#include "tracer/internal.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

static const uint32_t SET = RUN_SET_REGS | RUN_SET_TLS;

static void *
killer(void *arg)
{
	usleep(30000);
	kill(*(pid_t *)arg, SIGKILL);
	return NULL;
}

/* kill -9 while it runs, and while it is stopped. */
static void
death(void)
{
	CODE_OF(spin);
	struct thread_run run = {.regs = {.rip = CODE}};
	struct as_op op = {AS_MAP, AS_READ, 0x600000, PAGE, 0};
	struct gthread *t;
	pthread_t thread;
	struct guest g;

	guest_make(&g, code_spin, spin_len);
	t = guest_thread(&g, 0, DATA + PAGE);
	pthread_create(&thread, NULL, killer, &g.as->pid);
	run_set(t, &run, SET);
	IS(STOP_DIED, run.stop.kind);
	pthread_join(thread, NULL);
	usleep(50000);
	IS(-3, tr->as_sync(g.as, &op, 1));
	run_set(t, &run, 0);
	IS(STOP_DIED, run.stop.kind);
	tr->thread_free(t);
	guest_free(&g);

	guest_make(&g, code_spin, spin_len);
	t = guest_thread(&g, 0, DATA + PAGE);
	kill(g.as->pid, SIGKILL);
	run_set(t, &run, SET);
	IS(STOP_DIED, run.stop.kind);
	tr->thread_free(t);
	guest_free(&g);
}

/* What one guest mapped and left is not there for the next. */
static void
recycled_is_clean(void)
{
	CODE_OF(faults);
	struct thread_run run;
	struct gthread *t;
	struct guest g;

	for (int i = 0; i < 30; i++) {
		guest_make(&g, code_faults, faults_len);
		run = (struct thread_run){.regs = {.rip = CODE}};
		t = guest_thread(&g, 0, DATA + PAGE);
		run_set(t, &run, SET);
		IS(STOP_FAULT, run.stop.kind);
		IS(0x514000, run.stop.addr);
		IS(FAULT_WRITE | FAULT_USER, run.stop.error_code);
		map(g.as, 0x514000, PAGE, 64 * PAGE, AS_READ | AS_WRITE);
		run_set(t, &run, 0);
		IS(0x515008, run.stop.addr);
		tr->thread_free(t);
		guest_free(&g);
	}
}

static void
cycles(void)
{
	CODE_OF(getpid);
	int n = getenv("CYCLES") ? atoi(getenv("CYCLES")) : 1000;
	struct thread_run run;
	struct gthread *t;
	struct guest g;
	int64_t t0 = now_ns();

	guest_make(&g, code_getpid, getpid_len);
	guest_free(&g);
	for (int i = 0; i < n; i++) {
		IS(0, tr->as_new(&g.as));
		map(g.as, CODE, 8 * PAGE, 16 * PAGE, AS_READ | AS_EXEC);
		memcpy(phys + 16 * PAGE, code_getpid, getpid_len);
		run = (struct thread_run){.regs = {.rip = CODE}};
		t = guest_thread(&g, 0, DATA + PAGE);
		run_set(t, &run, SET);
		IS(STOP_SYSCALL, run.stop.kind);
		tr->thread_free(t);
		tr->as_free(g.as);
	}
	printf("   %d cycles, %.1f us each\n", n,
	       (double)(now_ns() - t0) / n / 1000);
}

void
tests_life(const char *which)
{
	TEST(death);
	TEST(recycled_is_clean);
	TEST(cycles);
}

void
tests_bench(void)
{
	CODE_OF(getpid);
	CODE_OF(faults);
	struct thread_run run = {.regs = {.rip = CODE}};
	struct as_op ops[2];
	struct gthread *t;
	struct guest g;
	int64_t t0;
	int n = 20000;

	guest_make(&g, code_getpid, getpid_len);
	t = guest_thread(&g, 0, DATA + PAGE);
	run_set(t, &run, SET);
	t0 = now_ns();
	for (int i = 0; i < n; i++)
		run_set(t, &run, RUN_SET_REGS);
	printf("   null trap %.2f us\n", (double)(now_ns() - t0) / n / 1000);
	t0 = now_ns();
	n = 5000;
	ops[0] = (struct as_op){AS_MAP, AS_READ, 0x600000, PAGE, 64 * PAGE};
	for (int i = 0; i < n; i++)
		IS(0, tr->as_sync(g.as, ops, 1));
	printf("   map       %.2f us\n", (double)(now_ns() - t0) / n / 1000);
	tr->thread_free(t);
	guest_free(&g);

	guest_make(&g, code_faults, faults_len);
	t = guest_thread(&g, 0, DATA + PAGE);
	run.regs.rip = CODE;
	run_set(t, &run, SET);
	t0 = now_ns();
	ops[0] = (struct as_op){AS_MAP, AS_READ, 0x515000, PAGE, 64 * PAGE};
	ops[1] = (struct as_op){AS_UNMAP, 0, 0x514000, PAGE, 0};
	run.ops = ops;
	run.nops = 2;
	for (int i = 0; i < n; i++) {
		run.regs.rip = CODE;
		run_set(t, &run, RUN_SET_REGS);
		IS(0x514000, run.stop.addr);
	}
	printf("   fault     %.2f us\n", (double)(now_ns() - t0) / n / 1000);
	tr->thread_free(t);
	guest_free(&g);
}

void
tests_run(const char *which)
{
	if (which && !strcmp(which, "bench")) {
		tests_bench();
		return;
	}
	tests_basic(which);
	tests_life(which);
	tests_hostile(which);
}
