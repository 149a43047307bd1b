//! Other tools open our tables: the `deltalake` package, Polars, DuckDB.
//!
//! Runs with the Python that `TANDEM_TEST_PYTHON` names, in which they are
//! installed, and is skipped without. DuckDB gets the list of files where its
//! `delta` extension isn't there (it is fetched from the network).

use std::{process::Command, sync::Arc};

use arrow::{
    array::{
        ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array, ListArray, RecordBatch,
        StringArray, StructArray, TimestampMicrosecondArray,
    },
    datatypes::{DataType, Field, Int64Type},
};
use tandem_engine::WriteMode;

use crate::support::{Bench, batch, ints, people, texts};

fn python() -> Option<String> {
    let python = std::env::var("TANDEM_TEST_PYTHON").ok();
    if python.is_none() {
        eprintln!("skipped: TANDEM_TEST_PYTHON names no Python with duckdb, polars and deltalake");
    }
    python
}

fn run(python: &str, script: &str, args: &[&str]) -> String {
    let output = Command::new(python).arg("-c").arg(script).args(args).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn everything(naive: bool) -> RecordBatch {
    let time = TimestampMicrosecondArray::from(vec![Some(1_709_195_400_123_456), None]);
    let time: ArrayRef = if naive { Arc::new(time) } else { Arc::new(time.with_timezone("UTC")) };
    let point = StructArray::from(vec![(Arc::new(Field::new("x", DataType::Int64, true)), ints([1, 2]))]);
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("Customer ID", ints([1, 2])),
        ("客户", Arc::new(StringArray::from(vec![Some("张三"), None]))),
        ("small", Arc::new(Int32Array::from(vec![7, -7]))),
        ("amount", Arc::new(Float64Array::from(vec![1.5, -2.5]))),
        ("price", Arc::new(Decimal128Array::from(vec![1999, -1]).with_precision_and_scale(10, 2).unwrap())),
        ("day", Arc::new(Date32Array::from(vec![19_782, 0]))),
        ("flag", Arc::new(BooleanArray::from(vec![Some(true), None]))),
        ("time", time),
        ("list", Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>(vec![Some(vec![Some(1)]), None]))),
        ("point", Arc::new(point)),
    ];
    batch(columns)
}

const READ: &str = r#"
import sys, json, datetime, decimal
import deltalake, polars, duckdb
path, rows = sys.argv[1], int(sys.argv[2])
table = deltalake.DeltaTable(path)
arrow = table.to_pyarrow_table() if hasattr(table, "to_pyarrow_table") else None
frame = polars.read_delta(path).sort("Customer ID")
files = sorted(table.file_uris())
# As a plain timestamp, for which DuckDB needs no other package.
duckdb.sql("SET TimeZone = 'UTC'")
every = "SELECT * REPLACE (CAST(time AS TIMESTAMP) AS time) FROM"
duck = duckdb.sql(f"{every} read_parquet(?) ORDER BY 1", params=[files]).fetchall()
try:
    duckdb.sql("LOAD delta")
    duck_delta = len(duckdb.sql(f"SELECT * FROM delta_scan('{path}')").fetchall())
except Exception as error:
    duck_delta = f"not available: {type(error).__name__}"
assert frame.height == rows == len(duck), (frame.height, len(duck))
first, ours = frame.row(0, named=True), duck[0]
assert first["客户"] == "张三" and ours[1] == "张三"
assert first["price"] == decimal.Decimal("19.99") and ours[4] == decimal.Decimal("19.99")
assert first["day"] == datetime.date(2024, 2, 29) == ours[5]
assert first["time"].replace(tzinfo=None) == datetime.datetime(2024, 2, 29, 8, 30, 0, 123456)
assert list(first["list"]) == [1] and first["point"] == {"x": 1}
if arrow is not None:
    assert arrow.num_rows == rows
protocol = table.protocol()
adds = table.get_add_actions(flatten=True)
print(protocol.min_reader_version, protocol.min_writer_version, table.version(), duck_delta)
"#;

#[tokio::test]
async fn other_tools_open_the_tables() {
    let Some(python) = python() else { return };
    let bench = Bench::new();
    for (naive, protocol) in [(true, "3 7"), (false, "1 2")] {
        let dataset = bench.table(everything(naive)).await;
        let path = bench.folder.path().join("tables").join(dataset.to_string());
        let path = path.to_str().unwrap();
        let told = run(&python, READ, &[path, "2"]);
        assert!(told.starts_with(&format!("{protocol} 0")), "{told}");
        let key = WriteMode::Upsert { key: vec!["Customer ID".into()] };
        bench.write(dataset, key, everything(naive).slice(1, 1)).await.unwrap();
        assert!(run(&python, READ, &[path, "2"]).starts_with(&format!("{protocol} 1")));
        bench.write(dataset, WriteMode::Replace, everything(naive)).await.unwrap();
        bench.engine.restore(dataset, 0, None, None).await.unwrap();
        println!("{}", run(&python, READ, &[path, "2"]));
    }
}

const TRAVEL: &str = r#"
import sys, deltalake, polars
path = sys.argv[1]
for version in range(45):
    assert deltalake.DeltaTable(path, version=version).version() == version
    assert polars.read_delta(path, version=version).height == version + 1, version
stats = polars.read_delta(path).select(polars.col("id").max(), polars.col("name").count()).row(0)
assert stats == (44, 45), stats
assert polars.scan_delta(path).filter(polars.col("id") > 42).collect().height == 2
assert polars.scan_delta(path).filter(polars.col("name") == "person 7").collect().height == 1
"#;

#[tokio::test]
async fn other_tools_read_every_version_and_prune_by_our_statistics() {
    let Some(python) = python() else { return };
    let bench = Bench::new();
    let dataset = bench.dataset();
    for at in 0..45 {
        bench.write(dataset, WriteMode::Append, people(at, 1)).await.unwrap();
    }
    let path = bench.folder.path().join("tables").join(dataset.to_string());
    run(&python, TRAVEL, &[path.to_str().unwrap()]);
}

const REPLACED: &str = r#"
import sys, deltalake, polars
path = sys.argv[1]
table = deltalake.DeltaTable(path)
assert [f.name for f in table.schema().fields] == ["id", "when"], table.schema()
assert table.protocol().min_reader_version == 3
assert polars.read_delta(path, version=0).columns == ["id", "name"]
"#;

#[tokio::test]
async fn a_replacement_may_need_a_newer_protocol() {
    let Some(python) = python() else { return };
    let bench = Bench::new();
    let dataset = bench.table(batch(vec![("id", ints([1])), ("name", texts(["a"]))])).await;
    let when: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![0]));
    bench.write(dataset, WriteMode::Replace, batch(vec![("id", ints([1])), ("when", when)])).await.unwrap();
    let path = bench.folder.path().join("tables").join(dataset.to_string());
    run(&python, REPLACED, &[path.to_str().unwrap()]);
}
