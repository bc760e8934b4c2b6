/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/tty.c - the user's terminal: raw while the machine runs, as it
 * was on every way out.
 */
#include "arch/um/host/host.h"

#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

static struct termios cooked, raw;
static atomic_bool is_raw, has_terminal;

bool
tty_is_raw(void)
{
	return atomic_load_explicit(&is_raw, memory_order_relaxed);
}

/* Only async-signal-safe calls: crash handlers come here too. */
void
tty_restore(void)
{
	if (atomic_exchange(&is_raw, false))
		tcsetattr(STDIN_FILENO, TCSADRAIN, &cooked);
}

void
tty_raw_again(void)
{
	if (atomic_load(&has_terminal) && !atomic_exchange(&is_raw, true))
		tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
}

/* In the background this stops us (SIGTTOU) until we are brought forward. */
int
tty_start(void)
{
	if (!mach.cfg->tty)
		return 0;
	if (tcgetattr(STDIN_FILENO, &cooked) < 0)
		return -errno;
	raw = cooked;
	cfmakeraw(&raw);
	atexit(tty_restore);
	atomic_store(&has_terminal, true);
	tty_raw_again();
	return 0;
}
