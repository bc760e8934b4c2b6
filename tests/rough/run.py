#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Treat guests roughly: each must end as on Linux, and the next must run.
TAP.

    run.py [--build DIR] [--tracer NAME] [--user NAME]
"""
import os, pathlib, random, signal, subprocess, sys, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from place import in_a_place, options

TICKS = os.sysconf("SC_CLK_TCK")
AT_WORK = 0.03 # seconds of CPU: more than a start takes


def stat_of(pid):
    """(parent, CPU seconds, resident MiB) of a process, or None."""
    try:
        words = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    words = words[words.rindex(")") + 2:].split()
    if words[0] == "Z":
        return None
    return (int(words[1]), (int(words[11]) + int(words[12])) / TICKS,
            int(words[21]) * 4 / 1024)


def descendants(pid):
    """{pid: stat_of} of a process and all below it."""
    everyone = {int(p): stat_of(p) for p in os.listdir("/proc")
                if p.isdigit()}
    found, more = {}, [pid]
    while more:
        p = more.pop()
        if everyone.get(p):
            found[p] = everyone[p]
        more += [k for k, v in everyone.items() if v and v[0] == p]
    return found


class Guest:
    """A viv that runs while we look at it."""

    def __init__(self, place, opt, *args):
        self.process = subprocess.Popen(
            [place.viv, "run", f"--tracer={opt.tracer}", *args],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, cwd=place.top,
            env=place.environment(), **place.as_user())
        self.pid = self.process.pid
        self.seen = set()

    def line(self):
        return self.process.stdout.readline().decode()

    def below(self):
        found = descendants(self.pid)
        self.seen |= set(found)
        return found

    def at_work(self, n=1, least=AT_WORK):
        """The @n guest processes that work most, at a random moment once so
        many have worked for @least seconds."""
        busy = []
        while len(busy) < n:
            time.sleep(random.uniform(0.02, 0.1))
            busy = sorted(((s[1], p) for p, s in self.below().items()
                           if s[1] >= least and p != self.pid),
                          reverse=True)
            if self.process.poll() is not None:
                sys.exit(f"the guest ended: {self.end()}")
        return [p for _, p in busy[:n]]

    def end(self, timeout=20):
        """(status, stdout, stderr)"""
        try:
            out, err = self.process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            out, err = self.process.communicate()
            return "timeout", out.decode(), err.decode()
        status = self.process.returncode
        return status, out.decode(), err.decode()

    def survivors(self, patience=3):
        """Processes of this viv that are still there after a while."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            left = [p for p in self.seen if stat_of(p)]
            if not left:
                break
            time.sleep(0.05)
        return left


class Runner:
    def __init__(self, tap, place, opt):
        self.tap, self.place, self.opt = tap, place, opt

    def guest(self, *args):
        return Guest(self.place, self.opt, *map(str, args))

    def works(self, after):
        """The next viv run works."""
        status, out, err = self.guest(self.place.root, "echo", "fine").end()
        self.tap.case(f"  and the next run works, after {after}",
                      (status, out) == (0, "fine\n"), f"{status} {out} {err}")


def spinning(r):
    status, out, err = r.guest(
        "--cpus=1", r.place.root, "sh", "-c",
        "(while :; do :; done) & (while :; do :; done) & "
        "for i in 1 2 3; do sleep 0.1; echo tick; done; kill %1 %2").end(30)
    r.tap.case("spinning processes don't stop the others",
               out == "tick\n" * 3, f"{status} {out} {err}")


def wakeups(pid):
    """How often the threads of a process slept so far."""
    n = 0
    for path in pathlib.Path(f"/proc/{pid}/task").glob("*/status"):
        n += sum(int(line.split()[1]) for line in path.read_text().splitlines()
                 if line.startswith("voluntary_ctxt_switches"))
    return n


def idle(r):
    g = r.guest(r.place.root, "sh", "-c", "sleep 60 & echo ready; sleep 60")
    g.line()
    time.sleep(1)
    before = sum(s[1] for s in g.below().values())
    slept = wakeups(g.pid)
    time.sleep(2)
    after = sum(s[1] for s in g.below().values())
    slept = wakeups(g.pid) - slept
    g.process.send_signal(signal.SIGTERM)
    g.end()
    r.tap.case("an idle guest uses no CPU", after - before < 0.1,
               f"{after - before} s in 2 s")
    r.tap.case("  and does not wake up", slept < 100, f"{slept} times in 2 s")


