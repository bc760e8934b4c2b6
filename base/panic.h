/* SPDX-License-Identifier: MIT */
/* base/panic.h - the end, for what can't happen; never for anything a guest or
 * the host can cause. */
#ifndef BASE_PANIC_H
#define BASE_PANIC_H

#include "include/annotate.h"
#include "include/types.h"

/* panic - print the message, what the hooks print (tasks, trace ring), a
 * backtrace; stop the machine with status 125. */
NORETURN void panic(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* panic_hook - call @fn during a panic and on EVENT_DUMP; at most 8. */
void panic_hook(void (*fn)(void));

/* panic_dump - run the hooks without dying. */
void panic_dump(void);

#define kassert(cond)                                                          \
	do {                                                                   \
		if (__builtin_expect(!(cond), 0))                              \
			panic("%s:%d: %s", __FILE__, __LINE__, #cond);         \
	} while (0)

#endif /* BASE_PANIC_H */
