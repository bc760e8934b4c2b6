/* SPDX-License-Identifier: MIT */
/*
 * syscalls/decode.c - the order of things: which arguments are printed when,
 * by which decoder, and the result.  The decoders themselves are in
 * decode_*.c, one file a family; what they share is in decode_basic.c.
 *
 * As strace does, a call is printed up to its first argument that the call
 * fills in; the rest follows when it returns.
 */
#include "include/abi/fcntl.h"
#include "include/abi/mman.h"
#include "include/abi/prctl.h"
#include "include/abi/process.h"
#include "include/abi/stat.h"
#include "syscalls/internal_decode.h"

enum when { IN, OUT, LATE };

static const struct {
	dec_fn *fn;
	uint8_t when;
} kinds[ARG_KINDS] = {
#define KIND(k, type) [ARG_##k] = {dec_##k, IN},
#define PTR(k, when)  [ARG_##k] = {dec_##k, when},
#include "syscalls/kinds.def"
#undef KIND
#undef PTR
};

bool
decode_kinds_ok(void)
{
	for (int k = ARG_GROUPS + 1; k < ARG_KINDS; k++)
		if (!kinds[k].fn)
			return false;
	return true;
}

static enum sysarg_kind
kind_of(const struct decode *d, int i)
{
	return d->desc->arg[i].kind;
}

/* Is argument @i there at all?  Some count only beside others. */
static bool
is_shown(const struct decode *d, int i)
{
	switch (kind_of(d, i)) {
	case ARG_INT_HIDDEN: /* membarrier's CPU */
		return d->arg[i - 1] & LX_MEMBARRIER_CMD_FLAG_CPU;
	case ARG_ULONG_HIDDEN:
	case ARG_CLONE_PTR: /* see dec_clone_late() */
	case ARG_CLONE_TLS:
		return false;
	case ARG_OPEN_MODE:
		return d->arg[i - 1] & (LX_O_CREAT | LX___O_TMPFILE);
	case ARG_DEV:
		return LX_S_ISCHR(d->arg[i - 1]) || LX_S_ISBLK(d->arg[i - 1]);
	case ARG_MREMAP_ADDR:
		return d->arg[i - 1] & LX_MREMAP_FIXED;
	case ARG_FCNTL_ARG:
		return dec_fcntl_has_arg(d);
	case ARG_IOCTL_ARG:
		return dec_ioctl_has_arg(d);
	case ARG_PRCTL_ARG2:
	case ARG_PRCTL_ARG:
		return dec_prctl_has(d, i);
	case ARG_ARCH_PRCTL_ARG:
		return d->arg[0] != LX_ARCH_GET_CPUID;
	case ARG_FUTEX_VAL:
	case ARG_FUTEX_TIMEOUT:
	case ARG_FUTEX_UADDR2:
	case ARG_FUTEX_VAL3:
		return dec_futex_has(d, i);
	default:
		return true;
	}
}

static bool
is_clone3(const struct decode *d)
{
	return kind_of(d, 0) == ARG_CLONE_ARGS;
}

/* Is it known only after the call? */
static enum when
when_of(const struct decode *d, int i)
{
	enum sysarg_kind k = kind_of(d, i);

	switch (k) {
	case ARG_CLONE:
		return IN;
	case ARG_FCNTL_ARG:
		return dec_fcntl_is_late(d) ? OUT : IN;
	case ARG_IOCTL_ARG:
		return dec_ioctl_is_late(d) ? OUT : IN;
	case ARG_PRCTL_ARG2:
		return dec_prctl_is_late(d) ? OUT : IN;
	case ARG_ARCH_PRCTL_ARG:
		return LATE;
	case ARG_SIZE: /* clone3: what it stored comes before its size */
		return is_clone3(d) ? LATE : IN;
	default:
		return k < ARG_GROUPS ? IN : kinds[k].when;
	}
}

static void
print_arg(struct decode *d, int i)
{
	enum sysarg_kind k = kind_of(d, i);

	if (d->any)
		put(d, ", ");
	d->any = true;
	if (k < ARG_GROUPS)
		name_group(d->out, k, d->arg[i]);
	else if (d->is_error && when_of(d, i) == OUT)
		dec_addr(d, d->arg[i]);
	else
		kinds[k].fn(d, i);
}

/* What a LATE argument pointed at before the call overwrote it. */
static void
save_args(struct decode *d)
{
	for (int i = 0; i < d->desc->nargs; i++) {
		uint32_t word = 0;

		switch (kind_of(d, i)) {
		case ARG_SOCKLEN_INOUT:
			if (dec_peek(d, &word, d->arg[i], sizeof(word)))
				d->saved[i] = word;
			break;
		case ARG_MSGHDR_OUT: /* msg_namelen */
			if (dec_peek(d, &word, d->arg[i] + 8, sizeof(word)))
				d->saved[i] = word;
			break;
		case ARG_OFFSET_INOUT:
			if (!dec_peek(d, &d->saved[i], d->arg[i], 8))
				d->saved[i] = 0;
			break;
		default:
			break;
		}
	}
}

