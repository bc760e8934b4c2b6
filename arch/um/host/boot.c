/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/boot.c - the boot parameters: the configuration and what the
 * host is like, written to BOOT_PARAMS.
 */
#include "arch/um/host/host.h"

#include <cpuid.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif
#define HWCAP2_FSGSBASE 2

static uint64_t next; /* free space after the struct */

static void *
alloc(uint64_t size)
{
	uint64_t at = (next + 15) & ~15ull;

	if (size > BOOT_MAX || at + size > BOOT_PARAMS + BOOT_MAX)
		return NULL;
	next = at + size;
	return (void *)at;
}

static const char *
put_string(const char *s)
{
	char *p = s ? alloc(strlen(s) + 1) : NULL;

	return p ? strcpy(p, s) : NULL;
}

static const char **
put_strings(const char *const *v)
{
	uint64_t n = 0;
	const char **out;

	while (v && v[n])
		n++;
	out = alloc((n + 1) * sizeof *out);
	for (uint64_t i = 0; out && i < n; i++) {
		out[i] = put_string(v[i]);
		if (!out[i])
			return NULL;
	}
	if (out)
		out[n] = NULL;
	return out;
}

/* --- the processor --- */

/* The value of the first line of /proc/cpuinfo that starts with @key. */
static char *
cpuinfo_value(const char *text, const char *key)
{
	size_t n = strlen(key);
	const char *p, *end;

	for (p = text; p && *p; p = end ? end + 1 : NULL) {
		end = strchr(p, '\n');
		if (strncmp(p, key, n) || (p[n] != '\t' && p[n] != ' '))
			continue;
		p = strchr(p, ':');
		if (!p)
			return NULL;
		p += 1 + (p[1] == ' ');
		return strndup(p,
			       end && end > p ? (size_t)(end - p) : strlen(p));
	}
	return NULL;
}

static uint64_t
call_entry(void)
{
	return mach.tracer->call_entry ? mach.tracer->call_entry() : 0;
}

static void
put_cpu(struct boot_params *bp)
{
	static char text[16384];
	char *model, *flags, *mhz;
	struct {
		unsigned eax, ebx, ecx, edx;
	} cpu;
	int fd = open("/proc/cpuinfo", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = 0;
	model = cpuinfo_value(text, "model name");
	flags = cpuinfo_value(text, "flags");
	mhz = cpuinfo_value(text, "cpu MHz");
	bp->cpu_model = put_string(model ? model : "x86-64");
	bp->cpu_flags = put_string(flags ? flags : "fpu sse sse2 syscall lm");
	bp->cpu_khz = mhz ? (uint64_t)(strtod(mhz, NULL) * 1000) : 0;
	free(model);
	free(flags);
	free(mhz);
	/* The kernel's value, CPUID's leaf 1: C libraries show their own. */
	if (__get_cpuid(1, &cpu.eax, &cpu.ebx, &cpu.ecx, &cpu.edx))
		bp->hwcap = cpu.edx;
	bp->call_entry = call_entry();
	/* Programs may not look at %gs where patched calls use it. */
	if (mach.has_fsgsbase && !bp->call_entry)
		bp->hwcap2 = HWCAP2_FSGSBASE;
	bp->minsigstksz = getauxval(AT_MINSIGSTKSZ);
	bp->xstate_size = mach.xstate_size;
	bp->host_clock = mach.tracer->clock_entry();
}

/* --- files --- */

static int
open_root(const char *path, hosthandle_t *out, char *why, size_t whylen)
{
	int n, fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	n = fd < 0 ? -errno
		   : handle_new(HANDLE_DIR, fd, O_PATH | O_DIRECTORY,
				mach.cfg->read_only || mach.cfg->ephemeral);
	if (n < 0) {
		snprintf(why, whylen, "%s: %s", path, strerror(-n));
		return n;
	}
	out->n = n;
	return 0;
}

/* A file is opened for reading: what O_PATH gives can't be read. */
static int
open_source(const char *path, struct stat *st)
{
	int fd = open(path, O_PATH | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (fstat(fd, st) < 0 || !S_ISREG(st->st_mode))
		return fd;
	close(fd);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, st) < 0)
		return -errno;
	return fd;
}

