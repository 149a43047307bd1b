"""Python components on a server: pushed, used in workflows behind the wall, and bad ones ending alone."""
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from conftest import DATA
from test_components import LOCK, gone

TEXT = lambda word: {"en": word, "zh-CN": word}  # noqa: E731
PORT = {"name": "table", "kind": "table", "label": TEXT("Rows")}
PASSWORD = "nobody else uses this 8"


class Person:
    """Somebody who calls with a token."""

    def __init__(self, base, token):
        self.base, self.token = base, token

    def call(self, method, path, body=None):
        """(status, answer)"""
        request = urllib.request.Request(f"{self.base}/api/v1{path}", method=method,
                                         data=None if body is None else json.dumps(body).encode())
        request.add_header("Authorization", f"Bearer {self.token}")
        request.add_header("Content-Type", "application/json")
        try:
            answer = urllib.request.urlopen(request, timeout=120)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
        text = answer.read()
        return answer.status, json.loads(text) if text else None

    def ask(self, method, path, body=None):
        status, answer = self.call(method, path, body)
        assert status < 300, (method, path, status, answer)
        return answer


def manifest(name, **more):
    return {"name": name, "version": 1, "kind": "python", "category": "own", "title": TEXT(f"Title of {name}"),
            "summary": TEXT("What it does"), "inputs": [PORT], "outputs": [PORT], "columns_when_run": True, **more}


def source(body):
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return f"import os, sys\ndef run(table):\n{lines}\n"


class Shop:
    """A server with a project, a dataset, and somebody in each role."""

    def __init__(self, binary, folder):
        from server import Server

        self.server = Server(binary, folder)
        self.server.sign_in()
        self.people, self.ids, self.binary = {}, {}, binary
        self.project = self.server.ask("POST", "/projects", {"name": "Shop"})["id"]
        token = self.server.ask("POST", "/me/tokens", {"name": "t", "scope": "admin", "expires_in_days": 1})["secret"]
        self.owner = Person(self.server.base, token)
        for role in ("viewer", "operator", "analyst", "outsider"):
            member = self.owner.ask("POST", "/org/members", {
                "email": f"{role}@example.org", "name": role, "role": "member", "password": PASSWORD})
            self.ids[role] = member.get("user", member)["id"]
            if role != "outsider":
                self.owner.ask("PUT", f"/projects/{self.project}/members/{self.ids[role]}", {"role": role})
            self.people[role] = self.sign_in(f"{role}@example.org")
        self.run_program("import", str(DATA / "orders.csv"), "--dataset", "orders")
        self.orders = next(a for a in self.owner.ask("GET", f"/projects/{self.project}/assets?kind=dataset")["items"])["id"]
        uv = {"TANDEM_UV": str(Path(sys.executable).parent / "uv")}
        lock = Path(folder) / "default.lock"
        lock.write_text(LOCK)
        made = subprocess.run([binary, "component", "environment", lock, "--data", folder], check=True, text=True,
                              capture_output=True, env={**os.environ, **uv, "LANG": "C"})
        assert made.stdout == "The environment default is made.\n"

    def sign_in(self, email):
        home = Path(self.server.data) / "homes" / email
        home.mkdir(parents=True)
        subprocess.run([self.binary, "login", self.server.base, "--email", email], check=True, capture_output=True,
                       env={"HOME": str(home), "TANDEM_PASSWORD": PASSWORD, "PATH": os.environ["PATH"]})
        return Person(self.server.base, json.loads((home / ".config/tandem/server.json").read_text())["token"])

    def run_program(self, *arguments, who=None, code=0):
        who = who or self.owner
        done = subprocess.run([self.binary, *arguments], capture_output=True, text=True, env={
            "TANDEM_URL": who.base, "TANDEM_TOKEN": who.token, "PATH": os.environ["PATH"], "LANG": "C"})
        assert done.returncode == code, done.stderr
        return done

    def push(self, name, body, who=None, **more):
        """Makes a component; how nodes name it."""
        made = (who or self.owner).ask("POST", f"/projects/{self.project}/components",
                                       {"manifest": manifest(name, **more), "code": source(body)})
        return made["component"]

    def flow(self, name, component, params=None):
        """orders → the component, and beside it a branch that has nothing to do with it."""
        node = lambda named, params, y: {"component": named, "params": params, "position": {"x": 0, "y": y}}  # noqa: E731
        feed = lambda to: {"from": {"node": "orders", "port": "table"}, "to": {"node": to, "port": "table"}}  # noqa: E731
        document = {"format": 1, "nodes": {
            "orders": node({"name": "dataset", "version": 1}, {"dataset": self.orders}, 0),
            "own": node(component, params or {}, 100),
            "other": node({"name": "group", "version": 1}, {"by": ["city"]}, 200),
        }, "edges": {"a": feed("own"), "b": feed("other")}}
        made = self.owner.ask("POST", f"/projects/{self.project}/workflows", {"name": name, "workflow": document})
        return made["asset"]["id"]

    def run(self, flow, who=None):
        run = (who or self.owner).ask("POST", f"/workflows/{flow}/runs", {})
        return self.ended(run["id"], who)

    def ended(self, run, who=None):
        until = time.monotonic() + 180
        while time.monotonic() < until:
            found = (who or self.owner).ask("GET", f"/runs/{run}")
            if found["state"] in ("succeeded", "failed", "cancelled"):
                return found
            time.sleep(0.05)
        pytest.fail(f"run {run} did not end")


