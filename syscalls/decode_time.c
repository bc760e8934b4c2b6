/* SPDX-License-Identifier: MIT */
/* syscalls/decode_time.c - timespec, timeval and what is built of them. */
#include "include/abi/time.h"
#include "syscalls/internal_decode.h"

static void
put_timespec(struct decode *d, const struct lx_timespec *ts)
{
	put(d, "{tv_sec=%ld, tv_nsec=%lu}", (long)ts->tv_sec,
	    (unsigned long)ts->tv_nsec);
}

static void
put_timeval(struct decode *d, const struct lx_timeval *tv)
{
	put(d, "{tv_sec=%ld, tv_usec=%lu}", (long)tv->tv_sec,
	    (unsigned long)tv->tv_usec);
}

void
dec_timespec_at(struct decode *d, uint64_t at)
{
	struct lx_timespec ts;

	if (dec_get(d, &ts, at, sizeof(ts)))
		put_timespec(d, &ts);
}

static void
timeval_at(struct decode *d, uint64_t at)
{
	struct lx_timeval tv;

	if (dec_get(d, &tv, at, sizeof(tv)))
		put_timeval(d, &tv);
}

void
dec_TIMESPEC_IN(struct decode *d, int i)
{
	dec_timespec_at(d, d->arg[i]);
}

void
dec_TIMESPEC_OUT(struct decode *d, int i)
{
	dec_timespec_at(d, d->arg[i]);
}

void
dec_TIMESPEC_INOUT(struct decode *d, int i)
{
	dec_timespec_at(d, d->arg[i]);
}

void
dec_TIMESPEC_OUT_EINTR(struct decode *d, int i)
{
	if (d->ret == -EINTR || d->ret == -ERESTART_RESTARTBLOCK)
		dec_timespec_at(d, d->arg[i]);
	else
		dec_addr(d, d->arg[i]);
}

void
dec_TIMEVAL_IN(struct decode *d, int i)
{
	timeval_at(d, d->arg[i]);
}

void
dec_TIMEVAL_OUT(struct decode *d, int i)
{
	timeval_at(d, d->arg[i]);
}

void
dec_TIMEVAL_INOUT(struct decode *d, int i)
{
	timeval_at(d, d->arg[i]);
}

static void
put_when(struct decode *d, int64_t sec, int64_t frac, int digits)
{
	put(d, " /* ");
	dec_date(d, sec, frac, digits);
	put(d, " */");
}

static void
utimes_elem(struct decode *d, uint64_t at, const void *elem)
{
	const struct lx_timespec *ts = elem;

	(void)at;
	if (ts->tv_nsec == LX_UTIME_NOW) {
		put(d, "UTIME_NOW");
	} else if (ts->tv_nsec == LX_UTIME_OMIT) {
		put(d, "UTIME_OMIT");
	} else {
		put_timespec(d, ts);
		put_when(d, ts->tv_sec, ts->tv_nsec, 9);
	}
}

void
dec_UTIMES_IN(struct decode *d, int i)
{
	dec_array(d, d->arg[i], 2, sizeof(struct lx_timespec), utimes_elem);
}

static void
timeval2_elem(struct decode *d, uint64_t at, const void *elem)
{
	const struct lx_timeval *tv = elem;

	(void)at;
	put_timeval(d, tv);
	put_when(d, tv->tv_sec, tv->tv_usec, 6);
}

void
dec_TIMEVAL2_IN(struct decode *d, int i)
{
	dec_array(d, d->arg[i], 2, sizeof(struct lx_timeval), timeval2_elem);
}

void
dec_UTIMBUF_IN(struct decode *d, int i)
{
	struct lx_utimbuf ut;

	if (!dec_get(d, &ut, d->arg[i], sizeof(ut)))
		return;
	put(d, "{actime=%ld", (long)ut.actime);
	put_when(d, ut.actime, 0, 0);
	put(d, ", modtime=%ld", (long)ut.modtime);
	put_when(d, ut.modtime, 0, 0);
	put(d, "}");
}

void
dec_TIME_OUT(struct decode *d, int i)
{
	int64_t t;

	if (!dec_get(d, &t, d->arg[i], sizeof(t)))
		return;
	put(d, "[%ld", (long)t);
	put_when(d, t, 0, 0);
	put(d, "]");
}

