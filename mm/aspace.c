/* SPDX-License-Identifier: MIT */
/*
 * mm/aspace.c - what the host must be told of an address space, in batches.
 *
 * Changes queue up and go out with the next run of a thread, or at once by
 * mm_flush().  Neighbours are merged on the way in.  Populates come last in a
 * batch, as they only ask for what other ops have mapped.
 *
 * Some may wait for others: aspace_lazy.c.
 *
 * One batch at a time is on its way: a second one could overtake it.  So only
 * a process with one thread lets its ops travel with the run; with more
 * threads they are flushed before, under sync_lock.
 *
 * An op can be lost (no memory to note it, the host refuses): then nothing is
 * known of the host's side, so all of it is unmapped and every page faults in
 * again.  References handed to as_drop() are dropped when the batch they came
 * with is through.
 */
#include "mm/internal.h"

#include "arch/um/hypercall.h"
#include "arch/um/layout.h"
#include "base/log.h"
#include "base/panic.h"
#include "base/slab.h"
#include "base/str.h"

#define BIG_DROP 1024u /* pages */

static void
list_of(struct op_list *l)
{
	l->v = l->fix;
	l->n = 0;
	l->room = OPS_INLINE;
}

static void
list_fini(struct op_list *l)
{
	if (l->v != l->fix)
		kfree(l->v);
	list_of(l);
}

struct as_op *
as_list_add(struct op_list *l)
{
	if (l->n == l->room) {
		uint32_t room = 2 * l->room;
		struct as_op *v = kmalloc(room * sizeof(*v));

		if (!v)
			return NULL;
		memcpy(v, l->v, l->n * sizeof(*v));
		if (l->v != l->fix)
			kfree(l->v);
		l->v = v;
		l->room = room;
	}
	return &l->v[l->n++];
}

/* Move all of @from to the empty list @to. */
static void
list_move(struct op_list *to, struct op_list *from)
{
	if (from->v == from->fix) {
		memcpy(to->fix, from->fix, from->n * sizeof(to->fix[0]));
		to->v = to->fix;
		to->room = OPS_INLINE;
	} else {
		to->v = from->v;
		to->room = from->room;
	}
	to->n = from->n;
	list_of(from);
}

/* Can @op be said together with @last? */
static bool
extends(const struct as_op *last, const struct as_op *op)
{
	return last->kind == op->kind && last->prot == op->prot &&
	       last->addr + last->len == op->addr &&
	       (op->kind != AS_MAP || last->phys + last->len == op->phys);
}

/* Growing downwards. */
static bool
precedes(const struct as_op *last, const struct as_op *op)
{
	return last->kind == op->kind && last->prot == op->prot &&
	       op->addr + op->len == last->addr &&
	       (op->kind != AS_MAP || op->phys + op->len == last->phys);
}

void
as_queue(struct mm *mm, struct op_list *l, struct as_op op)
{
	struct as_op *last = l->n ? &l->v[l->n - 1] : NULL;

	if (mm->needs_reset || !op.len)
		return;
	if (last && extends(last, &op)) {
		last->len += op.len;
		return;
	}
	if (last && precedes(last, &op)) {
		op.len += last->len;
		*last = op;
		return;
	}
	last = as_list_add(l);
	if (last)
		*last = op;
	else
		mm->needs_reset = true;
}

void
as_map(struct mm *mm, uint64_t va, uint64_t n, uint64_t fn, uint32_t prot)
{
	mm->is_urgent = true;
	as_queue(mm, &mm->ops,
		 (struct as_op){.kind = AS_MAP,
				.prot = prot,
				.addr = va,
				.len = n * PAGE_SIZE,
				.phys = fn * PAGE_SIZE});
}

void
as_unmap(struct mm *mm, uint64_t start, uint64_t end, uint64_t mapped)
{
	uint64_t lo = MIN(end, REGION_BASE), hi = MAX(start, REGION_END);

	if (start >= end || !mapped || as_forget_lazy(mm, start, end) == mapped)
		return;
	mm->takes_away = mm->is_urgent = true;
	as_harden(mm, start, end);
	/* The fixed region is not ours to unmap. */
	if (start < lo)
		as_queue(mm, &mm->ops,
			 (struct as_op){.kind = AS_UNMAP,
					.addr = start,
					.len = lo - start});
	if (hi < end)
		as_queue(mm, &mm->ops,
			 (struct as_op){.kind = AS_UNMAP,
					.addr = hi,
					.len = end - hi});
}

