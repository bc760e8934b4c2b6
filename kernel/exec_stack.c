/* SPDX-License-Identifier: MIT */
/*
 * kernel/exec_stack.c - the stack a program starts with, from the top down:
 * an empty word, the name, environment and argument strings, platform and
 * random bytes, then (aligned) the auxiliary vector, envp, argv, argc.
 */
#include "arch/um/boot.h"
#include "base/slab.h"
#include "base/str.h"
#include "base/time.h"
#include "fs/file.h"
#include "include/abi/process.h"
#include "kernel/elf.h"
#include "kernel/exec.h"
#include "kernel/exec_internal.h"
#include "kernel/vdso.h"
#include "mm/mm.h"
#include "mm/patch.h"
#include "mm/uio.h"
#include "mm/usercopy.h"

#define ARG_STRLEN_MAX 131072ull /* Linux: MAX_ARG_STRLEN */
#define STACK_INITIAL  (128 * 1024ull)

static struct {
	uint64_t hwcap, hwcap2, minsigstksz;
} machine;

void
exec_init(const struct boot_params *bp)
{
	machine.hwcap = bp->hwcap;
	machine.hwcap2 = bp->hwcap2;
	machine.minsigstksz = bp->minsigstksz;
	vdso_init(bp->host_clock);
	patch_init(bp->call_entry);
}

/* --- gathering strings --- */

static int
strings_room(struct exec_strings *s, uint64_t n)
{
	uint64_t want = MAX(s->size * 2, MAX(s->len + n, 4096ull));
	char *bigger;

	if (s->len + n <= s->size)
		return 0;
	bigger = krealloc(s->buf, want);
	if (!bigger)
		return -ENOMEM;
	s->buf = bigger;
	s->size = want;
	return 0;
}

int
exec_strings_append(struct exec_strings *s, const char *buf, uint64_t n)
{
	int err = strings_room(s, n);

	if (err)
		return err;
	memcpy(s->buf + s->len, buf, n);
	s->len += n;
	return 0;
}

int
exec_strings_add(struct exec_strings *s, const char *str)
{
	return exec_strings_append(s, str, strlen(str) + 1);
}

static int
add_user_string(struct exec_strings *s, struct mm *mm, uaddr_t at,
		uint64_t limit)
{
	uint64_t max = 256;

	/* Short strings are the rule: copy with a small bound first. */
	for (;;) {
		int64_t n;
		int err = strings_room(s, max);

		if (err)
			return err;
		n = copy_str_in(mm, s->buf + s->len, at, max);
		if (n >= 0) {
			s->len += (uint64_t)n + 1;
			return s->len > limit ? -E2BIG : 0;
		}
		if (n != -ENAMETOOLONG)
			return (int)n;
		if (max >= ARG_STRLEN_MAX || s->len + max > limit)
			return -E2BIG;
		max *= 8;
		max = MIN(max, ARG_STRLEN_MAX);
	}
}

int
exec_strings_user(struct exec_strings *s, struct mm *mm, uaddr_t array,
		  uint32_t *count, uint64_t limit)
{
	*count = 0;
	if (uaddr_is_null(array))
		return 0;
	for (;;) {
		uint64_t p;
		int err = get_user(mm, &p, uaddr_add(array, *count * 8ull));

		if (err)
			return err;
		if (!p)
			return 0;
		err = add_user_string(s, mm, uaddr(p), limit);
		if (err)
			return err;
		++*count;
		if (s->len + *count * 8ull > limit)
			return -E2BIG;
	}
}

void
exec_strings_fini(struct exec_strings *s)
{
	kfree(s->buf);
	*s = (struct exec_strings){0};
}

int64_t
file_read_some(struct file *f, void *buf, uint64_t n, uint64_t pos)
{
	struct uio u;
	int err;

	uio_init_kernel(&u, UIO_TO_GUEST, buf, n);
	err = file_pread(f, &u, pos);
	return err ? err : (int64_t)u.moved;
}

/* --- the vectors --- */

struct vec {
	uint64_t *w;
	uint32_t n;
};

static void
aux(struct vec *v, uint64_t type, uint64_t value)
{
	v->w[v->n++] = type;
	v->w[v->n++] = value;
}

