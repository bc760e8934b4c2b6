/* SPDX-License-Identifier: MIT */
/*
 * tracer/seccomp/frame.c - the signal frame a stopped guest thread left in its
 * area, which it goes on from.
 *
 * The guest can write all of it, at any time.  So: positions are copied once
 * and checked against the area; values are copied once and then ours; what
 * sigreturn is to load is written anew.  What it may still bend (by writing
 * between our store and its sigreturn) it could do by calling sigreturn
 * itself, and only to its own process.
 */
#include "tracer/fpstate.h"
#include "tracer/seccomp/internal.h"

#include <errno.h>
#include <linux/audit.h>
#include <string.h>

#define AREA_TOP (AREA_SIZE - CTL_LEN)

#define UC_FP_XSTATE	     1
#define UC_SIGCONTEXT_SS     2
#define UC_STRICT_RESTORE_SS 4

#define USER_CS	     0x33
#define USER_SS	     0x2b
#define EFLAGS_FIXED 0x202 /* reserved bit 1, interrupts on */

#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1
#endif

static struct stub_uc *
uc_of(struct gthread *t)
{
	return (struct stub_uc *)(t->area + t->uc_off);
}

/* Where our own frames lie: fp image at the top, ucontext below. */
static uint32_t
own_fp_off(void)
{
	return (uint32_t)((AREA_TOP - fpstate_size()) & ~63ull);
}

static uint32_t
own_uc_off(void)
{
	return (uint32_t)((own_fp_off() - sizeof(struct stub_frame)) & ~15ull);
}

static void
put_regs(struct stub_uc *uc, const struct um_regs *r, bool is_step)
{
	uc->r8 = r->r8;
	uc->r9 = r->r9;
	uc->r10 = r->r10;
	uc->r11 = r->r11;
	uc->r12 = r->r12;
	uc->r13 = r->r13;
	uc->r14 = r->r14;
	uc->r15 = r->r15;
	uc->rdi = r->rdi;
	uc->rsi = r->rsi;
	uc->rbp = r->rbp;
	uc->rbx = r->rbx;
	uc->rdx = r->rdx;
	uc->rax = r->rax;
	uc->rcx = r->rcx;
	uc->rsp = r->rsp;
	uc->rip = r->rip;
	uc->eflags = (r->eflags & UM_EFLAGS_USER) | EFLAGS_FIXED;
	if (is_step)
		uc->eflags |= UM_EFLAGS_TF;
}

static void
get_regs(const struct stub_uc *uc, struct um_regs *r)
{
	r->r8 = uc->r8;
	r->r9 = uc->r9;
	r->r10 = uc->r10;
	r->r11 = uc->r11;
	r->r12 = uc->r12;
	r->r13 = uc->r13;
	r->r14 = uc->r14;
	r->r15 = uc->r15;
	r->rdi = uc->rdi;
	r->rsi = uc->rsi;
	r->rbp = uc->rbp;
	r->rbx = uc->rbx;
	r->rdx = uc->rdx;
	r->rax = uc->rax;
	r->rcx = uc->rcx;
	r->rsp = uc->rsp;
	r->rip = uc->rip;
	r->eflags = uc->eflags;
	r->orig_rax = ~0ull;
	r->cs = USER_CS;
	r->ss = USER_SS;
}

/* What is the same on each way back into guest code. */
static void
put_fixed(struct gthread *t)
{
	struct stub_uc *uc = uc_of(t);

	uc->flags = UC_FP_XSTATE | UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS;
	uc->link = 0;
	uc->ss_sp = gthread_area_addr(t);
	uc->ss_flags = 1u << 31; /* SS_AUTODISARM */
	uc->ss_size = AREA_TOP;
	uc->cs = USER_CS;
	uc->ss = USER_SS;
	uc->sigmask = 0;
	uc->fpstate = t->fp_len ? gthread_area_addr(t) + t->fp_off : 0;
}

void
frame_make(struct gthread *t, const struct um_regs *regs)
{
	t->uc_off = own_uc_off();
	t->fp_off = own_fp_off();
	t->fp_len = 0;
	memset(uc_of(t), 0, sizeof(struct stub_uc));
	put_regs(uc_of(t), regs, false);
	put_fixed(t);
	t->ctl->uc = gthread_area_addr(t) + t->uc_off;
	t->ctl->cmd = CMD_SET_FS | CMD_SET_GS;
	t->ctl->fs_base = t->fs_base;
	t->ctl->gs_base = t->gs_base;
	t->has_stepped = false;
}

void
frame_load(struct gthread *t, const struct thread_run *run)
{
	bool is_step = run->flags & RUN_SINGLESTEP;
	struct stub_uc *uc = uc_of(t);

	if (run->flags & RUN_SET_REGS)
		put_regs(uc, &run->regs, is_step);
	else if (is_step)
		uc->eflags |= UM_EFLAGS_TF;
	else if (t->has_stepped)
		uc->eflags &= ~UM_EFLAGS_TF;
	t->has_stepped = is_step && !(run->regs.eflags & UM_EFLAGS_TF);
	put_fixed(t);
	t->ctl->uc = gthread_area_addr(t) + t->uc_off;
	if (!(run->flags & RUN_SET_TLS))
		return;
	t->fs_base = t->ctl->fs_base = run->regs.fs_base;
	t->gs_base = t->ctl->gs_base = run->regs.gs_base;
	t->ctl->cmd = CMD_SET_FS | CMD_SET_GS;
}

