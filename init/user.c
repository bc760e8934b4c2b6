/* SPDX-License-Identifier: MIT */
/*
 * init/user.c - -u NAME|UID[:GROUP|GID] by the guest's /etc/passwd and
 * /etc/group (passwd(5), group(5)), read with bounds: they are the guest's.
 */
#include "base/slab.h"
#include "base/str.h"
#include "fs/path.h"
#include "init/internal.h"
#include "kernel/elf.h"
#include "kernel/exec_internal.h"
#include "kernel/task.h"

#define FILE_MAX (64 * 1024)

/* A small text file, terminated; NULL if it can't be had. */
static char *
read_text(struct task *t, const char *path)
{
	struct walk w = {.fs = t->fs, .cred = &t->cred, .flags = WALK_FOLLOW};
	AUTO_PUT(file) f = NULL;
	char *buf;
	int64_t n;

	if (vfs_open(&w, path, 0, 0, &f))
		return NULL;
	buf = kmalloc(FILE_MAX + 1);
	if (!buf)
		return NULL;
	n = file_read_some(f, buf, FILE_MAX, 0);
	if (n < 0) {
		kfree(buf);
		return NULL;
	}
	buf[n] = 0;
	return buf;
}

/* Field @k of a line of fields parted by ':'. */
static void
field(const char *line, int k, char *out, size_t n)
{
	size_t len = 0;

	while (k && *line && *line != '\n')
		if (*line++ == ':')
			k--;
	out[0] = 0;
	if (k)
		return;
	while (line[len] && line[len] != ':' && line[len] != '\n')
		len++;
	str_copy(out, line, MIN(len + 1, n));
}

static const char *
next_line(const char *s)
{
	s = strchr(s, '\n');
	return s && s[1] ? s + 1 : NULL;
}

static bool
number(const char *s, uint32_t *out)
{
	uint64_t v;

	if (str_to_u64(s, 10, &v) || v >= 0xffffffffu)
		return false;
	*out = (uint32_t)v;
	return true;
}

/* The line whose name (or id, field 2) is @who. */
static const char *
find_line(const char *text, const char *who)
{
	uint32_t want, id;
	bool is_id = number(who, &want);

	for (const char *s = text; s; s = next_line(s)) {
		char name[64], idtext[16];

		field(s, 0, name, sizeof(name));
		field(s, 2, idtext, sizeof(idtext));
		if (!strcmp(name, who) ||
		    (is_id && number(idtext, &id) && id == want))
			return s;
	}
	return NULL;
}

static bool
lists_member(const char *members, const char *name)
{
	size_t n = strlen(name);

	while (*members) {
		const char *end = strchr(members, ',');
		size_t len = end ? (size_t)(end - members) : strlen(members);

		if (len == n && !strncmp(members, name, n))
			return true;
		members += len + (end != NULL);
	}
	return false;
}

static void
add_group(struct init_user *u, uint32_t gid)
{
	for (uint32_t i = 0; i < u->ngroups; i++)
		if (u->groups[i] == gid)
			return;
	if (u->ngroups < ARRAY_LEN(u->groups))
		u->groups[u->ngroups++] = gid;
}

static void
add_groups(struct init_user *u, const char *text)
{
	for (const char *s = text; s && u->name[0]; s = next_line(s)) {
		char members[1024], id[16];
		uint32_t gid;

		field(s, 3, members, sizeof(members));
		field(s, 2, id, sizeof(id));
		if (lists_member(members, u->name) && number(id, &gid))
			add_group(u, gid);
	}
}

static int
by_passwd(struct init_user *u, const char *who, const char *text)
{
	const char *line = text ? find_line(text, who) : NULL;
	char id[16];

	if (!line)
		return number(who, &u->uid) ? 0 : -ENOENT;
	field(line, 0, u->name, sizeof(u->name));
	field(line, 2, id, sizeof(id));
	if (!number(id, &u->uid))
		return -ENOENT;
	field(line, 3, id, sizeof(id));
	if (!number(id, &u->gid))
		return -ENOENT;
	field(line, 5, u->home, sizeof(u->home));
	field(line, 6, u->shell, sizeof(u->shell));
	return 0;
}

static int
by_group(struct init_user *u, const char *who, const char *text)
{
	const char *line = text ? find_line(text, who) : NULL;
	char id[16];

	if (!line)
		return number(who, &u->gid) ? 0 : -ENOENT;
	field(line, 2, id, sizeof(id));
	return number(id, &u->gid) ? 0 : -ENOENT;
}

int
init_user(struct task *t, const char *spec, struct init_user *out)
{
	char *passwd = read_text(t, "/etc/passwd");
	char *group = read_text(t, "/etc/group");
	char who[64];
	const char *colon;
	int err;

	*out = (struct init_user){0};
	str_copy(out->home, "/", sizeof(out->home));
	if (!spec || !spec[0])
		spec = "0";
	colon = strchr(spec, ':');
	str_copy(who, spec,
		 MIN(sizeof(who),
		     colon ? (size_t)(colon - spec) + 1 : sizeof(who)));
	err = by_passwd(out, who, passwd);
	if (!err && colon)
		err = by_group(out, colon + 1, group);
	else if (!err)
		add_groups(out, group);
	if (!err)
		add_group(out, out->gid);
	kfree(passwd);
	kfree(group);
	return err;
}
