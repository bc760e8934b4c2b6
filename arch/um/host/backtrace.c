/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/backtrace.c - where guest code was: HC_BACKTRACE.
 *
 * Guest memory is read from physmem by the page list of the request; what is
 * not there, and symbols, come from the host's file, found by its guest path
 * below the root directory (RESOLVE_IN_ROOT: it cannot lead outside) and
 * taken only if its ELF header is the mapped one.
 */
#include "arch/um/backtrace.h"
#include "arch/um/host/host.h"
#include "arch/um/host/symbols.h"
#include "arch/um/host/unwind.h"

#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FILES_MAX 32

struct file {
	char path[256];
	int fd;
	struct symbols *symbols;
	uint64_t bias; /* guest address - address by the file's numbers */
};

struct guest {
	struct unwind_source src; /* first */
	struct backtrace_map *maps;
	struct backtrace_seg *segs;
	uint32_t nmaps, nsegs, level;
	struct file file[FILES_MAX];
	unsigned nfiles;
};

/* --- memory --- */

static bool
read_ram(const struct guest *g, uint64_t addr, void *buf, uint64_t n)
{
	for (uint32_t i = 0; i < g->nsegs; i++) {
		const struct backtrace_seg *s = &g->segs[i];

		if (addr < s->addr || addr - s->addr >= s->len)
			continue;
		if (n > s->len - (addr - s->addr))
			return false;
		memcpy(buf, (void *)(PHYS_WINDOW + s->phys + addr - s->addr),
		       n);
		return true;
	}
	return false;
}

static const struct backtrace_map *
map_at(const struct guest *g, uint64_t addr)
{
	for (uint32_t i = 0; i < g->nmaps; i++)
		if (addr >= g->maps[i].start && addr < g->maps[i].end)
			return &g->maps[i];
	return NULL;
}

static struct file *file_of(struct guest *g, const struct backtrace_map *m);

static bool
read_byte(struct guest *g, uint64_t addr, uint8_t *out)
{
	const struct backtrace_map *m;
	struct file *f;

	if (read_ram(g, addr, out, 1))
		return true;
	m = map_at(g, addr);
	f = m ? file_of(g, m) : NULL;
	return f && f->fd >= 0 &&
	       pread(f->fd, out, 1, (off_t)(addr - m->start + m->offset)) == 1;
}

static bool
guest_read(struct unwind_source *s, uint64_t addr, uint64_t *out)
{
	struct guest *g = (struct guest *)s;
	uint8_t b[8];

	if (read_ram(g, addr, out, 8))
		return true;
	for (int i = 0; i < 8; i++)
		if (!read_byte(g, addr + (uint64_t)i, &b[i]))
			return false;
	memcpy(out, b, 8);
	return true;
}

/* --- files --- */

static int
open_below_root(const char *path)
{
	struct boot_params *bp = (struct boot_params *)BOOT_PARAMS;
	struct handle *root = handle_get((uint64_t)bp->root.n);
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	int fd = -1;

	if (root)
		fd = (int)syscall(SYS_openat2, root->fd, path, &how,
				  sizeof how);
	handle_put(root);
	return fd;
}

/* Is @fd the file whose start is mapped in the guest? */
static bool
is_same(struct guest *g, int fd, const char *path)
{
	Elf64_Ehdr mapped, ours;

	if (pread(fd, &ours, sizeof ours, 0) != sizeof ours ||
	    memcmp(ours.e_ident, ELFMAG, SELFMAG))
		return false;
	for (uint32_t i = 0; i < g->nmaps; i++)
		if (!g->maps[i].offset && !strcmp(g->maps[i].path, path) &&
		    read_ram(g, g->maps[i].start, &mapped, sizeof mapped))
			return !memcmp(&mapped, &ours, sizeof ours);
	return false;
}

static struct file *
file_of(struct guest *g, const struct backtrace_map *m)
{
	struct file *f;
	uint64_t vaddr;

	for (unsigned i = 0; i < g->nfiles; i++)
		if (!strcmp(g->file[i].path, m->path))
			return &g->file[i];
	if (g->nfiles == FILES_MAX || strlen(m->path) >= sizeof f->path)
		return NULL;
	f = &g->file[g->nfiles++];
	strcpy(f->path, m->path);
	f->fd = open_below_root(m->path);
	if (f->fd >= 0 && !is_same(g, f->fd, m->path)) {
		close(f->fd);
		f->fd = -1;
	}
	if (f->fd >= 0)
		f->symbols = symbols_open(f->fd, NULL, 0);
	if (f->symbols && symbols_vaddr(f->symbols, m->offset, &vaddr))
		f->bias = m->start - vaddr;
	return f;
}

