/* SPDX-License-Identifier: MIT */
/*
 * tracer/direct/guest/call.c - hypercalls in a guest process: those that need
 * nothing of viv's own are done here; for the others viv is asked, which gets
 * the vCPU until it has the answer.
 *
 * Freestanding and without data of its own: what is remembered is in the
 * thread's stub_ctl.  It runs on the task's kernel stack, all signals blocked.
 */
#include "tracer/direct/guest/guest.h"

#include "arch/um/carrier.h"
#include "arch/um/hypercall.h"
#include "arch/um/layout.h"
#include "arch/um/vcpu_words.h"
#include "tracer/fpstate.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>

#define FUTEX_WAIT 0
#define FUTEX_WAKE 1

_Static_assert(EVENT_RING == EVENT_RING_ADDR, "");
_Static_assert(KSTACK_BASE == KSTACK_ADDR && KSTACK_AREA == 1ull << 34, "");

typedef int clock_fn(int64_t clock, struct timespec *ts);

/* The kernel stack's base: see current_task(). */
static struct stub_ctl *
this_ctl(void)
{
	uint64_t sp = (uint64_t)__builtin_frame_address(0);

	return (struct stub_ctl *)kstack_words(sp)[KSTACK_CTL];
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

/* A kernel's mistakes are answered as viv would. */
static bool
is_in_arena(uint64_t addr, uint64_t len)
{
	return addr % 8 == 0 && addr >= ARENA_BASE && len <= ARENA_SIZE &&
	       addr - ARENA_BASE <= ARENA_SIZE - len;
}

/* --- guest code --- */

void
direct_trapped(struct stub_ctl *ctl)
{
	ctl->kick = 0;
	(void)frame_store(&ctl->frame, area_of(ctl),
			  (struct thread_run *)ctl->run);
	if (ctl->sig == SIG_CALL)
		ctl->frame.is_fp_live = true;
}

/* --- FP state --- */

#define XSAVE_HEADER 512

/* CONST_PKEY.  PKRU is the guest's in ctl->pkru and in images, as long as the
 * kernel, which needs its key open, runs. */
static uint32_t
key_bits(void)
{
	return *(const uint32_t *)(STUB_CONST + CONST_PKEY);
}

static uint32_t *
pkru_at(char *image)
{
	return (uint32_t *)(image + fp_pkru_at);
}

static uint32_t
pkru_get(char *image)
{
	bool is_there = *(uint64_t *)(image + XSAVE_HEADER) & FP_PKRU;

	return is_there ? *pkru_at(image) : 0;
}

static void
pkru_put(char *image, uint32_t pkru)
{
	*(uint64_t *)(image + XSAVE_HEADER) |= FP_PKRU;
	*pkru_at(image) = pkru;
}

static uint64_t
fp_mask(void)
{
	return ((const struct agent_req *)STUB_REQ)->xstate & ~FP_PKRU;
}

/*
 * The kernel leaves FP registers alone.  So those of a thread that came by
 * stub_call stay loaded, and are kept in its frame only for somebody who looks
 * there: viv, if the thread is off the kernel stack; or sigreturn.
 */
static void
fp_keep(struct stub_ctl *ctl)
{
	const uint64_t mask = fp_mask();
	char *image = area_of(ctl) + JUMP_FP;

	if (!ctl->frame.is_fp_live)
		return;
	ctl->frame.is_fp_live = false;
	__asm__ volatile("xsave64 (%0)"
			 :
			 : "r"(image), "a"((uint32_t)mask),
			   "d"((uint32_t)(mask >> 32))
			 : "memory");
	if (key_bits())
		pkru_put(image, ctl->pkru);
}

/* What sigreturn loads must not open the kernel's memory to guest code. */
static void
key_close(struct stub_ctl *ctl)
{
	const struct frame *f = &ctl->frame;
	char *image = area_of(ctl) + f->fp_off;

	/* Without an image it loads what programs start with: all closed. */
	if (f->fp_len && key_bits())
		pkru_put(image, pkru_get(image) | (key_bits() & PKRU_CLOSED));
}

static int
fp_set(struct stub_ctl *ctl, const void *buf, size_t len)
{
	const uint64_t mask = fp_mask();
	static const _Alignas(64) struct fp_head initial = FP_HEAD_INITIAL;
	struct frame *f = &ctl->frame;
	char *image = (char *)&initial;

	if (!f->is_call || f->is_fp_new)
		return frame_set_fp(f, area_of(ctl), buf, len);
	if (len) {
		int err = frame_set_fp(f, area_of(ctl), buf, len);

		if (err)
			return err;
		image = area_of(ctl) + f->fp_off;
	}
	__asm__ volatile("xrstor64 (%0)"
			 :
			 : "r"(image), "a"((uint32_t)mask),
			   "d"((uint32_t)(mask >> 32))
			 : "memory");
	if (key_bits())
		ctl->pkru = len ? pkru_get(image) : PKRU_INITIAL;
	f->is_fp_new = false;
	f->is_fp_live = true;
	return 0;
}

_Noreturn void
direct_crashed(int sig, const struct stub_frame *f)
{
	typedef int64_t hyper_fn(uint64_t nr, uint64_t a, uint64_t b,
				 uint64_t c, uint64_t d, uint64_t e);

	((hyper_fn *)HYPER_PAGE)(HC_CRASH, (uint64_t)sig, f->info.addr,
				 f->uc.rip, f->uc.rsp, f->uc.rbp);
	__builtin_trap();
}

/* Best effort. */
static void
advise(const struct as_op *op, int advice)
{
	(void)host_call(SYS_madvise, op->addr, op->len, (uint64_t)advice, 0, 0,
			0);
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
		advise(op, MADV_POPULATE_READ);
		return 0;
	case AS_POPULATE_WR:
		advise(op, MADV_POPULATE_WRITE);
		return 0;
	case AS_LARGE:
		advise(op, MADV_HUGEPAGE);
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
	if (!frame_is_left(&ctl->frame, run))
		fp_keep(ctl);
	frame_load(&ctl->frame, area_of(ctl), run);
	if (ctl->uc)
		key_close(ctl);
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

	if (h->a >= VCPU_WORDS_MAX || h->d >= CARRIERS_MAX || !h->d ||
	    !is_in_arena(h->b, 8) || !is_kstack(h->c))
		return false;
	word = vcpu_claim(vcpu_words(h->a), carrier_at((uint32_t)h->d), h->c,
			  (uint64_t *)h->b);
	wake_one(word);
	return word;
}

/* --- giving the vCPU away --- */

static struct carrier *
own_carrier(const struct stub_ctl *ctl)
{
	return (struct carrier *)ctl->carrier;
}

static struct call
done(int64_t value)
{
	return (struct call){value, CALL_DONE};
}

/* To viv, for this call, if @next is NULL. */
static struct call
leave(struct stub_ctl *ctl, const struct hyper_args *h, struct carrier *next)
{
	struct carrier *own = own_carrier(ctl);

	fp_keep(ctl);
	own->call = ctl->moved_sp = (uint64_t)h;
	ctl->words = (uint64_t)vcpu_words(own->cpu);
	ctl->next = (uint64_t)next;
	ctl->owner = next ? next->self : own->self | OWNER_VIV;
	return (struct call){(int64_t)ctl, CALL_LEAVES};
}

static struct call
ask_viv(struct stub_ctl *ctl, const struct hyper_args *h)
{
	return leave(ctl, h, NULL);
}

/* @next goes on with @sp: as carrier.sp. */
static struct call
give_to(struct stub_ctl *ctl, const struct hyper_args *h, struct carrier *next,
	uint64_t sp)
{
	carrier_stack(next, sp, own_carrier(ctl)->cpu);
	ctl->ticket = atomic_load(&next->ticket) + 1;
	return leave(ctl, h, next);
}

/* The carrier numbered @i, unless its process is gone; or NULL. */
static struct carrier *
living_carrier(uint64_t i)
{
	struct carrier *c = carrier_at((uint32_t)i);

	return i && i < CARRIERS_MAX && !atomic_load(&c->is_dead) ? c : NULL;
}

static struct carrier *
home_of(const struct stub_ctl *ctl)
{
	return carrier_at(vcpu_words(own_carrier(ctl)->cpu)->home);
}

/* This call frees what this very thread needs: it is made at home. */
static struct call
from_home(struct stub_ctl *ctl, const struct hyper_args *h)
{
	return give_to(ctl, h, home_of(ctl), (uint64_t)h);
}

/* Guest code is run by its own thread. */
static struct call
run_there(struct stub_ctl *ctl, const struct hyper_args *h)
{
	struct thread_run *run = (struct thread_run *)h->b;
	struct carrier *next = living_carrier(run->carrier);

	if (next == own_carrier(ctl))
		return done(-EBADF); /* whose it was before */
	if (next)
		return give_to(ctl, h, next, (uint64_t)h);
	run->stop = (struct stop){.kind = STOP_DIED, .signo = SIGKILL};
	return done(0);
}

/* A stack that has no carrier, or a dead one, goes on at home. */
static struct call
switch_to(struct stub_ctl *ctl, const struct hyper_args *h)
{
	struct carrier *next = living_carrier(h->c);

	if (!is_in_arena(h->a, 8) || !is_kstack(h->b))
		return done(-EFAULT);
	if (!next)
		next = home_of(ctl);
	if (next == own_carrier(ctl)) {
		kstack_words(h->b)[KSTACK_CTL] = (uint64_t)ctl;
		return done(1);
	}
	/* The vCPU is given away with this stack as it is to be left. */
	*(uint64_t *)h->a = (uint64_t)h + HYPER_ARGS_LEN;
	return give_to(ctl, h, next, h->b | 1);
}

static struct call
cpu_idle(struct stub_ctl *ctl, const struct hyper_args *h)
{
	struct carrier *own = own_carrier(ctl);

	if (h->a != own->cpu)
		return done(-EINVAL);
	fp_keep(ctl);
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
		if (!is_in_arena(h->b, sizeof(struct thread_run)))
			return done(-EFAULT);
		if (h->a >= NO_ID)
			return done(-EBADF);
		if (h->a != ctl->id)
			return run_there(ctl, h);
		return thread_run(ctl, (struct thread_run *)h->b);
	case HC_THREAD_FREE:
		return h->a == ctl->id ? from_home(ctl, h) : ask_viv(ctl, h);
	case HC_AS_FREE:
		return h->a == ctl->as_id ? from_home(ctl, h) : ask_viv(ctl, h);
	case HC_AS_SYNC:
		if (h->a != ctl->as_id)
			return ask_viv(ctl, h);
		if (h->c > ARENA_SIZE / sizeof(struct as_op) ||
		    !is_in_arena(h->b, h->c * sizeof(struct as_op)))
			return done(-EFAULT);
		r = apply_all((const struct as_op *)h->b, h->c);
		break;
	case HC_AS_WIPE:
		if (h->a != ctl->as_id)
			return ask_viv(ctl, h);
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
			return ask_viv(ctl, h);
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
			return ask_viv(ctl, h);
		if (!is_in_arena(h->b, h->c))
			return done(-EFAULT);
		fp_keep(ctl);
		r = frame_get_fp(&ctl->frame, area_of(ctl), (void *)h->b, h->c);
		break;
	case HC_THREAD_SET_FP:
		if (h->a != ctl->id)
			return ask_viv(ctl, h);
		if (h->c && !is_in_arena(h->b, h->c))
			return done(-EFAULT);
		r = fp_set(ctl, (const void *)h->b, h->c);
		break;
	default:
		return ask_viv(ctl, h);
	}
	return done(r);
}
