/* SPDX-License-Identifier: MIT */
/*
 * kernel/cbpf.c - the filter machine of seccomp(2): an accumulator, an index
 * register, sixteen words of memory; jumps lead forward only, so that every
 * program ends.
 */
#include "kernel/cbpf.h"

#include "base/slab.h"
#include "base/str.h"
#include "include/errno.h"

#define MEM_WORDS 16

/* An instruction's code: class, then size and mode, or operation and source. */
enum {
	CLASS_MASK = 0x07,
	LD = 0x00,
	LDX = 0x01,
	ST = 0x02,
	STX = 0x03,
	ALU = 0x04,
	JMP = 0x05,
	RET = 0x06,
	MISC = 0x07,
	IMM = 0x00,
	ABS = 0x20,
	MEM = 0x60,
	LEN = 0x80,
	OP_MASK = 0xf0,
	ADD = 0x00,
	SUB = 0x10,
	MUL = 0x20,
	DIV = 0x30,
	OR = 0x40,
	AND = 0x50,
	LSH = 0x60,
	RSH = 0x70,
	NEG = 0x80,
	XOR = 0xa0,
	JA = 0x00,
	JEQ = 0x10,
	JGT = 0x20,
	JGE = 0x30,
	JSET = 0x40,
	X = 0x08, /* the source; else k */
	RET_A = 0x10,
	TAX = 0x00,
	TXA = 0x80,
};

/* --- checking --- */

static bool
is_alu(const struct lx_sock_filter *f)
{
	uint16_t op = f->code & OP_MASK;

	if (op == NEG)
		return f->code == (ALU | NEG);
	if (f->code & ~(CLASS_MASK | OP_MASK | X) || (op > RSH && op != XOR))
		return false;
	if (f->code & X)
		return true;
	if (op == DIV)
		return f->k != 0;
	return (op != LSH && op != RSH) || f->k < 32;
}

static bool
is_jump(const struct lx_sock_filter *f, uint32_t left)
{
	if (f->code == (JMP | JA))
		return f->k < left;
	if (f->code & ~(CLASS_MASK | OP_MASK | X) ||
	    (f->code & OP_MASK) > JSET || (f->code & OP_MASK) == JA)
		return false;
	return f->jt < left && f->jf < left;
}

/* @left: instructions behind it. */
static bool
is_valid(const struct lx_sock_filter *f, uint32_t left)
{
	switch (f->code) {
	case LD | ABS:
		return f->k < sizeof(struct lx_seccomp_data) && f->k % 4 == 0;
	case LD | LEN:
	case LDX | LEN:
	case LD | IMM:
	case LDX | IMM:
	case MISC | TAX:
	case MISC | TXA:
	case RET:
	case RET | RET_A:
		return true;
	case LD | MEM:
	case LDX | MEM:
	case ST:
	case STX:
		return f->k < MEM_WORDS;
	}
	if ((f->code & CLASS_MASK) == ALU)
		return is_alu(f);
	return (f->code & CLASS_MASK) == JMP && is_jump(f, left);
}

/* Memory must be stored on every way that leads to where it is loaded:
 * @known[i] are the words that are when i is reached. */
static bool
loads_known(const struct lx_sock_filter *f, uint32_t len, uint16_t *known)
{
	uint16_t now = 0;

	for (uint32_t i = 0; i < len; i++, f++) {
		now &= known[i];
		switch (f->code) {
		case ST:
		case STX:
			now |= (uint16_t)(1u << f->k);
			break;
		case LD | MEM:
		case LDX | MEM:
			if (!(now >> f->k & 1))
				return false;
			break;
		default:
			if ((f->code & CLASS_MASK) != JMP)
				break;
			if (f->code == (JMP | JA)) {
				known[i + 1 + f->k] &= now;
			} else {
				known[i + 1 + f->jt] &= now;
				known[i + 1 + f->jf] &= now;
			}
			now = 0xffff;
		}
	}
	return true;
}

int
cbpf_check(const struct lx_sock_filter *f, uint32_t len)
{
	uint16_t *known;
	bool ok;

	for (uint32_t i = 0; i < len; i++)
		if (!is_valid(&f[i], len - i - 1))
			return -EINVAL;
	if (!len || (f[len - 1].code & CLASS_MASK) != RET)
		return -EINVAL;
	known = kmalloc(len * sizeof(*known));
	if (!known)
		return -ENOMEM;
	memset(known, 0xff, len * sizeof(*known));
	ok = loads_known(f, len, known);
	kfree(known);
	return ok ? 0 : -EINVAL;
}

/* --- running --- */

static uint32_t
alu(uint16_t op, uint32_t a, uint32_t b)
{
	switch (op) {
	case ADD:
		return a + b;
	case SUB:
		return a - b;
	case MUL:
		return a * b;
	case DIV:
		return a / b;
	case OR:
		return a | b;
	case AND:
		return a & b;
	case LSH:
		return a << (b & 31);
	case RSH:
		return a >> (b & 31);
	case XOR:
		return a ^ b;
	default:
		return -a;
	}
}

static bool
test(uint16_t op, uint32_t a, uint32_t b)
{
	switch (op) {
	case JEQ:
		return a == b;
	case JGT:
		return a > b;
	case JGE:
		return a >= b;
	default:
		return a & b;
	}
}

static uint32_t
load(const struct lx_sock_filter *f, const struct lx_seccomp_data *data,
     const uint32_t *mem)
{
	uint32_t word;

	switch (f->code & ~CLASS_MASK) {
	case ABS:
		memcpy(&word, (const char *)data + f->k, sizeof(word));
		return word;
	case MEM:
		return mem[f->k];
	case LEN:
		return sizeof(*data);
	default:
		return f->k;
	}
}

uint32_t
cbpf_run(const struct lx_sock_filter *f, const struct lx_seccomp_data *data)
{
	uint32_t mem[MEM_WORDS], a = 0, x = 0;

	for (;; f++) {
		uint32_t b = f->code & X ? x : f->k;
		uint16_t op = f->code & OP_MASK;

		switch (f->code & CLASS_MASK) {
		case LD:
			a = load(f, data, mem);
			break;
		case LDX:
			x = load(f, data, mem);
			break;
		case ST:
			mem[f->k] = a;
			break;
		case STX:
			mem[f->k] = x;
			break;
		case ALU:
			if (op == DIV && !b)
				return 0;
			a = alu(op, a, b);
			break;
		case JMP:
			if (op == JA)
				f += f->k;
			else
				f += test(op, a, b) ? f->jt : f->jf;
			break;
		case RET:
			return f->code & RET_A ? a : f->k;
		default:
			if (f->code & TXA)
				a = x;
			else
				x = a;
		}
	}
}
