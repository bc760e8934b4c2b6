/* SPDX-License-Identifier: MIT */
/*
 * tracer/direct/guest/call.c - hypercalls in a guest process: those that need
 * nothing of viv's own are done here, the others move the kernel there.
 *
 * Freestanding and without data of its own: what is remembered is in the
 * thread's stub_ctl.  It runs on the task's kernel stack, all signals blocked.
 */
#include "tracer/direct/guest/guest.h"

#include "arch/um/hypercall.h"
#include "arch/um/layout.h"
#include "arch/um/vcpu_words.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>

#define FUTEX_WAIT 0
#define FUTEX_WAKE 1

typedef int clock_fn(int64_t clock, struct timespec *ts);

/* The kernel stack's base: see current_task(). */
static struct stub_ctl *
this_ctl(void)
{
	uint64_t sp = (uint64_t)__builtin_frame_address(0);

	return ((struct stub_ctl **)(sp & ~(KSTACK_SIZE - 1)))[KSTACK_CTL];
}

static char *
area_of(struct stub_ctl *ctl)
{
	return (char *)ctl + CTL_LEN - AREA_SIZE;
}

static int64_t
host_call(int64_t nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
	  uint64_t e, uint64_t f)
{
	register uint64_t r10 __asm__("r10") = d;
	register uint64_t r8 __asm__("r8") = e;
	register uint64_t r9 __asm__("r9") = f;
	int64_t ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
			   "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

/* --- guest code --- */

void
direct_trapped(struct stub_ctl *ctl)
{
	ctl->kick = 0;
	(void)frame_store(&ctl->frame, area_of(ctl),
			  (struct thread_run *)ctl->run);
}

static int64_t
apply(const struct as_op *op)
{
	if (op->addr < REGION_END && op->addr + op->len > REGION_BASE)
		return -EFAULT;
	switch (op->kind) {
	case AS_MAP:
		return host_call(SYS_mmap, op->addr, op->len, op->prot,
				 MAP_SHARED | MAP_FIXED | MAP_NORESERVE,
				 AGENT_PHYS_FD, op->phys);
	case AS_UNMAP:
		return host_call(SYS_munmap, op->addr, op->len, 0, 0, 0, 0);
	case AS_PROTECT:
		return host_call(SYS_mprotect, op->addr, op->len, op->prot, 0,
				 0, 0);
	case AS_POPULATE_RD:
	case AS_POPULATE_WR:
		/* Best effort. */
		(void)host_call(SYS_madvise, op->addr, op->len,
				op->kind == AS_POPULATE_RD
					? MADV_POPULATE_READ
					: MADV_POPULATE_WRITE,
				0, 0, 0);
		return 0;
	}
	return -EINVAL;
}

static int64_t
apply_all(const struct as_op *op, uint64_t n)
{
	int64_t r = 0;

	for (uint64_t i = 0; i < n && r >= 0; i++)
		r = apply(&op[i]);
	return r < 0 ? r : 0;
}

static bool
event_pending(void)
{
	struct event_ring *ring = (struct event_ring *)EVENT_RING;

	return __atomic_load_n(&ring->head, __ATOMIC_SEQ_CST) !=
	       __atomic_load_n(&ring->tail, __ATOMIC_SEQ_CST);
}

/* What happens from now on comes as a signal, which waits until guest code is
 * back. */
static struct call
thread_run(struct stub_ctl *ctl, struct thread_run *run)
{
	int64_t err = run->nops ? apply_all(run->ops, run->nops) : 0;

	if (err)
		return (struct call){err, CALL_DONE};
	frame_load(&ctl->frame, area_of(ctl), run);
	ctl->run = (uint64_t)run;
	if (event_pending()) {
		run->stop = (struct stop){.kind = STOP_KICKED};
		return (struct call){0, CALL_DONE};
	}
	return (struct call){(int64_t)ctl, CALL_RUNS};
}

/* --- the rest of the machine --- */

static int64_t
read_clock(uint64_t which)
{
	clock_fn *fn = *(clock_fn **)(STUB_CONST + CONST_CLOCK);
	struct timespec ts;
	int64_t err;

	if (fn && (which == HCLOCK_MONOTONIC || which == HCLOCK_REALTIME))
		err = fn((int64_t)which, &ts);
	else
		err = host_call(SYS_clock_gettime, which, (uint64_t)&ts, 0, 0,
				0, 0);
	return err ? err : ts.tv_sec * 1000000000ll + ts.tv_nsec;
}

static int64_t
futex_wait(uint64_t word, uint64_t value)
{
	int64_t r = host_call(SYS_futex, word, FUTEX_WAIT, (uint32_t)value, 0,
			      0, 0);

	return r == -EAGAIN || r == -EINTR ? 0 : r;
}

static int64_t
entropy(uint64_t buf, uint64_t n)
{
	int64_t r;

	for (; n; buf += (uint64_t)r, n -= (uint64_t)r) {
		r = host_call(SYS_getrandom, buf, n, 0, 0, 0, 0);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Give pages back, or have them: of the window on guest RAM. */
static int64_t
phys_advise(uint64_t off, uint64_t n, int advice)
{
	if (off > PHYS_SIZE || n > PHYS_SIZE - off)
		return -EINVAL;
	return host_call(SYS_madvise, PHYS_WINDOW + off, n, (uint64_t)advice, 0,
			 0, 0);
}

/* Returns: false if viv must do it: there is no thread yet. */
static bool
cpu_wake(uint64_t cpu)
{
	struct vcpu_words *w = vcpu_words(cpu);

	if (cpu >= VCPU_WORDS_MAX || atomic_load(&w->state) == VCPU_OFF)
		return false;
	atomic_store(&w->wake, 1);
	if (atomic_load(&w->state) == VCPU_IDLE)
		(void)host_call(SYS_futex, (uint64_t)&w->wake, FUTEX_WAKE, 1, 0,
				0, 0);
	return true;
}

/* As the machine's hc_CPU_IDLE().  A thread that dies here has left all in
 * order: see direct_died(). */
static int64_t
cpu_idle(struct stub_ctl *ctl, uint64_t cpu, uint64_t ns, uint64_t sp)
{
	const struct timespec most = {(time_t)(ns / 1000000000),
				      (long)(ns % 1000000000)};
	struct vcpu_words *w = vcpu_words(cpu);
	int64_t r = 0;

	if (cpu >= VCPU_WORDS_MAX)
		return -EINVAL;
	ctl->moved_sp = sp;
	__atomic_store_n(&ctl->in_kernel, KERNEL_IDLES, __ATOMIC_SEQ_CST);
	for (;;) {
		atomic_store(&w->state, VCPU_IDLE);
		if (atomic_exchange(&w->wake, 0) || event_pending() ||
		    r == -ETIMEDOUT)
			break;
		r = host_call(SYS_futex, (uint64_t)&w->wake, FUTEX_WAIT, 0,
			      ns ? (uint64_t)&most : 0, 0, 0);
	}
	atomic_store(&w->state, VCPU_GUEST);
	__atomic_store_n(&ctl->in_kernel, KERNEL_RUNS, __ATOMIC_SEQ_CST);
	return 0;
}

struct call
direct_call(const struct hyper_args *h)
{
	struct stub_ctl *ctl = this_ctl();
	const struct call moves = {(int64_t)ctl, CALL_MOVES};
	int64_t r;

	switch (h->nr) {
	case HC_THREAD_RUN:
		if (h->a != ctl->id)
			return moves;
		return thread_run(ctl, (struct thread_run *)h->b);
	case HC_AS_SYNC:
		if (h->a != ctl->as_id)
			return moves;
		r = apply_all((const struct as_op *)h->b, h->c);
		break;
	case HC_CLOCK:
		r = read_clock(h->a);
		break;
	case HC_FUTEX_WAIT:
		r = futex_wait(h->a, h->b);
		break;
	case HC_FUTEX_WAKE:
		r = host_call(SYS_futex, h->a, FUTEX_WAKE, h->b, 0, 0, 0);
		break;
	case HC_CPU_IDLE:
		r = cpu_idle(ctl, h->a, h->b, (uint64_t)h + HYPER_ARGS_LEN);
		break;
	case HC_CPU_WAKE:
		if (!cpu_wake(h->a))
			return moves;
		r = 0;
		break;
	case HC_ENTROPY:
		r = entropy(h->a, h->b);
		break;
	case HC_PHYS_PUNCH:
		r = phys_advise(h->a, h->b, MADV_REMOVE);
		break;
	case HC_PHYS_POPULATE:
		r = phys_advise(h->a, h->b, MADV_POPULATE_WRITE);
		break;
	case HC_THREAD_GET_FP:
		if (h->a != ctl->id)
			return moves;
		r = frame_get_fp(&ctl->frame, area_of(ctl), (void *)h->b, h->c);
		break;
	case HC_THREAD_SET_FP:
		if (h->a != ctl->id)
			return moves;
		r = frame_set_fp(&ctl->frame, area_of(ctl), (void *)h->b, h->c);
		break;
	default:
		return moves;
	}
	return (struct call){r, CALL_DONE};
}
