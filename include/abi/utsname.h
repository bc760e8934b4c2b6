/* SPDX-License-Identifier: MIT */
/* include/abi/utsname.h - uname(2), sethostname(2). */
#ifndef ABI_UTSNAME_H
#define ABI_UTSNAME_H

#define LX_UTS_LEN 64

struct lx_utsname {
	char sysname[LX_UTS_LEN + 1];
	char nodename[LX_UTS_LEN + 1];
	char release[LX_UTS_LEN + 1];
	char version[LX_UTS_LEN + 1];
	char machine[LX_UTS_LEN + 1];
	char domainname[LX_UTS_LEN + 1];
};

#endif /* ABI_UTSNAME_H */
