#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run the command line through its options and through bad input.  TAP.

    run.py [--build DIR] [--tracer NAME] [--user NAME]

A case is a command of viv, the exit status it must end with and what it must
say; afterwards nothing may be left: no process, no file beside those it was
asked for.
"""
import os, pathlib, re, subprocess, sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from place import TOP, in_a_place, options


class Runner:
    def __init__(self, place, tap, opt):
        self.place, self.tap, self.opt = place, tap, opt

    def viv(self, *args, before=(), **kw):
        return self.place.run([*before, self.place.viv, *args], **kw)

    def guest(self, *args, **kw):
        return self.viv("run", f"--tracer={self.opt.tracer}", *args, **kw)

    def case(self, what, got, status=0, out=None, err=None):
        """@got is what viv() gave; @out, @err are patterns (None: nothing
        but white space)."""
        code, stdout, stderr = got
        detail = f"status {code}\nstdout: {stdout}\nstderr: {stderr}"
        self.tap.case(what, code == status and said(out, stdout) and
                      said(err, stderr), detail)

    def complains(self, what, got, pattern, status=125):
        """One line, "viv: ...", and nothing else."""
        code, stdout, stderr = got
        lines = stderr.splitlines()
        self.tap.case(what, code == status and not stdout and
                      len(lines) == 1 and lines[0].startswith("viv: ") and
                      re.search(pattern, lines[0]),
                      f"status {code}\nstdout: {stdout}\nstderr: {stderr}")


def said(pattern, output):
    if pattern is None:
        return not output.strip()
    return re.search(pattern, output, re.S) is not None


def processes(top):
    """Processes that run something of @top."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.readlink(f"/proc/{pid}/exe").startswith(str(top)):
                found.append(pid)
        except OSError:
            pass
    return found


# What a ROOT may get: metadata.
EXPECTED = re.compile(r"/\.viv(/.*)?$")


def snapshot(top):
    return sorted(str(p) for p in top.rglob("*")
                  if not EXPECTED.search(str(p)))


def command_itself(r):
    r.case("viv --help", r.viv("--help"), out=r"Usage: viv COMMAND.*run.*check")
    r.case("viv run --help", r.viv("run", "--help"),
           out=r"--volume HOST:GUEST.*--tracer.*exit status")
    r.case("viv --version", r.viv("--version"), out=r"^viv \d+\.\d+")
    r.case("viv without a command is an error", r.viv(), 125,
           err="Usage: viv")
    r.complains("an unknown command", r.viv("fly"), "fly: no such command")
    help_text = r.viv("run", "--help")[1]
    page = (TOP / "cli/viv.1").read_text().replace("\\", "")
    missing = [o for o in re.findall(r"--([a-z-]+)", help_text)
               if f"--{o}" not in page and o != "-"]
    r.tap.case("the man page has every option", not missing, missing)
    r.case("viv check", r.viv("check"),
           out=r"memfd.*seccomp.*ptrace.*would use the \S+ tracer")


def bad_words(r):
    root = r.place.root
    for args, pattern in [
            (["--nonsense"], "--nonsense: no such option"),
            (["-Z"], "-Z: no such option"),
            (["--memory"], "--memory: an argument is missing"),
            (["--memory=lots"], "--memory lots: not a size"),
            (["--memory=1m", root, "true"], "--memory: .* at least 16m"),
            (["--cpus=0"], "--cpus 0: not a number"),
            (["--timeout=soon"], "--timeout soon: not a duration"),
            (["--tracer=magic"], "--tracer magic: not one of"),
            (["-v", "/a", root], "--volume /a: not of the form"),
            (["-v", "/no/such:/x", root, "true"],
             "/no/such: No such file"),
            (["-v", "/dev/null:/x", root, "true"],
             "/dev/null: neither a file nor a directory"),
            (["--env-file=/no/such", root], "/no/such: No such file"),
            (["--kernel=/no/such", root], "/no/such: No such file"),
            (["--kernel=/etc/passwd", root], "/etc/passwd"),
            (["--initrd=/no/such"], "/no/such: No such file"),
            (["--log-file=/no/such/dir", root], "No such file"),
            (["--strace-output=x", root], "needs --strace"),
            (["-w", "relative", root], "not an absolute path")]:
        what = " ".join(str(a).replace(str(root), "ROOT") for a in args)
        r.complains(f"viv run {what}", r.guest(*args), pattern)


