/* SPDX-License-Identifier: MIT */
/*
 * kernel/ipc/shm.c - System V shared memory: shmget(2), shmop(2), shmctl(2).
 *
 * A segment is a page cache that is storage.  Each shmat() makes a mappable of
 * its own over it, by which shmdt() knows what it mapped; the VMAs of all of
 * them are the segment's nattch.  A removed segment keeps its id, but loses
 * its key, until the last VMA goes.
 */
#include "kernel/ipc/internal.h"

#include "base/slab.h"
#include "base/str.h"
#include "include/abi/capability.h"
#include "include/abi/mman.h"
#include "kernel/task.h"
#include "mm/mappable.h"
#include "mm/mm.h"
#include "mm/pagecache.h"

struct shm {
	struct ipc_object o;
	struct pagecache pc;
	uint64_t size;
	int64_t atime, dtime, ctime;
	int cpid, lpid;
	uint64_t nattch; /* VMAs */
};

/* What one shmat(2) mapped. */
struct attachment {
	struct mappable map;
	struct shm *shm;
	uint32_t refs;
	bool is_read_only;
};

static void shm_free(struct ipc_object *o);
static struct ipc_ids ids = {.max = SHM_MNI, .free = shm_free};

static struct shm *
shm_from(struct ipc_object *o)
{
	return o ? CONTAINER_OF(o, struct shm, o) : NULL;
}

static void
shm_free(struct ipc_object *o)
{
	struct shm *s = shm_from(o);

	pagecache_fini(&s->pc);
	kfree(s);
}

static int
current_pid(int otherwise)
{
	const struct task *t = current_task();

	return t ? t->proc->pid : otherwise;
}

/* --- attachments, as mm/ sees them --- */

static struct attachment *
attachment_from(struct mappable *m)
{
	return CONTAINER_OF(m, struct attachment, map);
}

static void
attachment_unref(struct attachment *a)
{
	if (!--a->refs)
		kfree(a);
}

static void
attached(struct mappable *m)
{
	struct attachment *a = attachment_from(m);

	a->refs++;
	a->shm->nattch++;
	a->shm->atime = ipc_now();
	a->shm->lpid = current_pid(a->shm->lpid);
}

static void
detached(struct mappable *m)
{
	struct attachment *a = attachment_from(m);
	struct shm *s = a->shm;

	attachment_unref(a);
	s->dtime = ipc_now();
	s->lpid = current_pid(s->lpid);
	if (!--s->nattch && (s->o.mode & LX_SHM_DEST))
		ipc_remove(&ids, &s->o);
}

static struct pagecache *
attachment_pages(struct mappable *m)
{
	return &attachment_from(m)->shm->pc;
}

static int
attachment_may_map(struct mappable *m, bool shared, uint32_t prot)
{
	(void)shared;
	return (prot & LX_PROT_WRITE) && attachment_from(m)->is_read_only
		       ? -EACCES
		       : 0;
}

static void
attachment_describe(struct mappable *m, char *buf, size_t n, uint64_t *dev,
		    uint64_t *ino)
{
	const struct shm *s = attachment_from(m)->shm;
	struct strbuf sb;

	strbuf_init(&sb, buf, n);
	strbuf_add(&sb, "/SYSV%08x (deleted)", (unsigned int)s->o.key);
	*dev = 1;
	*ino = (uint64_t)s->o.id;
}

static const struct mappable_ops attachment_ops = {
	.get = attached,
	.put = detached,
	.pages = attachment_pages,
	.may_map = attachment_may_map,
	.describe = attachment_describe,
};

/* --- shmget --- */

