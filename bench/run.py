#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compare what operations cost natively, in guests of viv, and elsewhere.

    run.py [--build DIR] [--rounds N] [--seconds S] [--json FILE] [NAME...]

Systems take turns within a round, so that what else the machine does hits all
alike; the table shows medians over the rounds, and the ratio to native in the
same run.  proot and runsc are measured too where they are installed.  NAMEs
pick operations (part of a name is enough).  Figures differ from host to host:
only ratios of one run mean anything.
"""
import argparse, json, os, pathlib, shutil, statistics, subprocess, sys
import tempfile, time

TOP = pathlib.Path(__file__).resolve().parent.parent


class System:
    """Something that runs a command with a directory as its root; the host
    itself runs it in that directory."""

    def __init__(self, name, prefix, root):
        self.name, self.prefix, self.root = name, prefix, root

    def run(self, program, *args, timeout=300):
        """@program: a path from the root."""
        path = f"/{program}" if self.prefix else self.root / program
        done = subprocess.run([*self.prefix, path, *map(str, args)],
                              cwd=self.root, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=timeout)
        if done.returncode:
            raise RuntimeError(f"{self.name}: status {done.returncode}: "
                               f"{done.stderr.decode()[-300:]}")
        return done.stdout.decode()


def systems(opt, root):
    viv = opt.build / "cli/viv"
    if not viv.exists():
        sys.exit(f"{viv} is not there: build first, or name --build")
    yield System("native", [], root)
    for tracer in ("seccomp", "ptrace", "ptrace-nullify"):
        yield System(f"viv {tracer}", [viv, "run", f"--tracer={tracer}",
                                       root], root)
    if shutil.which("proot"):
        yield System("proot", ["proot", "-0", "-r", root, "-w", "/"], root)
    if shutil.which("runsc"):
        yield System("gVisor", ["runsc", "--rootless", "--network=none", "do",
                                "--root", root], root)


def micro(system, opt):
    """{operation: microseconds} of one run of micro.c."""
    out = system.run("micro", opt.seconds, *opt.names)
    rows = (line.rsplit("\t", 1) for line in out.splitlines() if "\t" in line)
    return {name: float(ns) / 1000 for name, ns in rows}


def whole(system, opt):
    """{what: microseconds} of whole programs, starting the system included."""
    busybox = "/bin/busybox" if system.prefix else system.root / "bin/busybox"
    script = f"i=0; while [ $i -lt 200 ]; do {busybox} true; i=$((i+1)); done"
    found = {}
    for what, args in [("boot, run one program, power off", ["true"]),
                       ("200 programs from a shell", ["sh", "-c", script])]:
        if opt.names and not any(n in what for n in opt.names):
            continue
        start = time.monotonic()
        system.run("bin/busybox", *args)
        found[what] = (time.monotonic() - start) * 1e6
    return found


def text_of(us):
    if us < 1:
        return f"{us * 1000:.0f} ns"
    if us < 10000:
        return f"{us:.3g} us" if us < 1000 else f"{us:,.0f} us"
    return f"{us / 1e6:.2f} s" if us >= 1e6 else f"{us / 1000:.0f} ms"


def print_table(medians):
    names = list(medians)
    print("| | " + " | ".join(names) + " |")
    print("|---" * (len(names) + 1) + "|")
    for op, native in medians["native"].items():
        cells = [text_of(native)]
        for name in names[1:]:
            us = medians[name].get(op)
            if us is None:
                cells.append("-")
                continue
            ratio = us / native
            digits = 1 if ratio < 10 else 0
            cells.append(f"{text_of(us)} ({ratio:.{digits}f}x)")
        print(f"| {op} | " + " | ".join(cells) + " |")


def run_rounds(opt, todo):
    rounds = {}
    for n in range(opt.rounds):
        for system in list(todo):
            print(f"round {n + 1}: {system.name}", file=sys.stderr)
            try:
                figures = {**micro(system, opt), **whole(system, opt)}
            except (RuntimeError, subprocess.TimeoutExpired, OSError) as e:
                print(f"left out: {e}", file=sys.stderr)
                todo.remove(system)
                continue
            rounds.setdefault(system.name, []).append(figures)
    return rounds


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--build", default=TOP / "b", type=pathlib.Path)
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--seconds", default="0.1",
                   help="about how long each operation is repeated")
    p.add_argument("--json", help="write every figure of every round there")
    p.add_argument("--only", help="systems whose name holds this, and native")
    p.add_argument("names", nargs="*")
    opt = p.parse_args()
    opt.build = opt.build.resolve()
    with tempfile.TemporaryDirectory(prefix="viv-bench-") as tmp:
        root = pathlib.Path(tmp)
        root.chmod(0o755)
        subprocess.run([sys.executable, TOP / "rootfs/pack.py",
                        TOP / "rootfs/manifest", root,
                        f"init={opt.build / 'rootfs/init'}",
                        f"busybox={shutil.which('busybox')}"], check=True)
        shutil.copy2(opt.build / "bench/micro", root / "micro")
        rounds = run_rounds(opt, [
            s for s in systems(opt, root)
            if not opt.only or s.name == "native" or opt.only in s.name])
    medians = {name: {op: statistics.median(r[op] for r in runs)
                      for op in runs[0]} for name, runs in rounds.items()}
    print_table(medians)
    if opt.json:
        pathlib.Path(opt.json).write_text(json.dumps(
            {"host": list(os.uname()), "cpus": os.cpu_count(),
             "unit": "microseconds", "rounds": rounds,
             "medians": medians}, indent=1) + "\n")


if __name__ == "__main__":
    main()
