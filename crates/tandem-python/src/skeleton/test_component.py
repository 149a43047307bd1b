"""Run with pytest, or as it is with the environment's Python; `tandem component test NAME` runs the example."""
import pyarrow as pa

from component import run


def test_shares_add_up():
    shares = run(pa.table({"n": [1, 2, 5]}), value="n", digits=3)["share"].to_pylist()
    assert shares == [0.125, 0.25, 0.625]


def test_nothing_has_no_share():
    assert run(pa.table({"n": pa.array([], pa.int64())}), value="n", digits=3).column_names == ["n", "share"]


if __name__ == "__main__":
    test_shares_add_up()
    test_nothing_has_no_share()
    print("passed")
