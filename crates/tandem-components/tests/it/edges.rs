//! What examples are too small to show.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tandem_core::ErrorCode;
use tandem_flow::{ColumnKind, signature::ExampleTable};

use crate::support::{Bench, Inputs, one, table};

fn people(rows: usize) -> ExampleTable {
    let row = |at: usize| vec![json!(at), json!(["a", "b", "c"][at % 3]), json!(format!("2024-01-{:02}", at % 28 + 1))];
    table(
        &[("id", ColumnKind::Integer), ("group", ColumnKind::Text), ("day", ColumnKind::Date)],
        (0..rows).map(row).collect(),
    )
}

async fn rows(bench: &Bench, name: &str, port: &str, params: Value, inputs: &Inputs) -> Vec<String> {
    let output = bench.run(name, port, &params, inputs).await;
    output.unwrap_or_else(|error| panic!("{name}: {}", error.message())).rows
}

#[tokio::test]
async fn train_and_test_share_no_row_and_lose_none() {
    let bench = Bench::new();
    let data = one(people(3000));
    let cases = [
        json!({"method": "random"}),
        json!({"method": "stratified", "strata": ["group"]}),
        json!({"method": "group", "groups": ["day"]}),
        json!({"method": "time", "time": "day"}),
    ];
    for params in cases {
        let train = rows(&bench, "split", "train", params.clone(), &data).await;
        let test = rows(&bench, "split", "test", params.clone(), &data).await;
        let all: BTreeSet<&String> = train.iter().chain(&test).collect();
        assert_eq!((all.len(), train.len() + test.len()), (3000, 3000), "{params}");
        assert!((400..1100).contains(&test.len()), "{params}: {}", test.len());
    }
    let stratified = rows(&bench, "split", "test", json!({"method": "stratified", "strata": ["group"]}), &data).await;
    for group in ["a", "b", "c"] {
        assert_eq!(stratified.iter().filter(|row| row.contains(&format!("| {group} |"))).count(), 250, "{group}");
    }
}

#[tokio::test]
async fn samples_do_not_depend_on_the_order_of_rows_and_are_of_their_size() {
    let bench = Bench::new();
    let forward = people(2000);
    let mut backward = forward.clone();
    backward.rows.reverse();
    for params in
        [json!({"rows": 100}), json!({"size": "share", "share": 0.1}), json!({"rows": 20, "strata": ["group"]})]
    {
        let mut a = rows(&bench, "sample", "table", params.clone(), &one(forward.clone())).await;
        let mut b = rows(&bench, "sample", "table", params.clone(), &one(backward.clone())).await;
        a.sort_unstable();
        b.sort_unstable();
        assert_eq!(a, b, "{params}");
        let expected = match (params.get("strata"), params.get("size")) {
            (Some(_), _) => 60..61,
            (_, Some(_)) => 140..260,
            _ => 100..101,
        };
        assert!(expected.contains(&a.len()), "{params}: {}", a.len());
    }
    let other = bench.run_seeded("sample", "table", &json!({"rows": 100}), &one(forward.clone()), 43).await.unwrap();
    let same = rows(&bench, "sample", "table", json!({"rows": 100}), &one(forward)).await;
    assert_ne!(other.rows.iter().collect::<BTreeSet<_>>(), same.iter().collect::<BTreeSet<_>>());
}

/// Of rows that are alike each has its own chance: a sample of a column of few values looks like it.
#[tokio::test]
async fn alike_rows_are_drawn_one_by_one() {
    let bench = Bench::new();
    let half = |at: usize| vec![json!(if at.is_multiple_of(2) { "f" } else { "m" })];
    let data = one(table(&[("sex", ColumnKind::Text)], (0..1000).map(half).collect()));
    let sample = rows(&bench, "sample", "table", json!({"rows": 200}), &data).await;
    let women = sample.iter().filter(|row| *row == "f").count();
    assert_eq!(sample.len(), 200);
    assert!((60..140).contains(&women), "{women}");
}