void
as_protect(struct mm *mm, uint64_t start, uint64_t end, uint32_t prot)
{
	if (start >= end)
		return;
	mm->takes_away = mm->is_urgent = true;
	as_queue(mm, &mm->ops,
		 (struct as_op){.kind = AS_PROTECT,
				.prot = prot,
				.addr = start,
				.len = end - start});
}

void
as_populate_lazily(struct mm *mm, uint64_t start, uint64_t end, bool fresh)
{
	mm->is_urgent = true;
	as_queue(mm, &mm->pops,
		 (struct as_op){.kind = fresh ? AS_POPULATE_WR : AS_POPULATE_RD,
				.addr = start,
				.len = end - start});
}

void
as_populate(struct mm *mm, uint64_t start, uint64_t end, bool fresh)
{
	mm->is_urgent = true;
	as_populate_lazily(mm, start, end, fresh);
}

void
as_populate_block(struct mm *mm, uint64_t start)
{
	as_queue(mm, &mm->pops,
		 (struct as_op){
			 .kind = AS_LARGE, .addr = start, .len = BLOCK_SIZE});
	as_populate(mm, start, start + BLOCK_SIZE, true);
}

static void
drop_now(struct drop_list *l)
{
	for (uint32_t i = 0; i < l->n; i++)
		frame_put(l->v[i].fn, l->v[i].n);
	l->n = 0;
}

void
as_drop(struct mm *mm, uint64_t fn, uint64_t n)
{
	struct drop_list *l = &mm->drops;
	struct drop_run *last = l->n ? &l->v[l->n - 1] : NULL;

	mm->takes_away = mm->is_urgent = true;
	if (last && last->fn + last->n == fn) {
		last->n += n;
		return;
	}
	if (l->n == l->room) {
		uint32_t room = MAX(16u, 2 * l->room);
		struct drop_run *v = krealloc(l->v, room * sizeof(*v));

		if (!v) {
			/* The frames leak rather than be used twice. */
			log_once("out of kernel memory: guest pages lost");
			return;
		}
		l->v = v;
		l->room = room;
	}
	l->v[l->n++] = (struct drop_run){fn, n};
}

void
as_init(struct mm *mm)
{
	list_of(&mm->ops);
	list_of(&mm->pops);
	list_of(&mm->taken);
	mutex_init(&mm->sync_lock);
	mutex_init(&mm->forker_lock);
	mutex_init(&mm->taken_lock);
	mm->as_id = -1;
}

void
as_fini(struct mm *mm)
{
	home_fini(mm);
	drop_now(&mm->taken_drops);
	drop_now(&mm->drops);
	kfree(mm->taken_drops.v);
	kfree(mm->drops.v);
	list_fini(&mm->ops);
	list_fini(&mm->pops);
	list_fini(&mm->taken);
}

/* The host's side is unknown: it shall have nothing. */
static void
reset(struct mm *mm)
{
	uint64_t va = 0;
	pte_t p;

	log_debug("address space %d: mapping all over again", mm->as_id);
	list_fini(&mm->ops);
	list_fini(&mm->pops);
	remains_free(mm->parked);
	mm->parked = NULL;
	for (; (p = pte_next(mm, &va, USER_TOP)); va += PAGE_SIZE)
		if (p & PTE_HOST)
			pte_change(mm, va, p & ~(pte_t)PTE_HOST);
	mm->needs_reset = false;
	as_unmap(mm, MMAP_MIN_ADDR, USER_TOP, UINT64_MAX);
}

/* Move what is pending to `taken`. */
static void
take(struct mm *mm)
{
	struct drop_list spare = mm->taken_drops;

	if (mm->remains)
		remains_change(mm);
	if (mm->needs_reset)
		reset(mm);
	for (uint32_t i = 0; i < mm->ops.n; i++)
		mm->ops.v[i].prot &= ~OP_LAZY;
	if (mm->parked) {
		remains_use(mm);
		list_fini(&mm->ops);
	} else {
		list_move(&mm->taken, &mm->ops);
	}
	for (uint32_t i = 0; i < mm->pops.n; i++) {
		struct as_op *op = as_list_add(&mm->taken);

		if (!op)
			break; /* only ahead of need */
		*op = mm->pops.v[i];
	}
	list_fini(&mm->pops);
	mm->batches++;
	mm->batch_ops += mm->taken.n;
	mm->taken_drops = mm->drops;
	mm->drops = spare;
	mm->is_taking_away = mm->takes_away;
	mm->takes_away = mm->is_urgent = false;
}

