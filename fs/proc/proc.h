/* SPDX-License-Identifier: MIT */
/* fs/proc/proc.h - /proc and /sys: file systems that look into tasks. */
#ifndef FS_PROC_PROC_H
#define FS_PROC_PROC_H

struct boot_params;
struct file;
struct pid;

/* proc_init - register "proc" and "sysfs".  @bp outlives the guest. */
void proc_init(const struct boot_params *bp);

/* proc_dir_pid - whose directory /proc/PID is @f (not counted)?  NULL: it is
 * none. */
struct pid *proc_dir_pid(const struct file *f);

#endif /* FS_PROC_PROC_H */