#[tokio::test]
async fn together_means_all_or_none() {
    let bench = Bench::new();
    let params = json!({"size": "share", "share": 0.5, "together": ["day"]});
    let sample = rows(&bench, "sample", "table", params, &one(people(280))).await;
    let days: BTreeSet<&str> = sample.iter().filter_map(|row| row.rsplit(" | ").next()).collect();
    assert!(!days.is_empty() && days.len() < 28, "{days:?}");
    assert_eq!(sample.len(), days.len() * 10);
}

#[tokio::test]
async fn one_customer_keeps_the_newest_row_whatever_the_ties() {
    let bench = Bench::new();
    let mut data = people(90);
    let first =
        rows(&bench, "deduplicate", "table", json!({"by": ["group"], "first_by": "day"}), &one(data.clone())).await;
    data.rows.reverse();
    let second = rows(&bench, "deduplicate", "table", json!({"by": ["group"], "first_by": "day"}), &one(data)).await;
    assert_eq!(first.iter().collect::<BTreeSet<_>>(), second.iter().collect());
    assert_eq!(first.len(), 3);
}

#[tokio::test]
async fn joins_of_every_kind() {
    let bench = Bench::new();
    let left = table(
        &[("k", ColumnKind::Integer), ("a", ColumnKind::Text)],
        vec![vec![json!(1), json!("x")], vec![json!(2), json!("y")], vec![Value::Null, json!("z")]],
    );
    let right = table(
        &[("k", ColumnKind::Integer), ("a", ColumnKind::Text)],
        vec![vec![json!(2), json!("p")], vec![json!(2), json!("q")], vec![json!(3), json!("r")]],
    );
    let inputs: Inputs = [("left".to_owned(), vec![left]), ("right".to_owned(), vec![right])].into();
    for (kind, expected) in [
        ("inner", vec!["2 | y | p", "2 | y | q"]),
        ("left", vec!["1 | x | ∅", "2 | y | p", "2 | y | q", "∅ | z | ∅"]),
        ("right", vec!["2 | y | p", "2 | y | q", "3 | ∅ | r"]),
        ("full", vec!["1 | x | ∅", "2 | y | p", "2 | y | q", "3 | ∅ | r", "∅ | z | ∅"]),
        ("semi", vec!["2 | y"]),
        ("anti", vec!["1 | x", "∅ | z"]),
    ] {
        let params = json!({"kind": kind, "keys": [{"left": "k"}]});
        let mut found = rows(&bench, "join", "table", params.clone(), &inputs).await;
        found.sort_unstable();
        assert_eq!(found, expected, "{kind}");
        let matches = rows(&bench, "join", "matches", params, &inputs).await;
        assert_eq!(matches, ["3 | 1 | 2 | 3 | 2 | 1 | 2"], "{kind}");
    }
}

