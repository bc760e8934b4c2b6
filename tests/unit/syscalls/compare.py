#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run programs under strace(1) and under host_strace; the lines must agree.

What differs between two runs anyway is made the same first: addresses,
numbers of processes, times, random bytes, spaces before "=".  Exits with 77
(skipped) where strace or ptrace is not to be had.

usage: compare.py HOST_STRACE
"""
import difflib, re, shutil, subprocess, sys

PROGRAMS = [
    ["/bin/ls", "-la", "/usr"],
    ["/bin/sh", "-c", "echo hi; cd /; umask 077; test -d /etc"],
    ["/usr/bin/python3", "-c",
     "import socket, select, time, resource\n"
     "a, b = socket.socketpair()\n"
     "a.send(b'hello'); select.select([b], [], [], 1); b.recv(9)\n"
     "p = select.epoll(); p.register(b, 1); p.poll(0.001); time.sleep(0.01)\n"
     "resource.getrlimit(3)\n"],
]
SAME = [
    (r" +=", " ="),
    (r"0x[0-9a-f]{6,}", "ADDR"),
    (r"(getrandom)\(.*?, ", r"\1(..., "),
    (r"(set_tid_address\(ADDR\)|get(p|pp|t)id\(\)|getpgrp\(\)) = \d+",
     r"\1 = PID"),
    (r"(tv_n?u?sec|st_size|f_\w+|uptime|loads|\w+ram|procs)=[\[\d, \]]+",
     r"\1=N"),
    (r"/\* \d+ entries \*/", "/* N entries */"),
]


def lines(argv):
    """What it said, line by line; None if it could not."""
    try:
        done = subprocess.run(["setarch", "-R", *argv], timeout=60,
                              stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE)
    except (OSError, subprocess.TimeoutExpired):
        return None
    text = done.stderr.decode("utf-8", "replace")
    for pattern, same in SAME:
        text = re.sub(pattern, same, text)
    return text.splitlines() if "exited with" in text else None


def main():
    if not shutil.which("strace") or not lines(["strace", "/bin/true"]):
        print("strace does not work here: skipped")
        sys.exit(77)
    failed = 0
    for program in PROGRAMS:
        theirs, ours = lines(["strace", *program]), lines([sys.argv[1],
                                                           *program])
        diff = list(difflib.unified_diff(theirs or [], ours or [], "strace",
                                         "ours", lineterm="", n=0))
        if diff or not ours:
            failed += 1
            print(f"{program[0]}: {len(diff)} lines differ of {len(theirs)}")
            print("\n".join(diff[:40]))
        else:
            print(f"{program[0]}: {len(ours)} lines agree")
    print(f"{len(PROGRAMS) - failed} passed, {failed} failed")
    sys.exit(bool(failed))


main()
