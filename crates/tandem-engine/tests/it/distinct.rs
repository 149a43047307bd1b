//! Different values of several columns, counted beside each other.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use proptest::prelude::*;
use tandem_core::Cancel;
use tandem_engine::{Batches, WriteMode, WriteOptions};

use crate::support::{Bench, batch, people, plan_of, sorted};

type Row = (Option<i64>, Option<String>, Option<i64>, Option<f64>);

fn rows_of(rows: &[Row]) -> RecordBatch {
    let groups: ArrayRef = Arc::new(Int64Array::from_iter(rows.iter().map(|row| row.0)));
    let words: ArrayRef = Arc::new(StringArray::from_iter(rows.iter().map(|row| row.1.clone())));
    let numbers: ArrayRef = Arc::new(Int64Array::from_iter(rows.iter().map(|row| row.2)));
    let amounts: ArrayRef = Arc::new(Float64Array::from_iter(rows.iter().map(|row| row.3)));
    batch(vec![("g", groups), ("w", words), ("n", numbers), ("x", amounts)])
}

/// What a query over `g` should say: the group, different words and numbers, rows, the greatest amount.
fn expected(rows: &[Row]) -> Vec<String> {
    let mut groups: BTreeMap<Option<i64>, Vec<&Row>> = BTreeMap::new();
    rows.iter().for_each(|row| groups.entry(row.0).or_default().push(row));
    let line = |(group, rows): (Option<i64>, Vec<&Row>)| {
        let words: HashSet<_> = rows.iter().filter_map(|row| row.1.as_ref()).collect();
        let numbers: HashSet<_> = rows.iter().filter_map(|row| row.2).collect();
        let most = rows.iter().filter_map(|row| row.3).reduce(f64::max);
        let most = most.map_or("∅".to_owned(), |most| format!("{most:?}"));
        let group = group.map_or("∅".to_owned(), |group| group.to_string());
        let counted = rows.iter().filter(|row| row.3.is_some_and(|x| x > 1.0)).count();
        format!("{group} | {} | {} | {} | {most} | {counted}", words.len(), numbers.len(), rows.len())
    };
    sorted(groups.into_iter().map(line).collect())
}

fn row() -> impl Strategy<Value = Row> {
    (
        proptest::option::of(0..4_i64),
        proptest::option::of("[ab]{0,2}"),
        proptest::option::of(0..5_i64),
        proptest::option::of((0..9_i32).prop_map(|n| f64::from(n) / 2.0)),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn they_are_counted_as_one_would_by_hand(rows in proptest::collection::vec(row(), 1..60)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let bench = Bench::new();
            let plan = plan_of("t", bench.table(rows_of(&rows)).await);
            let sql = "SELECT g, count(DISTINCT w), count(DISTINCT n) AS numbers, count(*), max(x), \
                       count(*) FILTER (WHERE x > 1) FROM t GROUP BY g";
            assert_eq!(sorted(bench.rows(&plan, sql).await), expected(&rows));
            // The same by another way, in one group, of expressions.
            let sql = "SELECT count(DISTINCT n % 3), count(DISTINCT upper(w)), avg(x), count(DISTINCT n % 3) AS again FROM t";
            let other = "SELECT (SELECT count(*) FROM (SELECT DISTINCT n % 3 AS v FROM t) a WHERE v IS NOT NULL) AS a, \
                         (SELECT count(*) FROM (SELECT DISTINCT upper(w) AS v FROM t) b WHERE v IS NOT NULL) AS b, \
                         (SELECT avg(x) FROM t) AS c, \
                         (SELECT count(*) FROM (SELECT DISTINCT n % 3 AS v FROM t) c WHERE v IS NOT NULL) AS d";
            assert_eq!(bench.rows(&plan, sql).await, bench.rows(&plan, other).await);
        });
    }
}

#[tokio::test]
async fn of_no_rows_there_are_none() {
    let bench = Bench::new();
    let plan = plan_of("t", bench.table(people(0, 10)).await);
    let sql = "SELECT count(DISTINCT id), count(DISTINCT name), count(*), sum(id) FROM t WHERE id < 0";
    assert_eq!(bench.rows(&plan, sql).await, ["0 | 0 | 0 | ∅"]);
    let sql = "SELECT count(DISTINCT id) AS a, count(DISTINCT name) AS b FROM t WHERE id < 0 GROUP BY id % 2";
    assert!(bench.rows(&plan, sql).await.is_empty());
}

#[tokio::test]
async fn they_may_be_more_than_fit_into_memory() {
    let bench = Bench::with_memory(48 << 20);
    let dataset = bench.dataset();
    let rows = (0..12).map(|at| Ok(people(at * 50_000, 50_000)));
    let input = Batches::from_iter(people(0, 1).schema(), rows, 2);
    bench.engine.write(dataset, input, WriteOptions::new(WriteMode::Append), &Cancel::new()).await.unwrap();
    let plan = plan_of("t", dataset);
    let sql = "SELECT count(DISTINCT id), count(DISTINCT name), count(DISTINCT id % 7), count(*), avg(id) FROM t";
    assert_eq!(bench.rows(&plan, sql).await, ["600000 | 600000 | 7 | 600000 | 299999.5"]);
    assert_eq!(bench.engine.memory_taken(), 0);
}
