/* SPDX-License-Identifier: MIT */
/* fs/proc/system.c - files of /proc about the system as a whole: memory, file
 * systems, devices, locks, names. */
#include "fs/bdev.h"
#include "fs/chrdev.h"
#include "fs/lock.h"
#include "fs/proc/internal.h"
#include "kernel/uts.h"
#include "mm/mm.h"

typedef unsigned long long ull;

static void
add_kb(struct strbuf *sb, const char *name, uint64_t bytes)
{
	strbuf_add(sb, "%-16s%8llu kB\n", name, (ull)(bytes >> 10));
}

int
sys_meminfo_show(const struct proc_inode *pi, struct strbuf *sb)
{
	struct mm_totals m;
	uint64_t clean;

	(void)pi;
	mm_totals(&m);
	clean = m.cached - MIN(m.dirty, m.cached);
	add_kb(sb, "MemTotal:", m.total);
	add_kb(sb, "MemFree:", m.free);
	add_kb(sb, "MemAvailable:", MIN(m.free + clean, m.total));
	add_kb(sb, "Buffers:", 0);
	add_kb(sb, "Cached:", m.cached + m.shmem);
	add_kb(sb, "SwapCached:", 0);
	add_kb(sb, "Active:", m.anon);
	add_kb(sb, "Inactive:", m.cached);
	add_kb(sb, "Active(anon):", m.anon);
	add_kb(sb, "Inactive(anon):", 0);
	add_kb(sb, "Active(file):", 0);
	add_kb(sb, "Inactive(file):", m.cached);
	add_kb(sb, "Unevictable:", 0);
	add_kb(sb, "Mlocked:", 0);
	add_kb(sb, "SwapTotal:", 0);
	add_kb(sb, "SwapFree:", 0);
	add_kb(sb, "Dirty:", m.dirty);
	add_kb(sb, "Writeback:", 0);
	add_kb(sb, "AnonPages:", m.anon);
	add_kb(sb, "Mapped:", m.mapped);
	add_kb(sb, "VivAhead:", m.ahead); /* at most so much is waste */
	add_kb(sb, "VivSpare:", m.spare); /* of MemFree, so much is there */
	add_kb(sb, "Shmem:", m.shmem);
	add_kb(sb, "KReclaimable:", 0);
	add_kb(sb, "Slab:", m.kernel);
	add_kb(sb, "SReclaimable:", 0);
	add_kb(sb, "SUnreclaim:", m.kernel);
	add_kb(sb, "KernelStack:", task_count * 64ull << 10);
	add_kb(sb, "PageTables:", 0);
	add_kb(sb, "NFS_Unstable:", 0);
	add_kb(sb, "Bounce:", 0);
	add_kb(sb, "WritebackTmp:", 0);
	add_kb(sb, "CommitLimit:", m.total);
	add_kb(sb, "Committed_AS:", m.anon + m.shmem);
	strbuf_add(sb, "VmallocTotal:   34359738367 kB\n");
	add_kb(sb, "VmallocUsed:", m.kernel);
	add_kb(sb, "VmallocChunk:", 0);
	add_kb(sb, "AnonHugePages:", 0);
	add_kb(sb, "ShmemHugePages:", 0);
	strbuf_add(sb, "HugePages_Total:       0\nHugePages_Free:        0\n"
		       "HugePages_Rsvd:        0\nHugePages_Surp:        0\n");
	add_kb(sb, "Hugepagesize:", 2048 << 10);
	add_kb(sb, "Hugetlb:", 0);
	return 0;
}

static void
add_faults(struct process *p, void *arg)
{
	uint64_t *sum = arg;
	const struct task *t;

	sum[0] += p->minflt + p->cminflt;
	sum[1] += p->majflt + p->cmajflt;
	LIST_EACH(t, &p->threads, in_process) {
		sum[0] += t->minflt;
		sum[1] += t->majflt;
	}
}

