/* SPDX-License-Identifier: MIT */
/* tests/unit/cli/parse.c - what users write. */
#include "cli/parse.h"

#include <criterion/criterion.h>
#include <stdlib.h>

Test(parse, sizes)
{
	static const struct {
		const char *text;
		uint64_t want;
	} good[] = {{"0", 0},	      {"512", 512},    {"64k", 65536},
		    {"64K", 65536},   {"2m", 2 << 20}, {"3MiB", 3 << 20},
		    {"1gb", 1 << 30}, {"7b", 7},       {"1t", 1ull << 40}};
	static const char *const bad[] = {
		"",	    "m",    "-1",   " 1",  "1 m",
		"1mm",	    "1.5g", "0x10", "1kk", "99999999999999999999",
		"20000000t"};
	uint64_t v;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		cr_assert(parse_size(good[i].text, &v), "%s", good[i].text);
		cr_assert_eq(v, good[i].want, "%s", good[i].text);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_assert_not(parse_size(bad[i], &v), "%s", bad[i]);
}

Test(parse, durations)
{
	static const struct {
		const char *text;
		uint64_t want;
	} good[] = {{"1", 1000000000},	    {"10s", 10000000000},
		    {"0.5", 500000000},	    {"500ms", 500000000},
		    {"2m", 120000000000},   {"1h", 3600000000000},
		    {"1.5h", 5400000000000}};
	static const char *const bad[] = {"",	 "0",	"-1",  "s",    "1x",
					  "inf", "nan", "1 s", "1e300"};
	uint64_t v;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		cr_assert(parse_duration(good[i].text, &v), "%s", good[i].text);
		cr_assert_eq(v, good[i].want, "%s", good[i].text);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_assert_not(parse_duration(bad[i], &v), "%s", bad[i]);
}

static void
volume_is(const char *text, const char *host, const char *guest, bool ro)
{
	struct volume v;

	cr_assert(parse_volume(text, &v), "%s", text);
	cr_assert_str_eq(v.host, host);
	cr_assert_str_eq(v.guest, guest);
	cr_assert_eq(v.read_only, ro);
	free(v.host);
	free(v.guest);
}

Test(parse, volumes)
{
	static const char *const bad[] = {"",	  "/a",	     "/a:", ":/b",
					  "/a:b", "/a:b:ro", ":ro"};
	struct volume v;

	volume_is("/a:/b", "/a", "/b", false);
	volume_is("/a:/b:ro", "/a", "/b", true);
	volume_is("/a:/b:rw", "/a", "/b", false);
	volume_is("rel:/b", "rel", "/b", false);
	volume_is("/with:colon:/b:ro", "/with:colon", "/b", true);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_assert_not(parse_volume(bad[i], &v), "%s", bad[i]);
}

Test(parse, log_levels)
{
	int level = -1;

	cr_assert(parse_log_level("error", &level) && level == 0);
	cr_assert(parse_log_level("Warning", &level) && level == 1);
	cr_assert(parse_log_level("debug", &level) && level == 3);
	cr_assert_not(parse_log_level("loud", &level));
}
