/* SPDX-License-Identifier: MIT */
/* net/unix.h - AF_UNIX (unix(7)). */
#ifndef NET_UNIX_H
#define NET_UNIX_H

/* unix_init - register the family. */
void unix_init(void);

#endif /* NET_UNIX_H */
