/* SPDX-License-Identifier: MIT */
/*
 * init/start.c - PID 1.
 *
 * With a command, PID 1 is a task of the kernel's own: it starts the command
 * as its child, reaps whatever is orphaned, and powers off with the command's
 * status.  Without one, the guest's own /init is PID 1 where it has one, else
 * a shell is the command.
 *
 * Exit statuses are those of podman-run(1): 126 not executable, 127 not found.
 */
#include "base/log.h"
#include "base/slab.h"
#include "base/str.h"
#include "drivers/console.h"
#include "fs/path.h"
#include "include/abi/capability.h"
#include "include/abi/signal.h"
#include "include/abi/stat.h"
#include "include/abi/wait.h"
#include "init/internal.h"
#include "kernel/exec.h"
#include "kernel/pid.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "kernel/wait.h"
#include "mm/mm.h"
#include "syscalls/strace.h"

#define STATUS_FAILURE	 125
#define STATUS_NOT_EXEC	 126
#define STATUS_NOT_FOUND 127

static const char *const shells[] = {"/bin/bash", "/bin/sh"};
static struct init_user user;
static int command_pid = 1;

static const char *
env_value(const char *name)
{
	size_t n = strlen(name);

	for (uint32_t i = 0; boot->envp[i]; i++)
		if (!strncmp(boot->envp[i], name, n) && boot->envp[i][n] == '=')
			return boot->envp[i] + n + 1;
	return NULL;
}

int
init_command_pid(void)
{
	return command_pid;
}

static bool
exists(struct task *t, const char *path)
{
	struct walk w = {.fs = t->fs, .cred = &t->cred, .flags = WALK_FOLLOW};
	struct path p;

	if (path_lookup(&w, path, &p))
		return false;
	path_put(&p);
	return true;
}

/* --- finding the program: execvp(3)'s rules --- */

static int
find_program(struct task *t, const char *name, char *full, size_t n,
	     struct file **out)
{
	const char *path = env_value("PATH");
	int err = -ENOENT, first = 0;

	if (strchr(name, '/')) {
		str_copy(full, name, n);
		return exec_open(t, full, out);
	}
	while (path && *path) {
		const char *end = strchr(path, ':');
		size_t len = end ? (size_t)(end - path) : strlen(path);

		str_format(full, n, "%.*s%s%s", (int)len, path, len ? "/" : "",
			   name);
		err = exec_open(t, full, out);
		if (!err)
			return 0;
		if (err != -ENOENT && err != -ENOTDIR && !first)
			first = err;
		path += len + (end != NULL);
	}
	return first ? first : -ENOENT;
}

static int
add_env(struct exec_strings *s, const char *name, const char *value)
{
	char line[320];

	if (env_value(name) || !value[0])
		return 0;
	str_format(line, sizeof(line), "%s=%s", name, value);
	s->envc++;
	return exec_strings_add(s, line);
}

static int
gather(struct exec_strings *s, const char *const *argv)
{
	int err = 0;

	for (uint32_t i = 0; !err && argv[i]; i++) {
		err = exec_strings_add(s, argv[i]);
		s->argc++;
	}
	for (uint32_t i = 0; !err && boot->envp[i]; i++) {
		err = exec_strings_add(s, boot->envp[i]);
		s->envc++;
	}
	if (!err)
		err = add_env(s, "HOME", user.home);
	if (!err)
		err = add_env(s, "HOSTNAME", boot->hostname);
	return err;
}

static const char *
why(int err)
{
	switch (err) {
	case -ENOENT:
		return "no such file, or its interpreter is missing";
	case -EACCES:
		return "permission denied";
	case -ENOEXEC:
		return "not a program for x86-64 Linux (or a script without "
		       "#!)";
	case -EISDIR:
		return "is a directory";
	case -ENOTDIR:
		return "a component of the path is not a directory";
	case -ELIBBAD:
		return "its ELF interpreter is damaged";
	case -EIO:
		return "the file is damaged or cut short";
	case -ETXTBSY:
		return "open for writing";
	}
	return str_errno(-err);
}

/* The status for wait(2) when @err kept the command from starting. */
static int
refuse(const char *name, int err)
{
	bool missing = err == -ENOENT || err == -ENOTDIR;

	log_error("cannot run %s: %s", name, why(err));
	return LX_W_EXITCODE(missing ? STATUS_NOT_FOUND : STATUS_NOT_EXEC);
}

