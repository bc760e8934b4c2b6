/* SPDX-License-Identifier: MIT */
/*
 * cli/options.h - the command line of `viv run`, as data.
 *
 * Options end at ROOT; `--` right after the options means that there is no
 * ROOT and a command follows.  What is here has been checked for its form
 * only; cli/run.c looks at the host.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/env.h"
#include "cli/parse.h"

#include <stdbool.h>
#include <stdint.h>

struct run_options {
	const char *root; /* NULL: the embedded guest */
	char **argv;	  /* the command, NULL-terminated; may be empty */

	struct volume *volumes;
	size_t nvolumes;
	struct env env; /* what -e and --env-file said */
	const char *workdir;
	const char *user;
	const char *hostname;
	bool read_only;
	bool ephemeral;

	uint64_t memory; /* bytes; 0: default */
	uint32_t cpus;	 /* 0: default */
	bool pids_set;
	uint32_t pids_limit; /* 0: none */

	bool no_stdin;
	bool tty, no_tty;
	bool no_patch;

	const char *tracer;
	bool trusted;
	const char *strace; /* NULL: off; "": all */
	const char *strace_output;
	int log_level;
	const char *log_file;
	uint64_t timeout_ns; /* 0: none */
	const char *kernel;
	const char *initrd;
};

enum { OPTIONS_RUN, OPTIONS_DONE, OPTIONS_BAD };

/*
 * options_parse - fill @o from the arguments of `viv run`.
 * Returns: OPTIONS_RUN; OPTIONS_DONE after printing help; OPTIONS_BAD after
 * one line of complaint.
 */
int options_parse(struct run_options *o, int argc, char **argv);

/* options_fini - free what options_parse() allocated. */
void options_fini(struct run_options *o);

#endif /* CLI_OPTIONS_H */