static void
put_auxv(struct vec *v, const struct exec_stack *st, uint64_t random_at,
	 uint64_t platform_at, uint64_t name_at)
{
	const struct lx_elf64_ehdr *eh = &st->elf->eh;

	if (st->vdso)
		aux(v, LX_AT_SYSINFO_EHDR, st->vdso);
	if (machine.minsigstksz)
		aux(v, LX_AT_MINSIGSTKSZ, machine.minsigstksz);
	aux(v, LX_AT_HWCAP, machine.hwcap);
	aux(v, LX_AT_PAGESZ, PAGE_SIZE);
	aux(v, LX_AT_CLKTCK, 100);
	aux(v, LX_AT_PHDR, st->image->phdr);
	aux(v, LX_AT_PHENT, sizeof(struct lx_elf64_phdr));
	aux(v, LX_AT_PHNUM, eh->e_phnum);
	aux(v, LX_AT_BASE, st->interp_base);
	aux(v, LX_AT_FLAGS, 0);
	aux(v, LX_AT_ENTRY, st->image->entry);
	aux(v, LX_AT_UID, st->ids->uid);
	aux(v, LX_AT_EUID, st->ids->euid);
	aux(v, LX_AT_GID, st->ids->gid);
	aux(v, LX_AT_EGID, st->ids->egid);
	aux(v, LX_AT_SECURE, st->ids->is_secure);
	aux(v, LX_AT_RANDOM, random_at);
	aux(v, LX_AT_HWCAP2, machine.hwcap2);
	aux(v, LX_AT_RSEQ_FEATURE_SIZE, LX_RSEQ_FEATURE_SIZE);
	aux(v, LX_AT_RSEQ_ALIGN, sizeof(struct lx_rseq));
	aux(v, LX_AT_EXECFN, name_at);
	aux(v, LX_AT_PLATFORM, platform_at);
	aux(v, LX_AT_NULL, 0);
}

/* argv or envp: pointers to @count strings from @at on. */
static const char *
put_pointers(struct vec *v, const char *s, uint64_t *at, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint64_t n = strlen(s) + 1;

		v->w[v->n++] = *at;
		*at += n;
		s += n;
	}
	v->w[v->n++] = 0;
	return s;
}

static int
write_vectors(struct mm *mm, struct exec_stack *st, uint64_t strings_at,
	      uint64_t name_at, uint64_t below)
{
	static const char platform[] = "x86_64";
	const struct exec_strings *a = st->args;
	struct mm_layout *l = mm_layout(mm);
	uint64_t platform_at = below - sizeof(platform);
	uint64_t random_at = (platform_at - 16) & ~15ull;
	uint64_t words = 1 + a->argc + 1 + a->envc + 1, at = strings_at;
	struct vec v = {.w = kmalloc((words + 64) * 8)};
	uint8_t seed[16];
	const char *s;
	uint32_t aux_from;
	int err;

	if (!v.w)
		return -ENOMEM;
	entropy(seed, sizeof(seed));
	v.w[v.n++] = a->argc;
	l->arg_start = at;
	s = put_pointers(&v, a->buf, &at, a->argc);
	l->arg_end = l->env_start = at;
	put_pointers(&v, s, &at, a->envc);
	l->env_end = at;
	aux_from = v.n;
	put_auxv(&v, st, random_at, platform_at, name_at);
	l->nauxv = v.n - aux_from;
	memcpy(l->auxv, v.w + aux_from, l->nauxv * 8);

	st->sp = (random_at - v.n * 8ull) & ~15ull;
	l->start_stack = st->sp;
	err = copy_out(mm, uaddr(platform_at), platform, sizeof(platform));
	if (!err)
		err = copy_out(mm, uaddr(random_at), seed, sizeof(seed));
	if (!err)
		err = copy_out(mm, uaddr(st->sp), v.w, v.n * 8ull);
	kfree(v.w);
	return err;
}

int
exec_stack_build(struct mm *mm, struct exec_stack *st)
{
	const struct exec_strings *a = st->args;
	uint64_t name_len = strlen(st->name) + 1;
	uint64_t name_at = st->top - 8 - name_len;
	uint64_t strings_at = name_at - a->len;
	uint64_t need = a->len + name_len + (a->argc + a->envc) * 8ull + 4096;
	int err;

	err = mm_map_stack(mm, st->top, page_up(need) + STACK_INITIAL,
			   st->prot);
	if (err)
		return err;
	err = copy_out(mm, uaddr(name_at), st->name, name_len);
	if (!err && a->len)
		err = copy_out(mm, uaddr(strings_at), a->buf, a->len);
	if (err)
		return err;
	return write_vectors(mm, st, strings_at, name_at, strings_at);
}
