/* SPDX-License-Identifier: MIT */
/* The files of /proc about the system as a whole. */
#include "tests/guest/proc.h"

#include <sys/sysinfo.h>
#include <sys/utsname.h>

static char buf[PROC_MAX];

static void
memory(void)
{
	struct sysinfo si;
	long total;

	OK(sysinfo(&si));
	proc_read("/proc/meminfo", buf);
	total = atol(proc_field(buf, "MemTotal"));
	CHECK(strstr(proc_field(buf, "MemTotal"), " kB\n"));
	CHECK(labs(total - (long)(si.totalram * si.mem_unit >> 10)) < 1024);
	CHECK(atol(proc_field(buf, "MemFree")) <= total);
	CHECK(atol(proc_field(buf, "MemAvailable")) <= total);
	proc_field(buf, "Buffers");
	proc_field(buf, "Cached");
	proc_field(buf, "SwapTotal");
	proc_field(buf, "SwapFree");
	proc_field(buf, "Shmem");
}

static void
processors(void)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN), seen = 0;
	const char *p;

	proc_read("/proc/cpuinfo", buf);
	IS(0, atoi(proc_field(buf, "processor")));
	proc_field(buf, "vendor_id");
	proc_field(buf, "model name");
	CHECK(strstr(proc_field(buf, "flags"), " sse2"));
	for (p = buf; (p = strstr(p, "processor\t:")) != NULL; p++)
		seen++;
	IS(online, seen);

	proc_read("/proc/stat", buf);
	IS(0, strncmp(buf, "cpu  ", 5));
	seen = 0;
	for (p = buf; (p = strstr(p, "\ncpu")) != NULL; p++)
		seen++;
	IS(online, seen);
	proc_field(buf, "ctxt");
	CHECK(labs(atol(proc_field(buf, "btime")) - time(NULL)) < 1000000000);
	CHECK(atol(proc_field(buf, "processes")) > 0);
	CHECK(atol(proc_field(buf, "procs_running")) > 0);
}

static void
uptime_and_load(void)
{
	double up, idle, load[3];
	int running, all, last;
	struct sysinfo si;

	OK(sysinfo(&si));
	proc_read("/proc/uptime", buf);
	IS(2, sscanf(buf, "%lf %lf", &up, &idle));
	CHECK(up >= si.uptime - 2 && up <= si.uptime + 2);
	proc_read("/proc/loadavg", buf);
	IS(6, sscanf(buf, "%lf %lf %lf %d/%d %d", &load[0], &load[1], &load[2],
		     &running, &all, &last));
	CHECK(running > 0 && all >= running && last > 0);
}

static void
names(void)
{
	struct utsname u;
	char want[200], fd_buf[4096];

	OK(uname(&u));
	proc_read("/proc/version", buf);
	snprintf(want, sizeof want, "%s version %s ", u.sysname, u.release);
	IS(0, strncmp(buf, want, strlen(want)));
	proc_read("/proc/sys/kernel/osrelease", buf);
	snprintf(want, sizeof want, "%s\n", u.release);
	IS(0, strcmp(buf, want));
	proc_read("/proc/sys/kernel/hostname", buf);
	snprintf(want, sizeof want, "%s\n", u.nodename);
	IS(0, strcmp(buf, want));
	proc_read("/proc/sys/kernel/ostype", buf);
	IS(0, strcmp(buf, "Linux\n"));
	proc_read("/proc/filesystems", buf);
	CHECK(strstr(buf, "nodev\tproc\n") && strstr(buf, "nodev\ttmpfs\n"));
	IS(0, strncmp(proc_link("/proc/self/ns/pid", fd_buf), "pid:[", 5));
}

static void
settings(void)
{
	static const char *numbers[] = {
		"kernel/pid_max",
		"kernel/ngroups_max",
		"kernel/cap_last_cap",
		"fs/file-max",
		"fs/nr_open",
		"fs/pipe-max-size",
		"vm/max_map_count",
		"vm/overcommit_memory",
		"vm/mmap_min_addr",
		"vm/swappiness",
		"kernel/threads-max",
		"kernel/msgmax",
		"fs/protected_symlinks",
		"kernel/randomize_va_space",
	};
	char path[128], *end;

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		snprintf(path, sizeof path, "/proc/sys/%s", numbers[i]);
		proc_read(path, buf);
		strtoul(buf, &end, 10);
		check_is(__FILE__, __LINE__, path, *end, '\n');
	}
	proc_read("/proc/sys/kernel/random/boot_id", buf);
	IS(37, strlen(buf));
	proc_read("/proc/sys/kernel/random/uuid", buf);
	strcpy(path, buf);
	proc_read("/proc/sys/kernel/random/uuid", buf);
	CHECK(strcmp(buf, path) != 0);
	AS_NOBODY(FAILS(EACCES, open("/proc/sys/kernel/hostname", O_WRONLY)));
}

static void
form(void)
{
	struct stat st;
	char c[2], again;
	int fd = OK(open("/proc/version", O_RDONLY));

	OK(fstat(fd, &st));
	IS(S_IFREG | 0444, st.st_mode);
	IS(0, st.st_size); /* and yet there is something */
	IS(1, read(fd, c, 1));
	IS(1, read(fd, c + 1, 1));
	IS(1, lseek(fd, 1, SEEK_SET));
	IS(1, read(fd, &again, 1));
	IS(c[1], again);
	IS(1, pread(fd, &again, 1, 0));
	IS('L', again);
	FAILS(ENOENT, open("/proc/new", O_CREAT | O_WRONLY, 0600));
	IS(-1, mkdir("/proc/new", 0700));
	IS(-1, unlink("/proc/version"));
}

int
main(void)
{
	memory();
	processors();
	uptime_and_load();
	names();
	settings();
	form();
	return 0;
}