static int
put_mount(struct boot_mount *bm, const struct machine_mount *m, char *why,
	  size_t whylen)
{
	struct stat st;
	int n, fd = open_source(m->source, &st);

	if (fd < 0) {
		snprintf(why, whylen, "%s: %s", m->source, strerror(-fd));
		return fd;
	}
	bm->is_file = !S_ISDIR(st.st_mode);
	bm->read_only = m->read_only;
	bm->target = put_string(m->target);
	bm->source = put_string(m->source);
	n = handle_new(bm->is_file ? HANDLE_FILE : HANDLE_DIR, fd,
		       bm->is_file ? O_RDONLY : O_PATH, m->read_only);
	bm->dir.n = n;
	if (n >= 0 && (!bm->target || !bm->source))
		n = -E2BIG;
	if (n < 0)
		snprintf(why, whylen, "%s: %s", m->source, strerror(-n));
	return n < 0 ? n : 0;
}

static int
put_files(struct boot_params *bp, char *why, size_t whylen)
{
	const struct machine_config *c = mach.cfg;
	int err = 0;

	bp->root = HANDLE_NONE;
	if (c->root)
		err = open_root(c->root, &bp->root, why, whylen);
	bp->mounts = alloc(c->nmounts * sizeof *bp->mounts);
	if (!err && c->nmounts && !bp->mounts)
		err = -E2BIG;
	for (uint32_t i = 0; !err && i < c->nmounts; i++)
		err = put_mount(&bp->mounts[i], &c->mounts[i], why, whylen);
	bp->nmounts = c->nmounts;
	for (int i = 0; !err && i < 3; i++) {
		int n = stream_of_stdio(i);

		if (n < 0) {
			snprintf(why, whylen, "stdio %d: %s", i, strerror(-n));
			err = n;
		}
		bp->stdio[i].n = n;
	}
	return err;
}

static uint64_t
flags_of(const struct machine_config *c)
{
	return (c->read_only ? BOOT_READ_ONLY : 0) |
	       (c->ephemeral ? BOOT_EPHEMERAL : 0) | (c->tty ? BOOT_TTY : 0) |
	       (c->no_stdin ? 0 : BOOT_STDIN) | (c->root ? 0 : BOOT_INITRD) |
	       (c->argv && c->argv[0] ? 0 : BOOT_INIT) |
	       (c->strace ? BOOT_STRACE : 0) |
	       (mach.has_fsgsbase && !call_entry() ? BOOT_HOST_FSGSBASE : 0) |
	       (mach.has_large ? BOOT_LARGE : 0);
}

int
boot_params_make(char *why, size_t whylen)
{
	const struct machine_config *c = mach.cfg;
	struct boot_params *bp = (struct boot_params *)BOOT_PARAMS;

	*bp = (struct boot_params){
		.magic = BOOT_MAGIC,
		.version = BOOT_VERSION,
		.flags = flags_of(c),
		.memory_bytes = c->memory,
		.cpus = mach.ncpus,
		.pids_limit = c->pids_limit,
		.log_level = (uint32_t)c->log_level,
		.as_pinned = mach.tracer->is_pinned,
		.host_files = (uint32_t)fds_bound(),
		.initrd_len = mach.initrd_len,
		.host_euid = geteuid(),
		.host_egid = getegid(),
	};
	next = BOOT_PARAMS + sizeof *bp;
	bp->root_source = put_string(c->root ? c->root : "initrd");
	bp->hostname = put_string(c->hostname ? c->hostname : "viv");
	bp->workdir = put_string(c->workdir);
	bp->user = put_string(c->user);
	bp->strace = put_string(c->strace);
	bp->tracer = put_string(mach.tracer->name);
	bp->argv = put_strings(c->argv);
	bp->envp = put_strings(c->envp);
	put_cpu(bp);
	if (!bp->argv || !bp->envp || !bp->cpu_flags) {
		snprintf(why, whylen, "command and environment are too long");
		return -E2BIG;
	}
	return put_files(bp, why, whylen);
}