/* The fpstate pointer of a frame: note where the image is, if it is one. */
static void
note_fp(struct gthread *t, uint64_t addr)
{
	uint64_t off = addr - gthread_area_addr(t);

	t->fp_len = 0;
	if (off % 64 || off > AREA_TOP || AREA_TOP - off < fpstate_size())
		return;
	t->fp_off = (uint32_t)off;
	t->fp_len = (uint32_t)fpstate_size();
}

static void
fault_stop(struct stop *s, const struct stub_uc *uc)
{
	s->kind = STOP_FAULT;
	s->addr = uc->cr2;
	s->error_code = uc->err & (FAULT_WRITE | FAULT_FETCH);
	s->error_code |= FAULT_USER;
	if (s->code == 2) /* SEGV_ACCERR: mapped, but not for this */
		s->error_code |= FAULT_PRESENT;
}

/* A 32-bit call: here as on a Linux without 32-bit support, #GP at the int. */
static void
compat_stop(struct stop *s, struct um_regs *r)
{
	s->kind = STOP_EXCEPTION;
	s->signo = SIGSEGV;
	s->code = SI_KERNEL;
	s->trapno = 13;
	s->error_code = 0x80 * 8 + 2;
	s->addr = 0;
	r->rip -= 2;
}

static void
syscall_stop(struct stop *s, struct um_regs *r, const struct stub_siginfo *si)
{
	if (si->sys.arch != AUDIT_ARCH_X86_64) {
		compat_stop(s, r);
		return;
	}
	s->kind = STOP_SYSCALL;
	r->orig_rax = (uint64_t)(int64_t)(int32_t)r->rax;
	r->rax = (uint64_t)-ENOSYS;
}

static void
classify(struct stop *s, struct um_regs *r, uint32_t sig,
	 const struct stub_frame *f)
{
	*s = (struct stop){
		.signo = (int32_t)sig,
		.code = f->info.code,
		.trapno = (uint32_t)f->uc.trapno,
		.error_code = f->uc.err,
		.addr = f->info.addr,
	};
	if (sig == SIGSYS && s->code == SYS_SECCOMP) {
		syscall_stop(s, r, &f->info);
	} else if (sig == KICK_SIGNAL || s->code <= 0) {
		*s = (struct stop){.kind = STOP_KICKED};
	} else if (sig == SIGSEGV && s->trapno == 14 && s->code != SI_KERNEL) {
		fault_stop(s, &f->uc);
	} else {
		s->kind = STOP_EXCEPTION;
	}
}

void
frame_store(struct gthread *t, struct thread_run *run)
{
	uint64_t off = *(volatile uint64_t *)&t->ctl->uc - gthread_area_addr(t);
	uint32_t sig = *(volatile uint32_t *)&t->ctl->sig;
	struct stub_frame f;

	if (off % 16 || off > AREA_TOP - sizeof f) {
		/* A lie; where our own frame would be is as good a place. */
		atomic_store(&t->as->is_tainted, true);
		off = own_uc_off();
	}
	t->uc_off = (uint32_t)off;
	memcpy(&f, t->area + off, sizeof f);
	__asm__ volatile("" ::: "memory");

	note_fp(t, f.uc.fpstate);
	get_regs(&f.uc, &run->regs);
	if (t->has_stepped)
		run->regs.eflags &= ~UM_EFLAGS_TF;
	if (tracer_env.has_fsgsbase) {
		t->fs_base = t->ctl->fs_out;
		t->gs_base = t->ctl->gs_out;
	}
	run->regs.fs_base = t->fs_base;
	run->regs.gs_base = t->gs_base;
	t->ctl->cmd = 0;
	classify(&run->stop, &run->regs, sig, &f);
}

/* --- FP state --- */

int
frame_get_fp(struct gthread *t, void *buf, size_t size)
{
	if (size < fpstate_size())
		return -ERANGE;
	if (t->fp_len) {
		memcpy(buf, t->area + t->fp_off, t->fp_len);
		if (fpstate_is_sane(buf, t->fp_len))
			return (int)t->fp_len;
	}
	fpstate_initial(buf);
	return (int)fpstate_size();
}

int
frame_set_fp(struct gthread *t, const void *buf, size_t len)
{
	if (!len) {
		t->fp_len = 0;
		return 0;
	}
	if (len != fpstate_size() || !fpstate_is_sane(buf, len))
		return -EINVAL;
	if (!t->fp_len) {
		/* Its frame came without an image: make room in our own. */
		struct stub_uc uc = *uc_of(t);

		t->uc_off = own_uc_off();
		t->fp_off = own_fp_off();
		t->fp_len = (uint32_t)len;
		memcpy(uc_of(t), &uc, sizeof uc);
	}
	memcpy(t->area + t->fp_off, buf, len);
	return 0;
}
