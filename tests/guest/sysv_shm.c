/* SPDX-License-Identifier: MIT */
/* shmget(2), shmop(2), shmctl(2): System V shared memory. */
#include "tests/guest/check.h"

#include <sys/ipc.h>
#include <sys/shm.h>

#define PAGE 4096l

static int key;

static struct shmid_ds
stat_of(int id)
{
	struct shmid_ds ds;

	OK(shmctl(id, IPC_STAT, &ds));
	return ds;
}

static void
getting(void)
{
	int id =
		(int)OK(shmget(key, 3 * PAGE + 5, IPC_CREAT | IPC_EXCL | 0640));
	struct shmid_ds ds = stat_of(id);
	int again;

	IS(id, shmget(key, 0, 0));
	IS(id, shmget(key, 3 * PAGE + 5, IPC_CREAT | 0600));
	FAILS(EEXIST, shmget(key, PAGE, IPC_CREAT | IPC_EXCL | 0600));
	FAILS(EINVAL, shmget(key, 4 * PAGE, 0));
	FAILS(ENOENT, shmget(key + 1, PAGE, 0600));
	FAILS(EINVAL, shmget(IPC_PRIVATE, 0, 0600));
	IS(3 * PAGE + 5, ds.shm_segsz);
	IS(0640, ds.shm_perm.mode);
	IS(key, ds.shm_perm.__key);
	IS(geteuid(), ds.shm_perm.uid);
	IS(getegid(), ds.shm_perm.cgid);
	IS(getpid(), ds.shm_cpid);
	IS(0, ds.shm_lpid);
	IS(0, ds.shm_nattch);
	IS(0, ds.shm_atime);
	CHECK(ds.shm_ctime > 0);
	OK(shmctl(id, IPC_RMID, NULL));
	FAILS(EINVAL, shmctl(id, IPC_RMID, NULL));
	FAILS(EINVAL, shmctl(id, IPC_STAT, &ds));
	FAILS(ENOENT, shmget(key, PAGE, 0));
	again = (int)OK(shmget(IPC_PRIVATE, PAGE, 0600));
	CHECK(again != id); /* ids don't come again soon */
	OK(shmctl(again, IPC_RMID, NULL));
}

static void
sharing(void)
{
	int id = (int)OK(shmget(IPC_PRIVATE, 2 * PAGE, 0600));
	char *a = MAPPED(shmat(id, NULL, 0));
	char *b = MAPPED(shmat(id, NULL, 0));

	CHECK(a != b);
	for (long i = 0; i < 2 * PAGE; i++)
		IS(0, a[i]);
	strcpy(a + PAGE, "seen");
	IS(0, strcmp(b + PAGE, "seen"));
	IS(2, stat_of(id).shm_nattch);
	EXITS(0, {
		IS(4, stat_of(id).shm_nattch);
		strcpy(b, "by a child");
		OK(shmdt(a));
		IS(3, stat_of(id).shm_nattch);
	});
	IS(0, strcmp(a, "by a child"));
	IS(2, stat_of(id).shm_nattch);
	CHECK(stat_of(id).shm_lpid != getpid());
	OK(shmdt(a));
	IS(SIGSEGV, touch(a, 'r'));
	FAILS(EINVAL, shmdt(a));
	FAILS(EINVAL, shmdt(b + 1));
	IS(getpid(), stat_of(id).shm_lpid);
	CHECK(stat_of(id).shm_dtime > 0);
	/* Removed with users left: the id lasts, the last one takes it. */
	OK(shmctl(id, IPC_RMID, NULL));
	CHECK(stat_of(id).shm_perm.mode & SHM_DEST);
	IS(IPC_PRIVATE, stat_of(id).shm_perm.__key);
	a = MAPPED(shmat(id, NULL, 0));
	IS(0, strcmp(a, "by a child"));
	OK(shmdt(a));
	OK(shmdt(b));
	FAILS(EINVAL, shmat(id, NULL, 0));
}

