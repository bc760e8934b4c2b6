/* SPDX-License-Identifier: MIT */
/*
 * kernel/futex.c - futexes: hashed wait queues keyed by what memory it is
 * (mm and address, or object and offset), robust lists at exit.
 *
 * The value check and going to sleep happen under the kernel lock, and so do
 * all wake-ups: nothing can come between.  Guest code changes words without
 * it, which is what the check is for.
 */
#include "kernel/futex.h"

#include "base/hash.h"
#include "base/log.h"
#include "base/panic.h"
#include "include/abi/futex.h"
#include "kernel/block.h"
#include "kernel/internal.h"
#include "mm/mm.h"
#include "mm/usercopy.h"

#define BUCKETS 256

/* One waiting task, on its kernel stack. */
struct futex_q {
	struct list link;
	struct futex_key key;
	uint32_t bitset;
	struct task *task;
	bool is_woken;
};

static struct list buckets[BUCKETS];

void
futex_init(void)
{
	for (int i = 0; i < BUCKETS; i++)
		list_init(&buckets[i]);
}

static struct list *
bucket(const struct futex_key *k)
{
	return &buckets[hash_u64(k->object ^ hash_u64(k->offset)) % BUCKETS];
}

static bool
same_key(const struct futex_key *a, const struct futex_key *b)
{
	return a->object == b->object && a->offset == b->offset;
}

static int
key_of(struct task *t, uaddr_t at, bool shared, struct futex_key *out)
{
	if (at.v & 3)
		return -EINVAL;
	if (at.v >= USER_TOP)
		return -EFAULT;
	return user_futex_key(t->mm, at, shared, out);
}

static void
wake_one(struct futex_q *q)
{
	list_del(&q->link);
	q->is_woken = true;
	task_wake(q->task);
}

int
futex_wait(struct task *t, uaddr_t at, bool shared, uint32_t val,
	   uint64_t deadline_ns, uint32_t bitset)
{
	struct futex_q q = {.bitset = bitset, .task = t};
	uint32_t now;
	int err;

	if (!bitset)
		return -EINVAL;
	err = key_of(t, at, shared, &q.key);
	if (err)
		return err;
	err = get_user(t->mm, &now, at);
	if (err)
		return err;
	if (now != val)
		return -EAGAIN;
	list_append(bucket(&q.key), &q.link);
	while (!q.is_woken) {
		err = task_sleep(t, "futex", deadline_ns);
		if (err)
			break;
	}
	list_del(&q.link);
	return q.is_woken ? 0 : err;
}

static int
wake_key(const struct futex_key *key, int n, uint32_t bitset)
{
	struct list *b = bucket(key);
	struct futex_q *q, *tmp;
	int woken = 0;

	LIST_EACH_SAFE(q, tmp, b, link) {
		if (!same_key(&q->key, key) || !(q->bitset & bitset))
			continue;
		wake_one(q);
		if (++woken >= n)
			break;
	}
	return woken;
}

int
futex_wake(struct task *t, uaddr_t at, bool shared, int n, uint32_t bitset)
{
	struct futex_key key;
	int err;

	if (!bitset)
		return -EINVAL;
	err = key_of(t, at, shared, &key);
	return err ? err : wake_key(&key, n, bitset);
}

int
futex_requeue(struct task *t, uaddr_t at, bool shared, int n, int m,
	      uaddr_t at2, const uint32_t *cmp)
{
	struct futex_key from, to;
	struct futex_q *q, *tmp;
	int woken = 0, moved = 0;
	int err;

	if (n < 0 || m < 0)
		return -EINVAL;
	err = key_of(t, at, shared, &from);
	if (!err)
		err = key_of(t, at2, shared, &to);
	if (err)
		return err;
	if (cmp) {
		uint32_t now;

		err = get_user(t->mm, &now, at);
		if (err)
			return err;
		if (now != *cmp)
			return -EAGAIN;
	}
	LIST_EACH_SAFE(q, tmp, bucket(&from), link) {
		if (!same_key(&q->key, &from))
			continue;
		if (woken < n) {
			wake_one(q);
			woken++;
		} else if (moved < m) {
			if (!same_key(&from, &to)) {
				list_del(&q->link);
				q->key = to;
				list_append(bucket(&to), &q->link);
			}
			moved++;
		} else {
			break;
		}
	}
	return woken + moved;
}

static int32_t
sign_extend12(uint32_t v)
{
	return (int32_t)(v << 20) >> 20;
}

