/* SPDX-License-Identifier: MIT */
/* drivers/console.h - the user's terminal, or whatever stdio is, as a guest's
 * descriptors 0, 1, 2. */
#ifndef DRIVERS_CONSOLE_H
#define DRIVERS_CONSOLE_H

#include "include/annotate.h"

struct boot_params;
struct task;

/*
 * console_stdio - give @t its descriptors 0, 1, 2.  With BOOT_TTY they are the
 * console's tty, which becomes the controlling terminal of @t's session with
 * @t's group in the foreground; else each is a stream of the host's (stdin
 * only with BOOT_STDIN, else /dev/null).
 */
MUST_CHECK int console_stdio(struct task *t, const struct boot_params *bp);

#endif /* DRIVERS_CONSOLE_H */