def bad_roots(r):
    top = r.place.top
    r.complains("a ROOT that is missing", r.guest(top / "none", "true"),
                "/none: no such directory")
    r.complains("a ROOT that is a file", r.guest(top / "a-file", "true"),
                "/a-file: not a directory")
    if r.place.who or os.getuid():
        r.complains("a ROOT that can't be read", r.guest(top / "shut", "true"),
                    "/shut: can't be read: Permission denied")
    else:
        r.tap.skip("a ROOT that can't be read", "root reads everything")
    r.complains("a ROOT without the command", r.guest(top / "empty", "sh"),
                "sh", 127)


def bad_commands(r):
    root = r.place.root
    for what, path, pattern, status in [
            ("that is not there", "/no/such", "/no/such", 127),
            ("that is in no PATH", "nosuch", "nosuch", 127),
            ("that is a directory", "/etc", "/etc", 126),
            ("that is not executable", "/etc/passwd", "/etc/passwd", 126),
            ("cut off in its ELF header", "/bad/short", "/bad/short", 126),
            ("cut off in its segments", "/bad/cut", "/bad/cut", None),
            ("of another machine", "/bad/arm", "/bad/arm", 126),
            ("with a missing interpreter", "/bad/interp", "/bad/interp", 127),
            ("whose #! names nothing", "/bad/script", "/bad/script", 127),
            ("that is a text without #!", "/bad/text", "/bad/text", 126)]:
        got = r.guest(root, path)
        if status is None:  # Linux maps it, then SIGBUS or ENOEXEC
            r.tap.case(f"a command {what}", got[0] in (126, 135, 139), got)
        else:
            r.complains(f"a command {what}", got, pattern, status)


def statuses(r):
    root = r.place.root
    for status in (0, 1, 42, 125, 255):
        r.case(f"exit {status}", r.guest(root, "sh", "-c", f"exit {status}"),
               status)
    for sig in (1, 6, 9, 11, 15):
        r.case(f"128+{sig} when signal {sig} ended it", r.guest(
            root, "sh", "-c", f"sh -c 'kill -{sig} $$'; exit $?"), 128 + sig,
            err=".*")
        r.case(f"128+{sig} when signal {sig} ended the first process",
               r.guest(root, "sh", "-c", f"kill -{sig} $$; sleep 5; :"),
               128 + sig, err=".*")


def embedded(r):
    r.case("the embedded guest runs a command",
           r.guest("--", "sh", "-c", "echo hello; id -u"), out="hello\n0\n")
    r.case("the embedded guest's shell reads a script from stdin",
           r.guest(input=b"echo $((6*7)); exit 3\n"), 3, out="42")
    r.case("what it mounts", r.guest("--", "mount"),
           out=r"/proc type proc.*/dev/pts type devpts")


