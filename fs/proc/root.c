/* SPDX-License-Identifier: MIT */
/* fs/proc/root.c - what is in /proc itself. */
#include "fs/proc/internal.h"
#include "kernel/pid.h"

#define REG(m) (LX_S_IFREG | (m))
#define DIR(m) (LX_S_IFDIR | (m))
#define LNK(m) (LX_S_IFLNK | (m))

static int64_t
self_link(const struct proc_inode *pi, char *buf, size_t n)
{
	(void)pi;
	return str_format(buf, n, "%d", current_task()->proc->pid);
}

static int64_t
thread_self_link(const struct proc_inode *pi, char *buf, size_t n)
{
	const struct task *t = current_task();

	(void)pi;
	return str_format(buf, n, "%d/task/%d", t->proc->pid, t->tid);
}

struct search {
	uint64_t from, best;
};

static void
try_process(struct process *p, void *arg)
{
	struct search *s = arg;
	uint64_t pid = (uint64_t)p->pid;

	if (pid >= s->from && pid < s->best)
		s->best = pid;
}

static bool
next_process(const struct proc_inode *dir, uint64_t from, uint64_t *out)
{
	struct search s = {from, UINT64_MAX};

	(void)dir;
	process_each(try_process, &s);
	*out = s.best;
	return s.best != UINT64_MAX;
}

/* Linux: threads are found by their number too, though not listed. */
static bool
has_task(const struct proc_inode *dir, uint64_t nr)
{
	const struct pid *pid =
		nr && nr <= INT32_MAX ? pid_find((int)nr) : NULL;

	(void)dir;
	return pid && pid->task;
}

static const struct proc_series processes = {
	.next = next_process,
	.has = has_task,
	.is_pid = true,
	.tree = &proc_pid_tree,
};

static int
empty_show(const struct proc_inode *pi, struct strbuf *sb)
{
	(void)pi;
	(void)sb;
	return 0;
}

#define SYSTEM(name, fn)                                                       \
	{                                                                      \
		name, REG(0444), .show = fn                                    \
	}
#define TEXT(name, text)                                                       \
	{                                                                      \
		name, REG(0444), .show = proc_show_text, .value = text         \
	}

static const struct proc_row rows[] = {
	{"", DIR(0555), .series = &processes},
	TEXT("cgroups", "#subsys_name\thierarchy\tnum_cgroups\tenabled\n"),
	SYSTEM("cmdline", sys_cmdline_show),
	SYSTEM("cpuinfo", sys_cpuinfo_show),
	SYSTEM("devices", sys_devices_show),
	SYSTEM("diskstats", empty_show),
	SYSTEM("filesystems", sys_filesystems_show),
	SYSTEM("interrupts", sys_interrupts_show),
	SYSTEM("loadavg", sys_loadavg_show),
	SYSTEM("locks", sys_locks_show),
	SYSTEM("meminfo", sys_meminfo_show),
	SYSTEM("misc", sys_misc_show),
	SYSTEM("modules", empty_show),
	{"mounts", LNK(0777), .value = "self/mounts"},
	{"net", LNK(0777), .value = "self/net"},
	SYSTEM("partitions", sys_partitions_show),
	{"self", LNK(0777), .link = self_link},
	SYSTEM("stat", sys_stat_show),
	SYSTEM("sysvipc/msg", sys_msg_show),
	SYSTEM("sysvipc/sem", sys_sem_show),
	SYSTEM("sysvipc/shm", sys_shm_show),
	TEXT("swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"),
	{"thread-self", LNK(0777), .link = thread_self_link},
	SYSTEM("uptime", sys_uptime_show),
	SYSTEM("version", sys_version_show),
	SYSTEM("vmstat", sys_vmstat_show),
	{"sys", DIR(0555), .tree = &proc_sys_tree},
};

const struct proc_tree proc_root_tree = PROC_TREE(rows);
