//! What components that read rows refuse, and that they say so in both languages.

use std::sync::Arc;

use serde_json::{Value, json};
use tandem_components::Output;
use tandem_core::ErrorCode;
use tandem_flow::{ColumnKind, signature::ExampleTable};
use tandem_science::model::Trained;

use crate::{
    hostile::in_chinese,
    learn::{given, people},
    support::{Bench, table},
};

fn trained(bench: &Bench, name: &str, params: Value) -> Arc<Trained> {
    let (mut outputs, _) = bench.perform(name, &params, &given(people(200), None), 1).unwrap();
    match outputs.remove("model").unwrap() {
        Output::Model(model) => model,
        other => panic!("no model: {other:?}"),
    }
}

fn refused(
    bench: &Bench,
    (name, params): (&str, Value),
    data: ExampleTable,
    model: Option<&Arc<Trained>>,
    (code, says): (ErrorCode, &str),
) {
    let error = match bench.perform(name, &params, &given(data, model), 1) {
        Err(error) => error,
        Ok((outputs, _)) => panic!("{name} {params}: {outputs:?}"),
    };
    assert_eq!(error.code(), code, "{name} {params}: {}", error.message());
    assert!(error.message().contains(says), "{name} {params}: {}", error.message());
    assert!(in_chinese(&error), "{name} {params}: {:?}", tandem_components::words(&error));
}

#[tokio::test]
async fn targets_and_features_that_cant_be_learned() {
    let bench = Bench::new();
    let same = |column: usize, value: Value| {
        let mut data = people(60);
        data.rows.iter_mut().for_each(|row| row[column] = value.clone());
        data
    };
    use ErrorCode::{DidNotConverge, InvalidParameter, NotEnoughData};
    let classify = |params: Value| ("gradient-boosting-classifier", params);
    let left = |more: Value| {
        let mut params = json!({"target": "left", "features": ["months"]});
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        params
    };
    for (ask, data, expected) in [
        (classify(left(json!({}))), same(3, json!("yes")), (NotEnoughData, "1 classes")),
        (classify(left(json!({}))), same(3, Value::Null), (NotEnoughData, "0 classes")),
        (classify(left(json!({"positive": "perhaps"}))), people(60), (InvalidParameter, "perhaps")),
        (classify(left(json!({"features": ["left"]}))), people(60), (InvalidParameter, "what to predict")),
        (classify(json!({"target": "id", "features": ["months"]})), people(200), (InvalidParameter, "classes")),
        (classify(left(json!({"early_stopping": 3}))), people(5), (NotEnoughData, "ten rows")),
        (
            ("linear-regression", json!({"target": "spent", "features": ["months"]})),
            people(2),
            (NotEnoughData, "too few"),
        ),
        (
            ("logistic-regression", json!({"target": "left", "features": ["copy"]})),
            {
                let mut data = people(60);
                data.columns.push(tandem_flow::Column::new("copy", ColumnKind::Integer));
                data.rows.iter_mut().for_each(|row| row.push(json!(i32::from(row[3] == "yes"))));
                data
            },
            (DidNotConverge, ""),
        ),
        (("tune", left(json!({"measure": "rmse"}))), people(60), (InvalidParameter, "numbers")),
        (("tune", left(json!({"folds": 20}))), people(30), (NotEnoughData, "folds")),
    ] {
        refused(&bench, ask, data, None, expected);
    }
}

