/* SPDX-License-Identifier: MIT */
/* syscalls/ptrace.c - ptrace(2)'s requests; what they do is kernel/ptrace.h's.
 */
#include "include/abi/ptrace.h"

#include "base/slab.h"
#include "base/str.h"
#include "include/abi/elf.h"
#include "include/abi/seccomp.h"
#include "include/abi/uio.h"
#include "kernel/ptrace.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "mm/mm.h"
#include "mm/usercopy.h"
#include "syscalls/sysdef.h"

#define FPREGS_SIZE 512

/* struct user of <sys/user.h>: registers come first, these near its end. */
#define USER_SIZE     912
#define USER_DEBUGREG 848

/* --- memory --- */

static sysret_t
peek(struct task *t, struct task *o, uint64_t addr, uint64_t data)
{
	struct mm *mm = mm_get(o->mm);
	uint64_t word;
	int err = copy_in_force(mm, &word, uaddr(addr), sizeof(word));

	mm_put(mm);
	return err ? -EIO : put_user(t->mm, uaddr(data), &word);
}

static sysret_t
poke(struct task *o, uint64_t addr, uint64_t word)
{
	struct mm *mm = mm_get(o->mm);
	int err = copy_out_force(mm, uaddr(addr), &word, sizeof(word));

	mm_put(mm);
	return err ? -EIO : 0;
}

/* --- registers --- */

static sysret_t
peek_user(struct task *t, struct task *o, uint64_t off, uint64_t data)
{
	struct lx_user_regs regs;
	uint64_t word = 0;

	if (off % 8 || off >= USER_SIZE)
		return -EIO;
	ptrace_get_regs(o, &regs);
	if (off < sizeof(regs))
		memcpy(&word, (char *)&regs + off, sizeof(word));
	return put_user(t->mm, uaddr(data), &word);
}

static sysret_t
poke_user(struct task *o, uint64_t off, uint64_t word)
{
	struct lx_user_regs regs;

	if (off % 8 || off >= USER_SIZE)
		return -EIO;
	if (off < sizeof(regs)) {
		ptrace_get_regs(o, &regs);
		memcpy((char *)&regs + off, &word, sizeof(word));
		return ptrace_set_regs(o, &regs);
	}
	/* Debug registers: as where all of them are taken. */
	if (off >= USER_DEBUGREG && word)
		return -ENOSPC;
	return off >= USER_DEBUGREG ? 0 : -EIO;
}

static sysret_t
get_fp(struct task *t, struct task *o, uint64_t at, uint64_t *n)
{
	uint32_t len;
	void *image;
	int err = ptrace_get_fp(t, o, &image, &len);

	if (!err) {
		*n = MIN(*n, (uint64_t)len);
		err = copy_out(t->mm, uaddr(at), image, *n);
	}
	kfree(image);
	return err;
}

static sysret_t
set_fp(struct task *t, struct task *o, uint64_t at, uint64_t n)
{
	void *image;
	int tid = o->tid, err;

	image = kmalloc(n);
	if (!image)
		return -ENOMEM;
	err = copy_in(t->mm, image, uaddr(at), n);
	if (!err)
		err = ptrace_of(t, tid, true, &o);
	if (!err)
		err = ptrace_set_fp(t, o, image, (uint32_t)n);
	kfree(image);
	return err;
}

static sysret_t
get_general(struct task *t, struct task *o, uint64_t at, uint64_t n)
{
	struct lx_user_regs regs;

	ptrace_get_regs(o, &regs);
	return copy_out(t->mm, uaddr(at), &regs, n);
}

static sysret_t
set_general(struct task *t, struct task *o, uint64_t at, uint64_t n)
{
	struct lx_user_regs regs;
	int tid = o->tid, err;

	ptrace_get_regs(o, &regs);
	err = copy_in(t->mm, &regs, uaddr(at), n);
	if (!err)
		err = ptrace_of(t, tid, true, &o); /* that may have slept */
	return err ? err : ptrace_set_regs(o, &regs);
}

/* PTRACE_GETREGSET, _SETREGSET: @type is NT_*, the iovec is cut to size. */
static sysret_t
regset(struct task *t, struct task *o, uint64_t type, uint64_t data,
       bool is_set)
{
	struct lx_iovec iov;
	sysret_t ret;
	uint64_t max, at, n;

	if (get_user(t->mm, &iov, uaddr(data)))
		return -EFAULT;
	switch (type) {
	case LX_NT_PRSTATUS:
		max = sizeof(struct lx_user_regs);
		break;
	case LX_NT_PRFPREG:
		max = FPREGS_SIZE;
		break;
	case LX_NT_X86_XSTATE:
		max = PAGE_SIZE * 4;
		break;
	default:
		return -EINVAL;
	}
	if (iov.iov_len % 8)
		return -EINVAL;
	n = MIN(iov.iov_len, max);
	at = uaddr_bits(iov.iov_base);
	if (ptrace_of(t, o->tid, true, &o))
		return -ESRCH;
	if (type == LX_NT_PRSTATUS)
		ret = is_set ? set_general(t, o, at, n)
			     : get_general(t, o, at, n);
	else
		ret = is_set ? set_fp(t, o, at, n) : get_fp(t, o, at, &n);
	if (ret)
		return ret;
	return put_user(
		t->mm,
		uaddr_add(uaddr(data), offsetof(struct lx_iovec, iov_len)), &n);
}

