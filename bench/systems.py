# SPDX-License-Identifier: MIT
"""What can run a program with a directory as its root: the host itself, viv
with each back end that works here, and others of its kind where installed."""
import fcntl, os, pathlib, shutil, subprocess

BACK_ENDS = ("direct", "seccomp", "ptrace", "ptrace-nullify")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


# Standard input: a pipe at its end.  As root, runsc gives what it gets there
# away to nobody, and /dev/null is everybody's.
NOTHING = b""


class Failed(Exception):
    pass


class System:
    """Runs commands in a root; the host itself, in that directory.

    A command is a path from the root and its arguments.  On the host, a
    relative path makes a program see the same files as in a guest, where the
    root is the directory it starts in."""

    def __init__(self, name, prefix=None, **environment):
        self.name, self.prefix = name, prefix
        self.environment = {"PATH": PATH, "HOME": "/root", **environment}

    @property
    def is_viv(self):
        return self.name in BACK_ENDS

    @property
    def is_native(self):
        return self.prefix is None

    @property
    def is_peer(self):
        return not (self.is_viv or self.is_native)

    def command(self, root, program, *args):
        args = [str(a) for a in args]
        if self.is_native:
            return [str(root / program), *args]
        prefix = [str(root) if p is ROOT else p for p in self.prefix]
        return [*prefix, "/" + program, *args]

    def run(self, root, program, *args, timeout=600):
        """What it printed.  Raises: Failed."""
        try:
            done = subprocess.run(
                self.command(root, program, *args), cwd=root, timeout=timeout,
                env=self.environment, input=NOTHING,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        except (subprocess.TimeoutExpired, OSError) as e:
            raise Failed(str(e)) from e
        return judged(done.returncode, done.stdout, done.stderr)


GET_FLAGS, SET_FLAGS, TOPDIR = 0x80086601, 0x40086602, 0x20000


def spread(directory):
    """Let what is made in @directory lie in places of their own on the disk,
    if its file system knows how.

    ext4 passes over inodes freed in the last minutes, one by one: without this
    a system pays for what those before it removed, up to a millisecond for
    each file that it makes."""
    fd = os.open(directory, os.O_RDONLY)
    try:
        flags = int.from_bytes(fcntl.ioctl(fd, GET_FLAGS, bytes(8)), "little")
        fcntl.ioctl(fd, SET_FLAGS, (flags | TOPDIR).to_bytes(8, "little"))
    except OSError:
        pass
    os.close(fd)


ROOT = object()  # stands for the root directory in a System's prefix


def judged(status, out, err):
    if status:
        raise Failed(f"status {status}: {(err or out).decode()[-300:].strip()}")
    return out.decode()


class UserModeLinux(System):
    """It has no way to run one program and tell how that ended: an init of
    ours does, and leaves both in files."""

    def __init__(self, binary):
        super().__init__("UML", [])
        self.binary = binary

    def run(self, root, program, *args, timeout=600):
        words = " ".join(quoted(str(a)) for a in ["/" + program, *args])
        left = {what: root / f"bench-uml.{what}"
                for what in ("out", "err", "status")}
        init = root / "bench-uml.init"
        init.write_text(
            "#!/bin/sh\nmount -t proc proc /proc\ncd /\n"
            f"export PATH={PATH} HOME=/root\nifconfig lo up\n"
            f"{words} >/{left['out'].name} 2>/{left['err'].name}\n"
            f"echo $? >/{left['status'].name}\nexec /bench-micro poweroff\n")
        init.chmod(0o755)
        for path in left.values():
            path.unlink(missing_ok=True)
        try:
            done = subprocess.run(
                self.command(root), cwd=root, timeout=timeout,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT)
        except (subprocess.TimeoutExpired, OSError) as e:
            raise Failed(str(e)) from e
        if not left["status"].exists():
            raise Failed(done.stdout.decode(errors="replace")[-300:])
        return judged(int(left["status"].read_text()),
                      left["out"].read_bytes(), left["err"].read_bytes())

    def command(self, root, *_):
        return [self.binary, "mem=1536M", "root=/dev/root", "rw", "quiet",
                "rootfstype=hostfs", f"rootflags={root}", "con=null",
                "con0=null", "init=/bench-uml.init"]


def quoted(word):
    return "'" + word.replace("'", "'\\''") + "'"


def back_ends(checked):
    """Which back ends work, by what `viv check` printed."""
    says = {}
    for line in checked.splitlines():
        words = line.split()
        if len(words) > 1 and words[0] in BACK_ENDS:
            says[words[0]] = words[1]
    return [name for name in BACK_ENDS if says.get(name) == "ok"]


def viv_systems(viv, trusted=()):
    done = subprocess.run([viv, "check"], capture_output=True, text=True)
    for name in back_ends(done.stdout):
        yield System(name, [str(viv), "run", f"--tracer={name}", *trusted,
                            "--no-stdin", ROOT])


def gvisor():
    """With the fastest platform this version has; it may need user
    namespaces."""
    base = ["runsc", "--network=none"]
    if os.getuid() != 0:
        base.append("--rootless")
    for platform in ("systrap", "ptrace"):
        cmd = [*base, f"--platform={platform}", "do"]
        try:
            done = subprocess.run([*cmd, "true"], capture_output=True,
                                  input=NOTHING, timeout=30)
        except (subprocess.TimeoutExpired, OSError):
            continue
        if done.returncode == 0:
            yield System(f"gVisor {platform}", [*cmd, "--root", ROOT,
                                                "--cwd", "/"])
            return


def peers():
    if shutil.which("proot"):
        yield System("proot", ["proot", "-0", "-b", "/proc", "-b", "/dev",
                               "-r", ROOT, "-w", "/"])
    if shutil.which("linux.uml"):
        yield UserModeLinux("linux.uml")
    if shutil.which("runsc"):
        yield from gvisor()


def all_systems(viv):
    yield System("native")
    yield from viv_systems(viv)
    yield from peers()


def chosen(systems, only):
    """Native, and those that are named, by part of their name after `~`."""
    for system in systems:
        if not only or system.is_native or any(
                w[1:] in system.name if w.startswith("~") else
                w == system.name for w in only):
            yield system


def small_root(where, build, top):
    """The embedded guest's files and the micro benchmark."""
    spread(where)
    subprocess.run(["python3", top / "rootfs/pack.py", top / "rootfs/manifest",
                    where, f"init={build / 'rootfs/init'}",
                    f"busybox={shutil.which('busybox')}"], check=True)
    shutil.copy2(build / "bench/micro", pathlib.Path(where) / "bench-micro")
