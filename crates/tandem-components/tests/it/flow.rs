//! Which way a branch goes, and what a report is put together from.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tandem_components::Output;
use tandem_core::ErrorCode;
use tandem_flow::ColumnKind::{Number, Text};
use tandem_report::{Block, Section};

use crate::support::{Bench, Given, one, table};

fn given(value: Option<Value>) -> Given {
    let rows = vec![vec![json!("a"), json!(1.5)], vec![json!("b"), json!(2.5)], vec![json!("c"), json!(null)]];
    let mut given = Given::of(&one(table(&[("k", Text), ("v", Number)], rows)));
    given.values = value.map(|value| BTreeMap::from([("value".to_owned(), vec![value])])).unwrap_or_default();
    given
}

/// The way that was taken, which has every row.
fn way(params: &Value, value: Option<Value>) -> String {
    let (outputs, _) = Bench::new().perform("branch", params, &given(value), 42).unwrap();
    assert_eq!(outputs.len(), 1, "the other way is closed");
    let (port, output) = outputs.into_iter().next().unwrap();
    let (_, batches) = output.into_table().unwrap();
    assert_eq!(batches.iter().map(|batch| batch.num_rows()).sum::<usize>(), 3);
    port
}

#[tokio::test]
async fn a_branch_goes_by_a_total_of_the_table() {
    let by = |function: &str, is: &str, than: &str| {
        way(&json!({"function": function, "column": "v", "is": is, "than": than}), None)
    };
    assert_eq!(by("rows", "more", "2"), "yes");
    assert_eq!(by("rows", "less", "3"), "no");
    assert_eq!(by("mean", "equal", "2"), "yes");
    assert_eq!(by("count", "at_least", "3"), "no");
    // Nothing is neither more nor less than anything.
    assert_eq!(by("deviation", "at_most", "0.8"), "yes");
    let refused = Bench::new().perform("branch", &json!({"than": "many"}), &given(None), 42).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::InvalidParameter);
}

#[tokio::test]
async fn a_branch_goes_by_a_value() {
    let by = |value: Value, is: &str, than: &str| way(&json!({"of": "value", "is": is, "than": than}), Some(value));
    assert_eq!(by(json!(10), "more", "9"), "yes");
    assert_eq!(by(json!("full"), "equal", "full"), "yes");
    assert_eq!(by(json!("full"), "equal", "part"), "no");
    assert_eq!(by(json!(false), "equal", "true"), "no");
    assert_eq!(by(json!(null), "different", "x"), "yes");
    let refused = Bench::new().perform("branch", &json!({"of": "value"}), &given(None), 42).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::InvalidParameter);
}

#[tokio::test]
async fn parameters_are_values() {
    let bench = Bench::new();
    let of = |params: Value| {
        let (mut outputs, _) = bench.perform("parameter", &params, &Given::default(), 42).unwrap();
        match outputs.remove("value") {
            Some(Output::Value(value)) => value,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(of(json!({"kind": "number", "number": 2.5})), json!(2.5));
    assert_eq!(of(json!({"kind": "yes_no", "yes": false})), json!(false));
    assert_eq!(of(json!({"kind": "list", "list": ["a", "b"]})), json!(["a", "b"]));
    assert_eq!(of(json!({"text": "华东"})), json!("华东"));
}

#[tokio::test]
async fn a_report_keeps_the_parts_of_its_pages_apart() {
    let bench = Bench::new();
    let (mut chart, _) = bench.perform("bar-chart", &json!({"category": "k"}), &given(None), 42).unwrap();
    let Some(Output::Report(page)) = chart.remove("report") else { panic!("no page") };
    let mut given = Given::default();
    given.reports.insert("reports".into(), vec![page.clone(), page]);
    let params = json!({"title": "Sales", "text": "# Why\n\nBecause."});
    let (mut outputs, _) = bench.perform("report", &params, &given, 42).unwrap();
    let Some(Output::Report(Section { title, blocks, .. })) = outputs.remove("report") else { panic!("no page") };
    assert_eq!(title.en, "Sales");
    let ids: Vec<&str> = blocks
        .iter()
        .filter_map(|block| match block {
            Block::Chart(chart) => Some(chart.id.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(ids, ["p1_chart", "p2_chart"]);
    assert!(matches!(&blocks[..2], [Block::Heading { .. }, Block::Paragraph { .. }]));
    let empty = bench.perform("report", &json!({}), &Given::default(), 42).unwrap_err();
    assert_eq!(empty.code(), ErrorCode::InvalidParameter);
}
