/* SPDX-License-Identifier: MIT */
/*
 * fs/hostfs/hostfs.h - a host directory (or one host file) as a file system.
 * What its guest sees as owners, modes, device nodes and xattrs is metadata of
 * ours: the host user needs no right but to read and write the files.
 */
#ifndef FS_HOSTFS_H
#define FS_HOSTFS_H

#include "fs/inode.h"

struct hostfs_opts {
	hosthandle_t root; /* stays open; the super's from now on */
	bool is_file;	   /* @root is a file, not a directory */
	bool read_only;
	uint32_t host_euid, host_egid; /* of viv; 0 in the guest */
	const char *source;	       /* for /proc/mounts */
};

/* hostfs_init - register "hostfs" for /proc/filesystems; mount(2) can't make
 * one, since a guest has no names for host directories.  @host_files: how many
 * the host lets be open. */
void hostfs_init(uint32_t host_files);

/* hostfs_super - a super for @o.  Refs: *@out is the caller's.
 * -EIO and what the host says of the root; -ENOMEM. */
MUST_CHECK int hostfs_super(const struct hostfs_opts *o, struct super **out);

/* hostfs_writeback - write back what has been dirty for a while in every
 * hostfs; for a periodic caller that may sleep.  Returns: ns until the next
 * call is worth while, UINT64_MAX if nothing is dirty. */
uint64_t hostfs_writeback(void);

/* Called when there is something to write back at @due, monotonic, and there
 * was nothing of its kind; NULL: nobody cares.  Must not sleep. */
extern void (*hostfs_dirty_hook)(uint64_t due);

/* hostfs_barrier - the host knows all that the guest did to files and closed:
 * before the guest says anything to the host.  Sleeps. */
void hostfs_barrier(void);

#endif /* FS_HOSTFS_H */
