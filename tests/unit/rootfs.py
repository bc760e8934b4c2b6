#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Show that the embedded guest is packed reproducibly.  TAP.

    rootfs.py SOURCE-ROOT BUILT-ARCHIVE INIT BUSYBOX

Packs it again: as another would (other umask, other folder, other times), and
with one byte changed.
"""
import os, pathlib, shutil, subprocess, sys, tempfile


def pack(top, out, init, busybox, **more):
    subprocess.run([sys.executable, top / "pack.py", top / "manifest", out,
                    f"init={init}", f"busybox={busybox}"], check=True, **more)
    return out.read_bytes()


def main():
    source, archive, init, busybox = map(pathlib.Path, sys.argv[1:])
    built = archive.read_bytes()
    cases = []
    with tempfile.TemporaryDirectory() as tmp:
        tmp = pathlib.Path(tmp)
        copy = tmp / "elsewhere"
        shutil.copytree(source / "rootfs", copy)
        for path in copy.rglob("*"):
            os.utime(path, (1, 1))
        again = pack(copy, tmp / "a", init.resolve(), busybox, umask=0o077,
                     cwd=tmp, env={"LC_ALL": "C", "PATH": os.defpath})
        cases.append(("the same inputs give the same bytes", again == built))
        with open(copy / "etc/hostname", "ab") as f:
            f.write(b"\n")
        other = pack(copy, tmp / "b", init.resolve(), busybox)
        cases.append(("another input gives others", other != built))
    print(f"TAP version 13\n1..{len(cases)}")
    for n, (what, ok) in enumerate(cases, 1):
        print(f"{'ok' if ok else 'not ok'} {n} - {what}")
    sys.exit(not all(ok for _, ok in cases))


if __name__ == "__main__":
    main()
