#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Pack the embedded guest's root into a cpio archive (newc).

    pack.py MANIFEST OUT [NAME=FILE...]

The same inputs give the same bytes: entries are sorted, times are 0, owners
come from the manifest.  No rights are needed: owners and device nodes exist
in the archive only.  If OUT is a directory, the files are put there instead,
as the user's own and without device nodes: a ROOT for `viv run`.
"""
import os, pathlib, stat, subprocess, sys


class Entry:
    def __init__(self, mode, data=b"", uid=0, rdev=(0, 0)):
        self.mode, self.data, self.uid, self.rdev = mode, data, uid, rdev


def fail(text):
    sys.exit(f"pack.py: {text}")


def parse(manifest, given):
    """The entries a manifest names, by path."""
    entries = {}
    here = pathlib.Path(manifest).parent
    for n, line in enumerate(open(manifest), 1):
        words = line.split("#")[0].split()
        if not words:
            continue
        try:
            path, entry = entry_of(words, here, given)
        except (KeyError, ValueError, IndexError, OSError) as e:
            fail(f"{manifest}:{n}: {type(e).__name__}: {e}")
        if path in entries:
            fail(f"{manifest}:{n}: {path} is named twice")
        entries[path] = entry
    return entries


def entry_of(words, here, given):
    kind, path, rest = words[0], words[1], words[2:]
    if kind == "dir":
        uid = int(rest[1]) if len(rest) > 1 else 0
        return path, Entry(stat.S_IFDIR | int(rest[0], 8), uid=uid)
    if kind == "slink":
        return path, Entry(stat.S_IFLNK | 0o777, rest[0].encode())
    if kind == "nod":
        fmt = {"c": stat.S_IFCHR, "b": stat.S_IFBLK}[rest[1]]
        return path, Entry(fmt | int(rest[0], 8),
                           rdev=(int(rest[2]), int(rest[3])))
    if kind == "file":
        src = rest[1]
        src = given[src[1:]] if src.startswith("@") else here / src
        return path, Entry(stat.S_IFREG | int(rest[0], 8),
                           pathlib.Path(src).read_bytes())
    raise ValueError(f"what is a '{kind}'?")


def add_applets(entries, busybox):
    """A link for each applet busybox says it has."""
    out = subprocess.run([busybox, "--list-full"], capture_output=True,
                         text=True, check=True).stdout
    for path in out.split():
        if path not in entries:
            target = "busybox"
            if not path.startswith("bin/"):
                target = "../" * path.count("/") + "bin/busybox"
            entries[path] = Entry(stat.S_IFLNK | 0o777, target.encode())


def check_parents(entries):
    for path in entries:
        parent = os.path.dirname(path)
        if parent and (parent not in entries or
                       not stat.S_ISDIR(entries[parent].mode)):
            fail(f"{path}: {parent} is not a directory of the manifest")


def record(ino, path, e):
    """One newc record: header, name, data, each padded to four bytes."""
    nlink = 2 if stat.S_ISDIR(e.mode) else 1
    name = path.encode() + b"\0"
    fields = [ino, e.mode, e.uid, e.uid, nlink, 0, len(e.data), 0, 0,
              e.rdev[0], e.rdev[1], len(name), 0]
    head = b"070701" + b"".join(b"%08X" % f for f in fields)
    out = head + name
    out += b"\0" * (-len(out) % 4)
    return out + e.data + b"\0" * (-len(e.data) % 4)


def unpack(entries, out):
    for path, e in sorted(entries.items()):
        where, fmt = out / path, stat.S_IFMT(e.mode)
        if fmt == stat.S_IFDIR:
            where.mkdir(exist_ok=True)
        elif fmt == stat.S_IFLNK:
            where.symlink_to(e.data.decode())
        elif fmt == stat.S_IFREG:
            where.write_bytes(e.data)
        if fmt in (stat.S_IFDIR, stat.S_IFREG):
            where.chmod(stat.S_IMODE(e.mode))


def main():
    manifest, out, *pairs = sys.argv[1:]
    given = dict(p.split("=", 1) for p in pairs)
    entries = parse(manifest, given)
    add_applets(entries, given["busybox"])
    check_parents(entries)
    if os.path.isdir(out):
        unpack(entries, pathlib.Path(out))
        return
    blob = b"".join(record(i, p, entries[p])
                    for i, p in enumerate(sorted(entries), 1))
    trailer = Entry(0)
    blob += record(0, "TRAILER!!!", trailer)
    tmp = pathlib.Path(out + ".new")
    tmp.write_bytes(blob + b"\0" * (-len(blob) % 512))
    tmp.replace(out)


if __name__ == "__main__":
    main()
