/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/unwind.c - libunwind's remote interface, with accessors that ask
 * struct unwind_source.  Modules without tables are walked by frame pointer,
 * as libunwind does.
 */
#include "arch/um/host/unwind.h"

#include <libunwind-x86_64.h>
#include <string.h>

#define DEPTH_MAX 64

/* Exported by libunwind, declared only in its own headers; perf(1) uses it the
 * same way. */
int UNW_OBJ(dwarf_search_unwind_table)(unw_addr_space_t as, unw_word_t ip,
				       unw_dyn_info_t *di, unw_proc_info_t *pi,
				       int need_unwind_info, void *arg);

bool
unwind_read_bytes(struct unwind_source *s, uint64_t addr, void *buf, uint64_t n)
{
	for (uint64_t i = 0; i < n; i += 8) {
		uint64_t word;

		if (!s->read(s, addr + i, &word))
			return false;
		memcpy((char *)buf + i, &word, n - i < 8 ? n - i : 8);
	}
	return true;
}

/* The start of .eh_frame_hdr: version, encodings, .eh_frame's address, count,
 * then the table.  Only the encodings that linkers use. */
static bool
find_table(struct unwind_source *s, uint64_t hdr, unw_dyn_info_t *di)
{
	struct {
		uint8_t version, ptr_enc, count_enc, table_enc;
		int32_t ptr;
		uint32_t count;
	} h;

	if (!unwind_read_bytes(s, hdr, &h, sizeof h) || h.version != 1 ||
	    h.ptr_enc != 0x1b || h.count_enc != 0x03 || h.table_enc != 0x3b)
		return false;
	di->format = UNW_INFO_FORMAT_REMOTE_TABLE;
	di->u.rti.segbase = hdr;
	di->u.rti.table_data = hdr + sizeof h;
	di->u.rti.table_len = h.count; /* words: two ints an entry */
	return true;
}

static int
find_proc_info(unw_addr_space_t as, unw_word_t ip, unw_proc_info_t *pi,
	       int need_unwind_info, void *arg)
{
	struct unwind_source *s = arg;
	struct unwind_module m;
	unw_dyn_info_t di = {0};

	if (!s->module(s, ip, &m) || !m.eh_frame_hdr)
		return -UNW_ENOINFO;
	di.start_ip = m.start;
	di.end_ip = m.end;
	if (!find_table(s, m.eh_frame_hdr, &di))
		return -UNW_ENOINFO;
	return UNW_OBJ(dwarf_search_unwind_table)(as, ip, &di, pi,
						  need_unwind_info, arg);
}

static void
put_unwind_info(unw_addr_space_t as, unw_proc_info_t *pi, void *arg)
{
}

static int
get_dyn_info_list_addr(unw_addr_space_t as, unw_word_t *addr, void *arg)
{
	return -UNW_ENOINFO;
}

static int
access_mem(unw_addr_space_t as, unw_word_t addr, unw_word_t *val, int is_write,
	   void *arg)
{
	struct unwind_source *s = arg;

	if (is_write || !s->read(s, addr, val))
		return -UNW_EINVAL;
	return 0;
}

static int
access_reg(unw_addr_space_t as, unw_regnum_t reg, unw_word_t *val, int is_write,
	   void *arg)
{
	const struct um_regs *r = &((struct unwind_source *)arg)->regs;
	const uint64_t regs[] = {
		[UNW_X86_64_RAX] = r->rax, [UNW_X86_64_RDX] = r->rdx,
		[UNW_X86_64_RCX] = r->rcx, [UNW_X86_64_RBX] = r->rbx,
		[UNW_X86_64_RSI] = r->rsi, [UNW_X86_64_RDI] = r->rdi,
		[UNW_X86_64_RBP] = r->rbp, [UNW_X86_64_RSP] = r->rsp,
		[UNW_X86_64_R8] = r->r8,   [UNW_X86_64_R9] = r->r9,
		[UNW_X86_64_R10] = r->r10, [UNW_X86_64_R11] = r->r11,
		[UNW_X86_64_R12] = r->r12, [UNW_X86_64_R13] = r->r13,
		[UNW_X86_64_R14] = r->r14, [UNW_X86_64_R15] = r->r15,
		[UNW_X86_64_RIP] = r->rip,
	};

	if (is_write || reg < 0 || reg > UNW_X86_64_RIP)
		return -UNW_EBADREG;
	*val = regs[reg];
	return 0;
}

static int
access_fpreg(unw_addr_space_t as, unw_regnum_t reg, unw_fpreg_t *val,
	     int is_write, void *arg)
{
	return -UNW_EBADREG;
}

static int
resume(unw_addr_space_t as, unw_cursor_t *c, void *arg)
{
	return -UNW_EINVAL;
}

static int
get_proc_name(unw_addr_space_t as, unw_word_t addr, char *buf, size_t len,
	      unw_word_t *off, void *arg)
{
	return -UNW_ENOINFO;
}

void
unwind(struct unwind_source *s)
{
	unw_accessors_t acc = {
		find_proc_info, put_unwind_info, get_dyn_info_list_addr,
		access_mem,	access_reg,	 access_fpreg,
		resume,		get_proc_name,
	};
	unw_addr_space_t as = unw_create_addr_space(&acc, 0);
	unw_word_t ip, sp, last = 0;
	unw_cursor_t c;

	if (!as)
		return;
	if (unw_init_remote(&c, as, s) == 0) {
		for (unsigned depth = 0; depth < DEPTH_MAX; depth++) {
			if (unw_get_reg(&c, UNW_REG_IP, &ip) || !ip ||
			    unw_get_reg(&c, UNW_REG_SP, &sp))
				break;
			/* Return addresses point behind their call. */
			if (depth && !unw_is_signal_frame(&c))
				ip--;
			if (!s->frame(s, depth, ip) || (depth && sp <= last) ||
			    unw_step(&c) <= 0)
				break;
			last = sp;
		}
	}
	unw_destroy_addr_space(as);
}
