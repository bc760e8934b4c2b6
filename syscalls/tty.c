/* SPDX-License-Identifier: MIT */
/* syscalls/tty.c - vhangup(2). */
#include "drivers/tty.h"
#include "include/abi/capability.h"
#include "kernel/task.h"
#include "syscalls/sysdef.h"

sysret_t
sys_vhangup(struct task *t)
{
	struct tty *tty;

	if (!cred_capable(&t->cred, LX_CAP_SYS_TTY_CONFIG))
		return -EPERM;
	tty = tty_of(t->proc);
	if (tty)
		tty_hangup(tty);
	return 0;
}
