/* SPDX-License-Identifier: MIT */
/*
 * tests/tracer/hostile.c - guest code that attacks the stub, the agent and
 * what viv reads: only its own process may suffer, and the next one is clean.
 */
#include "include/types.h"
#include "tests/tracer/harness.h"
#include "tests/tracer/tests.h"
#include "tracer/internal.h"

#include <cpuid.h>
#include <pthread.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

static const uint32_t SET = RUN_SET_REGS | RUN_SET_TLS;

static bool
is_seccomp(void)
{
	return !strcmp(tr->name, "seccomp");
}

/* Whatever happened, viv works and a fresh process is as it should be. */
static void
all_is_well(void)
{
	CODE_OF(getpid);
	struct thread_run run = {.regs = {.rip = CODE}};
	struct gthread *t;
	struct guest g;

	guest_make(&g, code_getpid, getpid_len);
	t = guest_thread(&g, 0, DATA + PAGE);
	run_set(t, &run, SET);
	IS(STOP_SYSCALL, run.stop.kind);
	IS(39, run.regs.orig_rax);
	tr->thread_free(t);
	guest_free(&g);
}

static void *
kick_later(void *arg)
{
	for (int i = 0; i < 30; i++) {
		usleep(20000);
		tr->thread_kick(arg);
	}
	return NULL;
}

/* Jump to @target with @regs; whatever it does, it must end in some stop. */
static void
jump(uint64_t target, struct um_regs regs)
{
	CODE_OF(jump);
	struct thread_run run = {.regs = regs};
	struct gthread *t;
	pthread_t thread;
	struct guest g;

	guest_make(&g, code_jump, jump_len);
	t = guest_thread(&g, 0, DATA + PAGE);
	run.regs.rip = target;
	if (!run.regs.rsp)
		run.regs.rsp = DATA + PAGE;
	pthread_create(&thread, NULL, kick_later, t);
	run_set(t, &run, SET);
	CHECK(run.stop.kind >= STOP_SYSCALL && run.stop.kind <= STOP_DIED);
	pthread_join(thread, NULL);
	tr->thread_free(t);
	guest_free(&g);
}

/* Every byte of the stub's page as an entry point, with telling registers. */
static void
jumps_into_stub(void)
{
	uint64_t len = (uint64_t)(stub_end - stub_begin);
	struct um_regs r = {.rbx = STUB_AREAS + AREA_SIZE - CTL_LEN,
			    .r12 = STUB_REQ,
			    .rdi = DATA,
			    .rsi = DATA,
			    .rdx = 1};

	if (!is_seccomp())
		return;
	for (uint64_t off = 0; off < len; off += 37)
		jump(STUB_CODE + off, r);
	jump(STUB_ADDR(stub_handler), r);
	jump(STUB_ADDR(agent_start), r);
	jump(STUB_ADDR(stub_restorer), r);
	jump(STUB_CONST, r);
	jump(STUB_REQ, r);
	jump(STUB_AREAS, r);
	all_is_well();
}

/* The stub's own instructions, with numbers and arguments they are not for:
 * nothing but a trap may come of it. */
