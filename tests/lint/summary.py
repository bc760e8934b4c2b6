#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Show that tools/dev/summary.py counts every case, and everything that went
wrong as a failure.

    summary.py ROOT
"""
import json, pathlib, subprocess, sys, tempfile

TAP = "TAP version 13\n"

# (what, tests of a log, lines for what broke, what must be printed last,
# what must be printed too)
CASES = [
    ("a test counts as one", [("OK", "")], [], "1 passed, 0 failed", None),
    ("a TAP test counts as its cases", [("OK", TAP + "1..2\nok 1 - a\nok 2\n")],
     [], "2 passed, 0 failed", None),
    ("skipped cases", [("OK", "1..2\nok 1 - a\nok 2 - b # SKIP no wings\n")],
     [], "1 passed, 0 failed, 1 skipped", "skipped: t0: b: no wings"),
    ("a failed case is shown with what it said",
     [("FAIL", "1..2\nok 1 - a\nnot ok 2 - b\n# said this\n")], [],
     "1 passed, 1 failed", "said this"),
    ("a test that broke off has one failure more",
     [("TIMEOUT", "1..9\nok 1 - a\n")], [], "1 passed, 1 failed",
     "failed: t0: broke off: 1 of 9"),
    ("all cases pass but the status is bad",
     [("FAIL", "1..1\nok 1 - a\n")], [], "1 passed, 1 failed",
     "failed: t0: FAIL"),
    ("a test that fails shows its tail", [("FAIL", "x\nlast words\n")], [],
     "0 passed, 1 failed", "last words"),
    ("a test that is skipped", [("SKIP", "skipped: no wings\n"), ("OK", "")],
     [], "1 passed, 0 failed, 1 skipped", "skipped: t0: no wings"),
    ("what broke is a failure", [("OK", "")], ["build clang: failed"],
     "1 passed, 1 failed", "failed: build clang: failed"),
    ("nothing at all", [], [], "0 passed, 0 failed", None),
]


def main():
    script = pathlib.Path(sys.argv[1]) / "tools/dev/summary.py"
    bad = 0
    print(f"TAP version 13\n1..{len(CASES)}")
    with tempfile.TemporaryDirectory() as tmp:
        log, results = pathlib.Path(tmp, "log"), pathlib.Path(tmp, "results")
        for n, (what, tests, broken, last, said) in enumerate(CASES, 1):
            log.write_text("".join(json.dumps(
                {"name": f"t{i}", "result": r, "stdout": out}) + "\n"
                for i, (r, out) in enumerate(tests)))
            results.write_text(f"log {log}\n" + "".join(
                f"broken {b}\n" for b in broken))
            done = subprocess.run([sys.executable, script, results],
                                  capture_output=True, text=True)
            good = " 0 failed" in last and not last.startswith("0 passed")
            ok = done.stdout.splitlines()[-1:] == [last] and \
                (said is None or said in done.stdout) and \
                (done.returncode == 0) == good
            bad += not ok
            print(f"{'ok' if ok else 'not ok'} {n} - {what}")
            if not ok:
                print("# " + repr(done))
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
