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
import argparse, concurrent.futures, os, pathlib, pwd, shutil
import subprocess, sys, tempfile, threading

TOP = pathlib.Path(__file__).resolve().parent.parent


def options():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--build", default=TOP / "b", type=pathlib.Path,
                   help="build directory (default: b)")
    p.add_argument("--tracer", default="auto")
    p.add_argument("--user", help="if we are root, run viv as this user")
    p.add_argument("--embedded", action="store_true",
                   help="run in the embedded guest, on tmpfs")
    p.add_argument("--jobs", type=int, default=os.cpu_count())
    p.add_argument("--timeout", type=int, default=60)
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


def user_missing(user):
    """Why viv can't be run as @user; None if it can."""
    if user and os.getuid() != 0:
        return "not root: the other runs are an ordinary user's already"
    try:
        user and pwd.getpwnam(user)
    except KeyError:
        return f"there is no user {user}: useradd --system {user}"
    return None


class Place:
    """Where a run's files are: readable for the user viv runs as."""

    def __init__(self, opt, names):
        self.opt = opt
        self.who = pwd.getpwnam(opt.user) if opt.user else None
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="viv-guest-"))
        self.viv = self.top / "bin/viv"
        (self.top / "bin").mkdir()
        (self.top / "share/viv").mkdir(parents=True)
        shutil.copy2(opt.build / "cli/viv", self.viv)
        archive = opt.build / "rootfs/rootfs.cpio"
        shutil.copy2(archive, self.top / "share/viv")
        self.root = self.top / "root"
        self.root.mkdir()
        subprocess.run([sys.executable, TOP / "rootfs/pack.py",
                        TOP / "rootfs/manifest", self.root,
                        f"init={opt.build / 'rootfs/init'}",
                        f"busybox={shutil.which('busybox')}"], check=True)
        tests = self.root / "tests"
        tests.mkdir()
        (self.root / "t").mkdir()
        for name in names:
            shutil.copy2(opt.build / "tests/guest" / name, tests / name)
            (self.root / "t" / name).mkdir()
        if self.who:
            subprocess.run(["chown", "-R", f"{self.who.pw_uid}:"
                            f"{self.who.pw_gid}", self.top], check=True)

    def command(self, name, log):
        opt = self.opt
        cmd = [self.viv, "run", f"--tracer={opt.tracer}", "--no-stdin",
               f"--log-file={log}", f"--timeout={opt.timeout}",
               "--memory=1g", *opt.option]
        if opt.embedded:
            return [*cmd, "-v", f"{self.root}/tests:/tests:ro", "--",
                    "/bin/sh", "-c", 'mkdir /t && cd /t && exec "$0"',
                    f"/tests/{name}"]
        return [*cmd, "-w", f"/t/{name}", self.root, f"/tests/{name}"]

    def as_user(self):
        if not self.who:
            return {}
        return {"user": self.who.pw_uid, "group": self.who.pw_gid,
                "extra_groups": []}

    def remove(self):
        subprocess.run(["chmod", "-R", "u+rwx", self.top],
                       stderr=subprocess.DEVNULL)
        shutil.rmtree(self.top, ignore_errors=True)


def run_one(place, name):
    """(result, text): result is passed, failed or skipped."""
    log = place.top / f"{name}.log"
    log.touch()
    if place.who:
        os.chown(log, place.who.pw_uid, place.who.pw_gid)
    env = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
    try:
        done = subprocess.run(place.command(name, log), env=env,
                              cwd=place.top, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT,
                              timeout=place.opt.timeout + 20,
                              **place.as_user())
        status, out = done.returncode, done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired as e:
        status, out = "timeout of viv itself", (e.stdout or b"").decode(
            errors="replace")
    if status == 77:
        return "skipped", out.strip().removeprefix("skipped: ")
    if status == 0 and not out:
        return "passed", ""
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
    opt = options()
    names = opt.names or sorted(
        p.name for p in (opt.build / "tests/guest").iterdir()
        if p.is_file() and os.access(p, os.X_OK))
    why_not = user_missing(opt.user)
    if why_not:
        print(f"1..1\nok 1 - all # SKIP {why_not}")
        return 0
    known = known_failures(opt.tracer)
    place, lock, ok = Place(opt, names), threading.Lock(), True
    print(f"TAP version 13\n1..{len(names)}", flush=True)
    numbers = iter(range(1, len(names) + 1))

    def job(name):
        nonlocal ok
        result, text = run_one(place, name)
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
