/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/host.h - what the parts of the machine share.
 *
 * Threads: the main thread runs the event loop; one thread per vCPU runs the
 * guest kernel, which comes in here by hypercalls; the tracer has its keeper.
 * Everything here may be called from any of them unless it says otherwise.
 *
 * Nothing the kernel image passes is believed: see arch/um/host/check.c.
 */
#ifndef ARCH_UM_HOST_HOST_H
#define ARCH_UM_HOST_HOST_H

#include "arch/um/boot.h"
#include "arch/um/host/machine.h"
#include "arch/um/host/tracer_ops.h"
#include "arch/um/hypercall.h"
#include "arch/um/layout.h"
#include "arch/um/vcpu_words.h"
#include "include/annotate.h"
#include "include/types.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/types.h>

#define CPUS_MAX     64
#define STATUS_PANIC 125

enum { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

struct vcpu {
	unsigned id;
	atomic_bool is_started;
	pthread_t thread;
	pid_t tid;
	struct vcpu_words *w; /* in the arena */
	uint64_t last;	      /* the thread it ran last, by number; its own */
	struct gthread
		*_Atomic running; /* valid under the guest table's lock */
};

struct symbols;

struct machine {
	const struct machine_config *cfg;
	const struct tracer_ops *tracer;
	int arena_fd, phys_fd, initrd_fd;
	uint64_t initrd_len;
	image_entry_fn *entry;
	unsigned ncpus;
	struct vcpu cpu[CPUS_MAX];
	size_t xstate_size;
	uint64_t xfeatures;
	bool has_fsgsbase;
	bool has_large; /* guest RAM may get large pages */
	char tracer_why[256];

