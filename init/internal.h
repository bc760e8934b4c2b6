/* SPDX-License-Identifier: MIT */
/* init/internal.h - what the files of init/ share. */
#ifndef INIT_INTERNAL_H
#define INIT_INTERNAL_H

#include "arch/um/boot.h"
#include "include/annotate.h"
#include "include/types.h"

struct fs_ctx;
struct task;

extern const struct boot_params *const boot;

#define VIV_KERNEL_VERSION "0.1"

/* init/root.c: mount the root and what belongs below it. Panics if it can't:
 * there is nobody yet to tell. */
void init_files(void);
struct fs_ctx *init_root(void);
/* init_unpack - what needs a task to do it: the archive, mounts of -v. */
MUST_CHECK int init_unpack(struct task *t);

/* init/start.c: PID 1's first function. */
MUST_CHECK int init_start(struct task *t);

/* init_command_pid - the command's process, or PID 1. */
int init_command_pid(void);

/* init/events.c */
void init_events(void);

/* init/user.c: ids, groups and home directory of -u, from the guest's own
 * /etc/passwd and /etc/group.  -ENOENT: no such user. */
struct init_user {
	uint32_t uid, gid;
	uint32_t groups[64];
	uint32_t ngroups;
	char name[64], home[256], shell[256];
};
MUST_CHECK int init_user(struct task *t, const char *spec,
			 struct init_user *out);

/* init/shutdown.c */
void init_power(void);

/* init_writeback - start the task that writes dirty files back. */
void init_writeback(void);

#endif /* INIT_INTERNAL_H */
