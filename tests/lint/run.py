#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Show that each check of tools/check fails on what it is there to find.

    run.py ROOT [CC]

Plants one breach at a time in a small tree (or object files) that passes, and
expects the check to name it.  Output: TAP.
"""
import pathlib, re, shutil, subprocess, sys, tempfile

SPDX = "/* SPDX-License-Identifier: MIT */\n"
LONG = "".join(f"\tx += {i};\n" for i in range(90))


def function(body, name="f", args="int x"):
    return f"{SPDX}int f(int x);\n\nint\n{name}({args})\n{{\n{body}}}\n"


GOOD = {
    "README.md": "good\n",
    "include/types.h": SPDX + "#ifndef T_H\n#define T_H\n\n"
                              "#include <stdint.h>\n\n#endif\n",
    "arch/um/hypercall.h": SPDX + "#ifndef H_H\n#define H_H\n\n"
                                  "int hyper(void);\n\n#endif\n",
    "base/README.md": "base\n",
    "base/list.h": SPDX + "#ifndef L_H\n#define L_H\n\n"
                          "#include \"include/types.h\"\n\n"
                          "int list(void);\n\n#endif\n",
    "base/list.c": SPDX + "#include \"base/list.h\"\n\n"
                          "int\nlist(void)\n{\n\treturn 1;\n}\n",
    "mm/README.md": "mm\n",
    "mm/map.c": SPDX + "#include \"base/list.h\"\n\nint map(void);\n\n"
                       "int\nmap(void)\n{\n\treturn list();\n}\n",
    "mm/internal.h": SPDX + "#ifndef I_H\n#define I_H\n#endif\n",
    "cli/README.md": "cli\n",
    "cli/main.c": SPDX + "#include <stdio.h>\n",
    "fs/README.md": "fs\n",
    "fs/file.c": SPDX,
    "syscalls/README.md": "syscalls\n",
    "syscalls/rw.c": SPDX,
}

# (what, check, files that make the breach, what the check must say)
TREE = [
    ("an include that points upwards", "layers",
     {"base/list.c": SPDX + '#include "mm/map.h"\n'},
     r"base/list.c:2: base/ may not look into mm/"),
    ("a kernel unit that looks into the machine", "layers",
     {"mm/map.c": SPDX + '#include "arch/um/host/machine.h"\n'},
     r"mm/map.c:2: mm/ may not look into arch/um/host/"),
    ("the machine looking into the kernel", "layers",
     {"cli/main.c": SPDX + '#include "base/list.h"\n'},
     r"cli/main.c:2: cli/ may not look into base/"),
    ("a host header in the kernel", "layers",
     {"mm/map.c": SPDX + "#include <stdio.h>\n"},
     r"mm/map.c:2: host header <stdio.h> in mm/"),
    ("a hypercall from a system call handler", "layers",
     {"syscalls/rw.c": SPDX + '#include "arch/um/hypercall.h"\n'},
     r"syscalls/rw.c:2: .* is not for this file"),
    ("another unit's private header", "layers",
     {"fs/file.c": SPDX + '#include "mm/internal.h"\n'},
     r'fs/file.c:2: "mm/internal.h" is private to mm/'),
    ("an include that is no path from the root", "layers",
     {"mm/map.c": SPDX + '#include "list.h"\n'},
     r"mm/map.c:2: .* is not a path from the root"),
    ("a long file", "sizes",
     {"base/list.c": SPDX + "int x;\n" * 700}, r"base/list.c:1: 701 lines"),
    ("a long function", "sizes",
     {"base/list.c": function(LONG)}, r"base/list.c:5: f\(\): 92 lines"),
    ("deep nesting", "sizes",
     {"base/list.c": function("if (x) {\nif (x) {\nfor (;;) {\nif (x) {\n"
                              "}\n}\n}\n}\n")},
     r"base/list.c:5: f\(\): braces 5 deep"),
    ("many parameters", "sizes",
     {"base/list.c": function("", args="int a, int b, int c, int d,\n"
                                       "  int e, int g, int h")},
     r"base/list.c:5: f\(\): 7 parameters"),
    ("a waiver that nothing needs", "sizes",
     {"tools/check/sizes.allow": "base/list.c:list because\n"},
     r"base/list.c:list: needs no waiver"),
    ("a waiver without a reason", "sizes",
     {"tools/check/sizes.allow": "base/list.c:f\n",
      "base/list.c": function(LONG)}, r"base/list.c:f: no reason given"),
    ("a header that needs another before it", "headers",
     {"base/list.h": SPDX + "static inline uint64_t\nf(void)\n{\n"
                            "\treturn 0;\n}\n"},
     r"base/list.h:1: does not compile alone"),
    ("a header without a guard", "headers",
     {"base/list.h": SPDX + "struct twice {\n\tint x;\n};\n"},
     r"base/list.h:1: does not compile alone"),
    ("spaces for tabs", "format",
     {"base/list.c": SPDX + "int\nlist(void)\n{\n    return 1;\n}\n"},
     r"base/list.c:4: not as .clang-format says"),
    ("a folder without a README", "tree",
     {"net/sock.c": SPDX}, r"net/README.md:1: missing"),
    ("a long README", "tree",
     {"mm/README.md": "x\n" * 41}, r"mm/README.md:1: longer than 40"),
    ("a file without a licence line", "tree",
     {"mm/map.c": "int x;\n"}, r"mm/map.c:1: no SPDX line"),
    ("a path of one machine", "tree",
     {"mm/README.md": "see /" + "work/notes\n"},
     r"mm/README.md:1: .* a path of one machine"),
    ("a document that is not in the tree", "tree",
     {"mm/README.md": "see notes" + ".md\n"},
     r"mm/README.md:1: 'notes[.]md': a document that is not here"),
    ("an unfinished thought", "tree",
     {"mm/map.c": SPDX + "/* TO" + "DO: later */\n"},
     r"mm/map.c:2: .* an unfinished thought"),
]

# (what, unit sources, what symbols.py must say or None: it must pass)
SYMBOLS = [
    ("symbols that point downwards pass",
     {"base": "int list(void) { return 1; }",
      "mm": "int list(void); int map(void) { return list(); }"}, None),
    ("a symbol of a higher unit",
     {"base": "int map(void); int list(void) { return map(); }",
      "mm": "int map(void) { return 1; }"},
     r"base: list.o: map belongs to mm/, which is not below"),
    ("a symbol of libc in the kernel",
     {"base": "int puts(const char *); int list(void) { return puts(\"\"); }"},
     r"base: list.o: puts is in no unit"),
]

LDS = "SECTIONS {{ . = {base}; .text : {{ *(.text) }} .data : {{ *(.data) }} }}"
START = "void _start(void) {{ {} }}"

# (what, source, base address, linker flags, what image.py must say)
IMAGE = [
    ("a plain image passes", START.format(""), "0x680000000000", [], None),
    ("a syscall instruction", START.format('__asm__("syscall");'),
     "0x680000000000", [], r"_start: 'syscall' instruction"),
    ("int 0x80", START.format('__asm__("int $0x80");'),
     "0x680000000000", [], r"_start: 'int' instruction"),
    ("an image outside the arena", START.format(""), "0x400000", [],
     r"segment 0x[0-9a-f]+\+0x[0-9a-f]+ is outside"),
    ("thread-local storage", "__thread int t = 1; int *p(void) "
     "{ return &t; } " + START.format(""), "0x680000000000", [],
     r"has a TLS segment"),
    ("a writable text segment", START.format(""), "0x680000000000",
     ["-Wl,-N"], r"is writable and executable"),
    ("an undefined symbol", "int f(void); " + START.format("f();"),
     "0x680000000000", ["-r"],
     r": f is undefined"),
]


def row(nr, name, args="", support="SUP_FULL", note=""):
    return (f"SYSCALL({nr}, {name}, ARGS({args}), RET_INT, SC_NONE, INJ_NONE, "
            f'{support}, "{note}")\n')


# Files of a small table; HANDLED is one that has what a row needs.
DEFS = {
    "syscalls/syscalls.def": "", "syscalls/absent.def": "",
    "syscalls/kinds.def": "KIND(FD, int)\n", "syscalls/groups.def": "",
}
HANDLED = {
    "syscalls/rw.c": SPDX + "sysret_t\nsys_close(struct task *t, int fd)\n"
                            "{\n\treturn 0;\n}\n",
    "tests/guest/close.c": SPDX,
}

# (what, syscalls.def, other files, what table.py must say)
TABLE = [
    ("numbers out of order", row(3, "close") + row(0, "read"), {},
     r"syscalls.def:2: read: number 0 is out of order"),
    ("another number than Linux's", row(4, "close"), {},
     r"syscalls.def:1: close: the host's number is 3"),
    ("a call nobody mentions", row(3, "close"), {},
     r"0 read: neither here nor in absent.def"),
    ("a row without a handler", row(3, "close", "(FD, fd)"), {},
     r"close: nobody has written sys_close\(\)"),
    ("a row without a guest test", row(3, "close", note="tested by dup"),
     HANDLED, r"close: no tests/guest/dup.c"),
    ("an argument of no kind", row(3, "close", "(FDD, fd)"), HANDLED,
     r"close: argument fd: no kind FDD"),
    ("partial support that is not explained",
     row(3, "close", "(FD, fd)", "SUP_PARTIAL"), HANDLED,
     r"close: partial, but the note does not say how"),
    ("a handler of an absent call", "",
     {**HANDLED, "syscalls/absent.def": 'ABSENT(3, close, 1, ENOSYS, "")\n'},
     r"absent.def:1: close: absent, yet there is sys_close"),
]


class Report:
    def __init__(self):
        self.n = self.failed = 0

    def say(self, ok, what, detail=""):
        self.n += 1
        self.failed += not ok
        print(f"{'ok' if ok else 'not ok'} {self.n} - {what}")
        for line in detail.splitlines() if not ok else []:
            print(f"# {line}")

    def skip(self, what, why):
        self.n += 1
        print(f"ok {self.n} - {what} # SKIP {why}")


def run_check(root, name, *args):
    script = root / "tools/check" / (name + ".py")
    return subprocess.run([sys.executable, script, *map(str, args)],
                          capture_output=True, text=True)


def judge(report, what, done, want):
    out = done.stdout + done.stderr
    if want is None:
        report.say(done.returncode == 0, what, out)
    elif done.returncode == 77:
        report.skip(what, out.strip())
    else:
        report.say(done.returncode == 1 and re.search(want, out), what,
                   f"status {done.returncode}, said:\n{out}")


def plant(root, where, extra):
    for rel, text in {**GOOD, **extra}.items():
        path = where / rel
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    shutil.copy(root / ".clang-format", where)


def tree_cases(report, root, tmp, cc):
    extra_args = {"headers": [cc]}
    plant(root, tmp / "good", {})
    for check in sorted({case[1] for case in TREE}):
        done = run_check(root, check, tmp / "good",
                         *extra_args.get(check, []))
        what = f"{check}: a tree without breaches passes"
        if done.returncode == 77:
            report.skip(what, done.stdout.strip())
        else:
            judge(report, what, done, None)
    for i, (what, check, extra, want) in enumerate(TREE):
        where = tmp / f"tree{i}"
        plant(root, where, extra)
        judge(report, f"{check}: {what}", run_check(
            root, check, where, *extra_args.get(check, [])), want)


def table_cases(report, root, tmp):
    for i, (what, table, extra, want) in enumerate(TABLE):
        where = tmp / f"table{i}"
        plant(root, where, {**DEFS, "syscalls/syscalls.def": table, **extra})
        judge(report, f"table: {what}", run_check(root, "table", where), want)


def symbol_cases(report, root, tmp, cc):
    names = {"base": "list", "mm": "map"}
    for i, (what, units, want) in enumerate(SYMBOLS):
        where = tmp / f"symbols{i}"
        where.mkdir()
        args = []
        for unit, source in units.items():
            obj = where / (names[unit] + ".o")
            lib = where / f"lib{unit}.a"
            subprocess.run([*cc.split(), "-c", "-x", "c", "-", "-o", obj],
                           input=source, text=True, check=True)
            subprocess.run(["ar", "rc", lib, obj], check=True)
            args.append(f"{unit}={lib}")
        judge(report, f"symbols: {what}", run_check(root, "symbols", *args),
              want)


def image_cases(report, root, tmp, cc):
    for i, (what, source, base, flags, want) in enumerate(IMAGE):
        image, lds = tmp / f"image{i}", tmp / f"image{i}.lds"
        lds.write_text(LDS.format(base=base))
        subprocess.run([*cc.split(), "-ffreestanding", "-fno-pic", "-mcmodel=large",
                        "-nostdlib", "-static",
                        "-fno-asynchronous-unwind-tables",
                        "-Wl,-z,noexecstack,--no-warn-rwx-segments",
                        *flags, f"-Wl,-T,{lds},--build-id=none",
                        "-x", "c", "-", "-o", image],
                       input=source, text=True, check=True)
        judge(report, f"image: {what}", run_check(
            root, "image", image, root / "arch/um/layout.h"), want)


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    cc = sys.argv[2] if len(sys.argv) > 2 else "cc"
    report = Report()
    print("TAP version 13")
    with tempfile.TemporaryDirectory() as tmp:
        tmp = pathlib.Path(tmp)
        tree_cases(report, root, tmp, cc)
        table_cases(report, root, tmp)
        symbol_cases(report, root, tmp, cc)
        image_cases(report, root, tmp, cc)
    print(f"1..{report.n}")
    sys.exit(report.failed > 0)


if __name__ == "__main__":
    main()
