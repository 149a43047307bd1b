"""Datasets, SQL, components and runs without a server."""
import pandas
import polars
import pyarrow as pa
import pytest

import tandem

from conftest import DATA, ROOT

ORDERS, CITIES = DATA / "orders.csv", DATA / "cities.csv"


def test_a_file_is_read_as_an_import_reads_it(local, monkeypatch):
    monkeypatch.chdir(DATA)
    assert tandem.datasets() == ["cities.csv", "orders.csv", "orders.json"]
    orders = tandem.dataset("orders.csv")
    assert len(orders) == 240 and orders.columns == ["order", "day", "city", "price", "quantity"]
    assert orders.schema.field("day").type == pa.date32()
    assert orders.to_arrow().column("city").null_count == 240 // 17
    assert "240 rows, 5 columns" in repr(orders) and "<td>上海</td>" in orders._repr_html_()


def test_sql_takes_tables_of_every_kind_and_gives_arrow_pandas_and_polars(local):
    one = pa.table({"k": [1, 2, 3], "a": ["x", None, "z"]})
    two = pandas.DataFrame({"k": [2, 3], "b": [0.5, 1.5]})
    three = polars.DataFrame({"k": [3], "c": ["only"]})
    text = "SELECT one.k, a, b, c FROM one JOIN two ON one.k = two.k LEFT JOIN three ON three.k = one.k ORDER BY 1"
    made = tandem.sql(text, one=one, two=two, three=three)
    expected = [{"k": 2, "a": None, "b": 0.5, "c": None}, {"k": 3, "a": "z", "b": 1.5, "c": "only"}]
    assert made.to_arrow().to_pylist() == expected
    assert made.to_pandas()["b"].sum() == 2.0
    assert made.to_polars()["k"].to_list() == [2, 3]
    assert pa.table(made).num_rows == 2
    assert tandem.sql("SELECT n + 1 AS m FROM t", {"t": {"n": [1]}}).to_arrow().to_pylist() == [{"m": 2}]


def test_a_component_takes_tables_and_parameters_by_name(local):
    people = pandas.DataFrame({"id": [1, 2], "city": ["上海", "北京"]})
    orders = pa.table({"customer": [1, 1, 9], "amount": [10, 20, 30]})
    made = tandem.component("join", left=orders, right=people, kind="left", keys=[{"left": "customer", "right": "id"}])
    assert sorted(map(str, made.table.to_arrow().column("city").to_pylist())) == ["None", "上海", "上海"]
    assert len(made["matches"]) > 0
    with pytest.raises(AttributeError, match="there are table, matches"):
        made.nothing
    train, test = tandem.component("split@1", inputs={"table": orders}, params={"test_share": 0.34}, seed=3,
                                   outputs=["train", "test"])
    assert len(train) + len(test) == 3
    both = tandem.component("union", tables=[orders, orders])
    assert len(both) == 6


def test_models_go_from_component_to_component(local):
    rows = {"x": [i / 50 for i in range(200)], "y": ["yes" if i % 7 < 3 or i > 120 else "no" for i in range(200)]}
    trained = tandem.component("logistic-regression", table=rows, target="y", positive="yes", features=["x"])
    assert isinstance(trained.model, tandem.Model) and trained.model.to_dict()["rows"] == 200
    scored = tandem.component("predict", table=rows, model=trained.model)
    assert len(scored) == 200 and len(scored.columns) > 2
    judged = tandem.component("evaluate", table=rows, model=trained.model)
    assert isinstance(judged.report, tandem.Report)
    assert "<table>" in judged.report._repr_html_() and repr(judged.report)


def test_what_is_wrong_is_said_with_its_code(local):
    table = {"a": [1]}
    for code, call in [
        ("not_found", lambda: tandem.component("nothing", table=table)),
        ("not_found", lambda: tandem.component("filter@9", table=table)),
        ("invalid_parameter", lambda: tandem.component("sort", table=table, by=7)),
        ("invalid_parameter", lambda: tandem.component("sort", by=[{"column": "a"}])),
        ("invalid_parameter", lambda: tandem.component("sort", table=[table, table], by=[{"column": "a"}])),
        ("invalid_parameter", lambda: tandem.component("sort", inputs={"other": table})),
        ("unknown_column", lambda: tandem.component("sort", table=table, by=[{"column": "b"}])),
        ("unknown_column", lambda: tandem.sql("SELECT b FROM t", t=table)),
        ("invalid_request", lambda: tandem.component("write-dataset", table=table, name="x")),
        ("invalid_request", lambda: tandem.write("x", table)),
        ("invalid_request", lambda: tandem.input("customers")),
        ("not_found", lambda: tandem.dataset("nothing.csv")),
    ]:
        with pytest.raises(tandem.TandemError) as raised:
            call()
        assert raised.value.code == code, str(raised.value)
        assert "caused by" not in str(raised.value)
    with pytest.raises(TypeError, match="int holds no table"):
        tandem.sql("SELECT 1", t=7)


def test_a_workflow_runs_over_tables_and_is_remembered(local):
    orders = tandem.dataset(ORDERS)
    run = tandem.run(DATA / "orders.json", {"orders": orders, "cities": CITIES}, {"test_share": 0.5})
    assert run.state == "succeeded" and tandem.runs()[0] is run
    assert set(run.fingerprints()) == {
        "paid.table", "worth.table", "joined.table", "joined.matches", "regions.table", "numbered.table",
        "parts.train", "parts.test", "looked.table"}
    with pytest.raises(tandem.TandemError) as raised:
        tandem.run(DATA / "orders.json", {"orders": orders})
    assert raised.value.code == "invalid_request"


def test_a_fingerprint_is_the_rows_and_not_their_order(local):
    orders = tandem.dataset(ORDERS)
    turned = tandem.sql("SELECT * FROM t ORDER BY price DESC, quantity", t=orders)
    fewer = tandem.sql("SELECT * FROM t LIMIT 239", t=orders)
    same = pa.table(orders)
    told = tandem.fingerprints({"a": orders, "b": turned, "c": fewer, "d": same})
    assert told["a"] == told["b"] == told["d"] != told["c"]
    assert repr(told).splitlines()[0] == f"a  {told['a']}"


def test_every_component_that_ships_can_be_looked_up(local):
    known = tandem.components()
    assert len(known) >= 50 and {"join", "evaluate"} <= {signature["name"] for signature in known}
    assert [signature["name"] for signature in tandem.components("华北")] == []
    assert "join" in [signature["name"] for signature in tandem.components("连接")]


def test_the_program_is_named_where_it_is_missing(monkeypatch):
    session = tandem.Session(binary="/nowhere/tandem")
    with pytest.raises(tandem.TandemError) as raised:
        session.sql("SELECT 1")
    assert raised.value.code == "unavailable" and "/nowhere/tandem" in str(raised.value)
    monkeypatch.setenv("TANDEM_URL", "http://127.0.0.1:1")
    monkeypatch.delenv("TANDEM_TOKEN", raising=False)
    with pytest.raises(tandem.TandemError) as raised:
        tandem.Session()
    assert raised.value.code == "unauthenticated"


def test_the_readme_of_the_package_is_the_project_s_license():
    assert 'license = "Apache-2.0"' in (ROOT / "python/tandem/pyproject.toml").read_text()