@pytest.fixture(scope="module")
def shop(binary, tmp_path_factory):
    shop = Shop(binary, str(tmp_path_factory.mktemp("shop")))
    try:
        yield shop
    finally:
        shop.server.process.terminate()
        shop.server.process.wait()


def test_environments_are_listed_and_the_doctor_looks(shop):
    listed = shop.people["viewer"].ask("GET", "/environments")["items"]
    assert [(one["name"], one["ready"], [p["name"] for p in one["packages"]]) for one in listed] == [
        ("default", True, ["pyarrow"])]
    said = subprocess.run([shop.binary, "doctor", "--data", shop.server.data], capture_output=True, text=True)
    assert "Python components: there is a wall around them; environments: default" in said.stdout
    # A backup has the lock file, from which it is made again.
    copy = Path(shop.server.data).parent / "copy"
    subprocess.run([shop.binary, "backup", copy, "--data", shop.server.data], check=True, capture_output=True)
    assert [path.name for path in (copy / "environments").iterdir()] == ["default.lock"]
    subprocess.run([shop.binary, "restore", copy, "--data", f"{copy}-back"], check=True, capture_output=True)
    said = subprocess.run([shop.binary, "doctor", "--data", f"{copy}-back"], capture_output=True, text=True)
    assert said.returncode != 0 and "were not made: default" in said.stdout, said.stdout


def test_it_is_pushed_found_and_run_like_one_that_ships(shop, tmp_path):
    subprocess.run([shop.binary, "component", "new", "shares", "--components", tmp_path], check=True, capture_output=True)
    said = shop.run_program("component", "push", str(tmp_path / "shares"), "--message", "First").stdout
    assert said.startswith("shares v1 is on the server; nodes name it own-"), said
    name = said.split("name it ")[1].split("@")[0]
    found = shop.people["viewer"].ask("GET", f"/projects/{shop.project}/components?q=%E5%8D%A0%E6%80%BB%E8%AE%A1")["items"]
    assert [(one["signature"]["name"], one["signature"]["kind"], one["name"]) for one in found] == [(name, "python", "shares")]
    page = shop.owner.ask("GET", f"/projects/{shop.project}/components/{name}")
    assert "占总计的比例" in page["pages"]["zh-CN"] and page["signature"]["inputs"][0]["roles"]
    flow = shop.flow("Shares", {"name": name, "version": 1}, {"value": "quantity"})
    body = {"workflow": shop.owner.ask("GET", f"/workflows/{flow}")["workflow"]}
    assert shop.owner.ask("POST", f"/projects/{shop.project}/workflows/check", body)["problems"] == []
    look = {"node": "own", "port": "table", "limit": 3}
    assert shop.owner.ask("POST", f"/workflows/{flow}/preview", look)["kind"] == "none"
    assert shop.run(flow)["state"] == "succeeded"
    seen = shop.owner.ask("POST", f"/workflows/{flow}/preview", look)
    assert seen["columns"][-1]["name"] == "share" and len(seen["rows"]) == 3
    again = shop.run(flow)
    assert again["nodes"]["own"]["cached"]
    # Another version says so at the node, and the code decides what is known.
    code = tmp_path / "shares/component.py"
    code.write_text(code.read_text() + "# changed\n")
    assert shop.run_program("component", "push", str(tmp_path / "shares")).stdout.startswith("shares v2")
    codes = [p["code"] for p in shop.owner.ask("POST", f"/projects/{shop.project}/workflows/check", body)["problems"]]
    assert codes == ["newer_component"]
    changes = shop.owner.ask("GET", f"/projects/{shop.project}/components/{name}/changes?from=1")["changes"]
    assert [change["part"] for change in changes] == ["inside"]
    edit = {"op": "set_component", "id": "own", "component": {"name": name, "version": 2}}
    shop.owner.ask("POST", f"/workflows/{flow}/edits", {"client": "w", "base": 0, "edits": [edit]})
    newer = shop.run(flow)
    assert newer["state"] == "succeeded" and not newer["nodes"]["own"]["cached"]
    # Withdrawn, it is drawn and doesn't run.
    id = name.removeprefix("own-")
    shop.owner.ask("PUT", f"/components/{id}/versions/2/withdrawn", {"withdrawn": True, "reason": "wrong"})
    gone_by = shop.run(flow)
    assert gone_by["nodes"]["own"]["state"] == "failed" and gone_by["nodes"]["other"]["state"] == "succeeded"


