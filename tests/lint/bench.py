#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Show that what bench/ makes of its figures is right: what it reads, medians
and ratios, tables, the chart, and what `compare` calls worse.  Nothing is
timed here.

    bench.py ROOT
"""
import copy, json, pathlib, re, subprocess, sys, tempfile, xml.etree.ElementTree

ROOT = pathlib.Path(sys.argv[1]).resolve()
sys.path.insert(0, str(ROOT / "bench"))
import counts, figures, goals, macro, report, systems

ROW, RATE = "stat", "pipe bandwidth"


def result(native, ours, calls=3.0, boot=40.0):
    """Rounds of these times in microseconds."""
    return {"about": {"host": "h", "cpus": 2, "date": "d", "version": "v",
                      "calls by": "perf"},
            "rounds": [{"native": {ROW: n, RATE: 100.0},
                        "seccomp": {ROW: o, RATE: 200.0}}
                       for n, o in zip(native, ours)],
            "absent": {"seccomp": {"TCP": "not there"}},
            "counts": {"seccomp": {ROW: {"n": 9, "calls": calls, "faults": 0.0,
                                         "signals": 1.0, "switches": 2.0}}},
            "whole": {"seccomp": {"boot": boot}}}


STEADY = result([1, 2, 1], [10, 20, 10])

CHECK = """\
memfd            ok   sparse memfds
seccomp          ok   works
ptrace           no   forbidden
ptrace-nullify   ok   works
guest memory          12 MiB
viv run would use the seccomp tracer.
"""
PERF = """\
# started on Sun

2904,,raw_syscalls:sys_enter,1,100.00,,
1001,,signal:signal_deliver,1,100.00,,
48,,page-faults,1,100.00,43.000,K/sec
"""
STRACE = """\
% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 60.00    0.004212           1      2000       285 futex
  0.00    0.000000           0         1           signalfd4
