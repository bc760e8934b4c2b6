/* SPDX-License-Identifier: MIT */
/*
 * kernel/patch.c - which system calls can become jumps, by their bytes; and
 * what traps in patched code mean.
 *
 * That the `syscall` at hand was executed is known; what lies around it is
 * read backwards and so might be something else.  What could be mistaken for
 * a mov of the very number in eax is left alone.
 */
#include "kernel/patch.h"

#include "base/str.h"
#include "kernel/internal.h"
#include "mm/patch.h"
#include "mm/usercopy.h"

#define BACK	    13u /* bytes looked at before a call's return address .. */
#define AHEAD	    16u /* .. and after it */
#define MOV_EAX	    0xb8
#define RET	    0xc3
#define TRAP_UD	    6
#define TRAP_DEBUG  1
#define SYSCALL_LEN 2

struct site {
	uint64_t ret;
	uint8_t b[BACK + AHEAD];
	uint32_t back, ahead; /* how many of each there are */
	uint32_t nr;
};

/* The byte @off from the return address. */
static uint8_t
byte(const struct site *s, int off)
{
	return s->b[(int)BACK + off];
}

static bool
read_site(struct task *t, struct site *s)
{
	uint64_t in_page = s->ret % PAGE_SIZE;

	s->back = MIN(in_page, BACK);
	s->ahead = MIN(PAGE_SIZE - in_page, AHEAD);
	return s->back >= SYSCALL_LEN &&
	       !copy_in(t->mm, s->b + BACK - s->back, uaddr(s->ret - s->back),
			s->back + s->ahead) &&
	       byte(s, -2) == 0x0f && byte(s, -1) == 0x05;
}

/* --- the mov before it --- */

/* Does @op, with a one-byte displacement before its immediate, end in five
 * bytes that look like the mov? */
static bool
has_disp_imm(uint8_t op)
{
	return op == 0xc7 || op == 0x81 || op == 0x69 || op == 0xf7;
}

static bool
is_disp8(uint8_t modrm, bool has_sib)
{
	return modrm >> 6 == 1 && ((modrm & 7) == 4) == has_sib;
}

/* The byte seven before the return address is 0xb8: is that an opcode? */
static bool
is_mov_eax(const struct site *s)
{
	uint8_t before = byte(s, -8);

	if ((before & 0xf1) == 0x41 || before == 0x66 || before == 0x8d)
		return false; /* of r8d; of ax; lea */
	if (is_disp8(before, false) && has_disp_imm(byte(s, -9)))
		return false;
	return !(is_disp8(byte(s, -9), true) && has_disp_imm(byte(s, -10)));
}

static bool
has_number(const struct site *s, int off)
{
	uint32_t n;

	memcpy(&n, s->b + (int)BACK + off, sizeof(n));
	return n == s->nr;
}

static bool
plan_before(const struct site *s, struct patch_plan *plan)
{
	if (s->back < BACK || !has_number(s, -6))
		return false;
	if (byte(s, -9) == 0x48 && byte(s, -8) == 0xc7 && byte(s, -7) == 0xc0)
		plan->len = 7;
	else if (byte(s, -7) == MOV_EAX && is_mov_eax(s))
		plan->len = 5;
	else
		return false;
	plan->form = PATCH_BEFORE;
	plan->at = s->ret - SYSCALL_LEN - plan->len;
	memcpy(plan->insn, s->b + BACK - SYSCALL_LEN - plan->len, plan->len);
	return true;
}

/* --- the instruction after it --- */

/* Length of a ModRM byte and what belongs to it; 0: relative to rip. */
static uint32_t
modrm_len(const uint8_t *b)
{
	uint32_t mod = b[0] >> 6, rm = b[0] & 7, n = 1;

	if (mod == 3)
		return n;
	if (mod == 0 && rm == 5)
		return 0;
	if (rm == 4) {
		n++;
		if (mod == 0 && (b[1] & 7) == 5)
			n += 4;
	}
	return n + (mod == 1 ? 1 : mod == 2 ? 4 : 0);
}

/* Bytes of immediate that follow opcode @op and its ModRM byte; -1: not an
 * instruction known to run anywhere. */
static int
immediate_len(uint8_t op)
{
	switch (op) {
	case 0x01: /* add */
	case 0x09: /* or */
	case 0x21: /* and */
	case 0x29: /* sub */
	case 0x31: /* xor */
	case 0x33:
	case 0x39: /* cmp */
	case 0x3b:
	case 0x63: /* movslq */
	case 0x85: /* test */
	case 0x89: /* mov */
	case 0x8b:
		return 0;
	case 0x6b: /* imul */
	case 0x80: /* group 1: cmp.. */
	case 0x83:
		return 1;
	case 0x69:
	case 0x81:
	case 0xc7: /* mov */
		return 4;
	}
	return -1;
}

