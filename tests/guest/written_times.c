/* SPDX-License-Identifier: MIT */
/* Times of files that are being written: what is set stays, through close and
 * until the next write; modes and owners too. */
#include "tests/guest/check.h"

static struct stat
stat_of(const char *name)
{
	struct stat st;

	OK(stat(name, &st));
	return st;
}

static void
set(int fd, time_t atime, time_t mtime)
{
	struct timespec ts[2] = {{atime, 5}, {mtime, 7}};

	OK(futimens(fd, ts));
}

static void
has(const char *name, time_t atime, time_t mtime)
{
	struct stat st = stat_of(name);

	CHECK(st.st_atim.tv_sec == atime && st.st_atim.tv_nsec == 5);
	CHECK(st.st_mtim.tv_sec == mtime && st.st_mtim.tv_nsec == 7);
}

/* As tar does. */
static void
set_before_close(void)
{
	int fd = OK(open("a", O_CREAT | O_EXCL | O_WRONLY, 0600));
	time_t now = time(NULL);

	IS(5, write(fd, "hello", 5));
	set(fd, 1000, 2000);
	has("a", 1000, 2000);
	OK(fchmod(fd, 0640));
	has("a", 1000, 2000);
	OK(close(fd));
	has("a", 1000, 2000);
	CHECK((stat_of("a").st_mode & 07777) == 0640);
	CHECK(stat_of("a").st_size == 5);
	CHECK(stat_of("a").st_ctim.tv_sec >= now - 1);
	usleep(60000);
	has("a", 1000, 2000);
}

static void
a_write_moves_mtime_alone(void)
{
	int fd = OK(open("a", O_WRONLY));
	time_t now = time(NULL);

	IS(3, pwrite(fd, "HEL", 3, 0));
	CHECK(stat_of("a").st_mtim.tv_sec >= now - 1);
	CHECK(stat_of("a").st_atim.tv_sec == 1000);
	OK(close(fd));
	CHECK(stat_of("a").st_mtim.tv_sec >= now - 1);
	CHECK(stat_of("a").st_atim.tv_sec == 1000);
}

static void
truncation(void)
{
	int fd = OK(open("a", O_WRONLY));
	struct stat st;

	set(fd, 3000, 4000);
	OK(ftruncate(fd, 2));
	st = stat_of("a");
	CHECK(st.st_mtim.tv_sec > 4000 && st.st_size == 2);
	OK(close(fd));
	usleep(30000);
	CHECK(stat_of("a").st_mtim.tv_sec == st.st_mtim.tv_sec);
	CHECK(stat_of("a").st_mtim.tv_nsec == st.st_mtim.tv_nsec);
	CHECK(stat_of("a").st_size == 2);
}

static void
times_stay_as_seen(void)
{
	int fd = OK(open("b", O_CREAT | O_EXCL | O_RDWR, 0600));
	struct stat st, again;

	IS(5, write(fd, "hello", 5));
	OK(fstat(fd, &st));
	OK(close(fd));
	usleep(60000);
	again = stat_of("b");
	CHECK(st.st_mtim.tv_sec == again.st_mtim.tv_sec);
	CHECK(st.st_mtim.tv_nsec == again.st_mtim.tv_nsec);
	CHECK(st.st_ino == again.st_ino && again.st_size == 5);
}

static void
read_back(void)
{
	char buf[8];
	int fd = OK(open("b", O_RDONLY));

	IS(5, read(fd, buf, sizeof buf));
	CHECK(!memcmp(buf, "hello", 5));
	IS(0, read(fd, buf, sizeof buf));
	OK(close(fd));
}

int
main(void)
{
	set_before_close();
	a_write_moves_mtime_alone();
	truncation();
	times_stay_as_seen();
	read_back();
	return 0;
}
