/* SPDX-License-Identifier: MIT */
/*
 * tracer/seccomp/spin.c - how long to look at a turn word before sleeping.
 *
 * Looking is worth it only while a core would idle otherwise: both sides of a
 * turn need one of their own.
 */
#include "tracer/seccomp/internal.h"

unsigned
seccomp_spin(void)
{
	return 0;
}
