/* SPDX-License-Identifier: MIT */
/*
 * kernel/exec.c - execve(2).
 *
 * All that can fail is done on a new mm beside the old one: reading headers,
 * mapping, building the stack.  Then comes the point of no return: other
 * threads end, the new mm takes the place of the old, signal actions, ids and
 * descriptors follow.
 */
#include "kernel/exec.h"

#include "base/slab.h"
#include "base/str.h"
#include "base/trace.h"
#include "fs/fdtable.h"
#include "fs/inode.h"
#include "fs/path.h"
#include "include/abi/fcntl.h"
#include "include/abi/mman.h"
#include "include/abi/process.h"
#include "include/abi/resource.h"
#include "include/abi/stat.h"
#include "kernel/block.h"
#include "kernel/elf.h"
#include "kernel/exec_internal.h"
#include "kernel/facts.h"
#include "kernel/internal.h"
#include "kernel/pid.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "kernel/vdso.h"
#include "mm/mm.h"
#include "mm/patch.h"
#include "mm/usercopy.h"

#define SCRIPT_HEAD  256
#define SCRIPT_DEPTH 5
#define PIE_BASE     (USER_TOP / 3 * 2 & PAGE_MASK)
#define INTERP_MAX   4096

/* What one execve gathers before it commits. */
struct exec {
	struct task *t;
	struct file *file, *interp_file; /* counted */
	const char *name;		 /* as the caller gave it */
	char *interp_name; /* the script's that x->file is; or NULL */
	struct exec_strings *args;
	struct elf elf, interp;
	struct mm *mm;
	const struct mm_slides *slides; /* mm's */
	struct elf_image image, interp_image;
	struct exec_ids ids;
	struct exec_stack stack;
	bool is_inaccessible;
};

/* Linux: exec needs a regular file, execute permission, no noexec. */
static int
may_exec(struct file *f)
{
	if (!f->inode || !inode_is(f->inode, LX_S_IFREG))
		return -EACCES;
	if (f->inode->writers > 0)
		return -ETXTBSY;
	return 0;
}

int
exec_open(struct task *t, const char *name, struct file **out)
{
	struct walk w = {
		.fs = t->fs,
		.cred = &t->cred,
		.flags = WALK_FOLLOW,
	};
	struct file *f;
	int err = vfs_open(&w, name, LX_O_RDONLY | VFS_OPEN_EXEC, 0, &f);

	if (err)
		return err;
	err = may_exec(f);
	if (err) {
		file_put(f);
		return err;
	}
	*out = f;
	return 0;
}

/* --- #! --- */

static char *
skip_blank(char *s, char *end)
{
	while (s < end && (*s == ' ' || *s == '\t'))
		s++;
	return s;
}

static char *
skip_word(char *s, char *end)
{
	while (s < end && *s && *s != ' ' && *s != '\t')
		s++;
	return s;
}

/* The interpreter's name and its one argument out of "#! name arg".
 * execve(2), "Interpreter scripts". */
