//! Names and values that try to get out of their quotes, empty tables, and columns without values.

use std::collections::BTreeSet;

use proptest::{collection::vec, prelude::*, test_runner::TestRunner};
use serde_json::{Value, json};
use tandem_components::{Body, all, words};
use tandem_core::{Error, ErrorCode};
use tandem_flow::{ColumnKind, signature::ExampleTable};

use crate::support::{Bench, Connected, one, table};

/// Components that give as many rows as they get, with what is set for columns `text`, `number` and `day`.
fn kept(text: &str, number: &str, day: &str, value: &str) -> Vec<(&'static str, Value)> {
    vec![
        ("select", json!({"mode": "first", "columns": [day]})),
        ("rename", json!({"names": [{"column": text, "to": format!("{value}'\"x")}]})),
        ("cast", json!({"columns": [{"column": text, "to": "number"}, {"column": number, "to": "text"}]})),
        ("calculate", json!({"columns": [{"name": format!("{value} new"), "expression": "1 + 1 -- really"}]})),
        ("sort", json!({"by": [{"column": number, "direction": "descending"}]})),
        ("fill", json!({"columns": [text], "method": "value", "value": format!("{value}'")})),
        ("fill", json!({"columns": [number], "method": "mean", "by": [text]})),
        ("fill", json!({"columns": [text, number], "method": "most_frequent", "by": [day]})),
        ("fill", json!({"columns": [number], "method": "previous", "order": [{"column": day}]})),
        ("outliers", json!({"columns": [number], "action": "cap"})),
        ("tidy-text", json!({"remove": format!("'{value}")})),
        ("replace", json!({"columns": [text], "find": "part", "pairs": [{"from": format!("{value}'"), "to": "\\"}]})),
        ("split-column", json!({"column": text, "separator": format!("{value}'"), "names": ["p 1", "p'2"]})),
        ("merge-columns", json!({"columns": [text, number, day], "separator": format!("{value}'"), "name": "m\"m"})),
        ("parse-dates", json!({"columns": [text], "formats": ["YYYY'MM\"DD"]})),
        ("standardize-phone", json!({"column": text, "flag": "ok?"})),
        ("standardize-region", json!({"column": text, "prefix": value})),
        (
            "quality-check",
            json!({"keep": "all", "rules": [{"check": "unique", "column": text}, {"check": "one_of", "column": text, "values": [format!("{value}';")]}]}),
        ),
        (
            "mask",
            json!({"salt": format!("{value}'"), "columns": [{"column": text, "method": "hash"}, {"column": number, "method": "bucket"}, {"column": day, "method": "bucket"}]}),
        ),
        (
            "window",
            json!({"by": [text], "order": [{"column": day}], "columns": [{"function": "running_total", "column": number, "name": "r'\""}, {"function": "lag", "column": text, "name": "b"}]}),
        ),
        ("date-parts", json!({"column": day})),
        ("bin", json!({"column": number, "labels": [format!("{value}'"), "b"], "name": "bin'\""})),
        ("one-hot", json!({"columns": [text], "other": true})),
        ("scale", json!({"columns": [number], "method": "robust", "suffix": "'s"})),
    ]
}

#[test]
fn hostile_names_and_values_stay_in_their_quotes() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let bench = Bench::new();
    let names = prop::sample::select(vec![
        "plain",
        "two words",
        "quo\"te",
        "apo'strophe",
        "金额（元）",
        "COUNT",
        "select",
        "a.b",
        "l",
        "t",
        "#place",
        "x;--",
        "value",
        "名\"'",
    ]);
    let values =
        prop::sample::select(vec!["", "'", "\"", "x", "'; DROP TABLE t; --", "空 值", "$1", "%", "\\", "|", "1"]);
    let strategy =
        (vec(names, 3), values, vec((0..5usize, prop::option::of(-5..5i64), prop::option::of(1..28u32)), 0..12));
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() });
    runner
        .run(&strategy, |(names, value, rows)| {
            let different: BTreeSet<&str> = names.iter().copied().collect();
            prop_assume!(different.len() == 3);
            let texts = [Value::Null, json!(value), json!(""), json!(format!("{value}'{value}")), json!("ok")];
            let row = |(text, number, day): &(usize, Option<i64>, Option<u32>)| {
                vec![texts[*text].clone(), json!(number), json!(day.map(|day| format!("2024-02-{day:02}")))]
            };
            let columns = [(names[0], ColumnKind::Text), (names[1], ColumnKind::Integer), (names[2], ColumnKind::Date)];
            let data = one(table(&columns, rows.iter().map(row).collect()));
            for (name, params) in kept(names[0], names[1], names[2], value) {
                let port = if name == "quality-check" { "passed" } else { "table" };
                let output = runtime.block_on(bench.run(name, port, &params, &data));
                let output = output.unwrap_or_else(|error| panic!("{name} {params}: {}", error.message()));
                prop_assert_eq!(output.rows.len(), rows.len(), "{} {}\n{}", name, params, output.text);
            }
            Ok(())
        })
        .unwrap();
}

/// Each example with no rows, and with rows of nothing: it runs with the same
/// columns, or says in both languages that there is too little.
#[tokio::test]
async fn empty_tables_and_columns_without_values_work() {
    let bench = Bench::new();
    let mut wrong = Vec::new();
    for component in all().unwrap() {
        let name = component.signature.name.as_str();
        // What is done outside of this crate has no example.
        let Some(example) = component.signature.example.as_ref() else { continue };
        let learns = matches!(component.body, Body::Rows(_));
        let nothing = |width: usize| vec![vec![Value::Null; width]; 3];
        for nulls in [false, true] {
            let mut given = bench.given(&example.inputs).await;
            for table in given.tables.values_mut().flatten() {
                let rows = if nulls { nothing(table.columns.len()) } else { Vec::new() };
                *table = Connected::of(&ExampleTable { columns: table.columns.clone(), rows });
            }
            let params = Value::Object(example.params.clone());
            let refused = |error: &Error| learns && error.code() == ErrorCode::NotEnoughData && in_chinese(error);
            if learns && example.outputs.is_empty() {
                match bench.perform(name, &params, &given, 42) {
                    Err(error) if !refused(&error) => wrong.push(format!("{name}, nulls {nulls}: {}", error.message())),
                    _ => {}
                }
            }
            for (port, expected) in &example.outputs {
                // Of a branch one way is closed.
                let way = if name == "branch" && !nulls { "no" } else { port.as_str() };
                match bench.give(name, way, &params, &given, 42).await {
                    Err(error) if refused(&error) => {}
                    Err(error) => wrong.push(format!("{name}.{port}, nulls {nulls}: {}", error.message())),
                    Ok(output) => {
                        let columns: Vec<&String> = expected.columns.iter().map(|column| &column.name).collect();
                        if !component.signature.columns_when_run && output.columns.iter().collect::<Vec<_>>() != columns
                        {
                            wrong.push(format!("{name}.{port}, nulls {nulls}: {:?}", output.columns));
                        }
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Whether an error has words of its own in Chinese.
pub(crate) fn in_chinese(error: &Error) -> bool {
    let words = words(error);
    !words.zh.contains(&words.en) && words.zh.contains('。')
}
