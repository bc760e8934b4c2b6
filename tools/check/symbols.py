#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Check that each unit's symbols come from itself and from lower units.

    symbols.py UNIT=LIBRARY.a...

The ranks are those of layers.py, which sees includes only; a hand-written
`extern` would slip by it.  A kernel unit may use nothing that no unit defines
(that would be libc), but for what the linker script provides.
"""
import re, subprocess, sys

from common import finish
from layers import BOTH, KERNEL, UNITS, may_see

LINKER = re.compile(r"^(__(start|stop)_\w+|image_\w+|_GLOBAL_OFFSET_TABLE_)$")


def symbols(library):
    """(defined, undefined) global symbols of a static library."""
    out = subprocess.run(["nm", "-g", library], capture_output=True,
                         text=True, check=True).stdout
    defined, undefined = set(), {}
    member = library
    for line in out.splitlines():
        words = line.split()
        if line.endswith(":"):
            member = line[:-1]
        elif len(words) == 2 and words[0] in "Uwv":
            if words[0] == "U":
                undefined.setdefault(words[1], member)
        elif len(words) == 3:
            defined.add(words[2])
    return defined, {s: m for s, m in undefined.items() if s not in defined}


def shares_program(a, b):
    """Two programs may each have a strlen()."""
    return BOTH in (UNITS[a][0], UNITS[b][0]) or UNITS[a][0] == UNITS[b][0]


def complaints(args):
    libs = dict(a.split("=", 1) for a in args)
    for unit in libs:
        if unit not in UNITS:
            yield f"{unit}: not a unit that layers.py knows"
            return
    tables = {unit: symbols(lib) for unit, lib in libs.items()}
    for unit, (_, undefined) in tables.items():
        for symbol, member in undefined.items():
            owners = [u for u, (defined, _) in tables.items()
                      if symbol in defined and shares_program(unit, u)]
            if any(may_see(unit, o) for o in owners):
                continue
            if owners:
                yield (f"{unit}: {member}: {symbol} belongs to "
                       f"{owners[0]}/, which is not below")
            elif UNITS[unit][0] == KERNEL and not LINKER.match(symbol):
                yield f"{unit}: {member}: {symbol} is in no unit"


if __name__ == "__main__":
    finish(complaints(sys.argv[1:]))
