#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""--strace against strace(1): the same programs on the same files.  TAP.

The guest's root is the host's, so that both run the same binaries.  Lines are
compared process by process; what differs between any two runs (addresses,
process numbers, times) is made the same first.
"""
import difflib, os, re, shutil, subprocess, sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from place import in_a_place, options

SCRIPT = r"""
exec 2>/dev/null
trap 'echo usr1' USR1
kill -USR1 $$
echo hi | cat >/dev/null
(exit 3); echo $?
cat <<<here
sleep 100 & p=$!
kill -STOP $p; sleep 0.2; kill -CONT $p; sleep 0.2; kill -TERM $p; wait $p
trap '' HUP; kill -HUP $$
kill -WINCH $$
bash -c 'kill -SEGV $$'
exec 5<>/dev/null
[ -e /nonexistent ] || echo none
umask 077; ulimit -c 0; cd /usr
exit 4
"""
PYTHON = """
import os, select, signal, socket, tempfile, threading
a, b = socket.socketpair()
a.sendmsg([b'one', b'two'], [(1, 1, b'\\0\\0\\0\\0')])
b.recvmsg(100, 100)
s = socket.socket(socket.AF_UNIX)
s.bind('\\0viv-strace-%07d' % os.getpid()); s.listen(5); s.close()
p = select.poll(); p.register(a, select.POLLIN); p.poll(1)
e = select.epoll(); e.register(b, select.EPOLLOUT); e.poll(1)
signal.setitimer(signal.ITIMER_REAL, 0.01); signal.signal(14, lambda *x: 0)
signal.sigtimedwait([14], 5) if signal.pthread_sigmask(0, [14]) else 0
t = threading.Thread(target=lambda: os.getppid()); t.start(); t.join()
os.pipe2(os.O_CLOEXEC); os.eventfd(3); os.memfd_create('x')
os.sched_getaffinity(0) and os.sched_yield()
os.setpriority(0, 0, 19); os.getpriority(0, 0)
"""
# So often that the guest is told without asking the kernel, unless it is
# watched.
OFTEN = """
import os
for i in range(100): os.getppid(), os.getpid(), os.getuid()
"""
CASES = [
    ("ls", ["ls", "-l", "/usr"]),
    ("a shell script", ["bash", "-c", SCRIPT]),
    ("a missing file", ["cat", "/nonexistent"]),
    ("python", ["python3", "-I", "-S", "-c", PYTHON]),
    ("what is asked often", ["python3", "-I", "-S", "-c", OFTEN]),
]
SAME = [
    (r" += ", " = "),
    (r"0x[0-9a-f]{5,}", "ADDR"),
    (r'(getrandom)\("[^"]*"(\.\.\.)?', r"\1(R"),
    (r"parent_tid=\[\d+\]", "parent_tid=[N]"),
    (r"line (\d+): +\d+", r"line \1: N"),
    (r"viv-strace-\d+", "viv-strace-N"),
    (r"/\* (\d+) vars \*/", "/* N vars */"),
    (r"(si_[us]time|si_uid|st_size|f_\w+)=\d+( /\* [\d.]+ s \*/)?", r"\1=N"),
    (r"(tv_n?u?sec|u64|st_mode)=[S\w|]+", r"\1=N"),
    (r"(munmap\(ADDR), \d+", r"\1, N"),
    (r"(sysinfo|prlimit64|uname)\(.*\)", r"\1(...)"),
    (r"STATX_BTIME\|", ""),
    (r"^getuid\(\) = \d+", "getuid() = N"),
]
PID_CALLS = r"(clone3?\(.*|vfork\(|wait4\(.*|get(p|pp|t)id\(|getpgrp\(|set_tid_address\(.*)"
# What the kernels differ in, and what has no fixed place among other lines.
SKIPPED = re.compile(r"rt_sig(return|procmask|action)|rseq\(|posix_acl|--- |"
                     r"\+\+\+|/proc/|restart_syscall|strace: |futex\(|brk\(|getpgrp|gete?gid|geteuid|"
                     r"read\(3, \"nodev|newfstatat\(AT_FDCWD, \"\.\"|"
                     r"mmap\(NULL, 528384|wait4")


def processes(text):
    """pid -> lines, interrupted calls joined.  Lines that name no process are
    of the only one there is."""
    m = re.search(r"set_tid_address\(\w+\) += (\d+)", text)
    lines, cut, alive = {}, {}, {int(m[1])} if m else {0}
    for line in text.splitlines():
        m = re.match(r"(?:\[pid +)?(\d+)(?:\])? +(.*)", line)
        if m:
            pid, line = int(m[1]), m[2]
            alive.add(pid)
        else:
            pid = min(alive, default=0)
        if line.endswith("<unfinished ...>"):
            cut[pid] = line[:-len("<unfinished ...>")]
            continue
        m = re.match(r"<\.\.\. \w+ resumed>(.*)", line)
        if m:
            line = cut.pop(pid, "").rstrip() + " " + m[1].lstrip()
            line = re.sub(r"([(,]) (?=\))|(?<=\() ", r"\1", line)
            line = line.replace(" )", ")").replace(" ,", ",")
        if line.startswith("+++"):
            alive.discard(pid)
        lines.setdefault(pid, []).append(line)
    return lines


def normal(text):
    """One list of lines, process after process."""
    by_pid = processes(text)
    order = {str(p): f"P{i}" for i, p in enumerate(sorted(by_pid))}
    out = []
    for pid in sorted(by_pid):
        out.append(f"== {order[str(pid)]}")
        for line in by_pid[pid]:
            if SKIPPED.search(line):
                continue
            for pattern, same in SAME:
                line = re.sub(pattern, same, line)
            line = re.sub(r"(si_pid=|^kill\(|wait4\()(\d+)", lambda m:
                          m[1] + order.get(m[2], "P?"), line)
            line = re.sub(rf"^({PID_CALLS}.*= )(\d+)$", lambda m:
                          m[1] + order.get(m[m.lastindex], "P?"), line)
            out.append(line)
    return out


def signals(text):
    """The lines that have no fixed place among others, sorted.  How many
    equal SIGCHLDs there are, which merge while pending, is a matter of time.
    """
    lines = re.findall(r"--- .* ---|\+\+\+ .* \+\+\+", text)
    lines = sorted(re.sub(r"(pid|uid|time)=\d+( /\* .*? \*/)?", r"\1=N", line)
                   for line in lines)
    return [line for i, line in enumerate(lines)
            if "SIGCHLD" not in line or line not in lines[:i]]


def strace_works():
    try:
        return subprocess.run(["strace", "-f", "-o", "/dev/null", "true"],
                              stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def compare(place, opt, tap, what, cmd):
    top = place.top
    # An arena of a thread's own is aligned by one munmap or two, by chance.
    env = {"PATH": "/usr/bin:/bin", "HOME": str(top), "LC_ALL": "C",
           "MALLOC_ARENA_MAX": "1"}
    cmd = [shutil.which(cmd[0], path=env["PATH"]), *cmd[1:]]
    want = place.run(["strace", "-f", "-o", top / "tmp/host", *cmd], env=env,
                     cwd="/")
    got = place.run(
        [place.viv, "run", f"--tracer={opt.tracer}", "--no-stdin",
         "--strace", "--strace-output", top / "tmp/guest", "--ephemeral",
         *[f"--env={k}={v}" for k, v in env.items()], "-w", "/",
         "/", *cmd], env=env)
    texts = [(top / "tmp" / f).read_text(errors="replace")
             for f in ("host", "guest")]
    theirs, ours = [normal(t) + signals(t) for t in texts]
    diff = list(difflib.unified_diff(theirs, ours, "strace", "viv",
                                     lineterm="", n=0))
    tap.case(what, not diff and want[:2] == got[:2],
             "\n".join([*diff[:38], str(want[0]), str(got[0])]))


def main():
    p = options(__doc__.splitlines()[0])
    p.add_argument("cases", nargs="*")
    opt = p.parse_args()

    def body(tap, place):
        place.hand_over()
        for what, cmd in CASES:
            if not opt.cases or what in opt.cases:
                compare(place, opt, tap, what, cmd)

    return in_a_place(opt, body, None if strace_works() else
                      "strace does not work here")


if __name__ == "__main__":
    sys.exit(main())