def bombs(r):
    status, out, err = r.guest(
        "--pids-limit=40", r.place.root, "sh", "-c",
        "i=0; while [ $i -lt 200 ]; do sleep 30 & i=$((i+1)); done").end(30)
    r.tap.case("--pids-limit bounds forks with EAGAIN",
               status == 2 and "Resource temporarily unavailable" in err,
               f"{status} {out} {err}")
    g = r.guest("--pids-limit=60", "--timeout=4", r.place.root, "sh", "-c",
                "b() { b | b & }; (b) 2>/dev/null & exec sleep 60")
    most, until = 0, time.monotonic() + 3
    while time.monotonic() < until:
        most = max(most, len(g.below()))
        time.sleep(0.2)
    status, out, err = g.end(30)
    r.tap.case("a fork bomb stays within its bound, and ends", status == 124
               and most < 150, f"{status}, {most} host processes; {err}")
    left = g.survivors()
    r.tap.case("  and nothing of it is left", not left, left)
    r.works("a fork bomb")


def memory(r):
    g = r.guest("--memory=96m", r.place.root, "sh", "-c",
                "tr '\\0' x </dev/zero | tail >/dev/null; "
                "echo status $?; exit 4")
    most = 0
    while g.process.poll() is None and most < 2000:
        most = max(most, sum(s[2] for s in g.below().values()))
        time.sleep(0.02)
    status, out, err = g.end(60)
    r.tap.case("a process that needs more than --memory is killed, alone",
               (status, out) == (4, "status 137\n"), f"{status} {out} {err}")
    status, out, err = r.guest(
        "--memory=96m", r.place.root, "sh", "-c",
        "dd if=/dev/zero of=/tmp/big bs=1M count=128 2>/dev/null; "
        "dd if=/tmp/big of=/dev/null bs=1M 2>/dev/null && "
        "stat -c %s /tmp/big; rm /tmp/big").end(60)
    r.tap.case("a file larger than --memory can be written to the root",
               out.strip() == str(128 << 20), f"{status} {out} {err}")
    r.works("running out of memory")


def gone_files(r):
    """Files that are deleted, and replaced, take what led to them along, soon:
    the host learns of closed files in batches."""
    g = r.guest(r.place.root, "sh", "-c",
                "cd /tmp; i=0; while [ $i -lt 200 ]; do echo x >f$i; "
                "echo y >g; mv g f$i; i=$((i+1)); done; rm f*; "
                "echo ready; sleep 60")
    line = g.line()
    until = time.monotonic() + 3
    while (fds := len(os.listdir(f"/proc/{g.pid}/fd"))) >= 100 and (
            time.monotonic() < until):
        time.sleep(0.02)
    g.process.send_signal(signal.SIGTERM)
    status, out, err = g.end()
    r.tap.case("files that are gone hold no host descriptor",
               line == "ready\n" and fds < 100, f"{fds} {line} {err}")


def killed_stub(r):
    g = r.guest(r.place.root, "sh", "-c",
                "(while :; do :; done); echo ended $?; exit 5")
    os.kill(g.at_work()[0], signal.SIGKILL)
    status, out, err = g.end()
    r.tap.case("kill -9 of a stub: its guest process dies, the guest goes on",
               (status, out) == (5, "ended 137\n"), f"{status} {out} {err}")
    r.works("the death of a stub")


def killed_anywhere(r, times=40):
    """kill -9 of the busiest stub at random moments: its guest process dies; if
    it ran the kernel (direct), the guest ends with a report instead."""
    ends, bad = {}, None
    for _ in range(times):
        g = r.guest(r.place.root, "sh", "-c",
                    "dd if=/dev/zero of=/dev/null bs=1 count=9999999 & "
                    "echo ready; wait $!; echo ended $?")
        g.line()
        os.kill(g.at_work()[0], signal.SIGKILL)
        status, out, err = g.end()
        if (status, out) == (0, "ended 137\n"):
            how = "went on"
        elif status == 125 and "died while it ran the kernel" in err:
            how = "panicked"
        else:
            how, bad = "else", f"{status} {out} {err}"
        left = g.survivors()
        bad = bad or left or None
        ends[how] = ends.get(how, 0) + 1
    if r.opt.tracer != "direct" and "panicked" in ends:
        bad = bad or "a panic"
    r.tap.case(f"kill -9 of a stub at {times} moments", not bad,
               f"{ends} {bad}")
    r.works("all that")