static void
other_calls_from_stub(void)
{
	static const int nrs[] = {
		SYS_mmap,	 SYS_munmap,   SYS_mprotect, SYS_clone,
		SYS_openat,	 SYS_write,    SYS_kill,     SYS_tgkill,
		SYS_ptrace,	 SYS_socket,   SYS_execve,   SYS_exit_group,
		SYS_seccomp,	 SYS_pwrite64, SYS_close,    SYS_rt_sigprocmask,
		SYS_rt_sigaction};
	const char *ips[] = {stub_ip_wake,	stub_ip_wait, stub_ip_tls,
			     stub_ip_sigreturn, stub_ip_exit, stub_ip_init};
	CODE_OF(jump);
	struct thread_run run;
	struct gthread *t;
	struct guest g;

	if (!is_seccomp())
		return;
	guest_make(&g, code_jump, jump_len);
	t = guest_thread(&g, 0, DATA + PAGE);
	for (size_t i = 0; i < ARRAY_LEN(ips) * ARRAY_LEN(nrs); i++) {
		const char *ip = ips[i / ARRAY_LEN(nrs)];
		int nr = nrs[i % ARRAY_LEN(nrs)];

		run = (struct thread_run){.regs = {.rip = STUB_ADDR(ip) - 2,
						   .rax = (uint64_t)nr,
						   .rdi = 1,
						   .rsp = DATA + PAGE}};
		run_set(t, &run, SET);
		IS(STOP_SYSCALL, run.stop.kind);
		IS(nr, run.regs.orig_rax);
		IS(STUB_ADDR(ip), run.regs.rip);
	}
	/* the allowed number with an argument that is not */
	run = (struct thread_run){.regs = {.rip = STUB_ADDR(stub_ip_wait) - 2,
					   .rax = SYS_futex,
					   .rdi = DATA,
					   .rsi = FUTEX_OP_WAIT}};
	run_set(t, &run, SET);
	IS(STOP_SYSCALL, run.stop.kind);
	run = (struct thread_run){.regs = {.rip = STUB_ADDR(stub_ip_wake) - 2,
					   .rax = SYS_futex,
					   .rdi = STUB_AREAS,
					   .rsi = 4 /* CMP_REQUEUE */}};
	run_set(t, &run, SET);
	IS(STOP_SYSCALL, run.stop.kind);
	run = (struct thread_run){.regs = {.rip = STUB_ADDR(stub_ip_tls) - 2,
					   .rax = SYS_arch_prctl,
					   .rdi = 0x1012 /* SET_CPUID */}};
	run_set(t, &run, SET);
	IS(STOP_SYSCALL, run.stop.kind);
	tr->thread_free(t);
	guest_free(&g);
	all_is_well();
}

/* exit(2) by the stub's instruction: the thread is gone, and viv sees it. */
static void
exits_by_stub(void)
{
	if (!is_seccomp())
		return;
	jump(STUB_ADDR(stub_exit), (struct um_regs){.rax = 1});
	all_is_well();
}

/* Garbage over its own area (control block and signal frame), then a call. */
static void
scribbles(void)
{
	static const struct {
		uint64_t off, words;
	} where[] = {
		{AREA_SIZE - CTL_LEN, CTL_LEN / 8},
		{AREA_SIZE - CTL_LEN + 64, 4},
		{AREA_SIZE - 8192, 1024},
		{0, AREA_SIZE / 8},
	};
	CODE_OF(scribble);
	struct thread_run run;
	struct gthread *t;
	pthread_t thread;
	struct guest g;

	if (!is_seccomp())
		return;
	for (size_t i = 0; i < ARRAY_LEN(where); i++) {
		guest_make(&g, code_scribble, scribble_len);
		t = guest_thread(&g, 0, DATA + PAGE);
		run = (struct thread_run){
			.regs = {.rip = CODE,
				 .rdi = STUB_AREAS + where[i].off,
				 .rsi = where[i].words,
				 .rsp = DATA + PAGE}};
		pthread_create(&thread, NULL, kick_later, t);
		run_set(t, &run, SET);
		CHECK(run.stop.kind >= STOP_SYSCALL &&
		      run.stop.kind <= STOP_DIED);
		run.regs.rip = CODE;
		run.regs.rdi = DATA;
		run.regs.rsi = 1;
		run_set(t, &run, SET);
		pthread_join(thread, NULL);
		tr->thread_free(t);
		guest_free(&g);
	}
	/* what it may only read, it may not write */
	guest_make(&g, code_scribble, scribble_len);
	t = guest_thread(&g, 0, DATA + PAGE);
	run = (struct thread_run){
		.regs = {.rip = CODE, .rdi = STUB_REQ, .rsi = 1}};
	run_set(t, &run, SET);
	IS(STOP_FAULT, run.stop.kind);
	IS(STUB_REQ, run.stop.addr);
	CHECK(run.stop.error_code & FAULT_WRITE);
	tr->thread_free(t);
	guest_free(&g);
	all_is_well();
}

/* A forged frame that blocks all signals, then spins: kicks cannot reach it;
 * the watchdog must. */
