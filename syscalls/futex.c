/* SPDX-License-Identifier: MIT */
/* syscalls/futex.c - futex(2)'s multiplexer. */
#include "kernel/futex.h"

#include "base/time.h"
#include "include/abi/futex.h"
#include "include/abi/time.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "mm/usercopy.h"
#include "syscalls/sysdef.h"

/* FUTEX_WAIT's timeout is relative, the others' absolute; on CLOCK_REALTIME
 * with the flag. */
static int
deadline_of(struct task *t, uint64_t timeout, bool relative, bool realtime,
	    uint64_t *out)
{
	struct lx_timespec ts;
	uint64_t ns;

	*out = TIME_NEVER;
	if (!timeout)
		return 0;
	if (get_user(t->mm, &ts, uaddr(timeout)))
		return -EFAULT;
	if (ts.tv_sec < 0 || (uint64_t)ts.tv_nsec >= NSEC_PER_SEC)
		return -EINVAL;
	if ((uint64_t)ts.tv_sec >= TIME_NEVER / NSEC_PER_SEC / 2)
		return 0;
	ns = (uint64_t)ts.tv_sec * NSEC_PER_SEC + (uint64_t)ts.tv_nsec;
	if (relative) {
		*out = clock_monotonic_ns() + ns;
	} else if (realtime) {
		uint64_t now = clock_realtime_ns();

		*out = clock_monotonic_ns() + (ns > now ? ns - now : 0);
	} else {
		*out = ns;
	}
	return 0;
}

/* FUTEX_WAIT goes on by restart_syscall(2) with the same deadline. */
static sysret_t
wait_again(struct task *t, struct restart_block *rb)
{
	int err = futex_wait(t, uaddr(rb->arg[0]), rb->arg[2],
			     (uint32_t)rb->arg[1], rb->deadline_ns,
			     (uint32_t)rb->arg[3]);

	if (err != -ERESTARTSYS)
		return err;
	t->restart = *rb;
	return -ERESTART_RESTARTBLOCK;
}

static sysret_t
do_wait(struct task *t, uaddr_t at, int op, uint32_t val, uint64_t timeout,
	uint32_t bitset)
{
	bool shared = !(op & LX_FUTEX_PRIVATE_FLAG);
	bool relative = (op & LX_FUTEX_CMD_MASK) == LX_FUTEX_WAIT;
	uint64_t deadline;
	int err = deadline_of(t, timeout, relative,
			      op & LX_FUTEX_CLOCK_REALTIME, &deadline);

	if (err)
		return err;
	err = futex_wait(t, at, shared, val, deadline, bitset);
	if (err != -ERESTARTSYS || !timeout)
		return err;
	t->restart = (struct restart_block){
		.fn = wait_again,
		.deadline_ns = deadline,
		.arg = {at.v, val, shared, bitset},
	};
	return -ERESTART_RESTARTBLOCK;
}

sysret_t
sys_futex(struct task *t, uaddr_t uaddr, int op, uint32_t val, uint64_t timeout,
	  uaddr_t uaddr2, uint32_t val3)
{
	int cmd = op & LX_FUTEX_CMD_MASK;
	bool shared = !(op & LX_FUTEX_PRIVATE_FLAG);

	if ((op & LX_FUTEX_CLOCK_REALTIME) && cmd != LX_FUTEX_WAIT_BITSET &&
	    cmd != LX_FUTEX_WAIT && cmd != LX_FUTEX_LOCK_PI2 &&
	    cmd != LX_FUTEX_WAIT_REQUEUE_PI)
		return -ENOSYS;
	switch (cmd) {
	case LX_FUTEX_WAIT:
		return do_wait(t, uaddr, op, val, timeout,
			       LX_FUTEX_BITSET_MATCH_ANY);
	case LX_FUTEX_WAIT_BITSET:
		return do_wait(t, uaddr, op, val, timeout, val3);
	case LX_FUTEX_WAKE:
		return futex_wake(t, uaddr, shared, (int)val,
				  LX_FUTEX_BITSET_MATCH_ANY);
	case LX_FUTEX_WAKE_BITSET:
		return futex_wake(t, uaddr, shared, (int)val, val3);
	case LX_FUTEX_REQUEUE:
		return futex_requeue(t, uaddr, shared, (int)val, (int)timeout,
				     uaddr2, NULL);
	case LX_FUTEX_CMP_REQUEUE:
		return futex_requeue(t, uaddr, shared, (int)val, (int)timeout,
				     uaddr2, &val3);
	case LX_FUTEX_WAKE_OP:
		return futex_wake_op(t, uaddr, shared, (int)val, uaddr2,
				     (int)timeout, val3);
	}
	return -ENOSYS;
}

sysret_t
sys_restart_syscall(struct task *t)
{
	struct restart_block rb = t->restart;

	/* The function may set it again, from this copy. */
	t->restart.fn = NULL;
	return rb.fn ? rb.fn(t, &rb) : -EINTR;
}
