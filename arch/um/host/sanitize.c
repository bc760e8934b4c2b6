/* SPDX-License-Identifier: MIT */
/* arch/um/host/sanitize.c - what sanitizers should know of a machine.  An
 * object of the program itself: from a library nobody would ask for it. */

const char *__asan_default_options(void);

/* The kernel's heap is the arena, which the leak check does not look into; the
 * kernel reports its own leaks. */
const char *
__asan_default_options(void)
{
	return "detect_leaks=0:detect_stack_use_after_return=0";
}
