/* SPDX-License-Identifier: MIT */
/* syscalls/ids.c - user and group ids, capabilities (credentials(7)). */
#include "base/slab.h"
#include "base/str.h"
#include "include/abi/capability.h"
#include "include/abi/prctl.h"
#include "kernel/facts.h"
#include "kernel/task.h"
#include "mm/usercopy.h"
#include "syscalls/sysdef.h"

#define NOBODY_SET 0xffffffffu /* -1: leave as it is */

/* What clearing and gaining uid 0 does to capabilities: capabilities(7),
 * "Effect of user ID changes on capabilities". */
static void
fix_caps(struct cred *c, const struct cred *old)
{
	bool had = !old->uid || !old->euid || !old->suid;
	bool has = !c->uid || !c->euid || !c->suid;

	if (c->securebits & LX_SECBIT_NO_SETUID_FIXUP)
		return;
	if (had && !has) {
		if (!(c->securebits & LX_SECBIT_KEEP_CAPS))
			c->cap_permitted = c->cap_effective = 0;
		c->cap_ambient = 0;
	}
	if (!old->euid && c->euid)
		c->cap_effective = 0;
	else if (old->euid && !c->euid)
		c->cap_effective = c->cap_permitted;
}

static void
changed(struct task *t, const struct cred *old)
{
	struct cred *c = &t->cred;

	c->fsuid = c->euid;
	c->fsgid = c->egid;
	fix_caps(c, old);
	if (c->euid != old->euid || c->egid != old->egid) {
		t->proc->is_dumpable = false;
		t->pdeath_sig = 0;
	}
	facts_publish(t);
}

static bool
may_setuid(const struct task *t)
{
	return cred_capable(&t->cred, LX_CAP_SETUID);
}

static bool
may_setgid(const struct task *t)
{
	return cred_capable(&t->cred, LX_CAP_SETGID);
}

sysret_t
sys_getuid(struct task *t)
{
	return t->cred.uid;
}

sysret_t
sys_geteuid(struct task *t)
{
	return t->cred.euid;
}

sysret_t
sys_getgid(struct task *t)
{
	return t->cred.gid;
}

sysret_t
sys_getegid(struct task *t)
{
	return t->cred.egid;
}

sysret_t
sys_setuid(struct task *t, uint32_t uid)
{
	struct cred *c = &t->cred, old = *c;

	if (uid == NOBODY_SET)
		return -EINVAL;
	if (may_setuid(t))
		c->uid = c->suid = uid;
	else if (uid != c->uid && uid != c->suid)
		return -EPERM;
	c->euid = uid;
	changed(t, &old);
	return 0;
}

sysret_t
sys_setgid(struct task *t, uint32_t gid)
{
	struct cred *c = &t->cred, old = *c;

	if (gid == NOBODY_SET)
		return -EINVAL;
	if (may_setgid(t))
		c->gid = c->sgid = gid;
	else if (gid != c->gid && gid != c->sgid)
		return -EPERM;
	c->egid = gid;
	changed(t, &old);
	return 0;
}

sysret_t
sys_setreuid(struct task *t, uint32_t ruid, uint32_t euid)
{
	struct cred *c = &t->cred, old = *c;
	bool may = may_setuid(t);

	if (ruid != NOBODY_SET) {
		if (!may && ruid != old.uid && ruid != old.euid)
			return -EPERM;
	}
	if (euid != NOBODY_SET) {
		if (!may && euid != old.uid && euid != old.euid &&
		    euid != old.suid)
			return -EPERM;
	}
	if (ruid != NOBODY_SET)
		c->uid = ruid;
	if (euid != NOBODY_SET)
		c->euid = euid;
	if (ruid != NOBODY_SET || (euid != NOBODY_SET && euid != old.uid))
		c->suid = c->euid;
	changed(t, &old);
	return 0;
}

sysret_t
sys_setregid(struct task *t, uint32_t rgid, uint32_t egid)
{
	struct cred *c = &t->cred, old = *c;
	bool may = may_setgid(t);

	if (rgid != NOBODY_SET && !may && rgid != old.gid && rgid != old.egid)
		return -EPERM;
	if (egid != NOBODY_SET && !may && egid != old.gid && egid != old.egid &&
	    egid != old.sgid)
		return -EPERM;
	if (rgid != NOBODY_SET)
		c->gid = rgid;
	if (egid != NOBODY_SET)
		c->egid = egid;
	if (rgid != NOBODY_SET || (egid != NOBODY_SET && egid != old.gid))
		c->sgid = c->egid;
	changed(t, &old);
	return 0;
}

