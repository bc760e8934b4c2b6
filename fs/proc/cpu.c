/* SPDX-License-Identifier: MIT */
/* fs/proc/cpu.c - /proc/cpuinfo, stat, uptime, loadavg, interrupts: the CPUs,
 * and how busy they were. */
#include "base/time.h"
#include "fs/proc/internal.h"
#include "kernel/pid.h"
#include "kernel/sched.h"
#include "kernel/uts.h"

#define TICK_NS 10000000ull

typedef unsigned long long ull;

/* The flags as one line, "fpu vme ..." */
static bool
is_amd(void)
{
	return proc_boot->cpu_model && strstr(proc_boot->cpu_model, "AMD");
}

static void
add_cpu(struct strbuf *sb, uint32_t n)
{
	const struct boot_params *bp = proc_boot;
	const char *flags = bp->cpu_flags ? bp->cpu_flags : "";

	strbuf_add(sb, "processor\t: %u\n", n);
	strbuf_add(sb, "vendor_id\t: %s\n",
		   is_amd() ? "AuthenticAMD" : "GenuineIntel");
	strbuf_add(sb, "cpu family\t: 6\nmodel\t\t: 0\n");
	strbuf_add(sb, "model name\t: %s\n",
		   bp->cpu_model ? bp->cpu_model : "unknown");
	strbuf_add(sb, "stepping\t: 0\n");
	strbuf_add(sb, "cpu MHz\t\t: %llu.%03llu\n", (ull)(bp->cpu_khz / 1000),
		   (ull)(bp->cpu_khz % 1000));
	strbuf_add(sb,
		   "physical id\t: 0\nsiblings\t: %u\ncore id\t\t: %u\n"
		   "cpu cores\t: %u\napicid\t\t: %u\ninitial apicid\t: %u\n",
		   vcpu_count, n, vcpu_count, n, n);
	strbuf_add(sb, "fpu\t\t: yes\nfpu_exception\t: yes\n"
		       "cpuid level\t: 13\nwp\t\t: yes\n");
	while (*flags == ' ')
		flags++;
	strbuf_add(sb, "flags\t\t: %s\nbugs\t\t:\n", flags);
	strbuf_add(sb, "bogomips\t: %llu.%02llu\n", (ull)(bp->cpu_khz / 500),
		   (ull)(bp->cpu_khz / 5 % 100));
	strbuf_add(sb, "clflush size\t: 64\ncache_alignment\t: 64\n"
		       "address sizes\t: 46 bits physical, 48 bits virtual\n"
		       "power management:\n\n");
}

int
sys_cpuinfo_show(const struct proc_inode *pi, struct strbuf *sb)
{
	(void)pi;
	for (uint32_t n = 0; n < vcpu_count; n++)
		add_cpu(sb, n);
	return 0;
}

static uint64_t
idle_of(const struct vcpu *v)
{
	uint64_t now = clock_monotonic_ns(), ns = v->idle_ns;

	/* One that was never needed has idled since the start. */
	if (!v->is_up)
		return now - uts_boot_ns;
	if (v->is_idle && v->idle_since_ns && now > v->idle_since_ns)
		ns += now - v->idle_since_ns;
	return ns;
}

static void
add_cpu_times(struct strbuf *sb, uint64_t user, uint64_t sys, uint64_t idle)
{
	strbuf_add(sb, " %llu 0 %llu %llu 0 0 0 0 0 0\n", (ull)(user / TICK_NS),
		   (ull)(sys / TICK_NS), (ull)(idle / TICK_NS));
}

static void
count_blocked(struct task *t, void *arg)
{
	if (t->state == TASK_BLOCKED)
		++*(uint32_t *)arg;
}

int
sys_stat_show(const struct proc_inode *pi, struct strbuf *sb)
{
	uint64_t user = 0, sys = 0, idle = 0;
	uint32_t blocked = 0;
	uint64_t up = clock_monotonic_ns() - uts_boot_ns;

	(void)pi;
	sched_settle_all();
	for (uint32_t n = 0; n < vcpu_count; n++) {
		user += vcpus[n].busy_user_ns;
		sys += vcpus[n].busy_sys_ns;
		idle += idle_of(&vcpus[n]);
	}
	strbuf_add(sb, "cpu ");
	add_cpu_times(sb, user, sys, idle);
	for (uint32_t n = 0; n < vcpu_count; n++) {
		strbuf_add(sb, "cpu%u", n);
		add_cpu_times(sb, vcpus[n].busy_user_ns, vcpus[n].busy_sys_ns,
			      idle_of(&vcpus[n]));
	}
	task_each(count_blocked, &blocked);
	strbuf_add(sb, "intr 0\nctxt %llu\nbtime %llu\nprocesses %llu\n",
		   (ull)sched_context_switches(),
		   (ull)((clock_realtime_ns() - up) / NSEC_PER_SEC),
		   (ull)task_forks);
	strbuf_add(sb, "procs_running %u\nprocs_blocked %u\n",
		   MAX(sched_nr_running(), 1u), blocked);
	strbuf_add(sb, "softirq 0 0 0 0 0 0 0 0 0 0 0\n");
	return 0;
}

int
sys_uptime_show(const struct proc_inode *pi, struct strbuf *sb)
{
	uint64_t up = clock_monotonic_ns() - uts_boot_ns, idle = 0;

	(void)pi;
	for (uint32_t n = 0; n < vcpu_count; n++)
		idle += idle_of(&vcpus[n]);
	strbuf_add(sb, "%llu.%02llu %llu.%02llu\n", (ull)(up / NSEC_PER_SEC),
		   (ull)(up / TICK_NS % 100), (ull)(idle / NSEC_PER_SEC),
		   (ull)(idle / TICK_NS % 100));
	return 0;
}

int
sys_loadavg_show(const struct proc_inode *pi, struct strbuf *sb)
{
	uint64_t load[3];

	(void)pi;
	sched_loadavg(load);
	for (int k = 0; k < 3; k++) {
		uint64_t v = load[k] + 65536 / 200; /* rounded */

		strbuf_add(sb, "%llu.%02llu ", (ull)(v >> 16),
			   (ull)((v & 65535) * 100 >> 16));
	}
	strbuf_add(sb, "%u/%u %d\n", MAX(sched_nr_running(), 1u), task_count,
		   pid_last());
	return 0;
}

int
sys_interrupts_show(const struct proc_inode *pi, struct strbuf *sb)
{
	(void)pi;
	strbuf_add(sb, "    ");
	for (uint32_t n = 0; n < vcpu_count; n++)
		strbuf_add(sb, "       CPU%-6u", n);
	strbuf_add(sb, "\nERR:          0\n");
	return 0;
}
