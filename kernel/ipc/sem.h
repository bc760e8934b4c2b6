/* SPDX-License-Identifier: MIT */
/* kernel/ipc/sem.h - semaphore sets, between sem.c, semctl.c and undo.c. */
#ifndef KERNEL_IPC_SEM_H
#define KERNEL_IPC_SEM_H

#include "base/list.h"
#include "kernel/ipc/internal.h"

struct sem {
	uint16_t value;
	int pid; /* who changed it last */
};

struct sem_set {
	struct ipc_object o;  /* any event: a value changed */
	struct list sleepers; /* struct sleeper, for GETNCNT and GETZCNT */
	struct list undos;    /* struct undo */
	int64_t otime, ctime;
	uint32_t n;
	struct sem sem[];
};

struct sleeper {
	struct list link;
	uint16_t num; /* the semaphore that keeps it waiting */
	bool for_zero;
};

/* What a task's exit adds to the values of one set; in two lists. */
struct undo {
	struct list in_set, in_list;
	struct sem_set *set;
	int16_t adj[];
};

struct sem_undos {
	uint32_t refs;
	struct list list; /* struct undo */
};

extern struct ipc_ids sem_ids;

/* sem_find_for, sem_find_owned - as ipc_find_for(), ipc_find_owned(). */
MUST_CHECK int sem_find_for(struct task *t, int id, uint32_t want,
			    struct sem_set **out);
MUST_CHECK int sem_find_owned(struct task *t, int id, struct sem_set **out);

/* sem_changed - values of @s have: its sleepers look again. */
void sem_changed(struct sem_set *s);

/* undo_for - @t's debts to @s, made if need be. -ENOMEM. */
MUST_CHECK int undo_for(struct task *t, struct sem_set *s, struct undo **out);

/* undo_clear - nobody owes @s anything for semaphores [from, to). */
void undo_clear(struct sem_set *s, uint32_t from, uint32_t to);
void undo_drop_all(struct sem_set *s);

#endif /* KERNEL_IPC_SEM_H */
