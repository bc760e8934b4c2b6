# SPDX-License-Identifier: MIT
"""What the back ends are meant to reach, and which rows do not."""
import re

from figures import rate_unit, ratio, rows_of, systems_of

PEERS = "peers"  # faster than the peers of the same run
RATE = 1 / 0.7   # the time that work at 0.7 of native's rate takes

# (rows, direct, seccomp): at most that many times native's time, or PEERS.
ROWS = [
    (r"getppid|getpid|fstat|sched_yield|sigaction|futex wake|eventfd .*|"
     r"(read|write) 1 B .*|epoll_wait, ready", 1.0, PEERS),
    (r"clock_gettime by libc", 1.1, 1.1),
    (r"stat|open\+close|pread 4 KiB", 1.5, PEERS),
    (r"(create\+unlink|mkdir\+rmdir|rename) on tmpfs", 1.5, PEERS),
    (r"mmap\+munmap 64 KiB", 2.0, PEERS),
    (r"first touch in order, a page", 0.4, 0.8),
    (r"first touch at random, a page", 1.5, PEERS),
    (r"file-mapped page, cached", 1.0, PEERS),
    (r"copy-on-write page after fork", 2.0, PEERS),
    (r"SIGSEGV to handler and back|signal to self, handled", 2.0, PEERS),
    (r"(pipe|socketpair|futex) ping-pong|context switch, .*", 1.5, PEERS),
    (r"(pipe|socketpair) bandwidth", RATE, PEERS),
    (r"thread create\+join", 2.0, PEERS),
    (r"fork\+exit\+wait", 1.5, PEERS),
    (r"v?fork\+exec\+wait|sh -c true", 1.0, PEERS),
    (r"500 forks .*|gcc, .*|python3 .*|dpkg .*|git: .*|sqlite, .*", 1.1,
     PEERS),
    (r"tar .*|rm -r, .*|find, .*", 1.5, PEERS),
    (r"redis .*", RATE, PEERS),
]

WHOLE = {"direct": {"boot": 40, "idle memory": 8, "idle cpu": 0.1},
         "seccomp": {"boot": 60, "idle memory": 8, "idle cpu": 0.1}}


def of_row(row):
    """{back end: goal}"""
    for pattern, direct, seccomp in ROWS:
        if re.fullmatch(pattern, row):
            return {"direct": direct, "seccomp": seccomp}
    return {}


def peers_ratio(result, row):
    """(ratio, name) of the quickest of those that set the mark, or None: UML
    and gVisor, for pages at random UML alone."""
    names = ["UML"] if row.startswith("first touch at random") else [
        s for s in systems_of(result) if s == "UML" or s.startswith("gVisor")]
    found = [(ratio(result, s, row), s) for s in names
             if ratio(result, s, row) is not None]
    return min(found, default=None)


def shown(row, times):
    if rate_unit(row):
        return f"{1 / times:.2f}x the rate"
    return f"{times:.2f}x"


def missed_row(result, system, row, goal):
    times, by = ratio(result, system, row), ""
    if times is None:
        return None
    if goal == PEERS:
        best = peers_ratio(result, row)
        if not best:
            return None
        goal, by = best[0], f", {best[1]}'s"
    if times <= goal:
        return None
    return f"{system}: {row}: {shown(row, times)} ({shown(row, goal)}{by})"


def missed(result):
    """(how many goals the result could tell of, a line for each missed)"""
    checked, lines = 0, []
    for row in rows_of(result):
        for system, goal in of_row(row).items():
            if ratio(result, system, row) is None or (
                    goal == PEERS and not peers_ratio(result, row)):
                continue
            checked += 1
            line = missed_row(result, system, row, goal)
            lines += [line] if line else []
    for system, goals in WHOLE.items():
        for what, goal in goals.items():
            value = result["whole"].get(system, {}).get(what)
            if value is None:
                continue
            checked += 1
            if value > goal:
                lines.append(f"{system}: {what}: {value:.3g} ({goal})")
    return checked, lines
