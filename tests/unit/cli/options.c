/* SPDX-License-Identifier: MIT */
/* tests/unit/cli/options.c - where options end, and what they say. */
#include "cli/options.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>
#include <stdlib.h>

static struct run_options o;

/* What was parsed points into the words: they stay. */
static int
parse_args(char **words)
{
	static char *argv[32];
	int argc = 0;

	while (words[argc]) {
		argv[argc] = words[argc];
		argc++;
	}
	argv[argc] = NULL;
	return options_parse(&o, argc, argv);
}

#define PARSE(...) parse_args((char *[]){"run", ##__VA_ARGS__, NULL})

Test(options, end_at_the_root)
{
	cr_assert_eq(PARSE("-w", "/x", "/root", "ls", "-w", "--help"),
		     OPTIONS_RUN);
	cr_assert_str_eq(o.root, "/root");
	cr_assert_str_eq(o.workdir, "/x");
	cr_assert_str_eq(o.argv[0], "ls");
	cr_assert_str_eq(o.argv[2], "--help");
	cr_assert_eq(o.argv[3], NULL);
}

Test(options, two_dashes_after_the_root_are_left_out)
{
	cr_assert_eq(PARSE("/root", "--", "ls", "--"), OPTIONS_RUN);
	cr_assert_str_eq(o.root, "/root");
	cr_assert_str_eq(o.argv[0], "ls");
	cr_assert_str_eq(o.argv[1], "--");
}

Test(options, two_dashes_instead_of_a_root)
{
	cr_assert_eq(PARSE("--", "ls"), OPTIONS_RUN);
	cr_assert_eq(o.root, NULL);
	cr_assert_str_eq(o.argv[0], "ls");
	cr_assert_eq(PARSE("-it", "--", "ls"), OPTIONS_RUN);
	cr_assert_eq(o.root, NULL);
	cr_assert(o.tty);
}

Test(options, two_dashes_as_an_argument_are_no_end)
{
	cr_assert_eq(PARSE("-h", "--", "/root", "ls"), OPTIONS_RUN);
	cr_assert_str_eq(o.hostname, "--");
	cr_assert_str_eq(o.root, "/root");
}

Test(options, may_all_be_absent)
{
	cr_assert_eq(PARSE(), OPTIONS_RUN);
	cr_assert_eq(o.root, NULL);
	cr_assert_eq(o.argv[0], NULL);
	cr_assert_str_eq(o.tracer, "auto");
	cr_assert_eq(o.strace, NULL);
	cr_assert_not(o.pids_set);
}

Test(options, values)
{
	setenv("FROM_HOST", "yes", 1);
	unsetenv("NOT_THERE");
	cr_assert_eq(PARSE("-e", "A=1", "-eB=2", "--env=A=3", "-e", "FROM_HOST",
			   "-e", "NOT_THERE", "-m", "64m", "--cpus=3",
			   "--pids-limit=-1", "--strace", "--timeout=2s",
			   "--tracer=ptrace", "-v", "/a:/b:ro", "-u", "1:2",
			   "--log-level=debug"),
		     OPTIONS_RUN);
	cr_assert_eq(o.env.n, 3);
	cr_assert_str_eq(o.env.v[0], "A=3");
	cr_assert_str_eq(o.env.v[1], "B=2");
	cr_assert_str_eq(o.env.v[2], "FROM_HOST=yes");
	cr_assert_eq(o.memory, 64 << 20);
	cr_assert_eq(o.cpus, 3);
	cr_assert(o.pids_set && o.pids_limit == 0);
	cr_assert_str_eq(o.strace, "");
	cr_assert_eq(o.timeout_ns, 2000000000);
	cr_assert_eq(o.nvolumes, 1);
	cr_assert(o.volumes[0].read_only);
	cr_assert_eq(o.log_level, 3);
	options_fini(&o);
}

Test(options, complaints_name_the_option, .init = cr_redirect_stderr)
{
	cr_assert_eq(PARSE("--memory", "lots"), OPTIONS_BAD);
	fflush(stderr);
	cr_assert_stderr_eq_str(
		"viv: --memory lots: not a size like 512m or 2g\n");
}

Test(options, nonsense_is_refused, .init = cr_redirect_stderr)
{
	cr_assert_eq(PARSE("--no-such"), OPTIONS_BAD);
	cr_assert_eq(PARSE("-Z"), OPTIONS_BAD);
	cr_assert_eq(PARSE("--memory"), OPTIONS_BAD);
	cr_assert_eq(PARSE("--read-only=yes"), OPTIONS_BAD);
	cr_assert_eq(PARSE("--cpus", "0"), OPTIONS_BAD);
	cr_assert_eq(PARSE("--tracer", "magic"), OPTIONS_BAD);
	cr_assert_eq(PARSE("-v", "/a"), OPTIONS_BAD);
	cr_assert_eq(PARSE("-e", "=x"), OPTIONS_BAD);
	cr_assert_eq(PARSE("-w", "rel"), OPTIONS_BAD);
	cr_assert_eq(PARSE("--initrd", "f", "/root"), OPTIONS_BAD);
	cr_assert_eq(PARSE("--read-only", "--ephemeral"), OPTIONS_BAD);
	cr_assert_eq(PARSE("--strace-output", "f"), OPTIONS_BAD);
}

Test(options, help_names_every_option, .init = cr_redirect_stdout)
{
	cr_assert_eq(PARSE("--help"), OPTIONS_DONE);
}