static bool
guest_module(struct unwind_source *s, uint64_t ip, struct unwind_module *out)
{
	struct guest *g = (struct guest *)s;
	const struct backtrace_map *m = map_at(g, ip);
	struct file *f = m ? file_of(g, m) : NULL;
	uint64_t hdr;

	if (!f || !f->symbols)
		return false;
	hdr = symbols_eh_frame_hdr(f->symbols);
	*out = (struct unwind_module){m->start, m->end,
				      hdr ? hdr + f->bias : 0};
	return true;
}

/* --- output --- */

static bool
guest_frame(struct unwind_source *s, unsigned depth, uint64_t ip)
{
	struct guest *g = (struct guest *)s;
	const struct backtrace_map *m = map_at(g, ip);
	struct file *f = m ? file_of(g, m) : NULL;
	char what[256] = "";

	if (f && f->symbols)
		symbols_describe(f->symbols, ip - f->bias, what, sizeof what);
	if (!m)
		host_log((int)g->level, "  #%-2u %#llx", depth,
			 (unsigned long long)ip);
	else if (*what)
		host_log((int)g->level, "  #%-2u %#llx %s in %s", depth,
			 (unsigned long long)ip, what, m->path);
	else
		host_log((int)g->level, "  #%-2u %#llx in %s at %#llx", depth,
			 (unsigned long long)ip, m->path,
			 (unsigned long long)(ip - m->start + m->offset));
	return true;
}

/* --- the request, copied: the kernel's memory may change --- */

static int
copy_maps(struct guest *g, const struct backtrace_req *r)
{
	uint64_t bytes = r->nmaps * sizeof *g->maps;
	char path[PATH_MAX];

	if (r->nmaps > BACKTRACE_MAPS_MAX || (uint64_t)r->maps % 8 ||
	    !arena_readable((uint64_t)r->maps, bytes))
		return -EFAULT;
	g->maps = calloc(r->nmaps + 1, sizeof *g->maps);
	if (!g->maps)
		return -ENOMEM;
	for (; g->nmaps < r->nmaps; g->nmaps++) {
		struct backtrace_map m = r->maps[g->nmaps];

		if (arena_string((uint64_t)m.path, path, sizeof path))
			return -EFAULT;
		m.path = strdup(path);
		if (!m.path)
			return -ENOMEM;
		g->maps[g->nmaps] = m;
	}
	return 0;
}

static int
copy_segs(struct guest *g, const struct backtrace_req *r)
{
	uint64_t bytes = r->nsegs * sizeof *g->segs;

	if (r->nsegs > BACKTRACE_SEGS_MAX || (uint64_t)r->segs % 8 ||
	    !arena_readable((uint64_t)r->segs, bytes))
		return -EFAULT;
	g->segs = malloc(bytes + 1);
	if (!g->segs)
		return -ENOMEM;
	if (bytes)
		memcpy(g->segs, r->segs, bytes);
	for (uint32_t i = 0; i < r->nsegs; i++)
		if (g->segs[i].len > PHYS_SIZE ||
		    g->segs[i].phys > PHYS_SIZE - g->segs[i].len)
			return -EFAULT;
	g->nsegs = r->nsegs;
	return 0;
}

static void
guest_fini(struct guest *g)
{
	for (unsigned i = 0; i < g->nfiles; i++) {
		symbols_close(g->file[i].symbols);
		if (g->file[i].fd >= 0)
			close(g->file[i].fd);
	}
	for (uint32_t i = 0; i < g->nmaps; i++)
		free((char *)g->maps[i].path);
	free(g->maps);
	free(g->segs);
}

int64_t
hc_BACKTRACE(const uint64_t *a)
{
	struct backtrace_req r;
	struct guest g = {.src = {.read = guest_read,
				  .module = guest_module,
				  .frame = guest_frame}};
	int err;

	if (a[1] < sizeof r || a[0] % 8 || !arena_readable(a[0], sizeof r))
		return -EFAULT;
	r = *(const struct backtrace_req *)a[0];
	if ((int)r.log_level > mach.cfg->log_level)
		return 0;
	g.src.regs = r.regs;
	g.level = r.log_level;
	err = copy_maps(&g, &r);
	if (!err)
		err = copy_segs(&g, &r);
	if (!err)
		unwind(&g.src);
	guest_fini(&g);
	return err;
}
