/* SPDX-License-Identifier: MIT */
/*
 * bench/micro/ipc.c - between processes: a byte there and back, and streams of
 * bytes (figures per MiB).  The clock starts when all are there: fork is not in
 * the figures.
 */
#include "bench/micro/micro.h"

#include <errno.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB   (1L << 20)
#define CHUNK 65536

/* A way to another process and back; ours are at 0, the child's at 1. */
struct way {
	int out[2], in[2];
};

static void
close_side(const struct way *w, int side)
{
	close(w->out[side]);
	if (w->in[side] != w->out[side])
		close(w->in[side]);
}

static struct way
by_pipes(void)
{
	int there[2], back[2];

	if (pipe(there) < 0 || pipe(back) < 0)
		die("pipe");
	return (struct way){.out = {there[1], back[1]},
			    .in = {back[0], there[0]}};
}

static struct way
by_socketpair(void)
{
	int s[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, s) < 0)
		skip("socketpair");
	return (struct way){.out = {s[0], s[1]}, .in = {s[0], s[1]}};
}

static struct way
by_tcp(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof to;
	int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
	int a = socket(AF_INET, SOCK_STREAM, 0), b;

	if (listener < 0 || a < 0)
		skip("TCP");
	if (bind(listener, (struct sockaddr *)&to, len) < 0 ||
	    listen(listener, 1) < 0 ||
	    getsockname(listener, (struct sockaddr *)&to, &len) < 0 ||
	    connect(a, (struct sockaddr *)&to, len) < 0)
		skip("TCP on the loopback");
	b = accept(listener, NULL, NULL);
	if (b < 0)
		skip("accept");
	close(listener);
	setsockopt(a, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	setsockopt(b, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	return (struct way){.out = {a, b}, .in = {a, b}};
}

static void
there_and_back(long n, const struct way *w)
{
	char c = 'x';

	for (long i = 0; i < n; i++)
		if (write(w->out[0], &c, 1) != 1 || read(w->in[0], &c, 1) != 1)
			die("ping-pong");
}

static long
pingpong(long n, struct way w)
{
	double start;
	char c;

	if (start_child() == 0) {
		close_side(&w, 0);
		while (read(w.in[1], &c, 1) == 1)
			if (write(w.out[1], &c, 1) != 1)
				break;
		_exit(0);
	}
	close_side(&w, 1);
	there_and_back(1, &w);
	start = now_ns();
	there_and_back(n, &w);
	spent_ns = now_ns() - start;
	close_side(&w, 0);
	wait(NULL);
	return n;
}

/* @n MiB to a process that says when it is there, reads them, and answers. */
static long
stream(long n, struct way w)
{
	static char buf[CHUNK];
	long left = n * MIB;
	double start;

	if (start_child() == 0) {
		close_side(&w, 0);
		if (write(w.out[1], buf, 1) != 1)
			_exit(1);
		while (left > 0) {
			long got = read(w.in[1], buf, CHUNK);

			if (got <= 0)
				_exit(1);
			left -= got;
		}
		_exit(write(w.out[1], buf, 1) != 1);
	}
	close_side(&w, 1);
	if (read(w.in[0], buf, 1) != 1)
		die("read from a stream");
	start = now_ns();
	while (left > 0) {
		long put = write(w.out[0], buf, CHUNK);

		if (put <= 0)
			die("write to a stream");
		left -= put;
	}
	if (read(w.in[0], buf, 1) != 1)
		die("read from a stream");
	spent_ns = now_ns() - start;
	close_side(&w, 0);
	wait(NULL);
	return n;
}

static long
op_pipe_pingpong(long n)
{
	return pingpong(n, by_pipes());
}

static long
op_pipe_stream(long n)
{
	return stream(n, by_pipes());
}

static long
op_pair_pingpong(long n)
{
	return pingpong(n, by_socketpair());
}

static long
op_pair_stream(long n)
{
	return stream(n, by_socketpair());
}

static long
op_tcp_pingpong(long n)
{
	return pingpong(n, by_tcp());
}

static long
op_tcp_stream(long n)
{
	return stream(n, by_tcp());
}

static void
futex_wait_for(volatile uint32_t *word, uint32_t want)
{
	uint32_t now;

	while ((now = *word) != want)
		syscall(SYS_futex, word, FUTEX_WAIT, now, NULL, NULL, 0);
}

static void
futex_set(volatile uint32_t *word, uint32_t value)
{
	__atomic_store_n(word, value, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* Two processes take turns on a word they share. */
static long
op_futex_pingpong(long n)
{
	uint32_t *word = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	double start = 0;

	if (start_child() == 0) {
		for (long i = 0; i <= n; i++) {
			futex_wait_for(word, 1);
			futex_set(word, 0);
		}
		_exit(0);
	}
	for (long i = 0; i <= n; i++) {
		if (i == 1)
			start = now_ns();
		futex_set(word, 1);
		futex_wait_for(word, 0);
	}
	spent_ns = now_ns() - start;
	wait(NULL);
	munmap(word, PAGE);
	return n;
}

static void
pass_on(int from, int to)
{
	char c;

	while (read(from, &c, 1) == 1)
		if (write(to, &c, 1) != 1)
			break;
	_exit(0);
}

static void
go_round(long rounds, int to, int from)
{
	char c = 'x';

	for (long r = 0; r < rounds; r++)
		if (write(to, &c, 1) != 1 || read(from, &c, 1) != 1)
			die("ring");
}

/* A byte goes round through @procs processes; one step is one switch.  Each
 * process keeps its own two ends only, so that closing the first pipe
 * ends one after the other. */
static long
ring(long n, int procs)
{
	long rounds = n / procs + 1;
	int first, from, next[2];
	double start;

	if (pipe(next) < 0)
		die("pipe");
	first = next[1];
	from = next[0];
	for (int i = 1; i < procs; i++) {
		if (pipe(next) < 0)
			die("pipe");
		if (start_child() == 0) {
			close(first);
			close(next[0]);
			pass_on(from, next[1]);
		}
		close(from);
		close(next[1]);
		from = next[0];
	}
	go_round(1, first, from);
	start = now_ns();
	go_round(rounds, first, from);
	spent_ns = now_ns() - start;
	close(first);
	while (wait(NULL) > 0)
		;
	close(from);
	return rounds * procs;
}

static long
op_switch_2(long n)
{
	return ring(n, 2);
}

static long
op_switch_8(long n)
{
	return ring(n, 8);
}

const struct op ipc_ops[] = {
	{"pipe ping-pong", op_pipe_pingpong, 0},
	{"pipe bandwidth", op_pipe_stream, 64},
	{"socketpair ping-pong", op_pair_pingpong, 0},
	{"socketpair bandwidth", op_pair_stream, 64},
	{"TCP ping-pong", op_tcp_pingpong, 0},
	{"TCP bandwidth", op_tcp_stream, 64},
	{"futex ping-pong", op_futex_pingpong, 0},
	{"context switch, 2 processes", op_switch_2, 0},
	{"context switch, 8 processes", op_switch_8, 0},
	{NULL, NULL, 0},
};
