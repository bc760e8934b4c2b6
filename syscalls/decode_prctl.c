/* SPDX-License-Identifier: MIT */
/*
 * syscalls/decode_prctl.c - calls whose arguments mean what a command says:
 * prctl, arch_prctl, futex, ptrace; and personality's mixed word.
 */
#include "include/abi/futex.h"
#include "include/abi/prctl.h"
#include "include/abi/process.h"
#include "include/abi/ucontext.h"
#include "syscalls/internal_decode.h"

/*
 * Arguments 2 to 5, a letter each: u unsigned, d signed, x hexadecimal, A
 * address, s string, and groups of words g signal, c capability, D dumpable, b
 * securebits, m PR_SET_MM_*, a PR_CAP_AMBIENT_*, k seccomp mode, v
 * PR_SET_VMA_*.  A '>' before the first: it is filled in.
 */
static const struct prctl_form {
	uint32_t option;
	const char *args;
	char ret; /* one of the letters above, or 0 */
} forms[] = {
	{LX_PR_SET_PDEATHSIG, "g", 0},
	{LX_PR_GET_PDEATHSIG, ">g", 0},
	{LX_PR_GET_DUMPABLE, "", 'D'},
	{LX_PR_SET_DUMPABLE, "D", 0},
	{LX_PR_GET_KEEPCAPS, "", 0},
	{LX_PR_SET_KEEPCAPS, "u", 0},
	{LX_PR_SET_NAME, "s", 0},
	{LX_PR_GET_NAME, ">s", 0},
	{LX_PR_GET_SECCOMP, "", 0},
	{LX_PR_SET_SECCOMP, "kA", 0},
	{LX_PR_CAPBSET_READ, "c", 0},
	{LX_PR_CAPBSET_DROP, "c", 0},
	{LX_PR_GET_SECUREBITS, "", 'b'},
	{LX_PR_SET_SECUREBITS, "b", 0},
	{LX_PR_GET_TIMERSLACK, "", 0},
	{LX_PR_SET_TIMERSLACK, "u", 0},
	{LX_PR_SET_MM, "mxuu", 0},
	{LX_PR_SET_PTRACER, "d", 0},
	{LX_PR_SET_CHILD_SUBREAPER, "u", 0},
	{LX_PR_GET_CHILD_SUBREAPER, ">d", 0},
	{LX_PR_SET_NO_NEW_PRIVS, "uuuu", 0},
	{LX_PR_GET_NO_NEW_PRIVS, "uuuu", 0},
	{LX_PR_GET_TID_ADDRESS, ">A", 0},
	{LX_PR_SET_THP_DISABLE, "uuuu", 0},
	{LX_PR_GET_THP_DISABLE, "uuuu", 0},
	{LX_PR_CAP_AMBIENT, "acuu", 0},
	{LX_PR_SET_VMA, "vAus", 0},
};

static const struct prctl_form *
form_of(const struct decode *d)
{
	static const struct prctl_form unknown = {0, "xxxx", 0};

	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (forms[i].option == (uint32_t)d->arg[0])
			return &forms[i];
	return &unknown;
}

bool
dec_prctl_is_late(const struct decode *d)
{
	return form_of(d)->args[0] == '>';
}

/* The letter of argument @i (1 is the first after the option). */
static char
letter(const struct decode *d, int i)
{
	const char *args = form_of(d)->args;

	if (*args == '>')
		args++;
	return (size_t)i <= strlen(args) ? args[i - 1] : 0;
}

bool
dec_prctl_has(const struct decode *d, int i)
{
	return letter(d, i) != 0;
}