static int
exec_command(struct task *t, const char *const *argv, bool quiet)
{
	struct exec_strings s = {0};
	struct file *f;
	char *full = kmalloc(PAGE_SIZE);
	int err;

	if (!full)
		return -ENOMEM;
	err = find_program(t, argv[0], full, PAGE_SIZE, &f);
	if (!err) {
		err = gather(&s, argv);
		if (!err)
			err = task_exec(t, f, full, &s, false);
		if (!err)
			strace_exec(t->tid, full, argv,
				    mm_layout(t->mm)->env_start, s.envc);
		exec_strings_fini(&s);
		/* It was there: what is missing is its interpreter. */
		if (err == -ENOENT && !quiet) {
			log_error("cannot run %s: %s", argv[0], why(err));
			err = LX_W_EXITCODE(STATUS_NOT_FOUND);
			quiet = true;
		}
	}
	kfree(full);
	if (err < 0 && !quiet)
		return refuse(argv[0], err);
	return err;
}

/* --- the command's process --- */

static void
become_user(struct task *t)
{
	struct cred *c = &t->cred;
	struct group_list *g;

	c->uid = c->euid = c->suid = c->fsuid = user.uid;
	c->gid = c->egid = c->sgid = c->fsgid = user.gid;
	if (user.uid)
		c->cap_permitted = c->cap_effective = 0;
	g = kzalloc(sizeof(*g) + user.ngroups * 4);
	if (!g)
		return;
	g->refs = 1;
	g->n = user.ngroups;
	memcpy(g->gid, user.groups, user.ngroups * 4);
	c->groups = g;
}

static int
enter_workdir(struct task *t)
{
	struct walk w = {
		.fs = t->fs,
		.cred = &t->cred,
		.flags = WALK_FOLLOW | WALK_DIR,
	};
	struct path p;
	int err;

	if (!boot->workdir)
		return 0;
	err = path_lookup(&w, boot->workdir, &p);
	if (err) {
		log_error("cannot enter %s: %s", boot->workdir,
			  str_errno(-err));
		return err;
	}
	fs_set_cwd(t->fs, &p);
	path_put(&p);
	return 0;
}

static int
command_start(struct task *t)
{
	const char *const *argv = (const char *const *)boot->argv;
	const char *shell[2] = {NULL, NULL};
	struct process *p = t->proc;

	p->is_session_leader = true;
	process_set_session(p, t->pid);
	process_set_pgrp(p, t->pid);
	if (console_stdio(t, boot))
		return LX_W_EXITCODE(STATUS_FAILURE);
	become_user(t);
	if (enter_workdir(t))
		return LX_W_EXITCODE(STATUS_FAILURE);
	if (argv[0])
		return exec_command(t, argv, false);
	shell[0] = user.shell[0] && exists(t, user.shell) ? user.shell : NULL;
	for (uint32_t i = 0; !shell[0] && i < ARRAY_LEN(shells); i++)
		if (exists(t, shells[i]))
			shell[0] = shells[i];
	if (!shell[0])
		return refuse("a shell", -ENOENT);
	return exec_command(t, shell, false);
}

/* --- PID 1 --- */

/* Reap until the command ends.  Returns: its status. */
static int
reap_loop(struct task *t)
{
	struct wait_req w = {.type = LX_P_ALL,
			     .options = LX_WEXITED | LX___WALL};
	struct wait_result r;

	for (;;) {
		int err = task_wait(t, &w, &r);

		if (!err && r.pid == command_pid)
			return r.raw;
		if (err == -ECHILD)
			return LX_W_EXITCODE(STATUS_FAILURE);
		if (t->is_kill_pending)
			return LX_SIGKILL;
		if (err) {
			struct lx_siginfo si;

			/* Nothing is delivered to a task without guest code. */
			(void)signal_dequeue(t, ~0ull, &si);
		}
	}
}

int
init_start(struct task *t)
{
	static const char *const own_init[] = {"/init", NULL};
	int err = init_unpack(t);

	if (err)
		return LX_W_EXITCODE(STATUS_FAILURE);
	err = init_user(t, boot->user, &user);
	if (err) {
		log_error("no user %s in the guest", boot->user);
		return LX_W_EXITCODE(STATUS_FAILURE);
	}
	if ((boot->flags & BOOT_INIT) && exists(t, own_init[0])) {
		if (console_stdio(t, boot))
			return LX_W_EXITCODE(STATUS_FAILURE);
		return exec_command(t, own_init, false);
	}
	err = task_spawn(t, command_start, &command_pid);
	if (err) {
		log_error("cannot start the first process: %s",
			  str_errno(-err));
		return LX_W_EXITCODE(STATUS_FAILURE);
	}
	task_exit_group(t, reap_loop(t));
	return 0;
}
