/* SPDX-License-Identifier: MIT */
/* arch/um/host/file.h - what the files on host files share. */
#ifndef ARCH_UM_HOST_FILE_H
#define ARCH_UM_HOST_FILE_H

#include "arch/um/host/host.h"

/* A directory handle and a checked component, or "" for the handle's own
 * object. */
struct place {
	struct handle *h;
	char name[256];
};

/* handle_get_file - as handle_get(), but streams are none: they were given to
 * be read or written, not to be changed otherwise, linked or looked into. */
struct handle *handle_get_file(uint64_t n);

/* place_get - @p of a hypercall's words; place_put() after 0.  -EBADF,
 * -ENOTDIR, as arena_name().  place_get_rw - to change something there; or
 * -EROFS. */
int place_get(struct place *p, uint64_t dir, uint64_t name);
int place_get_rw(struct place *p, uint64_t dir, uint64_t name);
void place_put(struct place *p);

/* proc_fd_path - a path to @name below @fd, or to @fd's object. */
void proc_fd_path(char *buf, size_t size, int fd, const char *name);

#endif /* ARCH_UM_HOST_FILE_H */
