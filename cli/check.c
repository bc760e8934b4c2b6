/* SPDX-License-Identifier: MIT */
/*
 * cli/check.c - `viv check`: what this host allows, tried out, and what a run
 * would use.
 */
#include "arch/um/host/machine.h"
#include "cli/cli.h"
#include "cli/defaults.h"
#include "cli/paths.h"
#include "tracer/tracer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#define PROBES_MAX 32

static void
line(const char *what, const char *mark, const char *text)
{
	printf("%-16s %-4s %s\n", what, mark, text);
}

static void
print_host(void)
{
	struct utsname u;
	char text[512];

	if (uname(&u) < 0)
		return;
	snprintf(text, sizeof text, "%s %s, %s; uid %u", u.sysname, u.release,
		 u.machine, (unsigned int)geteuid());
	line("host", "", text);
}

/* What no tracer and no machine part probes: plain limits and features. */
static void
print_limits(void)
{
	static const struct {
		const char *what;
		int which;
	} limits[] = {{"open files", RLIMIT_NOFILE},
		      {"processes", RLIMIT_NPROC},
		      {"address space", RLIMIT_AS},
		      {"file size", RLIMIT_FSIZE},
		      {"locked memory", RLIMIT_MEMLOCK}};
	struct rlimit r;
	char text[64];

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		if (getrlimit(limits[i].which, &r) < 0)
			continue;
		if (r.rlim_cur == RLIM_INFINITY)
			strcpy(text, "no limit");
		else
			snprintf(text, sizeof text, "limit %llu",
				 (unsigned long long)r.rlim_cur);
		line(limits[i].what, "", text);
	}
}

static void
print_keys(void)
{
	int key = pkey_alloc(0, 0);

	line("protection keys", key >= 0 ? "ok" : "no",
	     key >= 0 ? "there" : "not on this processor; nothing needs them");
	if (key >= 0)
		pkey_free(key);
}

/* Prints the machine's probes; true if all that is needed is there. */
static bool
print_machine(void)
{
	struct machine_probe p[PROBES_MAX];
	unsigned int n = machine_probe(p, PROBES_MAX);
	bool all = true;

	for (unsigned int i = 0; i < n; i++) {
		line(p[i].what, p[i].is_ok ? "ok" : "no", p[i].text);
		if (p[i].is_needed && !p[i].is_ok)
			all = false;
	}
	return all;
}

/* Prints the tracers' probes; returns the first that works, or NULL. */
static const char *
print_tracers(void)
{
	const char *chosen = NULL;
	char why[256];

	for (size_t i = 0; tracer_names[i]; i++) {
		int err = tracer_probe(tracer_names[i], why, sizeof why);

		line(tracer_names[i], err ? "no" : "ok", why);
		if (!err && !chosen)
			chosen = tracer_names[i];
	}
	return chosen;
}

static void
print_guest(void)
{
	char *rootfs = path_of_rootfs();
	char text[64];

	line("embedded guest", rootfs ? "ok" : "no",
	     rootfs ? rootfs : "rootfs.cpio is not installed; name a ROOT");
	free(rootfs);
	snprintf(text, sizeof text, "%llu MiB, unless --memory says else",
		 (unsigned long long)default_memory() >> 20);
	line("guest memory", "", text);
	snprintf(text, sizeof text, "%u, unless --cpus says else",
		 default_cpus());
	line("virtual CPUs", "", text);
}

int
cmd_check(int argc, char **argv)
{
	const char *tracer;
	bool is_fit;

	if (argc > 1 && !strcmp(argv[1], "--help")) {
		printf("Usage: viv check\n\nSay what this host allows (each"
		       " thing is tried, not looked up) and what viv\nrun"
		       " would use. Status 0: it would work; 125: it would"
		       " not.\n");
		return 0;
	}
	if (argc > 1)
		return cli_fail("check takes no arguments: %s", argv[1]);
	print_host();
	is_fit = print_machine();
	print_limits();
	print_keys();
	tracer = print_tracers();
	print_guest();
	if (!is_fit || !tracer)
		return cli_fail("this host can't run guests: see the lines"
				" marked 'no' above");
	printf("\nviv run would use the %s tracer.\n", tracer);
	return 0;
}
