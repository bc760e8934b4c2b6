# SPDX-License-Identifier: MIT
"""gdb commands for looking into a running viv, or a core of it.

    gdb -p PID -x tools/gdb/viv-gdb.py       (or --args b/cli/viv run ...)

Loads the symbols of the guest kernel's image, which is embedded in viv and
mapped at a fixed address, from the file vmviv: beside the program's build
directory or installation, else as `viv symbols FILE` says.

    viv symbols [FILE]     load the image's symbols
    viv tasks              every guest task: state, what it waits for
    viv bt TID             a sleeping task's stack in the kernel
    viv regs TID           its guest registers
    viv vmas TID           its mappings
    viv files TID          its open files
    viv cpus               what each vCPU does
"""
import os

import gdb


def entries(head, type_name, member):
    """The structures on an intrusive list."""
    kind = gdb.lookup_type("struct " + type_name)
    offset = next(f.bitpos // 8 for f in kind.fields() if f.name == member)
    link = head["next"]
    while int(link) != int(head.address):
        yield gdb.Value(int(link) - offset).cast(kind.pointer())
        link = link["next"]


def tasks():
    return entries(gdb.parse_and_eval("all_tasks"), "task", "in_all")


def task_of(text):
    tid = int(text)
    for t in tasks():
        if int(t["tid"]) == tid:
            return t
    raise gdb.GdbError(f"no task {tid}; see viv tasks")


def string(text):
    """Of a char array, or of a pointer that may be NULL."""
    if text.type.strip_typedefs().code != gdb.TYPE_CODE_ARRAY and \
            not int(text):
        return ""
    return text.string(errors="replace")


def nodes(imap):
    """The nodes of an interval map, in order."""
    todo, node = [], imap["root"]
    while todo or int(node):
        while int(node):
            todo.append(node)
            node = node["left"]
        node = todo.pop()
        yield node
        node = node["right"]


def path_of(file):
    """Where a file was opened, up to its mount's root."""
    dentry, parts = file["path"]["dentry"], []
    while int(dentry):
        parent = dentry["parent"]
        if int(parent) == int(dentry):
            break
        parts.append(string(dentry["name"]))
        dentry = parent
    if parts:
        return "/" + "/".join(reversed(parts))
    return string(file["label"]) or "/"


def show_cpus(_):
    for i in range(int(gdb.parse_and_eval("vcpu_count"))):
        v = gdb.parse_and_eval(f"vcpus[{i}]")
        cur = v["cur"]
        what = "idle" if not int(cur) else \
            f"task {int(cur['tid'])} ({string(cur['comm'])})" + \
            (", in guest code" if cur["in_guest"] else ", in the kernel")
        print(f"vCPU {i}: {what}; {int(v['switches'])} switches")


def show_tasks(_):
    print(f"{'tid':>5} {'pid':>5} {'cpu':>3} {'state':<14} {'comm':<16} "
          "waits for")
    for t in tasks():
        state = str(t["state"]).replace("TASK_", "").lower()
        if t["in_guest"]:
            state += ", guest"
        print(f"{int(t['tid']):>5} {int(t['proc']['pid']):>5} "
              f"{int(t['cpu']):>3} {state:<14} {string(t['comm']):<16} "
              f"{string(t['wchan'])}")


def show_regs(text):
    regs = task_of(text)["run"]["regs"]
    for field in regs.type.fields():
        print(f"{field.name:>9} {int(regs[field.name]) & (1 << 64) - 1:#018x}")


def show_vmas(text):
    mm = task_of(text)["mm"]
    if not int(mm):
        raise gdb.GdbError("it has no address space any more")
    vma_type = gdb.lookup_type("struct vma").pointer()
    for node in nodes(mm["vmas"]):
        vma = node.cast(vma_type)  # the node is its first member
        prot = int(vma["prot"])
        text = "".join(c if prot >> i & 1 else "-"
                       for i, c in enumerate("rwx"))
        print(f"{int(node['start']):012x}-{int(node['end']):012x} {text} "
              f"flags {int(vma['flags']):#x} page {int(vma['pgoff']):#x} "
              f"{'file' if int(vma['map']) else 'anonymous'}")


def show_files(text):
    table = task_of(text)["files"]
    if not int(table):
        raise gdb.GdbError("it has no files any more")
    for fd in range(int(table["size"])):
        file = table["file"][fd]
        if int(file):
            print(f"{fd:>4} {string(file['ops']['kind']):<10} flags "
                  f"{int(file['flags']):#o} pos {int(file['pos'])} "
                  f"{path_of(file)}")


def show_stack(text):
    """The frames of a task that is switched away from: stack_switch() left
    six registers there, the frame pointer last, then its caller."""
    t = task_of(text)
    if int(t["cpu"]) >= 0:
        print("it runs: see viv cpus and 'thread apply all bt'")
        return
    word = gdb.lookup_type("unsigned long").pointer()

    def load(at):
        return int(gdb.Value(at).cast(word).dereference())

    sp = int(t["ksp"])
    frame, pc, n = load(sp + 40), load(sp + 48), 0
    while in_image(pc):
        where, block = gdb.find_pc_line(pc - 1), gdb.block_for_pc(pc - 1)
        while block and not block.function:
            block = block.superblock
        print(f"#{n:<2} {block.function if block else hex(pc)} at "
              f"{where.symtab.filename if where.symtab else '?'}:"
              f"{where.line}")
        if not int(t["kstack"]) <= frame < int(t["kstack"]) + (1 << 16):
            break
        frame, pc, n = load(frame), load(frame + 8), n + 1


def in_image(value):
    base = 0x680000000000
    return base <= value < base + (64 << 20)


def find_image():
    program = gdb.current_progspace().filename
    if not program:
        return None
    here = os.path.dirname(program)
    for place in ("..", ".", "../lib/viv", "../lib/x86_64-linux-gnu/viv"):
        path = os.path.join(here, place, "vmviv")
        if os.path.exists(path):
            return os.path.realpath(path)
    return None


def load_symbols(text):
    path = text or find_image()
    if not path:
        raise gdb.GdbError("vmviv is not beside the program: viv symbols FILE")
    gdb.execute(f"add-symbol-file {path} -o 0", to_string=True)
    print(f"symbols of {path}")


COMMANDS = {"symbols": load_symbols, "tasks": show_tasks, "bt": show_stack,
            "regs": show_regs, "vmas": show_vmas, "files": show_files,
            "cpus": show_cpus}


class Viv(gdb.Command):
    __doc__ = "Look into a guest of viv.\n" + __doc__.split("\n\n", 3)[3]

    def __init__(self):
        super().__init__("viv", gdb.COMMAND_DATA)

    def invoke(self, text, from_tty):
        name, _, rest = text.strip().partition(" ")
        if name not in COMMANDS:
            raise gdb.GdbError("viv " + "|".join(COMMANDS) + "; see help viv")
        COMMANDS[name](rest.strip())

    def complete(self, text, word):
        return [c for c in COMMANDS if c.startswith(text)]


Viv()
if find_image():
    load_symbols("")
