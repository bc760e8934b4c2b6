/* SPDX-License-Identifier: MIT */
/* include/errno.h - guest error numbers, and the few that stay inside. */
#ifndef INCLUDE_ERRNO_H
#define INCLUDE_ERRNO_H

/* The host's <errno.h> defines the same numbers as macros; a file of the
 * machine, which needs both, takes the host's. */
#ifndef EPERM
enum {
#define ERRNO(name, value) name = value,
#include "include/abi/errno.def"
#undef ERRNO
};
#endif

enum {
	/* Never seen by a guest: what to do once signals are delivered. */
	ERESTARTSYS = 512,	     /* restart if SA_RESTART, or no handler */
	ERESTARTNOINTR = 513,	     /* restart always */
	ERESTARTNOHAND = 514,	     /* restart only if no handler ran */
	ERESTART_RESTARTBLOCK = 516, /* restart by restart_syscall(2) */
};

#endif /* INCLUDE_ERRNO_H */