def bring(shop, flow, cells, who=None):
    """The notebook of a workflow with more cells comes back to it."""
    notebook = shop.owner.ask("GET", f"/workflows/{flow}/notebook")
    notebook["cells"] += [{"cell_type": "code", "id": name, "metadata": {}, "outputs": [], "source": text}
                          for name, text in cells.items()]
    return (who or shop.people["analyst"]).ask("POST", f"/workflows/{flow}/notebook", {"notebook": notebook})


def test_cells_that_were_added_to_a_notebook_run_behind_the_wall(shop):
    flow = shop.flow("Cells", {"name": "sort", "version": 1}, {"by": [{"column": "city"}]})
    brought = bring(shop, flow, {
        "cities": "cities = group.to_arrow().sort_by('city')\nprint('in here')",
        "counted": "counted = {'n': [cities.to_arrow().num_rows]}",
        "spy": "spy = {'x': [open('/etc/passwd').read()]}",
    })
    assert sorted(brought["diff"]["added"]) == ["cities", "counted", "spy"], brought
    body = {"workflow": shop.owner.ask("GET", f"/workflows/{flow}/document")}
    assert shop.owner.ask("POST", f"/projects/{shop.project}/workflows/check", body)["problems"] == []
    run = shop.run(flow)
    nodes = run["nodes"]
    assert {name: nodes[name]["state"] for name in nodes} == {
        "orders": "succeeded", "own": "succeeded", "other": "succeeded", "cities": "succeeded", "counted": "succeeded",
        "spy": "failed"}, nodes
    assert "PermissionError" in nodes["spy"]["error"]["message"] and nodes["cities"]["log"] == "in here\n"
    look = lambda node: shop.owner.ask("GET", f"/runs/{run['id']}/preview?node={node}&port=table")  # noqa: E731
    assert look("counted")["rows"] == [[nodes["other"]["rows"]["table"]]]
    assert nodes["cities"]["rows"] == nodes["other"]["rows"]
    again = shop.run(flow)["nodes"]
    assert again["cities"]["cached"] and again["counted"]["cached"]
    # Its code is part of what is known.
    edit = {"op": "set_param", "id": "counted", "param": "code", "value": "counted = {'n': [0]}"}
    shop.owner.ask("POST", f"/workflows/{flow}/edits", {"client": "w", "edits": [edit]})
    changed = shop.run(flow)["nodes"]
    assert changed["cities"]["cached"] and not changed["counted"]["cached"]
    # An operator runs a version of what an analyst wrote, and changes nothing in it.
    operator = shop.people["operator"]
    assert operator.call("POST", f"/workflows/{flow}/edits", {"client": "w", "edits": [edit]})[0] == 403
    theirs = shop.ended(operator.ask("POST", f"/workflows/{flow}/runs", {"until": ["counted"]})["id"])
    assert theirs["state"] == "succeeded", theirs


