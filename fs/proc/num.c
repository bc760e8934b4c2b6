/* SPDX-License-Identifier: MIT */
/* fs/proc/num.c - files that are a number or a fixed text. */
#include "fs/proc/internal.h"

int
proc_show_text(const struct proc_inode *pi, struct strbuf *sb)
{
	strbuf_add(sb, "%s", (const char *)pi->row->value);
	return 0;
}

int
proc_show_int(const struct proc_inode *pi, struct strbuf *sb)
{
	strbuf_add(sb, "%d\n", *(int *)pi->row->value);
	return 0;
}

int
proc_show_u64(const struct proc_inode *pi, struct strbuf *sb)
{
	strbuf_add(sb, "%llu\n", *(unsigned long long *)pi->row->value);
	return 0;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t';
}

int
proc_parse_int(const char *text, int64_t *out)
{
	bool minus;
	uint64_t v = 0;

	while (is_blank(*text))
		text++;
	minus = *text == '-';
	text += minus;
	if (*text < '0' || *text > '9')
		return -EINVAL;
	for (; *text >= '0' && *text <= '9'; text++) {
		if (__builtin_mul_overflow(v, 10ull, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(*text - '0'), &v) ||
		    v > INT64_MAX)
			return -EINVAL;
	}
	while (is_blank(*text))
		text++;
	if (*text)
		return -EINVAL;
	*out = minus ? -(int64_t)v : (int64_t)v;
	return 0;
}

static int
parse_bounded(const struct proc_row *row, const char *text, int64_t *v)
{
	int err = proc_parse_int(text, v);

	if (err)
		return err;
	return *v < row->min || *v > row->max ? -EINVAL : 0;
}

int
proc_store_int(const struct proc_inode *pi, char *text, size_t n)
{
	int64_t v;
	int err = parse_bounded(pi->row, text, &v);

	(void)n;
	if (!err)
		*(int *)pi->row->value = (int)v;
	return err;
}

int
proc_store_u64(const struct proc_inode *pi, char *text, size_t n)
{
	int64_t v;
	int err = parse_bounded(pi->row, text, &v);

	(void)n;
	if (!err)
		*(uint64_t *)pi->row->value = (uint64_t)v;
	return err;
}
