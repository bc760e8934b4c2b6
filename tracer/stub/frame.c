/* SPDX-License-Identifier: MIT */
/*
 * tracer/stub/frame.c - the signal frame a stopped guest thread left in its
 * area, which it goes on from.
 *
 * The guest can write all of it, at any time.  So: positions are copied once
 * and checked against the area; values are copied once and then ours; what
 * sigreturn is to load is written anew.  What it may still bend (by writing
 * between our store and its sigreturn) it could do by calling sigreturn
 * itself, and only to its own process.
 */
#include "tracer/stub/frame.h"

#include "tracer/fpstate.h"

#include <errno.h>
#include <linux/audit.h>
#include <signal.h>
#include <string.h>

#define AREA_TOP (AREA_SIZE - CTL_LEN)

#define UC_FP_XSTATE	     1
#define UC_SIGCONTEXT_SS     2
#define UC_STRICT_RESTORE_SS 4

#define USER_CS	     0x33
#define USER_SS	     0x2b
#define EFLAGS_FIXED 0x202 /* reserved bit 1, interrupts on */

/* Beside an image and a frame, a signal takes its return address, and aligns
 * all. */
#define ROOM_BETWEEN 256

/* Of the flags those that a thread which goes on by registers alone does not
 * set or clear: TF, DF, NT, RF, AC. */
#define EFLAGS_RARE 0x54500ull

#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1
#endif
#define SEGV_IS_PKUERR 4

static struct stub_uc *
uc_of(const struct frame *f, char *area)
{
	return (struct stub_uc *)(area + f->uc_off);
}

static struct stub_ctl *
ctl_of(char *area)
{
	return (struct stub_ctl *)(area + AREA_TOP);
}

bool
frame_calls(void)
{
	size_t signal = sizeof(struct stub_frame) + fpstate_size();

	return JUMP_FP + fpstate_size() + signal + ROOM_BETWEEN <= AREA_TOP;
}

bool
frame_is_sane(const struct frame *f)
{
	if (f->uc_off % 16 || f->uc_off > AREA_TOP - sizeof(struct stub_frame))
		return false;
	return !f->fp_len ||
	       (f->fp_off % 64 == 0 && f->fp_len == fpstate_size() &&
		f->fp_off <= AREA_TOP - f->fp_len);
}

/* Where our own frames lie: below those of signals, since a thread may be
 * kicked before it has gone on from one. */
static uint32_t
own_fp_off(void)
{
	if (frame_calls())
		return JUMP_FP;
	return (uint32_t)((AREA_TOP - fpstate_size()) & ~63ull);
}

static uint32_t
own_uc_off(void)
{
	if (frame_calls())
		return JUMP_UC;
	return (uint32_t)((own_fp_off() - sizeof(struct stub_frame)) & ~15ull);
}

static void
put_regs(struct stub_uc *uc, const struct um_regs *r)
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
}

