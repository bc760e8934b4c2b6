/* SPDX-License-Identifier: MIT */
/* syscalls/ipc.c - System V IPC: sysvipc(7); the work is in kernel/ipc. */
#include "kernel/ipc/ipc.h"

#include "base/slab.h"
#include "base/time.h"
#include "include/abi/time.h"
#include "kernel/task.h"
#include "mm/usercopy.h"
#include "syscalls/pollset.h"
#include "syscalls/sysdef.h"

/* --- shared memory --- */

/* shmget(2). */
sysret_t
sys_shmget(struct task *t, int key, uint64_t size, int flags)
{
	return shm_get(t, key, size, flags);
}

/* shmat(2). */
sysret_t
sys_shmat(struct task *t, int id, uaddr_t addr, int flags)
{
	uaddr_t at;
	int err = shm_attach(t, id, addr, flags, &at);

	return err ? err : (sysret_t)at.v;
}

/* shmdt(2). */
sysret_t
sys_shmdt(struct task *t, uaddr_t addr)
{
	return shm_detach(t, addr);
}

static sysret_t
shm_look(struct task *t, int id, int cmd, uaddr_t buf)
{
	struct lx_shmid_ds ds;
	int ret = shm_stat(t, id, cmd, &ds);

	if (ret >= 0 && put_user(t->mm, buf, &ds))
		return -EFAULT;
	return ret;
}

static sysret_t
shm_facts(struct task *t, int cmd, uaddr_t buf)
{
	struct lx_shminfo limits;
	struct lx_shm_info use;
	int ret, err;

	if (cmd == LX_IPC_INFO) {
		ret = shm_limits(&limits);
		err = put_user(t->mm, buf, &limits);
	} else {
		ret = shm_info(&use);
		err = put_user(t->mm, buf, &use);
	}
	return err ? -EFAULT : ret;
}

/* shmctl(2). */
sysret_t
sys_shmctl(struct task *t, int id, int cmd, uaddr_t buf)
{
	struct lx_shmid_ds ds;

	if (id < 0 || cmd < 0)
		return -EINVAL;
	switch (cmd) {
	case LX_IPC_INFO:
	case LX_SHM_INFO:
		return shm_facts(t, cmd, buf);
	case LX_IPC_STAT:
	case LX_SHM_STAT:
	case LX_SHM_STAT_ANY:
		return shm_look(t, id, cmd, buf);
	case LX_IPC_SET:
		if (get_user(t->mm, &ds, buf))
			return -EFAULT;
		return shm_set(t, id, &ds);
	case LX_IPC_RMID:
		return shm_remove(t, id);
	case LX_SHM_LOCK:
	case LX_SHM_UNLOCK:
		return shm_lock(t, id, cmd == LX_SHM_LOCK);
	}
	return -EINVAL;
}

/* --- semaphores --- */

/* semget(2). */
sysret_t
sys_semget(struct task *t, int key, int nsems, int flags)
{
	return sem_get(t, key, nsems, flags);
}

/* semtimedop(2). */
sysret_t
sys_semtimedop(struct task *t, int id, uaddr_t sops, uint64_t nsops,
	       uaddr_t timeout)
{
	uint64_t deadline = TIME_NEVER;
	struct lx_sembuf *ops;
	struct lx_timespec ts;
	int err;

	if (!uaddr_is_null(timeout)) {
		if (get_user(t->mm, &ts, timeout))
			return -EFAULT;
		err = deadline_after(&ts, &deadline);
		if (err)
			return err;
	}
	if (!nsops || id < 0)
		return -EINVAL;
	if (nsops > SEM_OPM)
		return -E2BIG;
	ops = kmalloc(nsops * sizeof(*ops));
	if (!ops)
		return -ENOMEM;
	err = copy_in(t->mm, ops, sops, nsops * sizeof(*ops));
	if (!err)
		err = sem_op(t, id, ops, (uint32_t)nsops, deadline);
	kfree(ops);
	return err;
}

/* semop(2). */
sysret_t
sys_semop(struct task *t, int id, uaddr_t sops, uint64_t nsops)
{
	return sys_semtimedop(t, id, sops, nsops, uaddr(0));
}

static sysret_t
sem_all(struct task *t, int id, int cmd, uaddr_t arg)
{
	int n = sem_count(t, id, cmd == LX_GETALL ? 4 : 2);
	uint64_t len = (uint64_t)n * sizeof(uint16_t);
	uint16_t *v;
	int err;

	if (n < 0)
		return n;
	v = kmalloc(len);
	if (!v)
		return -ENOMEM;
	if (cmd == LX_GETALL) {
		err = sem_get_all(t, id, v, (uint32_t)n);
		if (!err)
			err = copy_out(t->mm, arg, v, len);
	} else {
		err = copy_in(t->mm, v, arg, len);
		if (!err)
			err = sem_set_all(t, id, v, (uint32_t)n);
	}
	kfree(v);
	return err;
}

