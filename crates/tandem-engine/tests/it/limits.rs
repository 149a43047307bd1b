//! Memory, time, rows, cancelling, panics.

use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use futures::StreamExt;
use tandem_core::{Cancel, ErrorCode};
use tandem_engine::{AccessPlan, Batches, Limits, Overflow, TableAccess, TableRef, WriteMode, WriteOptions};

use crate::support::{Bench, chain, first, people, plan_of, until};

const MB: u64 = 1 << 20;

async fn many(bench: &Bench, batches: i64) -> AccessPlan {
    let dataset = bench.dataset();
    let rows = (0..batches).map(|at| Ok(people(at * 50_000, 50_000)));
    let input = Batches::from_iter(people(0, 1).schema(), rows, 2);
    bench.engine.write(dataset, input, WriteOptions::new(WriteMode::Append), &Cancel::new()).await.unwrap();
    plan_of("t", dataset)
}

#[tokio::test]
async fn a_sort_larger_than_memory_spills_and_is_right() {
    let bench = Bench::with_memory(48 * MB);
    let plan = many(&bench, 20).await;
    let sql = "SELECT id, name, name || name AS twice FROM t ORDER BY id % 1000 DESC, name";
    let mut rows = bench.engine.query(&plan, sql, &Cancel::new()).await.unwrap();
    let mut count = 0;
    let mut last: Option<i64> = None;
    while let Some(batch) = rows.next().await {
        let batch: RecordBatch = batch.unwrap_or_else(|error| panic!("{}", chain(&error)));
        let ids: &arrow::array::Int64Array = batch.column(0).as_any().downcast_ref().unwrap();
        for id in ids.values() {
            assert!(last.is_none_or(|last| last >= id % 1000));
            last = Some(id % 1000);
        }
        count += batch.num_rows();
    }
    assert_eq!(count, 1_000_000);
    assert_eq!(bench.engine.memory_taken(), 0);
}

#[tokio::test]
async fn what_can_not_spill_fails_and_the_engine_goes_on() {
    let bench = Bench::with_memory(64 * MB);
    let mut plan = many(&bench, 60).await;
    plan.limits.memory = Some(16 * MB);
    for sql in [
        "SELECT array_agg(id) FROM t",
        "SELECT count(*) FROM t a JOIN t b ON a.name || 'x' = b.name || 'x'",
        "SELECT max(n) FROM (SELECT ntile(4) OVER (ORDER BY id) AS n, name FROM t) WHERE name > ''",
    ] {
        let error = bench.error(&plan, sql).await;
        assert_eq!(error.code(), ErrorCode::MemoryLimit, "{}", chain(&error));
    }
    assert_eq!(bench.rows(&plan, "SELECT count(*) FROM t").await, ["3000000"]);
    assert_eq!(bench.engine.memory_taken(), 0);
}

