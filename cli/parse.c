/* SPDX-License-Identifier: MIT */
/* cli/parse.c - what users write, as numbers and names. */
#include "cli/parse.h"

#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool
parse_u64(const char *s, uint64_t max, uint64_t *out)
{
	unsigned long long v;
	char *end;

	if (*s < '0' || *s > '9')
		return false;
	errno = 0;
	v = strtoull(s, &end, 10);
	if (errno || *end || v > max)
		return false;
	*out = v;
	return true;
}

bool
parse_size(const char *s, uint64_t *out)
{
	static const char units[] = "kmgt";
	unsigned int shift = 0;
	unsigned long long v;
	const char *unit;
	char *end;

	if (*s < '0' || *s > '9')
		return false;
	errno = 0;
	v = strtoull(s, &end, 10);
	if (errno)
		return false;
	if (*end && (unit = strchr(units, *end | 0x20)) && *unit) {
		shift = 10 * (unsigned int)(unit - units + 1);
		end++;
		if (*end == 'i') /* KiB, as others write it */
			end++;
	}
	if (*end == 'b' || *end == 'B')
		end++;
	if (*end || v > UINT64_MAX >> shift)
		return false;
	*out = (uint64_t)v << shift;
	return true;
}

bool
parse_duration(const char *s, uint64_t *out_ns)
{
	static const struct {
		const char *suffix;
		double ns;
	} units[] = {{"", 1e9},	  {"s", 1e9},	 {"ms", 1e6},	{"us", 1e3},
		     {"m", 60e9}, {"h", 3600e9}, {"d", 86400e9}};
	double v;
	char *end;

	if ((*s < '0' || *s > '9') && *s != '.')
		return false;
	v = strtod(s, &end);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(end, units[i].suffix))
			continue;
		v *= units[i].ns;
		if (!(v >= 1) || v > 1e18)
			return false;
		*out_ns = (uint64_t)v;
		return true;
	}
	return false;
}

bool
parse_volume(const char *s, struct volume *out)
{
	char *copy = xstrdup(s), *end = copy + strlen(copy), *colon;

	*out = (struct volume){.host = copy};
	if (end - copy > 3 && !strcmp(end - 3, ":ro")) {
		out->read_only = true;
		end[-3] = '\0';
	} else if (end - copy > 3 && !strcmp(end - 3, ":rw")) {
		end[-3] = '\0';
	}
	for (colon = strrchr(copy, ':'); colon && colon > copy; colon--)
		if (colon[0] == ':' && colon[1] == '/')
			break;
	if (!colon || colon == copy) {
		free(copy);
		out->host = NULL;
		return false;
	}
	*colon = '\0';
	out->guest = xstrdup(colon + 1);
	return true;
}

bool
parse_log_level(const char *s, int *out)
{
	static const char *const names[] = {"error", "warn", "info", "debug"};

	for (int i = 0; i < 4; i++) {
		if (!strcasecmp(s, names[i])) {
			*out = i;
			return true;
		}
	}
	if (!strcasecmp(s, "warning")) {
		*out = 1;
		return true;
	}
	return false;
}

bool
is_env_name(const char *s, unsigned long len)
{
	return len && !memchr(s, '=', len) && !memchr(s, '\0', len);
}
