/* SPDX-License-Identifier: MIT */
/* tests/cli/lost.c - linked with an interpreter that does not exist. */
int
main(void)
{
	return 0;
}
