"""The same calls with a server behind them."""
import pandas
import pytest

import tandem

from conftest import DATA


@pytest.fixture
def remote(server, binary, monkeypatch):
    monkeypatch.setenv("TANDEM_URL", server[0])
    monkeypatch.setenv("TANDEM_TOKEN", server[1])
    monkeypatch.setenv("TANDEM_PROJECT", "Shop")
    return tandem.connect(binary=binary)


@pytest.fixture
def orders(remote):
    """A dataset of two versions."""
    if not tandem.datasets():
        tandem.write("orders", tandem.dataset(DATA / "orders.csv"))
        tandem.write("orders", pandas.DataFrame({"order": [241], "city": ["成都"]}), mode="append")
    return "orders"


def test_a_dataset_is_written_and_read_in_its_versions(orders):
    assert [dataset["name"] for dataset in tandem.datasets()] == ["orders"]
    assert (len(tandem.dataset(orders)), len(tandem.dataset(orders, 1))) == (241, 240)
    by_id = tandem.dataset(tandem.datasets()[0]["id"])
    assert tandem.fingerprints({"a": by_id})["a"] == tandem.fingerprints({"a": tandem.dataset(orders)})["a"]
    assert len(tandem.input("whatever", "orders")) == 241


def test_sql_is_the_server_s_and_tables_of_one_s_own_are_computed_here(orders):
    assert tandem.sql("SELECT count(*) AS n FROM orders").to_arrow().to_pylist() == [{"n": 241}]
    cities = tandem.sql("SELECT DISTINCT city FROM orders WHERE city IS NOT NULL")
    joined = tandem.sql("SELECT * FROM cities JOIN own ON city = name", cities=cities, own=DATA / "cities.csv")
    assert len(joined) == 4
    assert len(tandem.component("filter", table=cities, expression="city = '成都'")) == 1
    read = tandem.component("dataset@1", params={"dataset": tandem.datasets()[0]["id"], "version": 1})
    assert len(read) == 240


def test_runs_are_those_of_the_project(orders):
    assert {run["kind"] for run in tandem.runs()} == {"import"}
    assert {"join", "evaluate"} <= {signature["name"] for signature in tandem.components()}


def test_a_workflow_of_the_project_runs_there(orders, remote):
    source = {"component": {"name": "dataset", "version": 1}, "params": {"dataset": tandem.datasets()[0]["id"]},
              "position": {"x": 0, "y": 0}}
    few = {"component": {"name": "filter", "version": 1}, "params": {"expression": "quantity > 5"},
           "position": {"x": 200, "y": 0}}
    edge = {"from": {"node": "all", "port": "table"}, "to": {"node": "few", "port": "table"}}
    workflow = {"format": 1, "nodes": {"all": source, "few": few}, "edges": {"e": edge}}
    project = remote.server.project
    remote.server.call("POST", f"/projects/{project}/workflows", {"name": "Large", "workflow": workflow})
    run = tandem.run("Large")
    assert run.state == "succeeded" and run.details["kind"] == "workflow"
    with pytest.raises(tandem.TandemError) as raised:
        tandem.run("Small")
    assert raised.value.code == "not_found" and "Large" in str(raised.value)


def test_what_the_server_refuses_is_said_with_its_code(orders, server, binary):
    with pytest.raises(tandem.TandemError) as raised:
        tandem.sql("SELECT * FROM secrets")
    assert raised.value.code == "unknown_table"
    with pytest.raises(tandem.TandemError) as raised:
        tandem.Session(url=server[0], token="tdm_wrong", binary=binary).datasets()
    assert raised.value.code == "unauthenticated"
    with pytest.raises(tandem.TandemError) as raised:
        tandem.Session(url="http://127.0.0.1:1", token="tdm_x", binary=binary).datasets()
    assert raised.value.code == "unavailable"
    with pytest.raises(tandem.TandemError) as raised:
        tandem.Session(url=server[0], token=server[1], project="Other", binary=binary).datasets()
    assert raised.value.code == "invalid_request" and "Shop" in str(raised.value)
