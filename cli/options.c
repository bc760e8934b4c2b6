/* SPDX-License-Identifier: MIT */
/*
 * cli/options.c - the command line of `viv run`, as data.
 *
 * The list of options is cli/options.def: getopt's tables and the help come
 * from it.
 */
#include "cli/options.h"

#include "cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum opt_id {
	OPT_FIRST = 256,
#define OPT(id, name, letter, arg, argname, help) OPT_##id,
#include "cli/options.def"
#undef OPT
};

static const struct option long_options[] = {
#define OPT(id, name, letter, arg, argname, help) {name, arg, NULL, OPT_##id},
#include "cli/options.def"
#undef OPT
	{NULL, 0, NULL, 0},
};

struct opt_text {
	const char *name;
	int letter, arg;
	const char *argname, *help;
};

static const struct opt_text opt_texts[] = {
#define OPT(id, name, letter, arg, argname, help)                              \
	{name, letter, arg, argname, help},
#include "cli/options.def"
#undef OPT
};

#define NOPTS (sizeof(opt_texts) / sizeof(opt_texts[0]))

/* "+:" - stop at the first word that is no option; we complain ourselves. */
static void
short_options(char out[2 + 2 * NOPTS + 1])
{
	char *p = out;

	*p++ = '+';
	*p++ = ':';
	for (size_t i = 0; i < NOPTS; i++) {
		if (!opt_texts[i].letter)
			continue;
		*p++ = (char)opt_texts[i].letter;
		if (opt_texts[i].arg == required_argument)
			*p++ = ':';
	}
	*p = '\0';
}

static int
id_of_letter(int c)
{
	for (size_t i = 0; i < NOPTS; i++)
		if (opt_texts[i].letter == c)
			return OPT_FIRST + 1 + (int)i;
	return c;
}

static void
print_option(const struct opt_text *t)
{
	const char *help = t->help;
	char left[64];
	int n = 0;

	if (t->letter)
		n = snprintf(left, sizeof left, "-%c, ", t->letter);
	snprintf(left + n, sizeof left - (size_t)n, "--%s%s%s%s", t->name,
		 !t->argname		       ? ""
		 : t->arg == optional_argument ? "[="
					       : " ",
		 t->argname ? t->argname : "",
		 t->arg == optional_argument ? "]" : "");
	printf("  %-31s", left);
	if (strlen(left) > 30)
		printf("\n%33s", "");
	for (; *help; help++) {
		putchar(*help);
		if (*help == '\n')
			printf("%33s", "");
	}
	putchar('\n');
}

static void
print_help(void)
{
	printf("Usage: viv run [OPTIONS] [ROOT] [--] [CMD [ARG...]]\n\n"
	       "Boot a guest on a kernel of its own and run CMD in it. ROOT is"
	       " a directory that\nholds a root file system; without it, the"
	       " embedded guest is booted (write\n`viv run -- CMD` to run one"
	       " command there). Without CMD, a shell is started.\n\n"
	       "Options:\n");
	for (size_t i = 0; i < NOPTS; i++)
		print_option(&opt_texts[i]);
	printf("\nThe exit status is the command's; 128+N if signal N ended"
	       " it; 127 if it was not\nfound, 126 if it could not be"
	       " executed, 125 if viv itself failed, 124 after"
	       " --timeout.\n");
}

static int
bad(const char *option, const char *arg, const char *why)
{
	cli_fail("--%s %s: %s", option, arg, why);
	return OPTIONS_BAD;
}

static int
add_volume(struct run_options *o, const char *arg)
{
	struct volume v;

	if (!parse_volume(arg, &v))
		return bad("volume", arg,
			   "not of the form HOST:GUEST[:ro], GUEST absolute");
	o->volumes = xrealloc(o->volumes, (o->nvolumes + 1) * sizeof(v));
	o->volumes[o->nvolumes++] = v;
	return OPTIONS_RUN;
}

static int
set_pids_limit(struct run_options *o, const char *arg)
{
	uint64_t n = 0;

	if (strcmp(arg, "-1") && !parse_u64(arg, UINT32_MAX, &n))
		return bad("pids-limit", arg, "not a number of tasks");
	o->pids_set = true;
	o->pids_limit = (uint32_t)n;
	return OPTIONS_RUN;
}

static int
set_number(struct run_options *o, int id, const char *arg)
{
	uint64_t n;

	switch (id) {
	case OPT_MEMORY:
		if (!parse_size(arg, &o->memory) || !o->memory)
			return bad("memory", arg, "not a size like 512m or 2g");
		return OPTIONS_RUN;
	case OPT_CPUS:
		if (!parse_u64(arg, 1024, &n) || !n)
			return bad("cpus", arg, "not a number from 1 to 1024");
		o->cpus = (uint32_t)n;
		return OPTIONS_RUN;
	case OPT_PIDS_LIMIT:
		return set_pids_limit(o, arg);
	case OPT_LOG_LEVEL:
		if (!parse_log_level(arg, &o->log_level))
			return bad("log-level", arg,
				   "not one of error, warn, info, debug");
		return OPTIONS_RUN;
	default:
		if (!parse_duration(arg, &o->timeout_ns))
			return bad("timeout", arg,
				   "not a duration like 10, 500ms, 5m or 1h");
		return OPTIONS_RUN;
	}
}

