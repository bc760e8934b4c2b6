# SPDX-License-Identifier: MIT
"""The rows of syscalls/syscalls.def and absent.def, for checks and docs."""
import pathlib, re


class Row:
    """One call: nr, name, args [(kind, name)], ret, classes, inject, support,
    note; for an absent one args is a count and note says why."""

    def __init__(self, line, **fields):
        self.line = line
        self.__dict__.update(fields)

    @property
    def test(self):
        """The guest test that covers it."""
        m = re.search(r"tested by (\w+)", self.note)
        return m[1] if m else self.name

    @property
    def said(self):
        """The note without its pointer to a test."""
        return re.sub(r"[;,]?\s*tested by \w+", "", self.note).strip()


def split(text):
    """Split at the commas outside brackets and quotes."""
    parts, depth, quoted, start = [], 0, False, 0
    for i, c in enumerate(text):
        if c == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif c in "([":
            depth += 1
        elif c in ")]":
            depth -= 1
        elif c == "," and not depth:
            parts.append(text[start:i].strip())
            start = i + 1
    return parts + [text[start:].strip()]


def calls(path, word):
    """(line, [arguments]) of every WORD(...) at a line's start."""
    text = pathlib.Path(path).read_text()
    for m in re.finditer(r"^%s\(" % word, text, re.M):
        depth, quoted, i = 1, False, m.end()
        while depth:
            c = text[i]
            if c == '"':
                quoted = not quoted
            elif not quoted:
                depth += (c == "(") - (c == ")")
            i += 1
        yield text.count("\n", 0, m.start()) + 1, split(text[m.end():i - 1])


def text_of(literals):
    """What a C string literal, perhaps in pieces, says."""
    return "".join(re.findall(r'"([^"]*)"', literals))


def rows(root):
    for line, a in calls(pathlib.Path(root) / "syscalls/syscalls.def",
                         "SYSCALL"):
        yield Row(line, nr=int(a[0]), name=a[1],
                  args=re.findall(r"\((\w+), (\w+)\)",
                                  a[2].removeprefix("ARGS(")),
                  ret=a[3], classes=re.findall(r"SC_(\w+)", a[4]),
                  inject=re.findall(r"INJ_(\w+)", a[5]), support=a[6],
                  note=text_of(a[7]), is_absent=False)


def absent(root):
    for line, a in calls(pathlib.Path(root) / "syscalls/absent.def", "ABSENT"):
        yield Row(line, nr=int(a[0]), name=a[1], args=int(a[2]), err=a[3],
                  support="SUP_ABSENT", note=text_of(a[4]), is_absent=True)


def kinds(root):
    folder = pathlib.Path(root) / "syscalls"
    for name, word in (("kinds.def", "KIND"), ("kinds.def", "PTR"),
                       ("groups.def", "GROUP")):
        for _, a in calls(folder / name, word):
            yield a[0]