void
decode_enter(struct decode *d)
{
	d->is_exit = d->is_error = d->any = false;
	d->done = 0;
	d->ret = 0;
	if (!d->desc) {
		put(d, "syscall_%#lx(%#lx, %#lx, %#lx, %#lx, %#lx, %#lx",
		    (unsigned long)d->nr, (unsigned long)d->arg[0],
		    (unsigned long)d->arg[1], (unsigned long)d->arg[2],
		    (unsigned long)d->arg[3], (unsigned long)d->arg[4],
		    (unsigned long)d->arg[5]);
		return;
	}
	put(d, "%s(", d->desc->name);
	if (d->desc->support == SUP_ABSENT) {
		for (; d->done < d->desc->nargs; d->done++)
			put(d, "%s%#lx", d->done ? ", " : "",
			    (unsigned long)d->arg[d->done]);
		return;
	}
	if (d->desc->ret == RET_SIGRETURN)
		dec_sigreturn(d);
	save_args(d);
	for (; d->done < d->desc->nargs; d->done++) {
		if (!is_shown(d, d->done))
			continue;
		if (when_of(d, d->done) != IN) {
			if (is_clone3(d))
				return;
			if (d->any) /* as strace: its comma comes early */
				put(d, ", ");
			d->any = false;
			return;
		}
		print_arg(d, d->done);
	}
}

void
decode_exit(struct decode *d, int64_t ret)
{
	d->ret = ret;
	d->is_exit = true;
	d->is_error = ret < 0 && ret >= -4095;
	if (d->desc && d->desc->support != SUP_ABSENT) {
		if (d->desc->nargs && is_clone3(d) && !d->is_error)
			dec_clone3_late(d);
		for (; d->done < d->desc->nargs; d->done++)
			if (is_shown(d, d->done))
				print_arg(d, d->done);
		if (d->desc->nargs && kind_of(d, 0) == ARG_CLONE)
			dec_clone_late(d);
	}
	put(d, ")");
}

static const char *
restart_text(int64_t err)
{
	switch (err) {
	case -ERESTARTSYS:
		return "ERESTARTSYS (To be restarted if SA_RESTART is set)";
	case -ERESTARTNOINTR:
		return "ERESTARTNOINTR (To be restarted)";
	case -ERESTARTNOHAND:
		return "ERESTARTNOHAND (To be restarted if no handler)";
	case -ERESTART_RESTARTBLOCK:
		return "ERESTART_RESTARTBLOCK (Interrupted by signal)";
	default:
		return NULL;
	}
}

static void
put_value(struct decode *d)
{
	long ret = (long)d->ret;

	switch (d->desc ? d->desc->ret : RET_INT) {
	case RET_ADDR:
		put(d, "%#lx", (unsigned long)ret);
		break;
	case RET_MODE:
		put(d, "%#03lo", (unsigned long)ret);
		break;
	case RET_POLL:
		dec_poll_result(d);
		break;
	case RET_SELECT:
		dec_select_result(d);
		break;
	case RET_SIGNAL:
		put(d, "%ld (", ret);
		name_signal(d->out, (int)ret);
		put(d, ")");
		break;
	case RET_TIME:
		put(d, "%ld (", ret);
		dec_date(d, ret, 0, 0);
		put(d, ")");
		break;
	case RET_FCNTL:
		dec_fcntl_result(d);
		break;
	case RET_PRCTL:
		dec_prctl_result(d);
		break;
	case RET_IOPRIO:
		put(d, "%ld (", ret);
		dec_ioprio_value(d, (uint64_t)ret);
		put(d, ")");
		break;
	case RET_PERSONALITY:
		put(d, ret ? "%#lx (" : "%ld (", ret);
		dec_personality_value(d, (uint64_t)ret);
		put(d, ")");
		break;
	default:
		put(d, "%ld", ret);
		break;
	}
}

static void
put_named(struct decode *d, enum sysarg_kind group, bool is_hex)
{
	uint64_t v = (uint64_t)d->ret;

	put(d, is_hex && v ? "%#lx" : "%ld", (long)v);
	if (is_hex && !v)
		return;
	if (!is_hex && !name_find(group, v))
		return;
	put(d, " (");
	name_group(d->out, group, v);
	put(d, ")");
}

void
decode_result(struct decode *d)
{
	int ret = d->desc ? d->desc->ret : RET_INT;

	put(d, "= ");
	if (ret == RET_NONE) {
		put(d, "?");
	} else if (restart_text(d->ret)) {
		put(d, "? %s", restart_text(d->ret));
	} else if (d->is_error) {
		put(d, "-1 ");
		name_error(d->out, (int)-d->ret);
	} else if (ret == RET_SCHED) {
		put_named(d, ARG_SCHED_POLICY, false);
	} else if (ret == RET_TIMEX) {
		put_named(d, ARG_TIMEX_STATE, false);
	} else if (ret == RET_MEMBARRIER && d->arg[0] == 0) {
		put_named(d, ARG_MEMBARRIER_CMD, true);
	} else {
		put_value(d);
	}
}