#[tokio::test]
async fn functions_that_make_much_of_little_are_held() {
    let bench = Bench::new();
    let plan = AccessPlan::new("t");
    for sql in [
        "SELECT length(repeat('x', 10000000000))",
        "SELECT repeat('ab', n * 1000000) FROM generate_series(1, 1000) AS t(n)",
        "SELECT lpad('x', 2000000000, 'y')",
        "SELECT rpad('x', n, 'y') FROM (VALUES (2000000000)) t(n)",
        "SELECT range(0, 10000000000)",
        "SELECT generate_series(0, n) FROM (VALUES (10000000000)) t(n)",
        "SELECT range(timestamp '1900-01-01', timestamp '2100-01-01', interval '1 second')",
        "SELECT array_repeat('x', 10000000000)",
        "SELECT array_resize([1], 10000000000, 0)",
        "SELECT replace(repeat('a', 1000000), 'a', repeat('b', 1000000))",
        "SELECT regexp_replace(repeat('a', 1000000), 'a', repeat('b', 1000000), 'g')",
        "WITH a AS (SELECT repeat('x', 20000000) AS s), b AS (SELECT s || s AS s FROM a), c AS (SELECT s || s AS s FROM b), d AS (SELECT s || s AS s FROM c) SELECT length(s || s) FROM d",
        "SELECT concat(s, s, s, s, s, s, s, s, s) FROM (SELECT repeat('x', 30000000) AS s)",
    ] {
        let error = bench.error(&plan, sql).await;
        assert_eq!(error.code(), ErrorCode::MemoryLimit, "{sql}: {}", chain(&error));
    }
    for (sql, row) in [
        ("SELECT length(repeat('x', 1000))", "1000"),
        ("SELECT lpad('7', 3, '0')", "007"),
        ("SELECT array_length(range(0, 10, 2))", "5"),
        ("SELECT replace('banana', 'a', 'oo')", "boonoonoo"),
        ("SELECT concat('a', NULL, 'b')", "ab"),
        ("SELECT 'a' || 1 || '-' || 2.5, ('a' || NULL) IS NULL, [1] || [2]", "a1-2.5 | true | [1, 2]"),
        ("SELECT n || 'x' || n FROM (VALUES (1), (NULL)) t(n) ORDER BY n", "1x1"),
        ("SELECT concat_ws('-', 'a', 'b')", "a-b"),
        ("SELECT regexp_replace('a1b2', '[0-9]', '#', 'g')", "a#b#"),
    ] {
        assert_eq!(bench.rows(&plan, sql).await[0], row, "{sql}");
    }
}

#[tokio::test]
async fn time_runs_out_while_planning_computing_and_waiting() {
    let bench = Bench::new();
    let limits = Limits { timeout: Some(Duration::from_millis(300)), ..Limits::default() };
    let plan = many(&bench, 2).await.with_limits(limits);
    for sql in [
        "SELECT count(*) FROM t a, t b, t c WHERE a.name < b.name || c.name",
        "SELECT sum(value) FROM generate_series(1, 100000000000)",
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r",
    ] {
        let began = Instant::now();
        let error = bench.error(&plan, sql).await;
        assert_eq!(error.code(), ErrorCode::TimeLimit, "{sql}: {}", chain(&error));
        assert!(began.elapsed() < Duration::from_secs(20), "{sql}: {:?}", began.elapsed());
    }
    assert_eq!(bench.rows(&plan.with_limits(Limits::default()), "SELECT 1").await, ["1"]);
}

#[tokio::test]
async fn rows_are_cut_or_refused_as_the_plan_says() {
    let bench = Bench::new();
    let dataset = bench.table(people(0, 10)).await;
    let plan = |most, overflow| {
        plan_of("t", dataset).with_limits(Limits { max_rows: Some(most), overflow, ..Limits::default() })
    };
    let count = async |plan: AccessPlan| {
        let rows = bench.engine.query(&plan, "SELECT * FROM t", &Cancel::new()).await.unwrap();
        rows.collect().await.map(|(batches, cut)| (batches.iter().map(RecordBatch::num_rows).sum::<usize>(), cut))
    };
    assert_eq!(count(plan(4, Overflow::Truncate)).await.unwrap(), (4, true));
    assert_eq!(count(plan(10, Overflow::Truncate)).await.unwrap(), (10, false));
    assert_eq!(count(plan(0, Overflow::Truncate)).await.unwrap(), (0, true));
    assert_eq!(count(plan(10, Overflow::Fail)).await.unwrap(), (10, false));
    assert_eq!(count(plan(9, Overflow::Fail)).await.unwrap_err().code(), ErrorCode::RowLimit);
    let endless = AccessPlan::new("t").with_limits(Limits { max_rows: Some(3), ..Limits::default() });
    assert_eq!(bench.rows(&endless, "SELECT * FROM generate_series(1, 1000000000000)").await, ["1", "2", "3"]);
}

