/* SPDX-License-Identifier: MIT */
/*
 * include/abi/poll.h - poll(2), select(2), epoll(7), eventfd(2), signalfd(2),
 * inotify(7).
 */
#ifndef ABI_POLL_H
#define ABI_POLL_H

#include <stdint.h>

enum {
#define ABI(group, name, value) LX_##name = value,
#include "include/abi/poll.def"
#undef ABI
};

struct lx_pollfd {
	int32_t fd;
	int16_t events; /* LX_POLL* */
	int16_t revents;
};

#define LX_FD_SETSIZE 1024

/* select(2): an array of these words, bit N % 64 of word N / 64. */
typedef uint64_t lx_fd_word;

/* pselect6(2)'s sixth argument points at this. */
struct lx_sigset_argpack {
	uint64_t p;
	uint64_t size;
};

/* x86-64 alone packs this. */
struct lx_epoll_event {
	uint32_t events; /* LX_EPOLL* */
	uint64_t data;
} __attribute__((packed));

/* read(2) from a signalfd. */
struct lx_signalfd_siginfo {
	uint32_t ssi_signo;
	int32_t ssi_errno;
	int32_t ssi_code;
	uint32_t ssi_pid;
	uint32_t ssi_uid;
	int32_t ssi_fd;
	uint32_t ssi_tid;
	uint32_t ssi_band;
	uint32_t ssi_overrun;
	uint32_t ssi_trapno;
	int32_t ssi_status;
	int32_t ssi_int;
	uint64_t ssi_ptr;
	uint64_t ssi_utime;
	uint64_t ssi_stime;
	uint64_t ssi_addr;
	uint16_t ssi_addr_lsb;
	uint16_t pad0;
	int32_t ssi_syscall;
	uint64_t ssi_call_addr;
	uint32_t ssi_arch;
	uint8_t pad1[28];
};

/* read(2) from an inotify descriptor. */
struct lx_inotify_event {
	int32_t wd;
	uint32_t mask; /* LX_IN_* */
	uint32_t cookie;
	uint32_t len; /* of the name, with its padding */
	char name[];
};

#endif /* ABI_POLL_H */
