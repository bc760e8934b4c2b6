/* SPDX-License-Identifier: MIT */
/* getxattr NAME FILE... - print each file's attribute, or "none". */
#include <stdio.h>
#include <sys/xattr.h>

int
main(int argc, char **argv)
{
	char value[100];

	for (int i = 2; i < argc; i++) {
		ssize_t n = getxattr(argv[i], argv[1], value, sizeof value);

		printf("%.*s\n", n < 0 ? 4 : (int)n, n < 0 ? "none" : value);
	}
	return 0;
}
