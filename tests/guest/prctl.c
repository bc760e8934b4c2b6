/* SPDX-License-Identifier: MIT */
/* prctl(2). */
#include "tests/guest/check.h"

#include <linux/capability.h>
#include <linux/securebits.h>

static void
name(void)
{
	char got[17];

	OK(prctl(PR_SET_NAME, "short"));
	memset(got, 'x', sizeof got);
	OK(prctl(PR_GET_NAME, got));
	IS(0, strcmp(got, "short"));
	IS(0, got[15]); /* all sixteen bytes are written */
	IS('x', got[16]);
	OK(prctl(PR_SET_NAME, "a name of more than sixteen"));
	OK(prctl(PR_GET_NAME, got));
	IS(0, strcmp(got, "a name of more "));
	FAILS(EFAULT, prctl(PR_SET_NAME, unmapped_page()));
	FAILS(EFAULT, prctl(PR_GET_NAME, unmapped_page()));
	EXITS(0, {
		OK(prctl(PR_GET_NAME, got));
		IS(0, strcmp(got, "a name of more "));
	});
}

static void
dumpable(void)
{
	IS(1, prctl(PR_GET_DUMPABLE));
	OK(prctl(PR_SET_DUMPABLE, 0));
	IS(0, prctl(PR_GET_DUMPABLE));
	FAILS(EINVAL, prctl(PR_SET_DUMPABLE, 2)); /* not by hand */
	FAILS(EINVAL, prctl(PR_SET_DUMPABLE, 3));
	EXITS(0, IS(0, prctl(PR_GET_DUMPABLE)));
	OK(prctl(PR_SET_DUMPABLE, 1));
	EXITS(0, {
		if (geteuid() == 0) { /* ids that change take it away */
			OK(setresuid(1, 1, 1));
			CHECK(prctl(PR_GET_DUMPABLE) != 1);
		}
	});
}

static void
keep_capabilities(void)
{
	IS(0, prctl(PR_GET_KEEPCAPS));
	OK(prctl(PR_SET_KEEPCAPS, 1));
	IS(1, prctl(PR_GET_KEEPCAPS));
	FAILS(EINVAL, prctl(PR_SET_KEEPCAPS, 2));
	OK(prctl(PR_SET_KEEPCAPS, 0));
	FAILS(EINVAL, prctl(PR_CAPBSET_READ, 200));
	CHECK(prctl(PR_CAPBSET_READ, CAP_CHOWN) >= 0);
	if (geteuid() == 0)
		EXITS(0, {
			OK(prctl(PR_CAPBSET_DROP, CAP_CHOWN));
			IS(0, prctl(PR_CAPBSET_READ, CAP_CHOWN));
			IS(1, prctl(PR_CAPBSET_READ, CAP_KILL));
			FAILS(EINVAL, prctl(PR_CAPBSET_DROP, 200));
			OK(prctl(PR_SET_SECUREBITS, SECBIT_NOROOT));
			IS(SECBIT_NOROOT, prctl(PR_GET_SECUREBITS));
		});
	AS_NOBODY({
		FAILS(EPERM, prctl(PR_CAPBSET_DROP, CAP_CHOWN));
		FAILS(EPERM, prctl(PR_SET_SECUREBITS, SECBIT_NOROOT));
	});
}

static void
no_new_privs(void)
{
	IS(0, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	FAILS(EINVAL, prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
	FAILS(EINVAL, prctl(PR_SET_NO_NEW_PRIVS, 1, 1, 0, 0));
	FAILS(EINVAL, prctl(PR_GET_NO_NEW_PRIVS, 1, 0, 0, 0));
	EXITS(0, {
		OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
		IS(1, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
		EXITS(1, exit(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)));
	});
}

static void
others(void)
{
	int slack = OK(prctl(PR_GET_TIMERSLACK));

	OK(prctl(PR_SET_TIMERSLACK, 1000));
	IS(1000, prctl(PR_GET_TIMERSLACK));
	OK(prctl(PR_SET_TIMERSLACK, 0)); /* the inherited default */
	IS(slack, prctl(PR_GET_TIMERSLACK));
	IS(0, prctl(PR_GET_SECCOMP));
	FAILS(EINVAL, prctl(123456));
	FAILS(EINVAL, prctl(0));
	FAILS(EINVAL, prctl(-1));
}

int
main(void)
{
	name();
	dumpable();
	keep_capabilities();
	no_new_privs();
	others();
	return 0;
}