static void
places(void)
{
	int id = (int)OK(shmget(IPC_PRIVATE, 2 * PAGE, 0700));
	char *free = MMAP(8 * PAGE, PROT_NONE, MAP_PRIVATE), *p;

	OK(munmap(free, 8 * PAGE));
	IS(free, shmat(id, free, 0));
	FAILS(EINVAL, shmat(id, free, 0));
	FAILS(EINVAL, shmat(id, free + PAGE, 0));
	FAILS(EINVAL, shmat(id, free + 4 * PAGE + 1, 0));
	IS(free + 4 * PAGE, shmat(id, free + 4 * PAGE + 1, SHM_RND));
	IS(free + 4 * PAGE, shmat(id, free + 4 * PAGE, SHM_REMAP));
	FAILS(EINVAL, shmat(id, NULL, SHM_REMAP));
	FAILS(EINVAL, shmat(-1, NULL, 0));
	FAILS(EINVAL, shmat(id + 1, NULL, 0));
	/* What is left of it after a hole goes as well. */
	OK(munmap(free, PAGE));
	IS(2, stat_of(id).shm_nattch);
	OK(shmdt(free));
	IS(SIGSEGV, touch(free + PAGE, 'r'));
	OK(shmdt(free + 4 * PAGE));
	IS(0, stat_of(id).shm_nattch);

	p = MAPPED(shmat(id, NULL, SHM_RDONLY));
	IS(0, touch(p, 'r'));
	IS(SIGSEGV, touch(p, 'w'));
	FAILS(EACCES, mprotect(p, PAGE, PROT_READ | PROT_WRITE));
	OK(shmdt(p));
	p = MAPPED(shmat(id, NULL, SHM_EXEC));
	p[0] = (char)0xc3; /* ret */
	((void (*)(void))p)();
	OK(shmdt(p));
	OK(shmctl(id, IPC_RMID, NULL));
}

static void
by_nobody(int id)
{
	struct shmid_ds ds;

	FAILS(EACCES, shmat(id, NULL, 0));
	OK(shmdt(MAPPED(shmat(id, NULL, SHM_RDONLY))));
	IS(id, shmget(key, 0, 0444));
	FAILS(EACCES, shmget(key, 0, 0666));
	OK(shmctl(id, IPC_STAT, &ds));
	FAILS(EPERM, shmctl(id, IPC_SET, &ds));
	FAILS(EPERM, shmctl(id, IPC_RMID, NULL));
	FAILS(EPERM, shmctl(id, SHM_LOCK, NULL));
}

static void
rights(void)
{
	int id = (int)OK(shmget(key, PAGE, IPC_CREAT | 0604));
	struct shmid_ds ds = stat_of(id);

	if (geteuid() == 0)
		AS_NOBODY(by_nobody(id));
	ds.shm_perm.mode = 0666;
	OK(shmctl(id, IPC_SET, &ds));
	if (geteuid() == 0)
		AS_NOBODY(OK(shmdt(MAPPED(shmat(id, NULL, 0)))));
	OK(shmctl(id, SHM_LOCK, NULL));
	CHECK(stat_of(id).shm_perm.mode & SHM_LOCKED);
	OK(shmctl(id, SHM_UNLOCK, NULL));
	IS(0666, stat_of(id).shm_perm.mode);
	FAILS(EFAULT, shmctl(id, IPC_STAT, unmapped_page()));
	FAILS(EINVAL, shmctl(id, 99, NULL));
	OK(shmctl(id, IPC_RMID, NULL));
}

static void
facts(void)
{
	int id = (int)OK(shmget(IPC_PRIVATE, PAGE, 0600));
	struct shm_info use;
	struct shminfo lim;
	struct shmid_ds ds;
	long top = OK(shmctl(0, SHM_INFO, (void *)&use));
	bool is_seen = false;

	CHECK(use.used_ids >= 1 && use.shm_tot >= 1);
	IS(top, shmctl(0, IPC_INFO, (void *)&lim));
	CHECK(lim.shmmin == 1 && lim.shmmni > 0);
	for (int i = 0; i <= top; i++)
		if (shmctl(i, SHM_STAT, &ds) == id)
			is_seen = ds.shm_segsz == (size_t)PAGE;
	CHECK(is_seen);
	OK(shmctl(id, IPC_RMID, NULL));
}

static void
exec_detaches(void)
{
	int id = (int)OK(shmget(IPC_PRIVATE, PAGE, 0600));
	pid_t pid = fork();

	OK(pid);
	if (!pid) {
		OK(shmat(id, NULL, 0));
		execl("/proc/self/exe", "sysv_shm", "exit", NULL);
		_exit(9);
	}
	REAPS(0, pid);
	IS(0, stat_of(id).shm_nattch);
	OK(shmctl(id, IPC_RMID, NULL));
}

int
main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return 0;
	key = 0x56000000 + getpid();
	getting();
	sharing();
	places();
	rights();
	facts();
	exec_detaches();
	return 0;
}
