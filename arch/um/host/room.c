/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/room.c - how much memory the host has to spare: what it says is
 * available, and what our control group still may take (version 2; the limit of
 * the innermost group, which is the one a container is given).
 */
#include "arch/um/host/host.h"

#include <inttypes.h>
#include <string.h>

/* The number that follows @key at the beginning of a line of @path; or -1. */
static int64_t
number_in(const char *path, const char *key)
{
	FILE *f = fopen(path, "re");
	size_t len = strlen(key);
	char line[256];
	int64_t n = -1;

	while (f && n < 0 && fgets(line, sizeof line, f))
		if (!strncmp(line, key, len) &&
		    sscanf(line + len, "%" SCNd64, &n) != 1)
			break; /* "max" */
	if (f)
		fclose(f);
	return n;
}

/* Does our group, in version 2, have a file @name?  Its number, or -1. */
static int64_t
group_number(const char *name)
{
	FILE *f = fopen("/proc/self/cgroup", "re");
	char line[1024], path[1280] = "";
	int64_t n = -1;

	while (f && !path[0] && fgets(line, sizeof line, f)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "0::", 3))
			snprintf(path, sizeof path, "/sys/fs/cgroup%s/%s",
				 line + 3, name);
	}
	if (f)
		fclose(f);
	if (path[0])
		n = number_in(path, "");
	if (n < 0) {
		snprintf(path, sizeof path, "/sys/fs/cgroup/%s", name);
		n = number_in(path, "");
	}
	return n;
}

int64_t
hc_MEM_ROOM(const uint64_t *a)
{
	int64_t room = number_in("/proc/meminfo", "MemAvailable:");
	int64_t max = group_number("memory.max"), used = -1;

	(void)a;
	if (max >= 0)
		used = group_number("memory.current");
	if (room >= 0)
		room *= 1024;
	if (used >= 0 && (room < 0 || max - used < room))
		room = max > used ? max - used : 0;
	return room < 0 ? -ENOSYS : room;
}
