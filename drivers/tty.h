/* SPDX-License-Identifier: MIT */
/*
 * drivers/tty.h - terminals: the line discipline (termios(3)), job control
 * (tty_ioctl(4), credentials(7)), shared by the console and by ptys.
 *
 * A struct tty lives while a file is open on it, its driver keeps it, or it is
 * somebody's controlling terminal.  Input comes by tty_input() from whatever
 * is at the other end; output goes to the driver.
 */
#ifndef DRIVERS_TTY_H
#define DRIVERS_TTY_H

#include "base/waitq.h"
#include "fs/file.h"
#include "include/abi/ioctl.h"
#include "include/abi/termios.h"
#include "include/annotate.h"
#include "include/types.h"
#include "kernel/timer.h"

struct pid;
struct process;
struct task;
struct tty;

#define TTY_INPUT_MAX 4096 /* N_TTY_BUF_SIZE */

struct tty_ops {
	/* Take up to @n bytes; returns how many (0: no room now). */
	uint32_t (*write)(struct tty *tty, const uint8_t *buf, uint32_t n);
	/* Bytes it would take now. */
	uint32_t (*room)(struct tty *tty);
	/* Bytes taken and not yet seen at the other end (TIOCOUTQ). */
	uint32_t (*pending)(struct tty *tty);
	void (*flush_output)(struct tty *tty);
	/* Input was read: there is room for more. */
	void (*unthrottle)(struct tty *tty);
	/* Flow, settings: a pty's packet mode wants to hear. LX_TIOCPKT_*. */
	void (*notify)(struct tty *tty, uint8_t packet_bits);
	/* More ioctls. -ENOTTY: not its own. */
	sysret_t (*ioctl)(struct tty *tty, struct mm *mm, uint32_t cmd,
			  uint64_t arg);
	/* The last reference is gone. */
	void (*destroy)(struct tty *tty);
	/* What must have happened before output is seen: NULL or may sleep. */
	void (*before_write)(void);
};

struct tty {
	uint32_t refs, opens;
	const struct tty_ops *ops;
	void *priv;
	uint64_t rdev;
	bool is_pty_master_gone, is_hung_up, is_exclusive, is_stopped;
	struct lx_termios termios, locked; /* locked: bits not to change */
	uint32_t speed;
	struct lx_winsize size;
	struct pid *session, *pgrp; /* counted; NULL: none */
	struct waitq wq;

	/* Input: [tail, head) is held, [tail, canon) complete lines.  Indices
	 * run on; a set bit in ends marks a line's last byte. */
	uint8_t in[TTY_INPUT_MAX];
	uint8_t ends[TTY_INPUT_MAX / 8];
	uint32_t tail, canon, head;
	bool literal_next, is_erasing;
	uint64_t input_ns;	       /* when the last byte came */
	struct ktimer read_timer;      /* the next end of a raw read's TIME */
	uint32_t column, canon_column; /* output's; where the line began */
};

/* tty_new - settings as Linux's tty_std_termios; one reference. */
MUST_CHECK int tty_new(const struct tty_ops *ops, uint64_t rdev, void *priv,
		       struct tty **out);
struct tty *tty_get(struct tty *tty);
void tty_put(struct tty *tty);

/* tty_input - bytes from the other end. Returns: how many were taken. */
uint32_t tty_input(struct tty *tty, const uint8_t *buf, uint32_t n);

/* tty_input_room - how many tty_input() would take. */
uint32_t tty_input_room(const struct tty *tty);

/* tty_hangup - the other end is gone: SIGHUP, SIGCONT; reads end, writes
 * fail. */
void tty_hangup(struct tty *tty);

/* tty_resize - new window size: SIGWINCH to the foreground if it differs. */
void tty_resize(struct tty *tty, const struct lx_winsize *ws);

/* tty_signal - @sig to the foreground process group. */
void tty_signal(struct tty *tty, int sig);

/* tty_set_controlling - make it @t's session's, its group the foreground. */
void tty_set_controlling(struct tty *tty, struct task *t);

/* tty_attach - @f is open on @tty now (takes a reference); with the rules of
 * open(2) for the controlling terminal. */
void tty_attach(struct tty *tty, struct file *f, bool may_control);

/* tty_of_session - the controlling terminal of @p, or NULL. */
struct tty *tty_of(const struct process *p);

extern const struct file_ops tty_file_ops;

/* tty_init - /dev/tty; what happens when session leaders exit. */
void tty_init(void);

#endif /* DRIVERS_TTY_H */
