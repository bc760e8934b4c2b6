/* SPDX-License-Identifier: MIT */
/* drivers/char/pty.h - pseudo-terminals (pty(7), pts(4)) and the file system
 * that names them. */
#ifndef DRIVERS_CHAR_PTY_H
#define DRIVERS_CHAR_PTY_H

#include "drivers/tty.h"
#include "fs/inode.h"

#define PTY_MAX	    4096
#define PTY_MAJOR   136
#define PTY_OUT_MAX 8192

struct pty {
	uint32_t index, refs; /* refs: the master's file, the slave's tty */
	struct tty *slave;    /* counted while the master is open */
	bool has_master, is_locked, was_opened;
	bool packet;
	uint8_t packet_bits; /* to be told to the master */
	uint32_t uid, gid;   /* of the one who opened the master */
	struct waitq master_wq;
	uint8_t out[PTY_OUT_MAX]; /* slave's output, not read yet */
	uint32_t tail, head;
	struct inode *inode; /* in devpts; counted */
};

/* pty_find - the pair with a master, or NULL. */
struct pty *pty_find(uint32_t index);
/* pty_next - the lowest index >= @from in use, or PTY_MAX. */
uint32_t pty_next(uint32_t from);

void pty_init(void);
void devpts_init(void);

/* devpts_inode - the slave's node (new reference). -ENXIO before a mount. */
MUST_CHECK int devpts_inode(struct pty *pty, struct inode **out);

#endif /* DRIVERS_CHAR_PTY_H */
