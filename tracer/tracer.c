/* SPDX-License-Identifier: MIT */
/*
 * tracer/tracer.c - choosing a back end, by trying it.
 *
 * The trial is a real one: a guest process is made, a thread of it runs a
 * system call instruction, and it must come back as STOP_SYSCALL.  What was
 * made for it becomes the pool's first spare.
 */
#include "tracer/tracer.h"

#include "arch/um/layout.h"
#include "tracer/fpstate.h"
#include "tracer/internal.h"
#include "tracer/stub/hostclock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct tracer_env tracer_env;
const struct backend *tracer_backend;

const char *const tracer_names[] = {"seccomp", "ptrace", "ptrace-nullify",
				    "direct", NULL};
/* Best first; `direct` where its trust is given. */
static const struct backend *const backends[] = {
	&direct_backend, &seccomp_backend, &ptrace_backend, &nullify_backend,
	NULL};

void
tracer_log(int level, const char *fmt, ...)
{
	char line[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	if (tracer_env.log)
		tracer_env.log(level, line);
}

/* The exit instruction of the stub, with a number it is not allowed. */
static int
selftest(struct aspace *as)
{
	struct thread_run run = {
		.regs = {.rip = STUB_ADDR(stub_ip_exit) - 2,
			 .rax = SYS_getpid,
			 .rbx = 0x1234},
		.flags = RUN_SET_REGS | RUN_SET_TLS,
	};
	struct gthread *t;
	int err;

	err = gthread_new(as, &run.regs, &t);
	if (err)
		return err;
	err = tracer_backend->ops.thread_run(t, &run, -1);
	gthread_free(t);
	if (err)
		return err;
	if (run.stop.kind != STOP_SYSCALL || run.regs.orig_rax != SYS_getpid ||
	    run.regs.rip != STUB_ADDR(stub_ip_exit) || run.regs.rbx != 0x1234)
		return -ENOSYS;
	return 0;
}

/* A host that is busy says nothing about the back end: wait for it. */
static int
wipe_patiently(struct aspace *as)
{
	int err, left = 100; /* of 50 ms each */

	do
		err = aspace_wipe(as);
	while (err == -EBUSY && --left);
	return err;
}

int
backend_try(const struct backend *b, struct aspace **out, char *why,
	    size_t whylen)
{
	struct aspace *as = NULL;
	const char *step = "no process";
	int err;

	tracer_backend = b;
	if (stub_image_fd >= 0)
		close(stub_image_fd);
	if (b->ops.in_guest && !tracer_env.nsegs && tracer_env.arena_fd >= 0)
		err = -ENOTSUP; /* a built-in kernel is nowhere else */
	else
		err = stub_image_make(b);
	if (!err)
		err = aspace_make(&as);
	if (!err) {
		step = "no trap";
		err = selftest(as);
		if (!err)
			err = wipe_patiently(as);
	}
	if (!err) {
		*out = as;
		return 0;
	}
	if (as) {
		kill(as->pid, SIGKILL);
		waitpid(as->pid, NULL, __WALL);
		atomic_fetch_sub(&guest_processes, 1);
		aspace_release(as);
	}
	snprintf(why + strlen(why), whylen - strlen(why), "%s%s: %s (%s)",
		 *why ? "; " : "", b->ops.name, step, strerror(-err));
	return err;
}

static bool
is_trusted(const char *name)
{
	return name && !strcmp(name, TRACER_TRUSTED);
}

static bool
is_auto(const char *name)
{
	return !name || !*name || !strcmp(name, "auto") || is_trusted(name);
}

static bool
is_wanted(const struct backend *b, const char *name)
{
	if (!is_auto(name))
		return !strcmp(name, b->ops.name);
	return !b->ops.in_guest || is_trusted(name);
}

static int
candidates(const char *name, const struct backend **list)
{
	int n = 0;

	for (int i = 0; backends[i]; i++)
		if (is_wanted(backends[i], name))
			list[n++] = backends[i];
	list[n] = NULL;
	return n;
}

int
tracer_choose(const char *name, const struct tracer_env *env,
	      const struct tracer_ops **out, char *why, size_t whylen)
{
	const struct backend *list[sizeof backends / sizeof backends[0]];
	char trouble[256] = "";
	int err;

	if (!candidates(name, list)) {
		snprintf(why, whylen,
			 "no tracer \"%s\": there are auto, seccomp, ptrace, "
			 "ptrace-nullify and direct",
			 name);
		return -EINVAL;
	}
	tracer_env = *env;
	err = fpstate_learn(&fp_size, &fp_features);
	if (err) {
		snprintf(why, whylen, "this CPU has no usable xsave state");
		return err;
	}
	hostclock_find();
	err = pool_start(list, trouble, sizeof trouble);
	if (err) {
		snprintf(why, whylen, "no tracer works here: %s",
			 *trouble ? trouble : strerror(-err));
		return err;
	}
	*out = &tracer_backend->ops;
	snprintf(why, whylen, "tracer %s: %s%s", tracer_backend->ops.name,
		 !is_auto(name) ? "as asked" : "the best that works here",
		 *trouble ? " (" : "");
	if (*trouble)
		snprintf(why + strlen(why), whylen - strlen(why), "%s)",
			 trouble);
	return 0;
}

/* Guest code is kept from the kernel's memory in its process, or is not. */
static const char *
key_text(const struct tracer_ops *ops)
{
	if (!ops->in_guest)
		return "";
	return stub_pkey ? ", the kernel's memory closed by a protection key"
			 : ", no protection key closes the kernel's memory";
}

/* In a child, so that nothing of the trial stays. */
static void
probe_child(const char *name, int out)
{
	struct tracer_env env = {
		.arena_fd = -1, .initrd_fd = -1, .ncpus = 1, .host_cpus = 1};
	const struct tracer_ops *ops;
	char why[256] = "";
	int err;

	env.phys_fd = memfd_create("viv-probe", MFD_CLOEXEC);
	env.phys_size = MiB(1);
	if (env.phys_fd < 0 || ftruncate(env.phys_fd, MiB(1)) < 0)
		_exit(ENOSYS);
	err = tracer_choose(name, &env, &ops, why, sizeof why);
	if (!err)
		snprintf(why, sizeof why, "works%s%s%s",
			 ops->in_guest ? ", for --trusted" : "", key_text(ops),
			 ops->call_entry && ops->call_entry()
				 ? "; calls made often become jumps"
				 : "");
	if (write(out, why, strlen(why)) < 0)
		err = -EIO;
	if (!err)
		ops->stop();
	_exit(-err);
}

int
tracer_probe(const char *name, char *why, size_t whylen)
{
	int p[2], status;
	ssize_t n;
	pid_t pid;

	if (pipe2(p, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		probe_child(name, p[1]);
	close(p[1]);
	if (pid < 0) {
		close(p[0]);
		return -errno;
	}
	n = read(p[0], why, whylen - 1);
	why[n > 0 ? n : 0] = 0;
	close(p[0]);
	if (waitpid(pid, &status, 0) < 0)
		return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EIO;
}
