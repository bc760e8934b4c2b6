/* SPDX-License-Identifier: MIT */
/*
 * fs/anon.h - inodes and files that no name leads to: pipes, sockets,
 * eventfds, epolls, timerfds.  fstat(2) and /proc/PID/fd want an inode for
 * each; they live on pseudo file systems that are never mounted.
 */
#ifndef FS_ANON_H
#define FS_ANON_H

#include "fs/file.h"

struct inode;

enum anon_fs { ANON_INODEFS, ANON_PIPEFS, ANON_SOCKFS, ANON_KINDS };

/* anon_inode_new - a fresh inode of @mode, owned by @uid and @gid, on pseudo
 * file system @fs.  Refs: *@out is the caller's.  -ENOMEM. */
MUST_CHECK int anon_inode_new(enum anon_fs fs, uint32_t mode, uint32_t uid,
			      uint32_t gid, struct inode **out);

/*
 * anon_file_new - an open file on the inode all anonymous files share (mode
 * 0600, no type, as Linux has it), labelled "anon_inode:@name".
 * Refs: as file_new().  -ENOMEM, -ENFILE.
 */
MUST_CHECK int anon_file_new(const struct file_ops *ops, uint32_t flags,
			     const char *name, struct file **out);

/* anon_file_on - an open file on @i, labelled "@prefix:[ino]" ("pipe",
 * "socket").  Refs: takes its own on @i. */
MUST_CHECK int anon_file_on(struct inode *i, const struct file_ops *ops,
			    uint32_t flags, const char *prefix,
			    struct file **out);

#endif /* FS_ANON_H */
