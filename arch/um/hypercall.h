/* SPDX-License-Identifier: MIT */
/*
 * arch/um/hypercall.h - the numbered calls from guest kernel to machine.
 *
 * Each takes at most six 64-bit words and returns a value >= 0 or a negative
 * errno.  Pointers point into the arena (or, where said, the window on guest
 * RAM); the machine checks each.  The list is data: the kernel's wrappers,
 * the machine's dispatch table and its trace come from hypercall.def.
 *
 * Calls marked BLOCKS may sleep in the host: the kernel lock must not be held.
 */
#ifndef ARCH_UM_HYPERCALL_H
#define ARCH_UM_HYPERCALL_H

#include "arch/um/trap.h"
#include "include/annotate.h"
#include "include/types.h"

enum hypercall_nr {
#define HYPERCALL(nr, name, nargs) HC_##name = nr,
#include "arch/um/hypercall.def"
#undef HYPERCALL
	HC_MAX = 128,
};

/* hypercall - call the machine; arch/um/x86_64/hypercall.S. */
int64_t hypercall(uint64_t nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
		  uint64_t e, uint64_t f);

#define HC_W(x)		   ((uint64_t)(x))
#define HYPER0(n)	   hypercall(HC_##n, 0, 0, 0, 0, 0, 0)
#define HYPER1(n, a)	   hypercall(HC_##n, HC_W(a), 0, 0, 0, 0, 0)
#define HYPER2(n, a, b)	   hypercall(HC_##n, HC_W(a), HC_W(b), 0, 0, 0, 0)
#define HYPER3(n, a, b, c) hypercall(HC_##n, HC_W(a), HC_W(b), HC_W(c), 0, 0, 0)
#define HYPER4(n, a, b, c, d)                                                  \
	hypercall(HC_##n, HC_W(a), HC_W(b), HC_W(c), HC_W(d), 0, 0)
#define HYPER5(n, a, b, c, d, e)                                               \
	hypercall(HC_##n, HC_W(a), HC_W(b), HC_W(c), HC_W(d), HC_W(e), 0)
#define HYPER6(n, a, b, c, d, e, f)                                            \
	hypercall(HC_##n, HC_W(a), HC_W(b), HC_W(c), HC_W(d), HC_W(e), HC_W(f))

/* Clocks of HC_CLOCK. */
enum { HCLOCK_REALTIME = 0, HCLOCK_MONOTONIC = 1, HCLOCK_BOOTTIME = 7 };

/* HC_HOST_STAT and kin fill this. */
struct host_stat {
	uint64_t dev, ino, nlink;
	uint32_t mode, uid, gid, blksize;
	uint64_t rdev, size, blocks; /* blocks of 512 bytes */
	int64_t atime_ns, mtime_ns, ctime_ns, btime_ns;
};

/* One of HC_HOST_STATS's questions; st is valid if err is 0. */
struct host_stat_req {
	uint64_t dir, name; /* handle, string: a component or "" */
	int64_t err;
	struct host_stat st;
};

enum { HOST_STATS_MAX = 256 };

/*
 * One of HC_HOST_BATCH's orders: a hypercall on host files, its arguments, and
 * where its result goes.  They are carried out in turn, each whatever became
 * of those before it; ORDER_IF: -ECANCELED if the one just before failed.
 */
struct host_order {
	uint64_t nr; /* HC_HOST_*, and ORDER_IF */
	uint64_t a[6];
	int64_t result;
};

enum { HOST_BATCH_MAX = 256, ORDER_IF = 1 << 16 };

/* What HC_HOST_SYNC writes to the disk: the file, its data only, the whole
 * file system it is on; START: it begins to write the bytes of a range. */
enum { HOST_SYNC_ALL, HOST_SYNC_DATA, HOST_SYNC_FS, HOST_SYNC_START };

struct host_statfs {
	uint64_t type, bsize, blocks, bfree, bavail, files, ffree;
	uint64_t namelen;
};

/* One entry of HC_HOST_READDIR's buffer; entries are 8-byte aligned. */
struct host_dirent {
	uint64_t ino;
	uint64_t cookie; /* pass to the next call to continue after it */
	uint16_t reclen;
	uint8_t type; /* DT_* */
	char name[];
};

/* More than any entry takes. */
enum { READDIR_ROOM = 512 };

/* HC_IO_SUBMIT operations, but for the last, which only blocks.  IO_BATCH: of
 * no handle, @buf and @len as HC_HOST_BATCH's; -ENOSYS where nobody would do it
 * beside the guest. */
enum io_op {
	IO_READ = 1,
	IO_WRITE,
	IO_FSYNC,
	IO_FDATASYNC,
	IO_BATCH,
	IO_SYNCFS
};

/* HC_STREAM_* readiness bits, as poll(2). */
enum { STREAM_IN = 1, STREAM_OUT = 4, STREAM_ERR = 8, STREAM_HUP = 16 };

struct host_winsize {
	uint16_t rows, cols, xpixel, ypixel;
};

/*
 * Interrupts: the machine appends events and makes a vCPU look (an idle one is
 * woken, else one that runs guest code is kicked).  The kernel consumes them
 * under its lock.  One producer at a time (a lock of the machine's).
 */
enum event_type {
	EVENT_TIMER = 1,    /* HC_TIMER_SET's time has come */
	EVENT_IO_DONE,	    /* cookie, result: of HC_IO_SUBMIT */
	EVENT_STREAM_READY, /* cookie, result = STREAM_* : of HC_STREAM_ARM */
	EVENT_WINCH,	    /* the console's window size changed */
	EVENT_SIGNAL,	    /* result = host signal sent to viv (TERM, HUP..) */
	EVENT_DUMP,	    /* SIGQUIT: print tasks, wait channels, traps */
	EVENT_SHUTDOWN,	    /* --timeout is over */
};

struct event {
	uint32_t type;
	uint32_t pad;
	uint64_t cookie;
	int64_t result;
};

#define EVENT_RING_LEN 8192 /* power of two; bounds outstanding I/O too */

struct event_ring {
	uint32_t head; /* next to consume; written by the kernel */
	uint32_t tail; /* next to fill; written by the machine */
	uint32_t pad[14];
	struct event e[EVENT_RING_LEN];
};

#endif /* ARCH_UM_HYPERCALL_H */
