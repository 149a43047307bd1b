"""Python components: written, run in their environments within their limits, and stopped."""
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from conftest import DATA, ROOT

ORDERS = DATA / "orders.csv"
#: A lock file: the one that new components begin with.
LOCK = (ROOT / "crates/tandem-python/src/skeleton/default.lock").read_text()
PORT = {"name": "table", "kind": "table", "label": {"en": "Rows", "zh-CN": "数据"}}


@pytest.fixture(scope="session")
def environments(binary, tmp_path_factory):
    """The variables with which the program finds environments; the skeleton's is made."""
    folder = tmp_path_factory.mktemp("environments")
    variables = {"TANDEM_ENVIRONMENTS": str(folder / "made"), "TANDEM_UV": str(Path(sys.executable).parent / "uv")}
    made = lambda: subprocess.run(  # noqa: E731
        [binary, "component", "environment", folder / "components/environments/default.lock"],
        env={**os.environ, **variables, "LANG": "C"}, capture_output=True, text=True, check=True).stdout
    subprocess.run([binary, "component", "new", "any", "--components", folder / "components"], check=True,
                   capture_output=True)
    assert made() == "The environment default is made.\n"
    assert made() == "The environment default was there already.\n"
    return variables


@pytest.fixture
def tandem(binary, environments, tmp_path):
    """Calls the program in the test's folder."""
    def call(*arguments, code=0):
        done = subprocess.run([binary, *map(str, arguments)], capture_output=True, text=True, cwd=tmp_path,
                              env={**os.environ, **environments, "LANG": "C", "TANDEM_TOKEN": "a secret"})
        assert done.returncode == code, f"{done.returncode}: {done.stderr}"
        return done
    return call


@pytest.fixture
def component(tandem, tmp_path):
    """Writes a component of one table in and one out whose function has this body."""
    def write(body, name="mine", **more):
        if not (tmp_path / "components/environments").exists():
            tandem("component", "new", "any")
        folder = tmp_path / "components" / name
        folder.mkdir(exist_ok=True)
        words = {"en": name, "zh-CN": name}
        (folder / "component.json").write_text(json.dumps({
            "name": name, "version": 1, "kind": "python", "category": "own", "title": words, "summary": words,
            "inputs": [PORT], "outputs": [PORT], "columns_when_run": True, **more}))
        lines = "\n".join(f"    {line}" for line in body.splitlines())
        (folder / "component.py").write_text(f"import os, sys\ndef run(table):\n{lines}\n")
        return folder
    return write


def workflow(path: Path, name="mine") -> Path:
    """orders → the component, and beside it a branch that has nothing to do with it."""
    node = lambda component, params, y: {  # noqa: E731
        "component": {"name": component, "version": 1}, "params": params, "position": {"x": 0, "y": y}}
    path.write_text(json.dumps({
        "format": 1, "edges": {},
        "nodes": {"own": node(name, {}, 0), "other": node("group", {"by": ["city"]}, 200)},
        "inputs": {"orders": {"to": [{"node": "own", "port": "table"}, {"node": "other", "port": "table"}]}}}))
    return path


def ran(tandem, tmp_path, code=0, *more) -> dict:
    """What became of each node."""
    out = tmp_path / "run.json"
    tandem("workflow", "run", workflow(tmp_path / "w.json"), f"--input=orders={ORDERS}", f"--json={out}", *more, code=code)
    return json.loads(out.read_text())["nodes"]


def gone(pid: int) -> None:
    """Waits until a process is no more."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return
        if state == "Z":
            return
        time.sleep(0.02)
    pytest.fail(f"process {pid} is still there")


def appeared(path: Path) -> int:
    """The number in a file, when it is there."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if path.exists() and path.read_text().endswith("\n"):
            return int(path.read_text())
        time.sleep(0.02)
    pytest.fail(f"{path} did not appear")


