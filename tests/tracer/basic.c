/* SPDX-License-Identifier: MIT */
/* tests/tracer/basic.c - what the kernel relies on, under each back end. */
#include "tests/tracer/harness.h"
#include "tests/tracer/tests.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

static const uint32_t SET = RUN_SET_REGS | RUN_SET_TLS;

static void
syscalls(void)
{
	CODE_OF(getpid);
	struct thread_run run = {.regs = {.rip = CODE, .rbx = 7, .r15 = 8}};
	struct gthread *t;
	struct guest g;

	guest_make(&g, code_getpid, getpid_len);
	t = guest_thread(&g, 0, DATA + PAGE);
	run_set(t, &run, SET);
	for (int i = 0; i < 50; i++) {
		IS(STOP_SYSCALL, run.stop.kind);
		IS(39, run.regs.orig_rax);
		IS(-38, run.regs.rax);
		IS(CODE + 7, run.regs.rip);
		IS(CODE + 7, run.regs.rcx);
		IS(7, run.regs.rbx);
		IS(8, run.regs.r15);
		run.regs.rax = 4711;
		run_set(t, &run, RUN_SET_REGS);
	}
	tr->thread_free(t);
	guest_free(&g);
}

static void
faults(void)
{
	CODE_OF(faults);
	struct thread_run run = {.regs = {.rip = CODE}};
	struct gthread *t;
	struct as_op op;
	struct guest g;

	guest_make(&g, code_faults, faults_len);
	t = guest_thread(&g, 0, DATA + PAGE);
	run_set(t, &run, SET);
	IS(STOP_FAULT, run.stop.kind);
	IS(0x514000, run.stop.addr);
	IS(FAULT_WRITE | FAULT_USER, run.stop.error_code);
	/* read-only first: now the protection is what is wrong */
	op = (struct as_op){AS_MAP, AS_READ, 0x514000, PAGE, 64 * PAGE};
	run.ops = &op;
	run.nops = 1;
	run_set(t, &run, 0);
	IS(STOP_FAULT, run.stop.kind);
	IS(FAULT_PRESENT | FAULT_WRITE | FAULT_USER, run.stop.error_code);
	op.prot = AS_READ | AS_WRITE;
	op.kind = AS_PROTECT;
	run_set(t, &run, 0);
	IS(STOP_FAULT, run.stop.kind);
	IS(0x515008, run.stop.addr);
	IS(FAULT_USER, run.stop.error_code);
	op = (struct as_op){AS_MAP, AS_READ, 0x515000, PAGE, 65 * PAGE};
	memcpy(phys + 65 * PAGE + 8, "abcdefg", 8);
	run_set(t, &run, 0);
	IS(STOP_FAULT, run.stop.kind);
	IS(0x516000, run.stop.addr);
	IS(FAULT_FETCH | FAULT_USER, run.stop.error_code);
	CHECK(!memcmp(&run.regs.rdx, "abcdefg", 8));
	/* a batch that fails: the guest does not run */
	op = (struct as_op){AS_PROTECT, AS_READ, 0x7000000, PAGE, 0};
	run.flags = 0;
	IS(-12, tr->thread_run(t, &run, 0));
	op = (struct as_op){AS_MAP, AS_READ, 0x680000000000, PAGE, 0};
	IS(-14, tr->thread_run(t, &run, 0));
	op = (struct as_op){AS_MAP, AS_READ, 0x516001, PAGE, 0};
	IS(-22, tr->thread_run(t, &run, 0));
	run.nops = 0;
	run_set(t, &run, 0);
	IS(STOP_FAULT, run.stop.kind);
	tr->thread_free(t);
	guest_free(&g);
}

static volatile bool kicks_done;

static void *
kicker(void *arg)
{
	while (!kicks_done) {
		usleep(5000);
		tr->thread_kick(arg);
	}
	return NULL;
}

