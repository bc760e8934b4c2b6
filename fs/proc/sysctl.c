/* SPDX-License-Identifier: MIT */
/*
 * fs/proc/sysctl.c - /proc/sys: one table, a row each with its bounds.
 *
 * What can be set takes effect where it says so; what Linux lets be set and
 * has no meaning here (write-back ratios of a page cache that is the host's)
 * keeps its value and is read back.
 */
#include "base/klog.h"
#include "base/time.h"
#include "fs/path.h"
#include "fs/proc/internal.h"
#include "include/abi/capability.h"
#include "kernel/ipc/ipc.h"
#include "kernel/pid.h"
#include "kernel/sched.h"
#include "kernel/uts.h"
#include "mm/mm.h"

#define RO  (LX_S_IFREG | 0444)
#define RW  (LX_S_IFREG | 0644)
#define ANY INT32_MAX

typedef unsigned long long ull;

static int
name_store(char *name, size_t max, char *text, size_t n)
{
	char *end = strchr(text, '\n');

	if (end)
		*end = '\0';
	if (strlen(text) >= max || n == 0)
		return -EINVAL;
	memset(name, 0, max);
	str_copy(name, text, max);
	return 0;
}

static PROC_SHOW(uts_show)
{
	strbuf_add(sb, "%s\n", (const char *)pi->row->value);
	return 0;
}

static int
uts_store(const struct proc_inode *pi, char *text, size_t n)
{
	return name_store(pi->row->value, sizeof(uts.nodename), text, n);
}

static PROC_SHOW(pid_max_show)
{
	(void)pi;
	strbuf_add(sb, "%d\n", PID_MAX);
	return 0;
}

static PROC_SHOW(threads_max_show)
{
	(void)pi;
	strbuf_add(sb, "%u\n", pid_limit());
	return 0;
}

static void
add_uuid(struct strbuf *sb, const uint8_t *b)
{
	for (int k = 0; k < 16; k++)
		strbuf_add(sb, "%s%02x",
			   k == 4 || k == 6 || k == 8 || k == 10 ? "-" : "",
			   b[k]);
	strbuf_add(sb, "\n");
}

/* RFC 9562, version 4. */
static void
make_uuid(uint8_t *b)
{
	entropy(b, 16);
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
}

static PROC_SHOW(boot_id_show)
{
	static uint8_t id[16];

	(void)pi;
	if (!id[6])
		make_uuid(id);
	add_uuid(sb, id);
	return 0;
}

static PROC_SHOW(uuid_show)
{
	uint8_t id[16];

	(void)pi;
	make_uuid(id);
	add_uuid(sb, id);
	return 0;
}

static int
drop_caches(const struct proc_inode *pi, char *text, size_t n)
{
	int err = proc_store_int(pi, text, n);

	if (!err)
		mm_reclaim(UINT64_MAX);
	return err;
}

static PROC_SHOW(file_nr_show)
{
	(void)pi;
	strbuf_add(sb, "%llu\t0\t1000000\n", (ull)file_count());
	return 0;
}

/* One text of up to 127 bytes, newline taken off. */
static PROC_SHOW(string_show)
{
	strbuf_add(sb, "%s\n", (const char *)pi->row->value);
	return 0;
}

static int
string_store(const struct proc_inode *pi, char *text, size_t n)
{
	return name_store(pi->row->value, 128, text, n);
}

/* Real-time tasks' part of a period is not more than that. */
static int
rt_store(const struct proc_inode *pi, char *text, size_t n)
{
	int *value = pi->row->value, old = *value;
	int err = proc_store_int(pi, text, n);

	if (!err && sched_rt_runtime_us > sched_rt_period_us) {
		*value = old;
		err = -EINVAL;
	}
	return err;
}