static int
new_word(uint32_t op, uint32_t old, uint32_t *out)
{
	uint32_t arg = (uint32_t)sign_extend12(op >> 12 & 0xfff);

	if (op >> 28 & LX_FUTEX_OP_OPARG_SHIFT)
		arg = 1u << (arg & 31);
	switch (op >> 28 & 7) {
	case LX_FUTEX_OP_SET:
		*out = arg;
		return 0;
	case LX_FUTEX_OP_ADD:
		*out = old + arg;
		return 0;
	case LX_FUTEX_OP_OR:
		*out = old | arg;
		return 0;
	case LX_FUTEX_OP_ANDN:
		*out = old & ~arg;
		return 0;
	case LX_FUTEX_OP_XOR:
		*out = old ^ arg;
		return 0;
	}
	return -ENOSYS;
}

static int
compare(uint32_t op, uint32_t old, bool *out)
{
	int32_t a = (int32_t)old, b = sign_extend12(op & 0xfff);

	switch (op >> 24 & 15) {
	case LX_FUTEX_OP_CMP_EQ:
		*out = a == b;
		return 0;
	case LX_FUTEX_OP_CMP_NE:
		*out = a != b;
		return 0;
	case LX_FUTEX_OP_CMP_LT:
		*out = a < b;
		return 0;
	case LX_FUTEX_OP_CMP_LE:
		*out = a <= b;
		return 0;
	case LX_FUTEX_OP_CMP_GT:
		*out = a > b;
		return 0;
	case LX_FUTEX_OP_CMP_GE:
		*out = a >= b;
		return 0;
	}
	return -ENOSYS;
}

int
futex_wake_op(struct task *t, uaddr_t at, bool shared, int n, uaddr_t at2,
	      int n2, uint32_t op)
{
	struct futex_key k1, k2;
	uint32_t old, fresh;
	bool holds;
	int err, woken;

	err = key_of(t, at, shared, &k1);
	if (!err)
		err = key_of(t, at2, shared, &k2);
	if (!err)
		err = get_user(t->mm, &old, at2);
	if (!err)
		err = compare(op, old, &holds);
	if (err)
		return err;
	do {
		err = new_word(op, old, &fresh);
		if (!err)
			err = user_cmpxchg32(t->mm, at2, &old, fresh);
	} while (err == -EAGAIN);
	if (err)
		return err;
	err = compare(op, old, &holds);
	if (err)
		return err;
	woken = wake_key(&k1, n, LX_FUTEX_BITSET_MATCH_ANY);
	if (holds)
		woken += wake_key(&k2, n2, LX_FUTEX_BITSET_MATCH_ANY);
	return woken;
}

/* --- the end of a thread --- */

/* One robust lock: if we hold it, mark it and wake a waiter. */
static int
robust_death(struct task *t, uaddr_t at)
{
	uint32_t word, fresh;
	int err;

	if (at.v & 3)
		return -EINVAL;
	err = get_user(t->mm, &word, at);
	do {
		if (err)
			return err;
		if ((word & LX_FUTEX_TID_MASK) != (uint32_t)t->tid)
			return 0;
		fresh = (word & LX_FUTEX_WAITERS) | LX_FUTEX_OWNER_DIED;
		err = user_cmpxchg32(t->mm, at, &word, fresh);
		if (err == -EAGAIN)
			err = 0;
		else if (!err)
			break;
	} while (true);
	if (fresh & LX_FUTEX_WAITERS)
		(void)!futex_wake(t, at, true, 1, LX_FUTEX_BITSET_MATCH_ANY);
	return 0;
}

static void
robust_exit(struct task *t)
{
	struct lx_robust_list_head head;
	uint64_t entry;

	if (get_user(t->mm, &head, t->robust_list))
		return;
	entry = head.list_next & ~1ull;
	for (int i = 0; i < LX_ROBUST_LIST_LIMIT; i++) {
		uint64_t next;

		if (entry == t->robust_list.v)
			break;
		/* Read on before the lock is let go: it may be freed then. */
		if (get_user(t->mm, &next, uaddr(entry)))
			break;
		if (entry != (head.list_op_pending & ~1ull) &&
		    robust_death(t, uaddr(entry + (uint64_t)head.futex_offset)))
			break;
		entry = next & ~1ull;
	}
	if (head.list_op_pending & ~1ull)
		(void)!robust_death(t, uaddr((head.list_op_pending & ~1ull) +
					     (uint64_t)head.futex_offset));
}

void
futex_exit(struct task *t)
{
	uint32_t zero = 0;
	uaddr_t at = t->clear_tid;

	if (!uaddr_is_null(t->robust_list))
		robust_exit(t);
	t->robust_list = uaddr(0);
	t->clear_tid = uaddr(0);
	/* Linux: only where somebody else shares the memory. */
	if (uaddr_is_null(at) || mm_users(t->mm) <= 1)
		return;
	if (put_user(t->mm, at, &zero) == 0)
		(void)!futex_wake(t, at, true, 1, LX_FUTEX_BITSET_MATCH_ANY);
}
