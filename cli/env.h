/* SPDX-License-Identifier: MIT */
/*
 * cli/env.h - the environment of the guest's first process.
 *
 * Nothing of the host's environment gets in unasked, but TERM for a terminal.
 * A later setting of a name replaces an earlier one.
 */
#ifndef CLI_ENV_H
#define CLI_ENV_H

#include <stdbool.h>
#include <stddef.h>

struct env {
	char **v; /* NULL-terminated once anything was set */
	size_t n;
};

/* env_set - "NAME=VALUE"; the string is copied. */
void env_set(struct env *env, const char *assignment);

/* env_has - is @name (without "=") set? */
bool env_has(const struct env *env, const char *name);

/*
 * env_option - what -e says: NAME=VALUE, or NAME: the host's value, nothing
 * if it has none.  Returns: false when there is no name.
 */
bool env_option(struct env *env, const char *arg);

/* env_file - --env-file: a line is what -e takes, or empty, or begins with #.
 * Returns: 0, or viv's exit status after a complaint. */
int env_file(struct env *env, const char *path);

/* env_fini - free what was set. */
void env_fini(struct env *env);

#endif /* CLI_ENV_H */