static sysret_t
registers(struct task *t, struct task *o, uint64_t request, uint64_t data)
{
	uint64_t n = FPREGS_SIZE;

	switch (request) {
	case LX_PTRACE_GETREGS:
		return get_general(t, o, data, sizeof(struct lx_user_regs));
	case LX_PTRACE_SETREGS:
		return set_general(t, o, data, sizeof(struct lx_user_regs));
	case LX_PTRACE_GETFPREGS:
		return get_fp(t, o, data, &n);
	default:
		return set_fp(t, o, data, n);
	}
}

/* --- signals --- */

static sysret_t
siginfo(struct task *t, struct task *o, uint64_t data, bool is_set)
{
	struct lx_siginfo info;
	int tid = o->tid;

	if (!o->ptrace->info)
		return -EINVAL;
	info = *o->ptrace->info;
	if (!is_set)
		return put_user(t->mm, uaddr(data), &info);
	if (get_user(t->mm, &info, uaddr(data)))
		return -EFAULT;
	if (ptrace_of(t, tid, true, &o))
		return -ESRCH;
	if (!o->ptrace->info)
		return -EINVAL;
	*o->ptrace->info = info;
	return 0;
}

static sysret_t
sigmask(struct task *t, struct task *o, uint64_t size, uint64_t data,
	bool is_set)
{
	uint64_t mask = o->restore_mask ? o->saved_mask : o->blocked;
	int tid = o->tid;

	if (size != sizeof(mask))
		return -EINVAL;
	if (!is_set)
		return put_user(t->mm, uaddr(data), &mask);
	if (get_user(t->mm, &mask, uaddr(data)))
		return -EFAULT;
	if (ptrace_of(t, tid, true, &o))
		return -ESRCH;
	o->restore_mask = false;
	signal_set_blocked(o, mask);
	return 0;
}

/* PTRACE_PEEKSIGINFO: what is queued, without taking it. */
static sysret_t
peek_signals(struct task *t, struct task *o, uint64_t addr, uint64_t data)
{
	struct {
		uint64_t off;
		uint32_t flags;
		int32_t nr;
	} a;
	struct lx_siginfo info;
	int tid = o->tid, n;

	if (get_user(t->mm, &a, uaddr(addr)))
		return -EFAULT;
	if (a.flags & ~1u || a.nr < 0)
		return -EINVAL;
	for (n = 0; n < a.nr; n++) {
		if (ptrace_of(t, tid, true, &o))
			return n ? n : -ESRCH;
		if (!signal_peek(o, a.flags & 1, a.off + (uint64_t)n, &info))
			break;
		if (put_user(t->mm, uaddr(data + (uint64_t)n * sizeof(info)),
			     &info))
			return n ? n : -EFAULT;
	}
	return n;
}

/* --- what it stopped for --- */

static sysret_t
syscall_info(struct task *t, struct task *o, uint64_t size, uint64_t data)
{
	const struct um_regs *r = &o->run.regs;
	struct lx_ptrace_syscall_info i = {
		.op = o->ptrace->call_op,
		.arch = LX_AUDIT_ARCH_X86_64,
		.instruction_pointer = r->rip,
		.stack_pointer = r->rsp,
	};
	uint64_t n = offsetof(struct lx_ptrace_syscall_info, entry);
	int err;

	switch (i.op) {
	case PTRACE_CALL_ENTRY:
		i.entry.nr = r->orig_rax;
		regs_sysargs(r, i.entry.args);
		n += sizeof(i.entry);
		break;
	case PTRACE_CALL_EXIT:
		i.exit.rval = (int64_t)r->rax;
		i.exit.is_error = r->rax >= (uint64_t)-4095;
		n = offsetof(struct lx_ptrace_syscall_info, exit.is_error) + 1;
		break;
	case PTRACE_CALL_SECCOMP:
		i.seccomp.nr = r->orig_rax;
		regs_sysargs(r, i.seccomp.args);
		i.seccomp.ret_data = (uint32_t)o->ptrace->message;
		n = offsetof(struct lx_ptrace_syscall_info, seccomp.ret_data) +
		    sizeof(i.seccomp.ret_data);
		break;
	default:
		break;
	}
	err = copy_out(t->mm, uaddr(data), &i, MIN(n, size));
	return err ? err : (sysret_t)n;
}