def options_work(r):
    root, top = r.place.root, r.place.top
    r.case("-e and --env-file", r.guest(
        f"--env-file={top}/env", "-e", "B=second", "-e", "C", root,
        "sh", "-c", "echo $A-$B-$C-$HOME-$container",
        env={**r.place.environment(), "C": "third"}),
        out="one-second-third-/root-viv")
    r.case("nothing else of the environment gets in", r.guest(
        root, "env", env={**r.place.environment(), "SECRET": "x"}),
        out=r"^(?!.*SECRET)(?=.*PATH=)")
    r.case("-w", r.guest("-w", "/etc", root, "pwd"), out="^/etc\n$")
    r.complains("-w that is not there", r.guest("-w", "/nope", root, "pwd"),
                "/nope")
    r.case("-u by name", r.guest("-u", "user", root, "id"),
           out=r"uid=1000\(user\) gid=1000\(user\)")
    r.case("-u by number", r.guest("-u", "7:8", root, "sh", "-c",
                                   "id -u; id -g"), out="7\n8\n")
    r.complains("-u of nobody known", r.guest("-u", "stranger", root, "id"),
                "stranger")
    r.case("--hostname", r.guest("--hostname", "box", root, "hostname"),
           out="^box\n$")
    r.case("stdin is passed", r.guest(root, "cat", input=b"through\n"),
           out="^through\n$")
    r.case("--no-stdin", r.guest("--no-stdin", root, "cat", input=b"x"))
    r.case("stdout and stderr stay apart", r.guest(
        root, "sh", "-c", "echo out; echo err >&2"), out="^out\n$",
        err="^err\n$")
    r.case("--cpus", r.guest("--cpus=3", root, "nproc"), out="^3\n$")
    r.case("--memory is what the guest sees", r.guest(
        "--memory=200m", root, "sh", "-c",
        "grep MemTotal /proc/meminfo"), out=r"MemTotal: +20\d{4} kB")
    r.case("memory populated ahead of need is told", r.guest(
        root, "grep", "VivAhead", "/proc/meminfo"),
        out=r"^VivAhead: +[1-9]\d* kB$")
    r.case("--timeout ends a guest", r.guest(
        "--timeout=1", root, "sleep", "60", timeout=20), 124, err=".*")
    r.case("--log-file", r.guest("--log-level=info",
                                 f"--log-file={top}/tmp/log", root, "true"))
    r.tap.case("  and it says which tracer and why", "tracer" in
               (top / "tmp/log").read_text())
    os.unlink(top / "tmp/log")


def files(r):
    root, top = r.place.root, r.place.top
    r.case("-v shows a directory", r.guest(
        "-v", f"{top}/vol:/mnt/vol", root, "sh", "-c",
        "cat /mnt/vol/f; echo new >/mnt/vol/g"), out="^volume\n$")
    r.tap.case("  and writes reach the host",
               (top / "vol/g").read_text() == "new\n")
    os.unlink(top / "vol/g")
    r.case("-v shows a file", r.guest(
        "-v", f"{top}/vol/f:/etc/motd", root, "cat", "/etc/motd"),
        out="^volume\n$")
    r.case("-v makes the directories that lead to it", r.guest(
        "-v", f"{top}/vol:/brand/new", root, "cat", "/brand/new/f"),
        out="^volume\n$")
    r.case("  which are the guest's only, and stay", r.guest(
        "-v", f"{top}/vol:/brand/new", root, "sh", "-c",
        "ls -d /brand*; rmdir /brand; umount /brand/new; ls /brand/new"),
        out="^/brand\n$", err="busy")
    r.tap.case("  and are not in ROOT", not (root / "brand").exists())
    r.case("-v shows a program", r.guest(
        "-v", f"{root}/bin/busybox:/opt/sh", root, "/opt/sh", "-c", "echo $0"),
        out="^/opt/sh\n$")
    r.case("-v below a read-only root", r.guest(
        "--read-only", "-v", f"{top}/vol:/brand/new", root, "cat",
        "/brand/new/f"), out="^volume\n$")
    r.case("-v :ro", r.guest(
        "-v", f"{top}/vol:/mnt:ro", root, "sh", "-c", "echo x >/mnt/f"), 1,
        err="Read-only file system")
    r.case("--read-only", r.guest("--read-only", root, "sh", "-c",
                                  "echo x >/x"), 1,
           err="Read-only file system")
    r.case("--ephemeral lets the guest write", r.guest(
        "--ephemeral", root, "sh", "-c", "echo x >/x; cat /x; rm -r /home;"
        " ls -d /home"), 1, out="^x\n$", err="No such file")
    r.tap.case("  and leaves ROOT as it is",
               not (root / "x").exists() and (root / "home").exists())
    r.case("guest root owns, chowns and makes devices", r.guest(
        root, "sh", "-c", "cd /tmp; touch f; chown 12:34 f; chmod 4711 f; "
        "mknod n c 1 3; stat -c '%u:%g %a' f; echo gone >n; stat -c %F n"),
        out="^12:34 4711\ncharacter special file\n$")
    r.case("  and the next run sees it", r.guest(
        root, "sh", "-c", "cd /tmp; stat -c '%u:%g %a' f; rm f n"),
        out="^12:34 4711\n$")
    for limit in (32, 40, 64):
        # Several times: what is written meanwhile has files open, too.
        r.case(f"a guest opens more files than the {limit} the host lets viv "
               "open", r.viv(
                   "run", root, "sh", "-c", "for n in 1 2 3; do mkdir /many &&"
                   " cd /many && awk 'BEGIN { for (i = 0; i < 200; i++) "
                   "print i >(\"f\" i)}' && cat f* | wc -l; cd /; "
                   "rm -r /many; done",
                   before=["prlimit", f"--nofile={limit}:{limit}"]),
               out="^200\n200\n200\n$")
    r.complains("a host that lets viv open too few for a ROOT", r.viv(
        "run", root, "true", before=["prlimit", "--nofile=24:24"]),
        "ulimit -n")
    r.case("guest root reads what nobody may", r.guest(
        root, "sh", "-c", "cd /tmp; mkdir d; echo x >d/f; chmod 0 d/f d; "
        "cat d/f; stat -c %a d d/f; rm -r d"), out="^x\n0\n0\n$")
    mine = r.place.who.pw_uid if r.place.who else os.getuid()
    foreign = [p for p in root.rglob("*") if p.lstat().st_uid != mine]
    r.tap.case("on the host all of it is the user's", not foreign, foreign)


