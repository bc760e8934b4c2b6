/* SPDX-License-Identifier: MIT */
/* tests/tracer/harness.c - see the header. */
#include "tests/tracer/harness.h"

#include "arch/um/layout.h"

#include <sched.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

const struct tracer_ops *tr;
char *phys;
static uint64_t next_page = 16;

void
check_fail(const char *file, int line, const char *what, long got)
{
	printf("%s:%d: [%s] %s: got %ld (%#lx)\n", file, line,
	       tr ? tr->name : "-", what, got, got);
	exit(1);
}

void
map(struct aspace *as, uint64_t addr, uint64_t len, uint64_t off, int prot)
{
	struct as_op op = {AS_MAP, (uint32_t)prot, addr, len, off};

	IS(0, tr->as_sync(as, &op, 1));
}

void
guest_make(struct guest *g, const void *code, size_t len)
{
	IS(0, tr->as_new(&g->as));
	g->page = next_page;
	next_page += 16;
	memset(phys + g->page * PAGE, 0, 16 * PAGE);
	memcpy(phys + g->page * PAGE, code, len);
	map(g->as, CODE, 8 * PAGE, g->page * PAGE, AS_READ | AS_EXEC);
	map(g->as, DATA, 8 * PAGE, (g->page + 8) * PAGE, AS_READ | AS_WRITE);
}

void
guest_free(struct guest *g)
{
	tr->as_free(g->as);
}

char *
guest_data(struct guest *g)
{
	return phys + (g->page + 8) * PAGE;
}

struct gthread *
guest_thread(struct guest *g, uint64_t off, uint64_t rsp)
{
	struct um_regs regs = {.rip = CODE + off, .rsp = rsp, .eflags = 0x202};
	struct gthread *t;

	IS(0, tr->thread_new(g->as, &regs, &t));
	return t;
}

void
run_set(struct gthread *t, struct thread_run *run, uint32_t flags)
{
	run->flags = flags;
	IS(0, tr->thread_run(t, run, 0));
}

static void
log_line(int level, const char *text)
{
	fprintf(stderr, "log %d: %s\n", level, text);
}

void tests_run(const char *which);

int
main(int argc, char **argv)
{
	struct tracer_env env = {
		.arena_fd = -1,
		.initrd_fd = -1,
		.ncpus = 2,
		.host_cpus = 2,
		.log = log_line,
		.has_fsgsbase = getauxval(AT_HWCAP2) & 2 /* FSGSBASE */,
	};
	char why[256] = "";
	int err;

	setvbuf(stdout, NULL, _IOLBF, 0);
	alarm(100);
	env.phys_size = GiB(1);
	env.phys_fd = memfd_create("phys", MFD_CLOEXEC);
	CHECK(ftruncate(env.phys_fd, (off_t)env.phys_size) == 0);
	phys = mmap(NULL, env.phys_size, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_NORESERVE, env.phys_fd, 0);
	CHECK(phys != MAP_FAILED);
	madvise(phys, env.phys_size, MADV_DONTFORK);
	err = tracer_choose(argc > 1 ? argv[1] : NULL, &env, &tr, why,
			    sizeof why);
	if (err) {
		printf("tracer %s: %s\n", argv[1], why);
		return 77; /* skip */
	}
	printf("%s\n", why);
	tests_run(argc > 2 ? argv[2] : NULL);
	tr->stop();
	return 0;
}
