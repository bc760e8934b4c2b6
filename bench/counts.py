# SPDX-License-Identifier: MIT
"""What one operation costs the host: system calls, signals, context switches,
page faults.

A program is run twice, once to do n operations and once to only warm up; the
difference over n is an operation's.  Any user can take

* switches and faults: rusage of the child and all its descendants, waited for
  by their parents or, if those left them, by us (a subreaper); among these
  faults are pages that somebody populated ahead;
* calls: `strace -f -c`, which counts those that a filter turned into a signal,
  too.  It can't follow processes that are traced already: none for back ends
  on ptrace.

Who may use tracepoints (root) gets more from `perf stat`, for every back end:
calls that were carried out, those that a filter or SYSEMU caught not among
them; signals that a filter or a fault became, or that were sent; and as faults
exceptions alone.
"""
import ctypes, os, shutil, subprocess, tempfile, threading

from figures import COUNTS
from systems import Failed, judged

PR_SET_CHILD_SUBREAPER = 36
EVENTS = {"calls": "raw_syscalls:sys_enter",
          "signals": "signal:signal_deliver",
          "faults": "page-faults"}


def of_perf(text):
    """{"calls", "signals", "faults"} in what `perf stat -x,` wrote."""
    found = {}
    for line in text.splitlines():
        fields = line.split(",")
        for what, event in EVENTS.items():
            if len(fields) > 2 and event in fields[2] and fields[0].isdigit():
                found[what] = int(fields[0])
    return found


def of_strace(text):
    """{"calls"} in what `strace -c` wrote."""
    for line in text.splitlines():
        fields = line.split()
        if fields and fields[-1] == "total":
            return {"calls": int(fields[3])}
    return {}


class Counter:
    """How calls are counted here: perf, strace, or not."""

    def __init__(self):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self.calls_by = None
        for name, parse in (("perf", of_perf), ("strace", of_strace)):
            self.calls_by, self.parse = name, parse
            try:
                if shutil.which(name) and self.measure(
                        ["true"], "/", {}, True)["calls"]:
                    return
            except Failed:
                pass
        self.calls_by = None

    def wrapped(self, command, report):
        if self.calls_by == "perf":
            return ["perf", "stat", "-x,", "-e", ",".join(EVENTS.values()),
                    "-o", report, "--", *command]
        return ["strace", "-f", "-c", "-o", report, "--", *command]

    def measure(self, command, cwd, environment, is_wrapped, timeout=300):
        """{"calls", "signals", "switches", "faults", "out"} of one run; the
        first two only if it @is_wrapped."""
        with tempfile.NamedTemporaryFile() as report, \
                tempfile.TemporaryFile() as out, \
                tempfile.TemporaryFile() as err:
            if is_wrapped:
                command = self.wrapped(command, report.name)
            child = subprocess.Popen(
                command, cwd=cwd, env={**os.environ, **environment},
                stdout=out, stderr=err, stdin=subprocess.DEVNULL,
                start_new_session=True)
            usage = wait_for_all(child, timeout)
            for file in (out, err):
                file.seek(0)
            text = judged(child.returncode, out.read(), err.read())
            with open(report.name) as f:
                seen = self.parse(f.read())
        faults = sum(u.ru_minflt + u.ru_majflt for u in usage)
        return {"calls": seen.get("calls"), "signals": seen.get("signals"),
                "switches": sum(u.ru_nvcsw + u.ru_nivcsw for u in usage),
                "faults": seen.get("faults", faults), "out": text}

    def one_run(self, system, command, root):
        """strace makes switches of its own: they are counted without it."""
        arguments = (command, root, system.environment)
        found = self.measure(*arguments, self.calls_by == "perf")
        if self.calls_by == "strace" and "ptrace" not in system.name:
            found["calls"] = self.measure(*arguments, True)["calls"]
        return found

    def per_operation(self, system, root, op):
        """{"calls", "signals", "switches", "faults": per operation, "n"}"""
        runs = []
        for how in ("-w", "-c"):
            cmd = system.command(root, "bench-micro", how, "=" + op)
            runs.append(self.one_run(system, cmd, root))
        name, _, n = runs[1]["out"].strip().partition("\t")
        if name != op or not n.isdigit() or int(n) == 0:
            return None
        return difference(*runs, int(n))


def difference(warm, whole, n):
    found = {"n": n}
    for what in COUNTS:
        if warm[what] is None or whole[what] is None:
            found[what] = None
        else:
            found[what] = round((whole[what] - warm[what]) / n, 3)
    return found


def wait_for_all(child, timeout):
    """rusage of the child, and of what it left behind."""
    timer = threading.Timer(timeout, lambda: os.killpg(child.pid, 9))
    timer.start()
    usage = []
    try:
        while True:
            pid, status, used = os.wait4(-1, 0)
            usage.append(used)
            if pid == child.pid:
                child.returncode = os.waitstatus_to_exitcode(status)
    except ChildProcessError:
        return usage
    finally:
        timer.cancel()
