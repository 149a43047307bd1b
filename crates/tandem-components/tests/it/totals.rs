//! Totals of floating-point numbers are those of exact arithmetic, whatever the order of rows.

use serde_json::{Value, json};
use tandem_flow::ColumnKind::{Number, Text};

use crate::support::{Bench, one, table};

/// Values that lose digits whenever they are added in the wrong order.
fn values() -> Vec<Value> {
    let lost = [1e16, 1.0, -1e16, 0.1, 0.2, 0.3, 1e-9, 7e15, -7e15];
    (0..200).flat_map(|_| lost.iter().map(|value| json!(value))).collect()
}

async fn totals(values: &[Value], by: &Value) -> Vec<String> {
    let rows = values.iter().map(|value| vec![json!("k"), value.clone()]).collect();
    let inputs = one(table(&[("k", Text), ("v", Number)], rows));
    let totals = json!([
        { "function": "sum", "column": "v", "name": "sum" },
        { "function": "mean", "column": "v", "name": "mean" },
    ]);
    Bench::new().run("group", "table", &json!({ "by": by, "totals": totals }), &inputs).await.unwrap().rows
}

#[tokio::test]
async fn neither_the_order_of_rows_nor_the_threads_change_a_sum() {
    let forwards = values();
    let mut backwards = forwards.clone();
    backwards.reverse();
    for by in [json!([]), json!(["k"])] {
        let (first, second) = (totals(&forwards, &by).await, totals(&backwards, &by).await);
        assert_eq!(first, second);
        // 200 × (1 + 0.1 + 0.2 + 0.3 + 1e-9), rounded once.
        assert!(first[0].contains("320.0000002 | 0.177777777888"), "{first:?}");
    }
}

#[tokio::test]
async fn the_sum_of_nothing_is_nothing() {
    assert_eq!(totals(&[json!(null)], &json!([])).await, ["∅ | ∅"]);
}
