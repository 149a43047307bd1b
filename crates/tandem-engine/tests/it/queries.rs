//! SQL: names, versions, what is allowed, what is said when it goes wrong.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, Float64Array, Int64Array},
    datatypes::DataType,
};
use tandem_core::{Cancel, Error, ErrorCode, SystemClock};
use tandem_engine::{
    AccessPlan, Engine, EngineOptions, ScalarFunction, TableAccess, TableRef, TableSource, Takes, WriteMode,
    tables_named,
};

use crate::support::{Bench, batch, ints, lines, people, plan_of, texts};

fn named(sql: &str) -> Vec<String> {
    tables_named(sql).unwrap().iter().map(ToString::to_string).collect()
}

#[test]
fn tables_are_found_wherever_they_stand() {
    let cases: &[(&str, &[&str])] = &[
        ("SELECT 1", &[]),
        ("SELECT * FROM sales", &["sales"]),
        ("select a.x from Sales a join sales@v3 b using (id)", &["Sales", "sales@v3"]),
        ("SELECT * FROM \"sales data\"@v12, 销售明细, 销售明细@v2", &["\"sales data\"@v12", "销售明细", "销售明细@v2"]),
        ("WITH t AS (SELECT * FROM a) SELECT * FROM t, b", &["a", "b"]),
        ("WITH a AS (SELECT * FROM a) SELECT * FROM a", &["a"]),
        ("WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT * FROM r", &[]),
        (
            "SELECT (SELECT max(x) FROM a) FROM b WHERE EXISTS (SELECT 1 FROM c WHERE c.y IN (SELECT y FROM d))",
            &["a", "b", "c", "d"],
        ),
        ("SELECT * FROM (SELECT * FROM a UNION ALL (SELECT * FROM b)) x", &["a", "b"]),
        ("SELECT 'FROM a', \"from b\" -- FROM c\n /* FROM d@v1 */ FROM e", &["e"]),
        ("SELECT 'x@v3' FROM t", &["t"]),
        ("SELECT * FROM \"odd@v3\"", &["\"odd@v3\""]),
        ("SELECT * FROM generate_series(1, 3), range(1, 2)", &[]),
        ("EXPLAIN SELECT * FROM a", &["a"]),
        ("DESCRIBE a", &["a"]),
        ("SHOW COLUMNS FROM a", &["a"]),
        ("SHOW TABLES", &[]),
        ("SELECT * FROM information_schema.columns", &[]),
        ("VALUES (1), (2)", &[]),
    ];
    for (sql, tables) in cases {
        assert_eq!(named(sql), *tables, "{sql}");
    }
    assert_eq!(tables_named("SELECT * FROM \"odd@v3\"").unwrap(), [TableRef::latest("odd@v3")]);
    assert_eq!(tables_named("SELECT * FROM odd@V3").unwrap(), [TableRef::at("odd", 3)]);
}

