/* SPDX-License-Identifier: MIT */
/*
 * tests/takeover/takeover.c WHAT CANARY ... - attack the host from a guest that
 * has taken over its kernel; run.py knows what must have stayed as it was.
 * Prints "done" if the guest lived to tell.  Anything it got hold of: exit
 * status 3, and what it was.
 */
#include "tests/takeover/seize.h"

#include "arch/um/carrier.h"
#include "arch/um/layout.h"
#include "tracer/stub/layout.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HANDLES 48
#define SECRET	"nobody reads this"

static uint64_t seed;	   /* or a number that the attack wants */
static const char *canary; /* the host's path of a file with SECRET in it */

static void
got(const char *what, int64_t r)
{
	printf("%s: %ld\n", what, (long)r);
	exit(3);
}

static char *
put(int slot, const char *text)
{
	char *p = arena_scratch() + slot * 4096;

	open_key();
	return strcpy(p, text);
}

/* Is that the secret? */
static void
look_into(int64_t handle, const char *how)
{
	char *buf = arena_scratch() + 8 * 4096;

	if (handle < 0)
		return;
	memset(buf, 0, 64);
	if (FORGE(HOST_PREAD, handle, buf, 64, 0) > 0 &&
	    !strncmp(buf, SECRET, strlen(SECRET)))
		got(how, handle);
	FORGE(HOST_CLOSE, handle);
}

/* --- host system calls --- */

/* Those that the filter lets through harm nobody else; the others are the
 * guest's own. */
static void
system_calls(void)
{
	static const int nrs[] = {
		SYS_openat,	SYS_open,	 SYS_execve,
		SYS_unlink,	SYS_socket,	 SYS_ptrace,
		SYS_truncate,	SYS_rename,	 SYS_process_vm_writev,
		SYS_chmod,	SYS_clone,	 SYS_kill,
		SYS_pidfd_open, SYS_setpriority, SYS_sched_setaffinity,
		SYS_prlimit64,	SYS_tgkill,	 SYS_ioctl};
	const int pid = (int)seed;
	int64_t r;

	for (unsigned i = 0; i < sizeof nrs / sizeof nrs[0]; i++) {
		uint64_t a = (uint64_t)canary, b = 0;

		if (nrs[i] == SYS_openat)
			a = (uint64_t)AT_FDCWD, b = (uint64_t)canary;
		if (nrs[i] == SYS_kill || nrs[i] == SYS_pidfd_open)
			a = (uint64_t)pid, b = nrs[i] == SYS_kill ? 9 : 0;
		if (nrs[i] == SYS_tgkill)
			a = b = (uint64_t)pid;
		if (nrs[i] == SYS_ptrace)
			a = 16, b = (uint64_t)pid; /* ATTACH */
		if (nrs[i] == SYS_clone)
			a = SIGCHLD;
		r = host_syscall(nrs[i], a, b, 9, 0, 0, 0);
		if (r == 0 && nrs[i] == SYS_clone)
			_exit(0);
		/* The guest's own kernel answers these: none has such a file
		 * or process. */
		if (r >= 0 && (nrs[i] == SYS_openat || nrs[i] == SYS_open ||
			       nrs[i] == SYS_kill || nrs[i] == SYS_ptrace ||
			       nrs[i] == SYS_truncate || nrs[i] == SYS_tgkill))
			got("a host call", nrs[i]);
	}
	/* "Broken" memory, for a host that trusts us. */
	r = host_syscall(SYS_madvise, (uint64_t)arena_scratch(), 4096, 100, 0,
			 0, 0);
	if (!r)
		got("madvise", r);
	r = host_syscall(SYS_mmap, 0, 4096, PROT_READ,
			 MAP_PRIVATE | MAP_ANONYMOUS, (uint64_t)-1, 0);
	if (r < 0)
		got("the guest's own mmap", r);
}

/* --- names --- */

