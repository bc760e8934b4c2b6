#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run the scenarios in a Debian root file system.  TAP.

    run.py [--build DIR] [--tracer NAME] [--user NAME] [--ephemeral]
           [SCENARIO...]
    run.py --archive
    run.py --record [SCENARIO...]

`--archive` only fetches what the others need.  With `--ephemeral` guests write
to memory and share a root that stays in the cache; without, to a fresh one.
A scenario is a script of scenarios/; beside it lies what it prints on Linux
(NAME.out), as `--record` writes it: that runs the scripts on this host, by
chroot, and so needs root.  Here they run in guests, as guest root, on a
Debian that belongs to whoever runs viv.  SCENARIO is the start of a name, or
find, checksum, sort; without any, all are run.
"""
import hashlib, os, pathlib, random, shutil, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from place import Tap, in_a_place, options

MIB = 1 << 20
SECONDS = 90  # for a scenario; a quiet machine needs a tenth
CACHE = pathlib.Path("/var/cache/vivarium")


def scenarios(wanted):
    for script in sorted((HERE / "scenarios").glob("*.sh")):
        if not wanted or any(script.name.startswith(w) for w in wanted):
            yield script


def add_scripts(target):
    """The scripts and the program they build."""
    shutil.copytree(HERE / "scenarios", target, dirs_exist_ok=True)
    shutil.copytree(HERE / "prog", target / "prog")


def build_root(where, **as_user):
    """Why @where ("--archive": the archive) could not be made, or None."""
    done = subprocess.run([HERE / "build.sh", where], **as_user,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True)
    return done.stderr.strip() if done.returncode else None


def shared_root(place):
    """(path, why not) of the root in the cache of whom viv runs as.  To make
    one for another user takes root, who lends a folder of its own cache."""
    if place.who:
        cache = CACHE / place.who.pw_name
        cache.mkdir(parents=True, exist_ok=True)
        os.chown(cache, place.who.pw_uid, place.who.pw_gid)
    elif os.getuid() == 0:
        cache = CACHE
    else:
        cache = pathlib.Path(os.environ.get(
            "XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "vivarium"
    why = build_root("--archive") or build_root(
        cache / "debian", **place.as_user(), cwd="/")
    return cache / "debian", why


def private_root(place):
    root = place.top / "debian"
    return root, build_root(root)


def record(wanted):
    """Write the .out files: what the scripts print on this host."""
    top = pathlib.Path(tempfile.mkdtemp(prefix="viv-debian-"))
    root = top / "root"
    why = build_root(root)
    if why:
        sys.exit(why)
    add_scripts(root / "scenarios")
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
        self.late = 0

    def guest(self, *cmd, timeout=SECONDS):
        """(status, all it printed, seconds)"""
        extra = ["--ephemeral"] if self.opt.ephemeral else []
        began = time.monotonic()
        status, out, _ = self.place.run(
            [self.place.viv, "run", f"--tracer={self.opt.tracer}",
             "--no-stdin", f"--timeout={timeout}", *extra, *self.volumes(),
             self.root, *cmd], timeout + 30, stderr=subprocess.STDOUT)
        self.late += status in (124, "timeout")
        return status, out, time.monotonic() - began

    def volumes(self):
        return [f"--volume={self.place.top}/{what}:/{what}:ro"
                for what in ("data", "scenarios")]

    def case(self, tap, what, want, *cmd):
        """@cmd prints @want.  What hangs twice is not tried a third time."""
        if self.late > 1:
            return tap.case(what, False, "not run: two have hung already")
        status, got, took = self.guest(*cmd)
        tap.case(f"{what} ({took:.1f} s)", got == want,
                 f"status {status}\n{difference(want, got)}")

    def scenario(self, tap, script):
        self.case(tap, script.stem,
                  script.with_suffix(".out").read_bytes().decode(
                      errors="replace"),
                  f"/scenarios/{script.name}")

    def find(self, tap):
        """find / -xdev: the host's answer; .viv is viv's own."""
        _, want, _ = self.place.run(
            ["sh", "-c", f"cd {self.root} && find . -path ./.viv -prune -o "
             "-print | sed 's/^\\.$/\\//; s/^\\.//' | LC_ALL=C sort"])
        self.case(tap, "find / -xdev", want,
                  "sh", "-c", "find / -xdev | LC_ALL=C sort")

    def checksum(self, tap):
        """sha256sum of a large file: the host's answer."""
        mib = 1024 if self.opt.full else 256
        digest, part = hashlib.sha256(), random.Random(1).randbytes(MIB)
        path = self.place.top / "data/big"
        with open(path, "wb") as f:
            for i in range(mib):
                data = i.to_bytes(8, "little") + part[8:]
                digest.update(data)
                f.write(data)
        self.case(tap, f"sha256sum of {mib} MiB",
                  f"{digest.hexdigest()}  /data/big\n",
                  "sha256sum", "/data/big")
        os.unlink(path)

    def sort(self, tap):
        """sort of many lines: the host's answer."""
        rnd, n = random.Random(2), 10_000_000 if self.opt.full else 1_000_000
        path = self.place.top / "data/lines"
        with open(path, "w") as f:
            for _ in range(n // 100_000):
                f.write("\n".join(str(rnd.getrandbits(28)) for _ in
                                  range(100_000)) + "\n")
        want = subprocess.run(f"LC_ALL=C sort {path} | sha256sum",
                              shell=True, capture_output=True, text=True)
        self.case(tap, f"sort of {n} lines", want.stdout,
                  "sh", "-c", "LC_ALL=C sort /data/lines | sha256sum")
        os.unlink(path)


def difference(want, got):
    import difflib
    return "\n".join(list(difflib.unified_diff(
        want.splitlines(), got.splitlines(), "linux", "guest",
        lineterm="", n=1))[:60])


def arguments():
    p = options(__doc__.splitlines()[0])
    p.add_argument("--record", action="store_true")
    p.add_argument("--archive", action="store_true")
    p.add_argument("--ephemeral", action="store_true",
                   help="guests write to memory, roots are shared")
    p.add_argument("--full", action="store_true", help="larger files")
    p.add_argument("--root", type=pathlib.Path,
                   help="a Debian to use (default: build one)")
    p.add_argument("scenarios", nargs="*")
    return p.parse_args()


def run(tap, opt, place):
    if opt.root:
        root, why_not = opt.root, None
    else:
        root, why_not = (shared_root if opt.ephemeral else
                         private_root)(place)
    if why_not:
        return tap.case("build a Debian root file system", False, why_not)
    (place.top / "data").mkdir()
    add_scripts(place.top / "scenarios")
    place.hand_over()
    runner = Runner(place, opt, root)
    for script in scenarios(opt.scenarios):
        runner.scenario(tap, script)
    for name in ("find", "checksum", "sort"):
        if not opt.scenarios or name in opt.scenarios:
            getattr(runner, name)(tap)


def main():
    opt = arguments()
    if opt.record:
        return record(opt.scenarios)
    if opt.archive:
        tap, why_not = Tap(), build_root("--archive")
        tap.case("fetch Debian", not why_not, why_not)
        return tap.end()
    return in_a_place(opt, lambda tap, place: run(tap, opt, place))


if __name__ == "__main__":
    sys.exit(main())
