/* SPDX-License-Identifier: MIT */
/* cli/paths.c - where viv's own files are. */
#include "cli/paths.h"

#include "cli/cli.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef VIV_DATADIR
#define VIV_DATADIR "/usr/local/share/viv"
#endif

/* Relative to the folder of the running program. */
static const char *const places[] = {
	"../share/viv/rootfs.cpio", /* installed */
	"rootfs/rootfs.cpio",	    /* built: b/viv */
	"../rootfs/rootfs.cpio",    /* built: b/cli/viv */
};

/* Without ".." and links; @path, which is given up, if that can't be had. */
static char *
shortened(char *path)
{
	char *real = realpath(path, NULL);

	if (!real)
		return path;
	free(path);
	return real;
}

char *
path_of_rootfs(void)
{
	char self[PATH_MAX], *slash, *path;
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	if (n > 0) {
		self[n] = '\0';
		slash = strrchr(self, '/');
		if (slash)
			*slash = '\0';
		for (size_t i = 0; i < sizeof(places) / sizeof(places[0]);
		     i++) {
			path = xasprintf("%s/%s", self, places[i]);
			if (access(path, R_OK) == 0)
				return shortened(path);
			free(path);
		}
	}
	path = xstrdup(VIV_DATADIR "/rootfs.cpio");
	if (access(path, R_OK) == 0)
		return path;
	free(path);
	return NULL;
}