static void
names(void)
{
	static const char *const bad[] = {"..", ".",	 "../x", "a/b",
					  "/",	"//etc", "./."};
	char up[4096];
	int64_t r, seen = 0;

	snprintf(up, sizeof up, "../../../../../../../..%s", canary);
	for (int h = 0; h < HANDLES; h++) {
		seen += FORGE(HOST_OPEN, h, put(0, "takeover"), O_RDONLY, 0,
			      0) >= 0;
		look_into(FORGE(HOST_OPEN, h, put(0, canary), O_RDONLY, 0, 0),
			  "an absolute name");
		look_into(FORGE(HOST_OPEN, h, put(0, up), O_RDONLY, 0, 0),
			  "a name with dots");
		for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
			r = FORGE(HOST_OPEN, h, put(0, bad[i]), O_PATH, 0, 0);
			if (r >= 0)
				got(bad[i], r);
			if (!FORGE(HOST_CHMOD, h, put(0, bad[i]), 0777))
				got(bad[i], 0);
		}
		/* A link to it: nothing follows that. */
		FORGE(HOST_UNLINK, h, put(1, "link"), 0);
		if (FORGE(HOST_SYMLINK, put(0, canary), h, put(1, "link")))
			continue;
		put(1, "link");
		look_into(FORGE(HOST_OPEN, h, arena_scratch() + 4096, O_RDONLY,
				0, 0),
			  "through a link");
		r = FORGE(HOST_OPEN, h, put(1, "link"), O_WRONLY | O_TRUNC, 0,
			  0);
		if (r >= 0)
			got("truncated through a link", r);
		FORGE(HOST_CHMOD, h, put(1, "link"), 0777);
		FORGE(HOST_UTIMENS, h, put(1, "link"), 1, 1);
		FORGE(HOST_SETXATTR, h, put(1, "link"), put(2, "user.x"),
		      put(3, "y"), 1, 0);
		FORGE(HOST_LINK, h, put(1, "link"), h, put(2, "hard"));
		look_into(FORGE(HOST_OPEN, h, put(2, "hard"), O_RDONLY, 0, 0),
			  "a hard link");
	}
	if (!seen)
		DIE("no root directory");
}

/* A name that changes while viv looks at it. */
static volatile bool is_over;

static void *
flip(void *arg)
{
	char *name = arg;

	open_key();
	while (!is_over) {
		*(volatile char *)(name + 4) = '/';
		*(volatile char *)(name + 4) = 'x';
	}
	return NULL;
}

/* Below the root there is a link "down" to the folder of the canary. */
static void
race(void)
{
	char *name = put(0, "downxcanary");
	pthread_t t;

	for (int h = 0; h < HANDLES; h++) {
		char *dir = arena_scratch() + 4096;

		snprintf(dir, 4096, "%.*s",
			 (int)(strrchr(canary, '/') - canary), canary);
		FORGE(HOST_SYMLINK, dir, h, put(2, "down"));
	}
	pthread_create(&t, NULL, flip, name);
	for (int i = 0; i < 20000; i++) {
		look_into(FORGE(HOST_OPEN, i % 8, name, O_RDONLY, 0, 0),
			  "a name that changed");
		if (!FORGE(HOST_CHMOD, i % 8, name, 0777))
			got("a name that changed", i);
	}
	is_over = true;
	pthread_join(t, NULL);
}

/* --- what was given to be looked at: "kept" in a directory, read-only --- */

static void
read_only(void)
{
	char *kept = put(0, "kept");
	int64_t r, seen = 0;

	for (int h = 0; h < HANDLES; h++) {
		r = FORGE(HOST_OPEN, h, kept, O_RDONLY, 0, 0);
		if (r < 0)
			continue;
		seen++;
		FORGE(HOST_PWRITE, r, put(1, "x"), 1, 0);
		FORGE(HOST_TRUNCATE, r, 0);
		FORGE(HOST_FALLOCATE, r, 3, 0, 4096);
		FORGE(HOST_CHMOD, r, put(1, ""), 0777);
		FORGE(HOST_UTIMENS, r, put(1, ""), 1, 1);
		FORGE(HOST_SETXATTR, r, put(1, ""), put(2, "user.x"),
		      put(3, "y"), 1, 0);
		look_into(FORGE(HOST_OPEN, r, put(1, ""), O_RDWR, 0, 0), "");
		FORGE(HOST_OPEN, h, put(0, "kept"), O_RDWR | O_TRUNC, 0, 0);
		FORGE(HOST_OPEN, h, put(1, "more"), O_RDWR | O_CREAT, 0600, 0);
		FORGE(HOST_MKDIR, h, put(1, "more"), 0700);
		FORGE(HOST_SYMLINK, put(1, "more"), h, put(2, "more"));
		FORGE(HOST_RENAME, h, put(0, "kept"), h, put(1, "more"), 0);
		for (int to = 0; to < HANDLES; to++) {
			FORGE(HOST_LINK, h, put(0, "kept"), to, put(1, "out"));
			FORGE(HOST_LINK, r, put(0, ""), to, put(1, "out2"));
			FORGE(HOST_RENAME, h, put(0, "kept"), to, put(1, "out"),
			      0);
			FORGE(HOST_OPEN, to, put(1, "out"), O_WRONLY | O_TRUNC,
			      0, 0);
			FORGE(HOST_OPEN, to, put(1, "out2"), O_WRONLY | O_TRUNC,
			      0, 0);
		}
		FORGE(HOST_UNLINK, h, put(0, "kept"), 0);
	}
	if (!seen)
		DIE("no read-only directory");
}