#[tokio::test]
async fn a_cancelled_query_stops_before_and_while_rows_come() {
    let bench = Bench::new();
    let plan = many(&bench, 2).await;
    let cancel = Cancel::new();
    cancel.cancel();
    let error = bench.engine.query(&plan, "SELECT 1", &cancel).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::Cancelled);

    let cancel = Cancel::new();
    let mut rows = bench.engine.query(&plan, "SELECT a.id FROM t a, t b", &cancel).await.unwrap();
    assert!(first(&mut rows).await.unwrap().is_ok());
    cancel.cancel();
    let last = loop {
        match rows.next().await {
            Some(Ok(_)) => {}
            other => break other,
        }
    };
    assert_eq!(last.unwrap().unwrap_err().code(), ErrorCode::Cancelled);
    until("its memory is given back", || bench.engine.memory_taken() == 0).await;

    let rows = bench.engine.query(&plan, "SELECT a.id FROM t a, t b", &Cancel::new()).await.unwrap();
    until("it has taken memory", || bench.engine.memory_taken() > 0).await;
    drop(rows);
    until("a dropped query gives its memory back", || bench.engine.memory_taken() == 0).await;
}

#[tokio::test]
async fn queries_at_once_share_the_memory() {
    let bench = Bench::with_memory(32 * MB);
    let plan = many(&bench, 4).await;
    let sql = "SELECT name, count(*) AS n FROM t GROUP BY name ORDER BY name LIMIT 3";
    let answers = futures::future::join_all((0..6).map(|_| bench.ask(&plan, sql))).await;
    let mut right = 0;
    for answer in answers {
        match answer {
            Ok(rows) => {
                assert_eq!(rows, ["person 0 | 1", "person 1 | 1", "person 10 | 1"]);
                right += 1;
            }
            Err(error) => assert_eq!(error.code(), ErrorCode::MemoryLimit, "{}", chain(&error)),
        }
    }
    assert!(right > 0);
    assert_eq!(bench.engine.memory_taken(), 0);
}

#[tokio::test]
async fn spilled_files_go_with_the_query_and_the_engine() {
    let bench = Bench::with_memory(48 * MB);
    let plan = many(&bench, 20).await;
    let spill = bench.folder.path().join("tmp").join("engine");
    let files = || walk(&spill);
    let mut rows = bench.engine.query(&plan, "SELECT * FROM t ORDER BY name", &Cancel::new()).await.unwrap();
    first(&mut rows).await.unwrap().unwrap();
    assert!(files() > 0, "it spilled");
    drop(rows);
    until("the files are gone", || files() == 0).await;
    // A folder whose process is gone is removed by the next.
    std::fs::create_dir(spill.join("dead")).unwrap();
    std::fs::write(spill.join("dead.lock"), b"").unwrap();
    std::fs::write(spill.join("dead").join("spill"), b"left").unwrap();
    let options =
        tandem_engine::EngineOptions { folder: bench.folder.path().into(), memory_bytes: 64 * MB, threads: 2 };
    let other = tandem_engine::Engine::open(&options, bench.clock.clone()).unwrap();
    assert!(!spill.join("dead").exists() && !spill.join("dead.lock").exists());
    drop(other);
    assert_eq!(bench.rows(&plan, "SELECT count(*) FROM (SELECT * FROM t ORDER BY name)").await, ["1000000"]);
    drop(bench.engine);
    until("the folder is empty", || std::fs::read_dir(&spill).unwrap().count() == 0).await;
}

/// Files below a folder.
fn walk(folder: &std::path::Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.path() {
            path if path.is_dir() => walk(&path),
            path if path.extension().is_some_and(|end| end == "lock") => 0,
            _ => 1,
        })
        .sum()
}

#[tokio::test]
async fn a_table_of_the_plan_that_is_gone_is_not_found() {
    let bench = Bench::new();
    let plan = AccessPlan::new("t").with_table(TableRef::latest("t"), TableAccess::version(bench.dataset(), 0));
    assert_eq!(bench.error(&plan, "SELECT * FROM t").await.code(), ErrorCode::NotFound);
}
