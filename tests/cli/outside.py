#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What guest and host see of each other's changes to the same files.  TAP.

    outside.py [--build DIR] [--tracer NAME] [--user NAME]

A shell in the guest is told what to do line by line; what its answer says is
done must be on the host, and what the host does must get to the guest within
the times fs/hostfs/README.md gives.
"""
import fcntl, os, pathlib, shutil, struct, subprocess, sys, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from place import in_a_place, options

ATTRS, NAMES = 0.03, 1.1  # how long the guest may believe what it knows
MANY = 300


class Shell:
    def __init__(self, place, tracer):
        self.p = subprocess.Popen(
            [place.viv, "run", f"--tracer={tracer}", "-v",
             f"{place.top}/vol:/mnt", "-w", "/mnt", place.root, "sh"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=place.environment(), **place.as_user())

    def ask(self, command):
        """What @command says."""
        self.p.stdin.write(command + "\necho .done\n")
        self.p.stdin.flush()
        said = ""
        while not said.endswith(".done\n"):
            line = self.p.stdout.readline()
            if not line:
                raise EOFError(said)
            said += line
        return said[:-6].strip()

    def tell(self, command):
        self.p.stdin.write(command + "\n")
        self.p.stdin.flush()

    def end(self):
        self.p.stdin.close()
        self.p.stdout.close()
        self.p.wait()

    def kill(self):
        self.p.kill()
        self.end()


def until(what, seconds=3):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.005)
    return False


def content(path):
    try:
        return path.read_text()
    except OSError:
        return None


def guest_first(tap, sh, vol):
    """What the guest has said is done, the host sees."""
    sh.ask("echo new >a")
    tap.case("what is written and closed", content(vol / "a") == "new\n")
    sh.ask("chmod 640 a; touch -d @1000000000 a")
    st = (vol / "a").stat()
    tap.case("mode and times", st.st_mode & 0o777 == 0o640 and
             st.st_mtime == 1000000000, st)
    sh.ask("echo more >>a")
    tap.case("what is appended", content(vol / "a") == "new\nmore\n")
    sh.ask("echo x >t; mv t b")
    tap.case("what is renamed", content(vol / "b") == "x\n" and
             not (vol / "t").exists())
    sh.ask("rm b; mkdir d; echo y >d/f; ln d/f d/g; ln -s f d/s")
    tap.case("what is removed", not (vol / "b").exists())
    tap.case("what is made and linked", content(vol / "d/g") == "y\n" and
             os.readlink(vol / "d/s") == "f")
    sh.ask("rm -r d")
    tap.case("a tree that is removed", not (vol / "d").exists())
    sh.ask(f"i=0; while [ $i -lt {MANY} ]; do echo $i >n$i; "
           "i=$((i + 1)); done")
    bad = [i for i in range(MANY) if content(vol / f"n{i}") != f"{i}\n"]
    tap.case("many files", not bad, bad)
    sh.tell("echo quiet >q; sleep 5")
    tap.case("what is closed, soon, though the guest says nothing",
             until(lambda: content(vol / "q") == "quiet\n", 2))
    sh.ask("true")
    times = sh.ask("echo x >c; stat -c '%Y %Z' c")
    time.sleep(0.2)
    tap.case("and to the guest its times stay what they were",
             times == sh.ask("stat -c '%Y %Z' c"), times)


def host_first(tap, sh, vol):
    """What the host does, the guest sees soon."""
    (vol / "h").write_text("one\n")
    tap.case("a new name", sh.ask("cat h") == "one")
    (vol / "h").write_text("twice\n")
    time.sleep(ATTRS)
    tap.case("other bytes", sh.ask("cat h; stat -c %s h") == "twice\n6")
    with open(vol / "h", "a") as f:
        f.write("more\n")
    time.sleep(ATTRS)
    tap.case("more bytes", sh.ask("stat -c %s h; cat h") == "11\ntwice\nmore")
    (vol / "h").chmod(0o600)
    time.sleep(ATTRS)
    tap.case("another mode", sh.ask("stat -c %a h") == "600")
    sh.ask("exec 3<h")
    (vol / "h2").write_text("other\n")
    (vol / "h2").rename(vol / "h")
    time.sleep(NAMES)
    tap.case("another file of that name", sh.ask("cat h") == "other")
    tap.case("  and who has the old one open keeps it",
             sh.ask("cat <&3; exec 3<&-") == "twice\nmore")
    tap.case("no such name ..", sh.ask("cat no 2>/dev/null || echo none")
             == "none")
    (vol / "no").write_text("yes\n")
    time.sleep(NAMES)
    tap.case("  .. until there is", sh.ask("cat no") == "yes")
    (vol / "no").unlink()
    time.sleep(NAMES)
    tap.case("  .. and isn't", sh.ask("cat no 2>/dev/null || echo none")
             == "none")
    sh.ask("mkdir new; echo 1 >new/own; cat new/x 2>/dev/null; rm -f new/y")
    (vol / "new/x").write_text("x\n")
    (vol / "new/z").mkdir()
    tap.case("what it was not asked for is not made anew",
             sh.ask("mkdir new/z 2>/dev/null || (set -C; echo no >new/x)"
                    " 2>/dev/null || echo there") == "there" and
             content(vol / "new/x") == "x\n")
    time.sleep(NAMES)
    tap.case("in a directory that the guest has just made, too",
             sh.ask("cat new/x new/own; cd new; ls; cd ..") ==
             "x\n1\nown\nx\nz")


def both(tap, sh, vol):
    """Files of which the guest knows all, in a directory both change."""
    for i in range(MANY):
        (vol / f"m{i}").write_text("x")
    sh.ask("ls -l >/dev/null; ls -l >/dev/null; cat m* >/dev/null")
    for i in range(0, MANY, 7):
        (vol / f"m{i}").write_text("xyz")
    time.sleep(ATTRS)
    want = sum(3 if i % 7 == 0 else 1 for i in range(MANY))
    tap.case("sizes of many", sh.ask("stat -c %s m* | awk '{n += $1} "
                                     "END {print n}'") == str(want))
    tap.case("bytes of many", sh.ask("cat m* | wc -c") == str(want))
    for i in range(0, MANY, 5):
        (vol / f"m{i}").unlink()
        (vol / f"l{i}").write_text("l")
    sh.ask("echo x >own")
    tap.case("a listing is the host's", sh.ask("ls | grep -c '^[lm]'")
             == str(MANY))
    time.sleep(NAMES)
    sh.ask("echo x >own2; rm own")
    names = [f"{c}{i}" for i in range(MANY) for c in "ml"]
    seen = sh.ask("for n in %s; do [ -e $n ] && echo $n; done"
                  % " ".join(names)).split()
    want = [n for n in names if (vol / n).exists()]
    tap.case("names of many", seen == want, set(seen) ^ set(want))
    for i in range(0, MANY, 3):
        if (vol / f"m{i}").exists():
            (vol / f"new{i}").write_text("new")
            (vol / f"new{i}").rename(vol / f"m{i}")
    time.sleep(NAMES)
    want = "".join((vol / n).read_text() for n in sorted(os.listdir(vol))
                   if n[0] == "m")
    tap.case("other files of these names", sh.ask("cat m*") == want)


def listings(tap, sh, vol):
    """A listing that was kept is not used when it is wrong."""
    top = vol / "lists"
    for n in 3, 3000:
        d = top / str(n)
        d.mkdir(parents=True)
        d.parent.chmod(0o777)
        d.chmod(0o777)
        for i in range(n):
            (d / f"name-{'x' * 40}-{i}").touch()
        count = f"ls lists/{n} | wc -l"
        time.sleep(0.2)
        seen = [sh.ask(count) for _ in range(3)]
        tap.case(f"{n} names are listed, again and again",
                 seen == [str(n)] * 3, seen)
        bad = []
        for i in range(10):
            (d / f"more{i}").touch()
            time.sleep(ATTRS)
            if sh.ask(count) != str(n + i + 1):
                bad.append(i)
        tap.case("  with the names the host adds", not bad, bad)
        seen = sh.ask(f"for i in 1 2 3 4 5; do >lists/{n}/own$i; {count}; "
                      f"done; rm lists/{n}/own*; {count}").split()
        tap.case("  with those the guest adds and removes", seen ==
                 [str(n + 10 + i) for i in (1, 2, 3, 4, 5, 0)], seen)
    time.sleep(0.2)
    bad = []
    for i in range(20):
        want = str(len(os.listdir(top / "3")))
        sh.ask("ls lists/3")
        (top / f"3/fast{i}").touch()
        time.sleep(ATTRS)
        got = sh.ask("ls lists/3 | wc -l")
        if int(got) != int(want) + 1:
            bad.append((i, want, got))
    tap.case("a change right after a listing is seen", not bad, bad)


def attributes(tap, sh, vol):
    """What a file has not is remembered, until it has."""
    files = [vol / f"x{i}" for i in range(10)]
    for f in files:
        f.write_text("x")
    try:
        os.setxattr(files[0], "user.was", b"there")
    except OSError:
        tap.skip("attributes", "this disk's files have none")
        return
    time.sleep(0.2)
    for name in "user.a", "user.viv.x.trusted.a":
        ask = ("ls -l x? >/dev/null; ./getxattr "
               f"{name.removeprefix('user.viv.x.')} x?")
        seen = [sh.ask(ask).split() for _ in range(3)]
        tap.case(f"no file has {name}", seen == [["none"] * 10] * 3, seen)
        bad = []
        for i, f in enumerate(files):
            sh.ask(ask)
            os.setxattr(f, name, b"a%d" % i)
            time.sleep(ATTRS)
            want = [f"a{k}" for k in range(i + 1)] + ["none"] * (9 - i)
            if sh.ask(ask).split() != want:
                bad.append(i)
        tap.case("  and one after the other has", not bad, bad)
        for f in files:
            os.removexattr(f, name)
        time.sleep(ATTRS)
        tap.case("  and none any more", sh.ask(ask).split() == ["none"] * 10)


FIEMAP, DELAYED = 0xc020660b, 0x4  # the latter: no place on the disk yet


def has_no_place(path):
    """Does any of @path wait to be written to the disk?  None: who knows."""
    request = bytearray(struct.pack("=QQIIII", 0, 2**63, 0, 0, 8, 0) +
                        bytes(8 * 56))
    try:
        with open(path) as f:
            fcntl.ioctl(f, FIEMAP, request)
    except OSError:
        return None
    count = struct.unpack_from("=I", request, 20)[0]
    return any(struct.unpack_from("=I", request, 32 + i * 56 + 40)[0] & DELAYED
               for i in range(count))


def synced(tap, sh, vol):
    sh.ask("head -c 100000 /dev/zero >s1")
    if not has_no_place(vol / "s1"):
        tap.skip("sync", "this disk's files get their place at once")
        return
    sh.ask("sync")
    tap.case("what is synced has its place on the disk",
             has_no_place(vol / "s1") is False)


def unmounted(tap, sh, vol):
    sh.ask("head -c 100000 /dev/zero >s2")
    if not has_no_place(vol / "s2"):
        tap.skip("umount", "this disk's files get their place at once")
        return
    said = sh.ask("cd /; umount /mnt && echo gone")
    tap.case("what is unmounted has its place on the disk",
             said == "gone" and has_no_place(vol / "s2") is False, said)


def killed(tap, place, opt, vol):
    sh = Shell(place, opt.tracer)
    sh.ask("echo kept >k; sync; echo 1 >l; mv l k2; echo soon >m")
    sh.tell("echo quiet >q2; sleep 100")
    until(lambda: content(vol / "q2") == "quiet\n", 2)
    sh.kill()
    tap.case("viv is killed: what was synced is there",
             content(vol / "k") == "kept\n")
    tap.case("  and what took another's name is whole",
             content(vol / "k2") == "1\n")
    tap.case("  and so is what was closed before",
             content(vol / "m") == "soon\n" and content(vol / "q2") ==
             "quiet\n")


def main():
    opt = options(__doc__.splitlines()[0]).parse_args()

    def body(tap, place):
        vol = place.top / "vol"
        vol.mkdir()
        shutil.copy(place.build / "tests/cli/getxattr", vol)
        place.hand_over()
        for group in (guest_first, host_first, both, listings, attributes,
                      synced, unmounted):
            sh = Shell(place, opt.tracer)
            group(tap, sh, vol)
            sh.end()
        killed(tap, place, opt, vol)

    return in_a_place(opt, body)


if __name__ == "__main__":
    sys.exit(main())
