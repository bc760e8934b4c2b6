/* SPDX-License-Identifier: MIT */
/* arch/um/host/symbols.c - see the header. */
#include "arch/um/host/symbols.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEAR 4096 /* a symbol without a size reaches this far */

struct symbols {
	Elf *elf;
	Dwarf *dwarf; /* or NULL: no lines */
};

struct symbols *
symbols_open(int fd, const void *image, size_t len)
{
	struct symbols *s = calloc(1, sizeof *s);

	if (!s || elf_version(EV_CURRENT) == EV_NONE) {
		free(s);
		return NULL;
	}
	if (fd >= 0) {
		s->elf = elf_begin(fd, ELF_C_READ, NULL);
		/* All of it now: the descriptor is the caller's. */
		if (s->elf && elf_cntl(s->elf, ELF_C_FDREAD) < 0) {
			elf_end(s->elf);
			s->elf = NULL;
		}
	} else {
		s->elf = elf_memory((char *)image, len);
	}
	if (!s->elf || elf_kind(s->elf) != ELF_K_ELF) {
		symbols_close(s);
		return NULL;
	}
	s->dwarf = dwarf_begin_elf(s->elf, DWARF_C_READ, NULL);
	return s;
}

void
symbols_close(struct symbols *s)
{
	if (!s)
		return;
	if (s->dwarf)
		dwarf_end(s->dwarf);
	if (s->elf)
		elf_end(s->elf);
	free(s);
}

/* The best function of one symbol table; true if it is better than *@best. */
static const char *
search_table(Elf *elf, Elf_Scn *scn, const GElf_Shdr *sh, uint64_t vaddr,
	     GElf_Sym *best)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	size_t n = sh->sh_entsize ? sh->sh_size / sh->sh_entsize : 0;
	const char *name = NULL;
	GElf_Sym sym;

	for (size_t i = 0; data && i < n; i++) {
		if (!gelf_getsym(data, (int)i, &sym) ||
		    sym.st_shndx == SHN_UNDEF || sym.st_value > vaddr ||
		    vaddr - sym.st_value >= (sym.st_size ? sym.st_size : NEAR))
			continue;
		if (GELF_ST_TYPE(sym.st_info) != STT_FUNC &&
		    GELF_ST_TYPE(sym.st_info) != STT_GNU_IFUNC &&
		    GELF_ST_TYPE(sym.st_info) != STT_NOTYPE)
			continue;
		if (best->st_value > sym.st_value)
			continue;
		*best = sym;
		name = elf_strptr(elf, sh->sh_link, sym.st_name);
	}
	return name;
}

static const char *
find_function(struct symbols *s, uint64_t vaddr, uint64_t *off)
{
	const char *name = NULL, *found;
	GElf_Sym best = {0};
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	while ((scn = elf_nextscn(s->elf, scn))) {
		if (!gelf_getshdr(scn, &sh) ||
		    (sh.sh_type != SHT_SYMTAB && sh.sh_type != SHT_DYNSYM))
			continue;
		found = search_table(s->elf, scn, &sh, vaddr, &best);
		if (found && *found)
			name = found;
	}
	*off = vaddr - best.st_value;
	return name;
}

static void
append_line(struct symbols *s, uint64_t vaddr, char *buf, size_t size)
{
	size_t n = strlen(buf);
	const char *file;
	Dwarf_Die die;
	Dwarf_Line *line;
	int nr;

	if (!s->dwarf || !dwarf_addrdie(s->dwarf, vaddr, &die))
		return;
	line = dwarf_getsrc_die(&die, vaddr);
	if (!line || dwarf_lineno(line, &nr))
		return;
	file = dwarf_linesrc(line, NULL, NULL);
	if (file)
		snprintf(buf + n, size - n, " (%s:%d)",
			 strrchr(file, '/') ? strrchr(file, '/') + 1 : file,
			 nr);
}

bool
symbols_describe(struct symbols *s, uint64_t vaddr, char *buf, size_t size)
{
	uint64_t off;
	const char *name = find_function(s, vaddr, &off);

	if (!name)
		return false;
	snprintf(buf, size, "%s+%#llx", name, (unsigned long long)off);
	append_line(s, vaddr, buf, size);
	return true;
}

bool
symbols_vaddr(struct symbols *s, uint64_t offset, uint64_t *vaddr)
{
	GElf_Phdr ph;
	size_t n = 0;

	if (elf_getphdrnum(s->elf, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		/* Mappings are of whole pages. */
		if (!gelf_getphdr(s->elf, (int)i, &ph) ||
		    ph.p_type != PT_LOAD || offset < (ph.p_offset & ~4095ull) ||
		    offset >= ph.p_offset + ph.p_filesz)
			continue;
		*vaddr = ph.p_vaddr - ph.p_offset + offset;
		return true;
	}
	return false;
}

uint64_t
symbols_eh_frame_hdr(struct symbols *s)
{
	Elf_Scn *scn = NULL;
	GElf_Phdr ph;
	GElf_Shdr sh;
	size_t n = 0, strs;
	const char *name;

	if (elf_getphdrnum(s->elf, &n) == 0)
		for (size_t i = 0; i < n; i++)
			if (gelf_getphdr(s->elf, (int)i, &ph) &&
			    ph.p_type == PT_GNU_EH_FRAME)
				return ph.p_vaddr;
	if (elf_getshdrstrndx(s->elf, &strs))
		return 0;
	while ((scn = elf_nextscn(s->elf, scn))) {
		if (!gelf_getshdr(scn, &sh))
			continue;
		name = elf_strptr(s->elf, strs, sh.sh_name);
		if (name && !strcmp(name, ".eh_frame_hdr"))
			return sh.sh_addr;
	}
	return 0;
}