static void
timezone_at(struct decode *d, uint64_t at)
{
	struct lx_timezone tz;

	if (dec_get(d, &tz, at, sizeof(tz)))
		put(d, "{tz_minuteswest=%d, tz_dsttime=%d}", tz.tz_minuteswest,
		    tz.tz_dsttime);
}

void
dec_TIMEZONE_IN(struct decode *d, int i)
{
	timezone_at(d, d->arg[i]);
}

void
dec_TIMEZONE_OUT(struct decode *d, int i)
{
	timezone_at(d, d->arg[i]);
}

static void
itimerval_at(struct decode *d, uint64_t at)
{
	struct lx_itimerval it;

	if (!dec_get(d, &it, at, sizeof(it)))
		return;
	put(d, "{it_interval=");
	put_timeval(d, &it.it_interval);
	put(d, ", it_value=");
	put_timeval(d, &it.it_value);
	put(d, "}");
}

void
dec_ITIMERVAL_IN(struct decode *d, int i)
{
	itimerval_at(d, d->arg[i]);
}

void
dec_ITIMERVAL_OUT(struct decode *d, int i)
{
	itimerval_at(d, d->arg[i]);
}

static void
itimerspec_at(struct decode *d, uint64_t at)
{
	struct lx_itimerspec it;

	if (!dec_get(d, &it, at, sizeof(it)))
		return;
	put(d, "{it_interval=");
	put_timespec(d, &it.it_interval);
	put(d, ", it_value=");
	put_timespec(d, &it.it_value);
	put(d, "}");
}

void
dec_ITIMERSPEC_IN(struct decode *d, int i)
{
	itimerspec_at(d, d->arg[i]);
}

void
dec_ITIMERSPEC_OUT(struct decode *d, int i)
{
	itimerspec_at(d, d->arg[i]);
}

/* Clock ticks, and what they are in seconds. */
void
dec_ticks(struct strbuf *out, int64_t ticks)
{
	strbuf_add(out, "%ld", (long)ticks);
	if (ticks)
		strbuf_add(out, " /* %ld.%02ld s */", (long)ticks / LX_CLK_TCK,
			   (long)ticks % LX_CLK_TCK);
}

void
dec_TMS_OUT(struct decode *d, int i)
{
	struct lx_tms t;

	if (!dec_get(d, &t, d->arg[i], sizeof(t)))
		return;
	put(d, "{tms_utime=");
	dec_ticks(d->out, t.tms_utime);
	put(d, ", tms_stime=");
	dec_ticks(d->out, t.tms_stime);
	put(d, ", tms_cutime=");
	dec_ticks(d->out, t.tms_cutime);
	put(d, ", tms_cstime=");
	dec_ticks(d->out, t.tms_cstime);
	put(d, "}");
}

void
dec_TIMEX_INOUT(struct decode *d, int i)
{
	struct lx_timex tx;

	if (!dec_get(d, &tx, d->arg[i], sizeof(tx)))
		return;
	put(d, "{modes=");
	name_flags(d->out, ARG_TIMEX_MODES, tx.modes);
	put(d, ", offset=%ld, freq=%ld, maxerror=%ld, esterror=%ld, status=",
	    (long)tx.offset, (long)tx.freq, (long)tx.maxerror,
	    (long)tx.esterror);
	name_flags(d->out, ARG_TIMEX_STATUS, (uint64_t)tx.status);
	put(d, ", constant=%ld, precision=%ld, tolerance=%ld, time=",
	    (long)tx.constant, (long)tx.precision, (long)tx.tolerance);
	put_timeval(d, &tx.time);
	put(d, ", tick=%ld, ppsfreq=%ld, jitter=%ld, shift=%d, stabil=%ld",
	    (long)tx.tick, (long)tx.ppsfreq, (long)tx.jitter, tx.shift,
	    (long)tx.stabil);
	put(d, ", jitcnt=%ld, calcnt=%ld, errcnt=%ld, stbcnt=%ld, tai=%d}",
	    (long)tx.jitcnt, (long)tx.calcnt, (long)tx.errcnt, (long)tx.stbcnt,
	    tx.tai);
}
