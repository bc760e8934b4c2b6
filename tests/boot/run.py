#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Boot the embedded guest on a terminal, type, and read what comes.  TAP.

    run.py [--build DIR] [--tracer NAME] [--user NAME]
"""
import fcntl, os, pathlib, re, select, signal, struct, sys, termios, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from place import in_a_place, options

PROMPT = r"[#$] $"


class Terminal:
    """viv in a session of its own, on a pty that we hold the other end of."""

    def __init__(self, place, args, rows=24, cols=80):
        self.master, slave = os.openpty()
        self.slave = slave
        self.resize(rows, cols)
        self.before = termios.tcgetattr(slave)
        self.text = ""
        self.pid = os.fork()
        if self.pid == 0:
            self.child(place, slave, args)

    def child(self, place, slave, args):
        try:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2):
                os.dup2(slave, fd)
            os.close(self.master)
            if slave > 2:
                os.close(slave)
            os.chdir(place.top)
            if place.who:
                os.setgroups([])
                os.setgid(place.who.pw_gid)
                os.setuid(place.who.pw_uid)
            os.execve(place.viv, ["viv", *map(str, args)],
                      {**place.environment(), "TERM": "xterm"})
        finally:
            os._exit(99)

    def resize(self, rows, cols):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ,
                    struct.pack("HHHH", rows, cols, 0, 0))

    def type(self, text):
        os.write(self.master, text.encode())

    def expect(self, pattern, timeout=20):
        """Read until @pattern appears; the text before and with it, taken
        out of what was read; None if it does not come."""
        end = time.monotonic() + timeout
        while True:
            m = re.search(pattern, self.text, re.S)
            if m:
                got, self.text = self.text[:m.end()], self.text[m.end():]
                return got
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.master], [], [],
                                              left)[0]:
                return None
            try:
                data = os.read(self.master, 4096)
            except OSError:
                return None
            self.read(data)

    def read(self, data):
        """busybox's shell asks where the cursor is; nobody need answer."""
        self.text += data.decode(errors="replace")
        self.text = self.text.replace("\x1b[6n", "")

    def wait(self, timeout=20):
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = None
                return os.waitstatus_to_exitcode(status)
            if select.select([self.master], [], [], 0.05)[0]:
                try:
                    self.read(os.read(self.master, 4096))
                except OSError:
                    pass
        return None

    def restored(self):
        return termios.tcgetattr(self.slave) == self.before

    def is_raw(self):
        return not termios.tcgetattr(self.slave)[3] & termios.ICANON

    def close(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        for fd in (self.master, self.slave):
            if fd >= 0:
                os.close(fd)


class Session:
    def __init__(self, tap, place, opt):
        self.tap, self.place, self.opt = tap, place, opt

    def start(self, *args, **kw):
        return Terminal(self.place, ["run", f"--tracer={self.opt.tracer}",
                                     *args], **kw)

    def says(self, t, what, typed, pattern):
        """Type a line; what is printed after its echo must match."""
        t.type(typed)
        got = t.expect(pattern)
        self.tap.case(what, got is not None,
                      f"wanted {pattern!r}, got {t.text!r}")
        return got


def shell(s):
    t = s.start()
    s.tap.case("a shell prompts", t.expect(PROMPT) is not None, repr(t.text))
    s.tap.case("  and the host's terminal is raw", t.is_raw())
    s.says(t, "a line is echoed and run", "echo $((6*7))\r",
           r"echo \$\(\(6\*7\)\)\r\n42\r\n.*# $")
    s.says(t, "stdin is a terminal", "tty; test -t 0 && echo yes\r",
           r"\n/dev/\w+\S*\r\nyes\r\n.*# $")
    s.says(t, "the window has the host's size", "stty size\r",
           r"\n24 80\r\n.*# $")
    s.says(t, "a trap waits for its change",
           "trap 'stty size' WINCH; echo set\r", r"\nset\r\n.*# $")
    t.resize(30, 100)
    s.says(t, "  and the new size is seen", "until stty size | grep 100; do "
           ":; done\r", r"30 100\r\n.*# $")
    t.type("trap - WINCH\r")
    t.expect(PROMPT)
    editing(s, t)
    jobs(s, t)
    t.type("exit 3\r")
    s.tap.case("its exit status is viv's", t.wait() == 3, repr(t.text))
    s.tap.case("the host's terminal is as it was", t.restored())
    t.close()


def running(t, script):
    """Type a command that says when it is in the foreground: its terminal's
    settings are the shell's no longer."""
    t.type(f"sh -c 'echo go; {script}'\r")
    return t.expect(r"\ngo\r\n")


def editing(s, t):
    running(t, "cat")
    s.says(t, "erase in the line discipline", "abX\x7fc\r",
           r"abX\x08 \x08c\r\nabc\r\n")
    s.says(t, "kill", "junk\x15line\r", r"line\r\nline\r\n")
    s.says(t, "end of file", "\x04", PROMPT)
    running(t, "stty raw -echo; echo set; head -c 3 | od -An -tx1; stty sane")
    t.expect(r"set\n")
    s.says(t, "raw mode passes every byte, Ctrl-C too", "\x03\x04a",
           r"03 04 61")
    t.expect(PROMPT)


def jobs(s, t):
    running(t, "exec sleep 100")
    t.type("\x03")
    t.expect(PROMPT)
    s.says(t, "Ctrl-C interrupts the foreground", "echo status $?\r",
           r"status 130\r\n.*# $")
    running(t, "exec sleep 200")
    s.says(t, "Ctrl-Z stops it", "\x1a", r"Stopped.*# $")
    s.says(t, "jobs knows it", "jobs\r", r"\[1\].*Stopped.*sleep 200.*# $")
    s.says(t, "bg continues it", "bg; jobs\r", r"Running.*sleep 200.*# $")
    t.type("fg\r")
    t.expect(r"\nsh .*sleep 200'?\r\n")
    s.says(t, "fg brings it back", "\x03", PROMPT)
    s.says(t, "a background reader is stopped", "cat & until jobs >/j; "
           "grep Stop /j; do :; done\r", r"Stopped \(tty input\).*# $")
    s.says(t, "  and can be killed", "kill -9 %1; "
           "while jobs >/j; grep -q Stop /j; do :; done; echo none\r",
           r"none\r\n.*# $")


def endings(s):
    t = s.start("--timeout=2", "--", "sleep", "60")
    s.tap.case("a guest that is timed out leaves the terminal as it was",
               t.wait() not in (None, 0) and t.restored(), repr(t.text))
    t.close()
    t = s.start("--", "sh", "-c", "echo up; exec sleep 60")
    t.expect("up")
    os.kill(t.pid, signal.SIGTERM)
    s.tap.case("so does one whose viv is told to end",
               t.wait() == 143 and t.restored(), repr(t.text))
    t.close()
    t = s.start("--", "sh", "-c", "echo up; sleep 60")
    t.expect("up")
    os.kill(t.pid, signal.SIGKILL)
    t.wait()
    end = time.monotonic() + 10
    while not t.restored() and time.monotonic() < end:
        time.sleep(0.05)
    s.tap.case("and one whose viv is killed", t.restored())
    t.close()
    t = s.start("--", "sh", "-c", "kill -9 $$")
    s.tap.case("and one that kills itself", t.wait() == 137 and t.restored(),
               repr(t.text))
    t.close()
    t = s.start("--", "sh", "-c", "exec 0<&- 1>&- 2>&-; sleep 0.2; exit 7")
    s.tap.case("a guest may close its terminal", t.wait() == 7 and
               t.restored(), repr(t.text))
    t.close()
    t = s.start("--", "sh", "-c", "echo up; exec sleep 60")
    t.expect("up")
    os.close(t.slave)
    os.close(t.master)
    t.slave = t.master = -1
    end = time.monotonic() + 10
    pid = 0
    while not pid and time.monotonic() < end:
        pid, status = os.waitpid(t.pid, os.WNOHANG)
        time.sleep(0.05)
    s.tap.case("a terminal that hangs up ends the guest", pid != 0)
    t.pid = None if pid else t.pid
    t.close()


def one_command(s):
    t = s.start("--", "sh", "-c", "stty size; echo a; echo b >&2")
    status = t.wait()
    s.tap.case("one command on a terminal", status == 0 and
               "24 80\r\na\r\nb\r\n" in t.text, f"{status} {t.text!r}")
    t.close()
    t = s.start("-T", "--", "sh", "-c", "test -t 0 || echo no terminal")
    s.tap.case("-T: stdio is passed as it is", t.wait() == 0 and
               "no terminal" in t.text, repr(t.text))
    t.close()


def main():
    opt = options(__doc__.splitlines()[0]).parse_args()

    def body(tap, place):
        place.hand_over()
        session = Session(tap, place, opt)
        for group in (shell, one_command, endings):
            group(session)

    return in_a_place(opt, body)


if __name__ == "__main__":
    sys.exit(main())
