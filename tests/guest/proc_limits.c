/* SPDX-License-Identifier: MIT */
/* /proc/self/limits agrees with getrlimit(2). */
#include "tests/guest/proc.h"

#include <sys/resource.h>

static char buf[PROC_MAX];

static void
agrees(const char *name, int resource)
{
	struct rlimit limit;
	char soft[32], hard[32], want[32];

	OK(getrlimit(resource, &limit));
	IS(2, sscanf(proc_field(buf, name), "%31s %31s", soft, hard));
	if (limit.rlim_cur == RLIM_INFINITY)
		strcpy(want, "unlimited");
	else
		snprintf(want, sizeof want, "%lu", limit.rlim_cur);
	IS(0, strcmp(soft, want));
	if (limit.rlim_max == RLIM_INFINITY)
		IS(0, strcmp(hard, "unlimited"));
}

int
main(void)
{
	struct rlimit limit = {33, 44};

	OK(setrlimit(RLIMIT_NOFILE, &limit));
	proc_read("/proc/self/limits", buf);
	IS(0, strncmp(buf, "Limit                     Soft Limit", 36));
	agrees("Max cpu time", RLIMIT_CPU);
	agrees("Max file size", RLIMIT_FSIZE);
	agrees("Max data size", RLIMIT_DATA);
	agrees("Max stack size", RLIMIT_STACK);
	agrees("Max core file size", RLIMIT_CORE);
	agrees("Max resident set", RLIMIT_RSS);
	agrees("Max processes", RLIMIT_NPROC);
	agrees("Max open files", RLIMIT_NOFILE);
	agrees("Max locked memory", RLIMIT_MEMLOCK);
	agrees("Max address space", RLIMIT_AS);
	agrees("Max file locks", RLIMIT_LOCKS);
	agrees("Max pending signals", RLIMIT_SIGPENDING);
	agrees("Max msgqueue size", RLIMIT_MSGQUEUE);
	agrees("Max nice priority", RLIMIT_NICE);
	agrees("Max realtime priority", RLIMIT_RTPRIO);
	agrees("Max realtime timeout", RLIMIT_RTTIME);
	return 0;
}