static char core_pattern[128] = "core", modprobe[128] = "/sbin/modprobe";
static int core_uses_pid, randomize = 2, kptr_restrict;
static int perf_paranoid = 2, sysrq, panic_secs, ptrace_scope;
static int overflowuid = 65534, overflowgid = 65534;
static int sched_child_first;
static int overcommit, overcommit_ratio = 50, max_map_count = 65530;
static int swappiness = 60, dirty_ratio = 20, dirty_background = 10;
static int dirty_expire = 3000, dirty_writeback = 500, drop_value, oom_dump = 1;
static int oom_kill_allocating, panic_on_oom, vfs_pressure = 100;
static int pipe_hard, pipe_soft = 16384, pipe_max = 1048576;
static int inotify_events = 16384, inotify_instances = 128;
static int inotify_watches = 65536, nr_open = 1048576, lease_break = 45;
static int suid_dumpable;
static int somaxconn = 4096, wmem = 212992, rmem = 212992;
static int port_unprivileged = 1024, dgram_qlen = 512, ip_forward;
static int unprivileged_userns, min_free = 4096, aio_max = 65536;
static uint64_t file_max = 1000000, shmmax = 18446744073692774399ull;
static uint64_t shmall = 18446744073692774399ull;

#define TEXT(path, text)                                                       \
	{                                                                      \
		path, RO, .show = proc_show_text, .value = text                \
	}
#define SET(path, var, lo, hi)                                                 \
	{                                                                      \
		path, RW, .show = proc_show_int, .store = proc_store_int,      \
			  .value = &(var), .min = (lo), .max = (hi)            \
	}
#define GET(path, var)                                                         \
	{                                                                      \
		path, RO, .show = proc_show_int, .value = &(var)               \
	}