/* The batch is through, or lost; then its frames stay until a reset is. */
static void
taken_done(struct mm *mm, bool ok)
{
	struct drop_list *l = &mm->taken_drops;

	mm->is_taking_away = false;
	list_fini(&mm->taken);
	for (uint32_t i = 0; !ok && i < l->n; i++)
		as_drop(mm, l->v[i].fn, l->v[i].n);
	if (!ok) {
		l->n = 0;
		mm->needs_reset = true;
	}
	drop_now(l);
}

/* Take what is pending, say it, be done with it. */
static int
sync_once(struct mm *mm)
{
	int64_t r = 0;

	if (mm->as_id < 0)
		return 0; /* it can wait: no guest code sees it */
	take(mm);
	if (mm->taken.n) {
		klock_drop();
		r = HYPER3(AS_SYNC, mm->as_id, mm->taken.v, mm->taken.n);
		klock_take();
	}
	taken_done(mm, r >= 0);
	return r < 0 ? r : 0;
}

int
mm_flush(struct mm *mm)
{
	int err = 0;

	mutex_lock(&mm->sync_lock);
	/* A thread that has a batch with it is running: it stops and takes
	 * the next one soon. */
	if (!mm->is_taken) {
		err = sync_once(mm);
		if (err && sync_once(mm))
			log_debug("address space %d is lost", mm->as_id);
	}
	mutex_unlock(&mm->sync_lock);
	return err;
}

static bool
is_pending(const struct mm *mm)
{
	return mm->is_urgent || mm->needs_reset || mm->remains;
}

bool
mm_must_flush(const struct mm *mm)
{
	return is_pending(mm) &&
	       (mm->users > 1 || mm->sync_lock.owner || mm->taken_lock.owner);
}

uint32_t
mm_take_ops(struct mm *mm, int thread, const struct as_op **ops)
{
	*ops = NULL;
	mm->running++;
	mm->runner = thread;
	if (!is_pending(mm) || mm_must_flush(mm))
		return 0;
	take(mm);
	mm->is_taken = mutex_trylock(&mm->taken_lock);
	kassert(mm->is_taken);
	*ops = mm->taken.v;
	return mm->taken.n;
}

static void
run_over(struct mm *mm, bool ok)
{
	mm->running--;
	if (!mm->is_taken)
		return;
	mm->is_taken = false;
	taken_done(mm, ok);
	mutex_unlock(&mm->taken_lock);
}

void
mm_ops_done(struct mm *mm)
{
	run_over(mm, true);
}

void
mm_ops_failed(struct mm *mm)
{
	mm->needs_reset = true;
	run_over(mm, false);
}

/* Another process changes what guest code may be looking at: it stops to let a
 * batch pass that is with its run. */
static int
flush_under_way(struct mm *mm)
{
	while (mm->is_taken) {
		(void)HYPER1(THREAD_KICK, mm->runner);
		mutex_lock(&mm->taken_lock);
		mutex_unlock(&mm->taken_lock);
	}
	return mm_flush(mm);
}

/* Much memory waits for the host to let go of it: no thread may come by for
 * long. */
static bool
is_big_drop(const struct mm *mm)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < mm->drops.n; i++)
		sum += mm->drops.v[i].n;
	return sum >= BIG_DROP;
}

void
as_settle(struct mm *mm)
{
	if (mm->takes_away && mm->running && mm->users == 1) {
		if (flush_under_way(mm))
			log_debug("address space %d: host refuses", mm->as_id);
	} else if (mm->takes_away && (mm->users > 1 || is_big_drop(mm))) {
		if (mm_flush(mm))
			log_debug("address space %d: host refuses", mm->as_id);
	} else if (mm->is_taking_away && mm->users > 1) {
		mutex_lock(&mm->sync_lock);
		mutex_unlock(&mm->sync_lock);
	}
}

void
mm_host_error(struct mm *mm, uint64_t addr, struct fault_result *res)
{
	log_warn("host has no memory for guest page %#llx",
		 (unsigned long long)addr);
	*res = (struct fault_result){.addr = addr};
	mm->needs_reset = true;
	res->oom = mm_reclaim(64 * PAGE_SIZE) == 0;
}
