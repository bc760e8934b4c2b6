/* SPDX-License-Identifier: MIT */
/*
 * syscalls/names.c - numbers of the guest ABI as words.
 *
 * One table holds every ABI() line of include/abi; each group's lines lie
 * together, so a group is found once and remembered by its first index.
 */
#include "syscalls/names.h"

#include "base/str.h"
#include "include/abi/signal.h"

struct name {
	uint16_t group;
	const char *name;
	uint64_t value;
};

#define ABI(g, n, v) {ARG_##g, #n, (uint64_t)(int64_t)(v)},
static const struct name names[] = {
#include "include/abi/capability.def"
#include "include/abi/elf.def"
#include "include/abi/fcntl.def"
#include "include/abi/futex.def"
#include "include/abi/ioctl.def"
#include "include/abi/ipc.def"
#include "include/abi/misc.def"
#include "include/abi/mman.def"
#include "include/abi/mount.def"
#include "include/abi/poll.def"
#include "include/abi/prctl.def"
#include "include/abi/process.def"
#include "include/abi/ptrace.def"
#include "include/abi/reboot.def"
#include "include/abi/resource.def"
#include "include/abi/sched.def"
#include "include/abi/seccomp.def"
#include "include/abi/signal.def"
#include "include/abi/socket.def"
#include "include/abi/stat.def"
#include "include/abi/statfs.def"
#include "include/abi/termios.def"
#include "include/abi/time.def"
#include "include/abi/wait.def"
};
#undef ABI

enum { VALUE, FLAGS };

static const struct {
	uint8_t how;
	bool is_wide; /* 64 bits count, not 32 */
	const char *unknown;
} groups[ARG_GROUPS] = {
#define GROUP(g, h, type, text) [ARG_##g] = {h, sizeof(type) == 8, text},
#include "syscalls/groups.def"
#undef GROUP
};

/* Index of a group's first name, plus one; 0: not looked for yet. */
static uint16_t first[ARG_GROUPS];

static uint32_t
group_start(enum sysarg_kind group)
{
	uint32_t i = 0;

	if (first[group])
		return first[group] - 1;
	while (i < ARRAY_LEN(names) && names[i].group != group)
		i++;
	first[group] = (uint16_t)(i + 1);
	return i;
}

static uint64_t
trim(enum sysarg_kind group, uint64_t value)
{
	return groups[group].is_wide ? value : (uint32_t)value;
}

const char *
name_find(enum sysarg_kind group, uint64_t value)
{
	value = trim(group, value);
	for (uint32_t i = group_start(group);
	     i < ARRAY_LEN(names) && names[i].group == group; i++)
		if (trim(group, names[i].value) == value)
			return names[i].name;
	return NULL;
}

static void
put_unknown(struct strbuf *sb, enum sysarg_kind group, uint64_t value)
{
	strbuf_add(sb, "%#lx", (unsigned long)trim(group, value));
	if (groups[group].unknown[0])
		strbuf_add(sb, " /* %s */", groups[group].unknown);
}

void
name_value(struct strbuf *sb, enum sysarg_kind group, uint64_t value)
{
	const char *name = name_find(group, value);

	if (name)
		strbuf_add(sb, "%s", name);
	else
		put_unknown(sb, group, value);
}

bool
name_flags_only(struct strbuf *sb, enum sysarg_kind group, uint64_t *flags,
		bool is_first)
{
	bool any = false;

	*flags = trim(group, *flags);
	for (uint32_t i = group_start(group);
	     i < ARRAY_LEN(names) && names[i].group == group; i++) {
		uint64_t v = trim(group, names[i].value);

		if (!v || (*flags & v) != v)
			continue;
		strbuf_add(sb, "%s%s", is_first && !any ? "" : "|",
			   names[i].name);
		*flags &= ~v;
		any = true;
	}
	return any;
}

void
name_flags(struct strbuf *sb, enum sysarg_kind group, uint64_t flags)
{
	const char *zero;

	flags = trim(group, flags);
	if (!flags) {
		zero = name_find(group, 0);
		strbuf_add(sb, "%s", zero ? zero : "0");
		return;
	}
	if (!name_flags_only(sb, group, &flags, true))
		put_unknown(sb, group, flags);
	else if (flags)
		strbuf_add(sb, "|%#lx", (unsigned long)flags);
}

void
name_group(struct strbuf *sb, enum sysarg_kind group, uint64_t value)
{
	if (groups[group].how == FLAGS)
		name_flags(sb, group, value);
	else
		name_value(sb, group, value);
}

void
name_signal(struct strbuf *sb, int sig)
{
	const char *name = name_find(ARG_SIGNAL, (uint64_t)sig);

	if (name)
		strbuf_add(sb, "%s", name);
	else if (sig == LX_SIGRTMIN)
		strbuf_add(sb, "SIGRTMIN");
	else if (sig > LX_SIGRTMIN && sig <= LX_NSIG)
		strbuf_add(sb, "SIGRT_%d", sig - LX_SIGRTMIN);
	else
		strbuf_add(sb, "%d", sig);
}

void
name_sigset(struct strbuf *sb, uint64_t set)
{
	char one[16];
	struct strbuf name;
	const char *gap = "";

	if (__builtin_popcountll(set) > LX_NSIG * 2 / 3) {
		strbuf_add(sb, "~");
		set = ~set;
	}
	strbuf_add(sb, "[");
	for (int sig = 1; sig <= LX_NSIG; sig++) {
		if (!(set & LX_SIGMASK(sig)))
			continue;
		strbuf_init(&name, one, sizeof(one));
		name_signal(&name, sig);
		strbuf_add(sb, "%s%s", gap, one + 3); /* without "SIG" */
		gap = " ";
	}
	strbuf_add(sb, "]");
}

void
name_error(struct strbuf *sb, int err)
{
	static const char *const text[] = {
#define ERRTEXT(name, said) [name] = said,
#include "syscalls/errtext.def"
#undef ERRTEXT
	};
	const char *name = str_errno(err);

	if (!name || (size_t)err >= ARRAY_LEN(text) || !text[err])
		strbuf_add(sb, "%d (errno %d)", -err, err);
	else
		strbuf_add(sb, "%s (%s)", name, text[err]);
}

bool
name_groups_ok(void)
{
	for (uint32_t i = 1; i < ARRAY_LEN(names); i++) {
		if (names[i].group != names[i - 1].group &&
		    group_start(names[i].group) != i)
			return false;
	}
	return true;
}
