/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/machine.h - the machine: guest RAM, vCPUs, clock, devices, the
 * guest kernel's image, made of host files and threads.
 *
 * One machine a process, run once: when it stops, its vCPU threads stay parked
 * wherever they were, and the caller is expected to leave soon.
 */
#ifndef ARCH_UM_HOST_MACHINE_H
#define ARCH_UM_HOST_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tracer_env;
struct tracer_ops;

/* As a tracer's name: the best for a guest that is trusted with the kernel's
 * memory. */
#define TRACER_TRUSTED "trusted"

/*
 * How the machine gets at a tracer, which ranks above it: tracer/tracer.h's
 * tracer_choose().  Starts the back end @name (NULL or "auto": the best that
 * works here).  Returns 0, *@out and in @why one line saying which and why; or
 * -errno and in @why what is missing.
 */
typedef int tracer_choose_fn(const char *name, const struct tracer_env *env,
			     const struct tracer_ops **out, char *why,
			     size_t whylen);

/* -v HOST:GUEST[:ro] */
struct machine_mount {
	const char *source; /* host path: a directory, or any other file */
	const char *target; /* absolute guest path */
	bool read_only;
};

/* Everything is borrowed until machine_run() returns. */
struct machine_config {
	tracer_choose_fn *choose_tracer; /* tracer_choose */
	const char *tracer;		 /* a name, NULL or "auto" */

	const char *kernel; /* image file; NULL: the embedded one */
	const char *root;   /* host directory; NULL: @initrd is the root */
	const char *initrd; /* cpio archive */
	const struct machine_mount *mounts;
	uint32_t nmounts;

	bool read_only; /* root may not be written */
	bool ephemeral; /* writes are dropped */
	bool tty;	/* stdin is a terminal: raw mode, console tty */
	bool no_stdin;	/* the guest reads /dev/null */
	bool no_patch;	/* system calls are left as they are */

	const char *hostname;
	const char *workdir;	 /* NULL: the kernel's choice */
	const char *user;	 /* NULL: root */
	const char *const *argv; /* NULL-terminated; empty: guest init */
	const char *const *envp; /* NULL-terminated */

	uint64_t memory; /* bytes of guest RAM */
	uint32_t cpus;
	uint32_t pids_limit; /* 0: none */

	int log_level; /* enum log_level of base/log.h: 0 error.. 3 debug */
	int log_fd;    /* -1: stderr */
	const char *strace;  /* filter; NULL: off */
	int strace_fd;	     /* -1: stderr */
	uint64_t timeout_ns; /* 0: none */
};

/*
 * machine_run - build the machine, boot it, run it until the guest powers off.
 * Call it once, before the process has other threads.
 * Returns: the guest's exit status (0..255); -errno with one line in @why if
 * the machine could not be built (@why: no newline, no "viv: ").  When the
 * guest kernel panics it has been reported and 125 is returned.
 */
int machine_run(const struct machine_config *cfg, char *why, size_t whylen);

/* One line of `viv check`. */
struct machine_probe {
	const char *what; /* "memfd", "io_uring" */
	bool is_ok;
	bool is_needed; /* viv can't run without it */
	char text[160]; /* what was found, or what is missing and what then */
};

/*
 * machine_probe - what this host allows, tried out rather than looked up:
 * memfd, the fixed region, io_uring, limits.  The back ends' own probes are
 * tracer/tracer.h's tracer_probe().
 * Returns: how many of the @max entries were filled.
 */
unsigned machine_probe(struct machine_probe *out, unsigned max);

#endif /* ARCH_UM_HOST_MACHINE_H */