/* --- going on --- */

static sysret_t
resume(struct task *o, enum ptrace_resume how, uint64_t sig)
{
	if (sig > LX_NSIG)
		return -EIO;
	ptrace_resume(o, how, (int)sig);
	return 0;
}

static sysret_t
let_go(struct task *o, uint64_t request, uint64_t sig)
{
	switch (request) {
	case LX_PTRACE_CONT:
		return resume(o, PTRACE_RUN, sig);
	case LX_PTRACE_SYSCALL:
		return resume(o, PTRACE_RUN_CALL, sig);
	case LX_PTRACE_SINGLESTEP:
		return resume(o, PTRACE_RUN_STEP, sig);
	case LX_PTRACE_SYSEMU:
		return resume(o, PTRACE_RUN_EMU, sig);
	case LX_PTRACE_SYSEMU_SINGLESTEP:
		return resume(o, PTRACE_RUN_EMU_STEP, sig);
	case LX_PTRACE_DETACH:
		if (sig > LX_NSIG)
			return -EIO;
		ptrace_detach(o, (int)sig);
		return 0;
	}
	return -EIO;
}

static sysret_t
set_options(struct task *o, uint64_t options)
{
	int err = ptrace_check_options(options);

	if (!err)
		o->ptrace->options = (uint32_t)options;
	return err;
}

/* Requests to a tracee that stands still. */
static sysret_t
request_of(struct task *t, struct task *o, uint64_t request, uint64_t addr,
	   uint64_t data)
{
	uint64_t message;

	switch (request) {
	case LX_PTRACE_PEEKTEXT:
	case LX_PTRACE_PEEKDATA:
		return peek(t, o, addr, data);
	case LX_PTRACE_POKETEXT:
	case LX_PTRACE_POKEDATA:
		return poke(o, addr, data);
	case LX_PTRACE_PEEKUSR:
		return peek_user(t, o, addr, data);
	case LX_PTRACE_POKEUSR:
		return poke_user(o, addr, data);
	case LX_PTRACE_GETREGS:
	case LX_PTRACE_SETREGS:
	case LX_PTRACE_GETFPREGS:
	case LX_PTRACE_SETFPREGS:
		return registers(t, o, request, data);
	case LX_PTRACE_GETREGSET:
		return regset(t, o, addr, data, false);
	case LX_PTRACE_SETREGSET:
		return regset(t, o, addr, data, true);
	case LX_PTRACE_GETSIGINFO:
		return siginfo(t, o, data, false);
	case LX_PTRACE_SETSIGINFO:
		return siginfo(t, o, data, true);
	case LX_PTRACE_GETSIGMASK:
		return sigmask(t, o, addr, data, false);
	case LX_PTRACE_SETSIGMASK:
		return sigmask(t, o, addr, data, true);
	case LX_PTRACE_PEEKSIGINFO:
		return peek_signals(t, o, addr, data);
	case LX_PTRACE_SETOPTIONS:
		return set_options(o, data);
	case LX_PTRACE_GETEVENTMSG:
		message = o->ptrace->message;
		return put_user(t->mm, uaddr(data), &message);
	case LX_PTRACE_GET_SYSCALL_INFO:
		return syscall_info(t, o, addr, data);
	case LX_PTRACE_LISTEN:
		return ptrace_listen(o);
	}
	return let_go(o, request, data);
}

static sysret_t
attach(struct task *t, int pid, uint64_t request, uint64_t addr, uint64_t data)
{
	bool is_seize = request == LX_PTRACE_SEIZE;
	struct task *o = task_find(pid);

	if (!o)
		return -ESRCH;
	if (is_seize && (addr || ptrace_check_options(data)))
		return -EIO;
	return ptrace_attach(t, o, is_seize, is_seize ? (uint32_t)data : 0);
}

sysret_t
sys_ptrace(struct task *t, uint64_t request, int pid, uint64_t addr,
	   uint64_t data)
{
	struct task *o;
	int err;

	switch (request) {
	case LX_PTRACE_TRACEME:
		return ptrace_traceme(t);
	case LX_PTRACE_ATTACH:
	case LX_PTRACE_SEIZE:
		return attach(t, pid, request, addr, data);
	case LX_PTRACE_INTERRUPT:
		err = ptrace_of(t, pid, false, &o);
		return err ? err : ptrace_interrupt(o);
	case LX_PTRACE_KILL:
		err = ptrace_of(t, pid, false, &o);
		if (!err)
			task_signal(o, LX_SIGKILL);
		return err;
	}
	err = ptrace_of(t, pid, true, &o);
	return err ? err : request_of(t, o, request, addr, data);
}
