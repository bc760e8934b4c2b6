/* SPDX-License-Identifier: MIT */
/* shmget(2), shmat(2), shmdt(2), shmctl(2). */
#include "tests/guest/check.h"

#include <sys/ipc.h>
#include <sys/shm.h>

static int id;

static void
attached_twice_and_in_a_child(void)
{
	char *p = MAPPED(shmat(id, NULL, 0));
	char *q = MAPPED(shmat(id, NULL, SHM_RDONLY));
	struct shmid_ds ds;

	IS(0, p[8191]);
	p[1] = 'x';
	IS('x', q[1]);
	IS(SIGSEGV, touch(q, 'w'));
	EXITS(0, {
		p[1] = 'c';
		OK(shmdt(q));
	});
	IS('c', q[1]);
	OK(shmctl(id, IPC_STAT, &ds));
	IS(2, ds.shm_nattch);
	IS(8192, ds.shm_segsz);
	IS(getpid(), ds.shm_cpid);
	IS(0600, ds.shm_perm.mode & 0777);
	OK(shmdt(p));
	OK(shmdt(q));
	FAILS(EINVAL, shmdt(p));
	FAILS(EINVAL, shmdt(q + 1));
}

static void
at_an_address(void)
{
	char *p = MMAP(16 * 4096, PROT_NONE, MAP_PRIVATE);

	FAILS(EINVAL, shmat(id, p, 0)); /* taken */
	OK(munmap(p, 16 * 4096));
	FAILS(EINVAL, shmat(id, p + 1, 0));
	CHECK(shmat(id, p + 1, SHM_RND) == p);
	OK(shmdt(p));
}

static void
by_key(void)
{
	key_t key = 0x76000000 | getpid();
	int one = OK(shmget(key, 100, IPC_CREAT | IPC_EXCL | 0600));

	IS(one, shmget(key, 0, 0));
	IS(one, shmget(key, 100, IPC_CREAT | 0600));
	FAILS(EEXIST, shmget(key, 100, IPC_CREAT | IPC_EXCL | 0600));
	FAILS(EINVAL, shmget(key, 101, 0));
	OK(shmctl(one, IPC_RMID, NULL));
	FAILS(ENOENT, shmget(key, 0, 0));
	FAILS(EINVAL, shmget(IPC_PRIVATE, 0, 0600));
	if (geteuid() == 0)
		EXITS(0, {
			become_nobody();
			FAILS(EACCES, shmat(id, NULL, 0));
			FAILS(EPERM, shmctl(id, IPC_RMID, NULL));
		});
}

/* Removed while attached: alive until the last detach. */
static void
removed(void)
{
	char *p = MAPPED(shmat(id, NULL, 0));

	OK(shmctl(id, IPC_RMID, NULL));
	p[0] = 'r';
	IS('r', p[0]);
	OK(shmdt(p));
	FAILS(EINVAL, shmat(id, NULL, 0));
	FAILS(EINVAL, shmctl(id, IPC_RMID, NULL));
	IS(SIGSEGV, touch(p, 'r'));
}

int
main(void)
{
	id = shmget(IPC_PRIVATE, 8192, IPC_CREAT | 0600);
	if (id < 0 && errno == ENOSYS)
		SKIP("no System V shared memory");
	OK(id);
	attached_twice_and_in_a_child();
	at_an_address();
	by_key();
	removed();
	return 0;
}
