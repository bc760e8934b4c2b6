/* SPDX-License-Identifier: MIT */
/* syscalls/decode_fcntl.c - fcntl(2): what its argument and its result are is
 * said by the command. */
#include "include/abi/fcntl.h"
#include "syscalls/internal_decode.h"

static uint32_t
command(const struct decode *d)
{
	return (uint32_t)d->arg[1];
}

bool
dec_fcntl_has_arg(const struct decode *d)
{
	switch (command(d)) {
	case LX_F_GETFD:
	case LX_F_GETFL:
	case LX_F_GETOWN:
	case LX_F_GETSIG:
	case LX_F_GETLEASE:
	case LX_F_GETPIPE_SZ:
	case LX_F_GET_SEALS:
		return false;
	default:
		return true;
	}
}

bool
dec_fcntl_is_late(const struct decode *d)
{
	switch (command(d)) {
	case LX_F_GETLK:
	case LX_F_OFD_GETLK:
	case LX_F_GETOWN_EX:
	case LX_F_GET_RW_HINT:
	case LX_F_GET_FILE_RW_HINT:
		return true;
	default:
		return false;
	}
}

static void
put_lock(struct decode *d, uint64_t at, bool with_pid)
{
	struct lx_flock fl;

	if (!dec_get(d, &fl, at, sizeof(fl)))
		return;
	put(d, "{l_type=");
	name_value(d->out, ARG_LOCK_TYPE, (uint64_t)fl.l_type);
	put(d, ", l_whence=");
	name_value(d->out, ARG_WHENCE, (uint64_t)fl.l_whence);
	put(d, ", l_start=%ld, l_len=%ld", (long)fl.l_start, (long)fl.l_len);
	if (with_pid)
		put(d, ", l_pid=%d", fl.l_pid);
	put(d, "}");
}

static void
put_owner(struct decode *d, uint64_t at)
{
	struct lx_f_owner_ex owner;

	if (!dec_get(d, &owner, at, sizeof(owner)))
		return;
	put(d, "{type=");
	name_value(d->out, ARG_OWNER_TYPE, (uint64_t)owner.type);
	put(d, ", pid=%d}", owner.pid);
}

void
dec_FCNTL_ARG(struct decode *d, int i)
{
	uint64_t v = d->arg[i];

	switch (command(d)) {
	case LX_F_DUPFD:
	case LX_F_DUPFD_CLOEXEC:
	case LX_F_DUPFD_QUERY:
	case LX_F_SETOWN:
	case LX_F_SETPIPE_SZ:
		put(d, "%d", (int)v);
		break;
	case LX_F_SETFD:
		name_flags(d->out, ARG_FD_FLAGS, v);
		break;
	case LX_F_SETFL:
		dec_open_flags(d->out, v, true);
		break;
	case LX_F_SETSIG:
		name_signal(d->out, (int)v);
		break;
	case LX_F_SETLEASE:
		name_value(d->out, ARG_LOCK_TYPE, v);
		break;
	case LX_F_NOTIFY:
		name_flags(d->out, ARG_DNOTIFY, v);
		break;
	case LX_F_ADD_SEALS:
		name_flags(d->out, ARG_SEALS, v);
		break;
	case LX_F_GETLK:
	case LX_F_OFD_GETLK:
		put_lock(d, v, true);
		break;
	case LX_F_SETLK:
	case LX_F_SETLKW:
	case LX_F_OFD_SETLK:
	case LX_F_OFD_SETLKW:
		put_lock(d, v, false);
		break;
	case LX_F_SETOWN_EX:
	case LX_F_GETOWN_EX:
		put_owner(d, v);
		break;
	default:
		put(d, "%#lx", (unsigned long)v);
		break;
	}
}

void
dec_fcntl_result(struct decode *d)
{
	uint64_t v = (uint64_t)d->ret;

	switch (command(d)) {
	case LX_F_GETFD:
		if (!v)
			break;
		put(d, "%#lx (flags ", (unsigned long)v);
		name_flags(d->out, ARG_FD_FLAGS, v);
		put(d, ")");
		return;
	case LX_F_GETFL:
		put(d, "%#lx (flags ", (unsigned long)v);
		dec_open_flags(d->out, v, true);
		put(d, ")");
		return;
	case LX_F_GETLEASE:
		put(d, "%#lx (", (unsigned long)v);
		name_value(d->out, ARG_LOCK_TYPE, v);
		put(d, ")");
		return;
	case LX_F_GET_SEALS:
		if (!v)
			break;
		put(d, "%#lx (seals ", (unsigned long)v);
		name_flags(d->out, ARG_SEALS, v);
		put(d, ")");
		return;
	case LX_F_GETSIG:
		if (!v)
			break;
		put(d, "%ld (", (long)v);
		name_signal(d->out, (int)v);
		put(d, ")");
		return;
	default:
		break;
	}
	put(d, "%ld", (long)v);
}