#[test]
fn what_is_no_single_reading_statement_is_refused() {
    let refused = |sql: &str| tables_named(sql).unwrap_err().code();
    for sql in ["", ";", "SELEC 1", "SELECT 1; SELECT 2", "SELECT * FROM a @v3", "SELECT '", "FROM ("] {
        assert_eq!(refused(sql), ErrorCode::InvalidSql, "{sql}");
    }
    for sql in [
        "CREATE TABLE x (a INT)",
        "CREATE EXTERNAL TABLE x STORED AS CSV LOCATION '/etc/passwd'",
        "CREATE VIEW v AS SELECT 1",
        "DROP TABLE a",
        "INSERT INTO a VALUES (1)",
        "UPDATE a SET x = 1",
        "DELETE FROM a",
        "COPY a TO '/tmp/x.csv'",
        "SET datafusion.execution.batch_size = 1",
        "SHOW ALL",
        "SHOW datafusion.execution.time_zone",
        "EXPLAIN DELETE FROM a",
        "WITH x AS (INSERT INTO a VALUES (1) RETURNING *) SELECT * FROM x",
        "SELECT * INTO b FROM a",
        "SELECT * FROM a FOR UPDATE",
        "TABLE a",
        "SELECT * FROM TABLE(read_parquet('x'))",
        "PREPARE p AS SELECT 1",
        "EXECUTE p",
        "BEGIN",
        "TRUNCATE a",
        "ATTACH DATABASE 'x' AS y",
        "LOAD DATA INPATH 'x' INTO TABLE y",
        "USE other",
        "VACUUM",
        "MERGE INTO a USING b ON a.x = b.x WHEN MATCHED THEN DELETE",
        "GRANT SELECT ON a TO b",
        "CALL f()",
        "ANALYZE TABLE a",
        "CREATE FUNCTION f() RETURNS INT RETURN 1",
    ] {
        let code = refused(sql);
        assert!(matches!(code, ErrorCode::SqlNotAllowed | ErrorCode::InvalidSql), "{sql}: {code:?}");
    }
    assert_eq!(refused("DROP TABLE a"), ErrorCode::SqlNotAllowed);
    assert_eq!(refused(&"(".repeat(100_000)), ErrorCode::InvalidSql);
    assert_eq!(refused(&format!("SELECT '{}'", "x".repeat(2 << 20))), ErrorCode::InvalidSql);
}

async fn shop(bench: &Bench) -> AccessPlan {
    let price: ArrayRef = Arc::new(Float64Array::from(vec![2.5, 1.0, 4.0]));
    let old =
        batch(vec![("Customer ID", ints([1, 1, 2])), ("Price", price), ("城市", texts(["北京", "上海", "北京"]))]);
    let sales = bench.table(old.clone()).await;
    bench.write(sales, WriteMode::Append, old.slice(0, 1)).await.unwrap();
    let customers = bench.table(people(1, 2)).await;
    AccessPlan::new("t")
        .with_table(TableRef::latest("Sales"), TableAccess::version(sales, 1))
        .with_table(TableRef::at("Sales", 1), TableAccess::version(sales, 0))
        .with_table(TableRef::latest("sales data"), TableAccess::version(sales, 1))
        .with_table(TableRef::at("sales data", 1), TableAccess::version(sales, 0))
        .with_table(TableRef::latest("客户"), TableAccess::version(customers, 0))
}

#[tokio::test]
async fn names_know_no_case_and_keep_their_spelling() {
    let bench = Bench::new();
    let plan = shop(&bench).await;
    for (sql, rows) in [
        ("SELECT sum(price) FROM sales", "10.0"),
        ("SELECT SUM(PRICE) AS Total FROM SALES ORDER BY total", "10.0"),
        ("SELECT count(DISTINCT \"Customer ID\") FROM sales", "2"),
        ("SELECT max(s.PRICE) FROM Sales AS S", "4.0"),
        ("SELECT count(*) FROM sales JOIN 客户 ON \"Customer ID\" = 客户.ID", "4"),
        ("SELECT name FROM 客户 WHERE id = 2", "person 2"),
        ("SELECT 城市 FROM sales GROUP BY 城市 HAVING count(*) = 1", "上海"),
        ("SELECT count(*) FROM sales@v1", "3"),
        ("SELECT count(sales.price) FROM sales@v1", "3"),
        ("SELECT count(\"sales data\".price) FROM \"sales data\"@v1", "3"),
        ("SELECT (SELECT count(*) FROM sales) - (SELECT count(*) FROM sales@v1)", "1"),
        ("SELECT count(*) FROM Sales@v1 a JOIN sales b ON a.\"Customer ID\" = b.\"Customer ID\"", "7"),
        ("WITH Big AS (SELECT * FROM sales WHERE price > 2) SELECT count(*) FROM big", "3"),
        ("SELECT x.Price FROM (SELECT price FROM sales ORDER BY price LIMIT 1) x", "1.0"),
        ("SELECT date '2024-02-29' + interval '1 day'", "2024-03-01"),
        ("SELECT count(*) FROM generate_series(1, 10)", "10"),
        ("SELECT sum(x) FROM unnest([1, 2, 3]) AS t(x)", "6"),
        ("SELECT round(stddev(price), 3) FROM sales", "1.225"),
    ] {
        assert_eq!(bench.rows(&plan, sql).await, [rows], "{sql}");
    }
    let sql = "SELECT price, 1 AS One, sum(sales@v1.price) OVER () FROM sales@v1";
    let schema = bench.engine.query(&plan, sql, &Cancel::new()).await.unwrap().schema();
    assert_eq!((schema.field(0).name().as_str(), schema.field(1).name().as_str()), ("Price", "One"));
    assert!(schema.field(2).name().contains("Sales@v1.Price"), "{}", schema.field(2).name());
}

