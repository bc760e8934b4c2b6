# SPDX-License-Identifier: MIT
"""Whole programs in a Debian root: macro.sh there times each case itself, so
that starting the system is not in the figures."""
import itertools, os, pathlib, shutil, subprocess

from figures import parse_micro
from systems import ROOT, Failed, System, spread

HERE = pathlib.Path(__file__).resolve().parent
INSIDE = ('mount -t proc proc "$0/proc"; mount --rbind /dev "$0/dev"; '
          'exec chroot "$0" "$@"')
numbers = itertools.count()


def cases():
    done = subprocess.run([HERE / "macro.sh", "list"], check=True,
                          capture_output=True, text=True)
    return done.stdout.split()


def default_root():
    if os.getuid() == 0:
        return pathlib.Path("/var/cache/vivarium/bench")
    cache = os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")
    return pathlib.Path(cache) / "vivarium/bench"


def prepare(root, micro):
    """Put our files into @root, which is made if it is missing.  Returns: why
    there is none, or None."""
    if not (root / "bin/sh").exists():
        done = subprocess.run([HERE.parent / "tests/debian/build.sh", root],
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True)
        if done.returncode:
            return done.stderr.strip()
    bench = root / "bench"
    shutil.rmtree(bench, ignore_errors=True)
    bench.mkdir()
    spread(bench)
    shutil.copy2(HERE / "macro.sh", bench)
    shutil.copytree(HERE.parent / "tests/debian/prog", bench / "prog")
    shutil.copy2(micro, root / "bench-micro")
    return None


def native():
    """The same root by chroot; without the right to do that, the programs of
    the host."""
    if os.getuid() == 0:
        return System("native", ["unshare", "--mount", "--pid", "--fork", "sh",
                                 "-c", INSIDE, ROOT])
    return System("native")


def measure(system, root, case):
    """({row: us}, {row: why not}) of one case, in a folder of its own."""
    runner = native() if system.is_native else system
    work = f"work-{os.getpid()}-{next(numbers)}"
    try:
        return parse_micro(runner.run(root, "bench/macro.sh", case, work))
    except Failed as e:
        return {}, {case: str(e)}