static void
kicks(void)
{
	CODE_OF(spin);
	struct thread_run run = {.regs = {.rip = CODE}};
	uint64_t last = 0, n = 0;
	struct gthread *t;
	pthread_t thread;
	struct guest g;

	guest_make(&g, code_spin, spin_len);
	t = guest_thread(&g, 0, DATA + PAGE);
	pthread_create(&thread, NULL, kicker, t);
	run_set(t, &run, SET);
	for (int i = 0; i < 19; i++) {
		IS(STOP_KICKED, run.stop.kind);
		memcpy(&n, guest_data(&g), 8);
		CHECK(n >= last);
		last = n;
		run_set(t, &run, i & 1 ? RUN_SET_REGS : 0);
	}
	kicks_done = true;
	CHECK(last > 1000);
	pthread_join(thread, NULL);
	tr->thread_kick(t); /* one before it runs is not lost */
	run_set(t, &run, 0);
	IS(STOP_KICKED, run.stop.kind);
	tr->thread_free(t);
	guest_free(&g);
}

static void
fp_state(void)
{
	CODE_OF(fp);
	struct thread_run run = {.regs = {.rip = CODE}};
	static char image[16384], other[16384];
	struct gthread *t, *t2;
	struct guest g;
	int len;

	guest_make(&g, code_fp, fp_len);
	t = guest_thread(&g, 0, DATA + PAGE);
	run_set(t, &run, SET);
	IS(STOP_SYSCALL, run.stop.kind);
	len = tr->get_fp(t, image, sizeof image);
	CHECK(len > 576);
	IS(0x1234567, *(uint32_t *)(image + 160 + 3 * 16));
	IS(-34, tr->get_fp(t, image, 64));

	/* a second thread with this state goes on like the first */
	t2 = guest_thread(&g, 0, DATA + PAGE);
	IS(0, tr->set_fp(t2, image, (size_t)len));
	run_set(t2, &run, SET);
	IS(STOP_SYSCALL, run.stop.kind);
	IS(40, run.regs.orig_rax);
	IS(0x1234567, run.regs.rbx);
	IS(1, *(uint64_t *)(guest_data(&g) + 16));
	len = tr->get_fp(t2, other, sizeof other);
	IS(0x1234567, *(uint32_t *)(other + 160 + 3 * 16));

	/* initial state */
	IS(0, tr->set_fp(t, NULL, 0));
	run.regs.rip = CODE + 22;
	run_set(t, &run, SET);
	IS(STOP_SYSCALL, run.stop.kind);
	IS(0, run.regs.rbx);
	/* what no CPU would load is refused */
	*(uint32_t *)(image + 24) = 0xffffffff;
	IS(-22, tr->set_fp(t, image, (size_t)len));
	tr->thread_free(t);
	tr->thread_free(t2);
	guest_free(&g);
}

static void
bases(void)
{
	CODE_OF(fs);
	struct thread_run run = {.regs = {.rip = CODE}};
	struct gthread *t;
	struct guest g;

	guest_make(&g, code_fs, fs_len);
	for (uint64_t i = 0; i < 64; i++)
		((uint64_t *)guest_data(&g))[i] = i;
	t = guest_thread(&g, 0, DATA + PAGE);
	run.regs.fs_base = DATA;
	run.regs.gs_base = DATA + 64;
	run_set(t, &run, SET);
	IS(STOP_SYSCALL, run.stop.kind);
	IS(1, run.regs.rbx);
	IS(8 + 2, run.regs.rbp);
	IS(DATA, run.regs.fs_base);
	run.regs.fs_base = DATA + 80;
	run_set(t, &run, SET);
	IS(10 + 1, run.regs.rbx);
	IS(8 + 2, run.regs.rbp);
	run_set(t, &run, 0);
	IS(10 + 1, run.regs.rbx);
	tr->thread_free(t);
	guest_free(&g);
}

static void
exceptions(void)
{
	CODE_OF(ud);
	CODE_OF(int80);
	CODE_OF(vsyscall);
	struct thread_run run = {.regs = {.rip = CODE, .rsp = DATA + PAGE}};
	struct gthread *t;
	struct guest g;

	guest_make(&g, code_ud, ud_len);
	t = guest_thread(&g, 0, DATA + PAGE);
	run_set(t, &run, SET);
	IS(STOP_EXCEPTION, run.stop.kind);
	IS(SIGILL, run.stop.signo);
	IS(6, run.stop.trapno);
	IS(CODE, run.stop.addr);

	memcpy(phys + g.page * PAGE, code_int80, int80_len);
	run_set(t, &run, 0);
	IS(STOP_EXCEPTION, run.stop.kind);
	IS(SIGSEGV, run.stop.signo);
	IS(13, run.stop.trapno);
	IS(CODE + 5, run.regs.rip);
	IS(20, run.regs.rax);

	memcpy(phys + g.page * PAGE, code_vsyscall, vsyscall_len);
	run.regs.rip = CODE;
	run.regs.rsp = DATA + PAGE;
	/* with ptrace the host itself answers vsyscalls */
	if (!strcmp(tr->name, "seccomp")) {
		run_set(t, &run, RUN_SET_REGS);
		if (run.stop.kind == STOP_SYSCALL) {
			IS(201, run.regs.orig_rax); /* time */
			IS(CODE + 11, run.regs.rip);
			IS(DATA + PAGE, run.regs.rsp);
		} else {
			IS(STOP_FAULT, run.stop.kind); /* vsyscall=none */
		}
	}
	tr->thread_free(t);
	guest_free(&g);
}

