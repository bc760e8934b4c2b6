# SPDX-License-Identifier: MIT
"""A guest as a whole: from start to exit, and what it costs while nothing
happens in it."""
import os, pathlib, pty, select, signal, statistics, subprocess, time

from systems import Failed

PROC = pathlib.Path("/proc")


def boot_ms(system, root, times):
    """Start the system, run true, end: the median, in milliseconds.  viv boots
    its embedded guest, others the same files as a directory."""
    took = []
    for _ in range(times):
        began = time.monotonic()
        if system.is_viv:
            cmd = [*system.prefix[:-1], "--", "true"]
            subprocess.run(cmd, check=True, stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, timeout=60)
        else:
            system.run(root, "bin/busybox", "true", timeout=60)
        took.append((time.monotonic() - began) * 1000)
    return statistics.median(took)


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