	atomic_bool is_stopping;
	atomic_int status;
};

extern struct machine mach;
extern __thread struct vcpu *this_cpu; /* NULL on other threads */
extern __thread uint64_t in_hypercall; /* its number, or 0 */

/* host_futex_flags - 0 or FUTEX_PRIVATE_FLAG: can words in the arena have
 * waiters in other processes? */
static inline int
host_futex_flags(void)
{
	return mach.tracer->in_guest ? 0 : 128;
}

/* --- machine.c --- */

/* machine_stop - end the run with exit status @status.  On a vCPU thread it
 * does not return. */
void machine_stop(int status);
/* machine_park - a vCPU whose machine has stopped: end its thread.  With no
 * lock held. */
NORETURN void machine_park(void);
/* machine_vcpu_start - start vCPU @id's thread, once. */
int machine_vcpu_start(unsigned id);

/* --- mem.c, ram.c, kernel_image.c, boot.c --- */
/* host_ram_large - make the memfd @fd a file that gets large pages where they
 * are asked for, if the host lets us.  Returns: whether it did. */
bool host_ram_large(int fd);
int host_mem_create(char *why, size_t whylen);
int host_initrd_map(const char *path, char *why, size_t whylen);
int kernel_image_load(const char *path, char *why, size_t whylen);
/* kernel_image_writable - is [addr, addr+len) outside text and rodata? */
bool kernel_image_writable(uint64_t addr, uint64_t len);
/* kernel_image_segments - where its segments are, with their protection; how
 * many.  0: it is part of viv. */
unsigned kernel_image_segments(const struct tracer_segment **out);
/* kernel_image_symbols - of the image; the caller closes them.  Or NULL. */
struct symbols *kernel_image_symbols(void);
int boot_params_make(char *why, size_t whylen);

/* --- check.c: arguments of hypercalls --- */

/* May the kernel read/write [addr, addr+len)?  Arena only / or guest RAM. */
bool arena_readable(uint64_t addr, uint64_t len);
bool arena_writable(uint64_t addr, uint64_t len);
bool memory_readable(uint64_t addr, uint64_t len);
bool memory_writable(uint64_t addr, uint64_t len);
/* arena_string - copy a NUL-terminated string; -EFAULT, -ENAMETOOLONG. */
int arena_string(uint64_t addr, char *buf, size_t size);
/* arena_name - the same for one component of a path; empty is allowed.
 * -EINVAL for "/", "." and "..". */
int arena_name(uint64_t addr, char buf[256]);

/* --- handle.c --- */
enum handle_kind { HANDLE_FILE, HANDLE_DIR, HANDLE_STREAM };

struct handle {
	enum handle_kind kind;
	int fd;
	int flags;	   /* O_* it was opened with; how to open it again,
			    * together with /proc/self/fd's path */
	bool is_owned;	   /* close @fd with the handle */
	bool is_read_only; /* it, and all below: given to be looked at */
	bool is_nonblock;  /* stream: reading and writing cannot block */
	atomic_uint refs;
	pthread_mutex_t lock;
	int list_fd; /* directory: for reading entries, or -1 */
	uint64_t list_pos;
};

/* fds_reserve - before there are threads, so that later none waits for room. */
void fds_reserve(void);
/* fds_bound - how many descriptors handles may take: a quarter of those the
 * host lets us have, beside those that are open now, stays for making
 * processes.  fds_are_spent - are there as many behind handles?  By the bound
 * there was when this was asked first. */
int fds_bound(void);
bool fds_are_spent(void);
/* handle_new - returns the handle's number or -errno (@fd is closed then). */
int handle_new(enum handle_kind kind, int fd, int flags, bool is_read_only);
/* handle_get - the handle numbered @n, with a reference; or NULL. */
struct handle *handle_get(uint64_t n);
void handle_put(struct handle *h);
int handle_close(uint64_t n);
/* handle_list_open - give a directory its list_fd.  Locks: h->lock.  -EMFILE,
 * -errno. */
int handle_list_open(struct handle *h);

/* --- stream.c --- */
/* stream_of_stdio - a handle for our own descriptor @fd. */
int stream_of_stdio(int fd);

/* --- event.c --- */
void event_start(void);
void event_raise(uint32_t type, uint64_t cookie, int64_t result);
/* event_pending - the kernel has something to look at. */
bool event_pending(void);
/* event_reserve - room for one more outstanding completion; -EAGAIN. */
int event_reserve(void);
void event_unreserve(void);

/* --- loop.c: the event loop; loop_uring.c, loop_epoll.c --- */
struct watch {
	int fd;
	short events;				  /* POLLIN.. */
	void (*fn)(struct watch *w, int revents); /* loop's thread; one shot */
	uint64_t cookie;
	struct handle *h;
};

struct io_req {
	uint32_t op; /* enum io_op */
	int fd;
	uint64_t buf, len, off, cookie;
	struct handle *h;
};

struct loop_backend {
	const char *name;
	int (*start)(void);
	int (*watch)(struct watch *w);
	int (*submit)(struct io_req *r);
	void (*wait)(void); /* handle what came; sleeps if nothing did */
};

extern const struct loop_backend loop_uring, loop_epoll;

/* loop_start - set the event loop up; -errno with a line in @why. */
int loop_start(char *why, size_t whylen);
/* loop_run - until the machine stops. */
void loop_run(void);
/* loop_poke - make loop_run() look at the machine's state. */
void loop_poke(void);
int loop_watch(struct watch *w);
int loop_submit(struct io_req *r);
/* loop_io_done - called by back ends; frees @r. */
void loop_io_done(struct io_req *r, int64_t result);
const char *loop_name(void);

/* --- batch.c --- */
/* batch_later - HC_IO_SUBMIT of IO_BATCH.  batch_some - one order of these,
 * that came at @by_ns at the latest, by a vCPU's thread with nothing else to
 * do. Returns: false if there was none, or somebody is at it. */
int batch_later(const uint64_t *a);
bool batch_some(int64_t by_ns);

/* --- time.c --- */
int time_start(void);
int64_t host_now_ns(void);

/* --- signals.c, tty.c --- */
void signals_block(void);
int signals_start(void);
void crash_handlers_install(void);
/* crash_stack - give this thread a stack for crash handlers. */
void crash_stack(void);
int tty_start(void);
/* tty_restore - the terminal as it was; safe in a signal handler. */
void tty_restore(void);
void tty_raw_again(void);
/* tty_end - the same, and nobody guards it any longer. */
void tty_end(void);
bool tty_is_raw(void);

/* --- log.c --- */
void host_log(int level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void host_log_line(int level, const char *text);
void host_write_log(const char *text, size_t len);

/* --- panic.c --- */
/* machine_panic - report, with a backtrace of the kernel stack from (rip,
 * rsp, rbp), and stop with status 125. */
NORETURN void machine_panic(const char *text, size_t len, uint64_t rip,
			    uint64_t rsp, uint64_t rbp);
void backtrace_kernel(uint64_t rip, uint64_t rsp, uint64_t rbp);

/* --- hypercall.c --- */
/* hypercall_serve - as tracer_env.call. */
int64_t hypercall_serve(const struct hyper_args *h, uint64_t frame);

/* --- guest.c --- */
/* guest_kick_cpu - stop the guest code @v runs, if it does. */
bool guest_kick_cpu(struct vcpu *v);
/* guest_wake_spare - as tracer_env.wake_spare. */
void guest_wake_spare(struct thread_run *run);
/* guest_interrupt - make a vCPU look at the event ring. */
void guest_interrupt(void);

/* --- hypercalls, each in the file of its area --- */
#define HYPERCALL(nr, name, nargs) int64_t hc_##name(const uint64_t *a);
#include "arch/um/hypercall.def"
#undef HYPERCALL

#endif /* ARCH_UM_HOST_HOST_H */
