/* SPDX-License-Identifier: MIT */
/* tests/unit/base/str.c - our printf, against the C library's. */
#include "base/str.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>

#define SAME(...)                                                              \
	do {                                                                   \
		char ours[96], libc[96];                                       \
		int a = str_format(ours, sizeof ours, __VA_ARGS__);            \
		int b = snprintf(libc, sizeof libc, __VA_ARGS__);              \
		cr_assert_str_eq(ours, libc);                                  \
		cr_assert_eq(a, b);                                            \
	} while (0)

Test(str, formats_as_printf_does)
{
	SAME("%d %i %u", -1, INT_MIN, UINT_MAX);
	SAME("%x %X %o", 0xbeefu, 0xBEEFu, 0777u);
	SAME("%#x %#o %#x", 255u, 8u, 0u);
	SAME("%5d|%-5d|%05d|%+d|% d", 42, 42, 42, 42, 42);
	SAME("%.3d %8.3d %-8.3d|", 7, 7, 7);
	SAME("%ld %lu %lld %llx", LONG_MIN, ULONG_MAX, LLONG_MIN, ~0ull);
	SAME("%hd %hhd %hhu", (short)-3, (signed char)-4, (unsigned char)200);
	SAME("%zu %zd", (size_t)-1, (ssize_t)-1);
	SAME("%c%c %%", 'a', 'b');
	SAME("%s|%10s|%-10s|%.2s", "abc", "abc", "abc", "abc");
	SAME("%*d|%-*d|%.*s", 6, 1, 6, 1, 2, "xyz");
	SAME("%*d", -6, 1);
}

Test(str, says_how_long_the_text_would_have_been)
{
	char buf[4] = "zzz";

	cr_assert_eq(str_format(buf, sizeof buf, "%s", "abcdef"), 6);
	cr_assert_str_eq(buf, "abc");
	cr_assert_eq(str_format(buf, 1, "%d", 12345), 5);
	cr_assert_str_eq(buf, "");
	cr_assert_eq(str_format(NULL, 0, "%d", 12345), 5);
}

Test(str, parses_all_of_a_number_or_nothing)
{
	uint64_t v = 0;

	cr_assert_eq(str_to_u64("0x10", 0, &v), 0);
	cr_assert_eq(v, 16);
	cr_assert_eq(str_to_u64("010", 0, &v), 0);
	cr_assert_eq(v, 8);
	cr_assert_eq(str_to_u64("18446744073709551615", 10, &v), 0);
	cr_assert_eq(v, UINT64_MAX);
	cr_assert_eq(str_to_u64("18446744073709551616", 10, &v), -EINVAL);
	cr_assert_eq(str_to_u64("", 10, &v), -EINVAL);
	cr_assert_eq(str_to_u64("12x", 10, &v), -EINVAL);
	cr_assert_eq(str_to_u64("9", 8, &v), -EINVAL);
}

Test(str, strbuf_is_cut_and_says_so)
{
	struct strbuf sb;
	char buf[8];

	strbuf_init(&sb, buf, sizeof buf);
	strbuf_add(&sb, "%s", "abc");
	strbuf_put(&sb, "de", 2);
	cr_assert_not(sb.over);
	cr_assert_eq(sb.len, 5);
	strbuf_add(&sb, "%s", "fghijkl");
	cr_assert(sb.over);
	cr_assert(sb.len <= sizeof buf);
	cr_assert_eq(memcmp(buf, "abcde", 5), 0);
}

Test(str, names_errors)
{
	cr_assert_str_eq(str_errno(ENOENT), "ENOENT");
	cr_assert_eq(str_errno(9999), NULL);
	cr_assert_eq(str_errno(-1), NULL);
}

Test(str, copy_always_ends_the_text)
{
	char buf[4] = "zzz";

	str_copy(buf, "abcdef", sizeof buf);
	cr_assert_str_eq(buf, "abc");
	str_copy(buf, "x", sizeof buf);
	cr_assert_str_eq(buf, "x");
}