def full_disk(r):
    """A small disk of its own as ROOT."""
    top, root = r.place.top, r.place.root
    if r.place.run(["unshare", "--mount", "mount", "-t", "tmpfs", "none",
                    top / "vol"])[0]:
        r.tap.skip("a full disk", "mounting one takes a right we lack")
        return
    script = ("cd /tmp; dd if=/dev/zero of=big bs=64k count=200 2>/dev/null "
              "|| echo full; for n in 1 2 3; do rm big; "
              "dd if=/dev/zero of=big bs=64k count=40 2>/dev/null && "
              "dd if=/dev/zero of=more bs=64k count=200 2>/dev/null || "
              "echo full; echo x 2>/dev/null >>big || echo full; rm more; "
              "echo kept >f && sync && cat f; done")
    outside = (f"mount -t tmpfs -o size=8m none {top}/vol && "
               f"mkdir -m 777 {top}/vol/tmp && cp -a {root}/bin {top}/vol && "
               f"exec {r.place.viv} run --tracer={r.opt.tracer} {top}/vol "
               f"sh -c '{script}'")
    r.case("a full disk is told at once, and what is removed makes space",
           r.place.run(["unshare", "--mount", "sh", "-c", outside]),
           out="^full\n" + "full\nfull\nkept\n" * 3 + "$")


def strace(r):
    root, top = r.place.root, r.place.top
    r.case("--strace", r.guest("--strace", root, "true"),
           err=r'execve\("/bin/true", \["true"\].*\) = 0.*exit_group\(0\)')
    r.case("--strace=FILTER", r.guest("--strace=openat,%process", root, "cat",
                                      "/etc/hostname"), out="^viv\n$",
           err=r'openat\(AT_FDCWD, "/etc/hostname", O_RDONLY[^)]*\) = \d')
    r.complains("--strace of a call that is not there",
                r.guest("--strace=flyaway", root, "true"), "flyaway")
    r.case("--strace-output", r.guest(
        "--strace", f"--strace-output={top}/tmp/trace", root, "true"))
    r.tap.case("  is written", "exit_group" in
               (top / "tmp/trace").read_text())
    os.unlink(top / "tmp/trace")


