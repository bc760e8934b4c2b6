#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Check that the kernel image keeps to the arena and to hypercalls.

    image.py IMAGE LAYOUT.H

* static, no interpreter, no dynamic section, no undefined symbol;
* every segment inside [IMAGE_BASE, IMAGE_BASE + IMAGE_MAX), none both
  writable and executable; no thread-local storage;
* no instruction in its text that enters the host's kernel or leaves through
  another door: syscall, sysenter, int (but int3).
"""
import re, subprocess, sys

from common import finish

LEAVES = re.compile(r"\t(?:(?:rex\S*|data16|cs|ds) )*"
                    r"(syscall|sysenter|sysret\w*|int(?!3)|into|lcall|ljmp)\b")


def run(*args):
    return subprocess.run(args, capture_output=True, text=True,
                          check=True).stdout


def layout_value(header, name):
    """A constant of layout.h, worked out by the C preprocessor."""
    out = run("cc", "-E", "-P", "-I", ".", "-include", header, "-x", "c",
              "/dev/null", "-dM")
    macros = dict(re.findall(r"#define (\w+)(?:\(\w+\))? (.*)", out))
    text = macros[name]
    for _ in range(10):
        text = re.sub(r"\b(KiB|MiB|GiB)\((\d+)\)", lambda m: str(
            int(m[2]) << {"KiB": 10, "MiB": 20, "GiB": 30}[m[1]]), text)
        text = re.sub(r"\b[A-Z]\w*\b", lambda m: macros.get(m[0], m[0]), text)
    text = re.sub(r"(?i)\b(0x[0-9a-f]+|\d+)u?l*\b", r"\1", text)
    return eval(text, {"__builtins__": {}})


def complaints(image, header):
    low = layout_value(header, "IMAGE_BASE")
    high = low + layout_value(header, "IMAGE_MAX")
    for line in run("readelf", "-lW", image).splitlines():
        words = line.split()
        if not words:
            continue
        if words[0] in ("INTERP", "DYNAMIC", "TLS"):
            yield f"{image}: has a {words[0]} segment"
        if words[0] != "LOAD":
            continue
        start, size = int(words[2], 16), int(words[5], 16)
        flags = "".join(words[6:-1])
        if start < low or start + size > high:
            yield (f"{image}: segment {start:#x}+{size:#x} is outside "
                   f"{low:#x}..{high:#x}")
        if "W" in flags and "E" in flags:
            yield f"{image}: segment {start:#x} is writable and executable"
    for symbol in run("nm", "-u", image).split():
        if symbol not in ("U", "w", "v"):
            yield f"{image}: {symbol} is undefined"
    function = "?"
    for line in run("objdump", "-d", "--no-show-raw-insn",
                    image).splitlines():
        m = re.match(r"^[0-9a-f]+ <(.+)>:$", line)
        function = m[1] if m else function
        m = LEAVES.search(line)
        if m:
            yield f"{image}: {function}: '{m[1]}' instruction"


if __name__ == "__main__":
    finish(complaints(*sys.argv[1:]))
