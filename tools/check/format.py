#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Check that C files are formatted as .clang-format says (clang-format 14).

    format.py ROOT [CLANG_FORMAT]

Other versions format differently; exits with 77 (skipped) if there is none of
version 14.  To fix: git ls-files '*.[ch]' | xargs clang-format-14 -i
"""
import re, shutil, subprocess, sys

from common import files, finish


def clang_format():
    for name in sys.argv[2:3] + ["clang-format-14", "clang-format"]:
        path = shutil.which(name)
        if path and "version 14." in subprocess.run(
                [path, "--version"], capture_output=True, text=True).stdout:
            return path
    return None


def main():
    root, tool = sys.argv[1], clang_format()
    if not tool:
        print("skipped: clang-format 14 is not installed")
        sys.exit(77)
    names = files(root, ".c", ".h")
    if not names:
        sys.exit(0)
    out = subprocess.run([tool, "--dry-run", "--style=file", *names],
                         cwd=root, capture_output=True, text=True).stderr
    hits = re.findall(r"^(\S+?):(\d+):\d+: warning: code should be", out,
                      re.M)
    first = {}
    for name, line in hits:
        first.setdefault(name, line)
    finish(f"{name}:{line}: not as .clang-format says"
           for name, line in first.items())


if __name__ == "__main__":
    main()
