/* SPDX-License-Identifier: MIT */
/*
 * kernel/exec_ids.c - what execve(2) does to ids and capabilities: set-id
 * bits and capabilities(7), "Transformation of capabilities during execve()".
 */
#include "base/str.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "include/abi/capability.h"
#include "include/abi/mount.h"
#include "include/abi/prctl.h"
#include "include/abi/stat.h"
#include "kernel/exec_internal.h"
#include "kernel/internal.h"
#include "kernel/pid.h"
#include "kernel/task.h"

#define CAP_XATTR	"security.capability"
#define CAP_REV_MASK	0xff000000u
#define CAP_REV_2	0x02000000u
#define CAP_REV_3	0x03000000u
#define CAP_EFFECTIVE_1 1u

struct file_caps {
	uint64_t permitted, inheritable;
	bool effective, present;
};

/* The xattr's form: linux/capability.h, struct vfs_cap_data. */
static void
read_file_caps(struct inode *i, struct file_caps *out)
{
	uint32_t w[6];
	int64_t n;

	*out = (struct file_caps){0};
	if (i->is_nosec || !i->ops || !i->ops->getxattr)
		return;
	n = i->ops->getxattr(i, CAP_XATTR, w, sizeof(w));
	i->is_nosec = n == -ENODATA;
	if (n < 20 || ((w[0] & CAP_REV_MASK) != CAP_REV_2 &&
		       (w[0] & CAP_REV_MASK) != CAP_REV_3))
		return;
	out->present = true;
	out->effective = w[0] & CAP_EFFECTIVE_1;
	out->permitted = w[1] | (uint64_t)w[3] << 32;
	out->inheritable = w[2] | (uint64_t)w[4] << 32;
}

static bool
may_raise(const struct task *t, const struct file *f)
{
	if (t->cred.no_new_privs)
		return false;
	if (t->ptrace &&
	    !cred_capable(&t->ptrace->tracer->cred, LX_CAP_SYS_PTRACE))
		return false;
	return !f->path.mnt || !(f->path.mnt->flags & LX_MS_NOSUID);
}

void
exec_ids_of(struct task *t, struct file *f, struct exec_ids *out)
{
	const struct cred *c = &t->cred;
	const struct inode *i = f->inode;
	struct file_caps fc = {0};
	bool raise = may_raise(t, f);
	bool noroot = c->securebits & LX_SECBIT_NOROOT;

	*out = (struct exec_ids){
		.uid = c->uid,
		.gid = c->gid,
		.euid = c->euid,
		.egid = c->egid,
	};
	if (raise && (i->mode & LX_S_ISUID))
		out->euid = i->uid;
	if (raise &&
	    (i->mode & (LX_S_ISGID | LX_S_IXGRP)) == (LX_S_ISGID | LX_S_IXGRP))
		out->egid = i->gid;
	if (raise)
		read_file_caps(f->inode, &fc);

	if (!noroot && (out->euid == 0 || c->uid == 0)) {
		fc.present = true;
		fc.permitted = fc.inheritable = ~0ull;
		fc.effective = out->euid == 0;
	}
	out->ambient = fc.present ? 0 : c->cap_ambient;
	out->permitted = (c->cap_inheritable & fc.inheritable) |
			 (fc.permitted & c->cap_bounding) | out->ambient;
	out->effective = fc.effective ? out->permitted : out->ambient;
	out->is_secure = out->euid != c->uid || out->egid != c->gid;
	if (!out->is_secure && c->uid != 0 && (out->permitted & ~out->ambient))
		out->is_secure = true;
}

void
exec_ids_apply(struct task *t, const struct exec_ids *ids)
{
	struct cred *c = &t->cred;

	if (ids->euid != c->uid || ids->egid != c->gid)
		t->pdeath_sig = 0;
	c->euid = c->suid = c->fsuid = ids->euid;
	c->egid = c->sgid = c->fsgid = ids->egid;
	c->cap_permitted = ids->permitted;
	c->cap_effective = ids->effective;
	c->cap_ambient = ids->ambient;
	c->securebits &= ~(uint32_t)LX_SECBIT_KEEP_CAPS;
	t->proc->is_dumpable = !ids->is_secure;
}

void
task_take_identity(struct task *t, struct task *leader)
{
	struct process *p = t->proc, *c;
	struct pid *mine = t->pid;

	/* The zombie leader takes our number away with it. */
	t->pid = leader->pid;
	leader->pid = mine;
	t->pid->task = t;
	mine->task = leader;
	t->tid = t->pid->nr;
	leader->tid = mine->nr;
	LIST_EACH(c, &p->children, sibling)
		if (c->maker_tid == leader->tid)
			c->maker_tid = t->tid;
	t->start_ns = leader->start_ns;
	p->leader = t;
	task_retire(leader);
}
