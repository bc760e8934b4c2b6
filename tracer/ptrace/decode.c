/* SPDX-License-Identifier: MIT */
/*
 * tracer/ptrace/decode.c - does an instruction write memory?  Enough of x86-64
 * for what compilers and string functions use; see stop.c for what happens
 * when it does not know.
 */
#include "tracer/ptrace/internal.h"

#include <string.h>

struct insn {
	const uint8_t *p, *end;
	int map; /* 1: one-byte opcodes, 2: 0f, 3: 0f38, 4: 0f3a */
	uint8_t op, modrm;
	uint8_t rep; /* 0xf2, 0xf3 or 0: part of many opcodes */
	bool is_vex;
};

static uint8_t
next(struct insn *i)
{
	return i->p < i->end ? *i->p++ : 0;
}

static bool
is_prefix(uint8_t b)
{
	return b == 0x66 || b == 0xf2 || b == 0xf3 || b == 0xf0 || b == 0x2e ||
	       b == 0x36 || b == 0x3e || b == 0x26 || b == 0x64 || b == 0x65 ||
	       b == 0x67;
}

/* The byte of a VEX or EVEX prefix that says which old prefix is meant. */
static void
take_pp(struct insn *i)
{
	static const uint8_t rep[] = {0, 0, 0xf3, 0xf2};

	i->rep = rep[next(i) & 3];
}

static void
decode(struct insn *i)
{
	uint8_t b = next(i);

	while (is_prefix(b)) {
		if (b == 0xf2 || b == 0xf3)
			i->rep = b;
		b = next(i);
	}
	if ((b & 0xf0) == 0x40)
		b = next(i);
	i->map = 1;
	if (b == 0xc5) { /* VEX, two bytes */
		i->is_vex = true;
		take_pp(i);
		i->map = 2;
		b = next(i);
	} else if (b == 0xc4 || b == 0x62) { /* VEX, three; EVEX, four */
		i->is_vex = true;
		i->map = 1 + (next(i) & (b == 0xc4 ? 0x1f : 0x07));
		take_pp(i);
		if (b == 0x62)
			next(i);
		b = next(i);
	} else if (b == 0x0f) {
		i->map = 2;
		b = next(i);
		if (b == 0x38 || b == 0x3a) {
			i->map = b == 0x38 ? 3 : 4;
			b = next(i);
		}
	}
	i->op = b;
	i->modrm = next(i);
}

static bool
has_memory(const struct insn *i)
{
	return i->modrm < 0xc0;
}

static unsigned
reg_field(const struct insn *i)
{
	return i->modrm >> 3 & 7;
}

static bool
near_stack(const struct um_regs *r, uint64_t addr)
{
	return r->rsp - addr <= 16 || addr - (r->rsp - 16) < 16;
}

/* One-byte opcodes that have a modrm byte. */
static bool
writes_rm(const struct insn *i)
{
	unsigned reg = reg_field(i);

	switch (i->op) {
	case 0x80 ... 0x83: /* group 1; /7 is cmp */
		return reg != 7;
	case 0x86:
	case 0x87:
	case 0x88:
	case 0x89:
	case 0x8c:
	case 0x8f:
	case 0xc0:
	case 0xc1:
	case 0xc6:
	case 0xc7:
	case 0xd0 ... 0xd3:
		return true;
	case 0xf6:
	case 0xf7: /* not, neg */
		return reg == 2 || reg == 3;
	case 0xfe:
	case 0xff: /* inc, dec */
		return reg < 2;
	case 0xd9: /* fst, fstp, fnstenv, fnstcw */
		return reg == 2 || reg == 3 || reg >= 6;
	case 0xdb:
		return (reg >= 1 && reg <= 3) || reg == 7;
	case 0xdd:
		return (reg >= 1 && reg <= 3) || reg >= 6;
	case 0xdf:
		return (reg >= 1 && reg <= 3) || reg >= 6;
	}
	/* add or adc sbb and sub xor: r/m first */
	return i->op < 0x38 && (i->op & 7) < 2;
}

static bool
one_byte(const struct insn *i, const struct um_regs *r, uint64_t addr)
{
	switch (i->op) {
	case 0x50 ... 0x57:
	case 0x68:
	case 0x6a:
	case 0x9c:
	case 0xc8:
	case 0xe8: /* push, pushf, enter, call */
		return near_stack(r, addr);
	case 0xff:
		if (reg_field(i) == 2 || reg_field(i) == 6)
			return near_stack(r, addr) && !has_memory(i);
		break;
	case 0xa4:
	case 0xa5: /* movs: reads rsi, writes rdi */
		return addr - r->rdi < 8;
	case 0xaa:
	case 0xab:
	case 0xa2:
	case 0xa3: /* stos, mov to moffs */
		return true;
	}
	return has_memory(i) && writes_rm(i);
}

static bool
two_byte(const struct insn *i)
{
	if (!has_memory(i))
		return false;
	switch (i->op) {
	case 0x11:
	case 0x13:
	case 0x17:
	case 0x29:
	case 0x2b:
	case 0x7f:
	case 0xd6:
	case 0xe7:
	case 0xc3: /* stores */
		return !(i->op == 0xc3 && i->is_vex);
	case 0x7e: /* movd and movq to memory; with f3 from there */
		return i->rep != 0xf3;
	case 0x90 ... 0x9f: /* setcc; kmov with VEX: 91 stores */
		return !i->is_vex || i->op == 0x91;
	case 0xa4:
	case 0xa5:
	case 0xac:
	case 0xad: /* shld, shrd */
	case 0xab:
	case 0xb3:
	case 0xbb: /* bts, btr, btc */
	case 0xb0:
	case 0xb1:
	case 0xc0:
	case 0xc1: /* cmpxchg, xadd */
		return true;
	case 0xba:
		return reg_field(i) >= 5;
	case 0xc7: /* cmpxchg8b/16b, xsavec, xsaves */
		return reg_field(i) == 1 || reg_field(i) == 4 ||
		       reg_field(i) == 5;
	case 0xae: /* fxsave, stmxcsr, xsave, xsaveopt */
		return reg_field(i) == 0 || reg_field(i) == 3 ||
		       reg_field(i) == 4 || reg_field(i) == 6;
	}
	return false;
}

bool
insn_writes(const uint8_t *code, size_t len, const struct um_regs *r,
	    uint64_t addr)
{
	struct insn i = {.p = code, .end = code + len};

	decode(&i);
	switch (i.map) {
	case 1:
		return one_byte(&i, r, addr);
	case 2:
		return two_byte(&i);
	case 3: /* movbe, not crc32; maskmov, compress and scatter stores;
		   movdiri */
		return has_memory(&i) &&
		       ((i.op == 0xf1 && i.rep != 0xf2) || i.op == 0xf9 ||
			(i.is_vex &&
			 (i.op == 0x2e || i.op == 0x2f || i.op == 0x8e ||
			  i.op == 0x8a || i.op == 0x8b || i.op == 0x63)));
	case 4: /* pextr, extractps, vextract */
		return has_memory(&i) &&
		       ((i.op >= 0x14 && i.op <= 0x17) || i.op == 0x19 ||
			i.op == 0x39 || i.op == 0x1b || i.op == 0x3b ||
			i.op == 0x1d);
	}
	return false;
}
