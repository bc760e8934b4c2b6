/* SPDX-License-Identifier: MIT */
/* include/abi/elf.h - elf(5), 64 bit; the auxiliary vector (getauxval(3)). */
#ifndef ABI_ELF_H
#define ABI_ELF_H

#include <stdint.h>

enum {
#define ABI(group, name, value) LX_##name = value,
#include "include/abi/elf.def"
#undef ABI
};

#define LX_EI_NIDENT   16
#define LX_EI_CLASS    4
#define LX_EI_DATA     5
#define LX_EI_VERSION  6
#define LX_EI_OSABI    7
#define LX_ELFMAG      "\177ELF"
#define LX_SELFMAG     4
#define LX_ELFCLASS64  2
#define LX_ELFDATA2LSB 1
#define LX_EV_CURRENT  1
#define LX_PN_XNUM     0xffff

struct lx_elf64_ehdr {
	uint8_t e_ident[LX_EI_NIDENT];
	uint16_t e_type; /* LX_ET_* */
	uint16_t e_machine;
	uint32_t e_version;
	uint64_t e_entry;
	uint64_t e_phoff;
	uint64_t e_shoff;
	uint32_t e_flags;
	uint16_t e_ehsize;
	uint16_t e_phentsize;
	uint16_t e_phnum;
	uint16_t e_shentsize;
	uint16_t e_shnum;
	uint16_t e_shstrndx;
};

struct lx_elf64_phdr {
	uint32_t p_type;  /* LX_PT_* */
	uint32_t p_flags; /* LX_PF_* */
	uint64_t p_offset;
	uint64_t p_vaddr;
	uint64_t p_paddr;
	uint64_t p_filesz;
	uint64_t p_memsz;
	uint64_t p_align;
};

struct lx_elf64_nhdr {
	uint32_t n_namesz;
	uint32_t n_descsz;
	uint32_t n_type; /* LX_NT_* */
};

struct lx_auxv {
	uint64_t a_type; /* LX_AT_* */
	uint64_t a_val;
};

#endif /* ABI_ELF_H */
