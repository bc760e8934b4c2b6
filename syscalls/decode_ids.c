/* SPDX-License-Identifier: MIT */
/* syscalls/decode_ids.c - groups, capabilities, scheduling attributes, sets of
 * CPUs, priorities of I/O. */
#include "include/abi/capability.h"
#include "include/abi/sched.h"
#include "syscalls/internal_decode.h"

static void
gid_elem(struct decode *d, uint64_t at, const void *elem)
{
	(void)at;
	put(d, "%u", *(const uint32_t *)elem);
}

void
dec_GROUPS_IN(struct decode *d, int i)
{
	if (d->arg[i])
		dec_array(d, d->arg[i], (uint32_t)d->arg[i - 1], 4, gid_elem);
	else
		put(d, "NULL");
}

void
dec_GROUPS_OUT(struct decode *d, int i)
{
	/* A size of 0 asks for their number alone. */
	if (d->arg[i - 1])
		dec_array(d, d->arg[i], (uint64_t)d->ret, 4, gid_elem);
	else
		dec_addr(d, d->arg[i]);
}

void
dec_CAP_HEADER(struct decode *d, int i)
{
	struct lx_cap_user_header h;

	if (!dec_get(d, &h, d->arg[i], sizeof(h)))
		return;
	put(d, "{version=");
	name_value(d->out, ARG_CAP_VERSION, h.version);
	put(d, ", pid=%d}", h.pid);
}

static void
put_caps(struct decode *d, const char *name, uint64_t set)
{
	const char *gap = "";

	put(d, "%s=", name);
	if (!set)
		put(d, "0");
	for (uint32_t cap = 0; cap < 64; cap++) {
		const char *word = name_find(ARG_CAP, cap);

		if (!(set >> cap & 1))
			continue;
		if (word)
			put(d, "%s1<<%s", gap, word);
		else
			put(d, "%s1<<%u", gap, cap);
		gap = "|";
	}
}

static void
caps_at(struct decode *d, uint64_t header, uint64_t at)
{
	struct lx_cap_user_header h;
	struct lx_cap_user_data c[2] = {0};
	size_t n = sizeof(c);

	if (dec_peek(d, &h, header, sizeof(h)) &&
	    h.version == LX__LINUX_CAPABILITY_VERSION_1)
		n = sizeof(c[0]);
	if (!dec_get(d, c, at, n))
		return;
	put(d, "{");
	put_caps(d, "effective",
		 c[0].effective | (uint64_t)c[1].effective << 32);
	put_caps(d, ", permitted",
		 c[0].permitted | (uint64_t)c[1].permitted << 32);
	put_caps(d, ", inheritable",
		 c[0].inheritable | (uint64_t)c[1].inheritable << 32);
	put(d, "}");
}

void
dec_CAP_DATA_IN(struct decode *d, int i)
{
	caps_at(d, d->arg[i - 1], d->arg[i]);
}

void
dec_CAP_DATA_OUT(struct decode *d, int i)
{
	caps_at(d, d->arg[i - 1], d->arg[i]);
}

static void
sched_param_at(struct decode *d, uint64_t at)
{
	struct lx_sched_param p;

	if (dec_get(d, &p, at, sizeof(p)))
		put(d, "[%d]", p.sched_priority);
}

void
dec_SCHED_PARAM_IN(struct decode *d, int i)
{
	sched_param_at(d, d->arg[i]);
}

void
dec_SCHED_PARAM_OUT(struct decode *d, int i)
{
	sched_param_at(d, d->arg[i]);
}

static void
sched_attr_at(struct decode *d, uint64_t at)
{
	struct lx_sched_attr a;

	if (!dec_get(d, &a, at, sizeof(a)))
		return;
	put(d, "{size=%u, sched_policy=", a.size);
	name_value(d->out, ARG_SCHED_POLICY, a.sched_policy);
	put(d, ", sched_flags=");
	name_flags(d->out, ARG_SCHED_ATTR_FLAGS, a.sched_flags);
	put(d, ", sched_nice=%d, sched_priority=%u, sched_runtime=%lu",
	    a.sched_nice, a.sched_priority, (unsigned long)a.sched_runtime);
	put(d, ", sched_deadline=%lu, sched_period=%lu",
	    (unsigned long)a.sched_deadline, (unsigned long)a.sched_period);
	if (a.size >= sizeof(a))
		put(d, ", sched_util_min=%u, sched_util_max=%u",
		    a.sched_util_min, a.sched_util_max);
	put(d, "}");
}

void
dec_SCHED_ATTR_IN(struct decode *d, int i)
{
	sched_attr_at(d, d->arg[i]);
}

void
dec_SCHED_ATTR_OUT(struct decode *d, int i)
{
	sched_attr_at(d, d->arg[i]);
}

static void
cpuset_at(struct decode *d, uint64_t at, uint64_t len)
{
	uint8_t set[128];
	const char *gap = "";

	if (len > sizeof(set))
		len = sizeof(set);
	if (!dec_get(d, set, at, (size_t)len))
		return;
	put(d, "[");
	for (uint32_t cpu = 0; cpu < len * 8; cpu++) {
		if (!(set[cpu / 8] >> cpu % 8 & 1))
			continue;
		put(d, "%s%u", gap, cpu);
		gap = " ";
	}
	put(d, "]");
}

void
dec_CPUSET_IN(struct decode *d, int i)
{
	cpuset_at(d, d->arg[i], (uint32_t)d->arg[i - 1]);
}

void
dec_CPUSET_OUT(struct decode *d, int i)
{
	cpuset_at(d, d->arg[i], (uint64_t)d->ret);
}

void
dec_ioprio_value(struct decode *d, uint64_t v)
{
	put(d, "IOPRIO_PRIO_VALUE(");
	name_value(d->out, ARG_IOPRIO_CLASS, LX_IOPRIO_CLASS((uint32_t)v));
	put(d, ", %u)", LX_IOPRIO_DATA((uint32_t)v));
}

void
dec_IOPRIO(struct decode *d, int i)
{
	dec_ioprio_value(d, d->arg[i]);
}
