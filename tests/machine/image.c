/* SPDX-License-Identifier: MIT */
/*
 * tests/machine/image.c - a guest kernel of a few lines: says who it is, runs
 * a program of two instructions, idles until its timer fires, leaves.
 */
#include "arch/um/boot.h"
#include "arch/um/hypercall.h"
#include "arch/um/layout.h"

static struct thread_run run;
static char buf[64];

int64_t
hypercall(uint64_t nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
	  uint64_t e, uint64_t f)
{
	int64_t (*page)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
			uint64_t, uint64_t) =
		(int64_t(*)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
			    uint64_t, uint64_t))HYPER_PAGE;

	return page(nr, a, b, c, d, e, f);
}

static void
say(const char *s)
{
	uint64_t n = 0;

	while (s[n])
		n++;
	HYPER3(LOG, 0, s, n);
}

static void
need(bool ok, const char *what)
{
	if (ok)
		return;
	say(what);
	HYPER1(EXIT, 1);
}

static void
run_guest(void)
{
	static const unsigned char code[] = {0xb8, 39, 0, 0, 0, 0x0f, 0x05};
	struct as_op op = {AS_MAP, AS_READ | AS_EXEC, 0x400000, PAGE_SIZE, 0};
	int64_t as = HYPER0(AS_NEW), t;

	need(as >= 0, "AS_NEW");
	for (unsigned i = 0; i < sizeof code; i++)
		((volatile unsigned char *)PHYS_WINDOW)[i] = code[i];
	run.regs.rip = 0x400000;
	run.flags = RUN_SET_REGS | RUN_SET_TLS;
	run.ops = &op;
	run.nops = 1;
	t = HYPER3(THREAD_NEW, as, &run.regs, &run.carrier);
	need(t >= 0, "THREAD_NEW");
	need(HYPER2(THREAD_RUN, t, &run) == 0, "THREAD_RUN");
	need(run.stop.kind == STOP_SYSCALL && run.regs.orig_rax == 39,
	     "the guest's call");
	need(HYPER1(AS_FREE, as) == -EBUSY, "AS_FREE with a thread");
	need(HYPER1(THREAD_FREE, t) == 0, "THREAD_FREE");
	need(HYPER1(THREAD_FREE, t) == -EBADF, "THREAD_FREE twice");
	need(HYPER1(AS_FREE, as) == 0, "AS_FREE");
}

static void
idle(void)
{
	struct event_ring *ring = (struct event_ring *)EVENT_RING;
	int64_t now = HYPER1(CLOCK, HCLOCK_MONOTONIC);

	need(now > 0, "CLOCK");
	need(HYPER1(TIMER_SET, now + 20000000) == 0, "TIMER_SET");
	while (ring->head == __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE))
		need(HYPER1(CPU_IDLE, 0) == 1, "CPU_IDLE");
	need(ring->e[0].type == EVENT_TIMER, "EVENT_TIMER");
	now = HYPER1(CLOCK, HCLOCK_MONOTONIC) - now;
	need(now >= 20000000 && now < 2000000000, "the timer's time");
}

/* Nothing that is not ours may be touched, and nothing crashes. */
static void
lie(void)
{
	need(HYPER2(ENTROPY, buf, sizeof buf) == 0, "ENTROPY");
	need(HYPER2(ENTROPY, lie, 64) == -EFAULT, "ENTROPY into text");
	need(HYPER2(ENTROPY, HYPER_PAGE, 64) == -EFAULT, "into its page");
	need(HYPER2(ENTROPY, 4096, 64) == -EFAULT, "ENTROPY outside");
	need(HYPER2(ENTROPY, buf, ~0ull) == -EFAULT, "ENTROPY too long");
	need(HYPER3(LOG, 0, REGION_END, 8) == -EFAULT, "LOG outside");
	need(HYPER1(HOST_CLOSE, 4711) == -EBADF, "no such handle");
	need(HYPER2(THREAD_RUN, -1, &run) == -EBADF, "no such thread");
	need(HYPER1(CPU_WAKE, 1000) == -EINVAL, "no such vCPU");
	for (uint64_t nr = 14; nr < 300; nr++)
		if (nr != HC_CRASH)
			(void)hypercall(nr, ~0ull, ~0ull, ~0ull, ~0ull, ~0ull,
					~0ull);
}

static void
crash(void)
{
	*(volatile int *)lie = 0;
}

_Noreturn void image_entry(uint64_t cpu);

__attribute__((section(".text.entry"), used)) _Noreturn void
image_entry(uint64_t cpu)
{
	const struct boot_params *bp = (const struct boot_params *)BOOT_PARAMS;

	need(bp->magic == BOOT_MAGIC && bp->version == BOOT_VERSION, "boot");
	say("a test image runs");
	run_guest();
	idle();
	lie();
	if (bp->argv[0] && bp->argv[0][0] == 'c')
		crash();
	if (bp->argv[0] && bp->argv[0][0] == 'p')
		HYPER2(PANIC, "as asked", 8);
	HYPER1(EXIT, 42);
	for (;;)
		;
}
