/* SPDX-License-Identifier: MIT */
/* open(2) with O_TMPFILE: a file without a name. */
#include "tests/guest/check.h"

#include <dirent.h>

int
main(void)
{
	struct stat st, other;
	char path[64], link[256] = "", c = 0;
	DIR *dir;
	int fd, again, seen = 0;

	umask(022);
	fd = open(".", O_TMPFILE | O_RDWR, 0666);
	if (fd < 0 && errno == EOPNOTSUPP)
		SKIP("this file system has no O_TMPFILE");
	OK(fd);
	OK(fstat(fd, &st));
	IS(S_IFREG | 0644, st.st_mode);
	IS(0, st.st_nlink);
	IS(geteuid(), st.st_uid);
	dir = opendir(".");
	while (readdir(dir))
		seen++;
	IS(2, seen); /* but . and .. */

	IS(3, write(fd, "abc", 3));
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	OK(readlink(path, link, sizeof link - 1));
	CHECK(strstr(link, "(deleted)"));
	/* Another opening by way of /proc has an offset of its own. */
	again = OK(open(path, O_RDONLY));
	IS(1, read(again, &c, 1));
	IS('a', c);
	OK(fstat(again, &other));
	IS(st.st_ino, other.st_ino);
	IS(O_RDWR | O_TMPFILE | 0100000, fcntl(fd, F_GETFL) | O_TMPFILE);

	FAILS(EINVAL, open(".", O_TMPFILE | O_RDONLY, 0600));
	FAILS(EINVAL, open(".", O_TMPFILE | O_RDWR | O_CREAT, 0600));
	FAILS(ENOENT, open("no", O_TMPFILE | O_RDWR, 0600));
	put_file("f", "");
	FAILS(ENOTDIR, open("f", O_TMPFILE | O_RDWR, 0600));
	OK(mkdir("d", 0700));
	OK(chmod("d", 0500));
	AS_NOBODY(FAILS(EACCES, open("d", O_TMPFILE | O_RDWR, 0600)));
	return 0;
}
