/* SPDX-License-Identifier: MIT */
/*
 * cli/parse.h - what users write, as numbers and names.
 *
 * Each function is pure: it says true and fills its result, or false; the
 * caller knows which option it was and complains.
 */
#ifndef CLI_PARSE_H
#define CLI_PARSE_H

#include <stdbool.h>
#include <stdint.h>

/* A bind mount, as -v names it. */
struct volume {
	char *host;  /* as written */
	char *guest; /* absolute */
	bool read_only;
};

/* parse_u64 - a decimal number, all of @s, at most @max. */
bool parse_u64(const char *s, uint64_t max, uint64_t *out);

/* parse_size - "512", "64k", "512m", "2g", with an optional b; in bytes. */
bool parse_size(const char *s, uint64_t *out);

/* parse_duration - "10", "0.5", "10s", "500ms", "5m", "1h"; in ns, > 0. */
bool parse_duration(const char *s, uint64_t *out_ns);

/*
 * parse_volume - HOST:GUEST[:ro|:rw].  HOST may hold colons if GUEST begins
 * with a slash.  Returns: true and *@out, whose strings the caller owns.
 */
bool parse_volume(const char *s, struct volume *out);

/* parse_log_level - error, warn, info, debug as 0..3. */
bool parse_log_level(const char *s, int *out);

/* is_env_name - may @len bytes of @s name an environment variable? */
bool is_env_name(const char *s, unsigned long len);

#endif /* CLI_PARSE_H */
