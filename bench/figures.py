# SPDX-License-Identifier: MIT
"""Figures and what is made of them.

A result is a dictionary, as run.py writes it to a file:

    rounds   [{system: {row: microseconds}}], systems side by side in a round
    absent   {system: {row: why}}: what a system can't do; row "*": anything
    counts   {system: {row: {"calls", "signals", "switches",
             "faults", "n"}}}
    whole    {system: {"boot", "idle memory", "idle cpu"}}: ms, MiB, percent
    about    {"host", "cpus", "date", "version", "calls by", ...}

A row is known by its name; the names of RATES are shown as work a second.
"""
import statistics

from systems import BACK_ENDS

COUNTS = ("calls", "signals", "switches", "faults")
RATES = (("bandwidth", "MiB/s"), ("redis", "req/s"))


def parse_micro(text):
    """({row: microseconds}, {row: why not}) of what micro printed."""
    figures, absent = {}, {}
    for line in text.splitlines():
        fields = line.split("\t")
        if len(fields) == 2:
            figures[fields[0]] = float(fields[1]) / 1000
        elif len(fields) == 3 and fields[1] == "-":
            absent[fields[0]] = fields[2]
    return figures, absent


def rate_unit(row):
    """What a row's figure is counted in, if it is a rate; else None."""
    return next((unit for word, unit in RATES if word in row), None)


def rows_of(result):
    """All rows, in the order they were measured."""
    rows = {}
    for figures in result["rounds"]:
        for system in figures.values():
            rows.update(dict.fromkeys(system))
    return list(rows)


def systems_of(result):
    found = {}
    for figures in [*result["rounds"], result.get("counts", {}),
                    result.get("whole", {})]:
        found.update(dict.fromkeys(figures))
    return list(found)


def series(result, system, row):
    return [figures[system][row] for figures in result["rounds"]
            if row in figures.get(system, {})]


def median(result, system, row):
    """Microseconds, or None."""
    found = series(result, system, row)
    return statistics.median(found) if found else None


def ratios(result, system, row):
    """How many times native's, in each round that has both."""
    return [figures[system][row] / figures["native"][row]
            for figures in result["rounds"]
            if row in figures.get(system, {})
            and figures.get("native", {}).get(row)]


def ratio(result, system, row):
    """The median of the ratios to native of the same round, or None."""
    found = ratios(result, system, row)
    return statistics.median(found) if found else None


def spread(values):
    """How far values lie from their median, as a share of it: the median of
    that, so that one bad round counts for nothing."""
    if len(values) < 2:
        return 0.0
    middle = statistics.median(values)
    return statistics.median(abs(v - middle) for v in values) / middle


def regressions(old, new, threshold=0.15):
    """[(system, row, what, old, new)] of what became worse in viv.

    A time: its ratio to native has grown by more than @threshold, and by more
    than three times what either result's rounds differ among themselves.  A
    count: by more than @threshold and by half a call, signal, switch or fault."""
    found = []
    for system in systems_of(new):
        for row in rows_of(new):
            before, after = ratios(old, system, row), ratios(new, system, row)
            if system not in BACK_ENDS or not before or not after:
                continue
            a, b = statistics.median(before), statistics.median(after)
            noise = 3 * max(spread(before), spread(after))
            if b > a * (1 + max(threshold, noise)):
                found.append((system, row, "time", a, b))
    return found + worse_counts(old, new, threshold) + worse_whole(
        old, new, threshold)


def worse_counts(old, new, threshold):
    found = []
    for system, rows in new.get("counts", {}).items():
        for row, counts in rows.items():
            before = old.get("counts", {}).get(system, {}).get(row, {})
            for what in COUNTS:
                a, b = before.get(what), counts.get(what)
                if system not in BACK_ENDS or a is None or b is None:
                    continue
                if b > a * (1 + threshold) and b > a + 0.5:
                    found.append((system, row, what, a, b))
    # Counted in another way, all but these are something else.
    if old["about"].get("calls by") != new["about"].get("calls by"):
        found = [f for f in found if f[2] == "switches"]
    return found


def worse_whole(old, new, threshold):
    found = []
    for system, values in new.get("whole", {}).items():
        for what, b in values.items():
            a = old.get("whole", {}).get(system, {}).get(what)
            if system in BACK_ENDS and a is not None and (
                    b > a * (1 + 2 * threshold) + 0.1):
                found.append((system, what, "whole", a, b))
    return found
