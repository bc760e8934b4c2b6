/* SPDX-License-Identifier: MIT */
/* syscalls/decode_ipc.c - sysvipc(7) in strace's words. */
#include "include/abi/ipc.h"
#include "syscalls/internal_decode.h"

void
dec_IPC_KEY(struct decode *d, int i)
{
	if ((int)d->arg[i] == LX_IPC_PRIVATE)
		put(d, "IPC_PRIVATE");
	else
		put(d, "%#x", (unsigned int)d->arg[i]);
}

/* Flags of shmget(2) alone, of all three, then the mode. */
static void
get_flags(struct decode *d, uint64_t flags, bool is_shm)
{
	uint64_t mode = flags & 0777;
	bool is_first = true;

	flags = (uint32_t)flags & ~0777u;
	if (is_shm && name_flags_only(d->out, ARG_SHMGET_FLAGS, &flags, true))
		is_first = false;
	if (name_flags_only(d->out, ARG_IPC_FLAGS, &flags, is_first))
		is_first = false;
	if (flags) {
		put(d, "%s%#llx", is_first ? "" : "|",
		    (unsigned long long)flags);
		is_first = false;
	}
	put(d, "%s%03llo", is_first ? "" : "|", (unsigned long long)mode);
}

void
dec_SHMGET(struct decode *d, int i)
{
	get_flags(d, d->arg[i], true);
}

void
dec_IPCGET(struct decode *d, int i)
{
	get_flags(d, d->arg[i], false);
}

static void
put_cmd(struct decode *d, int i, enum sysarg_kind own)
{
	uint64_t cmd = (uint32_t)d->arg[i];

	name_value(d->out, name_find(own, cmd) ? own : ARG_IPC_CMD, cmd);
}

void
dec_SHMCTL(struct decode *d, int i)
{
	put_cmd(d, i, ARG_SHM_CMD);
}

void
dec_SEMCTL(struct decode *d, int i)
{
	put_cmd(d, i, ARG_SEM_CMD);
}

void
dec_MSGCTL(struct decode *d, int i)
{
	put_cmd(d, i, ARG_MSG_CMD);
}

void
dec_MSGOP(struct decode *d, int i)
{
	uint64_t flags = (uint32_t)d->arg[i];
	bool is_first;

	if (!flags) {
		put(d, "0");
		return;
	}
	is_first = !name_flags_only(d->out, ARG_MSGOP_FLAGS, &flags, true);
	if (name_flags_only(d->out, ARG_IPC_FLAGS, &flags, is_first))
		is_first = false;
	if (flags)
		put(d, "%s%#llx", is_first ? "" : "|",
		    (unsigned long long)flags);
}

static void
sembuf_elem(struct decode *d, uint64_t at, const void *elem)
{
	const struct lx_sembuf *op = elem;
	uint64_t flags = (uint16_t)op->flg;
	bool is_first = true;

	(void)at;
	put(d, "{sem_num=%u, sem_op=%d, sem_flg=", op->num, op->op);
	if (!flags)
		put(d, "0");
	if (flags & LX_SEM_UNDO) {
		put(d, "SEM_UNDO");
		flags &= ~(uint64_t)LX_SEM_UNDO;
		is_first = false;
	}
	if (name_flags_only(d->out, ARG_IPC_FLAGS, &flags, is_first))
		is_first = false;
	if (flags)
		put(d, "%s%#llx", is_first ? "" : "|",
		    (unsigned long long)flags);
	put(d, "}");
}

void
dec_SEMBUFS(struct decode *d, int i)
{
	dec_array(d, d->arg[i], d->arg[i + 1], sizeof(struct lx_sembuf),
		  sembuf_elem);
}
