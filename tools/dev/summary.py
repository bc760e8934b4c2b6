#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Count the cases of several `meson test` runs.

    summary.py RESULTS
    summary.py --brief TESTLOG.json

RESULTS has a line for each run: "log TESTLOG.json", or "broken NAME: WHY" for
what could not be run.  A test that speaks TAP counts for each of its cases,
any other for one; a test that broke off counts for one failure more, and so
does each broken line.  Prints what was skipped and what failed, and as its
last line "N passed, N failed[, N skipped]".  Exits with 1 if anything failed
or nothing ran.
"""
import collections, json, re, sys

CASE = re.compile(r"^(not )?ok\b\s*\d*\s*-?\s*(.*?)(?:\s+#\s*(\S+)\s*(.*))?$")


def tap_cases(text):
    """[result, name, reason] of each case; None if this is no TAP."""
    if not re.search(r"^(TAP version \d+|1\.\.\d+)", text, re.M):
        return None
    cases, plan = [], None
    for line in text.splitlines():
        if cases and cases[-1][0] == "failed" and re.match(r"# |\s", line):
            cases[-1][2] += "\n    " + line
        m = CASE.match(line)
        if m:
            directive = (m[3] or "").upper()
            result = "skipped" if directive == "SKIP" else \
                "failed" if m[1] else "passed"
            cases.append([result, m[2], m[4] or ""])
        m = re.match(r"1\.\.(\d+)", line)
        if m:
            plan = int(m[1])
    if plan is None or plan > len(cases):
        cases.append(["failed", "broke off", f"{len(cases)} of {plan}"])
    return cases


def cases_of(test):
    name, out = test["name"], test.get("stdout", "")
    bad = test["result"] not in ("OK", "SKIP", "EXPECTEDFAIL")
    cases = tap_cases(out)
    if cases is None:
        if test["result"] == "SKIP":
            why = re.findall(r"^skipped: (.*)", out, re.M)
            return [("skipped", name, why[-1] if why else out.strip())]
        tail = [test["result"], *out.splitlines()[-20:],
                *test.get("stderr", "").splitlines()[-20:]]
        return [("failed" if bad else "passed", name, "\n    ".join(tail))]
    cases = [(r, f"{name}: {n}", why) for r, n, why in cases]
    if bad and not any(r == "failed" for r, _, _ in cases):
        cases.append(("failed", name, test["result"]))
    return cases


class Count:
    def __init__(self):
        self.of = collections.Counter()
        self.shown = collections.defaultdict(list)

    def add(self, result, name, why):
        self.of[result] += 1
        if result != "passed":
            self.shown[result].append(f"{name}: {why}" if why else name)

    def add_log(self, path):
        for line in open(path, errors="replace"):
            try:
                cases = cases_of(json.loads(line))
            except ValueError:
                cases = [("failed", path, "the last line is cut off")]
            for case in cases:
                self.add(*case)

    def line(self):
        tail = f", {self.of['skipped']} skipped" if self.of["skipped"] else ""
        return f"{self.of['passed']} passed, {self.of['failed']} failed{tail}"


def main():
    count = Count()
    if sys.argv[1] == "--brief":
        count.add_log(sys.argv[2])
        print(count.line())
        return
    for line in open(sys.argv[1]):
        kind, _, rest = line.strip().partition(" ")
        if kind == "log":
            count.add_log(rest)
        else:
            name, _, why = rest.partition(": ")
            count.add("failed", name, why)
    for result in ("skipped", "failed"):
        for text in count.shown[result]:
            print(f"{result}: {text}")
    print(count.line())
    sys.exit(count.of["failed"] > 0 or not count.of["passed"])


if __name__ == "__main__":
    main()
