#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Check the system call table against the tree and the host's numbers.

Numbers in order, once each; names as the host's <asm/unistd_64.h> has them
and none of its calls forgotten; argument kinds known; a handler and a guest
test for each row (the note may say "tested by NAME"); a note where support is
partial; no handler for what is absent.

usage: table.py ROOT [--missing-handlers]
"""
import pathlib, re, sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import common, rows

UNISTD = "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"
TABLE, ABSENT = "syscalls/syscalls.def", "syscalls/absent.def"


def where(row):
    return f"{ABSENT if row.is_absent else TABLE}:{row.line}: {row.name}: "


def host_numbers():
    try:
        text = pathlib.Path(UNISTD).read_text()
    except OSError:
        return {}
    return {m[1]: int(m[2])
            for m in re.finditer(r"#define __NR_(\w+) (\d+)", text)}


def handlers(root):
    found = set()
    for path in common.files(root, ".c"):
        if path.startswith("tests/"):
            continue
        text = (pathlib.Path(root) / path).read_text()
        found.update(re.findall(r"^sys_(\w+)\(", text, re.M))
    return found


def order(table):
    last = -1
    for row in table:
        if row.nr <= last:
            yield where(row) + f"number {row.nr} is out of order"
        last = row.nr


def against_host(both):
    host = host_numbers()
    ours = {row.name: row for row in both}
    for row in both:
        if row.name in host and host[row.name] != row.nr:
            yield where(row) + f"the host's number is {host[row.name]}"
        if row.name not in host and row.nr in host.values():
            yield where(row) + "the host has another name for it"
    for name, nr in sorted(host.items(), key=lambda item: item[1]):
        if name not in ours:
            yield f"{TABLE}:1: {nr} {name}: neither here nor in absent.def"


def complaints(root):
    table, gone = list(rows.rows(root)), list(rows.absent(root))
    known, written = set(rows.kinds(root)), handlers(root)
    numbers = {}
    yield from order(table)
    yield from order(gone)
    yield from against_host(table + gone)
    for row in table + gone:
        if row.nr in numbers:
            yield where(row) + f"{row.nr} is {numbers[row.nr]} already"
        numbers[row.nr] = row.name
    for row in table:
        for kind, name in row.args:
            if kind not in known:
                yield where(row) + f"argument {name}: no kind {kind}"
        if row.name not in written:
            yield where(row) + f"nobody has written sys_{row.name}()"
        if not (pathlib.Path(root) / f"tests/guest/{row.test}.c").is_file():
            yield where(row) + f"no tests/guest/{row.test}.c"
        if row.support == "SUP_PARTIAL" and not row.said:
            yield where(row) + "partial, but the note does not say how"
    for row in gone:
        if row.name in written:
            yield where(row) + f"absent, yet there is sys_{row.name}()"
        if not row.note:
            yield where(row) + "absent, but the note does not say why"


def main():
    root = sys.argv[1]
    if "--missing-handlers" in sys.argv[2:]:
        written = handlers(root)
        print(*(row.name for row in rows.rows(root)
                if row.name not in written))
        return
    common.finish(complaints(root))


if __name__ == "__main__":
    main()