#[tokio::test]
async fn what_goes_wrong_is_said_helpfully() {
    let bench = Bench::new();
    let plan = shop(&bench).await;
    for (sql, code, told) in [
        ("SELECT * FROM salse", ErrorCode::UnknownTable, "Did you mean “Sales”?"),
        ("SELECT * FROM sales@v9", ErrorCode::UnknownTable, "“sales@v9”"),
        ("SELECT pricee FROM sales", ErrorCode::UnknownColumn, "Did you mean “Price”?"),
        ("SELECT nothing_alike FROM 客户", ErrorCode::UnknownColumn, "“id”, “name”"),
        ("SELECT * FROM other.sales", ErrorCode::UnknownTable, "one name"),
        ("SELECT * FROM 'x.csv'", ErrorCode::UnknownTable, "x.csv"),
        ("SELECT id FROM 客户 a, 客户 b", ErrorCode::InvalidSql, "more than one column"),
        ("SELECT summ(price) FROM sales", ErrorCode::InvalidSql, "Did you mean “sum”?"),
        ("SELECT name FROM 客户 GROUP BY id", ErrorCode::InvalidSql, "GROUP BY"),
        ("SELECT CAST(name AS INT) FROM 客户", ErrorCode::ComputeFailed, "person"),
        ("SELECT 1 / (id - id) FROM 客户", ErrorCode::ComputeFailed, "zero"),
        ("SELECT name + 1 FROM 客户", ErrorCode::InvalidSql, "Int64"),
        ("SELECT price FROM sales WHERE", ErrorCode::InvalidSql, "The SQL"),
    ] {
        let error = bench.error(&plan, sql).await;
        assert_eq!(error.code(), code, "{sql}: {}", crate::support::chain(&error));
        assert!(error.message().contains(told), "{sql}: {error}");
        assert!(!error.message().contains("tandem."), "{sql}: {error}");
    }
}

#[tokio::test]
async fn tables_and_columns_can_be_listed() {
    let bench = Bench::new();
    let plan = shop(&bench).await;
    let tables = ["Sales", "Sales@v1", "\"sales data\"", "\"sales data\"@v1", "客户"];
    assert_eq!(bench.rows(&plan, "SHOW TABLES").await, tables);
    assert_eq!(bench.rows(&plan, "SELECT table_name FROM information_schema.tables").await, tables);
    let columns = ["Customer ID | int64", "Price | float64", "城市 | text"];
    for sql in ["DESCRIBE sales", "DESC sales@v1", "SHOW COLUMNS FROM sales"] {
        assert_eq!(bench.rows(&plan, sql).await, columns, "{sql}");
    }
    let sql = "SELECT column_name, data_type FROM INFORMATION_SCHEMA.columns WHERE table_name = '客户' ORDER BY 1";
    assert_eq!(bench.rows(&plan, sql).await, ["id | int64", "name | text"]);
    let described = bench.engine.describe(&plan).await.unwrap();
    assert_eq!(described.len(), 5);
}

