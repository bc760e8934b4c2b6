/* SPDX-License-Identifier: MIT */
/* syscalls/filter.c - parsing --strace=%file,read,!write into a bit a call. */
#include "syscalls/filter.h"

#include "base/str.h"

static const struct {
	const char *name;
	uint16_t class;
} classes[] = {
	{"file", SC_FILE},    {"desc", SC_DESC},     {"memory", SC_MEM},
	{"process", SC_PROC}, {"signal", SC_SIGNAL}, {"ipc", SC_IPC},
	{"network", SC_NET},  {"net", SC_NET},	     {"creds", SC_CREDS},
	{"clock", SC_CLOCK},  {"pure", SC_PURE},     {"stat", SC_STAT},
};

static void
set_one(struct sys_filter *f, uint32_t nr, bool on)
{
	if (on)
		f->shown[nr / 64] |= 1ull << nr % 64;
	else
		f->shown[nr / 64] &= ~(1ull << nr % 64);
}

static void
set_all(struct sys_filter *f, bool on)
{
	memset(f->shown, on ? 0xff : 0, sizeof(f->shown));
	f->shows_unknown = on;
}

static bool
is_word(const char *word, size_t len, const char *name)
{
	return strlen(name) == len && !memcmp(word, name, len);
}

static bool
set_class(struct sys_filter *f, const char *word, size_t len, bool on)
{
	uint16_t class = 0;

	for (size_t i = 0; i < ARRAY_LEN(classes); i++)
		if (is_word(word, len, classes[i].name))
			class = classes[i].class;
	if (!class)
		return false;
	for (uint32_t nr = 0; nr < SYS_MAX; nr++)
		if (sys_table[nr].name && sys_table[nr].class & class)
			set_one(f, nr, on);
	return true;
}

static bool
set_word(struct sys_filter *f, const char *word, size_t len, bool on)
{
	if (len && *word == '%')
		return set_class(f, word + 1, len - 1, on);
	if (is_word(word, len, "all")) {
		set_all(f, on);
		return true;
	}
	for (uint32_t nr = 0; nr < SYS_MAX; nr++) {
		if (sys_table[nr].name &&
		    is_word(word, len, sys_table[nr].name)) {
			set_one(f, nr, on);
			return true;
		}
	}
	return false;
}

int
filter_parse(struct sys_filter *f, const char *text, char *bad, size_t n)
{
	set_all(f, !*text || *text == '!');
	while (*text) {
		const char *end = strchr(text, ',');
		size_t len = end ? (size_t)(end - text) : strlen(text);
		bool is_not = *text == '!';

		if (len && !set_word(f, text + is_not, len - is_not, !is_not)) {
			if (n)
				str_copy(bad, text, MIN(n, len + 1));
			return -EINVAL;
		}
		text += end ? len + 1 : len;
	}
	return 0;
}

bool
filter_shows(const struct sys_filter *f, uint64_t nr)
{
	if (nr >= SYS_MAX || !sys_table[nr].name)
		return f->shows_unknown;
	return f->shown[nr / 64] >> nr % 64 & 1;
}
