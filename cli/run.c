/* SPDX-License-Identifier: MIT */
/*
 * cli/run.c - `viv run`: look at what the options name on this host, fill the
 * machine's configuration, run it.
 *
 * Whatever is wrong is said in one line before anything is created, so that a
 * refused run leaves nothing behind.
 */
#include "arch/um/host/machine.h"
#include "cli/cli.h"
#include "cli/defaults.h"
#include "cli/options.h"
#include "cli/paths.h"
#include "tracer/tracer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a run holds until it ends. */
struct run {
	struct run_options opt;
	struct machine_config cfg;
	struct machine_mount *mounts;
	struct env env;
	char *initrd;
	int log_fd, strace_fd;
};

/* ROOT must be a directory that can be read and searched. */
static int
check_root(const char *root)
{
	DIR *d = opendir(root);

	if (!d && errno == ENOENT)
		return cli_fail("%s: no such directory (a command for the"
				" embedded guest goes after --)",
				root);
	if (!d && errno == ENOTDIR)
		return cli_fail("%s: not a directory", root);
	if (!d)
		return cli_fail("%s: can't be read: %s", root, strerror(errno));
	closedir(d);
	if (access(root, X_OK) < 0)
		return cli_fail("%s: can't be searched: %s", root,
				strerror(errno));
	return 0;
}

static int
check_file(const char *option, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0 || access(path, R_OK) < 0)
		return cli_fail("--%s %s: %s", option, path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return cli_fail("--%s %s: not a regular file", option, path);
	return 0;
}

static int
set_root(struct run *run)
{
	const struct run_options *o = &run->opt;
	int err;

	if (o->kernel && (err = check_file("kernel", o->kernel)))
		return err;
	run->cfg.kernel = o->kernel;
	if (o->root) {
		run->cfg.root = o->root;
		return check_root(o->root);
	}
	if (o->initrd) {
		run->cfg.initrd = o->initrd;
		return check_file("initrd", o->initrd);
	}
	run->initrd = path_of_rootfs();
	if (!run->initrd)
		return cli_fail("the embedded guest (rootfs.cpio) is not"
				" installed; name a ROOT or --initrd");
	run->cfg.initrd = run->initrd;
	return 0;
}

/* Files and directories alone: hostfs never opens the host's devices. */
static int
check_volume(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return cli_fail("--volume %s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return cli_fail("--volume %s: neither a file nor a directory",
				path);
	if (access(path, S_ISDIR(st.st_mode) ? R_OK | X_OK : R_OK) < 0)
		return cli_fail("--volume %s: can't be read: %s", path,
				strerror(errno));
	return 0;
}

static int
set_mounts(struct run *run)
{
	const struct run_options *o = &run->opt;
	struct machine_mount *m;
	int err;

	m = xrealloc(NULL, o->nvolumes * sizeof(*m));
	run->mounts = m;
	for (size_t i = 0; i < o->nvolumes; i++) {
		const struct volume *v = &o->volumes[i];

		err = check_volume(v->host);
		if (err)
			return err;
		m[i] = (struct machine_mount){
			.source = v->host,
			.target = v->guest,
			.read_only = v->read_only,
		};
	}
	run->cfg.mounts = m;
	run->cfg.nmounts = (uint32_t)o->nvolumes;
	return 0;
}

/* -1 and no complaint if @path is NULL. */
static int
open_output(const char *option, const char *path, int *fd)
{
	*fd = -1;
	if (!path)
		return 0;
	*fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (*fd < 0)
		return cli_fail("--%s %s: %s", option, path, strerror(errno));
	return 0;
}

static int
set_outputs(struct run *run)
{
	int err = open_output("log-file", run->opt.log_file, &run->log_fd);

	if (!err)
		err = open_output("strace-output", run->opt.strace_output,
				  &run->strace_fd);
	run->cfg.log_level = run->opt.log_level;
	run->cfg.log_fd = run->log_fd;
	run->cfg.strace = run->opt.strace;
	run->cfg.strace_fd = run->strace_fd;
	return err;
}

/* The guest has a console if both ends of the conversation are a terminal. */
static int
set_stdio(struct run *run)
{
	const struct run_options *o = &run->opt;

	run->cfg.no_stdin = o->no_stdin;
	if (o->no_tty || o->no_stdin)
		return 0;
	run->cfg.tty = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	if (o->tty && !isatty(STDIN_FILENO))
		return cli_fail("--tty: stdin is not a terminal");
	if (o->tty)
		run->cfg.tty = true;
	return 0;
}

static void
set_environment(struct run *run)
{
	const struct run_options *o = &run->opt;

	run->cfg.hostname = o->hostname ? o->hostname : DEFAULT_HOSTNAME;
	run->cfg.workdir = o->workdir;
	run->cfg.user = o->user;
	default_env(&run->env, run->cfg.hostname, run->cfg.tty);
	for (size_t i = 0; i < o->env.n; i++)
		env_set(&run->env, o->env.v[i]);
	run->cfg.argv = (const char *const *)o->argv;
	run->cfg.envp = (const char *const *)run->env.v;
}

static int
set_limits(struct run *run)
{
	const struct run_options *o = &run->opt;

	if (o->memory && o->memory < MEMORY_MIN)
		return cli_fail("--memory: a guest needs at least %llum",
				MEMORY_MIN >> 20);
	run->cfg.memory = o->memory ? o->memory : default_memory();
	run->cfg.cpus = o->cpus ? o->cpus : default_cpus();
	run->cfg.pids_limit = o->pids_set ? o->pids_limit : DEFAULT_PIDS_LIMIT;
	run->cfg.timeout_ns = o->timeout_ns;
	run->cfg.tracer = o->trusted && !strcmp(o->tracer, "auto")
				  ? TRACER_TRUSTED
				  : o->tracer;
	run->cfg.no_patch = o->no_patch;
	run->cfg.choose_tracer = tracer_choose;
	run->cfg.read_only = o->read_only;
	run->cfg.ephemeral = o->ephemeral;
	return 0;
}

/* A closed stdin, stdout or stderr would be the first file we open. */
static int
open_stdio(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
		if (fd < 0)
			return cli_fail("/dev/null: %s", strerror(errno));
	} while (fd <= STDERR_FILENO);
	close(fd);
	return 0;
}

static int
configure(struct run *run)
{
	int err = open_stdio();

	if (!err)
		err = set_root(run);
	if (!err)
		err = set_mounts(run);
	if (!err)
		err = set_limits(run);
	if (!err)
		err = set_stdio(run);
	if (!err)
		err = set_outputs(run);
	if (!err)
		set_environment(run);
	return err;
}

int
cmd_run(int argc, char **argv)
{
	struct run run = {.log_fd = -1, .strace_fd = -1};
	char why[512] = "";
	int status;

	switch (options_parse(&run.opt, argc, argv)) {
	case OPTIONS_DONE:
		return 0;
	case OPTIONS_BAD:
		return EXIT_OURS;
	}
	status = configure(&run);
	if (!status) {
		status = machine_run(&run.cfg, why, sizeof why);
		if (status < 0)
			status = cli_fail("%s", why);
	}
	env_fini(&run.env);
	free(run.mounts);
	free(run.initrd);
	options_fini(&run.opt);
	return status;
}
