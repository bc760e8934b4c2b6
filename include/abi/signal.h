/* SPDX-License-Identifier: MIT */
/*
 * include/abi/signal.h - signal(7), sigaction(2), sigaltstack(2), the
 * siginfo.
 */
#ifndef ABI_SIGNAL_H
#define ABI_SIGNAL_H

#include <stdint.h>

enum {
#define ABI(group, name, value) LX_##name = value,
#include "include/abi/signal.def"
#undef ABI
};

#define LX_NSIG	    64 /* signals are 1..64 */
#define LX_SIGRTMIN 32
#define LX_SIGRTMAX 64
#define LX_SIGIOT   LX_SIGABRT
#define LX_SIGPOLL  LX_SIGIO

#define LX_SIG_DFL 0ull
#define LX_SIG_IGN 1ull
#define LX_SIG_ERR (~0ull)

#define LX_MINSIGSTKSZ 2048

/* A signal set as system calls pass it: bit N-1 is signal N.  The calls want
 * its size, 8, beside it. */
typedef uint64_t lx_sigset;
#define LX_SIGMASK(sig) (1ull << ((sig)-1))

struct lx_sigaction {
	uint64_t handler; /* an address, LX_SIG_DFL or LX_SIG_IGN */
	uint64_t flags;	  /* LX_SA_* */
	uint64_t restorer;
	lx_sigset mask;
};

struct lx_sigaltstack {
	uint64_t ss_sp;
	int32_t ss_flags; /* LX_SS_* */
	uint32_t pad;
	uint64_t ss_size;
};

union lx_sigval {
	int32_t sival_int;
	uint64_t sival_ptr;
};

/* Which member holds is said by signo and code: sigaction(2). */
struct lx_siginfo {
	int32_t si_signo;
	int32_t si_errno;
	int32_t si_code;
	int32_t pad0;
	union {
		uint8_t bytes[112];
		struct {
			int32_t pid;
			uint32_t uid;
		} kill; /* SI_USER, SI_TKILL */
		struct {
			int32_t tid; /* the timer's id */
			int32_t overrun;
			union lx_sigval value;
			int32_t private;
		} timer; /* SI_TIMER */
		struct {
			int32_t pid;
			uint32_t uid;
			union lx_sigval value;
		} rt; /* SI_QUEUE, SI_MESGQ */
		struct {
			int32_t pid;
			uint32_t uid;
			int32_t status;
			int64_t utime; /* clock ticks */
			int64_t stime;
		} chld; /* SIGCHLD */
		struct {
			uint64_t addr;
			int16_t addr_lsb; /* BUS_MCEERR_* */
			uint64_t lower;	  /* SEGV_BNDERR; pkey lies here too */
			uint64_t upper;
		} fault; /* SIGILL, SIGFPE, SIGSEGV, SIGBUS, SIGTRAP */
		struct {
			int64_t band;
			int32_t fd;
		} poll; /* SIGIO */
		struct {
			uint64_t call_addr;
			int32_t syscall;
			uint32_t arch; /* AUDIT_ARCH_* */
		} sys;		       /* SIGSYS */
	};
};

/* timer_create(2), mq_notify(3). */
struct lx_sigevent {
	union lx_sigval sigev_value;
	int32_t sigev_signo;
	int32_t sigev_notify; /* LX_SIGEV_* */
	int32_t sigev_tid;    /* SIGEV_THREAD_ID */
	int32_t pad[11];
};

#endif /* ABI_SIGNAL_H */
