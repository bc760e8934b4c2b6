/* SPDX-License-Identifier: MIT */
/*
 * base/panic.c - the end.
 *
 * A hook that panics itself must not hide the first message: the second panic
 * goes straight to the machine.
 */
#include "base/panic.h"

#include "arch/um/hypercall.h"
#include "base/str.h"

#define HOOKS_MAX 8

static void (*hooks[HOOKS_MAX])(void);
static uint32_t nhooks;
static bool is_panicking;

void
panic_hook(void (*fn)(void))
{
	kassert(nhooks < HOOKS_MAX);
	hooks[nhooks++] = fn;
}

void
panic_dump(void)
{
	for (uint32_t i = 0; i < nhooks; i++)
		hooks[i]();
}

void
panic(const char *fmt, ...)
{
	char text[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = str_vformat(text, sizeof(text), fmt, ap);
	va_end(ap);
	n = MIN(n, (int)sizeof(text) - 1);
	if (!is_panicking) {
		is_panicking = true;
		HYPER3(LOG, 0, text, n);
		panic_dump();
	}
	for (;;)
		HYPER2(PANIC, text, n);
}
