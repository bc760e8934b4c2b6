/* SPDX-License-Identifier: MIT */
/* cli/defaults.c - what a guest gets when the user doesn't say. */
#include "cli/defaults.h"

#include "cli/cli.h"
#include "cli/parse.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The first line of a file as a number; 0 if it is none ("max"). */
static uint64_t
number_in(const char *path)
{
	FILE *f = fopen(path, "re");
	char line[64] = "";
	uint64_t n = 0;

	if (!f)
		return 0;
	if (fgets(line, sizeof line, f)) {
		line[strcspn(line, "\n")] = '\0';
		if (!parse_u64(line, UINT64_MAX, &n))
			n = 0;
	}
	fclose(f);
	return n;
}

/* The memory bound of our control group, version 2 or 1; 0: none found. */
static uint64_t
cgroup_memory(void)
{
	FILE *f = fopen("/proc/self/cgroup", "re");
	char line[1024], *path;
	uint64_t n = 0;

	while (f && !n && fgets(line, sizeof line, f)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "0::", 3))
			continue;
		path = xasprintf("/sys/fs/cgroup%s/memory.max", line + 3);
		n = number_in(path);
		free(path);
	}
	if (f)
		fclose(f);
	if (!n)
		n = number_in("/sys/fs/cgroup/memory.max");
	if (!n)
		n = number_in("/sys/fs/cgroup/memory/memory.limit_in_bytes");
	return n;
}

uint64_t
default_memory(void)
{
	uint64_t half = (uint64_t)sysconf(_SC_PHYS_PAGES) *
			(uint64_t)sysconf(_SC_PAGESIZE) / 2;
	uint64_t bound = cgroup_memory();

	if (bound && bound / 4 * 3 < half)
		half = bound / 4 * 3;
	return half > MEMORY_MIN ? half : MEMORY_MIN;
}

uint32_t
default_cpus(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof set, &set) < 0)
		return 1;
	return (uint32_t)CPU_COUNT(&set);
}

void
default_env(struct env *env, const char *hostname, bool is_tty)
{
	char *s = xasprintf("HOSTNAME=%s", hostname);

	env_set(env, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
		     "/sbin:/bin");
	env_set(env, "container=viv");
	env_set(env, s);
	free(s);
	if (is_tty) {
		env_set(env, "TERM=linux");
		env_option(env, "TERM");
	}
}