static int
set_text(struct run_options *o, int id, const char *arg)
{
	switch (id) {
	case OPT_VOLUME:
		return add_volume(o, arg);
	case OPT_ENV:
		if (!env_option(&o->env, arg))
			return bad("env", arg, "no name before '='");
		break;
	case OPT_ENV_FILE:
		return env_file(&o->env, arg) ? OPTIONS_BAD : OPTIONS_RUN;
	case OPT_WORKDIR:
		if (*arg != '/')
			return bad("workdir", arg, "not an absolute path");
		o->workdir = arg;
		break;
	case OPT_USER:
		if (!*arg || *arg == ':')
			return bad("user", arg, "no user before ':'");
		o->user = arg;
		break;
	case OPT_HOSTNAME:
		if (!*arg || strlen(arg) > 64)
			return bad("hostname", arg, "not 1 to 64 bytes");
		o->hostname = arg;
		break;
	default:
		return set_number(o, id, arg);
	}
	return OPTIONS_RUN;
}

static int
set_option(struct run_options *o, int id, const char *arg)
{
	switch (id) {
	case OPT_HELP:
		print_help();
		return OPTIONS_DONE;
	case OPT_READ_ONLY:
		o->read_only = true;
		break;
	case OPT_EPHEMERAL:
		o->ephemeral = true;
		break;
	case OPT_INTERACTIVE:
		o->no_stdin = false;
		break;
	case OPT_NO_STDIN:
		o->no_stdin = true;
		break;
	case OPT_TTY:
		o->tty = true;
		o->no_tty = false;
		break;
	case OPT_NO_TTY:
		o->no_tty = true;
		o->tty = false;
		break;
	case OPT_NO_PATCH:
		o->no_patch = true;
		break;
	case OPT_TRACER:
		o->tracer = arg;
		break;
	case OPT_TRUSTED:
		o->trusted = true;
		break;
	case OPT_STRACE:
		o->strace = arg ? arg : "";
		break;
	case OPT_STRACE_OUTPUT:
		o->strace_output = arg;
		break;
	case OPT_LOG_FILE:
		o->log_file = arg;
		break;
	case OPT_KERNEL:
		o->kernel = arg;
		break;
	case OPT_INITRD:
		o->initrd = arg;
		break;
	default:
		return set_text(o, id, arg);
	}
	return OPTIONS_RUN;
}

/* What getopt could not make sense of. */
static int
complain(int c, char **argv)
{
	const char *word = argv[optind - 1];

	if (c == ':')
		cli_fail("%s: an argument is missing; see viv run --help",
			 word);
	else if (optopt && optopt < OPT_FIRST)
		cli_fail("-%c: no such option; see viv run --help", optopt);
	else if (optopt)
		cli_fail("%s: takes no argument", word);
	else
		cli_fail("%s: no such option; see viv run --help", word);
	return OPTIONS_BAD;
}

static int
check_together(const struct run_options *o)
{
	static const char *const tracers[] = {"auto", "seccomp", "ptrace",
					      "ptrace-nullify", "direct"};

	if (o->root && o->initrd)
		return bad("initrd", o->initrd, "goes without a ROOT only");
	if (o->read_only && o->ephemeral) {
		cli_fail("--read-only and --ephemeral exclude each other");
		return OPTIONS_BAD;
	}
	if (o->strace_output && !o->strace)
		return bad("strace-output", o->strace_output, "needs --strace");
	for (size_t i = 0; i < sizeof(tracers) / sizeof(tracers[0]); i++)
		if (!strcmp(o->tracer, tracers[i]))
			return OPTIONS_RUN;
	return bad("tracer", o->tracer,
		   "not one of auto, seccomp, ptrace, ptrace-nullify, "
		   "direct");
}

int
options_parse(struct run_options *o, int argc, char **argv)
{
	char shorts[2 + 2 * NOPTS + 1];
	bool dashes;
	int c, before, res = OPTIONS_RUN;

	*o = (struct run_options){.tracer = "auto", .log_level = 1};
	short_options(shorts);
	opterr = 0;
	optind = 0;
	for (before = 1;; before = optind) {
		c = getopt_long(argc, argv, shorts, long_options, NULL);
		if (c < 0)
			break;
		if (c == '?' || c == ':')
			return complain(c, argv);
		res = set_option(o, id_of_letter(c), optarg);
		if (res != OPTIONS_RUN)
			return res;
	}
	/* getopt steps over a "--" that it stopped at. */
	dashes = optind > before;
	if (!dashes && optind < argc) {
		o->root = argv[optind++];
		if (optind < argc && !strcmp(argv[optind], "--"))
			optind++;
	}
	o->argv = argv + optind;
	return check_together(o);
}

void
options_fini(struct run_options *o)
{
	for (size_t i = 0; i < o->nvolumes; i++) {
		free(o->volumes[i].host);
		free(o->volumes[i].guest);
	}
	free(o->volumes);
	env_fini(&o->env);
}
