/* SPDX-License-Identifier: MIT */
/* kernel/elf.h - ELF programs (elf(5)) into a new mm. */
#ifndef KERNEL_ELF_H
#define KERNEL_ELF_H

#include "include/abi/elf.h"
#include "include/annotate.h"
#include "include/types.h"

struct file;
struct mm;

#define ELF_PHDRS_MAX (65536 / sizeof(struct lx_elf64_phdr))

/* A checked ELF file: headers read, nothing mapped yet. */
struct elf {
	struct file *file; /* not counted */
	struct lx_elf64_ehdr eh;
	struct lx_elf64_phdr *ph; /* elf_fini() frees */
	uint64_t lo, hi;	  /* span of PT_LOAD, page aligned */
	uint64_t interp_off, interp_len;
	bool has_interp, exec_stack;
};

/* Where it came to lie. */
struct elf_image {
	uint64_t bias, entry, phdr;
	uint64_t start_code, end_code, start_data, end_data, brk;
};

/* elf_read - read and check headers.  -ENOEXEC for what is no ELF program of
 * this machine; -EIO for a truncated one.  Sleeps. */
MUST_CHECK int elf_read(struct file *f, struct elf *e);
void elf_fini(struct elf *e);

/* elf_interp_path - PT_INTERP's string into @buf. */
MUST_CHECK int elf_interp_path(const struct elf *e, char *buf, size_t n);

/*
 * elf_map - map all segments; ET_DYN goes to @base (0: wherever mmap would
 * put it).  -ENOMEM, -EINVAL for segments that cannot lie where they say.
 */
MUST_CHECK int elf_map(struct mm *mm, const struct elf *e, uint64_t base,
		       struct elf_image *out);

/* file_read_exact - @n bytes at @pos into kernel memory; -EIO if short. */
MUST_CHECK int file_read_exact(struct file *f, void *buf, uint64_t n,
			       uint64_t pos);

#endif /* KERNEL_ELF_H */
