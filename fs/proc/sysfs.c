/* SPDX-License-Identifier: MIT */
/* fs/proc/sysfs.c - /sys: CPUs, the one memory node, and the directories that
 * programs list to find that there is nothing in them. */
#include "fs/proc/internal.h"
#include "kernel/sched.h"
#include "mm/mm.h"

#define RO  (LX_S_IFREG | 0444)
#define DIR (LX_S_IFDIR | 0555)

typedef unsigned long long ull;

static uint64_t
all_cpus(void)
{
	return vcpu_count >= 64 ? ~0ull : (1ull << vcpu_count) - 1;
}

static void
add_mask(struct strbuf *sb, uint64_t set)
{
	if (vcpu_count > 32)
		strbuf_add(sb, "%0*llx,%08llx\n", (int)(vcpu_count - 29) / 4,
			   (ull)(set >> 32), (ull)(set & 0xffffffff));
	else
		strbuf_add(sb, "%0*llx\n", (int)(vcpu_count + 3) / 4, (ull)set);
}

static PROC_SHOW(cpu_list_show)
{
	(void)pi;
	proc_add_list(sb, all_cpus());
	strbuf_add(sb, "\n");
	return 0;
}

static PROC_SHOW(cpu_mask_show)
{
	(void)pi;
	add_mask(sb, all_cpus());
	return 0;
}

static PROC_SHOW(kernel_max_show)
{
	(void)pi;
	strbuf_add(sb, "%d\n", VCPU_MAX - 1);
	return 0;
}

static PROC_SHOW(nr_show)
{
	strbuf_add(sb, "%llu\n", (ull)pi->nr);
	return 0;
}

static PROC_SHOW(own_mask_show)
{
	add_mask(sb, 1ull << pi->nr);
	return 0;
}

static PROC_SHOW(own_list_show)
{
	strbuf_add(sb, "%llu\n", (ull)pi->nr);
	return 0;
}

static bool
next_cpu(const struct proc_inode *dir, uint64_t from, uint64_t *out)
{
	(void)dir;
	*out = from;
	return from < vcpu_count;
}

#define TEXT(path, text)                                                       \
	{                                                                      \
		path, RO, .show = proc_show_text, .value = text                \
	}

static const struct proc_row cpu_rows[] = {
	{"", .mode = DIR},
	TEXT("online", "1\n"),
	{"topology/core_cpus", RO, .show = own_mask_show},
	{"topology/core_cpus_list", RO, .show = own_list_show},
	{"topology/core_id", RO, .show = nr_show},
	{"topology/core_siblings", RO, .show = cpu_mask_show},
	{"topology/core_siblings_list", RO, .show = cpu_list_show},
	TEXT("topology/die_id", "0\n"),
	{"topology/package_cpus", RO, .show = cpu_mask_show},
	{"topology/package_cpus_list", RO, .show = cpu_list_show},
	TEXT("topology/physical_package_id", "0\n"),
	{"topology/thread_siblings", RO, .show = own_mask_show},
	{"topology/thread_siblings_list", RO, .show = own_list_show},
};
static const struct proc_tree cpu_tree = PROC_TREE(cpu_rows);
static const struct proc_series cpus = {
	.prefix = "cpu",
	.next = next_cpu,
	.tree = &cpu_tree,
};

static PROC_SHOW(node_meminfo_show)
{
	struct mm_totals m;

	(void)pi;
	mm_totals(&m);
	strbuf_add(sb,
		   "Node 0 MemTotal:       %8llu kB\n"
		   "Node 0 MemFree:        %8llu kB\n"
		   "Node 0 MemUsed:        %8llu kB\n"
		   "Node 0 Dirty:          %8llu kB\n"
		   "Node 0 FilePages:      %8llu kB\n"
		   "Node 0 AnonPages:      %8llu kB\n"
		   "Node 0 Shmem:          %8llu kB\n",
		   (ull)m.total >> 10, (ull)m.free >> 10,
		   (ull)(m.total - m.free) >> 10, (ull)m.dirty >> 10,
		   (ull)(m.cached + m.shmem) >> 10, (ull)m.anon >> 10,
		   (ull)m.shmem >> 10);
	return 0;
}

static const struct proc_row rows[] = {
	{"", .mode = DIR},
	{"block", .mode = DIR},
	{"bus", .mode = DIR},
	{"class/block", .mode = DIR},
	{"class/misc", .mode = DIR},
	{"class/net", .mode = DIR},
	{"class/tty", .mode = DIR},
	{"dev/block", .mode = DIR},
	{"dev/char", .mode = DIR},
	{"devices/system/cpu", DIR, .series = &cpus},
	TEXT("devices/system/cpu/isolated", "\n"),
	{"devices/system/cpu/kernel_max", RO, .show = kernel_max_show},
	TEXT("devices/system/cpu/offline", "\n"),
	{"devices/system/cpu/online", RO, .show = cpu_list_show},
	{"devices/system/cpu/possible", RO, .show = cpu_list_show},
	{"devices/system/cpu/present", RO, .show = cpu_list_show},
	TEXT("devices/system/node/has_cpu", "0\n"),
	TEXT("devices/system/node/has_memory", "0\n"),
	TEXT("devices/system/node/has_normal_memory", "0\n"),
	TEXT("devices/system/node/online", "0\n"),
	TEXT("devices/system/node/possible", "0\n"),
	{"devices/system/node/node0/cpulist", RO, .show = cpu_list_show},
	{"devices/system/node/node0/cpumap", RO, .show = cpu_mask_show},
	TEXT("devices/system/node/node0/distance", "10\n"),
	{"devices/system/node/node0/meminfo", RO, .show = node_meminfo_show},
	{"firmware", .mode = DIR},
	{"fs/cgroup", .mode = DIR},
	TEXT("kernel/mm/transparent_hugepage/defrag",
	     "always defer defer+madvise madvise [never]\n"),
	TEXT("kernel/mm/transparent_hugepage/enabled",
	     "always madvise [never]\n"),
	TEXT("kernel/mm/transparent_hugepage/hpage_pmd_size", "2097152\n"),
	TEXT("kernel/mm/transparent_hugepage/shmem_enabled",
	     "always within_size advise [never] deny force\n"),
	{"kernel/mm/hugepages", .mode = DIR},
	{"module", .mode = DIR},
	{"power", .mode = DIR},
};

const struct proc_tree sysfs_tree = PROC_TREE(rows);