static int
shm_new(struct task *t, int32_t key, uint64_t size, int flags)
{
	struct mm_totals mem;
	struct shm *s;
	int id;

	if (!size || size > SHM_MAX || (flags & LX_SHM_HUGETLB))
		return -EINVAL;
	mm_totals(&mem);
	if (!(flags & LX_SHM_NORESERVE) && size > mem.total)
		return -ENOMEM;
	s = KNEW(struct shm);
	if (!s)
		return -ENOMEM;
	id = ipc_add(&ids, &s->o, &t->cred, key, (uint32_t)flags);
	if (id < 0) {
		kfree(s);
		return id;
	}
	s->size = size;
	s->ctime = ipc_now();
	s->cpid = t->proc->pid;
	pagecache_init(&s->pc, NULL, s, page_up(size));
	return id;
}

int
shm_get(struct task *t, int32_t key, uint64_t size, int flags)
{
	struct ipc_object *o;
	int err = ipc_which(&ids, key, flags, &o);

	if (err < 0)
		return err;
	if (err)
		return shm_new(t, key, size, flags);
	if (size > shm_from(o)->size)
		return -EINVAL;
	err = ipc_may(o, &t->cred, ipc_wanted(flags));
	return err ? err : o->id;
}

/* --- shmat, shmdt --- */

struct where {
	uint64_t at;
	uint32_t prot, flags;
};

static int
choose(uaddr_t at, int flags, struct where *w)
{
	*w = (struct where){at.v, LX_PROT_READ, LX_MAP_SHARED};
	if (!(flags & LX_SHM_RDONLY))
		w->prot |= LX_PROT_WRITE;
	if (flags & LX_SHM_EXEC)
		w->prot |= LX_PROT_EXEC;
	if (!w->at)
		return flags & LX_SHM_REMAP ? -EINVAL : 0;
	if (w->at & ~PAGE_MASK) {
		if (!(flags & LX_SHM_RND))
			return -EINVAL;
		w->at = page_down(w->at);
		if (!w->at && (flags & LX_SHM_REMAP))
			return -EINVAL;
	}
	w->flags |=
		flags & LX_SHM_REMAP ? LX_MAP_FIXED : LX_MAP_FIXED_NOREPLACE;
	return 0;
}

/* The rights of ipc_may() that a mapping with @prot takes. */
static uint32_t
rights(uint32_t prot)
{
	return 4 | (prot & LX_PROT_WRITE ? 2 : 0) |
	       (prot & LX_PROT_EXEC ? 1 : 0);
}

int
shm_attach(struct task *t, int id, uaddr_t at, int flags, uaddr_t *out)
{
	struct attachment *a;
	struct ipc_object *o;
	struct where w;
	struct shm *s;
	int err;

	if (id < 0)
		return -EINVAL;
	err = choose(at, flags, &w);
	if (err)
		return err;
	err = ipc_find_for(&ids, id, &t->cred, rights(w.prot), &o);
	if (err)
		return err;
	s = shm_from(o);
	a = KNEW(struct attachment);
	if (!a)
		return -ENOMEM;
	*a = (struct attachment){
		.map = {.ops = &attachment_ops},
		.shm = s,
		.refs = 1,
		.is_read_only = flags & LX_SHM_RDONLY,
	};
	/* The memory of the segment stays, whatever becomes of its id. */
	s->o.refs++;
	err = mm_map(t->mm, uaddr(w.at), page_up(s->size), w.prot, w.flags,
		     &a->map, 0, out);
	attachment_unref(a);
	ipc_put(&ids, &s->o);
	return err == -EEXIST ? -EINVAL : err;
}

int
shm_detach(struct task *t, uaddr_t at)
{
	if (at.v & ~PAGE_MASK)
		return -EINVAL;
	return mm_detach(t->mm, at, &attachment_ops);
}

/* --- shmctl --- */

static int
find_owned(struct task *t, int id, struct shm **out)
{
	struct ipc_object *o;
	int err = ipc_find_owned(&ids, id, &t->cred, &o);

	*out = shm_from(o);
	return err;
}

