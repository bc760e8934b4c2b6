/* SPDX-License-Identifier: MIT */
/* drivers/internal_tty.h - what the files of the tty layer share. */
#ifndef DRIVERS_INTERNAL_TTY_H
#define DRIVERS_INTERNAL_TTY_H

#include "drivers/tty.h"

struct uio;

static inline bool
tty_is(const struct tty *tty, uint32_t lflag)
{
	return tty->termios.c_lflag & lflag;
}

/* --- char/ldisc.c --- */
/* ldisc_read - as file_ops.read. */
MUST_CHECK int ldisc_read(struct tty *tty, struct uio *u);
/* ldisc_readable - bytes a read would get now (0: none; an EOF counts 1). */
uint32_t ldisc_readable(const struct tty *tty);
bool ldisc_can_read(const struct tty *tty);
void ldisc_flush_input(struct tty *tty);
/* ldisc_changed - the settings changed from @old: canonical on or off. */
void ldisc_changed(struct tty *tty, const struct lx_termios *old);

/* --- char/opost.c --- */
/* opost_write - output processing of @n bytes. Returns: how many were taken. */
uint32_t opost_write(struct tty *tty, const uint8_t *buf, uint32_t n);
/* opost_char - one byte, all or nothing; @raw: no processing. */
bool opost_char(struct tty *tty, uint8_t c, bool raw);
/* opost_echo - one input byte's echo, "^C" for control characters. */
void opost_echo(struct tty *tty, uint8_t c);

/* --- char/jobctl.c --- */
/* jobctl_check - may the caller read (SIGTTIN) or write, set (SIGTTOU)?
 * 0, -EIO, -ERESTARTSYS. */
MUST_CHECK int jobctl_check(struct tty *tty, int sig);
sysret_t jobctl_ioctl(struct tty *tty, struct mm *mm, uint32_t cmd,
		      uint64_t arg);
void jobctl_init(void);

/* --- char/tty_ioctl.c --- */
sysret_t tty_ioctl(struct file *f, struct mm *mm, uint32_t cmd, uint64_t arg);

#endif /* DRIVERS_INTERNAL_TTY_H */