#[tokio::test]
async fn models_and_tables_that_dont_fit() {
    let bench = Bench::new();
    let logit = trained(&bench, "logistic-regression", json!({"target": "left", "features": ["months"]}));
    let groups = trained(&bench, "k-means", json!({"features": ["months"], "clusters": 2}));
    let without = table(&[("plan", ColumnKind::Text)], vec![vec![json!("yearly")]]);
    let words = table(&[("months", ColumnKind::Text)], vec![vec![json!("many")]]);
    let mut unknown = people(20);
    unknown.rows.iter_mut().for_each(|row| row[3] = json!("perhaps"));
    let mut taken = people(20);
    taken.columns[0].name = "probability".to_owned();
    use ErrorCode::{InvalidParameter, NotEnoughData, SchemaMismatch, UnknownColumn};
    for (ask, data, model, expected) in [
        (("predict", json!({})), without.clone(), &logit, (UnknownColumn, "months")),
        (("predict", json!({})), words, &logit, (SchemaMismatch, "no number")),
        (("predict", json!({"answer": "number"})), people(5), &logit, (InvalidParameter, "class and probability")),
        (("predict", json!({})), people(5), &groups, (InvalidParameter, "cluster")),
        (("predict", json!({})), taken, &logit, (InvalidParameter, "already")),
        (("evaluate", json!({})), people(5), &groups, (InvalidParameter, "predicts nothing")),
        (("evaluate", json!({})), unknown.clone(), &logit, (NotEnoughData, "known value")),
        (("evaluate", json!({})), without, &logit, (UnknownColumn, "months")),
        (
            ("evaluate", json!({})),
            {
                let mut data = people(20);
                data.rows.iter_mut().for_each(|row| row[3] = json!("yes"));
                data
            },
            &logit,
            (NotEnoughData, "one class"),
        ),
        (("explain", json!({})), people(5), &groups, (InvalidParameter, "predicts nothing")),
    ] {
        refused(&bench, ask, data, Some(model), expected);
    }
}

#[tokio::test]
async fn rows_that_have_no_structure() {
    let bench = Bench::new();
    let mut constant = people(20);
    constant.rows.iter_mut().for_each(|row| row[1] = json!(3));
    let three = || people(30);
    use ErrorCode::{InvalidParameter, NotEnoughData};
    let compare = |name: &'static str, more: Value| {
        let mut params = json!({"value": "spent", "group": "plan"});
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        (name, params)
    };
    let series = |name: &'static str, more: Value| {
        let mut params = json!({"time": "id", "value": "spent"});
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        (name, params)
    };
    let far = table(
        &[("id", ColumnKind::Integer), ("spent", ColumnKind::Number)],
        vec![
            vec![json!(-9_000_000_000_000_000_000_i64), json!(1)],
            vec![json!(9_000_000_000_000_000_000_i64), json!(2)],
        ],
    );
    let days =
        table(&[("id", ColumnKind::Date), ("spent", ColumnKind::Number)], vec![vec![json!("2024-01-01"), json!(1)]]);
    for (ask, data, expected) in [
        (("k-means", json!({"features": ["months"]})), constant.clone(), (NotEnoughData, "one value")),
        (("k-means", json!({"features": ["months"], "clusters": 50})), people(20), (NotEnoughData, "")),
        (("dbscan", json!({"features": ["months"]})), constant, (NotEnoughData, "one value")),
        (("pca", json!({"features": ["spent"], "components": 3})), people(20), (InvalidParameter, "directions")),
        (compare("t-test", json!({})), three(), (InvalidParameter, "3 groups")),
        (compare("t-test", json!({"first": "monthly", "second": "weekly"})), three(), (InvalidParameter, "weekly")),
        (compare("t-test", json!({"first": "monthly", "second": "monthly"})), three(), (InvalidParameter, "different")),
        (compare("mann-whitney", json!({"group": "spent"})), three(), (InvalidParameter, "same column")),
        (compare("anova", json!({"group": "id"})), three(), (NotEnoughData, "vary")),
        (("chi-square-test", json!({"first": "plan", "second": "plan"})), three(), (InvalidParameter, "same column")),
        (series("forecast", json!({})), people(3), (NotEnoughData, "too few")),
        (series("forecast", json!({})), far, (InvalidParameter, "100000")),
        (series("forecast", json!({"every": "hour"})), days, (InvalidParameter, "hours")),
        (series("seasonal-decomposition", json!({})), people(50), (InvalidParameter, "season")),
        (series("seasonal-decomposition", json!({"season": 12})), people(20), (NotEnoughData, "two periods")),
    ] {
        refused(&bench, ask, data, None, expected);
    }
}