def test_what_new_writes_runs_as_it_is(tandem, environments, tmp_path):
    assert "components/shares" in tandem("component", "new", "shares").stdout
    assert tandem("component", "test", "shares").stdout == "The example gives what it should.\n"
    python = next(Path(environments["TANDEM_ENVIRONMENTS"]).glob("*/bin/python"))
    own = subprocess.run([python, "test_component.py"], cwd=tmp_path / "components/shares", capture_output=True, text=True)
    assert own.stdout == "passed\n", own.stderr
    tandem("component", "run", "shares@1", f"--input=table={ORDERS}", "--param=value=quantity", "--output=table=out.csv")
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert len(lines) == 241 and lines[0].endswith(",share")
    assert "占总计的比例" in tandem("component", "show", "shares", "--lang=zh").stdout
    assert "shares" in tandem("component", "list").stdout
    assert "[already_exists]" in tandem("component", "new", "shares", code=6).stderr
    assert "[invalid_request]" in tandem("component", "new", "../x", code=2).stderr
    assert "[unknown_column]" in tandem(
        "component", "run", "shares", f"--input=table={ORDERS}", "--param=value=nothing", code=3).stderr


def test_an_example_that_gives_something_else_is_told(tandem, tmp_path):
    tandem("component", "new", "shares")
    path = tmp_path / "components/shares/component.json"
    path.write_text(path.read_text().replace('["成都", 20, 0.2]]\n      }\n    }\n', '["成都", 20, 0.3]]\n      }\n    }\n'))
    assert "at “table”: no row is" in tandem("component", "test", "shares", code=3).stderr


def test_a_workflow_runs_it_and_knows_it_again(tandem, component, tmp_path):
    folder = component('print("seen", table.num_rows)\nreturn {"rows": [table.num_rows]}')
    results = f"--results={tmp_path / 'results'}"
    nodes = ran(tandem, tmp_path, 0, results)
    assert nodes["own"]["outputs"]["table"]["shown"] == [[240]]
    assert nodes["own"]["log"] == "seen 240\n" and not nodes["own"]["cached"]
    again = ran(tandem, tmp_path, 0, results)
    assert again["own"]["cached"] and again["other"]["cached"]
    # What it does decides; and so does what it runs in.
    code = folder / "component.py"
    code.write_text(code.read_text() + "# changed\n")
    changed = ran(tandem, tmp_path, 0, results)
    assert not changed["own"]["cached"] and changed["other"]["cached"]
    lock = tmp_path / "components/environments/default.lock"
    lock.write_text(lock.read_text() + "nothing-like-it==1.0\n")
    other = ran(tandem, tmp_path, 7, results)
    assert other["own"]["error"]["code"] == "unavailable"
    assert "tandem component environment" in other["own"]["error"]["message"]
    assert other["other"]["state"]["state"] == "succeeded"


@pytest.mark.parametrize("body, code, says", [
    ("while True: print('x' * 1000)", "payload_too_large", "printed more than 64 MB"),
    ("all = []\nwhile True: all.append(bytearray(1 << 22))", "memory_limit", "1024 MB of memory"),
    ("return bytearray(8 << 30)", "memory_limit", "1024 MB of memory"),
    ("while True: pass", "time_limit", "longer than the 2 seconds"),
    ("import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: time.sleep(1)",
     "time_limit", "longer than the 2 seconds"),
    ("sys.exit(3)", "compute_failed", "exit code 3"),
    ("os._exit(0)", "compute_failed", "exit code 0"),
    ("os.kill(os.getpid(), 15)", "compute_failed", "signal 15"),
    ("raise ValueError('no such thing')", "compute_failed", "ValueError: no such thing (component.py, line 3)"),
    ("return table.column('nothing')", "compute_failed", "KeyError"),
    ("import nothing_like_it", "compute_failed", "No module named 'nothing_like_it' (component.py, line 3)"),
    ("return 7", "compute_failed", "“table” is a int, which holds no table"),
    ("return table.select(['city'])", "schema_mismatch", "should have the column “order” and has: city"),
    ("open('big', 'wb').truncate(3 << 30)", "payload_too_large", "more than the 2048 MB"),
    ("return input('your name')", "compute_failed", "TypeError"),
    ("return table.rename_columns(['same'] * len(table.column_names))", "schema_mismatch", "two columns “same”"),
], ids=range(16))
def test_one_that_behaves_badly_ends_alone(tandem, component, tmp_path, body, code, says):
    limits = {"seconds": 2 if code == "time_limit" else 60, "memory_mb": 1024 if code == "memory_limit" else 2048}
    component(body, limits=limits, outputs=[{**PORT, "columns": [{"name": "order"}]}])
    exits = {"compute_failed": 3, "schema_mismatch": 3, "payload_too_large": 3}.get(code, 7)
    nodes = ran(tandem, tmp_path, exits)
    error = nodes["own"]["error"]
    assert error["code"] == code and says in error["message"], error
    assert "harness" not in json.dumps(nodes["own"]) and len(nodes["own"]["log"] or "") < 70_000
    assert nodes["own"]["outputs"] == {}
    assert nodes["other"]["state"]["state"] == "succeeded" and nodes["other"]["outputs"]["table"]["rows"] == 6
    if "ValueError" in says:
        assert "component.py\", line 3, in run" in nodes["own"]["log"]


