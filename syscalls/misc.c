/* SPDX-License-Identifier: MIT */
/* syscalls/misc.c - what has no family: getrandom(2), reboot(2),
 * adjtimex(2). */
#include "base/time.h"
#include "include/abi/capability.h"
#include "include/abi/misc.h"
#include "include/abi/reboot.h"
#include "include/abi/signal.h"
#include "include/abi/time.h"
#include "include/abi/wait.h"
#include "kernel/power.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "mm/uio.h"
#include "mm/usercopy.h"
#include "syscalls/sysdef.h"

sysret_t
sys_getrandom(struct task *t, uaddr_t buf, uint64_t count, uint32_t flags)
{
	uint8_t run[256];
	struct uio u;
	int err;

	if (flags &
	    ~(uint32_t)(LX_GRND_NONBLOCK | LX_GRND_RANDOM | LX_GRND_INSECURE))
		return -EINVAL;
	if ((flags & LX_GRND_RANDOM) && (flags & LX_GRND_INSECURE))
		return -EINVAL;
	err = uio_init(&u, t->mm, UIO_TO_GUEST, buf,
		       MIN(count, (uint64_t)INT32_MAX));
	if (err)
		return err;
	while (u.left) {
		uint64_t n = MIN(u.left, (uint64_t)sizeof(run));
		int64_t got;

		entropy(run, n);
		got = uio_copy(&u, run, n);
		if (got <= 0)
			return u.moved ? (sysret_t)u.moved : got;
		/* Linux: large requests can be interrupted. */
		if (signal_is_pending(t) && u.moved >= 256)
			break;
	}
	return (sysret_t)u.moved;
}

sysret_t
sys_reboot(struct task *t, uint32_t magic1, uint32_t magic2, uint32_t cmd,
	   uaddr_t arg)
{
	(void)arg;
	if (!cred_capable(&t->cred, LX_CAP_SYS_BOOT))
		return -EPERM;
	if (magic1 != LX_LINUX_REBOOT_MAGIC1 ||
	    (magic2 != LX_LINUX_REBOOT_MAGIC2 &&
	     magic2 != LX_LINUX_REBOOT_MAGIC2A &&
	     magic2 != LX_LINUX_REBOOT_MAGIC2B &&
	     magic2 != LX_LINUX_REBOOT_MAGIC2C))
		return -EINVAL;
	switch (cmd) {
	case LX_LINUX_REBOOT_CMD_CAD_ON:
	case LX_LINUX_REBOOT_CMD_CAD_OFF:
		return 0;
	case LX_LINUX_REBOOT_CMD_RESTART:
	case LX_LINUX_REBOOT_CMD_HALT:
	case LX_LINUX_REBOOT_CMD_POWER_OFF:
		power_off(LX_W_EXITCODE(0));
		return 0;
	}
	return -EINVAL;
}

#define ADJ_ADJTIME 0x8000u /* of ADJ_OFFSET_SINGLESHOT, .._SS_READ */

/* adjtime(3), which may just ask what is left of an adjustment. */
static bool
is_adjtime(uint32_t modes)
{
	return modes & ADJ_ADJTIME;
}

static bool
is_adjtime_read(uint32_t modes)
{
	return is_adjtime(modes) && (modes & LX_ADJ_OFFSET) &&
	       (modes & LX_ADJ_NANO); /* means "only read" here */
}

/* adjtimex(2): the clock is the host's, so that it can be asked, not steered.
 * Setting by offset (ADJ_SETOFFSET) is what clock_settime(2) does. */
static sysret_t
adjust(struct task *t, uaddr_t buf)
{
	struct lx_timex tx;
	uint64_t now;

	if (get_user(t->mm, &tx, buf))
		return -EFAULT;
	if (tx.modes && !is_adjtime_read(tx.modes)) {
		if (is_adjtime(tx.modes) && !(tx.modes & LX_ADJ_OFFSET))
			return -EINVAL;
		if (!cred_capable(&t->cred, LX_CAP_SYS_TIME))
			return -EPERM;
		return -EINVAL;
	}
	now = clock_realtime_ns();
	tx = (struct lx_timex){
		.modes = tx.modes,
		.maxerror = 16000000,
		.esterror = 16000000,
		.status = LX_STA_UNSYNC,
		.constant = 2,
		.precision = 1,
		.tolerance = 32768000,
		.tick = 10000,
		.time = {(int64_t)(now / NSEC_PER_SEC),
			 (int64_t)(now % NSEC_PER_SEC / 1000)},
	};
	if (put_user(t->mm, buf, &tx))
		return -EFAULT;
	return LX_TIME_ERROR;
}

sysret_t
sys_adjtimex(struct task *t, uaddr_t buf)
{
	return adjust(t, buf);
}

sysret_t
sys_clock_adjtime(struct task *t, int clock, uaddr_t buf)
{
	if (clock != LX_CLOCK_REALTIME)
		return clock < 0 || clock > LX_CLOCK_TAI ? -EINVAL
							 : -EOPNOTSUPP;
	return adjust(t, buf);
}
