/* SPDX-License-Identifier: MIT */
/* include/abi/ipc.h - sysvipc(7): shared memory, semaphores, messages. */
#ifndef ABI_IPC_H
#define ABI_IPC_H

#include <stdint.h>

enum {
#define ABI(group, name, value) LX_##name = value,
#include "include/abi/ipc.def"
#undef ABI
};

#define LX_IPC_PRIVATE 0
#define LX_SEM_UNDO    0x1000
#define LX_SHM_DEST    01000 /* in a segment's mode: goes with its last user */
#define LX_SHM_LOCKED  02000

struct lx_ipc_perm {
	int32_t key;
	uint32_t uid, gid, cuid, cgid;
	uint32_t mode;
	uint16_t seq;
	uint16_t pad0;
	uint32_t pad1;
	uint64_t unused[2];
};

struct lx_shmid_ds {
	struct lx_ipc_perm perm;
	uint64_t segsz;
	int64_t atime, dtime, ctime;
	int32_t cpid, lpid;
	uint64_t nattch;
	uint64_t unused[2];
};

struct lx_shminfo {
	uint64_t shmmax, shmmin, shmmni, shmseg, shmall;
	uint64_t unused[4];
};

struct lx_shm_info {
	int32_t used_ids;
	uint32_t pad0;
	uint64_t tot, rss, swp; /* pages */
	uint64_t swap_attempts, swap_successes;
};

struct lx_semid_ds {
	struct lx_ipc_perm perm;
	int64_t otime;
	uint64_t unused1;
	int64_t ctime;
	uint64_t unused2;
	uint64_t nsems;
	uint64_t unused3, unused4;
};

struct lx_sembuf {
	uint16_t num;
	int16_t op;
	int16_t flg;
};

struct lx_seminfo {
	int32_t semmap, semmni, semmns, semmnu, semmsl, semopm, semume, semusz,
		semvmx, semaem;
};

struct lx_msqid_ds {
	struct lx_ipc_perm perm;
	int64_t stime, rtime, ctime;
	uint64_t cbytes, qnum, qbytes;
	int32_t lspid, lrpid;
	uint64_t unused[2];
};

struct lx_msginfo {
	int32_t msgpool, msgmap, msgmax, msgmnb, msgmni, msgssz, msgtql;
	uint16_t msgseg;
	uint16_t pad0;
};

#endif /* ABI_IPC_H */
