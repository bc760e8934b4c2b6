/* SPDX-License-Identifier: MIT */
/* syscalls/uname.c - what system this is: uname(2), sysinfo(2), names. */
#include "base/str.h"
#include "base/time.h"
#include "include/abi/capability.h"
#include "include/abi/process.h"
#include "include/abi/sysinfo.h"
#include "kernel/sched.h"
#include "kernel/task.h"
#include "kernel/uts.h"
#include "mm/mm.h"
#include "mm/usercopy.h"
#include "syscalls/sysdef.h"

sysret_t
sys_uname(struct task *t, uaddr_t buf)
{
	struct lx_utsname u = uts;

	if (t->personality & LX_UNAME26)
		str_copy(u.release, "2.6.61", sizeof(u.release));
	return put_user(t->mm, buf, &u);
}

static sysret_t
set_name(struct task *t, char *which, uaddr_t name, int len)
{
	char buf[LX_UTS_LEN + 1] = "";

	if (!cred_capable(&t->cred, LX_CAP_SYS_ADMIN))
		return -EPERM;
	if (len < 0 || len > LX_UTS_LEN)
		return -EINVAL;
	if (copy_in(t->mm, buf, name, (size_t)len))
		return -EFAULT;
	memcpy(which, buf, sizeof(buf));
	return 0;
}

sysret_t
sys_sethostname(struct task *t, uaddr_t name, int len)
{
	return set_name(t, uts.nodename, name, len);
}

sysret_t
sys_setdomainname(struct task *t, uaddr_t name, int len)
{
	return set_name(t, uts.domainname, name, len);
}

sysret_t
sys_sysinfo(struct task *t, uaddr_t info)
{
	struct lx_sysinfo si = {0};
	struct mm_totals tot;

	mm_totals(&tot);
	si.uptime =
		(int64_t)((clock_monotonic_ns() - uts_boot_ns) / NSEC_PER_SEC);
	sched_loadavg(si.loads);
	si.totalram = tot.total;
	si.freeram = tot.free;
	si.sharedram = tot.shmem;
	si.procs = (uint16_t)MIN(task_count, 65535u);
	si.mem_unit = 1;
	return put_user(t->mm, info, &si);
}

sysret_t
sys_personality(struct task *t, uint32_t persona)
{
	uint32_t old = t->personality;

	if (persona != 0xffffffffu)
		t->personality = persona;
	return old;
}