int
shm_stat(struct task *t, int id, int cmd, struct lx_shmid_ds *out)
{
	struct ipc_lookup how = {cmd != LX_IPC_STAT, cmd == LX_SHM_STAT_ANY};
	struct ipc_object *o;
	const struct shm *s;
	int ret = ipc_look(&ids, &t->cred, id, how, &o);

	if (ret < 0)
		return ret;
	s = shm_from(o);
	*out = (struct lx_shmid_ds){
		.segsz = s->size,
		.atime = s->atime,
		.dtime = s->dtime,
		.ctime = s->ctime,
		.cpid = s->cpid,
		.lpid = s->lpid,
		.nattch = s->nattch,
	};
	ipc_stat(o, &out->perm);
	return ret;
}

int
shm_set(struct task *t, int id, const struct lx_shmid_ds *ds)
{
	struct shm *s;
	int err = find_owned(t, id, &s);

	if (!err)
		err = ipc_set(&s->o, &ds->perm);
	if (!err)
		s->ctime = ipc_now();
	return err;
}

int
shm_remove(struct task *t, int id)
{
	struct shm *s;
	int err = find_owned(t, id, &s);

	if (err)
		return err;
	if (s->nattch) {
		s->o.mode |= LX_SHM_DEST;
		s->o.key = LX_IPC_PRIVATE;
	} else {
		ipc_remove(&ids, &s->o);
	}
	return 0;
}

/* There is no swap to keep it from: the mark is all. */
int
shm_lock(struct task *t, int id, bool lock)
{
	struct shm *s = shm_from(ipc_find(&ids, id));

	if (!s)
		return -EINVAL;
	if (!cred_capable(&t->cred, LX_CAP_IPC_LOCK)) {
		if (t->cred.euid != s->o.uid && t->cred.euid != s->o.cuid)
			return -EPERM;
		if (lock && !rlimit_get(t, LX_RLIMIT_MEMLOCK))
			return -EPERM;
	}
	if (lock)
		s->o.mode |= LX_SHM_LOCKED;
	else
		s->o.mode &= ~(uint32_t)LX_SHM_LOCKED;
	return 0;
}

int
shm_limits(struct lx_shminfo *out)
{
	*out = (struct lx_shminfo){
		.shmmax = SHM_MAX,
		.shmmin = 1,
		.shmmni = SHM_MNI,
		.shmseg = SHM_MNI,
		.shmall = SHM_MAX,
	};
	return ipc_highest(&ids);
}

int
shm_info(struct lx_shm_info *out)
{
	*out = (struct lx_shm_info){.used_ids = (int32_t)ids.used};
	for (int i = 0; i <= ipc_highest(&ids); i++) {
		const struct shm *s = shm_from(ipc_find_slot(&ids, i));

		if (!s)
			continue;
		out->tot += page_up(s->size) / PAGE_SIZE;
		out->rss += s->pc.npages;
	}
	return ipc_highest(&ids);
}

void
shm_show(struct strbuf *sb)
{
	strbuf_add(sb, "       key      shmid perms                  size  cpid"
		       "  lpid nattch   uid   gid  cuid  cgid      atime"
		       "      dtime      ctime                   rss"
		       "                  swap\n");
	for (int i = 0; i <= ipc_highest(&ids); i++) {
		const struct shm *s = shm_from(ipc_find_slot(&ids, i));

		if (!s)
			continue;
		strbuf_add(sb, "%10d %10d  %4o %21llu %5u %5u  %5llu ",
			   s->o.key, s->o.id, s->o.mode,
			   (unsigned long long)s->size, s->cpid, s->lpid,
			   (unsigned long long)s->nattch);
		strbuf_add(sb, "%5u %5u %5u %5u %10lld %10lld %10lld ",
			   s->o.uid, s->o.gid, s->o.cuid, s->o.cgid,
			   (long long)s->atime, (long long)s->dtime,
			   (long long)s->ctime);
		strbuf_add(sb, "%21llu %21llu\n",
			   (unsigned long long)s->pc.npages * PAGE_SIZE, 0ull);
	}
}
