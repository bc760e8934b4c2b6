/* SPDX-License-Identifier: MIT */
/*
 * kernel/elf.c - reading and mapping ELF files.
 *
 * Every number in the file is the guest's and may lie: sizes are bounded,
 * sums are checked for overflow, and nothing is mapped at or above USER_TOP.
 */
#include "kernel/elf.h"

#include "base/slab.h"
#include "base/str.h"
#include "fs/file.h"
#include "include/abi/mman.h"
#include "mm/mm.h"
#include "mm/uio.h"
#include "mm/usercopy.h"

int
file_read_exact(struct file *f, void *buf, uint64_t n, uint64_t pos)
{
	struct uio u;
	int err;

	uio_init_kernel(&u, UIO_TO_GUEST, buf, n);
	err = file_pread(f, &u, pos);
	if (err)
		return err;
	return u.moved == n ? 0 : -EIO;
}

static int
check_header(const struct lx_elf64_ehdr *eh)
{
	if (memcmp(eh->e_ident, LX_ELFMAG, LX_SELFMAG) ||
	    eh->e_ident[LX_EI_CLASS] != LX_ELFCLASS64 ||
	    eh->e_ident[LX_EI_DATA] != LX_ELFDATA2LSB)
		return -ENOEXEC;
	if (eh->e_machine != LX_EM_X86_64)
		return -ENOEXEC;
	if (eh->e_type != LX_ET_EXEC && eh->e_type != LX_ET_DYN)
		return -ENOEXEC;
	if (eh->e_phentsize != sizeof(struct lx_elf64_phdr) || !eh->e_phnum ||
	    eh->e_phnum > ELF_PHDRS_MAX)
		return -ENOEXEC;
	return 0;
}

static int
check_load(const struct lx_elf64_phdr *ph)
{
	if (ph->p_filesz > ph->p_memsz || ph->p_vaddr >= USER_TOP ||
	    ph->p_memsz > USER_TOP - ph->p_vaddr ||
	    ph->p_offset > INT64_MAX - ph->p_filesz)
		return -ENOEXEC;
	if ((ph->p_vaddr ^ ph->p_offset) & ~PAGE_MASK)
		return -ENOEXEC;
	return 0;
}

static int
check_loads(const struct elf *e)
{
	int err = 0;

	for (int i = 0; !err && i < e->eh.e_phnum; i++)
		if (e->ph[i].p_type == LX_PT_LOAD && e->ph[i].p_memsz)
			err = check_load(&e->ph[i]);
	return err;
}

static int
scan_headers(struct elf *e)
{
	bool any = false;

	e->lo = ~0ull;
	e->exec_stack = true; /* Linux: no PT_GNU_STACK means executable */
	for (int i = 0; i < e->eh.e_phnum; i++) {
		const struct lx_elf64_phdr *ph = &e->ph[i];

		if (ph->p_type == LX_PT_GNU_STACK)
			e->exec_stack = ph->p_flags & LX_PF_X;
		if (ph->p_type == LX_PT_INTERP && !e->has_interp) {
			e->has_interp = true;
			e->interp_off = ph->p_offset;
			e->interp_len = ph->p_filesz;
		}
		if (ph->p_type != LX_PT_LOAD || !ph->p_memsz)
			continue;
		any = true;
		e->lo = MIN(e->lo, page_down(ph->p_vaddr));
		e->hi = MAX(e->hi, page_up(ph->p_vaddr + ph->p_memsz));
	}
	return any ? 0 : -ENOEXEC;
}

int
elf_read(struct file *f, struct elf *e)
{
	uint64_t len;
	int err;

	*e = (struct elf){.file = f};
	err = file_read_exact(f, &e->eh, sizeof(e->eh), 0);
	if (err)
		return err == -EIO ? -ENOEXEC : err;
	err = check_header(&e->eh);
	if (err)
		return err;
	len = e->eh.e_phnum * sizeof(*e->ph);
	e->ph = kmalloc(len);
	if (!e->ph)
		return -ENOMEM;
	err = file_read_exact(f, e->ph, len, e->eh.e_phoff);
	if (!err)
		err = scan_headers(e);
	if (err)
		elf_fini(e);
	return err;
}

void
elf_fini(struct elf *e)
{
	kfree(e->ph);
	e->ph = NULL;
}

int
elf_interp_path(const struct elf *e, char *buf, size_t n)
{
	int err;

	if (e->interp_len < 2 || e->interp_len > n)
		return -ENOEXEC;
	err = file_read_exact(e->file, buf, e->interp_len, e->interp_off);
	if (err)
		return err;
	return buf[e->interp_len - 1] ? -ENOEXEC : 0;
}

