/* SPDX-License-Identifier: MIT */
/* cli/env.c - the environment of the guest's first process. */
#include "cli/env.h"

#include "cli/cli.h"
#include "cli/parse.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char **
find(const struct env *env, const char *name, size_t len)
{
	for (size_t i = 0; i < env->n; i++)
		if (!strncmp(env->v[i], name, len) && env->v[i][len] == '=')
			return &env->v[i];
	return NULL;
}

void
env_set(struct env *env, const char *assignment)
{
	size_t len = strcspn(assignment, "=");
	char **slot = find(env, assignment, len);

	if (slot) {
		free(*slot);
		*slot = xstrdup(assignment);
		return;
	}
	env->v = xrealloc(env->v, (env->n + 2) * sizeof(char *));
	env->v[env->n++] = xstrdup(assignment);
	env->v[env->n] = NULL;
}

bool
env_has(const struct env *env, const char *name)
{
	return find(env, name, strlen(name)) != NULL;
}

bool
env_option(struct env *env, const char *arg)
{
	size_t len = strcspn(arg, "=");
	const char *value;
	char *both;

	if (!is_env_name(arg, len))
		return false;
	if (arg[len] == '=') {
		env_set(env, arg);
		return true;
	}
	value = getenv(arg);
	if (value) {
		both = xasprintf("%s=%s", arg, value);
		env_set(env, both);
		free(both);
	}
	return true;
}

int
env_file(struct env *env, const char *path)
{
	FILE *f = fopen(path, "re");
	char *line = NULL, *s;
	int err = 0, n = 0;
	size_t size = 0;
	ssize_t len;

	if (!f)
		return cli_fail("--env-file %s: %s", path, strerror(errno));
	while (!err && (len = getline(&line, &size, f)) >= 0) {
		n++;
		line[strcspn(line, "\r\n")] = '\0';
		s = line + strspn(line, " \t");
		if (!*s || *s == '#')
			continue;
		if (!env_option(env, s))
			err = cli_fail("--env-file %s:%d: no name before '='",
				       path, n);
	}
	if (!err && ferror(f))
		err = cli_fail("--env-file %s: %s", path, strerror(errno));
	free(line);
	fclose(f);
	return err;
}

void
env_fini(struct env *env)
{
	for (size_t i = 0; i < env->n; i++)
		free(env->v[i]);
	free(env->v);
}
