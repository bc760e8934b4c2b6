/* SPDX-License-Identifier: MIT */
/* tests/unit/fs/initramfs.c - archives, good and hostile. */
#include "fs/initramfs/initramfs.h"
#include "tests/unit/fs/tree.h"

#include <stdio.h>
#include <stdlib.h>

TestSuite(initramfs, .init = tree_up, .fini = tree_down);

static char ar[65536];
static size_t len;

static void
add(const char *name, uint32_t mode, uint32_t ino, uint32_t nlink,
    const char *data)
{
	size_t n = strlen(data), namesize = strlen(name) + 1;

	len += (size_t)sprintf(
		ar + len,
		"070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x",
		ino, mode, 7u, 8u, nlink, 1000u, n, 0u, 0u, 1u, 3u, namesize,
		0u);
	memcpy(ar + len, name, namesize);
	len = (len + namesize + 3) & ~3ul;
	memcpy(ar + len, data, n);
	len = (len + n + 3) & ~3ul;
}

static void
good_archive(void)
{
	memset(ar, 0, sizeof ar);
	len = 0;
	add(".", 040755, 1, 2, "");
	add("bin", 040711, 2, 2, "");
	add("bin/sh", 0104755, 3, 2, "");
	add("bin/ash", 0104755, 3, 2, "program");
	add("link", 0120777, 4, 1, "bin");
	add("null", 020666, 5, 1, "");
	add("link/through", 0100644, 6, 1, "x");
	add("../../up", 0100644, 7, 1, "y");
	add("TRAILER!!!", 0, 0, 1, "");
	len += 512;
}

Test(initramfs, unpacks)
{
	struct path p;

	good_archive();
	OK(initramfs_unpack(ar, len, w.fs));
	SAME("/bin/sh", "/bin/ash");
	THERE("/bin/through");
	THERE("/up");
	OK(path_lookup(&w, "/bin/sh", &p));
	IS(0104755, p.dentry->inode->mode);
	IS(7, p.dentry->inode->uid);
	IS(7, p.dentry->inode->pages.size);
	IS(2, p.dentry->inode->nlink);
	path_put(&p);
	OK(path_lookup(&w, "/null", &p));
	IS(020666, p.dentry->inode->mode);
	IS(0x100000003, p.dentry->inode->rdev);
	path_put(&p);
	OK(initramfs_unpack(ar, len, w.fs));
}

Test(initramfs, refuses_what_is_cut)
{
	good_archive();
	IS(-EINVAL, initramfs_unpack(ar, 0, w.fs));
	IS(-EINVAL, initramfs_unpack("\x1f\x8b", 2, w.fs));
	for (size_t n = 1; n < 1000; n++) {
		char *copy = malloc(n); /* ASan guards its end */

		memcpy(copy, ar, n);
		(void)!initramfs_unpack(copy, n, w.fs);
		free(copy);
	}
}

Test(initramfs, survives_any_damage)
{
	srand(3);
	for (int i = 0; i < 20000; i++) {
		char *copy;

		good_archive();
		for (int n = rand() % 6; n >= 0; n--)
			ar[(size_t)rand() % len] = (char)rand();
		copy = malloc(len);
		memcpy(copy, ar, len);
		(void)!initramfs_unpack(copy, len, w.fs);
		free(copy);
	}
}