/* What the kernel says it changed. */
static void
put_changed(struct stub_uc *uc, const struct thread_run *run)
{
	if (run->flags & RUN_SET_REGS)
		put_regs(uc, &run->regs);
	else if (run->flags & RUN_SET_RAX)
		uc->rax = run->regs.rax;
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
put_fixed(const struct frame *f, char *area)
{
	struct stub_uc *uc = uc_of(f, area);

	uc->flags = UC_FP_XSTATE | UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS;
	uc->link = 0;
	uc->ss_sp = f->addr;
	uc->ss_flags = 1u << 31; /* SS_AUTODISARM */
	uc->ss_size = AREA_TOP;
	uc->cs = USER_CS;
	uc->ss = USER_SS;
	uc->sigmask = 0;
	uc->fpstate = f->fp_len ? f->addr + f->fp_off : 0;
}

/* The bases to set when guest code goes on. */
static void
put_bases(struct frame *f, struct stub_ctl *ctl)
{
	ctl->cmd = CMD_SET_FS | CMD_SET_GS;
	ctl->fs_base = f->fs_base;
	ctl->gs_base = f->gs_base;
	if (!f->gs_base && f->needs_gs)
		ctl->gs_base = f->own_gs;
	f->lost_gs = false;
}

/* What stub_call relies on, after guest code that may have spoilt it. */
static void
prepare_calls(struct frame *f, char *area)
{
	struct stub_ctl *ctl = ctl_of(area);

	f->is_call = f->is_fp_new = f->is_fp_live = false;
	f->needs_gs = f->addr != STUB_AREAS;
	if (!f->own_gs)
		return;
	ctl->self = f->own_gs;
	fpstate_initial(area + JUMP_FP);
}

void
frame_make(struct frame *f, char *area, const struct um_regs *regs)
{
	struct stub_ctl *ctl = ctl_of(area);

	prepare_calls(f, area);
	f->uc_off = own_uc_off();
	f->fp_off = own_fp_off();
	f->fp_len = 0;
	f->fs_base = regs->fs_base;
	f->gs_base = regs->gs_base;
	memset(uc_of(f, area), 0, sizeof(struct stub_uc));
	put_regs(uc_of(f, area), regs);
	put_fixed(f, area);
	ctl->uc = f->addr + f->uc_off;
	put_bases(f, ctl);
	f->has_stepped = false;
}

bool
frame_is_left(const struct frame *f, const struct thread_run *run)
{
	const struct um_regs *r = &run->regs;

	return f->is_call && !f->is_fp_new && !f->has_stepped && !f->lost_gs &&
	       !(run->flags & (RUN_SINGLESTEP | RUN_SET_TLS)) &&
	       !((r->eflags | f->eflags) & EFLAGS_RARE) && r->rip < GUEST_TOP;
}

void
frame_load(struct frame *f, char *area, const struct thread_run *run)
{
	bool is_step = run->flags & RUN_SINGLESTEP;
	struct stub_uc *uc = uc_of(f, area);
	struct stub_ctl *ctl = ctl_of(area);

	if (frame_is_left(f, run)) {
		put_changed(uc, run);
		ctl->cont = run->regs.rip == f->rip ? f->cont : run->regs.rip;
		if (run->cont)
			ctl->cont = run->cont;
		ctl->uc = 0;
		return;
	}
	put_changed(uc, run);
	if (is_step)
		uc->eflags |= UM_EFLAGS_TF;
	else if (f->has_stepped && !(run->regs.eflags & UM_EFLAGS_TF))
		uc->eflags &= ~UM_EFLAGS_TF;
	f->has_stepped = is_step && !(run->regs.eflags & UM_EFLAGS_TF);
	if (f->is_call && uc->rip == f->rip)
		uc->rip = f->cont;
	if (run->cont)
		uc->rip = run->cont;
	put_fixed(f, area);
	ctl->uc = f->addr + f->uc_off;
	if (run->flags & RUN_SET_TLS) {
		f->fs_base = run->regs.fs_base;
		f->gs_base = run->regs.gs_base;
	}
	if ((run->flags & RUN_SET_TLS) || f->lost_gs)
		put_bases(f, ctl);
}

/* The fpstate pointer of a frame: note where the image is, if it is one. */
static void
note_fp(struct frame *f, uint64_t addr)
{
	uint64_t off = addr - f->addr;

	f->fp_len = 0;
	if (off % 64 || off > AREA_TOP || AREA_TOP - off < fpstate_size())
		return;
	f->fp_off = (uint32_t)off;
	f->fp_len = (uint32_t)fpstate_size();
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
	s->code = 0;
	r->orig_rax = (uint64_t)(int64_t)(int32_t)r->rax;
	r->rax = (uint64_t)-ENOSYS;
}

/* A call by jump: @r as stub_call found it, rip the return address. */
static void
call_stop(struct stop *s, struct um_regs *r)
{
	*s = (struct stop){.kind = STOP_SYSCALL, .code = STOP_BY_JUMP};
	r->rcx = r->rip;
	r->r11 = r->eflags;
	r->orig_rax = (uint64_t)(int64_t)(int32_t)r->rax;
	r->rax = (uint64_t)-ENOSYS;
}

static void
store_call(struct frame *f, char *area, struct thread_run *run)
{
	struct stub_uc *uc;

	f->uc_off = JUMP_UC;
	f->fp_off = JUMP_FP;
	f->fp_len = (uint32_t)fpstate_size();
	f->is_call = true;
	f->is_fp_new = f->is_fp_live = false;
	uc = uc_of(f, area);
	get_regs(uc, &run->regs);
	f->rip = run->regs.rip;
	f->eflags = run->regs.eflags;
	f->cont = *(volatile uint64_t *)&ctl_of(area)->cont;
	if (f->has_fsgsbase)
		f->fs_base = ctl_of(area)->fs_out;
	call_stop(&run->stop, &run->regs);
	uc->rcx = run->regs.rcx;
	uc->r11 = run->regs.r11;
}

/* It was on its way back, as frame_load() had it. */
static void
store_kicked(struct frame *f, char *area, struct thread_run *run)
{
	get_regs(uc_of(f, area), &run->regs);
	if (f->is_call && run->regs.rip == f->cont)
		run->regs.rip = f->rip;
	run->stop = (struct stop){.kind = STOP_KICKED};
}

/* The entry's first instruction did not find the area: the first thread is no
 * longer alone, or it loaded %gs. */
static bool
is_gs_lost(const struct frame *f, const struct stop *s, const struct um_regs *r)
{
	return f->own_gs && !f->gs_base && s->signo == SIGSEGV &&
	       r->rip == STUB_CODE + STUB_CALL_GS;
}

/* The entry's first accesses found key 0 shut, by the guest itself: it makes a
 * call all the same, as the instruction would. */
static bool
is_key_shut(const struct frame *f, const struct stop *s,
	    const struct um_regs *r)
{
	return f->own_gs && s->signo == SIGSEGV && s->code == SEGV_IS_PKUERR &&
	       (r->rip == STUB_CODE + STUB_CALL ||
		r->rip == STUB_CODE + STUB_CALL_FIRST);
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
	} else if (sig == SIGSEGV && s->trapno == 14 && s->code != SI_KERNEL &&
		   s->code != SEGV_IS_PKUERR) {
		fault_stop(s, &f->uc);
	} else {
		s->kind = STOP_EXCEPTION;
	}
}