static bool
one_of(uint32_t id, uint32_t a, uint32_t b, uint32_t c)
{
	return id == NOBODY_SET || id == a || id == b || id == c;
}

sysret_t
sys_setresuid(struct task *t, uint32_t ruid, uint32_t euid, uint32_t suid)
{
	struct cred *c = &t->cred, old = *c;

	if (!may_setuid(t) && (!one_of(ruid, c->uid, c->euid, c->suid) ||
			       !one_of(euid, c->uid, c->euid, c->suid) ||
			       !one_of(suid, c->uid, c->euid, c->suid)))
		return -EPERM;
	if (ruid != NOBODY_SET)
		c->uid = ruid;
	if (euid != NOBODY_SET)
		c->euid = euid;
	if (suid != NOBODY_SET)
		c->suid = suid;
	changed(t, &old);
	return 0;
}

sysret_t
sys_setresgid(struct task *t, uint32_t rgid, uint32_t egid, uint32_t sgid)
{
	struct cred *c = &t->cred, old = *c;

	if (!may_setgid(t) && (!one_of(rgid, c->gid, c->egid, c->sgid) ||
			       !one_of(egid, c->gid, c->egid, c->sgid) ||
			       !one_of(sgid, c->gid, c->egid, c->sgid)))
		return -EPERM;
	if (rgid != NOBODY_SET)
		c->gid = rgid;
	if (egid != NOBODY_SET)
		c->egid = egid;
	if (sgid != NOBODY_SET)
		c->sgid = sgid;
	changed(t, &old);
	return 0;
}

static sysret_t
put_three(struct task *t, uaddr_t a, uaddr_t b, uaddr_t c, const uint32_t v[3])
{
	int err = put_user(t->mm, a, &v[0]);

	if (!err)
		err = put_user(t->mm, b, &v[1]);
	return err ? err : put_user(t->mm, c, &v[2]);
}

sysret_t
sys_getresuid(struct task *t, uaddr_t ruid, uaddr_t euid, uaddr_t suid)
{
	uint32_t v[3] = {t->cred.uid, t->cred.euid, t->cred.suid};

	return put_three(t, ruid, euid, suid, v);
}

sysret_t
sys_getresgid(struct task *t, uaddr_t rgid, uaddr_t egid, uaddr_t sgid)
{
	uint32_t v[3] = {t->cred.gid, t->cred.egid, t->cred.sgid};

	return put_three(t, rgid, egid, sgid, v);
}

/* File system capabilities follow fsuid: capabilities(7). */
#define CAPS_FS                                                                \
	(1ull << LX_CAP_CHOWN | 1ull << LX_CAP_DAC_OVERRIDE |                  \
	 1ull << LX_CAP_DAC_READ_SEARCH | 1ull << LX_CAP_FOWNER |              \
	 1ull << LX_CAP_FSETID | 1ull << LX_CAP_LINUX_IMMUTABLE |              \
	 1ull << LX_CAP_MKNOD | 1ull << LX_CAP_MAC_OVERRIDE)

sysret_t
sys_setfsuid(struct task *t, uint32_t uid)
{
	struct cred *c = &t->cred;
	uint32_t old = c->fsuid;

	if (uid == NOBODY_SET ||
	    (!may_setuid(t) && !one_of(uid, c->uid, c->euid, c->suid) &&
	     uid != c->fsuid))
		return old;
	c->fsuid = uid;
	if (!(c->securebits & LX_SECBIT_NO_SETUID_FIXUP)) {
		if (!old && uid)
			c->cap_effective &= ~CAPS_FS;
		else if (old && !uid)
			c->cap_effective |= c->cap_permitted & CAPS_FS;
	}
	return old;
}

sysret_t
sys_setfsgid(struct task *t, uint32_t gid)
{
	struct cred *c = &t->cred;
	uint32_t old = c->fsgid;

	if (gid != NOBODY_SET &&
	    (may_setgid(t) || one_of(gid, c->gid, c->egid, c->sgid) ||
	     gid == c->fsgid))
		c->fsgid = gid;
	return old;
}

