/* SPDX-License-Identifier: MIT */
/* futex(2): FUTEX_REQUEUE, FUTEX_CMP_REQUEUE, FUTEX_WAKE_OP. */
#include "tests/guest/check.h"

#include <linux/futex.h>
#include <pthread.h>

static unsigned a, b;
static volatile int awake;

static long
futex(unsigned *at, int op, unsigned val, long val2, unsigned *at2,
      unsigned val3)
{
	return syscall(SYS_futex, at, op | FUTEX_PRIVATE_FLAG, val, val2, at2,
		       val3);
}

static void *
waiter(void *at)
{
	IS(0, futex(at, FUTEX_WAIT, 0, 0, NULL, 0));
	__atomic_add_fetch(&awake, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static pthread_t t[5];

static void
start(unsigned *at, int n)
{
	awake = 0;
	for (int i = 0; i < n; i++)
		IS(0, pthread_create(&t[i], NULL, waiter, at));
	/* Asleep when a requeue of all to themselves counts them. */
	while (OK(futex(at, FUTEX_CMP_REQUEUE, 0, 99, at, 0)) < n)
		sleep_ms(1);
}

static void
join(int n)
{
	for (int i = 0; i < n; i++)
		IS(0, pthread_join(t[i], NULL));
	IS(n, awake);
}

static void
moves(void)
{
	start(&a, 5);
	FAILS(EAGAIN, futex(&a, FUTEX_CMP_REQUEUE, 1, 9, &b, 77));
	IS(0, futex(&b, FUTEX_WAKE, 9, 0, NULL, 0));
	IS(3, futex(&a, FUTEX_CMP_REQUEUE, 1, 2, &b, 0)); /* 1 + 2 */
	IS(2, futex(&b, FUTEX_WAKE, 9, 0, NULL, 0));
	IS(2, futex(&a, FUTEX_WAKE, 9, 0, NULL, 0));
	join(5);
	start(&a, 3);
	/* Linux counts the moved here too; its manual says otherwise. */
	IS(2, futex(&a, FUTEX_REQUEUE, 1, 1, &b, 123));
	IS(1, futex(&b, FUTEX_WAKE, 9, 0, NULL, 0));
	IS(1, futex(&a, FUTEX_WAKE, 9, 0, NULL, 0));
	join(3);
}

static void
wake_op(int op, int oparg, int cmp, int cmparg, unsigned before, unsigned after,
	int want)
{
	start(&a, 1);
	b = before;
	IS(want, futex(&a, FUTEX_WAKE_OP, 1, 1, &b,
		       FUTEX_OP(op, oparg, cmp, cmparg)));
	IS(after, b);
	join(1);
}

static void
operates(void)
{
	/* Nobody waits at b; a's waiter is woken in all cases. */
	wake_op(FUTEX_OP_SET, 7, FUTEX_OP_CMP_EQ, 3, 3, 7, 1);
	wake_op(FUTEX_OP_ADD, 5, FUTEX_OP_CMP_NE, 3, 3, 8, 1);
	wake_op(FUTEX_OP_ADD, -1, FUTEX_OP_CMP_LT, 3, 3, 2, 1);
	wake_op(FUTEX_OP_OR, 6, FUTEX_OP_CMP_LE, 3, 3, 7, 1);
	wake_op(FUTEX_OP_ANDN, 6, FUTEX_OP_CMP_GT, 3, 7, 1, 1);
	wake_op(FUTEX_OP_XOR, 5, FUTEX_OP_CMP_GE, 3, 7, 2, 1);
	wake_op(FUTEX_OP_OR | FUTEX_OP_OPARG_SHIFT, 4, FUTEX_OP_CMP_EQ, 0, 0,
		16, 1);
}

/* At b as well, if the old value compares. */
static void
wakes_both(void)
{
	pthread_t other;

	for (int equal = 0; equal < 2; equal++) {
		b = 0;
		start(&a, 1);
		IS(0, pthread_create(&other, NULL, waiter, &b));
		while (OK(futex(&b, FUTEX_CMP_REQUEUE, 0, 99, &b, 0)) < 1)
			sleep_ms(1);
		IS(1 + equal, futex(&a, FUTEX_WAKE_OP, 9, 9, &b,
				    FUTEX_OP(FUTEX_OP_SET, 1, FUTEX_OP_CMP_EQ,
					     (1 - equal))));
		IS(1, b);
		IS(!equal, futex(&b, FUTEX_WAKE, 9, 0, NULL, 0));
		IS(0, pthread_join(other, NULL));
		IS(0, pthread_join(t[0], NULL));
	}
	b = 0;
}

static void
refuses(void)
{
	FAILS(EINVAL, futex(&a, FUTEX_CMP_REQUEUE, -1, 1, &b, 0));
	FAILS(EINVAL, futex(&a, FUTEX_CMP_REQUEUE, 1, -1, &b, 0));
	FAILS(EFAULT, futex(&a, FUTEX_WAKE_OP, 1, 1, unmapped_page(), 0));
	FAILS(EINVAL,
	      futex(&a, FUTEX_WAKE_OP, 1, 1, (unsigned *)((char *)&b + 1), 0));
	FAILS(ENOSYS, futex(&a, FUTEX_WAKE_OP, 1, 1, &b,
			    FUTEX_OP(5, 0, FUTEX_OP_CMP_EQ, 0)));
}

int
main(void)
{
	moves();
	operates();
	wakes_both();
	refuses();
	return 0;
}
