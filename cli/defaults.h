/* SPDX-License-Identifier: MIT */
/* cli/defaults.h - what a guest gets when the user doesn't say. */
#ifndef CLI_DEFAULTS_H
#define CLI_DEFAULTS_H

#include "cli/env.h"

#include <stdint.h>

#define DEFAULT_HOSTNAME   "viv"
#define DEFAULT_PIDS_LIMIT 4096

/* The least a guest can be booted with. */
#define MEMORY_MIN (16ull << 20)

/* default_memory - half the host's, or three quarters of our control group's
 * bound where that is less; in bytes. */
uint64_t default_memory(void);

/* default_cpus - the CPUs this process may run on. */
uint32_t default_cpus(void);

/* default_env - PATH, HOSTNAME, container; TERM if @is_tty.
 * HOME is the kernel's to find: it reads the guest's /etc/passwd. */
void default_env(struct env *env, const char *hostname, bool is_tty);

#endif /* CLI_DEFAULTS_H */
