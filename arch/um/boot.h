/* SPDX-License-Identifier: MIT */
/*
 * arch/um/boot.h - what the machine tells the guest kernel at power-on.  It
 * lies at BOOT_PARAMS; strings and arrays follow it inside BOOT_MAX.
 */
#ifndef ARCH_UM_BOOT_H
#define ARCH_UM_BOOT_H

#include "include/types.h"

#define BOOT_MAGIC   0x76697669766b726eull
#define BOOT_VERSION 1

enum boot_flags {
	BOOT_READ_ONLY = 1 << 0, /* the root file system may not be written */
	BOOT_EPHEMERAL = 1 << 1, /* writes go to memory and are dropped */
	BOOT_TTY = 1 << 2,	 /* stdio is the console tty */
	BOOT_STDIN = 1 << 3,	 /* -i: stdin is passed; else /dev/null */
	BOOT_INITRD = 1 << 4,	 /* root is the archive at INITRD_BASE */
	BOOT_INIT = 1 << 5,	 /* no command given: start the guest's init */
	BOOT_STRACE = 1 << 6,
	BOOT_HOST_FSGSBASE = 1 << 7, /* guest may use wrfsbase and kin */
	BOOT_LARGE = 1 << 8,	     /* AS_LARGE may help */
};

/* A bind mount from the host: -v. */
struct boot_mount {
	hosthandle_t dir; /* a host directory or file */
	uint32_t is_file; /* @dir is a regular file */
	uint32_t read_only;
	const char *target; /* absolute guest path */
	const char *source; /* as the user wrote it; for /proc/mounts */
};

struct boot_params {
	uint64_t magic, version;
	uint64_t flags; /* BOOT_* */

	uint64_t memory_bytes; /* --memory: bound on guest RAM */
	uint32_t cpus;
	uint32_t pids_limit;
	uint32_t log_level;
	uint32_t as_pinned;  /* threads must run on the vCPU of AS_PIN */
	uint32_t host_files; /* descriptors that handles may take */

	hosthandle_t root;     /* host directory, unless BOOT_INITRD */
	hosthandle_t stdio[3]; /* host streams of the user's stdio */
	uint64_t initrd_len;
	uint32_t host_euid, host_egid; /* shown as 0 in hostfs */

	const char *root_source; /* as the user wrote it */
	const char *hostname;
	const char *workdir;   /* -w, or NULL */
	const char *user;      /* -u NAME|UID[:GROUP|GID], or NULL */
	const char **argv;     /* NULL-terminated; may be empty */
	const char **envp;     /* NULL-terminated */
	const char *strace;    /* filter: "%file,read"; "" = all */
	const char *tracer;    /* name of the back end, for the log */
	const char *cpu_model; /* for /proc/cpuinfo */
	const char *cpu_flags;
	uint64_t cpu_khz;
	uint64_t hwcap, hwcap2; /* AT_HWCAP, AT_HWCAP2 for the guest */
	uint64_t xstate_size;	/* bytes of HC_THREAD_GET_FP's image */
	uint64_t minsigstksz;	/* AT_MINSIGSTKSZ of the host */
	uint64_t host_clock;	/* see arch/um/vdso/data.h; 0: none */
	uint32_t nmounts;
	struct boot_mount *mounts;
	uint64_t call_entry; /* where patched system calls jump to; 0: none */
};

/*
 * The image's ELF entry point is called once per vCPU, on a host thread of the
 * machine, on a kernel stack given by the machine (KSTACK_BASE + cpu *
 * KSTACK_SIZE): vCPU 0 first; the others when it has asked for them by
 * CPU_WAKE.  It does not return.
 */
typedef void image_entry_fn(uint64_t cpu);

#endif /* ARCH_UM_BOOT_H */