/* The length of the instruction at @b if it may run elsewhere; else 0. */
static uint32_t
movable_len(const uint8_t *b)
{
	uint32_t n = 0, m;
	bool is_wide;
	int imm;

	if (b[n] == 0x64) /* %fs: */
		n++;
	is_wide = (b[n] & 0xf8) == 0x48;
	if ((b[n] & 0xf0) == 0x40)
		n++;
	if (b[n] == 0x3d) /* cmp $imm, %eax */
		return n + 5;
	if ((b[n] & 0xf8) == 0xb8) /* mov $imm, register */
		return n + (is_wide ? 9 : 5);
	imm = immediate_len(b[n]);
	if (imm < 0 || (b[n] == 0xc7 && (b[n + 1] & 0x38)))
		return 0;
	m = modrm_len(b + n + 1);
	return m ? n + 1 + m + (uint32_t)imm : 0;
}

/* Length of the no-operation at @b as assemblers fill gaps with; 0: none. */
static uint32_t
nop_len(const uint8_t *b, uint32_t room)
{
	uint32_t n = 0;

	if (b[0] == 0xcc)
		return 1;
	while (n < room && (b[n] == 0x66 || b[n] == 0x2e))
		n++;
	if (n < room && b[n] == 0x90)
		return n + 1;
	if (n + 2 >= room || b[n] != 0x0f || b[n + 1] != 0x1f)
		return 0;
	n += 2 + modrm_len(b + n + 2);
	return n <= room ? n : 0;
}

/* A return, and then nothing up to where the next function is aligned: the
 * first of those bytes may be taken, too. */
static uint32_t
return_len(const struct site *s)
{
	uint32_t room = (16 - s->ret % 16) % 16, n = 1;

	if (byte(s, 0) != RET || room < PATCH_LEN - SYSCALL_LEN)
		return 0;
	while (n < room) {
		uint32_t m = nop_len(s->b + BACK + n, room - n);

		if (!m)
			return 0;
		n += m;
	}
	return PATCH_LEN - SYSCALL_LEN;
}

static bool
plan_after(const struct site *s, struct patch_plan *plan)
{
	uint32_t len = movable_len(s->b + BACK);

	if (!len)
		len = return_len(s);
	if (len < PATCH_LEN - SYSCALL_LEN || len > s->ahead)
		return false;
	plan->form = PATCH_AFTER;
	plan->at = s->ret - SYSCALL_LEN;
	plan->len = (uint8_t)len;
	memcpy(plan->insn, s->b + BACK, len);
	return true;
}

static void
patch_site(struct task *t, bool is_own, bool is_shelved)
{
	struct site s = {.ret = t->run.regs.rip,
			 .nr = (uint32_t)t->run.regs.orig_rax};
	struct patch_plan plan = {.ret = s.ret};

	if (t->ptrace || t->run.regs.gs_base || !read_site(t, &s))
		return;
	if (!plan_before(&s, &plan) && !plan_after(&s, &plan))
		return;
	if (is_shelved)
		shelf_add(t->mm, &plan);
	if (is_own)
		(void)!patch_apply(t->mm, &plan);
}

void
patch_syscall(struct task *t, const struct stop *stop)
{
	uint64_t rip = t->run.regs.rip;
	bool is_own, is_shelved;

	if (stop->code == STOP_BY_JUMP)
		return;
	is_own = patch_wants(t->mm, rip);
	is_shelved = shelf_wants(t->mm, rip);
	if (is_own || is_shelved)
		patch_site(t, is_own, is_shelved);
}

/* --- traps --- */

static void
go_on_at(struct task *t, uint64_t rip)
{
	t->run.regs.rip = rip;
	t->run.flags |= RUN_SET_REGS;
}

/* It shut protection key 0 for itself, which code that reads itself needs open:
 * a trampoline does, and a `syscall` does not. */
static bool
is_key_shut(const struct stop *stop)
{
	return stop->kind == STOP_EXCEPTION && stop->signo == LX_SIGSEGV &&
	       stop->code == LX_SEGV_PKUERR;
}

bool
patch_trap(struct task *t, const struct stop *stop)
{
	uint64_t rip = t->run.regs.rip, to;
	bool is_start;

	if (!t->mm)
		return false;
	if (stop->kind == STOP_EXCEPTION && stop->trapno == TRAP_UD &&
	    patch_inside(t->mm, rip, &to)) {
		go_on_at(t, to);
		return true;
	}
	if (!patch_native(t->mm, rip, &to, &is_start))
		return false;
	go_on_at(t, to);
	if (is_key_shut(stop)) {
		patch_ban(t->mm);
		return true;
	}
	if (stop->kind != STOP_EXCEPTION || stop->trapno != TRAP_DEBUG)
		return false;
	/* It steps through itself: by its own instructions from now on.  The
	 * jump it took stands for one that it has not done yet. */
	patch_ban(t->mm);
	return is_start;
}
