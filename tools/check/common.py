# SPDX-License-Identifier: MIT
"""What the checks share: the source tree's files, and how a check ends.

A check is a script that gets the root of a source tree, prints one line a
complaint ("file:line: what") and exits with 1 if there was any.
"""
import os, pathlib, sys

SKIPPED = {".git", ".cache", "__pycache__"}


def files(root, *suffixes):
    """The tree's files with one of these suffixes (all, if none), as paths
    from the root, sorted; build directories are left out."""
    root = pathlib.Path(root)
    found = []
    for top, dirs, names in os.walk(root):
        dirs[:] = [d for d in dirs if d not in SKIPPED and not
                   (pathlib.Path(top) / d / "meson-private").is_dir()]
        for name in names:
            if name not in SKIPPED and (
                    not suffixes or name.endswith(suffixes)):
                found.append((pathlib.Path(top) / name).relative_to(root))
    return sorted(p.as_posix() for p in found)


def finish(found):
    """Print the complaints; leave with 1 if there are any."""
    found = sorted(set(found))
    if found:
        print("\n".join(found))
    sys.exit(bool(found))