static void
blocks_kicks(void)
{
	CODE_OF(spin);
	struct stub_uc uc = {
		.flags = 6,
		.rip = CODE,
		.rsp = DATA + PAGE,
		.eflags = 0x202,
		.cs = 0x33,
		.ss = 0x2b,
		.sigmask = ~0ull,
	};
	struct thread_run run = {.regs = {.rip = STUB_ADDR(stub_restorer),
					  .rsp = DATA + 2 * PAGE}};
	struct gthread *t;
	pthread_t thread;
	struct guest g;

	if (!is_seccomp())
		return;
	guest_make(&g, code_spin, spin_len);
	memcpy(guest_data(&g) + 2 * PAGE, &uc, sizeof uc);
	t = guest_thread(&g, 0, DATA + PAGE);
	pthread_create(&thread, NULL, kick_later, t);
	run_set(t, &run, SET);
	IS(STOP_DIED, run.stop.kind);
	pthread_join(thread, NULL);
	tr->thread_free(t);
	guest_free(&g);
	all_is_well();
}

/* It sleeps where only waiting for a turn is done: a kick ends that. */
static void
sleeps_in_stub(void)
{
	const struct um_regs r = {.rax = SYS_futex,
				  .rdi = STUB_AREAS + 0x100,
				  .rsi = FUTEX_OP_WAIT,
				  .r9 = 1,
				  .rbx = STUB_AREAS + 0x1000};

	if (!is_seccomp())
		return;
	jump(STUB_ADDR(stub_ip_wait) - 2, r);
	all_is_well();
}

/* One thread keeps writing over another's control block while that runs. */
static volatile bool is_over;

static void *
vandal(void *arg)
{
	struct gthread *t = arg;
	struct thread_run run = {.regs = {.rip = CODE, .rsp = DATA + PAGE}};

	while (!is_over) {
		run.regs.rip = CODE;
		run.regs.rdi = STUB_AREAS + AREA_SIZE - CTL_LEN;
		run.regs.rsi = CTL_LEN / 8;
		IS(0, tr->thread_run(t, &run, 1));
		run.flags = RUN_SET_REGS;
	}
	return NULL;
}

static void
siblings_fight(void)
{
	CODE_OF(scribble);
	struct thread_run run = {.regs = {.rsp = DATA + PAGE}};
	struct gthread *victim, *other;
	pthread_t thread;
	struct guest g;

	if (!is_seccomp())
		return;
	guest_make(&g, code_scribble, scribble_len);
	victim = guest_thread(&g, 0, DATA + PAGE);
	other = guest_thread(&g, 0, DATA + PAGE);
	is_over = false;
	pthread_create(&thread, NULL, vandal, other);
	for (int i = 0; i < 200; i++) {
		run.regs.rip = CODE;
		run.regs.rdi = DATA;
		run.regs.rsi = 4;
		run_set(victim, &run, SET);
		if (run.stop.kind == STOP_DIED)
			break;
	}
	is_over = true;
	pthread_join(thread, NULL);
	tr->thread_free(victim);
	tr->thread_free(other);
	guest_free(&g);
	all_is_well();
}

/* --- what the CPU lets programs do --- */

#define SHUT_ALL    1u
#define SHUT_WRITES 2u
#define IS_PKUERR   4
#define PKUERR_STOP(run)                                                       \
	((run).stop.kind == STOP_EXCEPTION && (run).stop.signo == SIGSEGV &&   \
	 (run).stop.code == IS_PKUERR)

extern const char code_shut_call[], code_shut_load[], code_shut_spin[];

static bool
has_keys(void)
{
	unsigned a, b, c, d;

	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (c & (1u << 4));
}

/* With key 0 shut by itself: its calls, accesses and kicks are stops as ever.
 * (A host that can't write signal frames then, Linux < 6.12, kills it.) */
