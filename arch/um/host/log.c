/* SPDX-License-Identifier: MIT */
/* arch/um/host/log.c - lines to the log and to --strace's output. */
#include "arch/um/host/host.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_LEN 4096

static void
write_all(int fd, const char *text, size_t len)
{
	ssize_t r;

	for (size_t done = 0; done < len; done += (size_t)r) {
		r = write(fd, text + done, len - done);
		if (r < 0 && errno == EINTR)
			r = 0;
		else if (r <= 0)
			return;
	}
}

/* As it is, but that a raw terminal wants its carriage returns. */
static void
write_text(int fd, const char *text, size_t len)
{
	bool is_raw = tty_is_raw() && isatty(fd);
	char part[LINE_MAX_LEN];
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n' && is_raw)
			part[n++] = '\r';
		part[n++] = text[i];
		if (n + 2 > sizeof part) {
			write_all(fd, part, n);
			n = 0;
		}
	}
	write_all(fd, part, n);
}

/* One write a line, so that lines of several threads do not mix. */
static void
write_line(int fd, const char *prefix, const char *text, size_t len)
{
	char line[LINE_MAX_LEN];
	size_t n = strlen(prefix);

	memcpy(line, prefix, n);
	if (len > sizeof line - n - 1)
		len = sizeof line - n - 1;
	memcpy(line + n, text, len);
	n += len;
	if (!n || line[n - 1] != '\n')
		line[n++] = '\n';
	write_text(fd, line, n);
}

static int
log_fd(void)
{
	return mach.cfg && mach.cfg->log_fd >= 0 ? mach.cfg->log_fd : 2;
}

void
host_write_log(const char *text, size_t len)
{
	write_line(log_fd(), "", text, len);
}

void
host_log_line(int level, const char *text)
{
	if (mach.cfg && level > mach.cfg->log_level)
		return;
	write_line(log_fd(), "viv: ", text, strlen(text));
}

void
host_log(int level, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	host_log_line(level, line);
}

int64_t
hc_LOG(const uint64_t *a)
{
	if (!arena_readable(a[1], a[2]))
		return -EFAULT;
	if ((int64_t)a[0] <= mach.cfg->log_level)
		write_line(log_fd(), "viv: ", (const char *)a[1], a[2]);
	return 0;
}

int64_t
hc_TRACE_OUT(const uint64_t *a)
{
	int fd = mach.cfg->strace_fd >= 0 ? mach.cfg->strace_fd : 2;

	if (!arena_readable(a[0], a[1]))
		return -EFAULT;
	write_text(fd, (const char *)a[0], a[1]);
	return 0;
}
