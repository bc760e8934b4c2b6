/* SPDX-License-Identifier: MIT */
/*
 * fs/proc/pid.c - what is below /proc/PID and /proc/PID/task/TID: the table,
 * and its files that are a line or less.
 */
#include "fs/proc/internal.h"
#include "include/abi/capability.h"
#include "kernel/oom.h"
#include "kernel/pid.h"
#include "kernel/sched.h"

#define REG(m) (LX_S_IFREG | (m))
#define DIR(m) (LX_S_IFDIR | (m))
#define LNK(m) (LX_S_IFLNK | (m))

static PROC_SHOW(comm_show)
{
	const struct task *t = proc_task(pi);

	strbuf_add(sb, "%s\n", t->comm);
	return 0;
}

/* Linux: any thread of the process may name another. */
static int
comm_store(const struct proc_inode *pi, char *text, size_t n)
{
	struct task *t = proc_task(pi);

	(void)n;
	if (t->proc != current_task()->proc)
		return -EINVAL;
	task_set_comm(t, text);
	return 0;
}

static PROC_SHOW(wchan_show)
{
	const struct task *t = proc_task(pi);

	strbuf_add(sb, "%s", t->wchan && proc_may_trace(pi) ? t->wchan : "0");
	return 0;
}

static PROC_SHOW(oom_score_show)
{
	strbuf_add(sb, "%d\n", oom_score(proc_process(pi)));
	return 0;
}

static PROC_SHOW(oom_score_adj_show)
{
	strbuf_add(sb, "%d\n", proc_process(pi)->oom_score_adj);
	return 0;
}

static int
set_oom_adj(struct process *p, int64_t v)
{
	if (v < -1000 || v > 1000)
		return -EINVAL;
	if (v < p->oom_score_adj &&
	    !cred_capable(&current_task()->cred, LX_CAP_SYS_RESOURCE))
		return -EACCES;
	p->oom_score_adj = (int)v;
	return 0;
}

static int
oom_score_adj_store(const struct proc_inode *pi, char *text, size_t n)
{
	int64_t v;
	int err = proc_parse_int(text, &v);

	(void)n;
	return err ? err : set_oom_adj(proc_process(pi), v);
}

/* The older scale: -17 (never) to 15. */
static PROC_SHOW(oom_adj_show)
{
	int v = proc_process(pi)->oom_score_adj;

	strbuf_add(sb, "%d\n", v == 1000 ? 15 : v * 17 / 1000);
	return 0;
}

static int
oom_adj_store(const struct proc_inode *pi, char *text, size_t n)
{
	int64_t v;
	int err = proc_parse_int(text, &v);

	(void)n;
	if (err)
		return err;
	if (v < -17 || v > 15)
		return -EINVAL;
	return set_oom_adj(proc_process(pi), v == 15 ? 1000 : v * 1000 / 17);
}

static PROC_SHOW(personality_show)
{
	strbuf_add(sb, "%08x\n", proc_task(pi)->personality);
	return 0;
}

static PROC_SHOW(schedstat_show)
{
	struct task *t = proc_task(pi);
	uint64_t u, s;

	task_cpu_ns(t, &u, &s);
	strbuf_add(sb, "%llu 0 %llu\n", (unsigned long long)(u + s),
		   (unsigned long long)(t->nvcsw + t->nivcsw));
	return 0;
}

static PROC_SHOW(slack_show)
{
	strbuf_add(sb, "%llu\n",
		   (unsigned long long)proc_task(pi)->timer_slack_ns);
	return 0;
}

static int
slack_store(const struct proc_inode *pi, char *text, size_t n)
{
	int64_t v;
	int err = proc_parse_int(text, &v);

	(void)n;
	if (err)
		return err;
	if (v < 0)
		return -EINVAL;
	proc_task(pi)->timer_slack_ns = v ? (uint64_t)v : 50000;
	return 0;
}