static void
shuts_key_0(void)
{
	CODE_OF(shut);
	const uint64_t at_call = CODE + (uint64_t)(code_shut_call - code_shut),
		       at_load = CODE + (uint64_t)(code_shut_load - code_shut),
		       at_spin = CODE + (uint64_t)(code_shut_spin - code_shut);
	struct thread_run run = {
		.regs = {.rip = CODE, .rdi = SHUT_ALL, .rsi = at_call}};
	struct gthread *t;
	pthread_t thread;
	struct guest g;

	if (!has_keys())
		return;
	guest_make(&g, code_shut, shut_len);
	t = guest_thread(&g, 0, DATA + PAGE);
	run_set(t, &run, SET);
	for (int i = 0; i < 3 && run.stop.kind != STOP_DIED; i++) {
		IS(STOP_SYSCALL, run.stop.kind);
		IS(39, run.regs.orig_rax);
		run_set(t, &run, RUN_SET_REGS);
	}
	if (run.stop.kind != STOP_DIED) {
		run.regs.rip = at_load;
		run_set(t, &run, RUN_SET_REGS);
		CHECK(PKUERR_STOP(run));
		IS(DATA, run.stop.addr);
		run.regs.rip = at_spin;
		pthread_create(&thread, NULL, kick_later, t);
		run_set(t, &run, RUN_SET_REGS);
		IS(STOP_KICKED, run.stop.kind);
		pthread_join(thread, NULL);
	}
	tr->thread_free(t);
	guest_free(&g);
	all_is_well();
}

static void *
keep_kicking(void *arg)
{
	while (!is_over) {
		usleep(5000);
		tr->thread_kick(arg);
	}
	return NULL;
}

/* One run of @code with these registers, kicked until it stops. */
static void
attack(const void *code, size_t len, const struct um_regs *regs)
{
	struct thread_run run = {.regs = *regs};
	struct gthread *t;
	pthread_t thread;
	struct guest g;

	guest_make(&g, code, len);
	t = guest_thread(&g, 0, DATA + PAGE);
	run.regs.rip = CODE;
	run.regs.rsp = DATA + PAGE;
	is_over = false;
	pthread_create(&thread, NULL, keep_kicking, t);
	run_set(t, &run, SET);
	CHECK(run.stop.kind >= STOP_SYSCALL && run.stop.kind <= STOP_DIED);
	is_over = true;
	pthread_join(thread, NULL);
	tr->thread_free(t);
	guest_free(&g);
}

/* .. and then into the stub. */
static void
jumps_with_key_shut(void)
{
	uint64_t len = (uint64_t)(stub_end - stub_begin);
	struct um_regs r = {.rbx = STUB_AREAS + AREA_SIZE - CTL_LEN,
			    .rcx = CODE,
			    .r11 = CODE};
	CODE_OF(shut);

	if (!is_seccomp() || !has_keys())
		return;
	for (uint64_t off = 0; off < len; off += 61) {
		r.rdi = off & 1 ? SHUT_ALL : SHUT_WRITES;
		r.rsi = STUB_CODE + off;
		attack(code_shut, shut_len, &r);
	}
	all_is_well();
}

/* By the bases it sets itself the entry of patched calls finds another area,
 * or one that it made up. */
static void
sets_own_bases(void)
{
	static const uint64_t bases[] = {
		0,
		DATA,
		DATA + 8,
		STUB_AREAS,
		STUB_AREAS + AREA_SIZE - CTL_LEN,
		STUB_AREAS + 2 * AREA_SIZE - CTL_LEN,
		STUB_REQ,
		STUB_CODE,
		GUEST_TOP - 8,
	};
	const uint64_t targets[] = {
		STUB_CODE + STUB_CALL, STUB_CODE + STUB_CALL_GS,
		STUB_CODE + STUB_GIVE, STUB_CODE + STUB_RESUME,
		CODE + PAGE, /* an invalid instruction's fault */
	};
	struct um_regs r = {.rcx = CODE,
			    .r11 = CODE,
			    .rbx = STUB_AREAS + AREA_SIZE - CTL_LEN};
	CODE_OF(bases);

	if (!is_seccomp() || !(getauxval(AT_HWCAP2) & 2 /* FSGSBASE */))
		return;
	for (size_t i = 0; i < ARRAY_LEN(bases) * ARRAY_LEN(targets); i++) {
		r.rdi = bases[i / ARRAY_LEN(targets)];
		r.rdx = r.rdi;
		r.rsi = targets[i % ARRAY_LEN(targets)];
		attack(code_bases, bases_len, &r);
	}
	all_is_well();
}

void
tests_hostile(const char *which)
{
	TEST(jumps_into_stub);
	TEST(other_calls_from_stub);
	TEST(exits_by_stub);
	TEST(scribbles);
	TEST(blocks_kicks);
	TEST(sleeps_in_stub);
	TEST(siblings_fight);
	TEST(shuts_key_0);
	TEST(jumps_with_key_shut);
	TEST(sets_own_bases);
}
