#!/bin/sh
# SPDX-License-Identifier: MIT
# subprocess, threading, multiprocessing, asyncio, sqlite3, tempfile and more.
cd "$(mktemp -d)" || exit 1
cat >all.py <<'END'
import asyncio, concurrent.futures, ctypes, fcntl, hashlib, mmap
import multiprocessing, os, pathlib, pty, queue, resource, select, shutil
import signal, socket, sqlite3, struct, subprocess, sys, tempfile, threading
import time, zlib


def title(name):
    print("==", name, flush=True)


def square(n):
    return n * n, os.getpid() != os.getppid()


title("subprocess")
print(subprocess.run(["echo", "hello"], capture_output=True, text=True).stdout,
      end="")
p = subprocess.Popen(["sort"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
print(p.communicate(b"b\nc\na\n")[0])
print(subprocess.run("exit 7", shell=True).returncode)
print(subprocess.run(["sh", "-c", "kill -9 $$"]).returncode)
try:
    subprocess.run(["sleep", "10"], timeout=0.1)
except subprocess.TimeoutExpired:
    print("timeout")
try:
    subprocess.run(["/no/such"])
except FileNotFoundError as e:
    print(e.strerror)

title("threading")
lock, total = threading.Lock(), 0


def work():
    global total
    for _ in range(10000):
        with lock:
            total += 1


threads = [threading.Thread(target=work) for _ in range(8)]
[t.start() for t in threads]
[t.join() for t in threads]
print(total)
q = queue.Queue()
threading.Timer(0.05, q.put, ["tick"]).start()
print(q.get(timeout=5))
event, seen = threading.Event(), []
t = threading.Thread(target=lambda: (event.wait(), seen.append(1)))
t.start(); event.set(); t.join()
print(seen)
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    print(sum(pool.map(lambda n: n * n, range(100))))

title("multiprocessing")
with multiprocessing.Pool(3) as pool:
    print([r[0] for r in pool.map(square, range(8))])
mq = multiprocessing.Queue()
child = multiprocessing.Process(target=lambda q: q.put("from child"),
                                args=(mq,))
child.start(); print(mq.get(timeout=20)); child.join(); print(child.exitcode)
value = multiprocessing.Value("i", 0)


def add(v):
    for _ in range(500):
        with v.get_lock():
            v.value += 1


kids = [multiprocessing.Process(target=add, args=(value,)) for _ in range(4)]
[k.start() for k in kids]; [k.join() for k in kids]
print(value.value)

title("asyncio")


async def echo_server(r, w):
    w.write((await r.readline()).upper())
    await w.drain()
    w.close()


async def client(path, text):
    r, w = await asyncio.open_unix_connection(path)
    w.write(text + b"\n")
    line = await r.readline()
    w.close()
    return line


async def main():
    server = await asyncio.start_unix_server(echo_server, "sock")
    async with server:
        print(await asyncio.gather(*(client("sock", b"c%d" % i)
                                     for i in range(5))))
    p = await asyncio.create_subprocess_exec(
        "sh", "-c", "echo out; exit 4", stdout=asyncio.subprocess.PIPE)
    out, _ = await p.communicate()
    print(out, p.returncode)
    done = await asyncio.wait_for(asyncio.sleep(0.01, "slept"), 5)
    print(done)
    loop, got = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGUSR1, got.set)
    os.kill(os.getpid(), signal.SIGUSR1)
    await asyncio.wait_for(got.wait(), 5)
    print("signal")


asyncio.run(main())

title("sqlite3")
db = sqlite3.connect("t.db")
db.execute("pragma journal_mode=wal")
db.execute("create table t (n integer primary key, s text)")
with db:
    db.executemany("insert into t values (?, ?)",
                   [(i, f"row {i}") for i in range(5000)])
print(db.execute("select count(*), sum(n), max(s) from t").fetchone())
other = sqlite3.connect("t.db", timeout=0.1)
db.execute("begin immediate")
try:
    other.execute("begin immediate")
except sqlite3.OperationalError as e:
    print(e)
db.rollback()
print(db.execute("pragma integrity_check").fetchone())

title("tempfile and files")
with tempfile.NamedTemporaryFile() as f:
    f.write(b"x" * 100000); f.flush()
    print(os.path.getsize(f.name))
print(os.path.exists(f.name))
with tempfile.TemporaryFile() as f:
    f.write(b"nameless"); f.seek(0); print(f.read())
with tempfile.TemporaryDirectory() as d:
    path = pathlib.Path(d)
    for i in range(50):
        (path / f"f{i}").write_text(str(i))
    shutil.copytree(path, path / "copy")
    print(len(list(path.rglob("*"))))
with open("m", "wb+") as f:
    f.truncate(8192)
    m = mmap.mmap(f.fileno(), 8192)
    m[4090:4100] = b"0123456789"
    f.seek(4090); print(f.read(10))
    m.close()
with open("l", "w") as a, open("l") as b:
    fcntl.flock(a, fcntl.LOCK_EX)
    try:
        fcntl.flock(b, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as e:
        print(e.strerror)
print(sorted(os.scandir("/proc/self/task"), key=lambda e: e.name)[0].name
      == str(os.getpid()))

title("the rest")
a, b = socket.socketpair()
socket.send_fds(a, [b"fd"], [os.open("m", os.O_RDONLY)])
msg, fds, _, _ = socket.recv_fds(b, 10, 1)
print(msg, os.fstat(fds[0]).st_size)
ep = select.epoll(); ep.register(b, select.EPOLLIN)
print(ep.poll(0)); a.send(b"x"); print(ep.poll(1)[0][1] == select.EPOLLIN)
signal.signal(signal.SIGALRM, lambda *_: print("alarm"))
signal.setitimer(signal.ITIMER_REAL, 0.05); signal.pause()
pid = os.fork()
if pid == 0:
    os._exit(9)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
out = []
pty.spawn(["sh", "-c", "test -t 0 && stty size >/dev/null && echo tty"],
          lambda fd: out.append(os.read(fd, 100)) or b"")
print(b"tty" in b"".join(out))
libc = ctypes.CDLL(None)
print(libc.getpid() == os.getpid())
print(hashlib.sha256(b"x" * 1000000).hexdigest()[:16],
      zlib.crc32(b"x" * 1000000))
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (32, hard))
try:
    files = [open("/dev/null") for _ in range(40)]
except OSError as e:
    print(e.strerror)
t0 = time.monotonic(); time.sleep(0.05)
print(0.04 < time.monotonic() - t0 < 5, abs(time.time() - 1.7e9) < 1e9)
print(struct.calcsize("P"), sys.getfilesystemencoding(), os.cpu_count() > 0)
END
exec python3 -X utf8 all.py