/* The call a sleeping task is in, as its tracer would see it. */
static PROC_SHOW(syscall_show)
{
	const struct task *t = proc_task(pi);
	const struct um_regs *r = &t->run.regs;

	if (t->state == TASK_READY || sched_is_running(t)) {
		strbuf_add(sb, "running\n");
		return 0;
	}
	if ((int64_t)r->orig_rax < 0)
		strbuf_add(sb, "-1 0x%llx 0x%llx\n", (unsigned long long)r->rsp,
			   (unsigned long long)r->rip);
	else
		strbuf_add(
			sb,
			"%lld 0x%llx 0x%llx 0x%llx 0x%llx 0x%llx 0x%llx "
			"0x%llx 0x%llx\n",
			(long long)r->orig_rax, (unsigned long long)r->rdi,
			(unsigned long long)r->rsi, (unsigned long long)r->rdx,
			(unsigned long long)r->r10, (unsigned long long)r->r8,
			(unsigned long long)r->r9, (unsigned long long)r->rsp,
			(unsigned long long)r->rip);
	return 0;
}

/* What the task waits for is all there is to see of our stack. */
static PROC_SHOW(stack_show)
{
	const struct task *t = proc_task(pi);

	if (!cred_capable(&current_task()->cred, LX_CAP_SYS_ADMIN))
		return -EACCES;
	if (t->wchan)
		strbuf_add(sb, "[<0>] %s\n", t->wchan);
	return 0;
}

static PROC_SHOW(children_show)
{
	const struct task *t = proc_task(pi);
	const struct process *c;

	/* Children belong to the process here; its leader has them all. */
	if (t->proc->leader != t)
		return 0;
	LIST_EACH(c, &t->proc->children, sibling)
		strbuf_add(sb, "%d ", c->pid);
	return 0;
}

static bool
next_thread(const struct proc_inode *dir, uint64_t from, uint64_t *out)
{
	const struct process *p = proc_process(dir);
	const struct task *t;
	bool found = false;

	if (!p)
		return false;
	LIST_EACH(t, &p->threads, in_process) {
		uint64_t tid = (uint64_t)t->tid;

		if (tid < from || (found && tid >= *out))
			continue;
		*out = tid;
		found = true;
	}
	return found;
}

static bool
has_thread(const struct proc_inode *dir, uint64_t nr)
{
	const struct pid *pid = pid_find((int)nr);

	return pid && pid->task && pid->task->proc == proc_process(dir);
}

static const struct proc_series threads = {
	.next = next_thread,
	.has = has_thread,
	.is_pid = true,
	.is_thread = true,
	.tree = &proc_tid_tree,
};

/* What a namespace's link says: there is one of each kind. */
static int64_t
ns_link(const struct proc_inode *pi, char *buf, size_t n)
{
	const char *name = strrchr(pi->row->path, '/') + 1;
	const char *end = strstr(name, "_for_children");

	return str_format(buf, n, "%.*s:[%lld]",
			  (int)(end ? end - name : (int64_t)strlen(name)), name,
			  (long long)pi->row->min);
}

#define NS(name, number)                                                       \
	{                                                                      \
		"ns/" name, LNK(0777), ROW_TRACE, .link = ns_link,             \
						  .min = (number)              \
	}