static const struct proc_row rows[] = {
	{"", .mode = LX_S_IFDIR | 0555},
	/* --- fs --- */
	SET("fs/aio-max-nr", aio_max, 0, ANY),
	TEXT("fs/aio-nr", "0\n"),
	TEXT("fs/dentry-state", "0\t0\t45\t0\t0\t0\n"),
	{"fs/file-max", RW, .show = proc_show_u64, .store = proc_store_u64,
	 .value = &file_max, .max = INT64_MAX},
	{"fs/file-nr", RO, .show = file_nr_show},
	TEXT("fs/inode-nr", "0\t0\n"),
	SET("fs/inotify/max_queued_events", inotify_events, 0, ANY),
	SET("fs/inotify/max_user_instances", inotify_instances, 0, ANY),
	SET("fs/inotify/max_user_watches", inotify_watches, 0, ANY),
	SET("fs/lease-break-time", lease_break, 0, ANY),
	GET("fs/nr_open", nr_open),
	SET("fs/pipe-max-size", pipe_max, 4096, 1 << 30),
	SET("fs/pipe-user-pages-hard", pipe_hard, 0, ANY),
	SET("fs/pipe-user-pages-soft", pipe_soft, 0, ANY),
	SET("fs/protected_fifos", fs_protect.fifos, 0, 2),
	SET("fs/protected_hardlinks", fs_protect.hardlinks, 0, 1),
	SET("fs/protected_regular", fs_protect.regular, 0, 2),
	SET("fs/protected_symlinks", fs_protect.symlinks, 0, 1),
	GET("fs/suid_dumpable", suid_dumpable),
	/* --- kernel --- */
	TEXT("kernel/cap_last_cap", "40\n"),
	{"kernel/core_pattern", RW, .show = string_show, .store = string_store,
	 .value = core_pattern},
	SET("kernel/core_uses_pid", core_uses_pid, 0, 1),
	SET("kernel/dmesg_restrict", klog_restrict, 0, 1),
	{"kernel/domainname", RW, .show = uts_show, .store = uts_store,
	 .value = uts.domainname},
	{"kernel/hostname", RW, .show = uts_show, .store = uts_store,
	 .value = uts.nodename},
	SET("kernel/kptr_restrict", kptr_restrict, 0, 2),
	{"kernel/modprobe", RW, .show = string_show, .store = string_store,
	 .value = modprobe},
	SET("kernel/msgmax", msg_limits.max, 0, ANY),
	SET("kernel/msgmnb", msg_limits.mnb, 0, ANY),
	SET("kernel/msgmni", msg_limits.mni, 0, 32768),
	TEXT("kernel/ngroups_max", "65536\n"),
	{"kernel/osrelease", RO, .show = uts_show, .value = uts.release},
	{"kernel/ostype", RO, .show = uts_show, .value = uts.sysname},
	GET("kernel/overflowgid", overflowgid),
	GET("kernel/overflowuid", overflowuid),
	SET("kernel/panic", panic_secs, INT32_MIN, ANY),
	SET("kernel/perf_event_paranoid", perf_paranoid, -1, 4),
	{"kernel/pid_max", RO, .show = pid_max_show},
	TEXT("kernel/printk", "4\t4\t1\t7\n"),
	{"kernel/random/boot_id", RO, .show = boot_id_show},
	TEXT("kernel/random/entropy_avail", "256\n"),
	TEXT("kernel/random/poolsize", "256\n"),
	TEXT("kernel/random/urandom_min_reseed_secs", "60\n"),
	{"kernel/random/uuid", RO, .show = uuid_show},
	TEXT("kernel/random/write_wakeup_threshold", "256\n"),
	GET("kernel/randomize_va_space", randomize),
	SET("kernel/sched_child_runs_first", sched_child_first, 0, 1),
	{"kernel/sched_rt_period_us", RW, .show = proc_show_int,
	 .store = rt_store, .value = &sched_rt_period_us, .min = 1, .max = ANY},
	{"kernel/sched_rt_runtime_us", RW, .show = proc_show_int,
	 .store = rt_store, .value = &sched_rt_runtime_us, .min = -1,
	 .max = ANY},
	TEXT("kernel/seccomp/actions_avail",
	     "kill_process kill_thread trap errno user_notif trace log "
	     "allow\n"),
	TEXT("kernel/seccomp/actions_logged",
	     "kill_process kill_thread trap errno user_notif trace log\n"),
	TEXT("kernel/sem", "32000\t1024000000\t500\t32000\n"),
	{"kernel/shmall", RO, .show = proc_show_u64, .value = &shmall},
	{"kernel/shmmax", RO, .show = proc_show_u64, .value = &shmmax},
	TEXT("kernel/shmmni", "4096\n"),
	GET("kernel/sysrq", sysrq),
	TEXT("kernel/tainted", "0\n"),
	{"kernel/threads-max", RO, .show = threads_max_show},
	GET("kernel/unprivileged_userns_clone", unprivileged_userns),
	{"kernel/version", RO, .show = uts_show, .value = uts.version},
	SET("kernel/yama/ptrace_scope", ptrace_scope, 0, 0),
	/* --- net --- */
	SET("net/core/rmem_default", rmem, 2304, ANY),
	SET("net/core/rmem_max", rmem, 2304, ANY),
	SET("net/core/somaxconn", somaxconn, 0, 65535),
	SET("net/core/wmem_default", wmem, 4608, ANY),
	SET("net/core/wmem_max", wmem, 4608, ANY),
	GET("net/ipv4/ip_forward", ip_forward),
	TEXT("net/ipv4/ip_local_port_range", "32768\t60999\n"),
	SET("net/ipv4/ip_unprivileged_port_start", port_unprivileged, 0, 65535),
	SET("net/unix/max_dgram_qlen", dgram_qlen, 0, ANY),
	/* --- vm --- */
	SET("vm/dirty_background_ratio", dirty_background, 0, 100),
	SET("vm/dirty_expire_centisecs", dirty_expire, 0, ANY),
	SET("vm/dirty_ratio", dirty_ratio, 0, 100),
	SET("vm/dirty_writeback_centisecs", dirty_writeback, 0, ANY),
	{"vm/drop_caches", LX_S_IFREG | 0200, .show = proc_show_int,
	 .store = drop_caches, .value = &drop_value, .min = 1, .max = 4},
	GET("vm/max_map_count", max_map_count),
	SET("vm/min_free_kbytes", min_free, 0, ANY),
	TEXT("vm/mmap_min_addr", "65536\n"),
	TEXT("vm/nr_hugepages", "0\n"),
	SET("vm/oom_dump_tasks", oom_dump, 0, 1),
	SET("vm/oom_kill_allocating_task", oom_kill_allocating, 0, 1),
	GET("vm/overcommit_memory", overcommit),
	SET("vm/overcommit_ratio", overcommit_ratio, 0, ANY),
	GET("vm/panic_on_oom", panic_on_oom),
	SET("vm/swappiness", swappiness, 0, 200),
	SET("vm/vfs_cache_pressure", vfs_pressure, 0, ANY),
};

const struct proc_tree proc_sys_tree = PROC_TREE(rows);
