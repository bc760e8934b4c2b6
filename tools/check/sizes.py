#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Check that files, functions and their nesting stay small.

    sizes.py ROOT

A file has at most 600 lines (tables, *.def, are exempt), a function at most
80, four levels of braces (its own and three more) and, unless it is a system
call handler or lies in tests/, six parameters, as many as registers hold.  A
waiver is a line in tools/check/sizes.allow:

    FILE                REASON...
    FILE:FUNCTION       REASON...
"""
import pathlib, re, sys

from common import files, finish

FILE_LINES, FUNCTION_LINES, BRACES, PARAMETERS = 600, 80, 4, 6
# House style: a definition's name starts its line, its body is between a
# brace alone in column 0 and the next.
NAME = re.compile(r"^([A-Za-z_]\w*)\(")
NOISE = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])+\'|//.*|/\*.*?\*/')


def waivers(root):
    allow = pathlib.Path(root) / "tools/check/sizes.allow"
    if not allow.exists():
        return {}, []
    good, bad = {}, []
    for n, line in enumerate(allow.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        what, _, why = line.partition(" ")
        if why.strip():
            good[what] = False
        else:
            bad.append(f"tools/check/sizes.allow:{n}: {what}: no reason given")
    return good, bad


def functions(lines):
    """(name, line number, parameters, body lines) of each definition."""
    n = 0
    while n < len(lines):
        m = NAME.match(lines[n])
        if not m:
            n += 1
            continue
        start, head = n, ""
        while n < len(lines) and lines[n] != "{" and \
                not lines[n].rstrip().endswith(";"):
            head += " " + lines[n].strip()
            n += 1
        if n >= len(lines) or lines[n] != "{":
            n += 1
            continue
        body = n
        while n < len(lines) and lines[n] != "}":
            n += 1
        yield m[1], start + 1, parameters(head), lines[body:n + 1]


def parameters(head):
    """How many parameters a definition's head declares."""
    depth, count = 0, 1
    inside = head[head.index("("):]
    for c in inside:
        depth += (c == "(") - (c == ")")
        if depth == 0:
            break
        count += c == "," and depth == 1
    return count


def nesting(body):
    depth = deepest = 0
    for line in body:
        for c in NOISE.sub("", line):
            if c == "{":
                depth += 1
                deepest = max(deepest, depth)
            elif c == "}":
                depth -= 1
    return deepest


def complaints(root):
    allowed, bad = waivers(root)
    yield from bad

    def waived(key):
        if key in allowed:
            allowed[key] = True
            return True
        return False

    for rel in files(root, ".c", ".h", ".S", ".py", ".sh"):
        lines = (pathlib.Path(root) / rel).read_text().splitlines()
        if len(lines) > FILE_LINES and not waived(rel):
            yield f"{rel}:1: {len(lines)} lines (limit {FILE_LINES})"
        if not rel.endswith((".c", ".h")):
            continue
        for name, n, params, body in functions(lines):
            where = f"{rel}:{n}: {name}(): "
            free = name.startswith("sys_") or rel.startswith("tests/")
            problems = []
            if len(body) > FUNCTION_LINES:
                problems.append(f"{len(body)} lines (limit {FUNCTION_LINES})")
            if nesting(body) > BRACES:
                problems.append(f"braces {nesting(body)} deep "
                                f"(limit {BRACES})")
            if params > PARAMETERS and not free:
                problems.append(f"{params} parameters (limit {PARAMETERS})")
            if problems and not waived(f"{rel}:{name}"):
                yield where + ", ".join(problems)
    for key, used in allowed.items():
        if not used:
            yield f"tools/check/sizes.allow:1: {key}: needs no waiver"


if __name__ == "__main__":
    finish(complaints(sys.argv[1]))