/* Both tables, in the order of Linux. */
#define COMMON_FIRST                                                           \
	{"fd", DIR(0500), ROW_MEMBER, .series = &pid_fd_series},               \
		{"fdinfo", DIR(0555), ROW_MEMBER,                              \
		 .series = &pid_fdinfo_series},                                \
		NS("cgroup", 4026531835), NS("ipc", 4026531839),               \
		NS("mnt", 4026531841), NS("net", 4026531840),                  \
		NS("pid", 4026531836), NS("pid_for_children", 4026531836),     \
		NS("time", 4026531834), NS("time_for_children", 4026531834),   \
		NS("user", 4026531837), NS("uts", 4026531838),                 \
		{"net", DIR(0555), .tree = &proc_net_tree},                    \
		{"environ", REG(0400), ROW_TRACE, .fetch = pid_environ_fetch}, \
		{"auxv", REG(0400), ROW_TRACE, .show = pid_auxv_show},         \
		{"status", REG(0444), .show = pid_status_show},                \
		{"personality", REG(0400), ROW_TRACE,                          \
		 .show = personality_show},                                    \
		{"limits", REG(0444), .show = pid_limits_show},                \
		{"sched", REG(0644), .show = pid_sched_show},                  \
		{"comm", REG(0644), .show = comm_show, .store = comm_store},   \
		{"syscall", REG(0400), ROW_TRACE, .show = syscall_show},       \
		{"cmdline", REG(0444), .fetch = pid_cmdline_fetch},            \
		{"stat", REG(0444), .show = pid_stat_show},                    \
		{"statm", REG(0444), .show = pid_statm_show},                  \
		{"maps", REG(0444), ROW_TRACE, .show = pid_maps_show},         \
		{"mem", REG(0600), ROW_TRACE, .fops = &pid_mem_fops},          \
		{"cwd", LNK(0777), ROW_TRACE, .link = pid_cwd_link,            \
		 .jump = pid_cwd_jump},                                        \
		{"root", LNK(0777), ROW_TRACE, .link = pid_root_link,          \
		 .jump = pid_root_jump},                                       \
		{"exe", LNK(0777), ROW_TRACE, .link = pid_exe_link,            \
		 .jump = pid_exe_jump},                                        \
		{"mounts", REG(0444), ROW_POLLED, .show = pid_mounts_show},    \
		{"mountinfo", REG(0444), ROW_POLLED,                           \
		 .show = pid_mountinfo_show},                                  \
		{"smaps", REG(0444), ROW_TRACE, .show = pid_smaps_show},       \
		{"smaps_rollup", REG(0444), ROW_TRACE,                         \
		 .show = pid_smaps_rollup_show},                               \
		{"wchan", REG(0444), .show = wchan_show},                      \
		{"stack", REG(0400), .show = stack_show},                      \
		{"schedstat", REG(0444), .show = schedstat_show},              \
		{"cpuset", REG(0444), .show = proc_show_text, .value = "/\n"}, \
		{"cgroup", REG(0444), .show = proc_show_text,                  \
		 .value = "0::/\n"},                                           \
		{"oom_score", REG(0444), .show = oom_score_show},              \
		{"oom_adj", REG(0644), .show = oom_adj_show,                   \
		 .store = oom_adj_store},                                      \
		{"oom_score_adj", REG(0644), .show = oom_score_adj_show,       \
		 .store = oom_score_adj_store},                                \
		{"loginuid", REG(0444), .show = proc_show_text,                \
		 .value = "4294967295"},                                       \
		{"sessionid", REG(0444), .show = proc_show_text,               \
		 .value = "4294967295"},                                       \
		{"io", REG(0400), ROW_TRACE, .show = pid_io_show},             \
		{"uid_map", REG(0444), .show = proc_show_text,                 \
		 .value = "         0          0 4294967295\n"},               \
		{"gid_map", REG(0444), .show = proc_show_text,                 \
		 .value = "         0          0 4294967295\n"},               \
		{"setgroups", REG(0444), .show = proc_show_text,               \
		 .value = "allow\n"},                                          \
	{                                                                      \
		"projid_map", REG(0444),                                       \
			.show = proc_show_text,                                \
			.value = "         0          0 4294967295\n"          \
	}

static const struct proc_row pid_rows[] = {
	{"", .mode = DIR(0555)},
	{"task", DIR(0555), .series = &threads},
	COMMON_FIRST,
	{"mountstats", REG(0400), .show = pid_mountstats_show},
	{"timerslack_ns", REG(0666), .show = slack_show, .store = slack_store},
};

static const struct proc_row tid_rows[] = {
	{"", .mode = DIR(0555)},
	COMMON_FIRST,
	{"children", REG(0444), .show = children_show},
};

const struct proc_tree proc_pid_tree = PROC_TREE(pid_rows);
const struct proc_tree proc_tid_tree = PROC_TREE(tid_rows);
