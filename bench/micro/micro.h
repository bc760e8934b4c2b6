/* SPDX-License-Identifier: MIT */
/*
 * bench/micro/micro.h - what an operation of the micro benchmark is, and what
 * the files that hold them share.
 *
 * An operation repeats itself n times.  Most are timed from outside, as a
 * whole; one that must leave something out (the fork before copy-on-write
 * faults) says itself how long the rest took, in spent_ns.
 */
#ifndef BENCH_MICRO_MICRO_H
#define BENCH_MICRO_MICRO_H

#define PAGE 4096

struct op {
	const char *name;
	/* Do it @n times, or a few more.  Returns: how many it was. */
	long (*run)(long n);
	/* How many make a counting run; 0 stands for 1,000. */
	long many;
};

/* The operations by subject; each list ends with a null name. */
extern const struct op call_ops[], file_ops[], name_ops[], memory_ops[],
	signal_ops[], ipc_ops[], wait_ops[], task_ops[];

/* How long the operation took, if it says so itself; else 0. */
extern double spent_ns;

/* argv[0], to be executed again; "exit" as its argument ends it at once. */
extern const char *self;

/* now_ns - the monotonic clock. */
double now_ns(void);

/* die - an operation has failed: print why, and leave. */
void die(const char *what) __attribute__((noreturn));

/* skip - this system can't do this (errno says why): go on with the next. */
void skip(const char *what) __attribute__((noreturn));

/* anonymous - private anonymous memory of @size bytes, readable, writable. */
char *anonymous(long size);

/* start_child - fork(); it may fail no more. */
int start_child(void);

#endif
