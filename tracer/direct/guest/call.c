/* SPDX-License-Identifier: MIT */
/*
 * tracer/direct/guest/call.c - hypercalls in a guest process: those that need
 * nothing of viv's own are done here, the others move the kernel there.
 *
 * Freestanding and without data of its own: what is remembered is in the
 * thread's stub_ctl.  It runs on the task's kernel stack, all signals blocked.
 */
#include "tracer/direct/guest/guest.h"

#include "arch/um/carrier.h"
#include "arch/um/hypercall.h"
#include "arch/um/layout.h"
#include "arch/um/vcpu_words.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>

#define FUTEX_WAIT 0
#define FUTEX_WAKE 1

_Static_assert(EVENT_RING == EVENT_RING_ADDR, "");

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

static int64_t
unmap(uint64_t start, uint64_t end)
{
	return host_call(SYS_munmap, start, end - start, 0, 0, 0, 0);
}

/* Its own address space, with no other thread: as if that had never run. */
static int64_t
as_wipe(struct stub_ctl *ctl, bool keeps)
{
	char *hot = (char *)ctl + CTL_LEN - AREA_HOT;
	const struct um_regs none = {0};
	int64_t err = keeps ? 0 : unmap(0, REGION_BASE);

	if (!err && !keeps)
		err = unmap(REGION_END, GUEST_TOP);
	if (err)
		return err;
	memset(hot, 0, AREA_HOT - CTL_LEN);
	ctl->by_call = 0;
	frame_make(&ctl->frame, area_of(ctl), &none);
	return 0;
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

static void
wake_one(_Atomic uint32_t *word)
{
	if (word)
		(void)host_call(SYS_futex, (uint64_t)word, FUTEX_WAKE, 1, 0, 0,
				0);
}

/* Returns: false if viv must do it: there is no thread yet. */
static bool
cpu_wake(uint64_t cpu)
{
	struct vcpu_words *w = vcpu_words(cpu);

	if (cpu >= VCPU_WORDS_MAX || atomic_load(&w->state) == VCPU_OFF)
		return false;
	wake_one(vcpu_wake_word(w));
	return true;
}

static bool
cpu_give(const struct hyper_args *h)
{
	_Atomic uint32_t *word;

	if (h->a >= VCPU_WORDS_MAX || h->d >= CARRIERS_MAX)
		return false;
	word = vcpu_claim(vcpu_words(h->a), carrier_at((uint32_t)h->d), h->c,
			  (uint64_t *)h->b);
	wake_one(word);
	return word;
}

/* --- giving the vCPU away --- */

static struct call
leave(struct stub_ctl *ctl, const struct hyper_args *h, struct carrier *next)
{
	struct carrier *own = (struct carrier *)ctl->carrier;

	ctl->moved_sp = (uint64_t)h;
	ctl->words = (uint64_t)vcpu_words(own->cpu);
	ctl->next = (uint64_t)next;
	ctl->owner = next ? next->self : own->self | OWNER_VIV;
	return (struct call){(int64_t)ctl, CALL_LEAVES};
}

static struct call
switch_to(struct stub_ctl *ctl, const struct hyper_args *h)
{
	struct carrier *own = (struct carrier *)ctl->carrier;
	struct carrier *next = carrier_at((uint32_t)h->c);

	if (!h->c || h->c >= CARRIERS_MAX || atomic_load(&next->is_dead))
		return leave(ctl, h, NULL);
	/* The vCPU is given away with this stack as it is to be left. */
	*(uint64_t *)h->a = (uint64_t)h + HYPER_ARGS_LEN;
	carrier_stack(next, h->b | 1, own->cpu);
	ctl->ticket = atomic_load(&next->ticket) + 1;
	return leave(ctl, h, next);
}

/* The guest code of another thread: the call is made again there. */
static struct call
run_other(struct stub_ctl *ctl, const struct hyper_args *h)
{
	uint32_t carrier = ((const struct thread_run *)h->b)->carrier;
	struct carrier *own = (struct carrier *)ctl->carrier;
	struct carrier *next = carrier_at(carrier);

	if (!carrier || carrier >= CARRIERS_MAX || atomic_load(&next->is_dead))
		return leave(ctl, h, NULL);
	carrier_stack(next, (uint64_t)h, own->cpu);
	ctl->ticket = atomic_load(&next->ticket) + 1;
	return leave(ctl, h, next);
}

static struct call
cpu_idle(struct stub_ctl *ctl, const struct hyper_args *h)
{
	struct carrier *own = (struct carrier *)ctl->carrier;

	if (h->a != own->cpu)
		return (struct call){-EINVAL, CALL_DONE};
	ctl->moved_sp = (uint64_t)h;
	own->rest = (uint64_t)h + HYPER_ARGS_LEN;
	ctl->words = (uint64_t)vcpu_words(own->cpu);
	ctl->owner = own->self | OWNER_IDLE;
	return (struct call){(int64_t)ctl, CALL_IDLES};
}

struct call
direct_call(const struct hyper_args *h)
{
	struct stub_ctl *ctl = this_ctl();
	int64_t r;

	switch (h->nr) {
	case HC_THREAD_RUN:
		if (h->a != ctl->id)
			return run_other(ctl, h);
		return thread_run(ctl, (struct thread_run *)h->b);
	case HC_AS_SYNC:
		if (h->a != ctl->as_id)
			return leave(ctl, h, NULL);
		r = apply_all((const struct as_op *)h->b, h->c);
		break;
	case HC_AS_WIPE:
		if (h->a != ctl->as_id)
			return leave(ctl, h, NULL);
		r = as_wipe(ctl, h->b);
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
	case HC_CPU_SWITCH:
		return switch_to(ctl, h);
	case HC_CPU_IDLE:
		return cpu_idle(ctl, h);
	case HC_CPU_GIVE:
		r = cpu_give(h);
		break;
	case HC_CPU_WAKE:
		if (!cpu_wake(h->a))
			return leave(ctl, h, NULL);
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
			return leave(ctl, h, NULL);
		r = frame_get_fp(&ctl->frame, area_of(ctl), (void *)h->b, h->c);
		break;
	case HC_THREAD_SET_FP:
		if (h->a != ctl->id)
			return leave(ctl, h, NULL);
		r = frame_set_fp(&ctl->frame, area_of(ctl), (void *)h->b, h->c);
		break;
	default:
		return leave(ctl, h, NULL);
	}
	return (struct call){r, CALL_DONE};
}