/* Of what viv was given as its standard input: nothing but reading it. */
static void
standard_input(void)
{
	for (int h = 0; h < HANDLES; h++) {
		FORGE(HOST_CHMOD, h, put(1, ""), 0777);
		FORGE(HOST_UTIMENS, h, put(1, ""), 1, 1);
		FORGE(HOST_SETXATTR, h, put(1, ""), put(2, "user.x"),
		      put(3, "y"), 1, 0);
		FORGE(HOST_TRUNCATE, h, 0);
		FORGE(HOST_PWRITE, h, put(1, "x"), 1, 0);
		for (int to = 0; to < HANDLES; to++)
			FORGE(HOST_LINK, h, put(1, ""), to, put(2, "input"));
		look_into(FORGE(HOST_OPEN, h, put(1, ""), O_RDWR, 0, 0), "");
		look_into(FORGE(HOST_OPEN, h, put(1, ""), O_RDONLY, 0, 0),
			  "opened again");
	}
}

/* --- memory of viv's --- */

/* Each order of a batch is a stranger's. */
static void
orders(const uint64_t *at, unsigned n)
{
	static const uint64_t not_files[] = {
		HC_HOST_BATCH, HC_EXIT, HC_STREAM_READ,	    HC_PHYS_PUNCH,
		HC_AS_NEW,     HC_MAX,	~(uint64_t)ORDER_IF};
	uint64_t empty = (uint64_t)put(0, "");
	struct host_order *o = (void *)(arena_scratch() + 4096);

	for (unsigned i = 0; i < sizeof not_files / 8; i++) {
		o[0] = (struct host_order){.nr = not_files[i]};
		FORGE(HOST_BATCH, o, 1);
		if (o[0].result != -EINVAL)
			got("an order that is none of files", i);
	}
	for (unsigned i = 0; i < n; i++) {
		o[0] = (struct host_order){.nr = HC_HOST_PREAD,
					   .a = {0, at[i], 64}};
		o[1] = (struct host_order){.nr = HC_HOST_STAT | ORDER_IF,
					   .a = {0, empty, empty}};
		o[2] = (struct host_order){.nr = HC_HOST_STAT,
					   .a = {0, empty, at[i]}};
		o[3] = (struct host_order){.nr = HC_HOST_MKDIR,
					   .a = {0, empty, 0, at[i]}};
		if (FORGE(HOST_BATCH, at[i], 2) >= 0 ||
		    FORGE(HOST_BATCH, o, HOST_BATCH_MAX + 1) >= 0)
			got("a batch", i);
		if (FORGE(IO_SUBMIT, IO_BATCH, 0, at[i], 2) >= 0 ||
		    FORGE(IO_SUBMIT, IO_BATCH, 0, o, HOST_BATCH_MAX + 1) >= 0 ||
		    FORGE(IO_SUBMIT, IO_BATCH, 0, o, 0) >= 0)
			got("a batch for later", i);
		FORGE(HOST_BATCH, o, 4);
		for (unsigned k = 0; k < 4; k++)
			if (o[k].result >= 0)
				got("an order's pointer", i);
		if (o[1].result != -ECANCELED)
			got("an order after one that failed", i);
	}
}

static void
pointers(void)
{
	static const uint64_t at[] = {0,
				      4096,
				      0x400000,
				      0x555555554000,
				      0x7ffff7c00000,
				      0x7fffffffe000,
				      REGION_END,
				      REGION_BASE - 64,
				      ARENA_BASE + ARENA_SIZE - 8,
				      STUB_AREAS,
				      ~0ull,
				      ~0ull << 47};
	char *buf = arena_scratch();

	for (unsigned i = 0; i < sizeof at / sizeof at[0]; i++) {
		if (FORGE(STREAM_READ, 0, at[i], 64) > 0 ||
		    FORGE(STREAM_WRITE, 1, at[i], 64) > 0 ||
		    FORGE(LOADAVG, at[i]) >= 0 ||
		    FORGE(PHYS_RESIDENT, 0, 1 << 20, at[i]) >= 0 ||
		    FORGE(HOST_STATS, at[i], 2) >= 0 ||
		    FORGE(BACKTRACE, at[i], 4096) >= 0)
			got("a pointer", i);
		for (int h = 0; h < HANDLES; h++)
			if (FORGE(HOST_STAT, h, put(0, ""), at[i]) >= 0 ||
			    FORGE(HOST_READDIR, h, 0, at[i], 4096) >= 0 ||
			    FORGE(HOST_PREAD, h, at[i], 64, 0) > 0)
				got("a pointer", i);
	}
	memset(buf, 0xff, 4096);
	FORGE(HOST_STATS, buf, 4);
	FORGE(HOST_BATCH, buf, 4);
	FORGE(BACKTRACE, buf, 4096);
	orders(at, sizeof at / sizeof at[0]);
}

