/* SPDX-License-Identifier: MIT */
/*
 * fs/proc/internal.h - trees given as tables.
 *
 * A file system here is a table of rows, one a path; directories that rows lie
 * in need no row of their own.  A directory's row may also name a series of
 * numbered entries (PIDs, threads, descriptors, CPUs), each a file or the root
 * of another table.  Inodes are made on lookup and kept only while used.
 *
 * An inode that belongs to a task counts its struct pid, never the task: what
 * may sleep asks proc_task() again afterwards.
 */
#ifndef FS_PROC_INTERNAL_H
#define FS_PROC_INTERNAL_H

#include "arch/um/boot.h"
#include "base/str.h"
#include "fs/inode.h"
#include "include/abi/stat.h"
#include "kernel/task.h"

struct proc_inode;
struct proc_series;

enum {
	ROW_TRACE = 1,	/* only for who may trace the task */
	ROW_POLLED = 2, /* /proc/self/mounts: poll(2) tells of changes */
	ROW_MEMBER = 4, /* any thread of the process may look, whatever mode */
	ROW_FIXED = 8,	/* owned by root even in a task's directory */
	ROW_FD_MODE = 16, /* a link with the rights of its descriptor */
};

struct proc_row {
	const char *path;
	uint32_t mode; /* with its type */
	uint32_t flags;
	/* The text.  Must not sleep; called again with more room when it did
	 * not fit. */
	int (*show)(const struct proc_inode *pi, struct strbuf *sb);
	/* The text where finding it sleeps: *@out is kmalloc'ed.
	 * Returns: its length. */
	int64_t (*fetch)(const struct proc_inode *pi, char **out);
	/* What was written, terminated.  Returns: 0 or -errno. */
	int (*store)(const struct proc_inode *pi, char *text, size_t n);
	/* A link's target into @buf.  Returns: its length. */
	int64_t (*link)(const struct proc_inode *pi, char *buf, size_t n);
	int (*jump)(const struct proc_inode *pi, struct path *out);
	const struct file_ops *fops;
	const struct proc_series *series;
	const struct proc_tree *tree; /* the directory is its root */
	/* A number or a text that show and store are about. */
	void *value;
	int64_t min, max;
};

struct proc_tree {
	const struct proc_row *rows;
	uint32_t n;
};

#define PROC_TREE(table)                                                       \
	{                                                                      \
		.rows = (table), .n = ARRAY_LEN(table)                         \
	}

struct proc_series {
	const char *prefix;
	/* The first entry >= @from. */
	bool (*next)(const struct proc_inode *dir, uint64_t from,
		     uint64_t *out);
	/* Is there this very one?  NULL: next() tells. */
	bool (*has)(const struct proc_inode *dir, uint64_t nr);
	bool is_pid, is_thread;
	const struct proc_tree *tree; /* entries are its root */
	const struct proc_row *leaf;  /* or files like this */
};

struct proc_inode {
	const struct proc_tree *tree;
	const struct proc_row *row; /* NULL: a directory without one */
	const char *dir;	    /* a directory's path, dir_len long */
	size_t dir_len;
	struct pid *pid; /* counted; NULL: not a task's */
	bool is_thread;	 /* below task/TID */
	bool is_entry;	 /* of a series */
	uint64_t nr;	 /* of the entry of the last series */
	struct inode *inode;
};

static inline struct proc_inode *
proc_i(const struct inode *i)
{
	return i->priv;
}

/* node.c */
extern const struct inode_ops proc_inode_ops;
extern const struct file_ops proc_dir_fops, proc_text_fops;
extern const struct super_ops proc_super_ops;
MUST_CHECK int proc_root(struct super *sb, const struct proc_tree *tree);
/* proc_row_in - does a row lie in the directory?  *@len: of its component. */
const char *proc_row_in(const struct proc_inode *dir,
			const struct proc_row *row, size_t *len);
/* proc_enter - make of *@as, a directory's, what it is for @row in it. */
void proc_enter(struct proc_inode *as, const struct proc_row *row,
		const char *name, size_t len);
uint64_t proc_ino(const struct proc_inode *as);

/* proc_task - the task, or NULL if it is gone.  Not counted. */
struct task *proc_task(const struct proc_inode *pi);
/* proc_process - its process, likewise. */
struct process *proc_process(const struct proc_inode *pi);
/* proc_mm - its memory with a reference: 0 and NULL if it has none, -ESRCH,
 * -EACCES if the caller may not look into it. */
