/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/syscalls/decode.c - lines of the built-in strace, word for word
 * as strace 6.1 prints them (see compare.py for whole programs).
 */
#include "arch/um/x86_64/regs.h"
#include "include/abi/fcntl.h"
#include "include/abi/futex.h"
#include "include/abi/ioctl.h"
#include "include/abi/mman.h"
#include "include/abi/poll.h"
#include "include/abi/resource.h"
#include "include/abi/sched.h"
#include "include/abi/signal.h"
#include "include/abi/socket.h"
#include "include/abi/stat.h"
#include "include/abi/time.h"
#include "include/abi/uio.h"
#include "mm/usercopy.h"
#include "syscalls/filter.h"
#include "syscalls/names.h"
#include "syscalls/strace.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define W(x) ((uint64_t)(x))

static char text[65536];
static size_t text_len;
static bool many;
static struct mm *const memory = (struct mm *)1;

static void
out(const char *s, size_t n)
{
	cr_assert(text_len + n < sizeof text);
	memcpy(text + text_len, s, n);
	text_len += n;
	text[text_len] = 0;
}

static bool
has_many(void)
{
	return many;
}

static void
start(const char *filter)
{
	const struct strace_conf conf = {filter, out, has_many};
	char bad[32];

	text_len = 0;
	text[0] = 0;
	cr_assert_eq(strace_start(&conf, bad, sizeof bad), 0);
}

static uint32_t
number(const char *name)
{
	for (uint32_t nr = 0; nr < SYS_MAX; nr++)
		if (sys_table[nr].name && !strcmp(sys_table[nr].name, name))
			return nr;
	cr_assert(false, "no call %s", name);
	return 0;
}

static struct um_regs
regs_of(const char *name, const uint64_t a[6])
{
	return (struct um_regs){
		.orig_rax = number(name),
		.rdi = a[0],
		.rsi = a[1],
		.rdx = a[2],
		.r10 = a[3],
		.r8 = a[4],
		.r9 = a[5],
	};
}

static void
check(const char *want, int64_t ret, const char *name, const uint64_t a[6])
{
	struct um_regs regs = regs_of(name, a);
	struct strace_call call;
	char line[1024];

	start("");
	strace_enter(&call, 7, memory, &regs);
	if (call.buf)
		strace_exit(&call, memory, ret);
	snprintf(line, sizeof line, "%s\n", want);
	cr_assert_str_eq(text, line);
}

