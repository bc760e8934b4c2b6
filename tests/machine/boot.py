#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""boot.py BOOT TRACER IMAGE: the test image runs, crashes and panics as it
should, and leaves no process behind."""
import subprocess
import sys

boot, tracer, image = sys.argv[1:]


def run(*args):
    p = subprocess.run([boot, tracer, image, *args], text=True, timeout=60,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print(p.stdout, "-> status", p.returncode)
    return p.returncode, p.stdout


status, text = run()
assert status == 42 and "a test image runs" in text
status, text = run("crash")
assert status == 125 and "kernel panic" in text and "image_entry" in text
status, text = run("panic")
assert status == 125 and "as asked" in text and "image_entry" in text
