#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Guests that take over their kernel (takeover.c), with the back end that has it
in their processes: nothing of the host's may come to harm but the guest. TAP.

    run.py [--build DIR] [--user NAME] [--seeds N]
"""
import os, pathlib, shutil, subprocess, sys, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from place import in_a_place, options

SECRET = b"nobody reads this"


def looks(path):
    """All that must stay of a file: content, mode, owner, links, times."""
    st = path.stat()
    return (path.read_bytes(), st.st_mode, st.st_uid, st.st_nlink,
            st.st_mtime_ns, st.st_ctime_ns, sorted(os.listxattr(path)))


class Host:
    """What the guest is after: a file outside its root, one it may look at, a
    process, viv's own standard input."""

    def __init__(self, place):
        self.place = place
        self.canary = place.top / "outside/canary"
        self.kept = place.top / "looked/kept"
        self.input = place.top / "given/input"
        for path in self.canary, self.kept, self.input:
            path.parent.mkdir()
            path.write_bytes(b"kept" if path == self.kept else SECRET)
        shutil.copy2(place.build / "tests/takeover/takeover", place.root)
        place.hand_over()
        self.decoy = subprocess.Popen(["sleep", "600"], **place.as_user())
        self.was = self.state()

    def state(self):
        return {"the canary": looks(self.canary),
                "what is read-only": looks(self.kept),
                "standard input": looks(self.input),
                "its folder": sorted(os.listdir(self.kept.parent)),
                "the canary's folder": sorted(os.listdir(self.canary.parent)),
                "the other process": self.decoy.poll()}

    def attack(self, what, seconds, *args):
        """(status, stdout, stderr) of a guest that does; it may hang."""
        with open(self.input, "r+b") as given:
            return self.place.run(
                [self.place.viv, "run", "--tracer=direct", f"--timeout={seconds}s",
                 "-v", f"{self.kept.parent}:/looked:ro", self.place.root,
                 "/takeover", what, self.canary, *map(str, args)], timeout=60,
                stdin=given)

    def harm(self):
        now = self.state()
        return [f"{what}: {self.was[what]} became {now[what]}"
                for what in now if now[what] != self.was[what]]

    def left_over(self):
        """Guest processes that outlived their viv, after a while."""
        for _ in range(60):
            if not self.orphans():
                return []
            time.sleep(0.1)
        return self.orphans()

    def orphans(self):
        found = []
        for p in pathlib.Path("/proc").iterdir():
            try:
                if p.name.isdigit() and p.joinpath(
                        "comm").read_text() == "viv-guest\n" and "\nPPid:\t1\n" \
                        in p.joinpath("status").read_text():
                    found.append(p.name)
            except OSError:
                pass
        return found


# (attack, arguments, must the guest live to tell)
def attacks(host, seeds):
    yield "calls", [host.decoy.pid], True
    yield "names", [], True
    yield "race", [], True
    yield "read-only", [], True
    yield "input", [], True
    yield "pointers", [], True
    yield "text", [], False
    for seed in range(1, seeds + 1):
        yield "hypercalls", [seed], False
        yield "scribble", [seed], False


def body(opt, tap, place):
    host = Host(place)
    try:
        for what, args, must_live in attacks(host, opt.seeds):
            status, out, err = host.attack(what, 20 if must_live else 4,
                                           *args)
            name = " ".join([what, *map(str, args if not must_live else [])])
            told = f"status {status}\n{out[-2000:]}\n{err[-2000:]}"
            bad = host.harm()
            tap.case(f"{name}: the host is as it was", not bad,
                     "\n".join(bad) + "\n" + told)
            tap.case(f"{name}: viv ends the guest, or the guest itself does",
                     status in (0, 124, 125, 132, 139, 159) and " got " not in
                     err.replace("the guest kernel got", ""), told)
            if must_live:
                tap.case(f"{name}: nothing was had", status == 0 and
                         out.endswith("done\n"), told)
        tap.case("no process is left", not host.left_over())
    finally:
        host.decoy.kill()
        host.decoy.wait()


def main():
    p = options(__doc__)
    p.add_argument("--seeds", type=int, default=4)
    opt = p.parse_args()
    is_root = os.getuid() == 0 and not opt.user
    return in_a_place(opt, lambda tap, place: body(opt, tap, place),
                      "not as root: what gets through would be had"
                      if is_root else None)


if __name__ == "__main__":
    sys.exit(main())