/* LINE(want, result, call, arguments...) */
#define LINE(want, ret, name, ...)                                             \
	check(want, ret, #name, (uint64_t[6]){__VA_ARGS__})

Test(decode, has_a_decoder_for_each_kind_and_names_in_groups)
{
	cr_assert(decode_kinds_ok());
	cr_assert(name_groups_ok());
}

Test(decode, quotes_strings_as_c_does)
{
	LINE("write(1, \"\\0\\1\\0027\\177ELF\", 8)         = 8", 8, write, 1,
	     W("\0\1\2"
	       "7\177ELF"),
	     8);
	LINE("write(5, \"0123456789012345678901234567890\\n\"..., 33) = 33", 33,
	     write, 5, W("0123456789012345678901234567890\na"), 33);
	LINE("write(5, NULL, 0)                       = 0", 0, write, 5, 0, 0);
	LINE("write(5, 0x1, 5)                        = -1 EFAULT (Bad "
	     "address)",
	     -EFAULT, write, 5, 1, 5);
	LINE("open(\"f\\n\\t\\\"\\\\\\1\\0012\\377\", O_RDWR|O_CREAT, 0600) = "
	     "3",
	     3, open, W("f\n\t\"\\\1\0012\377"), LX_O_CREAT | LX_O_RDWR, 0600);
}

Test(decode, shows_what_a_call_filled_in_and_no_more)
{
	LINE("read(3, \"abcd\", 100)                    = 4", 4, read, 3,
	     W("abcdefgh"), 100);
	LINE("read(3, 0x1234, 100)                    = -1 EBADF (Bad file "
	     "descriptor)",
	     -EBADF, read, 3, 0x1234, 100);
	LINE("readlink(\"/a\", \"targ\", 4)               = 4", 4, readlink,
	     W("/a"), W("target"), 4);
}

Test(decode, flags_and_what_is_left_of_them)
{
	LINE("openat(AT_FDCWD, \"x\", "
	     "O_RDONLY|O_NONBLOCK|O_CLOEXEC|O_DIRECTORY)"
	     " = 3",
	     3, openat, W(LX_AT_FDCWD), W("x"),
	     LX_O_NONBLOCK | LX_O_CLOEXEC | LX_O_DIRECTORY, 0666);
	LINE("access(\"f\", F_OK)                       = 0", 0, access, W("f"),
	     0);
	LINE("access(\"f\", 0x8 /* ?_OK */)             = -1 EINVAL (Invalid "
	     "argument)",
	     -EINVAL, access, W("f"), 8);
	LINE("mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS,"
	     " -1, 0) = 0x7f0000000000",
	     0x7f0000000000, mmap, 0, 8192, LX_PROT_READ | LX_PROT_WRITE,
	     LX_MAP_PRIVATE | LX_MAP_ANONYMOUS, W(-1), 0);
	LINE("mprotect(0x1000, 4096, PROT_NONE)       = 0", 0, mprotect, 0x1000,
	     4096, 0);
	LINE("lseek(5, -100, 0x4d /* SEEK_??? */)     = -1 EINVAL (Invalid "
	     "argument)",
	     -EINVAL, lseek, 5, W(-100), 77);
}

Test(decode, structures)
{
	struct lx_stat st = {.st_mode = LX_S_IFREG | 0644, .st_size = 42};
	struct lx_stat null = {.st_mode = LX_S_IFCHR | 0666,
			       .st_rdev = lx_makedev(1, 3)};
	struct lx_rlimit rl = {8192 * 1024, LX_RLIM_INFINITY};
	struct lx_iovec iov[] = {{uaddr(W("abc")), 3}, {uaddr(W("defg")), 4}};

	LINE("fstat(5, {st_mode=S_IFREG|0644, st_size=42, ...}) = 0", 0, fstat,
	     5, W(&st));
	LINE("stat(\"n\", {st_mode=S_IFCHR|0666, st_rdev=makedev(0x1, 0x3), "
	     "...})"
	     " = 0",
	     0, stat, W("n"), W(&null));
	LINE("prlimit64(0, RLIMIT_STACK, NULL, {rlim_cur=8192*1024, "
	     "rlim_max=RLIM64_INFINITY}) = 0",
	     0, prlimit64, 0, LX_RLIMIT_STACK, 0, W(&rl));
	LINE("writev(1, [{iov_base=\"abc\", iov_len=3}, {iov_base=\"defg\", "
	     "iov_len=4}], 2) = 7",
	     7, writev, 1, W(iov), 2);
	LINE("readv(1, [{iov_base=\"abc\", iov_len=3}, {iov_base=\"de\", "
	     "iov_len=4}], 2) = 5",
	     5, readv, 1, W(iov), 2);
}

Test(decode, signals)
{
	struct lx_sigaction sa = {.handler = 0x1234,
				  .flags = LX_SA_RESTORER | LX_SA_RESTART,
				  .restorer = 0x5678,
				  .mask = LX_SIGMASK(LX_SIGINT)};
	uint64_t all = ~(LX_SIGMASK(32) | LX_SIGMASK(33)), none = 0;

	LINE("rt_sigaction(SIGUSR1, {sa_handler=0x1234, sa_mask=[INT], "
	     "sa_flags=SA_RESTORER|SA_RESTART, sa_restorer=0x5678}, NULL, 8) = "
	     "0",
	     0, rt_sigaction, LX_SIGUSR1, W(&sa), 0, 8);
	LINE("rt_sigprocmask(SIG_BLOCK, ~[RTMIN RT_1], [], 8) = 0", 0,
	     rt_sigprocmask, LX_SIG_BLOCK, W(&all), W(&none), 8);
	LINE("kill(12, SIGRT_3)                       = 0", 0, kill, 12, 35);
	LINE("pause()                                 = ? ERESTARTNOHAND (To be"
	     " restarted if no handler)",
	     -ERESTARTNOHAND, pause, 0);
}

Test(decode, waiting)
{
	int32_t exited = 3 << 8, killed = 9, core = 11 | 0x80;

	LINE("wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 3}], 0, NULL) = 9",
	     9, wait4, W(-1), W(&exited), 0, 0);
	LINE("wait4(-1, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL}], 0, NULL)"
	     " = 9",
	     9, wait4, W(-1), W(&killed), 0, 0);
	LINE("wait4(-1, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV && "
	     "WCOREDUMP(s)}], 0, NULL) = 9",
	     9, wait4, W(-1), W(&core), 0, 0);
	LINE("wait4(-1, 0x1234, WNOHANG, NULL)        = 0", 0, wait4, W(-1),
	     0x1234, 1, 0);
}

Test(decode, processes)
{
	const char *argv[] = {"ls", "-l", NULL}, *envp[] = {"A=1", NULL};
	char want[128];

	snprintf(want, sizeof want,
		 "execve(\"/bin/ls\", [\"ls\", \"-l\"], %p /* 1 var */) = 0",
		 (void *)envp);
	LINE(want, 0, execve, W("/bin/ls"), W(argv), W(envp));
	LINE("clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|"
	     "CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x1234) = 9",
	     9, clone,
	     LX_CLONE_CHILD_CLEARTID | LX_CLONE_CHILD_SETTID | LX_SIGCHLD, 0, 0,
	     0x1234);
	LINE("exit_group(3)                           = ?", 0, exit_group, 3);
}

Test(decode, arguments_by_command)
{
	struct lx_timespec ts = {1, 500};
	struct lx_winsize ws = {24, 80, 0, 0};

	LINE("fcntl(5, F_GETFL)                       = 0x8002 (flags "
	     "O_RDWR|O_LARGEFILE)",
	     0x8002, fcntl, 5, LX_F_GETFL);
	LINE("fcntl(5, F_SETFD, FD_CLOEXEC)           = 0", 0, fcntl, 5,
	     LX_F_SETFD, 1);
	LINE("futex(0x1234, FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME, 1, "
	     "{tv_sec=1, tv_nsec=500}, FUTEX_BITSET_MATCH_ANY) = -1 ETIMEDOUT "
	     "(Connection timed out)",
	     -ETIMEDOUT, futex, 0x1234,
	     LX_FUTEX_WAIT_BITSET | LX_FUTEX_PRIVATE_FLAG |
		     LX_FUTEX_CLOCK_REALTIME,
	     1, W(&ts), 0, 0xffffffff);
	LINE("futex(0x1234, FUTEX_WAKE_PRIVATE, 1)    = 0", 0, futex, 0x1234,
	     LX_FUTEX_WAKE | LX_FUTEX_PRIVATE_FLAG, 1);
	LINE("ioctl(0, TIOCGWINSZ, {ws_row=24, ws_col=80, ws_xpixel=0, "
	     "ws_ypixel=0}) = 0",
	     0, ioctl, 0, LX_TIOCGWINSZ, W(&ws));
	LINE("ioctl(0, _IOC(_IOC_NONE, 0x56, 0x78, 0x1234), 0x9) = -1 ENOTTY "
	     "(Inappropriate ioctl for device)",
	     -ENOTTY, ioctl, 0, 0x12345678, 9);
	LINE("prctl(PR_SET_NAME, \"thread\")            = 0", 0, prctl, 15,
	     W("thread"));
}

Test(decode, results_that_say_more)
{
	struct lx_pollfd p[] = {{3, 1, 0}, {4, 4, 4}};
	struct lx_timeval tv = {0, 5};
	uint64_t in = 1 << 3;

	LINE("poll([{fd=3, events=POLLIN}, {fd=4, events=POLLOUT}], 2, 0) = 1 "
	     "([{fd=4, revents=POLLOUT}])",
	     1, poll, W(p), 2, 0);
	LINE("poll([{fd=3, events=POLLIN}], 1, 9)     = 0 (Timeout)", 0, poll,
	     W(p), 1, 9);
	LINE("select(4, [3], NULL, NULL, {tv_sec=0, tv_usec=5}) = 1 (in [3], "
	     "left {tv_sec=0, tv_usec=5})",
	     1, select, 4, W(&in), 0, 0, W(&tv));
	LINE("umask(022)                              = 000", 0, umask, 022);
	LINE("time(NULL)                              = 86399 "
	     "(1970-01-01T23:59:59+0000)",
	     86399, time, 0);
}

Test(decode, addresses_of_sockets)
{
	struct lx_sockaddr_un un = {LX_AF_UNIX, "/run/s"};
	struct lx_sockaddr_un abs = {LX_AF_UNIX, "\0name"};
	struct lx_sockaddr_in in = {LX_AF_INET, 0x5000, 0x0100007f, {0}};
	struct lx_sockaddr_in6 in6 = {
		LX_AF_INET6, 0xbb01, 0, {[0] = 0x20, 1, [15] = 9}, 0};
	uint32_t len = 9;

	LINE("connect(3, {sa_family=AF_UNIX, sun_path=\"/run/s\"}, 110) = 0", 0,
	     connect, 3, W(&un), 110);
	LINE("bind(3, {sa_family=AF_UNIX, sun_path=@\"name\"}, 7) = 0", 0, bind,
	     3, W(&abs), 7);
	LINE("connect(3, {sa_family=AF_INET, sin_port=htons(80), "
	     "sin_addr=inet_addr(\"127.0.0.1\")}, 16) = 0",
	     0, connect, 3, W(&in), 16);
	LINE("connect(3, {sa_family=AF_INET6, sin6_port=htons(443), "
	     "sin6_flowinfo=htonl(0), inet_pton(AF_INET6, \"2001::9\", "
	     "&sin6_addr), sin6_scope_id=0}, 28) = 0",
	     0, connect, 3, W(&in6), 28);
	LINE("accept(3, {sa_family=AF_UNIX, sun_path=\"/run/s\"}, [9]) = 4", 4,
	     accept, 3, W(&un), W(&len));
}

Test(decode, calls_that_are_not_there)
{
	struct um_regs regs = {.orig_rax = 0x2732, .rdi = 1};
	struct strace_call call;

	LINE("io_uring_setup(0x1, 0)                  = -1 ENOSYS (Function not"
	     " implemented)",
	     -ENOSYS, io_uring_setup, 1, 0);
	start("");
	strace_enter(&call, 7, memory, &regs);
	strace_exit(&call, memory, -ENOSYS);
	cr_assert_str_eq(text, "syscall_0x2732(0x1, 0, 0, 0, 0, 0)      = -1 "
			       "ENOSYS (Function not implemented)\n");
}

/* Whatever a guest passes, and whatever lies there. */
Test(decode, survives_any_arguments)
{
	static uint64_t junk[512];
	struct strace_call call;
	uint64_t seed = 1;

	start("");
	for (int round = 0; round < 40 * SYS_MAX; round++) {
		uint64_t pick[8], a[6];
		struct um_regs regs;

		for (size_t i = 0; i < 8; i++) {
			seed = seed * 6364136223846793005u +
			       1442695040888963407u;
			pick[i] = seed >> 8;
		}
		for (size_t i = 0; i < 6; i++) {
			const uint64_t any[] = {0,
						1,
						pick[i] % 99,
						W(-1),
						pick[i],
						W(junk),
						W(junk + 510),
						W(junk) + pick[i] % 4096};

			a[i] = any[pick[(i + 1) % 8] % 8];
			junk[pick[6] % 512] = a[i];
		}
		regs = (struct um_regs){.orig_rax = (uint64_t)round % SYS_MAX,
					.rdi = a[0],
					.rsi = a[1],
					.rdx = a[2],
					.r10 = a[3],
					.r8 = a[4],
					.r9 = a[5],
					.rsp = a[pick[7] % 6]};
		text_len = 0;
		strace_enter(&call, 7, memory, &regs);
		if (call.buf)
			strace_exit(&call, memory,
				    (int64_t)(pick[7] & 1 ? pick[6] % 64
							  : 0 - pick[6] % 200));
		cr_assert_gt(text_len, 0);
		cr_assert_eq(text[text_len - 1], '\n');
	}
}

Test(strace, ends_a_line_that_another_task_cuts)
{
	const uint64_t a[6] = {3, W("abcd"), 10}, b[6] = {1, W("x"), 1};
	struct um_regs ra = regs_of("read", a), rb = regs_of("write", b);
	struct strace_call ca, cb;

	many = true;
	start("");
	strace_enter(&ca, 7, memory, &ra);
	strace_flush(7);
	cr_assert_str_eq(text, "[pid     7] read(3, ");
	strace_enter(&cb, 8, memory, &rb);
	strace_exit(&cb, memory, 1);
	strace_exit(&ca, memory, 4);
	cr_assert_str_eq(text,
			 "[pid     7] read(3,  <unfinished ...>\n"
			 "[pid     8] write(1, \"x\", 1)            = 1\n"
			 "[pid     7] <... read resumed>\"abcd\", 10) = 4\n");
}

Test(strace, tells_of_signals_and_ends)
{
	struct lx_siginfo si = {.si_signo = LX_SIGCHLD,
				.si_code = LX_CLD_EXITED,
				.chld = {.pid = 12, .status = 3}};
	struct lx_siginfo segv = {.si_signo = LX_SIGSEGV,
				  .si_code = LX_SEGV_MAPERR};

	start("");
	strace_signal(7, &si);
	strace_signal(7, &segv);
	strace_exited(7, 3 << 8);
	strace_exited(8, LX_SIGKILL);
	cr_assert_str_eq(
		text,
		"--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=12, "
		"si_uid=0, si_status=3, si_utime=0, si_stime=0} ---\n"
		"--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, "
		"si_addr=NULL} ---\n"
		"+++ exited with 3 +++\n"
		"+++ killed by SIGKILL +++\n");
}

static bool
shows(const char *filter, const char *name)
{
	struct sys_filter f;
	char bad[16];

	cr_assert_eq(filter_parse(&f, filter, bad, sizeof bad), 0);
	return filter_shows(&f, number(name));
}

Test(filter, takes_names_classes_and_what_is_not_wanted)
{
	struct sys_filter f;
	char bad[8];

	cr_assert(shows("", "read"));
	cr_assert(shows("all", "write"));
	cr_assert(shows("%file,read", "openat"));
	cr_assert(shows("%file,read", "read"));
	cr_assert_not(shows("%file,read", "write"));
	cr_assert_not(shows("!write", "write"));
	cr_assert(shows("!write", "read"));
	cr_assert_not(shows("%desc,!read", "read"));
	cr_assert(shows("%network", "connect"));
	cr_assert_eq(filter_parse(&f, "read,bogus1234", bad, sizeof bad),
		     -EINVAL);
	cr_assert_str_eq(bad, "bogus12");
}
