/* SPDX-License-Identifier: MIT */
/*
 * cli/cli.h - what the files of the command share: its subcommands and the
 * one way to complain.
 *
 * A subcommand gets its own argument vector (argv[0] is its name) and returns
 * the exit status of viv.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

/* Exit statuses that are not the guest's. */
enum {
	EXIT_OURS = 125,      /* viv itself failed, or was misused */
	EXIT_NOT_EXEC = 126,  /* the command is there but can't be run */
	EXIT_NOT_FOUND = 127, /* no such command */
};

/* cmd_run - `viv run`: boot a guest, run one command in it. */
int cmd_run(int argc, char **argv);

/* cmd_check - `viv check`: what this host allows, what would be used. */
int cmd_check(int argc, char **argv);

/* cli_fail - one line on stderr, "viv: ..."; returns EXIT_OURS. */
int cli_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* cli_warn - one line on stderr, "viv: ...". */
void cli_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* xmalloc and kin - as the C library's, but end viv when memory is out. */
void *xrealloc(void *p, unsigned long size);
char *xstrdup(const char *s);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif /* CLI_CLI_H */