static void
steps(void)
{
	CODE_OF(nops);
	struct thread_run run = {.regs = {.rip = CODE}};
	struct gthread *t;
	struct guest g;

	guest_make(&g, code_nops, nops_len);
	t = guest_thread(&g, 0, DATA + PAGE);
	run_set(t, &run, SET | RUN_SINGLESTEP);
	IS(STOP_EXCEPTION, run.stop.kind);
	IS(SIGTRAP, run.stop.signo);
	IS(CODE + 1, run.regs.rip);
	IS(0, run.regs.eflags & UM_EFLAGS_TF);
	run_set(t, &run, RUN_SINGLESTEP);
	IS(CODE + 2, run.regs.rip);
	run_set(t, &run, RUN_SINGLESTEP);
	IS(STOP_EXCEPTION, run.stop.kind);
	IS(CODE + 7, run.regs.rip);
	run_set(t, &run, 0);
	IS(STOP_SYSCALL, run.stop.kind);
	IS(CODE + 9, run.regs.rip);
	tr->thread_free(t);
	guest_free(&g);
}

/* Two threads of one process, on two host threads, and a third for later. */
struct second {
	struct guest *g;
	uint64_t stops;
};

static void *
second_main(void *arg)
{
	struct second *s = arg;
	struct thread_run run = {.regs = {.rip = CODE}};
	struct gthread *t = guest_thread(s->g, 0, DATA + 2 * PAGE);

	run_set(t, &run, SET);
	for (int i = 0; i < 500; i++) {
		IS(STOP_SYSCALL, run.stop.kind);
		run.regs.rax = 1;
		run_set(t, &run, RUN_SET_REGS);
	}
	s->stops = 500;
	tr->thread_free(t);
	return NULL;
}

static void
threads(void)
{
	CODE_OF(getpid);
	struct second a[3];
	pthread_t thread[3];
	struct guest g;

	guest_make(&g, code_getpid, getpid_len);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 3; i++) {
			a[i] = (struct second){.g = &g};
			pthread_create(&thread[i], NULL, second_main, &a[i]);
		}
		for (int i = 0; i < 3; i++) {
			pthread_join(thread[i], NULL);
			IS(500, a[i].stops);
		}
	}
	guest_free(&g);
}

static void
populate(void)
{
	CODE_OF(getpid);
	struct as_op ops[600];
	struct guest g;

	guest_make(&g, code_getpid, getpid_len);
	for (uint64_t i = 0; i < 600; i++)
		ops[i] = (struct as_op){i % 3 == 0   ? AS_MAP
					: i % 3 == 1 ? AS_POPULATE_WR
						     : AS_PROTECT,
					i % 3 == 2 ? AS_READ
						   : AS_READ | AS_WRITE,
					0x10000000 + i / 3 * 2 * PAGE, PAGE,
					(1000 + i / 3 * 3) * PAGE};
	IS(0, tr->as_sync(g.as, ops, 600));
	ops[0] = (struct as_op){AS_UNMAP, 0, 0x10000000, 400 * PAGE, 0};
	IS(0, tr->as_sync(g.as, ops, 1));
	/* best effort: nothing there */
	ops[0].kind = AS_POPULATE_RD;
	IS(0, tr->as_sync(g.as, ops, 1));
	guest_free(&g);
}

void
tests_basic(const char *which)
{
	TEST(syscalls);
	TEST(faults);
	TEST(kicks);
	TEST(fp_state);
	TEST(bases);
	TEST(exceptions);
	TEST(steps);
	TEST(threads);
	TEST(populate);
}
