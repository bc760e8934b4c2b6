/* SPDX-License-Identifier: MIT */
/*
 * cli/main.c - the `viv` command: a table of its subcommands.
 *
 * What a subcommand does is in the file of its name; what a virtual machine
 * is, in arch/um/host/.
 */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#ifndef VIV_VERSION
#define VIV_VERSION "unknown"
#endif

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
};

static const struct command commands[] = {
	{"run", cmd_run, "boot a guest and run a command in it"},
	{"check", cmd_check, "say what this host allows, and what is used"},
};

#define NCOMMANDS (sizeof(commands) / sizeof(commands[0]))

static int
print_help(FILE *to)
{
	fprintf(to, "Usage: viv COMMAND [ARG...]\n\n"
		    "Run an unmodified Linux userland on a kernel of its own,"
		    " without any rights\non this machine.\n\nCommands:\n");
	for (size_t i = 0; i < NCOMMANDS; i++)
		fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].help);
	fprintf(to, "\n  viv COMMAND --help tells more; viv --version says"
		    " which viv this is.\n"
		    "  Try: viv run            a shell in the embedded guest\n"
		    "       viv run DIR bash   bash in the root file system"
		    " DIR\n");
	return 0;
}

int
main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL;

	if (!name) {
		print_help(stderr);
		return EXIT_OURS;
	}
	if (!strcmp(name, "--help") || !strcmp(name, "-h") ||
	    !strcmp(name, "help"))
		return print_help(stdout);
	if (!strcmp(name, "--version")) {
		printf("viv %s\n", VIV_VERSION);
		return 0;
	}
	for (size_t i = 0; i < NCOMMANDS; i++)
		if (!strcmp(name, commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	return cli_fail("%s: no such command; see viv --help", name);
}