static void
put_letter(struct decode *d, char c, uint64_t v)
{
	static const struct {
		char letter;
		uint16_t group;
	} words[] = {
		{'c', ARG_CAP},	   {'b', ARG_SECUREBITS},
		{'m', ARG_PR_MM},  {'a', ARG_PR_CAP_AMBIENT},
		{'v', ARG_PR_VMA}, {'k', ARG_SECCOMP_MODE},
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (words[i].letter == c) {
			name_group(d->out, words[i].group, v);
			return;
		}
	}
	if (c == 'g')
		name_signal(d->out, (int)v);
	else if (c == 'D' && v <= 1)
		put(d, v ? "SUID_DUMP_USER" : "SUID_DUMP_DISABLE");
	else if (c == 'A')
		dec_addr(d, v);
	else if (c == 's')
		dec_string(d, v, DEC_MAX);
	else if (c == 'd')
		put(d, "%d", (int)v);
	else if (c == 'x')
		put(d, "%#lx", (unsigned long)v);
	else
		put(d, "%lu", (unsigned long)v);
}

void
dec_PRCTL_ARG2(struct decode *d, int i)
{
	char c = letter(d, i);
	uint64_t v = 0;

	if (!dec_prctl_is_late(d) || c == 's') {
		put_letter(d, c, d->arg[i]);
	} else if (dec_get(d, &v, d->arg[i], c == 'A' ? 8 : 4)) {
		put(d, "[");
		put_letter(d, c, v);
		put(d, "]");
	}
}

void
dec_PRCTL_ARG(struct decode *d, int i)
{
	put_letter(d, letter(d, i), d->arg[i]);
}

void
dec_prctl_result(struct decode *d)
{
	char c = form_of(d)->ret;

	if (c == 'b' && d->ret)
		put(d, "%#lx (", (long)d->ret);
	else if (c == 'D')
		put(d, "%ld (", (long)d->ret);
	else
		c = 0;
	if (!c) {
		put(d, "%ld", (long)d->ret);
		return;
	}
	put_letter(d, c, (uint64_t)d->ret);
	put(d, ")");
}

void
dec_ARCH_PRCTL_ARG(struct decode *d, int i)
{
	uint64_t v;

	switch (d->arg[0]) {
	case LX_ARCH_GET_FS:
	case LX_ARCH_GET_GS:
	case LX_ARCH_GET_XCOMP_SUPP:
	case LX_ARCH_GET_XCOMP_PERM:
	case LX_ARCH_SHSTK_STATUS:
		if (!d->is_error && dec_get(d, &v, d->arg[i], sizeof(v)))
			put(d, "[%#lx]", (unsigned long)v);
		else if (d->is_error)
			dec_addr(d, d->arg[i]);
		break;
	default:
		put(d, "%#lx", (unsigned long)d->arg[i]);
		break;
	}
}

/* Which of val, timeout, uaddr2, val3 an operation uses; timeout as a count
 * where it requeues. */
enum { VAL = 1, TIMEOUT = 2, COUNT = 4, UADDR2 = 8, VAL3 = 16 };

static int
futex_form(const struct decode *d)
{
	switch ((int)d->arg[1] & LX_FUTEX_CMD_MASK) {
	case LX_FUTEX_WAIT:
		return VAL | TIMEOUT;
	case LX_FUTEX_WAKE:
	case LX_FUTEX_FD:
		return VAL;
	case LX_FUTEX_REQUEUE:
		return VAL | COUNT | UADDR2;
	case LX_FUTEX_WAIT_BITSET:
		return VAL | TIMEOUT | VAL3;
	case LX_FUTEX_WAKE_BITSET:
		return VAL | VAL3;
	case LX_FUTEX_LOCK_PI:
	case LX_FUTEX_LOCK_PI2:
		return TIMEOUT;
	case LX_FUTEX_UNLOCK_PI:
	case LX_FUTEX_TRYLOCK_PI:
		return 0;
	case LX_FUTEX_WAIT_REQUEUE_PI:
		return VAL | TIMEOUT | UADDR2;
	default:
		return VAL | COUNT | UADDR2 | VAL3;
	}
}

