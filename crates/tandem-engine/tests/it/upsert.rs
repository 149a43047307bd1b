//! Upsert: rows with the same key are replaced.

use std::{collections::BTreeMap, sync::Arc};

use arrow::array::{ArrayRef, Int64Array, StringArray};
use proptest::prelude::*;
use tandem_core::ErrorCode;
use tandem_engine::WriteMode;

use crate::support::{Bench, batch, chain, ints, people, sorted, texts};

fn by(key: &[&str]) -> WriteMode {
    WriteMode::Upsert { key: key.iter().map(|&name| name.to_owned()).collect() }
}

#[tokio::test]
async fn rows_with_the_same_key_are_replaced_and_the_others_stay() {
    let bench = Bench::new();
    let dataset = bench.table(people(0, 5)).await;
    bench.write(dataset, WriteMode::Append, people(100, 5)).await.unwrap();
    let untouched = bench.info(dataset, 1).await.files[1].clone();
    let rows = batch(vec![("id", ints([3, 77])), ("name", texts(["new 3", "new 77"]))]);
    let written = bench.write(dataset, by(&["id"]), rows).await.unwrap();
    assert_eq!((written.rows_in, written.version.rows), (2, 11));
    assert!(written.version.files.contains(&untouched), "a file without the keys stays as it is");
    let rows = sorted(bench.read(dataset, 2).await);
    assert!(rows.contains(&"3 | new 3".to_owned()) && rows.contains(&"77 | new 77".to_owned()));
    assert!(!rows.contains(&"3 | person 3".to_owned()));
    assert_eq!(bench.read(dataset, 1).await.len(), 10, "the version before is what it was");
}

#[tokio::test]
async fn an_upsert_may_be_the_first_write_and_keeps_the_columns_that_it_leaves_out() {
    let bench = Bench::new();
    let dataset = bench.dataset();
    bench.write(dataset, by(&["ID"]), people(0, 2)).await.unwrap();
    let written = bench.write(dataset, by(&["id"]), batch(vec![("id", ints([1, 7]))])).await.unwrap();
    assert_eq!(sorted(bench.read(dataset, 1).await), ["0 | person 0", "1 | person 1", "7 | ∅"]);
    assert_eq!((written.rows_in, written.version.rows), (2, 3));
}

/// Every column of a row that is there, but for those that come.
#[tokio::test]
async fn columns_that_an_upsert_does_not_bring_keep_their_values() {
    let bench = Bench::new();
    let city: ArrayRef = Arc::new(StringArray::from(vec![Some("Berlin"), None, Some("Rome"), Some("Oslo")]));
    let spent = ints([10, 20, 30, 40]);
    let rows =
        vec![("id", ints([1, 2, 3, 3])), ("name", texts(["a", "b", "c", "d"])), ("city", city), ("spent", spent)];
    let dataset = bench.table(batch(rows)).await;
    // In another order and spelling than the dataset's.
    let some = batch(vec![("SPENT", ints([21, 99, 31])), ("id", ints([2, 9, 3]))]);
    let written = bench.write(dataset, by(&["id"]), some).await.unwrap();
    assert_eq!(written.rows_in, 3, "those that came, not those that they changed");
    // Two rows with one key are both changed: neither may lose what it holds.
    let expected =
        ["1 | a | Berlin | 10", "2 | b | ∅ | 21", "3 | c | Rome | 31", "3 | d | Oslo | 31", "9 | ∅ | ∅ | 99"];
    assert_eq!(sorted(bench.read(dataset, 1).await), expected);
    let twice = batch(vec![("id", ints([1, 1])), ("spent", ints([1, 2]))]);
    let error = bench.write(dataset, by(&["id"]), twice).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidKey, "{}", chain(&error));
    let folder = bench.folder.path().join("tables").join(dataset.to_string());
    let named: usize = bench.info(dataset, 1).await.files.len() + 1;
    assert_eq!(
        std::fs::read_dir(folder).unwrap().count(),
        named + 1,
        "nothing is left over but the log and what versions name"
    );
}

