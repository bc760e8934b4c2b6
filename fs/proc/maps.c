/* SPDX-License-Identifier: MIT */
/* fs/proc/maps.c - /proc/PID/maps and smaps: what is mapped where. */
#include "fs/chrdev.h"
#include "fs/proc/internal.h"
#include "include/abi/mman.h"
#include "mm/mm.h"

#define NAME_COLUMN 73

typedef unsigned long long ull;

/* A name on one line: newlines in octal. */
static void
add_name(struct strbuf *sb, const char *name)
{
	for (; *name; name++) {
		if (*name == '\n')
			strbuf_add(sb, "\\012");
		else
			strbuf_put(sb, name, 1);
	}
}

static void
add_line(struct strbuf *sb, const struct vma_info *v)
{
	size_t start = sb->len;

	strbuf_add(sb, "%08llx-%08llx %c%c%c%c %08llx %02x:%02x %llu ",
		   (ull)v->start, (ull)v->end,
		   v->prot & LX_PROT_READ ? 'r' : '-',
		   v->prot & LX_PROT_WRITE ? 'w' : '-',
		   v->prot & LX_PROT_EXEC ? 'x' : '-',
		   v->flags & LX_MAP_SHARED ? 's' : 'p', (ull)v->off,
		   dev_major(v->dev), dev_minor(v->dev), (ull)v->ino);
	if (v->name[0]) {
		while (!sb->over && sb->len < start + NAME_COLUMN)
			strbuf_put(sb, " ", 1);
		add_name(sb, v->name);
	}
	strbuf_put(sb, "\n", 1);
}

int
pid_maps_show(const struct proc_inode *pi, struct strbuf *sb)
{
	struct mm *mm = proc_task(pi)->mm;
	struct vma_info v;

	for (uint64_t at = 0; mm && mm_vma_at(mm, at, &v); at = v.end)
		add_line(sb, &v);
	return 0;
}

/* Pages by kind, of one mapping or of all. */
struct usage {
	uint64_t size, rss, anon, shared, locked;
};

static void
usage_add(struct usage *u, const struct vma_info *v)
{
	u->size += (v->end - v->start) / PAGE_SIZE;
	u->rss += v->rss;
	u->anon += v->anon;
	if (v->flags & LX_MAP_SHARED)
		u->shared += v->rss;
	if (v->flags & LX_MAP_LOCKED)
		u->locked += v->rss;
}

static void
add_kb(struct strbuf *sb, const char *name, uint64_t pages)
{
	strbuf_add(sb, "%-16s%8llu kB\n", name, (ull)(pages * 4));
}

/* Frames are not followed to their other users: a page counts as its
 * mapping's own unless the mapping is shared. */
static void
add_usage(struct strbuf *sb, const struct usage *u)
{
	uint64_t own = u->rss - u->shared, file = u->rss - u->anon;

	add_kb(sb, "Rss:", u->rss);
	add_kb(sb, "Pss:", u->rss);
	add_kb(sb, "Pss_Dirty:", u->anon);
	add_kb(sb, "Shared_Clean:", MIN(u->shared, file));
	add_kb(sb, "Shared_Dirty:", 0);
	add_kb(sb, "Private_Clean:", own - MIN(own, u->anon));
	add_kb(sb, "Private_Dirty:", MIN(own, u->anon));
	add_kb(sb, "Referenced:", u->rss);
	add_kb(sb, "Anonymous:", u->anon);
	add_kb(sb, "KSM:", 0);
	add_kb(sb, "LazyFree:", 0);
	add_kb(sb, "AnonHugePages:", 0);
	add_kb(sb, "ShmemPmdMapped:", 0);
	add_kb(sb, "FilePmdMapped:", 0);
	add_kb(sb, "Shared_Hugetlb:", 0);
	add_kb(sb, "Private_Hugetlb:", 0);
	add_kb(sb, "Swap:", 0);
	add_kb(sb, "SwapPss:", 0);
	add_kb(sb, "Locked:", u->locked);
}

static void
add_flags(struct strbuf *sb, const struct vma_info *v)
{
	static const struct {
		uint32_t prot;
		const char *now, *may;
	} bit[] = {
		{LX_PROT_READ, "rd ", "mr "},
		{LX_PROT_WRITE, "wr ", "mw "},
		{LX_PROT_EXEC, "ex ", "me "},
	};

	strbuf_add(sb, "VmFlags: ");
	for (size_t k = 0; k < ARRAY_LEN(bit); k++)
		if (v->prot & bit[k].prot)
			strbuf_add(sb, "%s", bit[k].now);
	if (v->flags & LX_MAP_SHARED)
		strbuf_add(sb, "sh ");
	for (size_t k = 0; k < ARRAY_LEN(bit); k++)
		strbuf_add(sb, "%s", bit[k].may);
	if (v->flags & LX_MAP_GROWSDOWN)
		strbuf_add(sb, "gd ");
	if (v->flags & LX_MAP_LOCKED)
		strbuf_add(sb, "lo ");
	if (v->flags & LX_MAP_NORESERVE)
		strbuf_add(sb, "nr ");
	strbuf_add(sb, "\n");
}

int
pid_smaps_show(const struct proc_inode *pi, struct strbuf *sb)
{
	struct mm *mm = proc_task(pi)->mm;
	struct vma_info v;

	for (uint64_t at = 0; mm && mm_vma_at(mm, at, &v); at = v.end) {
		struct usage u = {0};

		usage_add(&u, &v);
		add_line(sb, &v);
		add_kb(sb, "Size:", u.size);
		add_kb(sb, "KernelPageSize:", 1);
		add_kb(sb, "MMUPageSize:", 1);
		add_usage(sb, &u);
		strbuf_add(sb, "THPeligible:           0\n");
		add_flags(sb, &v);
	}
	return 0;
}

int
pid_smaps_rollup_show(const struct proc_inode *pi, struct strbuf *sb)
{
	struct mm *mm = proc_task(pi)->mm;
	struct vma_info v, all = {.prot = 0};
	struct usage u = {0};

	if (!mm)
		return -ESRCH;
	for (uint64_t at = 0; mm_vma_at(mm, at, &v); at = v.end) {
		if (!all.end)
			all.start = v.start;
		all.end = v.end;
		usage_add(&u, &v);
	}
	all.flags = 0;
	str_copy(all.name, "[rollup]", sizeof(all.name));
	add_line(sb, &all);
	add_usage(sb, &u);
	return 0;
}