------ ----------- ----------- --------- --------- ----------------
100.00    0.264849          91      2904       285 total
"""


def without(key):
    bad = copy.deepcopy(STEADY)
    del bad[key]
    return bad


def compare(tmp, old, new, *more):
    """(status, output) of bench/compare."""
    for name, what in (("old", old), ("new", new)):
        (tmp / name).write_text(json.dumps(what))
    done = subprocess.run([sys.executable, ROOT / "bench/compare", *more,
                           tmp / "old", tmp / "new"], capture_output=True,
                          text=True)
    return done.returncode, done.stdout + done.stderr


def parsing():
    got = figures.parse_micro("stat\t1500.0\nTCP\t-\tTCP: no\n\nnoise\n")
    yield "micro's lines", got == ({"stat": 1.5}, {"TCP": "TCP: no"})
    yield "what viv check prints", (
        systems.back_ends(CHECK) == ["seccomp", "ptrace-nullify"])
    yield "a back end that is not there yet", systems.back_ends("") == []
    yield "what perf stat writes", (
        counts.of_perf(PERF) == {"calls": 2904, "signals": 1001, "faults": 48})
    yield "perf without the right", counts.of_perf(
        "<not supported>,,raw_syscalls:sys_enter,0,0,,") == {}
    yield "what strace -c writes", (
        counts.of_strace(STRACE) == {"calls": 2904})
    yield "strace that wrote nothing", counts.of_strace("") == {}
    warm = {"calls": 100, "signals": 0, "switches": 10, "faults": None}
    whole = {"calls": 3100, "signals": 1000, "switches": 2010, "faults": None}
    yield "counts are of one operation", counts.difference(
        warm, whole, 1000) == {"n": 1000, "calls": 3.0, "signals": 1.0,
                               "switches": 2.0, "faults": None}
    yield "the macro cases", {"forks", "gcc", "tar", "redis"} <= set(
        macro.cases())


def summing_up():
    yield "ratios are those of a round", figures.ratios(
        result([1, 4, 1], [10, 20, 30]), "seccomp", ROW) == [10, 5, 30]
    yield "the median of them", figures.ratio(
        result([1, 4, 1], [10, 20, 30]), "seccomp", ROW) == 10
    yield "a row that one round lacks", figures.ratio(
        {"rounds": [{"native": {ROW: 1}, "seccomp": {ROW: 2}},
                    {"native": {ROW: 1}, "seccomp": {}}]},
        "seccomp", ROW) == 2
    yield "a row that native lacks", figures.ratio(
        {"rounds": [{"native": {}, "seccomp": {ROW: 2}}]},
        "seccomp", ROW) is None
    table = report.markdown(STEADY)
    yield "the table: a time", "| stat | 1 us | 10x (10 us) |" in table
    yield "the table: a rate is work a second", (
        "| pipe bandwidth | 10,000 MiB/s | 0.50x (5,000 MiB/s) |" in table)
    yield "the table: counts", "| stat | 3 / 1 / 2 / 0 |" in table
    yield "the table: what is not there", (
        "Not there: seccomp, TCP: not there" in table)
    chart = xml.etree.ElementTree.fromstring(report.svg(STEADY))
    titles = [e.text for e in chart.iter() if e.tag.endswith("title")]
    yield "the chart is XML with a bar a figure", (
        titles == ["stat, seccomp: 10x", "pipe bandwidth, seccomp: 2.00x"])
    empty = {**STEADY, "rounds": [], "counts": {}, "whole": {}, "absent": {}}
    yield "nothing measured", "<svg" in report.svg(empty) and (
        report.markdown(empty))


def rivals(**times):
    """A round with native at 1 us."""
    return {"rounds": [{"native": {ROW: 1.0, RATE: 1.0}, **{
        name: {ROW: t, RATE: t} for name, t in times.items()}}],
        "whole": {"seccomp": {"boot": 61, "idle memory": 8}}}


def goals_of():
    checked, missed = goals.missed(rivals(direct=1.45, seccomp=9, UML=10))
    yield "goals: what is reached, and what is not", checked == 6 and (
        missed == ["direct: pipe bandwidth: 0.69x the rate (0.70x the rate)",
                   "seccomp: boot: 61 (60)"])
    checked, missed = goals.missed(rivals(seccomp=9, UML=10, gVisor=8))
    yield "goals: faster than all peers", (
        "seccomp: stat: 9.00x (8.00x, gVisor's)" in missed)
    checked, missed = goals.missed(rivals(seccomp=9))
    yield "goals: no peers, nothing to say", checked == 2
    done = subprocess.run(["sed", "-n", r's/^\t{"\([^"]*\)".*/\1/p',
                           *(ROOT / "bench/micro").glob("*.c")],
                          capture_output=True, text=True, check=True)
    names = done.stdout.splitlines() + [
        m[1] for m in re.finditer(r'(?:timed|redis) "([^"]*)"',
                                  (ROOT / "bench/macro.sh").read_text())]
    idle = [pattern for pattern, *_ in goals.ROWS
            if not any(re.fullmatch(pattern, name) for name in names)]
    yield f"goals: each has rows {idle}", len(names) > 50 and not idle


# (what, old, new, options, status, what compare must say)
COMPARED = [
    ("the same", STEADY, STEADY, [], 0, "0 worse"),
    ("slower", STEADY, result([1, 2, 1], [13, 26, 13]), [], 1,
     "worse: seccomp: stat: time 10x -> 13x"),
    ("slower than the threshold allows, or not", STEADY,
     result([1, 2, 1], [13, 26, 13]), ["--threshold", "0.5"], 0, "0 worse"),
    ("faster", STEADY, result([1, 2, 1], [5, 10, 5]), [], 0, "0 worse"),
    ("a slower host", STEADY, result([2, 4, 2], [20, 40, 20]), [], 0,
     "0 worse"),
    ("noise", result([1, 1, 1], [8, 10, 12]), result([1, 1, 1], [9, 13, 16]),
     [], 0, "0 worse"),
    ("one bad round", STEADY, result([1, 1, 1], [10, 10, 500]), [], 0,
     "0 worse"),
    ("more host calls", STEADY, result([1, 2, 1], [10, 20, 10], calls=5), [],
     1, "worse: seccomp: stat: calls 3 -> 5"),
    ("a fraction of a call", STEADY,
     result([1, 2, 1], [10, 20, 10], calls=3.4), [], 0, "0 worse"),
    ("a slower boot", STEADY, result([1, 2, 1], [10, 20, 10], boot=90), [],
     1, "worse: seccomp: boot: whole 40 -> 90"),
    ("calls counted in another way", STEADY,
     {**result([1, 2, 1], [10, 20, 10], calls=9),
      "about": {"calls by": "strace"}}, [], 0, "0 worse"),
    ("a file that is no result", STEADY, without("rounds"), [], 2,
     "no result of run.py"),
    ("few rounds", STEADY, result([1], [13]), [], 1, "may be noise"),
    ("counts alone", STEADY, {**STEADY, "rounds": []}, [], 0,
     "0 worse; compared: seccomp"),
    ("no system in both", STEADY, {"about": {}, "rounds": [{}]}, [], 2,
     "no back end is in both"),
]


def main():
    cases = [*parsing(), *summing_up(), *goals_of()]
    with tempfile.TemporaryDirectory() as tmp:
        for what, old, new, options, status, says in COMPARED:
            got = compare(pathlib.Path(tmp), old, new, *options)
            cases.append((f"compare: {what}",
                          got[0] == status and says in got[1]))
    print(f"TAP version 13\n1..{len(cases)}")
    for n, (what, ok) in enumerate(cases, 1):
        print(f"{'ok' if ok else 'not ok'} {n} - {what}")
    sys.exit(not all(ok for _, ok in cases))


if __name__ == "__main__":
    main()
