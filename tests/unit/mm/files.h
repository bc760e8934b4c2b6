/* SPDX-License-Identifier: MIT */
/* tests/unit/mm/files.h - files of the model: mappable, with a page cache, and
 * what the model says they hold. */
#ifndef TESTS_UNIT_MM_FILES_H
#define TESTS_UNIT_MM_FILES_H

#include "mm/mappable.h"
#include "mm/pagecache.h"

#define PAGES  96 /* of a process */
#define FPAGES 40 /* the file's most */
#define NFILES 2

/* What a page holds: bytes at its begin and end. */
struct cell {
	uint8_t v[2];
};

/* An object that can be mapped shared. */
struct object {
	int refs;
	bool is_file;
	uint64_t size; /* pages */
	struct cell page[FPAGES > PAGES ? FPAGES : PAGES];
};

struct file {
	struct mappable map;
	struct pagecache pc;
	struct object obj; /* the model's view */
	uint8_t disk[FPAGES * PAGE_SIZE];
};

extern struct file *files[NFILES];

/* file_no_ref, file_may_map - of a mappable: nobody counts, all are allowed. */
void file_no_ref(struct mappable *m);
int file_may_map(struct mappable *m, bool shared, uint32_t prot);

/* make_files - all of them, empty; the first has no disk. */
void make_files(void);

/* file_look_like_program - @f gets the first bytes of one: such are read by the
 * block (mm/program.c). */
void file_look_like_program(struct file *f);

#endif /* TESTS_UNIT_MM_FILES_H */
