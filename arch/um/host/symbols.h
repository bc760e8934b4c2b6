/* SPDX-License-Identifier: MIT */
/* arch/um/host/symbols.h - names and lines of addresses in ELF files, by
 * elfutils. */
#ifndef ARCH_UM_HOST_SYMBOLS_H
#define ARCH_UM_HOST_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbols;

/* symbols_open - of the ELF file open for reading at @fd (not kept), or of
 * @len bytes at @image (kept, not copied) if @fd is -1.  NULL: no ELF file. */
struct symbols *symbols_open(int fd, const void *image, size_t len);
void symbols_close(struct symbols *s);

/* symbols_describe - "function+0x12 (file.c:34)" for an address as the file
 * itself numbers them.  False: not known. */
bool symbols_describe(struct symbols *s, uint64_t vaddr, char *buf,
		      size_t size);

/* symbols_vaddr - the address at which the byte at @offset of the file lies by
 * its program headers; false: it is not loaded. */
bool symbols_vaddr(struct symbols *s, uint64_t offset, uint64_t *vaddr);

/* symbols_eh_frame_hdr - its address by the file's own numbers, or 0. */
uint64_t symbols_eh_frame_hdr(struct symbols *s);

#endif /* ARCH_UM_HOST_SYMBOLS_H */