#[tokio::test]
async fn an_upsert_of_some_columns_gives_the_same_bytes_again() {
    let bench = Bench::new();
    let mut digests = Vec::new();
    for _ in 0..2 {
        let dataset = bench.dataset();
        let names: Vec<String> = (0..30_000).map(|at| format!("n{at}")).collect();
        let rows = batch(vec![
            ("id", ints(0..30_000)),
            ("name", texts(names.iter().map(String::as_str))),
            ("spent", ints(0..30_000)),
        ]);
        bench.write(dataset, WriteMode::Append, rows).await.unwrap();
        let some = batch(vec![("id", ints((0..20_000).map(|at| (at * 7) % 60_000))), ("spent", ints(0..20_000))]);
        let written = bench.write(dataset, by(&["id"]), some).await.unwrap();
        digests.push(written.version.content_digest);
    }
    assert_eq!(digests[0], digests[1]);
}

#[tokio::test]
async fn a_key_must_be_there_filled_and_unique() {
    let bench = Bench::new();
    let dataset = bench.table(people(0, 3)).await;
    let null: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None]));
    let cases = [
        (by(&["id"]), batch(vec![("id", ints([1, 2, 1])), ("name", texts(["a", "b", "c"]))]), "id = 1"),
        (by(&["id"]), batch(vec![("id", null), ("name", texts(["a", "b"]))]), "row 2"),
        (by(&["email"]), people(0, 1), "email"),
        (by(&[]), people(0, 1), "at least one"),
        (by(&["name"]), batch(vec![("id", ints([1]))]), "name"),
    ];
    for (mode, rows, told) in cases {
        let error = bench.write(dataset, mode, rows).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidKey, "{}", chain(&error));
        assert!(error.message().contains(told), "{error}");
    }
    assert_eq!(bench.engine.latest(dataset).await.unwrap().unwrap().delta_version, 0);
    let folder = bench.folder.path().join("tables").join(dataset.to_string());
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 2, "one file and the log");
}

#[tokio::test]
async fn null_keys_of_older_rows_match_nothing() {
    let bench = Bench::new();
    let id: ArrayRef = Arc::new(Int64Array::from(vec![None, Some(1)]));
    let dataset = bench.table(batch(vec![("id", id), ("name", texts(["nobody", "one"]))])).await;
    bench.write(dataset, by(&["id"]), batch(vec![("id", ints([1])), ("name", texts(["uno"]))])).await.unwrap();
    assert_eq!(sorted(bench.read(dataset, 1).await), ["1 | uno", "∅ | nobody"]);
}

#[tokio::test]
async fn the_same_upsert_of_the_same_parent_gives_the_same_bytes() {
    let bench = Bench::new();
    let mut digests = Vec::new();
    for _ in 0..2 {
        let dataset = bench.table(people(0, 50_000)).await;
        let ids: Vec<i64> = (0..20_000).map(|at| (at * 7) % 60_000).collect();
        let names: Vec<String> = ids.iter().map(|id| format!("new {id}")).collect();
        let rows = batch(vec![("id", ints(ids)), ("name", texts(names.iter().map(String::as_str)))]);
        digests.push(bench.write(dataset, by(&["id"]), rows).await.unwrap().version.content_digest);
    }
    assert_eq!(digests[0], digests[1]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Any sequence of upserts ends in what a map would hold.
    #[test]
    fn upserts_are_a_map(writes in prop::collection::vec(prop::collection::btree_map((0u8..12, "[ab]"), "[a-z]{0,3}", 0..10), 1..5)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let bench = Bench::new();
            let dataset = bench.dataset();
            let mut expected: BTreeMap<(u8, String), String> = BTreeMap::new();
            for rows in &writes {
                let numbers = ints(rows.keys().map(|(number, _)| i64::from(*number)));
                let letters = texts(rows.keys().map(|(_, letter)| letter.as_str()));
                let values: ArrayRef = Arc::new(StringArray::from_iter_values(rows.values()));
                let rows_in = batch(vec![("number", numbers), ("value", values), ("letter", letters)]);
                bench.write(dataset, by(&["letter", "number"]), rows_in).await.unwrap();
                expected.extend(rows.clone());
            }
            let last = writes.len() as u64 - 1;
            let rows = sorted(bench.read(dataset, last).await);
            let expected = sorted(expected.iter().map(|((n, l), v)| format!("{n} | {v} | {l}")).collect());
            assert_eq!(rows, expected);
        });
    }
}
