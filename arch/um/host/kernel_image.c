/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/kernel_image.c - the guest kernel: an ELF executable linked at
 * IMAGE_BASE, embedded in viv or given as a file, copied into the arena.
 *
 * Every field that leads somewhere is checked: the file may be anybody's.
 */
#include "arch/um/host/host.h"
#include "arch/um/host/symbols.h"

#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

#define SEGMENTS_MAX 16

static struct {
	const char *bytes; /* the ELF file; kept for its symbols */
	uint64_t len;
	struct tracer_segment seg[SEGMENTS_MAX]; /* whole pages */
	unsigned nsegs;
} image;

#ifdef VIV_BUILTIN

/* The kernel is part of viv. */
void image_entry(uint64_t cpu);

int
kernel_image_load(const char *path, char *why, size_t whylen)
{
	if (path) {
		snprintf(why, whylen,
			 "--kernel %s: this viv has its kernel built in", path);
		return -EINVAL;
	}
	mach.entry = image_entry;
	return 0;
}

#else

extern const char kernel_blob[], kernel_blob_end[];

static bool
fits(uint64_t off, uint64_t len)
{
	return len <= image.len && off <= image.len - len;
}

static const char *
check_header(const Elf64_Ehdr *h)
{
	if (image.len < sizeof *h || memcmp(h->e_ident, ELFMAG, SELFMAG))
		return "not an ELF file";
	if (h->e_ident[EI_CLASS] != ELFCLASS64 ||
	    h->e_ident[EI_DATA] != ELFDATA2LSB || h->e_machine != EM_X86_64)
		return "not for x86-64";
	if (h->e_type != ET_EXEC)
		return "not a linked executable";
	if (h->e_phentsize != sizeof(Elf64_Phdr) || !h->e_phnum ||
	    !fits(h->e_phoff, (uint64_t)h->e_phnum * sizeof(Elf64_Phdr)))
		return "truncated program headers";
	if (h->e_phoff % 8)
		return "misaligned program headers";
	return NULL;
}

static const char *
check_segment(const Elf64_Phdr *p)
{
	if (!fits(p->p_offset, p->p_filesz))
		return "truncated";
	if (p->p_memsz < p->p_filesz || p->p_vaddr < IMAGE_BASE ||
	    p->p_memsz > IMAGE_MAX ||
	    p->p_vaddr - IMAGE_BASE > IMAGE_MAX - p->p_memsz)
		return "a segment lies outside the image's region";
	if ((p->p_flags & PF_W) && (p->p_flags & PF_X))
		return "a segment is both writable and executable";
	if (image.nsegs == SEGMENTS_MAX)
		return "too many segments";
	for (unsigned i = 0; i < image.nsegs; i++)
		if (page_down(p->p_vaddr) < image.seg[i].end &&
		    page_up(p->p_vaddr + p->p_memsz) > image.seg[i].start)
			return "segments share a page";
	return NULL;
}

static int
prot_of(uint32_t flags)
{
	return PROT_READ | (flags & PF_W ? PROT_WRITE : 0) |
	       (flags & PF_X ? PROT_EXEC : 0);
}

static const char *
load_segment(const Elf64_Phdr *p)
{
	const char *bad = check_segment(p);

	if (bad)
		return bad;
	/* If not by a batch, its pages come by a fault each. */
	(void)madvise((void *)page_down(p->p_vaddr),
		      page_up(p->p_vaddr + p->p_memsz) - page_down(p->p_vaddr),
		      MADV_POPULATE_WRITE);
	memcpy((void *)p->p_vaddr, image.bytes + p->p_offset, p->p_filesz);
	image.seg[image.nsegs++] = (struct tracer_segment){
		page_down(p->p_vaddr), page_up(p->p_vaddr + p->p_memsz),
		prot_of(p->p_flags)};
	return NULL;
}

static const char *
protect(void)
{
	for (unsigned i = 0; i < image.nsegs; i++) {
		const struct tracer_segment *s = &image.seg[i];

		if (mprotect((void *)s->start, s->end - s->start, s->prot) < 0)
			return strerror(errno);
	}
	return NULL;
}

static const char *
load(void)
{
	const Elf64_Ehdr *h = (const Elf64_Ehdr *)image.bytes;
	const Elf64_Phdr *p;
	const char *bad = check_header(h);
	bool has_entry = false;

	if (bad)
		return bad;
	p = (const Elf64_Phdr *)(image.bytes + h->e_phoff);
	for (unsigned i = 0; i < h->e_phnum; i++) {
		if (p[i].p_type != PT_LOAD || !p[i].p_memsz)
			continue;
		bad = load_segment(&p[i]);
		if (bad)
			return bad;
		if ((p[i].p_flags & PF_X) && h->e_entry >= p[i].p_vaddr &&
		    h->e_entry - p[i].p_vaddr < p[i].p_filesz)
			has_entry = true;
	}
	if (!has_entry)
		return "its entry point is not in its text";
	mach.entry = (image_entry_fn *)h->e_entry;
	return protect();
}

/* Into memory of our own: the file may change under a mapping. */
static int
read_file(const char *path)
{
	struct stat st;
	char *p = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), err = 0;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		err = -errno;
	else if (!S_ISREG(st.st_mode))
		err = -EINVAL;
	else if (st.st_size > (off_t)(4 * IMAGE_MAX))
		err = -EFBIG;
	if (!err) {
		p = malloc((size_t)st.st_size + 1);
		err = p ? 0 : -ENOMEM;
	}
	while (!err && image.len < (uint64_t)st.st_size) {
		n = read(fd, p + image.len, (size_t)st.st_size - image.len);
		if (n < 0)
			err = -errno;
		if (n <= 0)
			break;
		image.len += (uint64_t)n;
	}
	if (fd >= 0)
		close(fd);
	image.bytes = p;
	return err;
}

int
kernel_image_load(const char *path, char *why, size_t whylen)
{
	const char *bad;
	int err = 0;

	if (path) {
		err = read_file(path);
		if (err) {
			snprintf(why, whylen, "--kernel %s: %s", path,
				 strerror(-err));
			return err;
		}
	} else {
		image.bytes = kernel_blob;
		image.len = (uint64_t)(kernel_blob_end - kernel_blob);
	}
	bad = load();
	if (!bad)
		return 0;
	snprintf(why, whylen, "%s%s: %s", path ? "--kernel " : "",
		 path ? path : "the embedded kernel image", bad);
	return -ENOEXEC;
}

#endif

bool
kernel_image_writable(uint64_t addr, uint64_t len)
{
	for (unsigned i = 0; i < image.nsegs; i++)
		if (!(image.seg[i].prot & PROT_WRITE) &&
		    addr < image.seg[i].end && addr + len > image.seg[i].start)
			return false;
	return true;
}

unsigned
kernel_image_segments(const struct tracer_segment **out)
{
	*out = image.seg;
	return image.nsegs;
}

struct symbols *
kernel_image_symbols(void)
{
	return image.bytes ? symbols_open(-1, image.bytes, image.len) : NULL;
}
