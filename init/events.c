/* SPDX-License-Identifier: MIT */
/* init/events.c - what the user asks of the whole guest from outside: signals
 * sent to viv, --timeout. */
#include "arch/um/hypercall.h"
#include "base/log.h"
#include "include/abi/signal.h"
#include "include/abi/wait.h"
#include "init/internal.h"
#include "kernel/power.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "kernel/task.h"

#define STATUS_TIMEOUT 124 /* as timeout(1) has it, and the machine */

/* As podman does: the command gets what viv got.  PID 1 where there is no
 * command of its own. */
static void
host_signal(uint64_t cookie, int64_t result)
{
	struct process *p = process_find(init_command_pid());

	(void)cookie;
	if (p && result > 0 && result <= LX_NSIG)
		(void)!signal_process(p, (int)result, NULL);
}

static void
timeout(uint64_t cookie, int64_t result)
{
	(void)cookie, (void)result;
	log_error("the time of --timeout is over");
	power_off(LX_W_EXITCODE(STATUS_TIMEOUT));
}

void
init_events(void)
{
	event_register(EVENT_SIGNAL, host_signal);
	event_register(EVENT_SHUTDOWN, timeout);
}
