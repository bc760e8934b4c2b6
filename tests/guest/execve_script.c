/* SPDX-License-Identifier: MIT */
/* execve(2) of scripts: #! lines, nesting, errors. */
#include "tests/guest/check.h"

#include <sys/auxv.h>

static void
script(const char *name, const char *text)
{
	put_file(name, text);
	OK(chmod(name, 0755));
}

/* As interpreter: the arguments must be those the variable W says. */
static int
interpreter(int argc, char **argv)
{
	char got[4096] = "";

	for (int i = 0; i < argc; i++) {
		strcat(got, argv[i]);
		strcat(got, "|");
	}
	if (strcmp(got, getenv("W"))) {
		printf("got %s, wanted %s\n", got, getenv("W"));
		return 1;
	}
	IS(0, strcmp((char *)getauxval(AT_EXECFN), getenv("F")));
	return 0;
}

static void
runs(const char *name, const char *want)
{
	EXITS(0, {
		setenv("W", want, 1);
		setenv("F", name, 1);
		OK(execl(name, "arg0", "x", "y z", NULL));
	});
}

static void
fails(int err, const char *name)
{
	FAILS(err, execl(name, "arg0", NULL));
}

static void
lines(void)
{
	script("s", "#!./self\nrest\n");
	runs("s", "./self|s|x|y z|");
	runs("./s", "./self|./s|x|y z|");
	script("s", "#! \t ./self \t one  two \t \n");
	runs("s", "./self|one  two|s|x|y z|");
	script("s", "#!./self");
	runs("s", "./self|s|x|y z|");
	script("s", "#!./self -a\tb");
	runs("s", "./self|-a\tb|s|x|y z|");
	script("s", "#!./self -a\r\n");
	runs("s", "./self|-a\r|s|x|y z|");
}

static void
nested(void)
{
	script("s", "#!./self A\n");
	script("t1", "#!./s B\n");
	runs("t1", "./self|A|./s|B|t1|x|y z|");
	script("t2", "#!./t1\n");
	script("t3", "#!./t2\n");
	runs("t3", "./self|A|./s|B|./t1|./t2|t3|x|y z|");
	script("t4", "#!./t3\n");
	runs("t4", "./self|A|./s|B|./t1|./t2|./t3|t4|x|y z|");
	script("t5", "#!./t4\n");
	fails(ELOOP, "t5"); /* six programs deep is too deep */
	script("me", "#!./me\n");
	fails(ELOOP, "me");
}

static void
refuses(void)
{
	char line[600];

	script("s", "#!\n");
	fails(ENOEXEC, "s");
	script("s", "#! \t \n");
	fails(ENOEXEC, "s");
	script("s", "#!./missing\n");
	fails(ENOENT, "s");
	script("s", "#!./self\r\n");
	fails(ENOENT, "s");
	put_file("plain", "text");
	script("s", "#!./plain\n");
	fails(EACCES, "s");
	OK(mkdir("dir", 0755));
	script("s", "#!./dir\n");
	fails(EACCES, "s");
	script("s", "#!./plain/x\n");
	fails(ENOTDIR, "s");
	script("s", "echo hello\n");
	fails(ENOEXEC, "s");
	script("s", "");
	fails(ENOEXEC, "s");
	script("s", " #!./self\n");
	fails(ENOEXEC, "s");
	/* An interpreter's name that is cut off at 256 bytes must not run. */
	memset(line, 'a', sizeof line);
	memcpy(line, "#!./", 4);
	line[sizeof line - 1] = 0;
	script("s", line);
	fails(ENOEXEC, "s");
	/* A cut argument is taken as it is. */
	memcpy(line, "#!./self ", 9);
	script("s", line);
	EXITS(0, {
		char want[600];

		snprintf(want, sizeof want, "./self|%.*s|s|x|y z|", 246,
			 line + 9);
		setenv("W", want, 1);
		setenv("F", "s", 1);
		OK(execl("s", "arg0", "x", "y z", NULL));
	});
	script("s", "#!./self\n");
	OK(chmod("s", 0644));
	fails(EACCES, "s");
}

int
main(int argc, char **argv)
{
	if (getenv("W"))
		return interpreter(argc, argv);
	copy_self("self", 0755);
	lines();
	nested();
	refuses();
	return 0;
}
