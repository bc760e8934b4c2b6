/* SPDX-License-Identifier: MIT */
/*
 * syscalls/strace.c - lines of the built-in strace.
 *
 * A call's text is gathered in a buffer of its own.  At most one call is
 * "open": its line is the last one, not ended, perhaps not even printed.
 * Whoever else has something to say ends that line with "<unfinished ...>"
 * first, and the call goes on later with "<... NAME resumed>".
 *
 * Decoding may sleep (guest memory may have to be read from disk), and then
 * other tasks print: so text is decoded first and put out afterwards, and
 * whether the line is still ours is asked between the two.
 */
#include "syscalls/strace.h"

#include "arch/um/x86_64/regs.h"
#include "base/slab.h"
#include "include/abi/signal.h"
#include "include/abi/wait.h"
#include "syscalls/filter.h"
#include "syscalls/internal_decode.h"

#define TEXT_MAX      16384
#define SYS_EXECVE    59
#define RESULT_COLUMN 40 /* where strace puts "= 0", if it can */

static struct strace_conf conf; /* out is NULL: off */
static struct sys_filter filter;
static struct strace_call *open_call;

int
strace_start(const struct strace_conf *c, char *bad, size_t n)
{
	int err = filter_parse(&filter, c->filter, bad, n);

	if (!err)
		conf = *c;
	return err;
}

bool
strace_is_on(void)
{
	return conf.out != NULL;
}

/* Put out what of @call has not been yet. */
static void
print_rest(struct strace_call *call)
{
	conf.out(call->buf + call->printed, call->ready - call->printed);
	call->printed = call->ready;
}

static void
close_line(void)
{
	static const char cut[] = " <unfinished ...>\n";

	if (!open_call)
		return;
	print_rest(open_call);
	conf.out(cut, sizeof(cut) - 1);
	open_call->is_cut = true;
	open_call = NULL;
}

static void
put_prefix(struct strbuf *sb, int tid)
{
	if (conf.has_many && conf.has_many())
		strbuf_add(sb, "[pid %5d] ", tid);
}

static void
drop(struct strace_call *call)
{
	if (open_call == call)
		open_call = NULL;
	kfree(call->buf);
	call->buf = NULL;
}

/* "= ..." goes to its column after @len characters of text. */
static void
pad(struct strbuf *sb, size_t len)
{
	int n = len + 1 < RESULT_COLUMN ? (int)(RESULT_COLUMN - len) : 1;

	strbuf_add(sb, "%*s", n, "");
}

/* However long the text was, its line ends. */
static void
end_line(struct strbuf *sb)
{
	if (sb->len + 1 >= sb->size)
		sb->len = sb->size - 2;
	strbuf_put(sb, "\n", 1);
}

void
strace_enter(struct strace_call *call, int tid, struct mm *mm,
	     const struct um_regs *regs)
{
	uint64_t nr = regs_sysno(regs);
	const struct sys_desc *desc = nr < SYS_MAX ? &sys_table[nr] : NULL;

	call->buf = NULL;
	if (!conf.out || !filter_shows(&filter, nr))
		return;
	call->buf = kmalloc(TEXT_MAX + DECODE_SCRATCH);
	if (!call->buf)
		return;
	call->tid = tid;
	call->printed = call->ready = 0;
	call->is_cut = false;
	strbuf_init(&call->out, call->buf, TEXT_MAX);
	put_prefix(&call->out, tid);
	call->d = (struct decode){
		.desc = desc && desc->name ? desc : NULL,
		.nr = nr,
		.sp = regs->rsp,
		.mm = mm,
		.out = &call->out,
		.scratch = call->buf + TEXT_MAX,
	};
	regs_sysargs(regs, call->d.arg);
	decode_enter(&call->d);
	close_line();
	open_call = call;
	call->ready = call->out.len;
	if (desc && desc->ret == RET_NONE && desc->name) {
		strbuf_add(&call->out, ")");
		pad(&call->out, call->out.len);
		strbuf_add(&call->out, "= ?");
		end_line(&call->out);
		call->ready = call->out.len;
		print_rest(call);
		drop(call);
	}
}

/* How a line that goes on begins. */
static void
put_resumed(struct strbuf *sb, const struct strace_call *call)
{
	put_prefix(sb, call->tid);
	strbuf_add(sb, "<... %s resumed>",
		   call->d.desc ? call->d.desc->name : "syscall");
}