def kernels(r):
    other, root = r.place.top / "vmviv-other", r.place.root
    if not other.exists():
        r.tap.skip("--kernel", "this build has its kernel linked in")
        return
    first = subprocess.Popen(
        [r.place.viv, "run", root, "sh", "-c", "sleep 2; uname -r"],
        stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
        **r.place.as_user())
    r.case("--kernel boots another image", r.guest(
        f"--kernel={other}", root, "uname", "-r"), out=r"^6.12.0-other\n$")
    r.tap.case("  beside the built-in one",
               first.communicate()[0] == "6.12.0-viv\n")
    r.complains("--kernel with a program that is no kernel", r.guest(
        f"--kernel={root}/bin/busybox", root, "true"), "busybox")


def hosts(r):
    deny, root = r.place.top / "bin/deny", r.place.root
    run = ["run", "--log-level=info", root, "echo", "hello"]
    r.case("a host without seccomp: ptrace", r.viv(
        *run, before=[deny, "seccomp"]), out="^hello\n$", err="ptrace")
    r.case("a host without ptrace: seccomp", r.viv(
        *run, before=[deny, "ptrace"]), out="^hello\n$", err="seccomp")
    r.complains("a host without either", r.viv(
        *run, before=[deny, "ptrace,seccomp"]), "ptrace|seccomp")
    r.complains("a host without memfd", r.viv(
        *run, before=[deny, "memfd_create"]), "memfd")
    r.case("a host without io_uring", r.viv(
        *run, before=[deny, "io_uring"]), out="^hello\n$", err=".*")
    r.complains("--tracer=seccomp where it is forbidden", r.viv(
        "run", "--tracer=seccomp", root, "true", before=[deny, "seccomp"]),
        "seccomp")
    r.case("viv check there", r.viv("check", before=[deny, "ptrace"]),
           out=r"ptrace +no.*would use the seccomp tracer")


def lay_out(place):
    top, bad = place.top, place.root / "bad"
    (top / "a-file").write_text("x")
    (top / "empty").mkdir()
    (top / "shut").mkdir()
    (top / "shut").chmod(0)
    (top / "vol").mkdir()
    (top / "vol/f").write_text("volume\n")
    (top / "env").write_text("# a comment\n\nA=one\nB=first\n")
    deny = top / "bin/deny"
    deny.write_bytes((place.build / "tests/cli/deny").read_bytes())
    deny.chmod(0o755)
    image = place.build / "tests/cli/vmviv-other"
    if image.exists():
        (top / "vmviv-other").write_bytes(image.read_bytes())
    bad.mkdir()
    busybox = (place.root / "bin/busybox").read_bytes()
    arm = bytearray(busybox)
    arm[18:20] = (183).to_bytes(2, "little")
    for name, data in [
            ("short", busybox[:40]), ("cut", busybox[:100000]),
            ("arm", bytes(arm)), ("script", b"#!/no/such/interp\n"),
            ("text", b"plain text\n"),
            ("interp", (place.build / "tests/cli/lost").read_bytes())]:
        (bad / name).write_bytes(data)
        (bad / name).chmod(0o755)
    place.hand_over()


def main():
    opt = options(__doc__.splitlines()[0]).parse_args()

    def body(tap, place):
        lay_out(place)
        before = snapshot(place.top)
        runner = Runner(place, tap, opt)
        for group in (command_itself, bad_words, bad_roots, bad_commands,
                      statuses, embedded, options_work, files, full_disk,
                      strace, kernels, hosts):
            group(runner)
        after = snapshot(place.top)
        tap.case("no file is left behind", before == after,
                 sorted(set(after) ^ set(before)))
        left = processes(place.top)
        tap.case("no process is left behind", not left, left)

    return in_a_place(opt, body)


if __name__ == "__main__":
    sys.exit(main())
