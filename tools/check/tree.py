#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Check what every part of the tree must have, and what none may.

    tree.py ROOT

* a README.md of at most 40 lines in each folder that holds sources;
* an SPDX line within the first three of each C, assembly, Python and shell
  file;
* no word of FORBIDDEN: paths and habits of one developer's machine;
* no document named that is not in the tree.
"""
import pathlib, re, sys

from common import files, finish

SOURCES = (".c", ".h", ".S", ".py", ".sh")
README_LINES = 40
# Folders that are parts of the one above.
NO_README = re.compile(r"^$|(^|/)(internal|etc|x86_64|lint|prog|unit/\w+)$")
FORBIDDEN = [
    (re.compile(r"/work/(?!\.\.)"), "a path of one machine"),
    (re.compile(r"/home/(?!user\b)\w+"), "a path of one machine"),
    (re.compile(r"\b(TODO|FIXME|XXX)\b(?!:? ?\()"), "an unfinished thought"),
    (re.compile(r"(?i)\b(language model|chatbot|as an ai\b|subagent|"
                r"sub-agent)"),
     "a word that means nothing to readers of this tree"),
]
DOCUMENT = re.compile(r"\b([\w-]+\.md)\b")


def readmes(root):
    folders = {str(pathlib.PurePath(f).parent)
               for f in files(root, ".c", ".S")}
    for folder in sorted(folders):
        folder = "" if folder == "." else folder
        if NO_README.search(folder):
            continue
        readme = pathlib.Path(root) / folder / "README.md"
        if not readme.exists():
            yield f"{folder}/README.md:1: missing"
        elif len(readme.read_text().splitlines()) > README_LINES:
            yield f"{folder}/README.md:1: longer than {README_LINES} lines"


def complaints(root):
    yield from readmes(root)
    documents = {pathlib.PurePath(f).name for f in files(root, ".md")}
    for rel in files(root):
        try:
            text = (pathlib.Path(root) / rel).read_text()
        except UnicodeDecodeError:
            continue
        lines = text.splitlines()
        if rel.endswith(SOURCES) and not any(
                "SPDX-License-Identifier:" in line for line in lines[:3]):
            yield f"{rel}:1: no SPDX line"
        if rel == "tools/check/tree.py":
            continue
        for n, line in enumerate(lines, 1):
            for pattern, what in FORBIDDEN:
                m = pattern.search(line)
                if m:
                    yield f"{rel}:{n}: '{m[0]}': {what}"
            for name in DOCUMENT.findall(line):
                if name not in documents:
                    yield f"{rel}:{n}: '{name}': a document that is not here"


if __name__ == "__main__":
    finish(complaints(sys.argv[1]))