MUST_CHECK int proc_mm(const struct proc_inode *pi, struct mm **out);
/* proc_may_trace - may the caller? */
bool proc_may_trace(const struct proc_inode *pi);

/* num.c: show and store for row->value. */
int proc_show_text(const struct proc_inode *pi, struct strbuf *sb);
int proc_show_int(const struct proc_inode *pi, struct strbuf *sb);
int proc_store_int(const struct proc_inode *pi, char *text, size_t n);
int proc_show_u64(const struct proc_inode *pi, struct strbuf *sb);
int proc_store_u64(const struct proc_inode *pi, char *text, size_t n);
/* proc_parse_int - one number, blanks around it. */
MUST_CHECK int proc_parse_int(const char *text, int64_t *out);

#define PROC_SHOW(name) int name(const struct proc_inode *pi, struct strbuf *sb)

/* The parts of the tables. */
extern const struct boot_params *proc_boot;
extern const struct proc_tree proc_root_tree, proc_pid_tree, proc_tid_tree,
	proc_sys_tree, proc_net_tree, sysfs_tree;

/* stat.c, status.c, limits.c: a task in numbers. */
PROC_SHOW(pid_stat_show);
PROC_SHOW(pid_statm_show);
PROC_SHOW(pid_status_show);
PROC_SHOW(pid_limits_show);
PROC_SHOW(pid_sched_show);
PROC_SHOW(pid_io_show);
char task_state_letter(const struct task *t);
/* proc_signal_sets - what the process ignores and catches. */
void proc_signal_sets(const struct task *t, uint64_t *ignored,
		      uint64_t *caught);
/* proc_queued - signals queued for the task and its process. */
uint32_t proc_queued(const struct task *t);
/* proc_tty - the controlling terminal's number, and the group in front. */
void proc_tty(const struct process *p, int *tty, int *fg);
/* proc_add_list - "0-3,7" of a mask of CPUs. */
void proc_add_list(struct strbuf *sb, uint64_t set);

/* maps.c, mem.c: a task's memory. */
PROC_SHOW(pid_maps_show);
PROC_SHOW(pid_smaps_show);
PROC_SHOW(pid_smaps_rollup_show);
int64_t pid_cmdline_fetch(const struct proc_inode *pi, char **out);
int64_t pid_environ_fetch(const struct proc_inode *pi, char **out);
PROC_SHOW(pid_auxv_show);
extern const struct file_ops pid_mem_fops;

/* fd.c: links to files. */
extern const struct proc_series pid_fd_series, pid_fdinfo_series;
int64_t pid_exe_link(const struct proc_inode *pi, char *buf, size_t n);
int pid_exe_jump(const struct proc_inode *pi, struct path *out);
int64_t pid_cwd_link(const struct proc_inode *pi, char *buf, size_t n);
int pid_cwd_jump(const struct proc_inode *pi, struct path *out);
int64_t pid_root_link(const struct proc_inode *pi, char *buf, size_t n);
int pid_root_jump(const struct proc_inode *pi, struct path *out);
/* fd_link_mode - a descriptor's link has the rights it was opened with. */
uint32_t fd_link_mode(const struct proc_inode *pi);

/* mounts.c */
PROC_SHOW(pid_mounts_show);
PROC_SHOW(pid_mountinfo_show);
PROC_SHOW(pid_mountstats_show);

/* system.c, cpu.c: the system as a whole. */
PROC_SHOW(sys_meminfo_show);
PROC_SHOW(sys_cpuinfo_show);
PROC_SHOW(sys_stat_show);
PROC_SHOW(sys_uptime_show);
PROC_SHOW(sys_loadavg_show);
PROC_SHOW(sys_filesystems_show);
PROC_SHOW(sys_version_show);
PROC_SHOW(sys_cmdline_show);
PROC_SHOW(sys_devices_show);
PROC_SHOW(sys_misc_show);
PROC_SHOW(sys_partitions_show);
PROC_SHOW(sys_interrupts_show);
PROC_SHOW(sys_vmstat_show);
PROC_SHOW(sys_locks_show);
PROC_SHOW(sys_shm_show);
PROC_SHOW(sys_sem_show);
PROC_SHOW(sys_msg_show);

#endif /* FS_PROC_INTERNAL_H */