static int
parse_script(char *head, size_t n, char **name, char **arg)
{
	char *end = memchr(head, '\n', n);
	char *s;

	if (!end) {
		/* Cut off in the middle of the name: not to be trusted. */
		char *w;

		/* Linux: without a newline the last byte does not count. */
		end = head + MIN(n, (size_t)SCRIPT_HEAD - 1);
		w = skip_blank(head + 2, end);
		if (n == SCRIPT_HEAD && skip_word(w, end) == end)
			return -ENOEXEC;
	}
	while (end > head + 2 && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	*end = 0;
	*name = skip_blank(head + 2, end);
	if (*name == end || !**name)
		return -ENOEXEC;
	s = skip_word(*name, end);
	*arg = NULL;
	if (s < end && *s) {
		*s = 0;
		*arg = skip_blank(s + 1, end);
		if (!**arg)
			*arg = NULL;
	}
	return 0;
}

/* argv becomes: interpreter, argument, script, old argv[1]... */
static int
script_args(struct exec *x, const char *interp, const char *arg)
{
	struct exec_strings old = *x->args, *s = x->args;
	uint64_t skip = old.argc ? strlen(old.buf) + 1 : 0;
	int err;

	*s = (struct exec_strings){0};
	err = exec_strings_add(s, interp);
	if (!err && arg)
		err = exec_strings_add(s, arg);
	if (!err)
		err = exec_strings_add(s, x->interp_name ? x->interp_name
							 : x->name);
	if (!err)
		err = exec_strings_append(s, old.buf + skip, old.len - skip);
	s->argc = (arg ? 3 : 2) + (old.argc ? old.argc - 1 : 0);
	s->envc = old.envc;
	exec_strings_fini(&old);
	return err;
}

/* 1: it was a script and x->file is its interpreter now; 0: no script. */
static int
follow_script(struct exec *x)
{
	char head[SCRIPT_HEAD + 1] = "";
	char *interp, *arg, *name;
	struct file *f;
	int64_t n = file_read_some(x->file, head, SCRIPT_HEAD, 0);
	int err;

	if (n < 0)
		return (int)n;
	if (n < 2 || head[0] != '#' || head[1] != '!')
		return 0;
	if (x->is_inaccessible)
		return -ENOENT;
	err = parse_script(head, (size_t)n, &interp, &arg);
	if (err)
		return err;
	name = kstrdup(interp);
	if (!name)
		return -ENOMEM;
	err = script_args(x, interp, arg);
	if (!err)
		err = exec_open(x->t, interp, &f);
	if (err)
		goto out;
	file_put(x->file);
	x->file = f;
	kfree(x->interp_name);
	x->interp_name = name;
	return 1;
out:
	kfree(name);
	return err;
}

static int
follow_scripts(struct exec *x)
{
	for (int depth = 0;; depth++) {
		int is_script = follow_script(x);

		if (is_script <= 0)
			return is_script;
		if (depth >= SCRIPT_DEPTH)
			return -ELOOP;
	}
}

/* --- building the new mm --- */

static int
open_interp(struct exec *x)
{
	char *path;
	int err;

	if (!x->elf.has_interp)
		return 0;
	path = kmalloc(INTERP_MAX);
	if (!path)
		return -ENOMEM;
	err = elf_interp_path(&x->elf, path, INTERP_MAX);
	if (!err)
		err = exec_open(x->t, path, &x->interp_file);
	kfree(path);
	if (err)
		return err;
	err = elf_read(x->interp_file, &x->interp);
	return err == -ENOEXEC || err == -EIO ? -ELIBBAD : err;
}

static void
set_limits(struct task *t, struct mm *mm)
{
	struct mm_limits *l = mm_limits(mm);

	l->as = rlimit_get(t, LX_RLIMIT_AS);
	l->data = rlimit_get(t, LX_RLIMIT_DATA);
	l->stack = rlimit_get(t, LX_RLIMIT_STACK);
	l->memlock = rlimit_get(t, LX_RLIMIT_MEMLOCK);
}

/* Programs are alike if they come from the same file. */
static uint64_t
kin_of(const struct exec *x)
{
	return (uint64_t)x->file->inode;
}

/* Will it go on in the host process it has? */
static bool
keeps_home(const struct exec *x)
{
	const struct task *t = x->t;
	const struct mm_thread thread = thread_of(t);

	return t->mm && mm_may_move(t->mm, &thread, kin_of(x));
}

/* Nobody learns by programs of his own where another's are. */
static void
randomize(struct exec *x)
{
	uint64_t owner = (uint64_t)x->ids.uid << 32 | x->ids.euid;

	if (x->ids.is_secure)
		owner = MM_OWNER_ALONE;
	x->slides = mm_randomize(x->mm, owner,
				 !(x->t->personality & LX_ADDR_NO_RANDOMIZE));
}

static int
map_program(struct exec *x)
{
	uint64_t base = 0;
	int err;

	if (x->elf.eh.e_type == LX_ET_DYN && x->interp_file)
		base = PIE_BASE + x->slides->exe;
	err = elf_map(x->mm, &x->elf, base, &x->image);
	if (err)
		return err;
	if (x->interp_file)
		return elf_map(x->mm, &x->interp, 0, &x->interp_image);
	return 0;
}

static void
set_layout(struct exec *x)
{
	struct mm_layout *l = mm_layout(x->mm);

	l->start_code = x->image.start_code;
	l->end_code = x->image.end_code;
	l->start_data = x->image.start_data;
	l->end_data = x->image.end_data;
	l->start_brk = page_up(x->image.brk) + x->slides->brk;
	l->brk = l->start_brk;
}

static int
build(struct exec *x)
{
	int err;

	err = follow_scripts(x);
	if (err)
		return err;
	err = elf_read(x->file, &x->elf);
	if (err)
		return err;
	err = open_interp(x);
	if (err)
		return err;
	exec_ids_of(x->t, x->file, &x->ids);
	err = mm_new(&x->mm);
	if (err)
		return err;
	set_limits(x->t, x->mm);
	if (!keeps_home(x))
		err = mm_need_home(x->mm, kin_of(x));
	if (err)
		return err;
	randomize(x);
	err = map_program(x);
	if (err) {
		/* Linux maps only where there is no way back. */
		task_exit_group(x->t, LX_SIGSEGV);
		return err;
	}
	set_layout(x);
	x->stack = (struct exec_stack){
		.top = USER_TOP - x->slides->stack,
		.prot = LX_PROT_READ | LX_PROT_WRITE |
			(x->elf.exec_stack ? LX_PROT_EXEC : 0),
		.name = x->name,
		.args = x->args,
		.ids = &x->ids,
		.elf = &x->elf,
		.image = &x->image,
		.interp_base = x->interp_file ? x->interp_image.bias : 0,
	};
	err = vdso_map(x->mm, &x->stack.vdso);
	if (err)
		return err;
	return exec_stack_build(x->mm, &x->stack);
}

/* --- the point of no return --- */

/* End all other threads; the caller becomes the leader. */
static int
become_only_thread(struct task *t)
{
	struct process *p = t->proc;
	struct task *o, *leader;

	if (p->nthreads == 1 && p->leader == t)
		return 0;
	if (p->is_group_exit || p->exec_task)
		return -EAGAIN;
	p->exec_task = t;
	LIST_EACH(o, &p->threads, in_process)
		if (o != t && !o->is_exiting)
			task_notice(o, true);
	while (p->nthreads > 1) {
		int err = task_sleep_killable(t, "exec", TIME_NEVER);

		if (err == -ERESTARTSYS && p->is_group_exit) {
			p->exec_task = NULL;
			return -EAGAIN;
		}
	}
	p->exec_task = NULL;
	leader = p->leader;
	if (leader != t)
		task_take_identity(t, leader);
	return 0;
}

static void
new_actions(struct task *t)
{
	struct sighand *sh;

	if (t->sighand->refs > 1 && !sighand_copy(t->sighand, &sh)) {
		sighand_put(t->sighand);
		t->sighand = sh;
	}
	sighand_flush(t->sighand, false);
	t->altstack = (struct lx_sigaltstack){.ss_flags = LX_SS_DISABLE};
	t->restore_mask = false;
}

static void
new_files(struct task *t)
{
	struct fdtable *copy;

	if (fdtable_is_shared(t->files) && !fdtable_copy(t->files, &copy)) {
		fdtable_put(t->files);
		t->files = copy;
	}
	fd_close_on_exec(t->files);
}

static void
new_registers(struct task *t, const struct exec *x)
{
	struct um_regs *r = &t->run.regs;
	uint64_t cs = r->cs, ss = r->ss;

	*r = (struct um_regs){
		.rip = x->interp_file ? x->interp_image.entry : x->image.entry,
		.rsp = x->stack.sp,
		.eflags = 0x202,
		.cs = cs,
		.ss = ss,
		.orig_rax = r->orig_rax, /* still in the call */
	};
	t->run.flags = RUN_SET_REGS | RUN_SET_TLS;
	kfree(t->initial_fp);
	t->initial_fp = NULL;
}

static void
commit(struct exec *x)
{
	struct task *t = x->t;
	struct process *p = t->proc;
	struct file *old_exe = p->exe;
	const char *slash = strrchr(x->name, '/');

	task_change_mm(t, x->mm, kin_of(x));
	x->mm = NULL;
	if (t->ptrace)
		patch_ban(t->mm); /* who looks sees what is run */
	t->pinned_cpu = -1;
	p->membarrier = 0;
	p->exe = file_get(x->file);
	file_put(old_exe);
	posix_timers_delete_all(p);
	new_actions(t);
	new_files(t);
	exec_ids_apply(t, &x->ids);
	t->clear_tid = t->robust_list = t->rseq = uaddr(0);
	t->rseq_len = 0;
	t->has_execed = p->has_execed = true;
	task_set_comm(t, slash ? slash + 1 : x->name);
	new_registers(t, x);
	facts_publish(t);
	trace(TR_TASK, t->tid, 2, 0);
}

int
task_exec(struct task *t, struct file *file, const char *name,
	  struct exec_strings *args, bool is_inaccessible)
{
	struct exec x = {
		.t = t,
		.file = file,
		.name = name,
		.args = args,
		.is_inaccessible = is_inaccessible,
	};
	int err = may_exec(file), old_tid = t->tid;

	if (!err)
		err = build(&x);
	if (!err)
		err = become_only_thread(t);
	if (!err)
		commit(&x);
	elf_fini(&x.elf);
	elf_fini(&x.interp);
	kfree(x.interp_name);
	if (x.mm)
		mm_put(x.mm);
	file_put(x.file);
	file_put(x.interp_file);
	if (!err)
		ptrace_exec(t, old_tid);
	return err;
}
