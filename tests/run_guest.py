#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run guest tests in guests of viv; each gets a guest of its own.  TAP.

    run_guest.py [OPTIONS] [NAME...]

A test is a static program.  It runs as the guest's first process, as guest
root, in an empty directory; it passes if it exits with 0 and says nothing,
is skipped if it exits with 77.  ROOT is a directory of the host that holds the
embedded guest's files, or the embedded guest itself (--embedded).

tests/guest/known-failures.txt names tests that are known to fail: "NAME
TRACER|* REASON".  They count as skipped; one that passes is a failure.
"""
import concurrent.futures, os, shutil, sys, threading

from place import TOP, Place, options, user_missing


def parse_options():
    p = options(__doc__.splitlines()[0])
    p.add_argument("--embedded", action="store_true",
                   help="run in the embedded guest, on tmpfs")
    p.add_argument("--jobs", type=int, default=os.cpu_count())
    p.add_argument("--timeout", type=int, default=40)
    p.add_argument("--option", action="append", default=[],
                   help="another option for viv run")
    p.add_argument("names", nargs="*", help="tests (default: all)")
    return p.parse_args()


def known_failures(tracer):
    known = {}
    path = TOP / "tests/guest/known-failures.txt"
    for line in path.read_text().splitlines() if path.exists() else []:
        words = line.split(None, 2)
        if line.startswith("#") or not words:
            continue
        if len(words) < 3:
            sys.exit(f"{path}: {words[0]}: no reason given")
        if words[1] in ("*", tracer):
            known[words[0]] = words[2]
    return known


def lay_out(opt, names):
    """A place whose ROOT holds the tests, and an empty folder for each."""
    place = Place(opt.build, opt.user)
    (place.root / "tests").mkdir()
    (place.root / "t").mkdir()
    for name in names:
        shutil.copy2(opt.build / "tests/guest" / name, place.root / "tests")
        (place.root / "t" / name).mkdir()
        (place.top / f"{name}.log").touch()
    place.hand_over()
    return place


def command(place, opt, name):
    cmd = [place.viv, "run", f"--tracer={opt.tracer}", "--no-stdin",
           f"--log-file={place.top}/{name}.log", f"--timeout={opt.timeout}",
           "--memory=1g", *opt.option]
    if opt.embedded:
        return [*cmd, "-v", f"{place.root}/tests:/tests:ro", "--", "/bin/sh",
                "-c", 'mkdir /t && cd /t && exec "$0"', f"/tests/{name}"]
    return [*cmd, "-w", f"/t/{name}", place.root, f"/tests/{name}"]


def run_one(place, opt, name):
    """(result, text): result is passed, failed or skipped."""
    status, out, err = place.run(command(place, opt, name), opt.timeout + 20)
    out += err
    if status == 77:
        return "skipped", out.strip().removeprefix("skipped: ")
    if status == 0 and not out:
        return "passed", ""
    log = place.top / f"{name}.log"
    tail = log.read_text(errors="replace").splitlines()[-40:]
    return "failed", "\n".join([f"status {status}, said:", out[-4000:],
                                "log:", *tail])


def verdict(n, name, result, text, known):
    if known is not None and result == "failed":
        return True, f"ok {n} - {name} # SKIP known failure: {known}"
    if known is not None and result == "passed":
        return False, f"not ok {n} - {name}\n# passes: known-failures.txt " \
                      "says it would not"
    if result == "skipped":
        return True, f"ok {n} - {name} # SKIP {text}"
    if result == "passed":
        return True, f"ok {n} - {name}"
    return False, "\n".join([f"not ok {n} - {name}",
                             *(f"# {line}" for line in text.splitlines())])


def main():
    opt = parse_options()
    names = opt.names or sorted(
        p.name for p in (opt.build / "tests/guest").iterdir()
        if p.is_file() and os.access(p, os.X_OK))
    why_not = user_missing(opt.user)
    if why_not:
        print(f"1..1\nok 1 - all # SKIP {why_not}")
        return 0
    known = known_failures(opt.tracer)
    place, lock, ok = lay_out(opt, names), threading.Lock(), True
    print(f"TAP version 13\n1..{len(names)}", flush=True)
    numbers = iter(range(1, len(names) + 1))

    def job(name):
        nonlocal ok
        result, text = run_one(place, opt, name)
        with lock:
            good, line = verdict(next(numbers), name, result, text,
                                 known.get(name))
            print(line, flush=True)
            ok = ok and good

    try:
        with concurrent.futures.ThreadPoolExecutor(opt.jobs) as pool:
            list(pool.map(job, names))
    finally:
        place.remove()
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