/* --- anything --- */

static uint64_t
rnd(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static uint64_t
some_word(void)
{
	char *scratch = arena_scratch();

	switch (rnd() % 8) {
	case 0:
		return rnd();
	case 1:
		return rnd() % HANDLES;
	case 2:
	case 3:
		return (uint64_t)scratch + rnd() % 16 * 4096;
	case 4:
		return PHYS_WINDOW + rnd() % 4096 * 4096;
	case 5:
		return ARENA_BASE + rnd() % ARENA_SIZE;
	case 6:
		return rnd() % 4096;
	}
	return 1ull << rnd() % 64;
}

/* Not these: they end the guest, or wait for what never comes. */
static bool
is_an_end(uint64_t nr)
{
	return nr == HC_EXIT || nr == HC_PANIC || nr == HC_CRASH ||
	       nr == HC_FUTEX_WAIT || nr == HC_THREAD_RUN ||
	       nr == HC_CPU_IDLE || nr == HC_CPU_SWITCH || nr == HC_CPU_GIVE ||
	       nr == HC_ARENA_PUNCH || nr == HC_PHYS_PUNCH || nr == HC_LOG ||
	       nr == HC_TRACE_OUT || nr == HC_THREAD_FREE || nr == HC_AS_FREE ||
	       nr == HC_ENTROPY;
}

static void
hypercalls(void)
{
	for (int i = 0; i < 60000; i++) {
		uint64_t nr = rnd() % HC_MAX, a[6];

		if (is_an_end(nr))
			continue;
		open_key();
		for (int k = 0; k < 6; k++)
			a[k] = some_word();
		if (i % 16 == 0)
			for (int k = 0; k < 512; k++)
				((uint64_t *)arena_scratch())[k] = some_word();
		(void)forge(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
	}
}

/* What viv reads of its own accord, and then what the kernel does. */
static void
scribble(void)
{
	static const struct {
		uint64_t at, len;
	} where[] = {{VCPU_WORDS, 256},
		     {CARRIERS, 4096},
		     {EVENT_RING, 64},
		     {STUB_AREAS + AREA_SIZE - CTL_LEN, CTL_LEN},
		     {BOOT_PARAMS, 1024},
		     {KSTACK_BASE, 8 * KSTACK_SIZE},
		     {KHEAP_BASE, 1 << 20}};
	unsigned n = sizeof where / sizeof where[0];

	for (int i = 0; i < 200000; i++) {
		unsigned k = (unsigned)(rnd() % (i < 150000 ? 5 : n));
		uint64_t off = rnd() % where[k].len & ~3ull;

		open_key();
		*(volatile uint32_t *)(where[k].at + off) =
			(uint32_t)(rnd() % 2 ? some_word() : rnd() % 4);
		if (i % 64 == 0)
			(void)syscall(SYS_getppid);
	}
}

/* The kernel's code becomes what stops a processor. */
static void
text(void)
{
	const int rwx = PROT_READ | PROT_WRITE | PROT_EXEC;

	if (host_syscall(SYS_mprotect, IMAGE_BASE, 0x10000, (uint64_t)rwx, 0, 0,
			 0))
		DIE("the image stays as it is");
	open_key();
	memset((void *)IMAGE_BASE, 0xf4, 0x10000);
}

static const struct {
	const char *name;
	void (*fn)(void);
} attacks[] = {
	{"calls", system_calls},
	{"names", names},
	{"race", race},
	{"read-only", read_only},
	{"input", standard_input},
	{"pointers", pointers},
	{"hypercalls", hypercalls},
	{"scribble", scribble},
	{"text", text},
};

int
main(int argc, char **argv)
{
	unsigned i, n = sizeof attacks / sizeof attacks[0];

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 3)
		DIE("usage");
	canary = argv[2];
	seed = argc > 3 ? strtoull(argv[3], NULL, 0) : 1;
	for (i = 0; i < n && strcmp(argv[1], attacks[i].name); i++)
		;
	if (i == n)
		DIE("no such attack");
	seize();
	attacks[i].fn();
	puts("done");
	return 0;
}