static sysret_t
sem_look(struct task *t, int id, int cmd, uaddr_t arg)
{
	struct lx_seminfo info;
	struct lx_semid_ds ds;
	int ret, err;

	if (cmd == LX_IPC_INFO || cmd == LX_SEM_INFO) {
		ret = sem_info(&info, cmd == LX_SEM_INFO);
		err = put_user(t->mm, arg, &info);
	} else {
		ret = sem_stat(t, id, cmd, &ds);
		err = ret < 0 ? 0 : put_user(t->mm, arg, &ds);
	}
	return err ? -EFAULT : ret;
}

/* semctl(2): the last argument is an int, a pointer, or not there. */
sysret_t
sys_semctl(struct task *t, int id, int num, int cmd, uaddr_t arg)
{
	struct lx_semid_ds ds;

	if (id < 0)
		return -EINVAL;
	switch (cmd) {
	case LX_IPC_INFO:
	case LX_SEM_INFO:
	case LX_IPC_STAT:
	case LX_SEM_STAT:
	case LX_SEM_STAT_ANY:
		return sem_look(t, id, cmd, arg);
	case LX_GETALL:
	case LX_SETALL:
		return sem_all(t, id, cmd, arg);
	case LX_GETVAL:
	case LX_GETPID:
	case LX_GETNCNT:
	case LX_GETZCNT:
		return sem_query(t, id, num, cmd);
	case LX_SETVAL:
		return sem_set_value(t, id, num, (int)arg.v);
	case LX_IPC_SET:
		if (get_user(t->mm, &ds, arg))
			return -EFAULT;
		return sem_set(t, id, &ds);
	case LX_IPC_RMID:
		return sem_remove(t, id);
	}
	return -EINVAL;
}

/* --- messages --- */

/* msgget(2). */
sysret_t
sys_msgget(struct task *t, int key, int flags)
{
	return msg_get(t, key, flags);
}

/* msgsnd(2): at @msgp a long, then the text. */
sysret_t
sys_msgsnd(struct task *t, int id, uaddr_t msgp, uint64_t len, int flags)
{
	int64_t type;
	void *text;

	if (get_user(t->mm, &type, msgp))
		return -EFAULT;
	if (len > (uint64_t)msg_limits.max || id < 0 || type < 1)
		return -EINVAL;
	text = kmalloc(MAX(len, 1ull));
	if (!text)
		return -ENOMEM;
	if (copy_in(t->mm, text, uaddr_add(msgp, sizeof(type)), len)) {
		kfree(text);
		return -EFAULT;
	}
	return msg_send(t, id, type, text, len, flags);
}

/* msgrcv(2). */
sysret_t
sys_msgrcv(struct task *t, int id, uaddr_t msgp, uint64_t max, int64_t type,
	   int flags)
{
	void *text;
	int64_t n;

	if (id < 0 || (int64_t)max < 0)
		return -EINVAL;
	n = msg_receive(t, id, &type, max, flags, &text);
	if (n < 0)
		return n;
	if (put_user(t->mm, msgp, &type) ||
	    copy_out(t->mm, uaddr_add(msgp, sizeof(type)), text, (size_t)n))
		n = -EFAULT;
	kfree(text);
	return n;
}

static sysret_t
msg_look(struct task *t, int id, int cmd, uaddr_t buf)
{
	struct lx_msqid_ds ds;
	struct lx_msginfo info;
	int ret, err;

	if (cmd == LX_IPC_INFO || cmd == LX_MSG_INFO) {
		ret = msg_info(&info, cmd == LX_MSG_INFO);
		err = put_user(t->mm, buf, &info);
	} else {
		ret = msg_stat(t, id, cmd, &ds);
		err = ret < 0 ? 0 : put_user(t->mm, buf, &ds);
	}
	return err ? -EFAULT : ret;
}

/* msgctl(2). */
sysret_t
sys_msgctl(struct task *t, int id, int cmd, uaddr_t buf)
{
	struct lx_msqid_ds ds;

	if (id < 0 || cmd < 0)
		return -EINVAL;
	switch (cmd) {
	case LX_IPC_INFO:
	case LX_MSG_INFO:
	case LX_IPC_STAT:
	case LX_MSG_STAT:
	case LX_MSG_STAT_ANY:
		return msg_look(t, id, cmd, buf);
	case LX_IPC_SET:
		if (get_user(t->mm, &ds, buf))
			return -EFAULT;
		return msg_set(t, id, &ds);
	case LX_IPC_RMID:
		return msg_remove(t, id);
	}
	return -EINVAL;
}