#[tokio::test]
async fn memory_and_parquet_files_are_tables_too() {
    let bench = Bench::new();
    let rows = people(0, 5);
    let dataset = bench.table(people(5, 5)).await;
    let paths = bench.engine.files_at(dataset, 0).await.unwrap();
    let memory = TableSource::Memory { schema: rows.schema(), batches: vec![rows] };
    let plan = AccessPlan::new("cli")
        .with_table(TableRef::latest("m"), TableAccess::full(memory))
        .with_table(TableRef::latest("p"), TableAccess::full(TableSource::Parquet { paths, schema: None }));
    assert_eq!(bench.rows(&plan, "SELECT (SELECT sum(id) FROM m), (SELECT sum(id) FROM p)").await, ["10 | 35"]);
    let page = bench.engine.page(&plan, &TableRef::latest("m"), 3, 10, &Cancel::new()).await.unwrap();
    assert_eq!(lines(&page.collect().await.unwrap().0), ["3 | person 3", "4 | person 4"]);
    let text = bench.folder.path().join("no.parquet");
    std::fs::write(&text, b"id,name\n").unwrap();
    let plan = AccessPlan::new("cli")
        .with_table(TableRef::latest("p"), TableAccess::full(TableSource::Parquet { paths: vec![text], schema: None }));
    assert_eq!(bench.error(&plan, "SELECT * FROM p").await.code(), ErrorCode::MalformedFile);
}

#[tokio::test]
async fn plans_are_shown_without_paths() {
    let bench = Bench::new();
    let dataset = bench.table(people(0, 10)).await;
    let plan = plan_of("t", dataset);
    let rows = bench.rows(&plan, "EXPLAIN SELECT name, count(*) FROM t WHERE id > 3 GROUP BY name").await;
    assert_eq!(rows.len(), 2);
    assert!(rows[0].contains("TableScan: t") && rows[1].contains("Table: [id, name]"), "{rows:?}");
    assert!(!rows.concat().contains("parquet") && !rows.concat().contains("tables/"));
    let rows = bench.rows(&plan, "EXPLAIN ANALYZE SELECT * FROM t WHERE id > 3").await;
    assert!(rows[1].contains("(6 rows)"), "{}", rows[1]);
}

/// Functions that whoever opens the engine brings are called with text in any layout, and their errors are told.
#[tokio::test]
async fn functions_of_ones_own_are_called() {
    let length = ScalarFunction::new("characters", Takes::These(vec![DataType::Utf8]), DataType::Int64, |args, _| {
        let texts = args[0].as_string::<i32>();
        let count = |text: &str| i64::try_from(text.chars().count()).unwrap();
        Ok(Arc::new(Int64Array::from_iter(texts.iter().map(|text| text.map(count)))))
    });
    let columns = ScalarFunction::new("arguments", Takes::Any, DataType::Int64, |args, rows| {
        if rows > 1 && args.len() > 2 {
            return Err(Error::new(ErrorCode::InvalidParameter, "At most two."));
        }
        Ok(Arc::new(Int64Array::from(vec![args.len() as i64; rows])))
    });
    let folder = tempfile::TempDir::new().unwrap();
    let options = EngineOptions { folder: folder.path().into(), memory_bytes: 1 << 28, threads: 2 };
    let engine = Engine::open_with(&options, Arc::new(SystemClock), &[length, columns]).unwrap();
    let rows = batch(vec![("id", ints([1, 2])), ("word", texts(["数据", "partner"]))]);
    let source = TableSource::Memory { schema: rows.schema(), batches: vec![rows] };
    let plan = AccessPlan::new("t").with_table(TableRef::latest("t"), TableAccess::full(source));
    let ask = async |sql: &str| match engine.query(&plan, sql, &Cancel::new()).await {
        Ok(stream) => stream.collect().await.map(|(rows, _)| lines(&rows)),
        Err(error) => Err(error),
    };
    let sql = "SELECT characters(word), characters('四个汉字'), arguments(id, word) FROM t ORDER BY id";
    assert_eq!(ask(sql).await.unwrap(), ["2 | 4 | 2", "7 | 4 | 2"]);
    let error = ask("SELECT arguments(id, word, id) FROM t").await.unwrap_err();
    assert_eq!((error.code(), error.message()), (ErrorCode::InvalidParameter, "At most two."));
}
