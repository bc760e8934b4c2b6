#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""boot.py BOOT FORBID TRACER IMAGE: the test image runs, crashes and panics as it
should, and leaves no process behind."""
import subprocess
import sys

boot, forbid, tracer, image = sys.argv[1:]


def run(*args, wrap=()):
    p = subprocess.run([*wrap, boot, tracer, image, *args], text=True, timeout=60,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print(p.stdout, "-> status", p.returncode)
    return p.returncode, p.stdout


status, text = run()
assert status == 42 and "a test image runs" in text
status, text = run("crash")
assert status == 125 and "kernel panic" in text and "image_entry" in text
status, text = run("panic")
assert status == 125 and "as asked" in text and "image_entry" in text

# Hosts that forbid something.
is_filter = tracer in ("seccomp", "direct")
status, text = run(wrap=[forbid, "io_uring", "--"])
assert status == 42 and "epoll and threads" in text
status, text = run(wrap=[forbid, "memfd", "--"])
assert status == 125 and "memfd_create" in text and text.count("\n") == 1
status, text = run(wrap=[forbid, "ptrace", "--"])
assert status == (42 if is_filter else 125)
assert status == 42 or "ptrace" in text and text.count("\n") == 1
status, text = run(wrap=[forbid, "seccomp", "--"])
assert status == (125 if is_filter else 42)
