/* SPDX-License-Identifier: MIT */
/* bind(2) of AF_UNIX: paths, abstract names, names of the kernel's choice. */
#include "tests/guest/unix.h"

static int
fresh(void)
{
	return OK(socket(AF_UNIX, SOCK_STREAM, 0));
}

static void
paths(void)
{
	struct sockaddr_un un;
	struct stat st;
	int fd = fresh();

	umask(022);
	OK(bind(fd, UNIX_ADDR("s")));
	OK(stat("s", &st));
	IS(S_IFSOCK | 0755, st.st_mode);
	FAILS(ENXIO, open("s", O_RDWR));
	IS(2 + 2, unix_name(fd, &un, false));
	IS(0, strcmp(un.sun_path, "s"));
	FAILS(EINVAL, bind(fd, UNIX_ADDR("t"))); /* only once */
	FAILS(EADDRINUSE, bind(fresh(), UNIX_ADDR("s")));
	OK(close(fd)); /* the file stays, and is in the way */
	FAILS(EADDRINUSE, bind(fresh(), UNIX_ADDR("s")));
	FAILS(ECONNREFUSED, connect(fresh(), UNIX_ADDR("s")));
	OK(unlink("s"));
	OK(bind(fresh(), UNIX_ADDR("s")));
	put_file("f", "");
	FAILS(EADDRINUSE, bind(fresh(), UNIX_ADDR("f")));
	FAILS(ENOENT, bind(fresh(), UNIX_ADDR("no/s")));
	FAILS(ENOTDIR, bind(fresh(), UNIX_ADDR("f/s")));
	OK(mkdir("d", 0555));
	AS_NOBODY(FAILS(EACCES, bind(fresh(), UNIX_ADDR("d/s"))));
}

static void
full_length(void)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct stat st;

	/* All of sun_path may be used, without a NUL. */
	memset(un.sun_path, 'p', sizeof un.sun_path);
	OK(bind(fresh(), (struct sockaddr *)&un, sizeof un));
	char name[sizeof un.sun_path + 1] = "";

	memcpy(name, un.sun_path, sizeof un.sun_path);
	OK(stat(name, &st));
	/* A path ends at its NUL, whatever the length says. */
	strcpy(un.sun_path, "short");
	OK(bind(fresh(), (struct sockaddr *)&un, sizeof un));
	OK(stat("short", &st));
}

static void
abstract_names(void)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	int fd = fresh(), other = fresh(), i;

	OK(bind(fd, UNIX_ADDR("@viv-test-name")));
	IS(2 + 14, unix_name(fd, &un, false));
	IS(0, memcmp(un.sun_path, "\0viv-test-name", 14));
	FAILS(EADDRINUSE, bind(other, UNIX_ADDR("@viv-test-name")));
	OK(bind(other, UNIX_ADDR("@viv-test-name2"))); /* length counts */
	OK(close(fd)); /* the name goes with its socket */
	OK(bind(fresh(), UNIX_ADDR("@viv-test-name")));
	/* No name: one is made up, five hex digits. */
	fd = fresh();
	OK(bind(fd, (struct sockaddr *)&un, 2));
	IS(2 + 6, unix_name(fd, &un, false));
	IS(0, un.sun_path[0]);
	for (i = 1; i < 6; i++)
		CHECK(strchr("0123456789abcdef", un.sun_path[i]));
}

static void
refuses(void)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	int fd = fresh(), p[2];

	FAILS(EINVAL, bind(fd, (struct sockaddr *)&un, sizeof un + 1));
	FAILS(EINVAL, bind(fd, (struct sockaddr *)&un, 1));
	FAILS(EINVAL, bind(fd, (struct sockaddr *)&un, -1));
	un.sun_family = AF_INET;
	FAILS(EINVAL, bind(fd, (struct sockaddr *)&un, 10));
	FAILS(EFAULT, bind(fd, unmapped_page(), 10));
	FAILS(EBADF, bind(-1, UNIX_ADDR("x")));
	OK(pipe(p));
	FAILS(ENOTSOCK, bind(p[0], UNIX_ADDR("x")));
}

int
main(void)
{
	paths();
	full_length();
	abstract_names();
	refuses();
	return 0;
}