def test_what_it_starts_ends_with_it(tandem, component, tmp_path):
    pid = tmp_path / "pid"
    component(f"import subprocess\nchild = subprocess.Popen(['sleep', '1000'])\n"
              f"open({str(pid)!r}, 'w').write(f'{{child.pid}}\\n')\nreturn table")
    ran(tandem, tmp_path)
    gone(appeared(pid))


@pytest.mark.parametrize("how, code", [(signal.SIGINT, 130), (signal.SIGKILL, -9)], ids=["cancelled", "killed"])
def test_a_run_that_ends_takes_it_with_it(binary, environments, component, tmp_path, how, code):
    pid = tmp_path / "pid"
    component(f"open({str(pid)!r}, 'w').write(f'{{os.getpid()}}\\n')\nwhile True: pass")
    run = subprocess.Popen([binary, "workflow", "run", workflow(tmp_path / "w.json"), f"--input=orders={ORDERS}"],
                           env={**os.environ, **environments}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    child = appeared(pid)
    run.send_signal(how)
    assert run.wait(timeout=60) == code
    gone(child)


def test_it_sees_nothing_of_the_environment_that_it_was_not_given(tandem, component, tmp_path):
    component("return {'name': sorted(os.environ)}")
    seen = {row[0] for row in ran(tandem, tmp_path)["own"]["outputs"]["table"]["shown"]}
    assert seen <= {"HOME", "TMPDIR", "LANG", "LC_CTYPE", "PATH", "PYTHONHASHSEED"}


def test_a_component_that_is_wrong_is_named(tandem, component, tmp_path):
    folder = component("return table")
    path = folder / "component.json"
    text = path.read_text()
    for change, code, exits in [
        (lambda: path.write_text("{"), "malformed_file", 3),
        (lambda: path.write_text(text.replace('"python"', '"builtin"')), "invalid_request", 2),
        (lambda: path.write_text(text.replace('"kind": "table"', '"kind": "model"')), "invalid_request", 2),
        (lambda: (path.write_text(text), (folder / "component.py").unlink()), "not_found", 5),
    ]:
        change()
        said = tandem("component", "list", code=exits).stderr
        assert f"[{code}]" in said and "mine/component.json" in said, said


def test_a_cell_that_was_added_comes_back_as_a_component_and_runs(tandem, component, tmp_path):
    component("return table")
    inputs = [f"--input=orders={ORDERS}", f"--input=cities={DATA / 'cities.csv'}"]
    tandem("workflow", "to-notebook", DATA / "orders.json", "-o", "w.ipynb", *inputs)
    notebook = nbformat.read(tmp_path / "w.ipynb", as_version=4)
    at = next(i for i, cell in enumerate(notebook["cells"]) if cell["id"] == "n-worth")
    added = nbformat.v4.new_code_cell(
        "import pyarrow.compute as pc\ncheap = paid_for.to_arrow().filter(pc.field('price') < 5)")
    added["id"] = "cheap"
    notebook["cells"].insert(at, added)
    nbformat.write(notebook, tmp_path / "w.ipynb")
    said = tandem("workflow", "from-notebook", "w.ipynb", "-o", "back.json").stderr
    assert said == "cell cheap: This cell is a Python component now.\n"
    tandem("workflow", "run", "back.json", *inputs, "--json=run.json")
    own = json.loads((tmp_path / "run.json").read_text())["nodes"]["cheap"]
    prices = [float(line.split(",")[3]) for line in ORDERS.read_text().splitlines()[1:]]
    assert own["outputs"]["table"]["rows"] == sum(2 <= price < 5 for price in prices)


def test_the_client_runs_it_too(binary, environments, component, monkeypatch, tmp_path):
    import tandem as client

    component("return {'rows': [table.num_rows]}")
    for name, value in environments.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TANDEM_COMPONENTS", str(tmp_path / "components"))
    session = client.Session(binary=binary)
    assert session.component("mine", table=ORDERS).to_arrow().to_pylist() == [{"rows": 240}]
    assert ROOT.exists() and "mine" in [signature["name"] for signature in session.components()]
