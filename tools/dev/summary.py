#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Count the cases of several `meson test` runs.

    summary.py [--broken N] TESTLOG.json...

A test that speaks TAP counts for each of its cases, any other for one; a test
that broke off counts for one failure more.  Prints what failed and what was
skipped, and as its last line "N passed, N failed[, N skipped]".  Exits with 1
if anything failed or nothing ran.  --broken adds builds that failed.
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


def main():
    count = collections.Counter()
    shown = collections.defaultdict(list)
    args = sys.argv[1:]
    if args[:1] == ["--broken"]:
        count["failed"] += int(args[1])
        args = args[2:]
    for path in args:
        for line in open(path):
            for result, name, why in cases_of(json.loads(line)):
                count[result] += 1
                if result != "passed":
                    shown[result].append(f"{name}: {why}" if why else name)
    for result in ("skipped", "failed"):
        for text in shown[result]:
            print(f"{result}: {text}")
    tail = f", {count['skipped']} skipped" if count["skipped"] else ""
    print(f"{count['passed']} passed, {count['failed']} failed{tail}")
    sys.exit(count["failed"] > 0 or not count["passed"])


if __name__ == "__main__":
    main()
