/* SPDX-License-Identifier: MIT */
/* drivers/internal.h - what drivers share among themselves. */
#ifndef DRIVERS_INTERNAL_H
#define DRIVERS_INTERNAL_H

#include "base/waitq.h"
#include "include/annotate.h"
#include "include/types.h"

struct boot_params;
struct file;
struct inode;

void mem_devices_init(void);
void kmsg_init(void);
void hostio_init(const struct boot_params *bp);
void console_init(const struct boot_params *bp);
/* console_tty_stdio - /dev/console as @t's descriptors 0, 1, 2. */
struct task;
MUST_CHECK int console_tty_stdio(struct task *t);

/* A host stream: what may block on the host never does here. */
struct stream {
	hosthandle_t handle;
	uint32_t armed; /* STREAM_* asked of the machine and not yet told */
	struct waitq wq;
	void (*on_ready)(struct stream *s, uint32_t events); /* or NULL */
};

void stream_init(struct stream *s, hosthandle_t handle);

/* stream_read, stream_write - kernel memory; -EAGAIN arms an event. */
MUST_CHECK int64_t stream_read(struct stream *s, void *buf, uint64_t n);
MUST_CHECK int64_t stream_write(struct stream *s, const void *buf, uint64_t n);

/* stream_poll - WAIT_* now; arms an event for those of @want not ready. */
uint32_t stream_poll(struct stream *s, uint32_t want);

/* hostio_file - the user's stdio @fd (0, 1, 2) as a file of the guest. */
MUST_CHECK int hostio_file(int fd, uint32_t flags, struct file **out);

#endif /* DRIVERS_INTERNAL_H */