static uint32_t
prot_of(const struct lx_elf64_phdr *ph)
{
	return (ph->p_flags & LX_PF_R ? LX_PROT_READ : 0) |
	       (ph->p_flags & LX_PF_W ? LX_PROT_WRITE : 0) |
	       (ph->p_flags & LX_PF_X ? LX_PROT_EXEC : 0);
}

static int
map_bss(struct mm *mm, const struct lx_elf64_phdr *ph, uint64_t bias)
{
	uint64_t from = bias + ph->p_vaddr + ph->p_filesz;
	uint64_t to = bias + ph->p_vaddr + ph->p_memsz;
	uint64_t page = page_up(from);
	uaddr_t got;
	int err;

	/* The file's last page: all that follows the data must read as zero,
	 * past the segment's end too: dynamic linkers allocate there.  In a
	 * segment nobody may write, Linux lets the file's bytes stand. */
	if (ph->p_filesz && (ph->p_flags & LX_PF_W) && page > from) {
		err = copy_clear(mm, uaddr(from), page - from);
		if (err)
			return err;
	}
	if (!ph->p_filesz)
		page = page_down(from);
	if (page_up(to) <= page)
		return 0;
	return mm_map(mm, uaddr(page), page_up(to) - page, prot_of(ph),
		      LX_MAP_PRIVATE | LX_MAP_ANONYMOUS | LX_MAP_FIXED, NULL, 0,
		      &got);
}

static int
map_segment(struct mm *mm, const struct elf *e, const struct lx_elf64_phdr *ph,
	    uint64_t bias)
{
	uint64_t at = page_down(ph->p_vaddr + bias);
	uint64_t skew = ph->p_vaddr & ~PAGE_MASK;
	uaddr_t got;
	int err;

	if (ph->p_filesz) {
		err = mm_map(mm, uaddr(at), page_up(ph->p_filesz + skew),
			     prot_of(ph), LX_MAP_PRIVATE | LX_MAP_FIXED,
			     &e->file->map, ph->p_offset - skew, &got);
		if (err)
			return err;
	}
	if (ph->p_memsz > ph->p_filesz)
		return map_bss(mm, ph, bias);
	return 0;
}

static void
note_segment(struct elf_image *img, const struct lx_elf64_phdr *ph,
	     uint64_t bias)
{
	uint64_t start = ph->p_vaddr + bias;
	uint64_t file_end = start + ph->p_filesz;

	if (!img->start_code || start < img->start_code)
		img->start_code = start;
	if (start > img->start_data)
		img->start_data = start;
	if ((ph->p_flags & LX_PF_X) && file_end > img->end_code)
		img->end_code = file_end;
	if (file_end > img->end_data)
		img->end_data = file_end;
	if (start + ph->p_memsz > img->brk)
		img->brk = start + ph->p_memsz;
}

/* Reserve the whole span, so that segments keep their distances. */
static int
place(struct mm *mm, const struct elf *e, uint64_t base, uint64_t *bias)
{
	uint64_t len = e->hi - e->lo;
	uint32_t flags = LX_MAP_PRIVATE | LX_MAP_ANONYMOUS;
	uaddr_t got;
	int err;

	if (e->eh.e_type == LX_ET_EXEC) {
		*bias = 0;
		return 0;
	}
	if (base)
		flags |= LX_MAP_FIXED;
	err = mm_map(mm, uaddr(base), len, LX_PROT_NONE, flags, NULL, 0, &got);
	if (err)
		return err;
	*bias = got.v - e->lo;
	return 0;
}

int
elf_map(struct mm *mm, const struct elf *e, uint64_t base,
	struct elf_image *out)
{
	int err = check_loads(e);

	*out = (struct elf_image){0};
	if (!err)
		err = place(mm, e, base, &out->bias);
	if (err)
		return err;
	for (int i = 0; i < e->eh.e_phnum; i++) {
		const struct lx_elf64_phdr *ph = &e->ph[i];
		uint64_t table = e->eh.e_phoff;

		if (ph->p_type != LX_PT_LOAD || !ph->p_memsz)
			continue;
		err = map_segment(mm, e, ph, out->bias);
		if (err)
			return err;
		note_segment(out, ph, out->bias);
		if (table >= ph->p_offset &&
		    table - ph->p_offset < ph->p_filesz)
			out->phdr =
				table - ph->p_offset + ph->p_vaddr + out->bias;
	}
	out->entry = e->eh.e_entry + out->bias;
	return out->entry < USER_TOP ? 0 : -EINVAL;
}
