/* SPDX-License-Identifier: MIT */
/* name_to_handle_at(2) and open_by_handle_at(2). */
#include "tests/guest/check.h"

int
main(void)
{
	union {
		struct file_handle h;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} a, b;
	int mount, fd;
	struct stat st;

	put_file("f", "hello");
	a.h.handle_bytes = MAX_HANDLE_SZ;
	if (name_to_handle_at(AT_FDCWD, "f", &a.h, &mount, 0) < 0) {
		CHECK(errno == EOPNOTSUPP || errno == ENOSYS);
		SKIP("this file system has no handles");
	}
	CHECK(a.h.handle_bytes > 0 && a.h.handle_bytes <= MAX_HANDLE_SZ);
	/* Too little room: told how much it takes. */
	b.h.handle_bytes = 0;
	FAILS(EOVERFLOW, name_to_handle_at(AT_FDCWD, "f", &b.h, &mount, 0));
	IS(a.h.handle_bytes, b.h.handle_bytes);
	b.h.handle_bytes = MAX_HANDLE_SZ + 1;
	FAILS(EINVAL, name_to_handle_at(AT_FDCWD, "f", &b.h, &mount, 0));
	b.h.handle_bytes = MAX_HANDLE_SZ;
	OK(link("f", "g"));
	OK(name_to_handle_at(AT_FDCWD, "g", &b.h, &mount, 0));
	FAILS(ENOENT, name_to_handle_at(AT_FDCWD, "no", &b.h, &mount, 0));
	FAILS(EINVAL, name_to_handle_at(AT_FDCWD, "f", &b.h, &mount, 0x10));
	AS_NOBODY(FAILS(EPERM, open_by_handle_at(AT_FDCWD, &a.h, O_RDONLY)));
	need_root();

	OK(unlink("g")); /* the file counts, not its name */
	OK(rename("f", "moved"));
	fd = OK(open_by_handle_at(AT_FDCWD, &a.h, O_RDONLY));
	OK(fstat(fd, &st));
	IS(5, st.st_size);
	OK(close(fd));
	OK(unlink("moved"));
	FAILS(ESTALE, open_by_handle_at(AT_FDCWD, &a.h, O_RDONLY));
	return 0;
}