void
strace_exit(struct strace_call *call, struct mm *mm, int64_t ret)
{
	struct strbuf *sb = &call->out, head;
	char text[80];
	size_t mark;

	if (!call->buf)
		return;
	if (call->is_cut) { /* the buffer again, for the rest alone */
		strbuf_init(sb, call->buf, TEXT_MAX);
		call->printed = call->ready = 0;
	}
	strbuf_init(&head, text, sizeof(text));
	put_resumed(&head, call);
	mark = sb->len;
	call->d.mm = mm;
	decode_exit(&call->d, ret);
	pad(sb, sb->len + (call->is_cut ? head.len : 0));
	decode_result(&call->d);
	end_line(sb);
	if (call->is_cut) { /* now, or while we read the guest's memory */
		close_line();
		conf.out(head.buf, head.len);
		conf.out(call->buf + mark, sb->len - mark);
	} else {
		call->ready = sb->len;
		print_rest(call);
		open_call = NULL;
	}
	drop(call);
}

void
strace_exec(int tid, const char *path, const char *const *argv, uint64_t envp,
	    uint32_t envc)
{
	struct strace_call call = {.tid = tid};
	struct decode *d = &call.d;

	if (!conf.out || !filter_shows(&filter, SYS_EXECVE))
		return;
	call.buf = kmalloc(TEXT_MAX);
	if (!call.buf)
		return;
	strbuf_init(&call.out, call.buf, TEXT_MAX);
	d->out = &call.out;
	put_prefix(d->out, tid);
	put(d, "execve(");
	dec_quote(d, path, strlen(path), false);
	for (uint32_t i = 0; argv[i]; i++) {
		size_t n = strlen(argv[i]);

		put(d, i ? ", " : ", [");
		if (i == DEC_MAX) {
			put(d, "...");
			break;
		}
		dec_quote(d, argv[i], MIN(n, (size_t)DEC_MAX), false);
		if (n > DEC_MAX)
			put(d, "...");
	}
	put(d, "], %#lx /* %u var%s */)", (unsigned long)envp, envc,
	    envc == 1 ? "" : "s");
	pad(d->out, d->out->len);
	put(d, "= 0");
	end_line(d->out);
	close_line();
	call.ready = d->out->len;
	print_rest(&call);
	kfree(call.buf);
}

void
strace_flush(int tid)
{
	if (open_call && open_call->tid == tid)
		print_rest(open_call);
}

static void
print_line(struct strbuf *sb)
{
	close_line();
	conf.out(sb->buf, sb->len);
}

/* A line that is no call's: false if nobody reads it. */
static bool
begin_line(struct strbuf *sb, char *line, size_t size, int tid)
{
	if (!conf.out)
		return false;
	strbuf_init(sb, line, size);
	put_prefix(sb, tid);
	return true;
}

void
strace_signal(int tid, const struct lx_siginfo *info)
{
	char line[512];
	struct strbuf sb;

	if (!begin_line(&sb, line, sizeof(line), tid))
		return;
	strbuf_add(&sb, "--- ");
	name_signal(&sb, info->si_signo);
	strbuf_add(&sb, " ");
	decode_siginfo(&sb, info);
	strbuf_add(&sb, " ---\n");
	print_line(&sb);
}

void
strace_stopped(int tid, int sig)
{
	char line[128];
	struct strbuf sb;

	if (!begin_line(&sb, line, sizeof(line), tid))
		return;
	strbuf_add(&sb, "--- stopped by ");
	name_signal(&sb, sig);
	strbuf_add(&sb, " ---\n");
	print_line(&sb);
}

void
strace_exited(int tid, int status)
{
	char line[128];
	struct strbuf sb;

	if (!begin_line(&sb, line, sizeof(line), tid))
		return;
	if (LX_WIFEXITED(status)) {
		strbuf_add(&sb, "+++ exited with %d +++\n",
			   LX_WEXITSTATUS(status));
	} else {
		strbuf_add(&sb, "+++ killed by ");
		name_signal(&sb, LX_WTERMSIG(status));
		strbuf_add(&sb, status & LX_WCOREFLAG ? " (core dumped) +++\n"
						      : " +++\n");
	}
	print_line(&sb);
}