def test_a_value_that_comes_from_outside_is_never_code(shop):
    flow = shop.flow("Outside", {"name": "python", "version": 1}, {"code": {"$param": "code"}, "result": "x", "names": ["t"]})
    schema = {"type": "string", "default": "x = {'a': [1]}"}
    shop.owner.ask("POST", f"/workflows/{flow}/edits", {"client": "w", "edits": [
        {"op": "declare_param", "name": "code", "schema": schema},
        {"op": "disconnect", "id": "a"},
        {"op": "connect", "id": "c", "edge": {"from": {"node": "orders", "port": "table"}, "to": {"node": "own", "port": "tables"}}},
    ]})
    for params in ({}, {"code": "x = {'a': [2]}"}):
        run = shop.ended(shop.owner.ask("POST", f"/workflows/{flow}/runs", {"params": params})["id"])
        assert run["nodes"]["own"]["state"] == "failed" and run["nodes"]["other"]["state"] == "succeeded", run
        assert "stands in the node itself" in json.dumps(run), run


def test_it_runs_once_for_each_value_too(shop):
    component = shop.push("for-each", "return {'rows': [table.num_rows]}")
    named = f"{component['name']}@{component['version']}"
    flow = shop.flow("For each", {"name": "for-each", "version": 1}, {"component": named, "column": "city"})
    run = shop.run(flow)
    assert run["state"] == "succeeded" and run["nodes"]["own"]["rows"]["table"] == run["nodes"]["other"]["rows"]["table"]
    assert shop.run(flow)["nodes"]["own"]["cached"]


def test_who_may_write_one_and_see_its_code(shop):
    body = {"manifest": manifest("rights"), "code": source("return table")}
    for role in ("viewer", "operator"):
        status, answer = shop.people[role].call("POST", f"/projects/{shop.project}/components", body)
        assert (status, answer["code"]) == (403, "forbidden"), role
    component = shop.push("rights", "return table", who=shop.people["analyst"])
    path = f"/projects/{shop.project}/components/{component['name']}"
    code = lambda who: shop.people[who].ask("GET", path)["package"]["python"]["code"]  # noqa: E731
    assert "def run" in code("analyst") and "def run" in code("viewer"), "who is of the project reads how it is made"
    # Who is of another project, with which it is shared, uses it and sees no code.
    outsider = shop.people["outsider"]
    elsewhere = shop.owner.ask("POST", "/projects", {"name": "Elsewhere"})["id"]
    shop.owner.ask("PUT", f"/projects/{elsewhere}/members/{shop.ids['outsider']}", {"role": "analyst"})
    other = f"/projects/{elsewhere}/components/{component['name']}"
    assert outsider.call("GET", other)[0] == 404
    shop.owner.ask("PUT", f"/components/{component['name'].removeprefix('own-')}/shared", {"organization": True})
    assert outsider.ask("GET", other)["package"]["python"] == {"environment": "default", "ready": True, "code": None}
    versions = f"/components/{component['name'].removeprefix('own-')}/versions"
    for role in ("viewer", "operator"):
        assert shop.people[role].call("POST", versions, body)[0] == 403, role
    audit = shop.owner.ask("GET", "/org/audit?limit=200")["items"]
    rows = [(row["action"], row["decision"]) for row in audit if row["action"] in ("write_python", "push_component")]
    assert ("write_python", "deny") in rows and ("write_python", "allow") in rows and ("push_component", "allow") in rows
    for wrong, says in [({"manifest": manifest("x", kind="builtin"), "code": "x"}, "python"),
                        ({"manifest": manifest("x", environment="../x"), "code": "x"}, "no name of an environment"),
                        ({"manifest": {}, "code": "x"}, "manifest"), ({"manifest": manifest("x"), "code": " "}, "code")]:
        status, answer = shop.owner.call("POST", f"/projects/{shop.project}/components", wrong)
        assert (status, answer["code"]) == (400, "invalid_parameter") and says in answer["message"], answer
    # An operator runs what an analyst wrote.
    flow = shop.flow("Rights", component)
    assert shop.run(flow, shop.people["operator"])["state"] == "succeeded"
    # What is not a workflow is no app.
    status, answer = shop.owner.call("PUT", f"/apps/{component['name'].removeprefix('own-')}",
                                     {"seq": 1, "title": TEXT("T"), "summary": TEXT("S")})
    assert (status, answer["code"]) == (409, "state_conflict"), answer


