/* SPDX-License-Identifier: MIT */
/*
 * tracer/tracer.h - running guest code and learning why it stopped.
 *
 * A back end fills struct tracer_ops (arch/um/host/tracer_ops.h).  All of
 * them keep guest code in host processes of their own, one per address
 * space, made by one keeper thread and recycled in a pool; they differ in how
 * a trap reaches us:
 *
 *   seccomp         SIGSYS frame in shared memory, futex; no ptrace
 *   ptrace          PTRACE_SYSEMU stops
 *   ptrace-nullify  PTRACE_SYSCALL stops, the number replaced
 *   direct          as seccomp, but the kernel runs in the guest's process
 */
#ifndef TRACER_TRACER_H
#define TRACER_TRACER_H

#include "arch/um/host/machine.h"
#include "arch/um/host/tracer_ops.h"

/* tracer_choose - see tracer_choose_fn.  One back end a process. */
tracer_choose_fn tracer_choose;

/* tracer_names - the back ends, NULL-terminated, best first; last the one that
 * is not for guests one does not trust. */
extern const char *const tracer_names[];

/*
 * tracer_probe - try out the back end @name in a child process.
 * Returns: 0 if it works, else -errno; @why says what was found, or what it can
 * do.
 */
int tracer_probe(const char *name, char *why, size_t whylen);

#endif /* TRACER_TRACER_H */
