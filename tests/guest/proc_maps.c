/* SPDX-License-Identifier: MIT */
/* /proc/self/maps. */
#include "tests/guest/proc.h"

#include <sys/sysmacros.h>

static char buf[PROC_MAX];

struct map {
	unsigned long start, end, off, ino;
	unsigned int major, minor;
	char prot[8], name[512];
};

/* The map that holds @p; false if there is none. */
static bool
map_of(const void *p, struct map *m)
{
	unsigned long at = (unsigned long)p, last = 0;
	char *line;
	int name;

	proc_read("/proc/self/maps", buf);
	for (line = strtok(buf, "\n"); line; line = strtok(NULL, "\n")) {
		IS(7, sscanf(line, "%lx-%lx %4s %lx %x:%x %lu%n", &m->start,
			     &m->end, m->prot, &m->off, &m->major, &m->minor,
			     &m->ino, &name));
		snprintf(m->name, sizeof m->name, "%s",
			 line + name + strspn(line + name, " "));
		CHECK(m->start < m->end && m->start >= last); /* in order */
		last = m->end;
		if (m->start <= at && at < m->end)
			return true;
	}
	return false;
}

int
main(void)
{
	struct map m;
	struct stat st;
	char cwd[4096];
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600)), on_stack;
	char *p = MMAP(5 << 12, PROT_READ, MAP_PRIVATE);

	CHECK(map_of(p, &m));
	IS(0, strcmp(m.prot, "r--p"));
	IS(0, m.ino);
	OK(mprotect(p + 4096, 4096, RW));
	CHECK(map_of(p + 4096, &m));
	IS(0, strcmp(m.prot, "rw-p"));
	IS(4096, m.end - m.start);
	OK(munmap(p, 5 << 12));
	CHECK(!map_of(p, &m));

	OK(ftruncate(fd, 16384));
	OK(fstat(fd, &st));
	p = MAPPED(mmap(NULL, 4096, RW, MAP_SHARED, fd, 8192));
	CHECK(map_of(p, &m));
	IS(0, strcmp(m.prot, "rw-s"));
	IS(8192, m.off);
	IS(st.st_ino, m.ino);
	IS(st.st_dev, makedev(m.major, m.minor));
	OK(getcwd(cwd, sizeof cwd) ? 0 : -1);
	strcat(cwd, "/f");
	IS(0, strcmp(m.name, cwd));
	OK(unlink("f"));
	CHECK(map_of(p, &m));
	CHECK(strstr(m.name, "/f (deleted)"));

	CHECK(map_of(&on_stack, &m));
	IS(0, strcmp(m.name, "[stack]"));
	CHECK(map_of(sbrk(4096), &m));
	IS(0, strcmp(m.name, "[heap]"));
	CHECK(map_of((void *)main, &m));
	IS(0, strcmp(m.prot, "r-xp"));
	OK(stat("/proc/self/exe", &st));
	IS(st.st_ino, m.ino);
	return 0;
}
