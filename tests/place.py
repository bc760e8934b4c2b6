# SPDX-License-Identifier: MIT
"""A place to test viv in: an installed viv and a ROOT of its own, in a
temporary folder that belongs to whom viv runs as.

Shared by run_guest.py and the runners of cli/, boot/ and debian/.
"""
import argparse, os, pathlib, pwd, shutil, subprocess, sys, tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent


class AsRoot(argparse.Action):
    """--as-root: skip everything if we are not root."""

    def __call__(self, *_):
        if os.getuid() != 0:
            print("1..1\nok 1 - all # SKIP not root: nothing to add to what "
                  "the other runs do as an ordinary user")
            sys.exit(0)


def options(description):
    """A parser with the options that all runners have."""
    p = argparse.ArgumentParser(description=description)
    p.add_argument("--build", default=TOP / "b", type=pathlib.Path,
                   help="build directory (default: b)")
    p.add_argument("--tracer", default="auto")
    p.add_argument("--user", help="if we are root, run viv as this user")
    p.add_argument("--as-root", nargs=0, action=AsRoot,
                   help="skip everything if we are not root")
    return p


def user_missing(user):
    """Why viv can't be run as @user; None if it can."""
    try:
        user and os.getuid() == 0 and pwd.getpwnam(user)
    except KeyError:
        return f"there is no user {user}"
    return None


class Place:
    def __init__(self, build, user=None):
        self.build = build
        self.who = pwd.getpwnam(user) if user and os.getuid() == 0 else None
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="viv-test-"))
        self.viv = self.top / "bin/viv"
        (self.top / "bin").mkdir()
        (self.top / "share/viv").mkdir(parents=True)
        (self.top / "tmp").mkdir()
        shutil.copy2(build / "cli/viv", self.viv)
        shutil.copy2(build / "rootfs/rootfs.cpio", self.top / "share/viv")
        self.root = self.new_root("root")

    def new_root(self, name):
        """A directory with the embedded guest's files."""
        root = self.top / name
        root.mkdir()
        subprocess.run([sys.executable, TOP / "rootfs/pack.py",
                        TOP / "rootfs/manifest", root,
                        f"init={self.build / 'rootfs/init'}",
                        f"busybox={shutil.which('busybox')}"], check=True)
        return root

    def hand_over(self):
        """Call when all is laid out: it becomes the user's."""
        if self.who:
            subprocess.run(["chown", "-Rh", f"{self.who.pw_uid}:"
                            f"{self.who.pw_gid}", self.top], check=True)

    def as_user(self):
        """Arguments for subprocess."""
        if not self.who:
            return {}
        return {"user": self.who.pw_uid, "group": self.who.pw_gid,
                "extra_groups": []}

    def environment(self):
        return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TERM": "dumb",
                "HOME": str(self.top), "TMPDIR": str(self.top / "tmp")}

    def run(self, cmd, timeout=60, **more):
        """(status, stdout, stderr) of a command, as the user."""
        kw = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
              "stderr": subprocess.PIPE, "cwd": self.top,
              "env": self.environment(), **self.as_user(), **more}
        if "input" in kw:
            del kw["stdin"]
        try:
            done = subprocess.run(cmd, timeout=timeout, **kw)
        except subprocess.TimeoutExpired as e:
            return "timeout", text(e.stdout), text(e.stderr)
        return done.returncode, text(done.stdout), text(done.stderr)

    def remove(self):
        subprocess.run(["chmod", "-R", "u+rwx", self.top],
                       stderr=subprocess.DEVNULL)
        shutil.rmtree(self.top, ignore_errors=True)


def text(raw):
    return (raw or b"").decode(errors="replace")


class Tap:
    """Test Anything Protocol: one line a case."""

    def __init__(self):
        self.n = self.failed = 0
        print("TAP version 13", flush=True)

    def case(self, what, ok, detail=""):
        self.n += 1
        self.failed += not ok
        print(f"{'ok' if ok else 'not ok'} {self.n} - {what}")
        for line in str(detail).splitlines()[-40:] if not ok else []:
            print(f"# {line}")
        sys.stdout.flush()

    def skip(self, what, why):
        self.n += 1
        print(f"ok {self.n} - {what} # SKIP {why}", flush=True)

    def end(self):
        print(f"1..{self.n}", flush=True)
        return 1 if self.failed else 0


def in_a_place(opt, body, why_not=None):
    """Run body(tap, place) in a place that is removed afterwards; @why_not, or
    a user who isn't there: skip it all.  Returns: the exit status."""
    tap = Tap()
    why_not = why_not or user_missing(opt.user)
    if why_not:
        tap.skip("all", why_not)
        return tap.end()
    place = Place(opt.build, opt.user)
    try:
        body(tap, place)
    finally:
        place.remove()
    return tap.end()
