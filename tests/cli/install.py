#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Install into an empty folder, run what was installed.  TAP.

    install.py [--build DIR] [--user NAME]
"""
import pathlib, re, shutil, subprocess, sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from place import in_a_place, options

WANTED = ["bin/viv", "share/viv/rootfs.cpio", "share/viv/viv-gdb.py",
          "share/man/man1/viv.1"]


def install(tap, place):
    dest = place.top / "dest"
    done = subprocess.run(
        ["meson", "install", "-C", place.build, "--no-rebuild", "--destdir",
         dest], capture_output=True, text=True)
    tap.case("meson install", done.returncode == 0,
             done.stdout + done.stderr)
    bins = [p.parent.parent for p in dest.rglob("bin/viv")]
    prefix = bins[0] if bins else dest
    missing = [w for w in WANTED if not (prefix / w).is_file()]
    tap.case("all parts are there", not missing, missing)
    images = list(prefix.rglob("vmviv"))
    # Another prefix than the one it was made for.
    moved = place.top / "opt"
    shutil.move(prefix, moved)
    place.hand_over()
    status, out, err = place.run([moved / "bin/viv", "run", "--", "echo",
                                  "hi"])
    tap.case("the installed viv runs its guest", (status, out, err) ==
             (0, "hi\n", ""), f"{status} {out} {err}")
    for image in images:
        image = moved / image.relative_to(prefix)
        status, out, err = place.run(
            [moved / "bin/viv", "run", "--kernel", image, "--", "uname",
             "-s"])
        tap.case("and the installed image", (status, out) ==
                 (0, "Linux\n"), f"{status} {out} {err}")
    page = (moved / "share/man/man1/viv.1").read_text()
    tap.case("the man page is viv's", re.search(r"^\.TH VIV 1", page,
                                                re.M | re.I), page[:200])


def main():
    return in_a_place(options(__doc__.splitlines()[0]).parse_args(), install)


if __name__ == "__main__":
    sys.exit(main())
