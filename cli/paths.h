/* SPDX-License-Identifier: MIT */
/* cli/paths.h - where viv's own files are. */
#ifndef CLI_PATHS_H
#define CLI_PATHS_H

/*
 * path_of_rootfs - the archive of the embedded guest: beside an installed viv
 * (../share/viv), else in the build directory, else where it was configured
 * to be installed.
 * Returns: a path the caller frees, or NULL: there is none.
 */
char *path_of_rootfs(void);

#endif /* CLI_PATHS_H */