bool
dec_futex_has(const struct decode *d, int i)
{
	static const int bit[] = {0, 0, VAL, TIMEOUT | COUNT, UADDR2, VAL3};

	return futex_form(d) & bit[i];
}

void
dec_FUTEX_VAL(struct decode *d, int i)
{
	put(d, "%u", (uint32_t)d->arg[i]);
}

void
dec_FUTEX_TIMEOUT(struct decode *d, int i)
{
	if (futex_form(d) & TIMEOUT)
		dec_timespec_at(d, d->arg[i]);
	else
		put(d, "%u", (uint32_t)d->arg[i]);
}

void
dec_FUTEX_UADDR2(struct decode *d, int i)
{
	dec_addr(d, d->arg[i]);
}

/* The word that FUTEX_WAKE_OP unpacks: op, comparison and their operands. */
static void
put_wake_op(struct decode *d, uint32_t v)
{
	if (v >> 31)
		put(d, "FUTEX_OP_OPARG_SHIFT<<28|");
	name_value(d->out, ARG_FUTEX_OP_OP, v >> 28 & 7);
	put(d, "<<28|%#x<<12|", v >> 12 & 0xfff);
	name_value(d->out, ARG_FUTEX_OP_CMP, v >> 24 & 15);
	put(d, "<<24|%#x", v & 0xfff);
}

void
dec_FUTEX_VAL3(struct decode *d, int i)
{
	uint32_t v = (uint32_t)d->arg[i];
	int op = (int)d->arg[1] & LX_FUTEX_CMD_MASK;

	if (op == LX_FUTEX_WAKE_OP)
		put_wake_op(d, v);
	else if (op == LX_FUTEX_CMP_REQUEUE || op == LX_FUTEX_CMP_REQUEUE_PI)
		put(d, "%u", v);
	else if (v == LX_FUTEX_BITSET_MATCH_ANY)
		put(d, "FUTEX_BITSET_MATCH_ANY");
	else
		put(d, "%#x", v);
}

void
dec_FUTEX(struct decode *d, int i)
{
	uint64_t flags =
		d->arg[i] & (LX_FUTEX_PRIVATE_FLAG | LX_FUTEX_CLOCK_REALTIME);
	uint64_t op = d->arg[i] & ~flags;

	name_value(d->out, ARG_FUTEX_OP, op);
	if (flags & LX_FUTEX_PRIVATE_FLAG)
		put(d, name_find(ARG_FUTEX_OP, op) ? "_PRIVATE"
						   : "|FUTEX_PRIVATE_FLAG");
	if (flags & LX_FUTEX_CLOCK_REALTIME)
		put(d, "|FUTEX_CLOCK_REALTIME");
}

void
dec_PTRACE_ADDR(struct decode *d, int i)
{
	dec_addr(d, d->arg[i]);
}

void
dec_PTRACE_DATA(struct decode *d, int i)
{
	dec_addr(d, d->arg[i]);
}

void
dec_personality_value(struct decode *d, uint64_t v)
{
	uint64_t flags = (uint32_t)v & ~(uint64_t)LX_PER_MASK;

	if ((uint32_t)v == 0xffffffffu) { /* only asks */
		put(d, "0xffffffff");
		return;
	}
	name_value(d->out, ARG_PERSONALITY_TYPE, v & LX_PER_MASK);
	name_flags_only(d->out, ARG_PERSONALITY, &flags, false);
	if (flags)
		put(d, "|%#lx", (unsigned long)flags);
}

void
dec_PERSONA(struct decode *d, int i)
{
	dec_personality_value(d, d->arg[i]);
}

/* The frame lies where the handler's return left the stack pointer: behind
 * the address it returned to. */
void
dec_sigreturn(struct decode *d)
{
	uint64_t mask;

	if (!dec_get(d, &mask, d->sp + offsetof(struct lx_ucontext, uc_sigmask),
		     sizeof(mask)))
		return;
	put(d, "{mask=");
	name_sigset(d->out, mask);
	put(d, "}");
}
