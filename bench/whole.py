# SPDX-License-Identifier: MIT
"""A guest as a whole: from start to exit, and what it costs while nothing
happens in it."""
import os, pathlib, pty, select, signal, statistics, subprocess, threading, time

from systems import Failed

PROC = pathlib.Path("/proc")


def run_to_end(command, environment, timeout=60):
    """How long it took, in seconds.  subprocess, given a timeout, looks for the
    end now and then only: 32 ms may pass; here a timer kills instead."""
    nul = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, how, 0)
           for fd, how in ((0, os.O_RDONLY), (1, os.O_WRONLY))]
    began = time.monotonic()
    pid = os.posix_spawnp(command[0], command, environment, file_actions=nul)
    timer = threading.Timer(timeout, os.kill, (pid, signal.SIGKILL))
    timer.start()
    try:
        _, status = os.waitpid(pid, 0)
        took = time.monotonic() - began
    finally:
        timer.cancel()
    if status:
        raise Failed(f"{command[0]}: wait status {status:#x}")
    return took


def boot_ms(system, root, times):
    """Start the system, run true, end: the median, in milliseconds.  viv boots
    its embedded guest, others the same files as a directory."""
    took = []
    for _ in range(times):
        if system.is_viv:
            cmd = [*system.prefix[:-1], "--", "true"]
        else:
            cmd = system.command(root, "bin/busybox", "true")
        if system.name == "UML":  # it needs an init, and to be asked how it went
            began = time.monotonic()
            system.run(root, "bin/busybox", "true", timeout=60)
            took.append(time.monotonic() - began)
        else:
            took.append(run_to_end(cmd, system.environment))
    return statistics.median(took) * 1000


def stat_fields(pid):
    """The fields of /proc/PID/stat after the name."""
    text = (PROC / str(pid) / "stat").read_text()
    return text[text.rindex(")") + 2:].split()


def family(leader):
    """A process, its session, and all their descendants."""
    parent, session = {}, {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                fields = stat_fields(entry.name)
            except OSError:
                continue
            parent[int(entry.name)] = int(fields[1])
            session[int(entry.name)] = int(fields[3])
    found = {pid for pid in session if session[pid] == leader or pid == leader}
    while True:
        more = {pid for pid in parent if parent[pid] in found} - found
        if not more:
            return found
        found |= more


def pss_mib(pids):
    """Their share of memory; it takes the right to look into them."""
    kib = 0
    for pid in pids:
        rollup = PROC / str(pid) / "smaps_rollup"
        for line in rollup.read_text().splitlines():
            if line.startswith("Pss:"):
                kib += int(line.split()[1])
    return kib / 1024


def cpu_ns(pids):
    """Time on a processor of all their threads."""
    return sum(int(path.read_text().split()[0]) for pid in pids
               for path in PROC.glob(f"{pid}/task/*/schedstat"))


def end(pids):
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def idle(system, root, seconds):
    """{"idle memory": MiB, "idle cpu": percent} with a shell at a prompt."""
    ours, theirs = pty.openpty()
    cmd = system.command(root, "bin/busybox", "sh")
    if system.is_viv:
        cmd = [a for a in cmd if a != "--no-stdin"]
    child = subprocess.Popen(cmd, cwd=root, stdin=theirs, stdout=theirs,
                             stderr=theirs, start_new_session=True)
    os.close(theirs)
    try:
        if not select.select([ours], [], [], 20)[0]:
            raise Failed("no prompt on its terminal")
        time.sleep(2)
        pids = family(child.pid)
        before, began = cpu_ns(pids), time.monotonic()
        time.sleep(seconds)
        spent = cpu_ns(pids) - before
        return {"idle cpu": spent / (time.monotonic() - began) / 1e7,
                "idle memory": pss_mib(family(child.pid))}
    except OSError as e:
        raise Failed(str(e)) from e
    finally:
        end(family(child.pid))
        child.wait()
        os.close(ours)


def measure(system, root, seconds):
    """(figures, {what: why not})"""
    found, absent = {}, {}
    try:
        found["boot"] = boot_ms(system, root, 10)
    except (Failed, subprocess.SubprocessError) as e:
        absent["boot"] = str(e)
    if system.name == "UML":
        absent["idle"] = "its console is no terminal of ours"
        return found, absent
    try:
        found.update(idle(system, root, seconds))
    except Failed as e:
        absent["idle"] = str(e)
    return found, absent
