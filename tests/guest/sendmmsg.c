/* SPDX-License-Identifier: MIT */
/* sendmmsg(2) and recvmmsg(2): several messages in one call. */
#include "tests/guest/check.h"

#include <sys/socket.h>

enum { N = 4 };

int
main(void)
{
	char in[N][8] = {""};
	struct iovec out_v[N] = {{"a", 1}, {"bb", 2}, {"ccc", 3}, {"d", 1}};
	struct iovec in_v[N];
	struct mmsghdr out[N] = {0}, got[N] = {0};
	struct timespec t = {0, 30000000};
	int s[2], i;

	for (i = 0; i < N; i++) {
		in_v[i] = (struct iovec){in[i], 2};
		out[i].msg_hdr.msg_iov = &out_v[i];
		out[i].msg_hdr.msg_iovlen = 1;
		got[i].msg_hdr.msg_iov = &in_v[i];
		got[i].msg_hdr.msg_iovlen = 1;
	}
	OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
	IS(3, sendmmsg(s[0], out, 3, 0));
	IS(2, out[1].msg_len);
	IS(3, out[2].msg_len);
	IS(3, recvmmsg(s[1], got, N, MSG_DONTWAIT, NULL)); /* all there are */
	IS(1, got[0].msg_len);
	IS(2, got[2].msg_len);
	IS(MSG_TRUNC, got[2].msg_hdr.msg_flags);
	IS(0, memcmp(in[2], "cc", 2));
	FAILS(EAGAIN, recvmmsg(s[1], got, N, MSG_DONTWAIT, NULL));

	/* One to wait for, the others if they are there. */
	IS(2, sendmmsg(s[0], out, 2, 0));
	IS(2, recvmmsg(s[1], got, N, MSG_WAITFORONE, NULL));
	/* The timeout is looked at after each message. */
	IS(2, sendmmsg(s[0], out, 2, 0));
	t.tv_nsec = 0;
	IS(1, recvmmsg(s[1], got, N, 0, &t));
	IS(1, recvmmsg(s[1], got, 1, 0, NULL));

	/* A failure after a success is kept for later. */
	out_v[1].iov_base = unmapped_page();
	IS(1, sendmmsg(s[0], out, N, 0));
	FAILS(EFAULT, sendmmsg(s[0], out + 1, 1, 0));
	IS(0, sendmmsg(s[0], out, 0, 0));
	t.tv_nsec = 1000000000;
	FAILS(EINVAL, recvmmsg(s[1], got, 1, 0, &t));
	FAILS(EFAULT, recvmmsg(s[1], unmapped_page(), 1, 0, NULL));
	FAILS(EBADF, sendmmsg(-1, out, 1, 0));
	FAILS(EBADF, recvmmsg(-1, got, 1, 0, NULL));
	return 0;
}