BAD = [
    ("prints", "while True: print('x' * 1000)", "payload_too_large", "printed more than 64 MB"),
    ("memory", "all = []\nwhile True: all.append(bytearray(1 << 22))", "memory_limit", "memory"),
    ("time", "while True: pass", "time_limit", "longer than the 2 seconds"),
    ("exits", "sys.exit(3)", "compute_failed", "exit code 3"),
    ("raises", "raise ValueError('no such thing')", "compute_failed", "ValueError: no such thing (component.py, line 3)"),
    ("columns", "return table.select(['city'])", "schema_mismatch", "should have the column “order” and has: city"),
    ("forks", "while True: os.fork()", "compute_failed", "PermissionError"),
    ("reads", "return {'x': [open('/etc/passwd').read()]}", "compute_failed", "PermissionError"),
    ("asks", "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:PORT/healthz')", "compute_failed", "Operation not permitted"),
    ("none", "return table", "state_conflict", "“nowhere” is not there on this server"),
]


@pytest.mark.parametrize("name, body, code, says", BAD, ids=[one[0] for one in BAD])
def test_a_bad_one_fails_its_node_alone(shop, name, body, code, says):
    limits = {"seconds": 2 if code == "time_limit" else 60, "memory_mb": 1024}
    more = {"environment": "nowhere"} if name == "none" else {}
    component = shop.push(f"bad-{name}", body.replace("PORT", str(shop.server.port)), limits=limits,
                          outputs=[{**PORT, "columns": [{"name": "order"}]}], **more)
    run = shop.run(shop.flow(f"Bad {name}", component))
    own = run["nodes"]["own"]
    assert run["state"] == "failed" and own["state"] == "failed"
    assert own["error"]["code"] == code and says in own["error"]["message"], own["error"]
    assert shop.server.data not in json.dumps(run), "where things lie on the server is nobody's business"
    assert run["nodes"]["other"]["state"] == "succeeded"
    assert list(Path(shop.server.data, "tmp").glob("python-*")) == []
    assert len(own["log"] or "") < 20_000


def test_it_gets_what_the_person_may_see_and_what_it_prints_is_shielded(shop):
    component = shop.push("counts", "print('cities', sorted(set(table['city'].to_pylist()), key=str))\nreturn {'rows': [table.num_rows]}")
    flow = shop.flow("Counts", component)
    whole = shop.run(flow)
    assert "北京" in whole["nodes"]["own"]["log"] and whole["nodes"]["own"]["rows"] == {"table": 1}
    analyst = shop.people["analyst"]
    shop.owner.ask("PUT", f"/datasets/{shop.orders}/policies", {"rules": [
        {"name": "own city", "exempt_roles": ["owner"],
         "row_filter": {"op": "compare", "column": "city", "is": "eq", "value": "上海"}}]})
    seen = analyst.ask("GET", f"/runs/{whole['id']}")
    assert seen["nodes"]["own"]["log"] is None, "who sees a part of the rows isn't told what was printed of all"
    narrow = shop.run(flow, analyst)
    assert narrow["nodes"]["own"]["log"] == "cities ['上海']\n" and not narrow["nodes"]["own"]["cached"]
    shop.owner.ask("PUT", f"/datasets/{shop.orders}/policies", {"rules": []})


def child_of(server):
    """The process of a component that the server has."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for child in Path(f"/proc/{server.pid}/task").glob("*/children"):
            for pid in child.read_text().split():
                if b"harness.py" in Path(f"/proc/{pid}/cmdline").read_bytes() and b"inner" not in Path(f"/proc/{pid}/cmdline").read_bytes():
                    return int(pid)
        time.sleep(0.02)
    pytest.fail("no component runs")


def test_a_run_that_is_cancelled_takes_it_with_it(shop):
    flow = shop.flow("Endless", shop.push("endless", "while True: pass"))
    run = shop.owner.ask("POST", f"/workflows/{flow}/runs", {})
    child = child_of(shop.server.process)
    shop.owner.ask("POST", f"/runs/{run['id']}/cancel")
    assert shop.ended(run["id"])["state"] == "cancelled"
    gone(child)


def test_a_server_that_is_killed_leaves_none_behind_and_goes_on(shop):
    body = ("marker = os.path.join(os.path.dirname(os.getcwd()), 'never')\nimport time\n"
            "os.close(0)\nos.open('/dev/null', os.O_RDONLY)\ntime.sleep(8)\nreturn table")
    flow = shop.flow("Long", shop.push("long", body))
    run = shop.owner.ask("POST", f"/workflows/{flow}/runs", {})
    child = child_of(shop.server.process)
    shop.server.process.send_signal(signal.SIGKILL)
    shop.server.process.wait()
    gone(child)
    shop.server.start()
    assert shop.ended(run["id"])["state"] == "succeeded"