sysret_t
sys_getgroups(struct task *t, int size, uaddr_t list)
{
	const struct group_list *g = t->cred.groups;
	int n = g ? (int)g->n : 0;

	if (size < 0)
		return -EINVAL;
	if (!size)
		return n;
	if (size < n)
		return -EINVAL;
	if (n && copy_out(t->mm, list, g->gid, (size_t)n * 4))
		return -EFAULT;
	return n;
}

static void
sort_gids(uint32_t *a, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++) {
		uint32_t v = a[i], k = i;

		for (; k && a[k - 1] > v; k--)
			a[k] = a[k - 1];
		a[k] = v;
	}
}

sysret_t
sys_setgroups(struct task *t, int size, uaddr_t list)
{
	struct group_list *g;

	if (!may_setgid(t))
		return -EPERM;
	if (size < 0 || size > CRED_GROUPS_MAX)
		return -EINVAL;
	g = kzalloc(sizeof(*g) + (size_t)size * 4);
	if (!g)
		return -ENOMEM;
	g->refs = 1;
	g->n = (uint32_t)size;
	if (size && copy_in(t->mm, g->gid, list, (size_t)size * 4)) {
		kfree(g);
		return -EFAULT;
	}
	/* Linux keeps them sorted; getgroups(2) shows it. */
	sort_gids(g->gid, g->n);
	if (t->cred.groups && !--t->cred.groups->refs)
		kfree(t->cred.groups);
	t->cred.groups = g;
	return 0;
}

/* --- capabilities: capget(2) --- */

struct cap_header {
	uint32_t version;
	int32_t pid;
};

struct cap_data {
	uint32_t effective, permitted, inheritable;
};

#define CAP_V1 0x19980330u
#define CAP_V2 0x20071026u
#define CAP_V3 0x20080522u

/* The number of cap_data words; 0 for an unknown version, which is answered
 * with ours. */
static int
cap_words(struct task *t, uaddr_t hdr, struct cap_header *h)
{
	uint32_t ours = CAP_V3;

	if (get_user(t->mm, h, hdr))
		return -EFAULT;
	if (h->version == CAP_V1)
		return 1;
	if (h->version == CAP_V2 || h->version == CAP_V3)
		return 2;
	return put_user(t->mm, hdr, &ours);
}

sysret_t
sys_capget(struct task *t, uaddr_t hdr, uaddr_t data)
{
	struct cap_data d[2];
	struct cap_header h;
	const struct cred *c;
	struct task *o;
	int n = cap_words(t, hdr, &h);

	if (n < 0)
		return n;
	if (n == 0)
		return uaddr_is_null(data) ? 0 : -EINVAL;
	if (h.pid < 0)
		return -EINVAL;
	o = h.pid ? task_find(h.pid) : t;
	if (!o)
		return -ESRCH;
	if (uaddr_is_null(data))
		return 0;
	c = &o->cred;
	for (int i = 0; i < 2; i++) {
		d[i].effective = (uint32_t)(c->cap_effective >> 32 * i);
		d[i].permitted = (uint32_t)(c->cap_permitted >> 32 * i);
		d[i].inheritable = (uint32_t)(c->cap_inheritable >> 32 * i);
	}
	return copy_out(t->mm, data, d, (size_t)n * sizeof(d[0]));
}

sysret_t
sys_capset(struct task *t, uaddr_t hdr, uaddr_t data)
{
	struct cap_data d[2] = {{0}};
	struct cap_header h;
	struct cred *c = &t->cred;
	uint64_t e, p, i;
	int n = cap_words(t, hdr, &h);

	if (n <= 0)
		return n ? n : -EINVAL;
	if (h.pid && h.pid != t->tid)
		return -EPERM;
	if (copy_in(t->mm, d, data, (size_t)n * sizeof(d[0])))
		return -EFAULT;
	e = d[0].effective | (uint64_t)d[1].effective << 32;
	p = d[0].permitted | (uint64_t)d[1].permitted << 32;
	i = d[0].inheritable | (uint64_t)d[1].inheritable << 32;
	if (p & ~c->cap_permitted)
		return -EPERM;
	if (e & ~p)
		return -EPERM;
	if (i & ~(c->cap_inheritable | c->cap_bounding))
		return -EPERM;
	if (!cred_capable(c, LX_CAP_SETPCAP) &&
	    (i & ~(c->cap_inheritable | c->cap_permitted)))
		return -EPERM;
	c->cap_effective = e;
	c->cap_permitted = p;
	c->cap_inheritable = i;
	c->cap_ambient &= p & i;
	return 0;
}
