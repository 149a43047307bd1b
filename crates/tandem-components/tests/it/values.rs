//! What becomes of single values.

use serde_json::{Value, json};
use tandem_flow::{ColumnKind, signature::ExampleTable};

use crate::support::{Bench, one, table};

fn column(kind: ColumnKind, values: &[Value]) -> ExampleTable {
    table(&[("v", kind)], values.iter().map(|value| vec![value.clone()]).collect())
}

/// The last column of what comes out, in the order of what goes in.
async fn values(bench: &Bench, name: &str, params: Value, input: ExampleTable) -> Vec<String> {
    let mut input = input;
    for (at, row) in input.rows.iter_mut().enumerate() {
        row.insert(0, json!(at));
    }
    input.columns.insert(0, tandem_flow::Column::new("#at", ColumnKind::Integer));
    let output = bench.run(name, "table", &params, &one(input)).await;
    let mut rows = output.unwrap_or_else(|error| panic!("{name} {params}: {}", error.message())).rows;
    rows.sort_by_key(|row| row.split(" | ").next().and_then(|at| at.parse::<u32>().ok()));
    rows.iter().map(|row| row.rsplit(" | ").next().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn types_are_converted_as_people_write_them() {
    let bench = Bench::new();
    let text = |values: &[&str]| column(ColumnKind::Text, &values.iter().map(|value| json!(value)).collect::<Vec<_>>());
    let to = |kind: &str| json!({"columns": [{"column": "v", "to": kind}]});
    let written = text(&["12", "12.6", "￥1,234", "9007199254740993", "1e30", "", "abc"]);
    assert_eq!(
        values(&bench, "cast", to("integer"), written.clone()).await,
        ["12", "13", "1234", "9007199254740993", "∅", "∅", "∅"]
    );
    assert_eq!(values(&bench, "cast", to("decimal"), text(&["2.345", "$ 7"])).await, ["2.35", "7.00"]);
    assert_eq!(
        values(&bench, "cast", to("boolean"), text(&["Yes", "否", "0", "maybe"])).await,
        ["true", "false", "false", "∅"]
    );
    let numbers = column(ColumnKind::Number, &[json!(1.5), json!(-0.4), json!(1e300), Value::Null]);
    assert_eq!(values(&bench, "cast", to("integer"), numbers).await, ["2", "0", "∅", "∅"]);
    let days = column(ColumnKind::Date, &[json!("2024-02-29")]);
    assert_eq!(values(&bench, "cast", to("text"), days).await, ["2024-02-29"]);
}

#[tokio::test]
async fn numbers_fall_into_their_ranges() {
    let bench = Bench::new();
    let numbers = column(ColumnKind::Number, &[json!(0.0), json!(2.5), json!(5.0), json!(10.0), Value::Null]);
    let bin = |params: Value| {
        let mut all = json!({"column": "v", "bins": 4});
        all.as_object_mut().unwrap().extend(params.as_object().unwrap().clone());
        if all["method"] == "width" || all["method"] == "edges" {
            all.as_object_mut().unwrap().remove("bins");
        }
        all
    };
    assert_eq!(
        values(&bench, "bin", bin(json!({"method": "equal"})), numbers.clone()).await,
        ["< 2.5", "[2.5, 5)", "[5, 7.5)", "≥ 7.5", "∅"]
    );
    assert_eq!(
        values(&bench, "bin", bin(json!({"method": "width", "width": 5})), numbers.clone()).await,
        ["[0, 5)", "[0, 5)", "[5, 10)", "[10, 15)", "∅"]
    );
    assert_eq!(
        values(&bench, "bin", bin(json!({"method": "quantile", "bins": 2, "show": "number"})), numbers.clone()).await,
        ["1", "1", "2", "2", "∅"]
    );
    assert_eq!(
        values(&bench, "bin", bin(json!({"method": "edges", "edges": [5, 0], "show": "number"})), numbers).await,
        ["2", "2", "3", "3", "∅"]
    );
}

#[tokio::test]
async fn masks_hide_and_keep_equals_equal() {
    let bench = Bench::new();
    let text = column(ColumnKind::Text, &[json!("a"), json!("b"), json!("a"), Value::Null]);
    let mask = |salt: &str| json!({"salt": salt, "columns": [{"column": "v", "method": "hash"}]});
    let hashed = values(&bench, "mask", mask("s"), text.clone()).await;
    assert_eq!((&hashed[0], hashed[0].len(), hashed[3].as_str()), (&hashed[2], 32, "∅"));
    assert_ne!(hashed[0], hashed[1]);
    assert_ne!(hashed[0], values(&bench, "mask", mask("t"), text).await[0]);
    let days = column(ColumnKind::Date, &[json!("1970-01-09"), json!("1969-12-31")]);
    let weeks = json!({"columns": [{"column": "v", "method": "bucket", "width": 7}]});
    assert_eq!(values(&bench, "mask", weeks, days).await, ["1970-01-08", "1969-12-25"]);
}

#[tokio::test]
async fn far_values_are_capped_emptied_or_taken_away() {
    let bench = Bench::new();
    let numbers: Vec<Value> = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1000].map(Value::from).to_vec();
    let with =
        |action: &str| json!({"columns": ["v"], "method": "percentile", "lower": 0.0, "upper": 0.5, "action": action});
    let data = || column(ColumnKind::Integer, &numbers);
    assert_eq!(values(&bench, "outliers", with("cap"), data()).await.last().unwrap(), "5");
    assert_eq!(values(&bench, "outliers", with("empty"), data()).await.iter().filter(|v| *v == "∅").count(), 5);
    assert_eq!(values(&bench, "outliers", with("remove"), data()).await, ["1", "2", "3", "4", "5"]);
}

#[tokio::test]
async fn a_pattern_replaces_with_what_it_found() {
    let bench = Bench::new();
    let text = column(ColumnKind::Text, &[json!("order 17 of 20"), json!("none")]);
    let params = json!({"columns": ["v"], "find": "pattern", "pairs": [{"from": "([0-9]+)", "to": "<$1>"}]});
    assert_eq!(values(&bench, "replace", params, text.clone()).await, ["order <17> of <20>", "none"]);
    let rows = json!({"column": "v", "separator": " of ", "into": "rows"});
    assert_eq!(values(&bench, "split-column", rows, text).await, ["order 17", "20", "none"]);
}
