"""The wall around Python components: each attack fails behind it, and does what it does without it."""
import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from conftest import DATA
from test_components import ORDERS, appeared, component, environments, gone, ran, tandem  # noqa: F401 - fixtures

#: What a component is given of a test: (what it tries, how it is set up).
TRY = """
import ctypes, fcntl, resource, shutil, signal, socket, subprocess, threading, time
kernel = ctypes.CDLL(None, use_errno=True)
def ask(number, *arguments):
    if kernel.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
parent = os.getppid()
try:
    {what}
    said = "done"
except BaseException as error:
    said = type(error).__name__
return {{"said": [said]}}
"""


@pytest.fixture
def tried(tandem, component, tmp_path):  # noqa: F811
    """What becomes of a line of Python, with the wall or without."""
    def run(what, wall=True):
        component(TRY.format(what=what.replace("\n", "\n    ")))
        tandem("component", "run", "mine", f"--input=table={ORDERS}", "--output=table=said.ndjson",
               *(["--wall"] if wall else []))
        return json.loads((tmp_path / "said.ndjson").read_text())["said"]
    return run


@pytest.fixture
def installation(binary, tmp_path):
    """The data folder of an installation: metadata, keys."""
    data = tmp_path / "data"
    subprocess.run([binary, "init", "--data", data, "--org", "Acme", "--email", "o@example.org", "--name", "O"],
                   env={**os.environ, "TANDEM_PASSWORD": "nobody else uses this 7"}, check=True, capture_output=True)
    return data


def both(tried, what):  # noqa: F811
    """It is refused behind the wall, and works without it, so that it is the wall that refuses."""
    # Who isn't root is refused some of it anyway.
    assert tried(what, wall=False) in (["done"] if os.geteuid() == 0 else ["done", "PermissionError"]), what
    assert tried(what) in ("PermissionError", "OSError", "gaierror"), what


def test_no_file_but_its_own_is_read(tried, installation, tmp_path):
    (tmp_path / "other-call").mkdir()
    (tmp_path / "other-call/in-table-0.arrow").write_text("rows of somebody")
    for path in [installation / "meta.sqlite", *installation.glob("keys/*"), "/etc/shadow", "/etc/passwd",
                 tmp_path / "other-call/in-table-0.arrow", Path(sys.executable).parent.parent / "pyvenv.cfg"]:
        both(tried, f"open({str(path)!r}, 'rb').read(1)")
    for folder in [installation, tmp_path, "/proc", "/"]:
        both(tried, f"os.listdir({str(folder)!r})")
    for what in ["environ", "maps", "cmdline"]:
        both(tried, f"open(f'/proc/{{parent}}/{what}', 'rb').read()")
    both(tried, "os.listdir(f'/proc/{parent}/fd')")
    assert tried("open('/dev/mem', 'rb').read(1)") in ("PermissionError", "FileNotFoundError")


