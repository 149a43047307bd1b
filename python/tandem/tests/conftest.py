"""The real program, and a real server with one project."""
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import tandem

ROOT = Path(__file__).resolve().parents[3]
DATA = Path(__file__).parent / "data"
sys.path.insert(0, str(ROOT / "scripts"))


@pytest.fixture(scope="session")
def binary() -> str:
    """The program that was built."""
    found = os.environ.get("TANDEM_BIN") or shutil.which("tandem")
    if not found:
        pytest.skip("there is no tandem program: set TANDEM_BIN")
    return found


@pytest.fixture
def local(binary, monkeypatch):
    """A session without a server."""
    for name in ("TANDEM_URL", "TANDEM_TOKEN", "TANDEM_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    return tandem.connect(binary=binary)


@pytest.fixture
def program(binary, tmp_path):
    """Calls the program; gives what it printed on standard output and on standard error."""
    def call(*arguments, fails=False):
        done = subprocess.run([binary, *map(str, arguments)], capture_output=True, text=True, cwd=tmp_path,
                              env={**os.environ, "LANG": "C"})
        assert (done.returncode != 0) == fails, done.stderr
        return done.stdout, done.stderr
    return call


@pytest.fixture(scope="session")
def server(binary, tmp_path_factory):
    """(address, token) of a server with the project “Shop”."""
    from server import Server

    server = Server(binary, str(tmp_path_factory.mktemp("server")))
    try:
        server.sign_in()
        server.ask("POST", "/projects", {"name": "Shop"})
        token = server.ask("POST", "/me/tokens", {"name": "notebook", "scope": "write", "expires_in_days": 1})
        yield server.base, token["secret"]
    finally:
        server.process.terminate()
        server.process.wait()


@pytest.fixture
def shared():
    """A folder of data that doesn't ship."""
    folder = Path(os.environ.get("TANDEM_SHARED_DATA", ROOT.parent / "shared/data"))

    def find(path):
        if not (folder / path).exists():
            pytest.skip(f"{path} is not in TANDEM_SHARED_DATA")
        return folder / path
    return find


@pytest.fixture
def workflow_run(program, tmp_path):
    """The fingerprints of every table of a workflow that the program ran."""
    def run(file, inputs, *more):
        out = tmp_path / "run.json"
        program("workflow", "run", file, "--every-table", f"--json={out}",
                *[f"--input={name}={path}" for name, path in inputs.items()], *more)
        nodes = json.loads(out.read_text())["nodes"].items()
        return {f"{node}.{port}": output["fingerprint"] for node, end in nodes
                for port, output in end["outputs"].items() if output["kind"] == "table"}
    return run
