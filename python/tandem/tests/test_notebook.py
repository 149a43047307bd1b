"""Workflows as notebooks: they run under a stock Jupyter, give the same tables, and come back."""
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from conftest import DATA, ROOT

ORDERS = {"orders": DATA / "orders.csv", "cities": DATA / "cities.csv"}


@pytest.fixture
def executed(binary, tmp_path):
    """The cells of a notebook after `jupyter nbconvert --execute`, by id."""
    def execute(notebook: Path):
        jupyter = Path(sys.executable).parent / "jupyter"
        out = tmp_path / "executed.ipynb"
        environment = {**os.environ, "TANDEM_BIN": binary, "PYTHONPATH": str(ROOT / "python/tandem/src")}
        for name in ("TANDEM_URL", "TANDEM_TOKEN"):
            environment.pop(name, None)
        done = subprocess.run([jupyter, "nbconvert", "--to", "notebook", "--execute", "--output", out, notebook],
                              capture_output=True, text=True, env=environment)
        assert done.returncode == 0, done.stderr
        return {cell["id"]: cell for cell in nbformat.read(out, as_version=4)["cells"]}
    return execute


@pytest.fixture
def notebook(program, tmp_path):
    """The notebook of a workflow over files."""
    def write(file, inputs):
        out = tmp_path / "workflow.ipynb"
        program("workflow", "to-notebook", file, "-o", out, *[f"--input={n}={path}" for n, path in inputs.items()])
        nbformat.validate(nbformat.read(out, as_version=4))
        return out
    return write


def fingerprints(cells) -> dict:
    text = cells["fingerprints"]["outputs"][0]["data"]["text/plain"]
    return dict(line.split() for line in text.splitlines())


def changed(path: Path, change) -> Path:
    notebook = nbformat.read(path, as_version=4)
    change(notebook["cells"], {cell["id"]: cell for cell in notebook["cells"]})
    nbformat.write(notebook, path)
    return path


@pytest.mark.parametrize("name, inputs", [
    (DATA / "orders.json", ORDERS),
    (ROOT / "samples/workflows/telco-churn.json", {"customers": "telco_churn_ibm/Telco-Customer-Churn.csv"}),
    (ROOT / "samples/workflows/german-credit.json", {"applicants": "german_credit/german_credit.csv"}),
], ids=["orders", "telco-churn", "german-credit"])
def test_a_notebook_gives_the_tables_of_the_run_and_comes_back_as_it_was(
        name, inputs, shared, notebook, executed, workflow_run, program, tmp_path):
    inputs = {port: path if isinstance(path, Path) else shared(path) for port, path in inputs.items()}
    written = notebook(name, inputs)
    cells = executed(written)
    tables = fingerprints(cells)
    assert len(tables) >= 5 and tables == workflow_run(name, inputs)
    out = tmp_path / "back.json"
    _, said = program("workflow", "from-notebook", tmp_path / "executed.ipynb", "-o", out)
    assert said == ""
    before, after = (json.loads(Path(path).read_text()) for path in (name, out))
    for part in before:
        assert after[part] == before[part], part


def test_the_cells_read_well(notebook):
    cells = {cell["id"]: cell for cell in nbformat.read(notebook(DATA / "orders.json", ORDERS), as_version=4)["cells"]}
    assert cells["parameters"]["source"] == "test_share = 0.25"
    assert cells["parameters"]["metadata"]["tags"] == ["parameters"]
    assert f'orders = tandem.input("orders", "{DATA / "orders.csv"}")' in cells["inputs"]["source"]
    query = cells["n-paid"]["source"]
    assert "paid_for = tandem.sql(" in query and "SELECT" in query and 'inputs={"orders": orders}' in query
    assert cells["n-parts"]["source"].endswith(
        '= tandem.component("split@1", inputs={"table": with_regions_table}, params=两部分_params, seed=7, '
        'outputs=["train","test"])')
    assert cells["n-worth"]["metadata"]["tandem"]["node"]["position"] == {"x": 240, "y": 0}


def test_changes_come_back_and_the_workflow_runs_with_them(notebook, executed, program, workflow_run, tmp_path):
    def change(cells, by_id):
        by_id["parameters"]["source"] = "test_share = 0.5"
        by_id["p-paid"]["source"] = by_id["p-paid"]["source"].replace('"2"', '"5"')
        by_id["n-numbered"]["source"] = by_id["n-numbered"]["source"].replace("row_number()", "2 * row_number()")
        cells.remove(by_id["n-looked"])
        last = next(cell for cell in cells if cell["id"] == "fingerprints")
        last["source"] = "\n".join(line for line in last["source"].splitlines() if '"looked.' not in line)
    path = changed(notebook(DATA / "orders.json", ORDERS), change)
    out = tmp_path / "back.json"
    _, said = program("workflow", "from-notebook", path, "-o", out)
    assert sorted(line.split(":")[0] for line in said.splitlines()) == ["cell n-looked", "cell n-numbered"]
    back = json.loads(out.read_text())
    assert back["params"]["test_share"]["default"] == 0.5
    assert back["nodes"]["paid"]["params"]["conditions"][0]["value"] == "5"
    assert back["nodes"]["numbered"]["component"] == {"name": "query", "version": 1}
    assert back["nodes"]["numbered"]["position"] == {"x": 720, "y": 160} and "looked" not in back["nodes"]
    # The changed workflow's notebook gives what the changed workflow gives.
    assert fingerprints(executed(notebook(out, ORDERS))) == workflow_run(out, ORDERS)


def test_what_was_done_on_the_canvas_meanwhile_stays(notebook, program, tmp_path):
    path = changed(notebook(DATA / "orders.json", ORDERS),
                   lambda _, by_id: by_id["parameters"].update(source="test_share = 0.4"))
    now = json.loads((DATA / "orders.json").read_text())
    now["nodes"]["worth"]["position"] = {"x": 1, "y": 2}
    newer, out = tmp_path / "newer.json", tmp_path / "back.json"
    newer.write_text(json.dumps(now))
    program("workflow", "from-notebook", path, "--workflow", newer, "-o", out)
    now["params"]["test_share"]["default"] = 0.4
    assert json.loads(out.read_text()) == now


def test_what_is_no_notebook_of_a_workflow_is_refused(program, tmp_path):
    for name, content, code in [("text.ipynb", "hello", "malformed_file"),
                                ("own.ipynb", json.dumps(nbformat.v4.new_notebook()), "unsupported_format")]:
        (tmp_path / name).write_text(content)
        _, said = program("workflow", "from-notebook", name, "-o", "out.json", fails=True)
        assert f"[{code}]" in said and not (tmp_path / "out.json").exists()