int
sys_vmstat_show(const struct proc_inode *pi, struct strbuf *sb)
{
	struct mm_totals m;
	uint64_t flt[2] = {0, 0};

	(void)pi;
	mm_totals(&m);
	process_each(add_faults, flt);
	strbuf_add(sb,
		   "nr_free_pages %llu\nnr_inactive_anon 0\n"
		   "nr_active_anon %llu\nnr_inactive_file %llu\n"
		   "nr_active_file 0\nnr_anon_pages %llu\nnr_mapped %llu\n"
		   "nr_file_pages %llu\nnr_dirty %llu\nnr_writeback 0\n"
		   "nr_shmem %llu\nnr_slab_reclaimable 0\n"
		   "nr_slab_unreclaimable %llu\n",
		   (ull)m.free / PAGE_SIZE, (ull)m.anon / PAGE_SIZE,
		   (ull)m.cached / PAGE_SIZE, (ull)m.anon / PAGE_SIZE,
		   (ull)m.mapped / PAGE_SIZE,
		   (ull)(m.cached + m.shmem) / PAGE_SIZE,
		   (ull)m.dirty / PAGE_SIZE, (ull)m.shmem / PAGE_SIZE,
		   (ull)m.kernel / PAGE_SIZE);
	strbuf_add(
		sb,
		"pgpgin 0\npgpgout 0\npswpin 0\npswpout 0\npgalloc_normal 0\n"
		"pgfree 0\npgfault %llu\npgmajfault %llu\noom_kill 0\n",
		(ull)(flt[0] + flt[1]), (ull)flt[1]);
	return 0;
}

int
sys_filesystems_show(const struct proc_inode *pi, struct strbuf *sb)
{
	(void)pi;
	for (struct fs_type *t = fs_first(); t; t = t->next)
		strbuf_add(sb, "%s\t%s\n", t->needs_device ? "" : "nodev",
			   t->name);
	return 0;
}

int
sys_version_show(const struct proc_inode *pi, struct strbuf *sb)
{
	(void)pi;
	strbuf_add(sb, "%s version %s (vivarium) (%s) %s\n", uts.sysname,
		   uts.release, __VERSION__, uts.version);
	return 0;
}

int
sys_cmdline_show(const struct proc_inode *pi, struct strbuf *sb)
{
	const struct boot_params *bp = proc_boot;

	(void)pi;
	strbuf_add(sb, "root=%s %s", bp->root_source ? bp->root_source : "none",
		   bp->flags & BOOT_READ_ONLY ? "ro" : "rw");
	for (uint32_t k = 0; bp->argv && bp->argv[k]; k++)
		strbuf_add(sb, "%s%s", k ? " " : " -- ", bp->argv[k]);
	strbuf_add(sb, "\n");
	return 0;
}

int
sys_devices_show(const struct proc_inode *pi, struct strbuf *sb)
{
	uint32_t last = UINT32_MAX;

	(void)pi;
	strbuf_add(sb, "Character devices:\n");
	for (struct chrdev *c = chrdev_first(); c; c = c->next) {
		if (c->major != last)
			strbuf_add(sb, "%3u %s\n", c->major,
				   c->major == 1 ? "mem" : c->name);
		last = c->major;
	}
	strbuf_add(sb, "\nBlock devices:\n");
	last = UINT32_MAX;
	for (struct bdev *b = bdev_first(); b; b = b->next) {
		if (b->major != last)
			strbuf_add(sb, "%3u %s\n", b->major, b->name);
		last = b->major;
	}
	return 0;
}

int
sys_misc_show(const struct proc_inode *pi, struct strbuf *sb)
{
	(void)pi;
	for (struct chrdev *c = chrdev_first(); c; c = c->next)
		if (c->major == 10)
			strbuf_add(sb, "%3u %s\n", c->minor, c->name);
	return 0;
}

int
sys_partitions_show(const struct proc_inode *pi, struct strbuf *sb)
{
	(void)pi;
	if (!bdev_first())
		return 0;
	strbuf_add(sb, "major minor  #blocks  name\n\n");
	for (struct bdev *b = bdev_first(); b; b = b->next)
		strbuf_add(sb, "%4u  %7u %10llu %s\n", b->major, b->minor,
			   (ull)(b->pages->size >> 10), b->name);
	return 0;
}

struct lock_lines {
	struct strbuf *sb;
	uint32_t n;
};

static void
add_lock(const struct lock_info *li, void *arg)
{
	struct lock_lines *l = arg;
	const struct lock_range *r = &li->range;
	uint64_t dev = li->inode->sb->dev;

	strbuf_add(l->sb, "%u: %s  ADVISORY  %-5s %d %02x:%02x:%llu %llu ",
		   ++l->n,
		   li->is_flock ? "FLOCK"
		   : li->is_ofd ? "OFDLCK"
				: "POSIX",
		   r->type == LOCK_WRITE ? "WRITE" : "READ", r->pid,
		   dev_major(dev), dev_minor(dev), (ull)li->inode->ino,
		   (ull)r->start);
	if (r->end == UINT64_MAX)
		strbuf_add(l->sb, "EOF\n");
	else
		strbuf_add(l->sb, "%llu\n", (ull)r->end - 1);
}

int
sys_locks_show(const struct proc_inode *pi, struct strbuf *sb)
{
	struct lock_lines l = {.sb = sb};

	(void)pi;
	lock_each(add_lock, &l);
	return 0;
}