def killed_talking(r, times=15):
    """The same of several that wake each other all the time: whoever dies, the
    others get its end of file or SIGPIPE, unless it ran the kernel (direct)."""
    ends, bad = {}, None
    for _ in range(times):
        g = r.guest("--timeout=30", r.place.root, "sh", "-c",
                    "echo ready; dd if=/dev/zero bs=64 count=99999999 | cat | "
                    "cat | cat >/dev/null; echo ended")
        g.line()
        os.kill(random.choice(g.at_work(3, 0.02)), signal.SIGKILL)
        status, out, err = g.end(40)
        if status == 125 and "died while it ran the kernel" in err:
            how = "panicked"
        elif (status, out) == (0, "ended\n"):
            how = "went on"
        else:
            how, bad = "else", f"{status} {out} {err}"
        left = g.survivors()
        bad = bad or left or None
        ends[how] = ends.get(how, 0) + 1
    if r.opt.tracer != "direct" and "panicked" in ends:
        bad = bad or "a panic"
    r.tap.case(f"kill -9 of one of several that talk, {times} times", not bad,
               f"{ends} {bad}")


def killed_viv(r):
    g = r.guest(r.place.root, "sh", "-c",
                "cd /; dd if=/dev/zero of=kept bs=1k count=100 conv=fsync "
                "2>/dev/null; (while :; do :; done) & sleep 60 & echo ready; "
                "wait")
    line = g.line()
    g.below()
    os.kill(g.pid, signal.SIGKILL)
    g.end()
    left = g.survivors()
    r.tap.case("kill -9 of viv: nothing of it survives",
               line == "ready\n" and not left, f"{line!r} {left}")
    kept = r.place.root / "kept"
    r.tap.case("  and what fsync acknowledged is there", kept.exists() and
               kept.stat().st_size == 102400)
    if kept.exists():
        kept.unlink()
    r.works("kill -9 of viv")


def signals(r):
    g = r.guest(r.place.root, "sh", "-c",
                "trap 'echo got TERM; exit 9' TERM; echo ready; "
                "while :; do sleep 0.1; done")
    g.line()
    g.process.send_signal(signal.SIGTERM)
    status, out, err = g.end()
    r.tap.case("SIGTERM reaches the first process", (status, out) ==
               (9, "got TERM\n"), f"{status} {out} {err}")
    g = r.guest(r.place.root, "sh", "-c", "echo ready; sleep 1; exit 6")
    g.line()
    g.process.send_signal(signal.SIGQUIT)
    status, out, err = g.end()
    r.tap.case("SIGQUIT prints the tasks, and the guest goes on",
               status == 6 and "sleep" in err, f"{status} {out} {err}")


def broken_pipe(r):
    cmd = (f"{r.place.viv} run --tracer={r.opt.tracer} {r.place.root} yes | "
           "head -n 1")
    status, out, err = r.place.run(["bash", "-c", cmd +
                                    "; exit ${PIPESTATUS[0]}"])
    r.tap.case("a reader that leaves ends the writer by SIGPIPE",
               (status, out) == (141, "y\n"), f"{status} {out} {err}")
    status, out, err = r.place.run(
        ["sh", "-c", f"{r.place.viv} run {r.place.root} sh -c "
         "'echo x; exit $?' 0<&- 1>&-"])
    r.tap.case("closed stdin and stdout are no trouble", status in (0, 1),
               f"{status} {out} {err}")


def main():
    opt = options(__doc__.splitlines()[0]).parse_args()

    def body(tap, place):
        place.hand_over()
        runner = Runner(tap, place, opt)
        for group in (spinning, idle, bombs, memory, gone_files,
                      killed_stub, killed_anywhere, killed_talking,
                      killed_viv, signals, broken_pipe):
            group(runner)

    return in_a_place(opt, body)


if __name__ == "__main__":
    sys.exit(main())
