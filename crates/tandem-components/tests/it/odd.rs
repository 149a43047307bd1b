//! Tables that nobody would learn from: what comes out can be kept and shown, or the refusal is clear.

use std::sync::Arc;

use serde_json::{Value, json};
use tandem_components::{Output, Outputs};
use tandem_core::ErrorCode;
use tandem_flow::{ColumnKind, signature::ExampleTable};
use tandem_report::Section;
use tandem_science::model::Trained;

use crate::{
    hostile::in_chinese,
    learn::{given, people},
    support::Bench,
};

fn odd() -> Vec<(&'static str, ExampleTable)> {
    let with = |rows: usize, change: fn(usize, &mut Vec<Value>)| {
        let mut data = people(rows);
        // Numbers, so that they may be as large as they like.
        data.columns[4].kind = ColumnKind::Number;
        data.columns[1].kind = ColumnKind::Number;
        data.rows.iter_mut().enumerate().for_each(|(at, row)| change(at, row));
        data
    };
    vec![
        ("one row", with(1, |_, _| {})),
        ("two rows", with(2, |_, _| {})),
        ("a dozen rows", with(12, |_, _| {})),
        ("targets that never change", with(60, |_, row| (row[3], row[4]) = (json!("yes"), json!(5)))),
        ("features that never change", with(60, |_, row| (row[1], row[2]) = (json!(1), json!("same")))),
        ("a feature without a value", with(60, |_, row| row[1] = Value::Null)),
        (
            "a target mostly without a value",
            with(60, |at, row| {
                if at > 4 {
                    (row[3], row[4]) = (Value::Null, Value::Null);
                }
            }),
        ),
        ("huge numbers", with(60, |at, row| row[1] = json!(if at % 2 == 0 { 1e120 } else { -1e120 }))),
        ("tiny numbers", with(60, |at, row| (row[1], row[4]) = (json!(at as f64 * 1e-200), json!(1e-300)))),
        ("an exact line", with(60, |at, row| (row[1], row[4]) = (json!(at), json!(at * 2 + 1)))),
        ("a class of one row", with(60, |at, row| row[3] = json!(if at == 7 { "no" } else { "yes" }))),
        ("empty words", with(60, |at, row| row[2] = json!(["", " ", "\u{200b}", "a'\"<b>"][at % 4]))),
    ]
}

/// Everything that a document or a page can't hold shows when it is read back.
fn whole(name: &str, outputs: &Outputs) {
    for (port, output) in outputs {
        match output {
            Output::Model(trained) => {
                let written = serde_json::to_string(&**trained).unwrap();
                let back =
                    serde_json::from_str::<Trained>(&written).unwrap_or_else(|error| panic!("{name}.{port}: {error}"));
                assert_eq!(back, **trained, "{name}");
            }
            Output::Report(page) => {
                let written = serde_json::to_string(page).unwrap();
                let back =
                    serde_json::from_str::<Section>(&written).unwrap_or_else(|error| panic!("{name}.{port}: {error}"));
                assert_eq!(back, *page, "{name}");
            }
            Output::Table { .. } | Output::Value(_) => {}
        }
    }
}

fn tried(
    bench: &Bench,
    what: &str,
    (name, params): (&str, Value),
    data: &ExampleTable,
    model: Option<&Arc<Trained>>,
) -> Option<Outputs> {
    let place = format!("{name} on {what}");
    match bench.perform(name, &params, &given(data.clone(), model), 1) {
        Ok((outputs, _)) => {
            whole(&place, &outputs);
            Some(outputs)
        }
        Err(error) => {
            let codes = [ErrorCode::NotEnoughData, ErrorCode::InvalidParameter, ErrorCode::DidNotConverge];
            assert!(codes.contains(&error.code()), "{place}: {}", error.message());
            assert!(in_chinese(&error), "{place}: {}", error.message());
            None
        }
    }
}

#[tokio::test]
async fn odd_tables_are_learned_from_or_refused() {
    let bench = Bench::new();
    let features = || json!(["months", "plan"]);
    let mut learned = 0;
    for (what, data) in odd() {
        for (name, params) in [
            (
                "gradient-boosting-classifier",
                json!({"target": "left", "features": features(), "rounds": 5, "min_rows": 1}),
            ),
            (
                "gradient-boosting-regressor",
                json!({"target": "spent", "features": features(), "rounds": 5, "min_rows": 1}),
            ),
            ("logistic-regression", json!({"target": "left", "features": features()})),
            ("logistic-regression", json!({"target": "left", "features": features(), "l2": 1.0})),
            ("linear-regression", json!({"target": "spent", "features": features()})),
            ("linear-regression", json!({"target": "spent", "features": features(), "l2": 1.0})),
            ("tune", json!({"target": "left", "features": features(), "learners": "both", "trials": 3, "folds": 2})),
        ] {
            let Some(outputs) = tried(&bench, what, (name, params), &data, None) else { continue };
            let Output::Model(model) = &outputs["model"] else { panic!("{name} gives no model") };
            learned += 1;
            for after in ["evaluate", "explain"] {
                tried(&bench, &format!("{what} after {name}"), (after, json!({})), &data, Some(model));
            }
            let answer = if name.contains("regressor") || name.starts_with("linear") {
                "number"
            } else {
                "class_and_probability"
            };
            let place = format!("{what} after {name}");
            let answers = tried(&bench, &place, ("predict", json!({"answer": answer})), &data, Some(model));
            assert!(answers.is_some(), "{place}");
        }
        for (name, params) in [
            ("k-means", json!({"features": features(), "clusters": 2})),
            ("dbscan", json!({"features": features(), "neighbours": 2})),
            ("pca", json!({"features": features(), "components": 1})),
            ("isolation-forest", json!({"features": features(), "trees": 10})),
            ("profile", json!({})),
            ("t-test", json!({"value": "spent", "group": "left"})),
            ("mann-whitney", json!({"value": "months", "group": "left"})),
            ("anova", json!({"value": "months", "group": "plan"})),
            ("chi-square-test", json!({"first": "plan", "second": "left"})),
            ("forecast", json!({"time": "id", "value": "months", "horizon": 3})),
            ("seasonal-decomposition", json!({"time": "id", "value": "spent", "season": 4})),
        ] {
            tried(&bench, what, (name, params), &data, None);
        }
    }
    assert!(learned > 40, "{learned}");
}