/* It stopped by a signal, which left a frame.  False: it lied. */
static bool
store_signal(struct frame *f, char *area, struct thread_run *run, uint32_t sig)
{
	struct stub_ctl *ctl = ctl_of(area);
	uint64_t off = *(volatile uint64_t *)&ctl->uc - f->addr;
	struct stub_frame left;
	bool is_honest = off % 16 == 0 && off <= AREA_TOP - sizeof left;
	bool is_lost;

	f->is_call = f->is_fp_live = false;
	/* After a lie, where our own frame would be is as good a place. */
	f->uc_off = is_honest ? (uint32_t)off : own_uc_off();
	memcpy(&left, area + f->uc_off, sizeof left);
	__asm__ volatile("" ::: "memory");

	note_fp(f, left.uc.fpstate);
	get_regs(&left.uc, &run->regs);
	if (f->has_fsgsbase) {
		f->fs_base = ctl->fs_out;
		f->gs_base = ctl->gs_out == f->own_gs ? 0 : ctl->gs_out;
	}
	classify(&run->stop, &run->regs, sig, &left);
	is_lost = is_gs_lost(f, &run->stop, &run->regs);
	if (is_lost || is_key_shut(f, &run->stop, &run->regs)) {
		run->regs.rip = run->regs.rcx;
		call_stop(&run->stop, &run->regs);
		put_regs(uc_of(f, area), &run->regs);
	}
	if (is_lost)
		f->needs_gs = f->lost_gs = true;
	return is_honest;
}

bool
frame_store(struct frame *f, char *area, struct thread_run *run)
{
	struct stub_ctl *ctl = ctl_of(area);
	uint32_t sig = *(volatile uint32_t *)&ctl->sig;
	bool is_honest = true;

	if (sig == SIG_CALL && f->own_gs)
		store_call(f, area, run);
	else if (sig == SIG_KICKED && f->own_gs)
		store_kicked(f, area, run);
	else
		is_honest = store_signal(f, area, run, sig);
	if (f->has_stepped)
		run->regs.eflags &= ~UM_EFLAGS_TF;
	run->regs.fs_base = f->fs_base;
	run->regs.gs_base = f->gs_base;
	ctl->cmd = 0;
	return is_honest;
}

/* --- FP state --- */

int
frame_get_fp(const struct frame *f, const char *area, void *buf, size_t size)
{
	if (size < fpstate_size())
		return -ERANGE;
	if (f->fp_len) {
		memcpy(buf, area + f->fp_off, f->fp_len);
		if (fpstate_is_sane(buf, f->fp_len))
			return (int)f->fp_len;
	}
	fpstate_initial(buf);
	return (int)fpstate_size();
}

int
frame_set_fp(struct frame *f, char *area, const void *buf, size_t len)
{
	if (!len) {
		f->fp_len = 0;
		f->is_fp_new = true;
		return 0;
	}
	if (len != fpstate_size() || !fpstate_is_sane(buf, len))
		return -EINVAL;
	if (!f->fp_len) {
		/* Its frame came without an image: make room in our own. */
		struct stub_uc uc = *uc_of(f, area);

		f->uc_off = own_uc_off();
		f->fp_off = own_fp_off();
		f->fp_len = (uint32_t)len;
		memcpy(uc_of(f, area), &uc, sizeof uc);
	}
	memcpy(area + f->fp_off, buf, len);
	f->is_fp_new = true;
	return 0;
}
