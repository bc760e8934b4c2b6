#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run the scenarios in a Debian root file system.  TAP.

    run.py [--build DIR] [--tracer NAME] [--user NAME] [SCENARIO...]
    run.py --record [SCENARIO...]

A scenario is a script of scenarios/; beside it lies what it prints on Linux
(NAME.out), as `--record` writes it: that runs the scripts on this host, by
chroot, and so needs root.  Here they run in guests, as guest root, on a
Debian that belongs to whoever runs viv.  SCENARIO is the start of a name.
"""
import hashlib, os, pathlib, random, shutil, subprocess, sys, tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from place import Place, Tap, options, user_missing

GIB = 1 << 30


def scenarios(wanted):
    for script in sorted((HERE / "scenarios").glob("*.sh")):
        if not wanted or any(script.name.startswith(w) for w in wanted):
            yield script


def add_scripts(root):
    """The scripts and the program they build, as /scenarios."""
    target = root / "scenarios"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(HERE / "scenarios", target)
    shutil.copytree(HERE / "prog", target / "prog")


def build_root(where, as_user=None):
    done = subprocess.run([HERE / "build.sh", where], **(as_user or {}),
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True)
    return done.stderr.strip() if done.returncode else None


def record(wanted):
    """Write the .out files: what the scripts print on this host."""
    top = pathlib.Path(tempfile.mkdtemp(prefix="viv-debian-"))
    root = top / "root"
    why = build_root(root)
    if why:
        sys.exit(why)
    add_scripts(root)
    inside = ('mount -t proc proc "$0/proc"; mount -t tmpfs tmpfs "$0/tmp"; '
              'mount --rbind /dev "$0/dev"; exec chroot "$0" "$1"')
    try:
        for script in scenarios(wanted):
            done = subprocess.run(
                ["unshare", "--mount", "--pid", "--fork", "sh", "-c", inside,
                 root, f"/scenarios/{script.name}"], env=guest_environment(),
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT)
            script.with_suffix(".out").write_bytes(done.stdout)
            print(f"{script.name}: status {done.returncode}, "
                  f"{len(done.stdout)} bytes")
    finally:
        shutil.rmtree(top)


def guest_environment():
    return {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
                    "/sbin:/bin", "HOME": "/root"}


class Runner:
    def __init__(self, place, opt, root):
        self.place, self.opt, self.root = place, opt, root

    def guest(self, *cmd, timeout=600, extra=()):
        return self.place.run(
            [self.place.viv, "run", f"--tracer={self.opt.tracer}",
             "--no-stdin", f"--timeout={timeout}", *extra, self.root, *cmd],
            timeout + 30)

    def scenario(self, tap, script):
        status, out, err = self.guest(f"/scenarios/{script.name}")
        want = script.with_suffix(".out").read_text(errors="replace")
        same = out + err == want
        tap.case(script.stem, same, "" if same else
                 f"status {status}\n{difference(want, out + err)}")

    def find(self, tap):
        """find / -xdev | wc -l: the host's answer."""
        _, out, err = self.guest("sh", "-c", "find / -xdev | LC_ALL=C sort")
        _, want, _ = self.place.run(
            ["sh", "-c", f"cd {self.root} && find . | sed 's/^\\.$/\\//; "
             "s/^\\.//' | LC_ALL=C sort"])
        tap.case("find / -xdev", out == want,
                 difference(want, out) + err)

    def big_file(self, tap):
        """sha256sum of a file of 1 GiB: the host's answer."""
        digest, part = hashlib.sha256(), random.Random(1).randbytes(1 << 20)
        with open(self.root / "big", "wb") as f:
            for i in range(GIB >> 20):
                data = i.to_bytes(8, "little") + part[8:]
                digest.update(data)
                f.write(data)
        status, out, err = self.guest("sha256sum", "/big")
        tap.case("sha256sum of 1 GiB", out.split()[:1] ==
                 [digest.hexdigest()], f"{status}\n{out}{err}")
        os.unlink(self.root / "big")

    def big_sort(self, tap):
        """sort of 10 million lines: the host's answer."""
        rnd, n = random.Random(2), 10_000_000
        path = self.root / "lines"
        with open(path, "w") as f:
            for _ in range(n // 100_000):
                f.write("\n".join(str(rnd.getrandbits(28)) for _ in
                                  range(100_000)) + "\n")
        want = subprocess.run(f"LC_ALL=C sort {path} | sha256sum",
                              shell=True, capture_output=True, text=True)
        status, out, err = self.guest(
            "sh", "-c", "LC_ALL=C sort /lines | sha256sum")
        tap.case("sort of 10 million lines", out == want.stdout,
                 f"{status}\n{out}{err}")
        os.unlink(path)


def difference(want, got):
    import difflib
    return "\n".join(list(difflib.unified_diff(
        want.splitlines(), got.splitlines(), "linux", "guest",
        lineterm="", n=1))[:60])


def main():
    p = options(__doc__.splitlines()[0])
    p.add_argument("--record", action="store_true")
    p.add_argument("--root", type=pathlib.Path,
                   help="a Debian to use (default: build one)")
    p.add_argument("scenarios", nargs="*")
    opt = p.parse_args()
    if opt.record:
        return record(opt.scenarios)
    tap = Tap()
    why_not = user_missing(opt.user)
    if why_not:
        tap.skip("all", why_not)
        return tap.end()
    place = Place(opt.build, opt.user)
    try:
        root = opt.root or place.top / "debian"
        why_not = None if opt.root else build_root(root)
        if why_not:
            tap.case("build a Debian root file system", False, why_not)
            return tap.end()
        add_scripts(root)
        place.hand_over()
        runner = Runner(place, opt, root)
        for script in scenarios(opt.scenarios):
            runner.scenario(tap, script)
        for name in ("find", "big_file", "big_sort"):
            if not opt.scenarios or name in opt.scenarios:
                getattr(runner, name)(tap)
    finally:
        place.remove()
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