def test_nothing_is_written_or_changed_outside(tried, tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("kept")
    new = str(tmp_path / "new")
    for what in [f"open({new!r}, 'w').close(); os.unlink({new!r})", f"os.mkdir({new!r}); os.rmdir({new!r})"]:
        both(tried, what)
    for what in [f"open({str(outside)!r}, 'a').write('x')", f"os.truncate({str(outside)!r}, 0)",
                 f"os.close(os.open({str(outside)!r}, os.O_RDONLY | os.O_TRUNC))", f"os.unlink({str(outside)!r})",
                 f"os.chmod({str(outside)!r}, 0o777)", f"os.utime({str(outside)!r}, (1, 1))",
                 f"os.rename({str(outside)!r}, 'mine')", f"os.link({str(outside)!r}, 'mine')"]:
        before = outside.stat()
        assert tried(what) == "PermissionError", what
        after = outside.stat()
        assert outside.read_text() == "kept" and before.st_mtime_ns == after.st_mtime_ns and before.st_mode == after.st_mode
    # The interpreter and the packages, which others run too.
    assert tried("open(sys.prefix + '/pyvenv.cfg', 'a').write('x')") == "PermissionError"
    assert tried("os.open(sys.prefix + '/pyvenv.cfg', os.O_RDONLY | os.O_TRUNC)") == "PermissionError"
    # Its own folder is its own.
    assert tried("os.mkdir('a'); open('a/b', 'w').write('x' * 1000); os.rename('a/b', 'c'); os.rmdir('a')") == "done"


def test_there_is_no_network(tried, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket(socket.AF_UNIX) as local, \
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        local.bind(str(tmp_path / "s"))
        local.listen()
        datagrams.bind(("127.0.0.1", 0))
        both(tried, f"socket.create_connection(('127.0.0.1', {listener.getsockname()[1]}), 5)")
        both(tried, f"socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', {datagrams.getsockname()[1]}))")
        both(tried, f"socket.socket(socket.AF_UNIX).connect({str(tmp_path / 's')!r})")
        both(tried, "socket.create_server(('127.0.0.1', 0))")
        both(tried, "socket.gethostbyname('localhost')")
        both(tried, "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)")
        both(tried, "socket.socketpair()")


def test_other_processes_are_out_of_reach(tried):
    for what in ["os.kill(parent, 0)", "os.killpg(os.getpgid(parent), 0)", "os.pidfd_open(parent)",
                 "resource.prlimit(parent, resource.RLIMIT_NOFILE)", "os.sched_setaffinity(parent, os.sched_getaffinity(0))",
                 "fcntl.fcntl(0, fcntl.F_SETOWN, parent)", "os.setpriority(os.PRIO_PROCESS, parent, 0)"]:
        both(tried, what)
    for what in ["os.kill(parent, signal.SIGKILL)", "os.kill(-1, signal.SIGKILL)", "ask(101, 16, parent, 0, 0)"]:
        assert tried(what) == "PermissionError"
    # What it may tell itself goes on.
    assert tried("signal.signal(signal.SIGUSR1, lambda *_: None); os.kill(os.getpid(), signal.SIGUSR1)") == "done"


def test_it_begins_no_process(tried, tmp_path):
    for what in ["os._exit(0) if os.fork() == 0 else os.wait()", "subprocess.run(['/bin/true'])",
                 "os.posix_spawn('/bin/true', ['true'], {})"]:
        both(tried, what)
    assert tried("while True: os.fork()") == "PermissionError"
    assert tried("os.execv('/bin/sh', ['sh', '-c', 'true'])") == "PermissionError"
    assert tried("shutil.copyfile(sys.executable, 'own'); os.execv('own', ['own'])") == "PermissionError"
    assert tried("os.setpgid(0, os.getpgid(parent))") == "PermissionError"
    for number, why in [(272, "unshare"), (165, "mount"), (321, "bpf"), (425, "io_uring_setup"), (319, "memfd_create"),
                        (29, "shmget"), (250, "keyctl"), (157, "prctl")]:
        first = {"unshare": "0x10000000", "prctl": "1"}.get(why, "0")
        assert tried(f"ask({number}, {first}, 0, 0, 0, 0)") in ("PermissionError", "OSError"), why
    assert tried("os.setuid(65534)") == "PermissionError"


def test_links_and_pipes_can_t_be_left_for_the_server_to_follow(tried, tmp_path):
    both(tried, "os.symlink('/etc/passwd', 'link')")
    both(tried, "os.mkfifo('pipe')")
    # Without the wall they can be made, and are not followed all the same.
    other = tmp_path / "other.arrow"
    other.write_bytes(b"rows of somebody")
    assert tried("True", wall=False) == "done"


@pytest.mark.parametrize("body, code, says", [
    ("import threading, time\nthreading.stack_size(1 << 15)\n"
     "while True: threading.Thread(target=time.sleep, args=[60], daemon=True).start()", "compute_failed", "threads"),
    ("n = 0\nwhile True:\n    open(f'{n}', 'w').close(); n += 1", "payload_too_large", "files"),
    ("while True: print('x' * 1000)", "payload_too_large", "printed more than 64 MB"),
    ("all = []\nwhile True: all.append(bytearray(1 << 22))", "memory_limit", "1024 MB of memory"),
    ("while True: pass", "time_limit", "longer than the 2 seconds"),
    ("os.close(0)\nwhile True: pass", "time_limit", "longer than the 2 seconds"),
    ("sys.exit(3)", "compute_failed", "exit code 3"),
    ("os._exit(126)", "unavailable", "wall"),
    ("raise ValueError('no such thing')", "compute_failed", "ValueError: no such thing (component.py, line 3)"),
    ("return table.select(['city'])", "schema_mismatch", "should have the column “order” and has: city"),
], ids=range(10))
def test_one_that_behaves_badly_ends_alone_there_too(tandem, component, tmp_path, body, code, says):  # noqa: F811
    limits = {"seconds": 2 if code == "time_limit" else 60, "memory_mb": 1024 if code == "memory_limit" else 2048}
    port = {"name": "table", "kind": "table", "label": {"en": "Rows", "zh-CN": "数据"}, "columns": [{"name": "order"}]}
    component(body, limits=limits, outputs=[port])
    exits = {"compute_failed": 3, "schema_mismatch": 3, "payload_too_large": 3}.get(code, 7)
    nodes = ran(tandem, tmp_path, exits, "--wall")
    error = nodes["own"]["error"]
    assert error["code"] == code and says in error["message"], error
    assert nodes["other"]["state"]["state"] == "succeeded"


def test_it_ends_with_whoever_started_it_even_if_it_closes_its_input(binary, environments, component, tmp_path):  # noqa: F811
    from test_components import workflow

    component("os.close(0)\nos.dup2(os.open('/dev/null', os.O_RDONLY), 0)\n"
              "import threading\nopen('at', 'w').write('x')\nprint(os.getpid(), flush=True)\nwhile True: pass")
    run = subprocess.Popen([binary, "workflow", "run", workflow(tmp_path / "w.json"), f"--input=orders={ORDERS}", "--wall"],
                           env={**os.environ, **environments, "TMPDIR": str(tmp_path)},
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    from test_components import time

    until = time.monotonic() + 60
    while not (at := list(tmp_path.glob("python-*/at"))) and time.monotonic() < until:
        time.sleep(0.02)
    assert at
    child = next(int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit() and _cwd(path) == str(at[0].parent))
    run.kill()
    run.wait()
    gone(child)


def _cwd(process: Path):
    try:
        return os.readlink(process / "cwd")
    except OSError:
        return None


def test_what_libraries_do_works(binary, tmp_path):
    """numpy, pandas, polars and lightgbm of the tests' own environment, called through the wall as a component's are."""
    code = tmp_path / "call"
    code.mkdir()
    (code / "try.py").write_text("""
import numpy, pandas, polars, pyarrow, pyarrow.parquet, lightgbm, tempfile, threading, multiprocessing, sqlite3
from concurrent.futures import ThreadPoolExecutor
rows = numpy.random.default_rng(1).random((500, 5))
numpy.linalg.svd(rows)
lightgbm.train({"verbose": -1, "objective": "binary"}, lightgbm.Dataset(rows, rows[:, 0] > 0.5), 5)
assert polars.DataFrame({"a": [1, 2, 2]}).lazy().group_by("a").len().collect().height == 2
pandas.DataFrame({"at": pandas.date_range("2026-01-01", periods=3, tz="Asia/Shanghai")}).to_parquet("x.parquet")
assert pyarrow.parquet.read_table("x.parquet").num_rows == 3
assert list(ThreadPoolExecutor(4).map(abs, [-1, 2])) == [1, 2]
with tempfile.TemporaryDirectory() as folder:
    open(folder + "/x", "w").write("x")
sqlite3.connect("q.db").execute("create table t(a)")
print("all of it")
""")
    site = next((Path(sys.executable).parent.parent / "lib").glob("python3*"))
    assert (site / "site-packages/numpy").is_dir()
    done = subprocess.run([binary, "inner", "python-child", "--parent", str(os.getpid()), "--memory", str(8 << 30), "--folder", code, "--",
                           sys.executable, "-IB", "try.py"], cwd=code, capture_output=True, text=True,
                          env={"HOME": str(code), "TMPDIR": str(code), "LANG": "C.UTF-8", "PATH": "/usr/bin"})
    assert done.stdout == "all of it\n", done.stderr


def test_nobody_is_let_through_where_the_wall_can_t_be_put_up(binary, tmp_path):
    """A process of somebody else's, and one whose kernel refuses: here, because it is behind the wall already."""
    child = ["inner", "python-child", "--memory", str(8 << 30), "--folder", tmp_path, "--parent"]
    done = subprocess.run([binary, *child, "1", "--", "/bin/true"], capture_output=True, text=True)
    assert done.returncode == 126 and "gone" in done.stderr
    done = subprocess.run([binary, *child, str(os.getpid()), "--", binary, *child, "1", "--", "/bin/true"],
                          capture_output=True, text=True)
    assert done.returncode == 126 and "Python components run on a server only behind a wall" in done.stderr, done.stderr
