/* SPDX-License-Identifier: MIT */
/* execve(2) of set-user-ID and set-group-ID files, and what holds it back. */
#include "tests/guest/check.h"

#include <linux/capability.h>
#include <linux/prctl.h>
#include <sys/auxv.h>

/* "ruid euid suid rgid egid sgid secure" as they should be. */
static int
ids_are(const char *want)
{
	char got[128];
	uid_t r, e, s;
	gid_t rg, eg, sg;

	OK(getresuid(&r, &e, &s));
	OK(getresgid(&rg, &eg, &sg));
	snprintf(got, sizeof got, "%u %u %u %u %u %u %lu", r, e, s, rg, eg, sg,
		 getauxval(AT_SECURE));
	if (strcmp(got, want)) {
		printf("ids %s, wanted %s\n", got, want);
		return 1;
	}
	IS(e, getauxval(AT_EUID));
	IS(rg, getauxval(AT_GID));
	/* Who gained rights may not be looked into. */
	IS(getauxval(AT_SECURE), prctl(PR_GET_DUMPABLE) != 1);
	return 0;
}

static void
run(const char *want)
{
	OK(execl("prog", "prog", want, NULL));
}

static void
mode(uid_t uid, gid_t gid, int bits)
{
	OK(chown("prog", uid, gid));
	OK(chmod("prog", bits));
}

static void
by_a_user(void)
{
	mode(1234, 2345, 0755);
	AS_NOBODY(run("65534 65534 65534 65534 65534 65534 0"));
	mode(1234, 2345, 04755);
	AS_NOBODY(run("65534 1234 1234 65534 65534 65534 1"));
	mode(1234, 2345, 02755);
	AS_NOBODY(run("65534 65534 65534 65534 2345 2345 1"));
	mode(1234, 2345, 06755);
	AS_NOBODY(run("65534 1234 1234 65534 2345 2345 1"));
	/* S without x for the group means mandatory locking, not ids. */
	mode(1234, 2345, 02745);
	AS_NOBODY(run("65534 65534 65534 65534 65534 65534 0"));
	mode(65534, 65534, 06755);
	AS_NOBODY(run("65534 65534 65534 65534 65534 65534 0"));
}

static void
to_root_and_back(void)
{
	mode(0, 0, 04755);
	AS_NOBODY(run("65534 0 0 65534 65534 65534 1"));
	/* A saved id is what the effective one is after exec. */
	mode(0, 0, 0755);
	EXITS(0, {
		OK(setresuid(1, 2, 3));
		run("1 2 2 0 0 0 1");
	});
}

static void
held_back(void)
{
	mode(1234, 2345, 06755);
	AS_NOBODY({
		OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
		run("65534 65534 65534 65534 65534 65534 0");
	});
	/* Scripts have no such power. */
	put_file("s", "#!./prog 65534 65534 65534 65534 65534 65534 0\n");
	mode(0, 0, 0755);
	OK(chmod("s", 06755));
	AS_NOBODY(OK(execl("s", "s", NULL)));
}

static int
capable(int want)
{
	struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct d[2];

	OK(syscall(SYS_capget, &h, d));
	IS(want, !!(d[0].effective & 1 << CAP_CHOWN));
	IS(want, !!(d[0].permitted & 1 << CAP_CHOWN));
	return 0;
}

static void
capabilities(void)
{
	mode(0, 0, 04755);
	EXITS(0, OK(execl("prog", "prog", "cap", "1", NULL)));
	AS_NOBODY(OK(execl("prog", "prog", "cap", "1", NULL)));
	mode(0, 0, 0755);
	AS_NOBODY(OK(execl("prog", "prog", "cap", "0", NULL)));
	EXITS(0, {
		OK(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
		OK(setresuid(1, 1, 1));
		OK(execl("prog", "prog", "cap", "0", NULL));
	});
}

int
main(int argc, char **argv)
{
	if (argc > 2 && !strcmp(argv[1], "cap"))
		return capable(atoi(argv[2]));
	if (argc > 1)
		return ids_are(argv[1]);
	need_root();
	copy_self("prog", 0755);
	by_a_user();
	to_root_and_back();
	held_back();
	capabilities();
	return 0;
}
