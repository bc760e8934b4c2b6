#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Check that each header compiles alone, twice in a row.

    headers.py ROOT [CC]

Kernel headers are compiled as the kernel is: freestanding.
"""
import concurrent.futures, os, pathlib, subprocess, sys

from common import files, finish
from layers import KERNEL, UNITS, unit_of

COMMON = ["-std=gnu11", "-fsyntax-only", "-Wall", "-Wextra", "-Werror",
          "-Wstrict-prototypes", "-Wno-override-init", "-Wno-unused-function",
          "-x", "c", "-"]
FREESTANDING = ["-ffreestanding", "-mgeneral-regs-only"]
HOSTED = ["-D_GNU_SOURCE"]


def check(cc, root, rel):
    unit = unit_of(rel)
    hosted = unit is None or UNITS[unit][0] != KERNEL
    flags = HOSTED if hosted else FREESTANDING
    if "clang" in os.path.basename(cc[-1]):
        flags = flags + ["-Wno-initializer-overrides"]
    source = f'#include "{rel}"\n#include "{rel}"\n'
    done = subprocess.run([*cc, "-I", str(root), *flags, *COMMON],
                          input=source, capture_output=True, text=True,
                          cwd=root)
    if done.returncode:
        first = next((line for line in done.stderr.splitlines()
                      if "error" in line), done.stderr.strip()[:200])
        return f"{rel}:1: does not compile alone: {first}"
    return None


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    cc = (sys.argv[2] if len(sys.argv) > 2 else
          os.environ.get("CC", "cc")).split()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda rel: check(cc, root, rel),
                           files(root, ".h"))
    finish(r for r in results if r)


if __name__ == "__main__":
    main()