#[tokio::test]
async fn values_are_filled_as_asked() {
    let bench = Bench::new();
    let data = one(table(
        &[("g", ColumnKind::Text), ("at", ColumnKind::Integer), ("v", ColumnKind::Integer), ("w", ColumnKind::Text)],
        vec![
            vec![json!("a"), json!(1), json!(4), json!("x")],
            vec![json!("a"), json!(2), Value::Null, json!(" ")],
            vec![json!("a"), json!(3), json!(6), json!("x")],
            vec![Value::Null, json!(4), Value::Null, json!("y")],
            vec![Value::Null, json!(5), json!(2), Value::Null],
        ],
    ));
    let filled = async |params: Value| -> Vec<String> {
        let mut rows = rows(&bench, "fill", "table", params, &data).await;
        rows.sort_unstable_by_key(|row| row.split(" | ").nth(1).map(str::to_owned));
        rows.iter().map(|row| row.split(" | ").skip(2).collect::<Vec<_>>().join(" ")).collect()
    };
    let order = json!([{"column": "at"}]);
    assert_eq!(filled(json!({"columns": ["v"], "method": "zero"})).await, ["4 x", "0  ", "6 x", "0 y", "2 ∅"]);
    assert_eq!(filled(json!({"columns": ["w"], "value": "?"})).await, ["4 x", "∅ ?", "6 x", "∅ y", "2 ?"]);
    assert_eq!(
        filled(json!({"columns": ["v"], "method": "mean"})).await,
        ["4.0 x", "4.0  ", "6.0 x", "4.0 y", "2.0 ∅"]
    );
    assert_eq!(
        filled(json!({"columns": ["v"], "method": "mean", "by": ["g"]})).await,
        ["4.0 x", "5.0  ", "6.0 x", "2.0 y", "2.0 ∅"]
    );
    assert_eq!(
        filled(json!({"columns": ["w", "v"], "method": "most_frequent"})).await,
        ["4 x", "2 x", "6 x", "2 y", "2 x"]
    );
    assert_eq!(
        filled(json!({"columns": ["w", "v"], "method": "most_frequent", "by": ["g"]})).await,
        ["4 x", "4 x", "6 x", "2 y", "2 y"]
    );
    assert_eq!(
        filled(json!({"columns": ["v"], "method": "previous", "order": order})).await,
        ["4 x", "4  ", "6 x", "6 y", "2 ∅"]
    );
    assert_eq!(
        filled(json!({"columns": ["v"], "method": "next", "order": order, "by": ["g"]})).await,
        ["4 x", "6  ", "6 x", "2 y", "2 ∅"]
    );
}

#[tokio::test]
async fn what_cannot_be_done_is_said_with_what_to_do() {
    let bench = Bench::new();
    let data = one(people(3));
    for (name, params, code, says) in [
        (
            "filter",
            json!({"conditions": [{"column": "id", "operator": "more", "value": "many"}]}),
            ErrorCode::InvalidParameter,
            "no number",
        ),
        (
            "select",
            json!({"mode": "drop", "columns": ["id", "group", "day"]}),
            ErrorCode::InvalidParameter,
            "Keep at least one",
        ),
        ("rename", json!({"names": [{"column": "id", "to": "day"}]}), ErrorCode::InvalidParameter, "another name"),
        (
            "group",
            json!({"totals": [{"function": "mean", "column": "group"}]}),
            ErrorCode::InvalidParameter,
            "column of numbers",
        ),
        ("parse-dates", json!({"columns": ["group"], "formats": ["hh"]}), ErrorCode::InvalidParameter, "YYYY"),
        (
            "parse-dates",
            json!({"columns": ["group"], "on_error": "fail"}),
            ErrorCode::ComputeFailed,
            "none of the formats",
        ),
        (
            "replace",
            json!({"columns": ["group"], "find": "pattern", "pairs": [{"from": "("}]}),
            ErrorCode::InvalidParameter,
            "regular expression",
        ),
        (
            "window",
            json!({"columns": [{"function": "rank", "name": "r"}]}),
            ErrorCode::InvalidParameter,
            "order of rows",
        ),
        ("pivot", json!({"column": "id", "function": "rows", "most": 2}), ErrorCode::InvalidParameter, "more than 2"),
        (
            "cast",
            json!({"columns": [{"column": "group", "to": "integer"}], "on_error": "fail"}),
            ErrorCode::ComputeFailed,
            "",
        ),
        ("calculate", json!({"columns": [{"name": "x", "expression": "ids + 1"}]}), ErrorCode::UnknownColumn, "ids"),
    ] {
        let error = match bench.run(name, "table", &params, &data).await {
            Err(error) => error,
            Ok(output) => panic!("{name} {params}: {:?}", output.rows),
        };
        assert_eq!(error.code(), code, "{name}: {}", error.message());
        assert!(error.message().contains(says), "{name}: {}", error.message());
    }
}
