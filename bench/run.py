#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compare what things cost natively, in guests of viv, and in others' guests.

    run.py [OPTIONS] [NAME...]      operations of micro/, or those named in part
    run.py --all --out DIR          everything there is, with counts

Systems take turns within a round, so that what else the machine does hits all
alike; tables show medians over rounds, and ratios to native of the same round.
Systems: native, viv with each back end that `viv check` finds working, proot,
user-mode Linux and gVisor where installed.  Figures differ from host to host:
only ratios of one run mean anything.

Parts: --micro and --counts (host calls, switches, faults an operation: natively
and in viv), the default; --macro (whole programs in a Debian root); --whole
(boot, idle memory, idle CPU).
"""
import argparse, datetime, json, os, pathlib, shutil, subprocess, sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "bench"))
import counts, figures, macro, report, systems, whole

PARTS = ("micro", "macro", "counts", "whole")


def say(*words):
    print(*words, file=sys.stderr, flush=True)


class Bench:
    def __init__(self, opt, root, todo):
        self.opt, self.root, self.todo = opt, root, list(todo)
        self.result = {"about": {}, "unit": "microseconds", "rounds": [],
                       "absent": {}, "counts": {}, "whole": {}}

    def note(self, system, absent):
        if absent:
            self.result["absent"].setdefault(system.name, {}).update(absent)

    def in_turns(self, what, rounds, measure, peer_rounds=None):
        """Add to each round what measure(system) finds: figures, and what is
        absent.  A system that fails is left out from then on, peers after
        @peer_rounds."""
        todo = list(self.todo)
        for n in range(rounds):
            while len(self.result["rounds"]) <= n:
                self.result["rounds"].append({})
            if n == peer_rounds:
                todo = [s for s in todo if not s.is_peer]
            for system in list(todo):
                say(f"{what}, round {n + 1}: {system.name}")
                try:
                    found, absent = measure(system)
                except systems.Failed as e:
                    found, absent = {}, {"*": f"{what}: {e}"}
                    todo.remove(system)
                self.result["rounds"][n].setdefault(
                    system.name, {}).update(found)
                self.note(system, absent)

    def micro(self):
        def once(system):
            return figures.parse_micro(system.run(
                self.root, "bench-micro", self.opt.seconds, *self.opt.names))
        self.in_turns("micro", self.opt.rounds, once)

    def macro(self):
        root = self.opt.debian or macro.default_root()
        why = macro.prepare(root, self.root / "bench-micro")
        cases = [c for c in macro.cases() if not self.opt.cases or
                 c in self.opt.cases.split(",")]
        if why:
            for system in self.todo:
                self.note(system, dict.fromkeys(cases, why))
            return
        self.result["about"]["macro"] = (
            "chroot" if os.getuid() == 0 else "the host's own programs")
        for case in cases:
            self.in_turns(case, self.opt.macro_rounds,
                          lambda system: macro.measure(system, root, case),
                          self.opt.peer_rounds)

    def counts(self):
        counter = counts.Counter()
        self.result["about"]["calls by"] = counter.calls_by
        native = systems.System("native")
        ops = native.run(self.root, "bench-micro", "-l",
                         *self.opt.names).splitlines()
        for system in self.todo:
            if not (system.is_native or system.is_viv):
                continue
            say(f"counts: {system.name}")
            system.run(self.root, "bench-micro", "-w", *ops[:1])
            found = self.result["counts"].setdefault(system.name, {})
            for op in ops:
                try:
                    one = counter.per_operation(system, self.root, op)
                    found.update({op: one} if one else {})
                except systems.Failed as e:
                    self.note(system, {f"counts of {op}": str(e)})

    def whole(self):
        for system in self.todo:
            say(f"whole: {system.name}")
            seconds = self.opt.idle_seconds
            found, absent = whole.measure(
                system, self.root, min(seconds, 5) if system.is_peer
                else seconds)
            self.result["whole"][system.name] = found
            self.note(system, absent)


def about(opt):
    done = subprocess.run([opt.build / "cli/viv", "--version"],
                          capture_output=True, text=True)
    commit = subprocess.run(["git", "-C", TOP, "rev-parse", "--short", "HEAD"],
                            capture_output=True, text=True)
    return {"host": " ".join(os.uname()[i] for i in (0, 2, 4)),
            "cpus": len(os.sched_getaffinity(0)),
            "user": os.getuid(),
            "date": f"{datetime.datetime.now():%Y-%m-%d %H:%M}",
            "version": f"{done.stdout.strip()} {commit.stdout.strip()}",
            "seconds": opt.seconds}


def arguments():
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--build", default=TOP / "b", type=pathlib.Path,
                   metavar="DIR", help="what was built (default: b)")
    for part in PARTS:
        p.add_argument(f"--{part}", action="store_true")
    p.add_argument("--all", action="store_true", help="all four parts")
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--macro-rounds", type=int, default=3)
    p.add_argument("--peer-rounds", type=int, default=1,
                   help="how many of these for others' guests (1)")
    p.add_argument("--seconds", default="0.04",
                   help="about how long an operation is repeated (0.04)")
    p.add_argument("--idle-seconds", type=float, default=10)
    p.add_argument("--only", action="append", metavar="SYSTEM",
                   help="this one and native; may be given again; ~PART: "
                        "whose name has PART in it")
    p.add_argument("--cases", help="macro cases, with commas between")
    p.add_argument("--debian", type=pathlib.Path, metavar="ROOT",
                   help="for --macro; written to in ROOT/bench (default: one "
                        "that tests/debian/build.sh makes in the cache)")
    p.add_argument("--out", type=pathlib.Path, metavar="DIR",
                   help="write result.json, table.markdown, chart.svg there")
    p.add_argument("--json", metavar="FILE", help="write the result there")
    p.add_argument("names", nargs="*")
    opt = p.parse_args()
    opt.build = opt.build.resolve()
    if not (opt.build / "cli/viv").exists():
        p.error(f"{opt.build} has no viv: build first, or name --build")
    opt.parts = [part for part in PARTS if opt.all or getattr(opt, part)]
    opt.parts = opt.parts or ["micro", "counts"]
    return opt


def write(opt, result):
    table = report.markdown(result)
    print(table, end="")
    text = json.dumps(result, indent=1) + "\n"
    if opt.json:
        pathlib.Path(opt.json).write_text(text)
    if opt.out:
        opt.out.mkdir(parents=True, exist_ok=True)
        (opt.out / "result.json").write_text(text)
        (opt.out / "table.markdown").write_text(table)
        (opt.out / "chart.svg").write_text(report.svg(result))


def main():
    opt = arguments()
    with tempfile.TemporaryDirectory(prefix="viv-bench-") as tmp:
        root = pathlib.Path(tmp)
        root.chmod(0o755)
        systems.small_root(root, opt.build, TOP)
        bench = Bench(opt, root, systems.chosen(
            systems.all_systems(opt.build / "cli/viv"), opt.only))
        say("systems:", ", ".join(s.name for s in bench.todo))
        bench.result["about"] = about(opt)
        try:
            for part in opt.parts:
                getattr(bench, part)()
        except KeyboardInterrupt:
            say("cut short")
        write(opt, bench.result)


if __name__ == "__main__":
    main()
