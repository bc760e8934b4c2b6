/* SPDX-License-Identifier: MIT */
/* execve(2) of ELF files made by hand: good ones, and each way to be bad. */
#include "tests/guest/check.h"

#include <elf.h>
#include <stddef.h>

#define BASE 0x400000ul

static struct {
	Elf64_Ehdr e;
	Elf64_Phdr p[2];
	unsigned char code[64];
	char interp[32];
} f;

/* exit(42); or exit of the first byte behind the file's part. */
static void
make(void)
{
	static const unsigned char code[] = {
		0xbf, 42, 0, 0, 0,	      /* mov $42, %edi */
		0xb8, 60, 0, 0, 0, 0x0f, 0x05 /* exit */
	};

	memset(&f, 0, sizeof f);
	memcpy(f.e.e_ident, "\177ELF\2\1\1", 7);
	f.e.e_type = ET_EXEC;
	f.e.e_machine = EM_X86_64;
	f.e.e_version = 1;
	f.e.e_entry = BASE + offsetof(__typeof__(f), code);
	f.e.e_phoff = offsetof(__typeof__(f), p);
	f.e.e_ehsize = sizeof f.e;
	f.e.e_phentsize = sizeof f.p[0];
	f.e.e_phnum = 1;
	f.p[0].p_type = PT_LOAD;
	f.p[0].p_flags = PF_R | PF_W | PF_X;
	f.p[0].p_vaddr = BASE;
	f.p[0].p_filesz = f.p[0].p_memsz = sizeof f;
	f.p[0].p_align = 4096;
	memcpy(f.code, code, sizeof code);
}

static void
save(const char *name)
{
	int fd = OK(open(name, O_CREAT | O_TRUNC | O_WRONLY, 0755));

	IS(sizeof f, write(fd, &f, sizeof f));
	OK(close(fd));
}

static void
run(void)
{
	OK(execl("elf", "elf", NULL));
}

static void
fails(int err)
{
	save("elf");
	FAILS(err, execl("elf", "elf", NULL));
}

static void
good(void)
{
	make();
	save("elf");
	EXITS(42, run());
	f.e.e_type = ET_DYN; /* position independent, no interpreter */
	f.p[0].p_vaddr = 0;
	f.e.e_entry -= BASE;
	save("elf");
	EXITS(42, run());
}

/* Memory beyond the file's part is zero, in its last page too. */
static void
bss(void)
{
	static const unsigned char code[] = {
		0x0f, 0xb6, 0x3c, 0x25, 0, 0x08, 0x40, 0, /* movzbl, %edi */
		0x0f, 0xb6, 0x04, 0x25, 0, 0x80, 0x42, 0, /* movzbl, %eax */
		0x01, 0xc7,				  /* add */
		0xb8, 60,   0,	  0,	0, 0x0f, 0x05,
	};
	static char rest[8192];
	int fd;

	make();
	memcpy(f.code, code, sizeof code);
	f.p[0].p_filesz = 0x700;
	f.p[0].p_memsz = 0x30000;
	save("elf");
	memset(rest, 0xee, sizeof rest);
	fd = OK(open("elf", O_WRONLY | O_APPEND));
	IS(sizeof rest, write(fd, rest, sizeof rest));
	OK(close(fd));
	EXITS(0, run());
}

static void
bad_headers(void)
{
	make();
	f.e.e_machine = EM_AARCH64;
	fails(ENOEXEC);
	make();
	f.e.e_type = ET_REL;
	fails(ENOEXEC);
	make();
	f.e.e_phnum = 0;
	fails(ENOEXEC);
	make();
	f.e.e_phentsize = 1;
	fails(ENOEXEC);
	make();
	f.e.e_phoff = 1 << 20;
	save("elf");
	CHECK(execl("elf", "elf", NULL) < 0);
	CHECK(errno == ENOEXEC || errno == EIO);
	make();
	f.e.e_ident[0] = 0;
	fails(ENOEXEC);
}

static void
interpreters(void)
{
	static const char text[] = "no program at all, yet longer than the "
				   "header that a program would begin with";

	make();
	f.e.e_phnum = 2;
	f.p[1].p_type = PT_INTERP;
	f.p[1].p_offset = offsetof(__typeof__(f), interp);
	f.p[1].p_filesz = 10;
	strcpy(f.interp, "./missing");
	fails(ENOENT);
	strcpy(f.interp, "./textfil");
	put_file("textfil", text);
	fails(EACCES);
	OK(chmod("textfil", 0755));
	fails(ELIBBAD);
	f.p[1].p_filesz = 5; /* no NUL at its end */
	fails(ENOEXEC);
	f.p[1].p_filesz = 1;
	fails(ENOEXEC);
	f.p[1].p_filesz = 5000;
	fails(ENOEXEC);

	/* One that runs: the interpreter gets control. */
	make();
	f.e.e_type = ET_DYN;
	f.p[0].p_vaddr = 0;
	f.e.e_entry -= BASE;
	f.code[1] = 43;
	save("ldso");
	make();
	f.e.e_phnum = 2;
	f.p[1].p_type = PT_INTERP;
	f.p[1].p_offset = offsetof(__typeof__(f), interp);
	f.p[1].p_filesz = 7;
	strcpy(f.interp, "./ldso");
	save("elf");
	EXITS(43, run());
}

/* Too late to return: the process is killed. */
static void
no_way_back(void)
{
	int status;

	make();
	f.p[0].p_vaddr = 1ul << 47;
	save("elf");
	if (!check_fork())
		run();
	IS(check_pid, waitpid(check_pid, &status, 0));
	CHECK(WIFSIGNALED(status));
	make();
	f.e.e_entry = 0x10;
	save("elf");
	DIES(SIGSEGV, run());
}

int
main(void)
{
	good();
	bss();
	bad_headers();
	interpreters();
	no_way_back();
	return 0;
}
