/* SPDX-License-Identifier: MIT */
/* /proc/mounts, /proc/self/mounts, /proc/self/mountinfo. */
#include "tests/guest/proc.h"

#include <poll.h>
#include <sys/sysmacros.h>

static char buf[PROC_MAX], buf2[PROC_MAX], link_buf[4096];

static void
root_and_proc(void)
{
	char dev[4096], dir[4096], type[256], opts[4096], *line, *sep;
	bool root = false, proc = false;
	int id, parent, major, minor;
	struct stat st;

	IS(0, strcmp(proc_link("/proc/mounts", link_buf), "self/mounts"));
	proc_read("/proc/self/mounts", buf);
	for (line = strtok(buf, "\n"); line; line = strtok(NULL, "\n")) {
		IS(4, sscanf(line, "%4095s %4095s %255s %4095s", dev, dir, type,
			     opts));
		CHECK(!strncmp(opts, "rw", 2) || !strncmp(opts, "ro", 2));
		root |= strcmp(dir, "/") == 0;
		proc |= strcmp(dir, "/proc") == 0 && strcmp(type, "proc") == 0;
	}
	CHECK(root && proc);

	root = proc = false;
	proc_read("/proc/self/mountinfo", buf);
	for (line = strtok(buf, "\n"); line; line = strtok(NULL, "\n")) {
		IS(7, sscanf(line, "%d %d %d:%d %4095s %4095s %4095s", &id,
			     &parent, &major, &minor, dev, dir, opts));
		sep = strstr(line, " - ");
		CHECK(sep && sscanf(sep, " - %255s %4095s", type, opts) == 2);
		if (strcmp(dir, "/proc") == 0 && strcmp(type, "proc") == 0) {
			OK(stat("/proc", &st));
			IS(st.st_dev, makedev(major, minor));
			proc = true;
		}
		root |= strcmp(dir, "/") == 0;
	}
	CHECK(root && proc);
}

/* As root: a new mount shows up, wakes who polls, and is escaped. */
static void
changes(void)
{
	int fd = OK(open("/proc/self/mounts", O_RDONLY));
	struct pollfd pf = {fd, POLLPRI, 0};

	private_mounts();
	fd = OK(open("/proc/self/mounts", O_RDONLY));
	pf.fd = fd;
	while (read(fd, buf, 4096) > 0)
		;
	poll(&pf, 1, 0);
	IS(0, poll(&pf, 1, 0));
	OK(mkdir("a b", 0755));
	OK(mount("viv src", "a b", "tmpfs", MS_NOSUID | MS_RDONLY, NULL));
	IS(1, poll(&pf, 1, 1000));
	CHECK(pf.revents & POLLPRI);
	proc_read("/proc/self/mounts", buf);
	CHECK(strstr(buf, "/a\\040b tmpfs ro,nosuid"));
	CHECK(strstr(buf, "viv\\040src "));
	proc_read("/proc/self/mountinfo", buf2);
	CHECK(strstr(buf2, "/a\\040b ro,nosuid"));
	OK(umount("a b"));
	proc_read("/proc/self/mounts", buf);
	CHECK(!strstr(buf, "viv\\040src"));
}

int
main(void)
{
	root_and_proc();
	if (geteuid() == 0)
		changes();
	return 0;
}
