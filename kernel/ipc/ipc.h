/* SPDX-License-Identifier: MIT */
/*
 * kernel/ipc/ipc.h - System V shared memory, semaphores and message queues:
 * sysvipc(7).  Arguments are kernel memory; errors are the system calls'.
 */
#ifndef KERNEL_IPC_IPC_H
#define KERNEL_IPC_IPC_H

#include "include/abi/ipc.h"
#include "include/annotate.h"
#include "include/types.h"

struct strbuf;
struct task;

#define SHM_MNI 4096
#define SHM_MAX (UINT64_MAX - (1ull << 24)) /* Linux's own default */
#define SEM_MSL 32000
#define SEM_MNS 1024000000
#define SEM_OPM 500
#define SEM_MNI 32000
#define SEM_VMX 32767

/* --- shared memory --- */

MUST_CHECK int shm_get(struct task *t, int32_t key, uint64_t size, int flags);
MUST_CHECK int shm_attach(struct task *t, int id, uaddr_t at, int flags,
			  uaddr_t *out);
MUST_CHECK int shm_detach(struct task *t, uaddr_t at);
/* shm_stat - @cmd: IPC_STAT, SHM_STAT, SHM_STAT_ANY. */
MUST_CHECK int shm_stat(struct task *t, int id, int cmd,
			struct lx_shmid_ds *out);
MUST_CHECK int shm_set(struct task *t, int id, const struct lx_shmid_ds *ds);
MUST_CHECK int shm_remove(struct task *t, int id);
MUST_CHECK int shm_lock(struct task *t, int id, bool lock);
/* Return the highest slot in use, as the calls do. */
int shm_limits(struct lx_shminfo *out);
int shm_info(struct lx_shm_info *out);
void shm_show(struct strbuf *sb); /* /proc/sysvipc/shm */

/* --- semaphores --- */

struct sem_undos; /* a task's, counted: what its exit gives back */

MUST_CHECK int sem_get(struct task *t, int32_t key, int nsems, int flags);
/* sem_op - @deadline_ns monotonic, or TIME_NEVER. Sleeps. */
MUST_CHECK int sem_op(struct task *t, int id, const struct lx_sembuf *ops,
		      uint32_t n, uint64_t deadline_ns);
MUST_CHECK int sem_stat(struct task *t, int id, int cmd,
			struct lx_semid_ds *out);
MUST_CHECK int sem_set(struct task *t, int id, const struct lx_semid_ds *ds);
MUST_CHECK int sem_remove(struct task *t, int id);
/* sem_query - GETVAL, GETPID, GETNCNT, GETZCNT of semaphore @num. */
MUST_CHECK int sem_query(struct task *t, int id, int num, int cmd);
MUST_CHECK int sem_set_value(struct task *t, int id, int num, int value);
/* sem_count - how many there are, if @want (4 or 2) is allowed. */
MUST_CHECK int sem_count(struct task *t, int id, uint32_t want);
MUST_CHECK int sem_get_all(struct task *t, int id, uint16_t *out, uint32_t n);
MUST_CHECK int sem_set_all(struct task *t, int id, const uint16_t *in,
			   uint32_t n);
/* sem_info - SEM_INFO says what is in use where IPC_INFO has constants. */
int sem_info(struct lx_seminfo *out, bool is_usage);
void sem_show(struct strbuf *sb);

/* sem_clone - @c starts with @t's undo list (@share) or without one. */
MUST_CHECK int sem_clone(struct task *c, struct task *t, bool share);
/* sem_leave - give up @t's undo list; its last user's debts are paid. */
void sem_leave(struct task *t);

/* --- message queues --- */

/* /proc/sys/kernel/msgmax, msgmnb, msgmni. */
extern struct msg_limits {
	int max; /* bytes of a message */
	int mnb; /* of a new queue */
	int mni; /* queues */
} msg_limits;

MUST_CHECK int msg_get(struct task *t, int32_t key, int flags);
/* msg_send - takes over @text (kmalloc), which it frees if it fails. */
MUST_CHECK int msg_send(struct task *t, int id, int64_t type, void *text,
			uint64_t len, int flags);
/* msg_receive - *@text (kmalloc; the caller frees) of the returned length; at
 * most @max bytes of it count. Sleeps. */
MUST_CHECK int64_t msg_receive(struct task *t, int id, int64_t *type,
			       uint64_t max, int flags, void **text);
MUST_CHECK int msg_stat(struct task *t, int id, int cmd,
			struct lx_msqid_ds *out);
MUST_CHECK int msg_set(struct task *t, int id, const struct lx_msqid_ds *ds);
MUST_CHECK int msg_remove(struct task *t, int id);
int msg_info(struct lx_msginfo *out, bool is_usage);
void msg_show(struct strbuf *sb);

#endif /* KERNEL_IPC_IPC_H */
