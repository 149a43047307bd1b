//! Learning and what follows it, where examples are too small to show it.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};
use tandem_components::{Output, Outputs, columns::columns};
use tandem_flow::{ColumnKind, Columns, PortColumns, signature::ExampleTable};
use tandem_science::model::Trained;

use crate::support::{Bench, Given, Inputs, lines, one, table};

/// Customers who leave when they are new or on a monthly plan, with a whiff of chance.
pub(crate) fn people(rows: usize) -> ExampleTable {
    let row = |at: usize| {
        let (months, chance) = (at * 7 % 61, at * 31 % 17);
        let plan = ["monthly", "yearly", "twice"][at % 3];
        let leaves = months + chance + if plan == "monthly" { 0 } else { 14 } < 36;
        let months = if at % 29 == 5 { Value::Null } else { json!(months) };
        vec![json!(at), months, json!(plan), json!(if leaves { "yes" } else { "no" }), json!(20 + at * 7 % 61 + chance)]
    };
    table(
        &[
            ("id", ColumnKind::Integer),
            ("months", ColumnKind::Integer),
            ("plan", ColumnKind::Text),
            ("left", ColumnKind::Text),
            ("spent", ColumnKind::Decimal),
        ],
        (0..rows).map(row).collect(),
    )
}

pub(crate) fn given(table: ExampleTable, model: Option<&Arc<Trained>>) -> Given {
    let mut given = Given::of(&one(table));
    given.models.extend(model.map(|model| ("model".to_owned(), Arc::clone(model))));
    given
}

fn model(outputs: &Outputs) -> Arc<Trained> {
    match &outputs["model"] {
        Output::Model(model) => Arc::clone(model),
        other => panic!("no model: {other:?}"),
    }
}

fn rows(outputs: &Outputs, port: &str) -> Vec<String> {
    lines(&outputs[port].clone().into_table().unwrap().1)
}

fn cells(row: &str) -> Vec<&str> {
    row.split(" | ").collect()
}

fn boosting() -> Value {
    json!({"target": "left", "positive": "yes", "features": ["months", "plan"], "rounds": 30, "min_rows": 5, "early_stopping": 5})
}

#[tokio::test]
async fn the_order_of_rows_changes_nothing() {
    let bench = Bench::new();
    let (forth, mut back) = (people(300), people(300));
    back.rows.reverse();
    let ways = [
        ("gradient-boosting-classifier", boosting()),
        (
            "gradient-boosting-regressor",
            json!({"target": "spent", "features": ["months", "plan"], "row_fraction": 0.5}),
        ),
        ("logistic-regression", json!({"target": "left", "features": ["months", "plan"]})),
        ("linear-regression", json!({"target": "spent", "features": ["months", "plan"], "l2": 1.0})),
        ("k-means", json!({"features": ["months", "plan"], "clusters": 3})),
        ("isolation-forest", json!({"features": ["months", "spent"], "trees": 20})),
        ("pca", json!({"features": ["months", "spent"]})),
    ];
    for (name, params) in ways {
        let of = |data: &ExampleTable, seed| bench.perform(name, &params, &given(data.clone(), None), seed).unwrap().0;
        assert_eq!(model(&of(&forth, 1)), model(&of(&back, 1)), "{name}");
    }
}

#[tokio::test]
async fn training_draws_its_curve_while_it_learns() {
    let bench = Bench::new();
    let (_, points) = bench.perform("gradient-boosting-classifier", &boosting(), &given(people(300), None), 1).unwrap();
    let held: Vec<_> = points.iter().filter(|(series, ..)| series == "validation").collect();
    assert!(held.len() >= 5 && held.windows(2).all(|pair| pair[0].1 < pair[1].1), "{held:?}");
    assert!(held.last().unwrap().2 < held[0].2);
    assert!(points.iter().any(|(series, ..)| series == "training"));
    let tuning = json!({"target": "left", "features": ["months", "plan"], "learners": "both", "trials": 6, "folds": 3});
    let (outputs, points) = bench.perform("tune", &tuning, &given(people(300), None), 1).unwrap();
    // Without a penalty coefficients may grow without end, and such a trial says why it failed.
    let trials = rows(&outputs, "trials");
    let failed = trials.iter().filter(|row| cells(row)[3] == "∅" && cells(row)[13].contains("l2")).count();
    assert_eq!((trials.len(), points.iter().filter(|(series, ..)| series == "score").count()), (6, 6 - failed));
    assert_eq!(trials.iter().filter(|row| cells(row)[5] == "true").count(), 1);
    let best = |column: usize| -> f64 {
        trials.iter().map(|row| cells(row)[column].parse().unwrap_or(0.0)).fold(0.0, f64::max)
    };
    let chosen = trials.iter().find(|row| cells(row)[5] == "true").unwrap();
    assert_eq!(cells(chosen)[3].parse::<f64>().unwrap(), best(3));
}

#[tokio::test]
async fn answers_come_for_unknown_categories_and_empty_values() {
    let bench = Bench::new();
    let (outputs, _) =
        bench.perform("gradient-boosting-classifier", &boosting(), &given(people(300), None), 1).unwrap();
    let trained = model(&outputs);
    let new = table(
        &[("plan", ColumnKind::Text), ("months", ColumnKind::Number)],
        vec![
            vec![json!("never seen"), Value::Null],
            vec![Value::Null, json!(1e300)],
            vec![json!("monthly"), json!(1.0)],
            vec![json!("yearly"), json!(60.0)],
        ],
    );
    let answers = |params: Value, data: &ExampleTable| {
        bench
            .perform("predict", &params, &given(data.clone(), Some(&trained)), 1)
            .map(|(outputs, _)| rows(&outputs, "table"))
    };
    let found = answers(json!({}), &new).unwrap();
    let sure =
        |plan: &str| -> f64 { cells(found.iter().find(|row| row.starts_with(plan)).unwrap())[3].parse().unwrap() };
    assert_eq!(found.len(), 4);
    assert!(sure("monthly") > 0.7 && sure("yearly") < 0.3, "{found:?}");
    assert!((0.0..=1.0).contains(&sure("never seen")));
    let strict = answers(json!({"threshold": 1.0}), &new).unwrap();
    assert!(strict.iter().all(|row| cells(row)[2] == "no"), "{strict:?}");
    let empty = table(&[("plan", ColumnKind::Text), ("months", ColumnKind::Number)], Vec::new());
    assert_eq!(answers(json!({}), &empty).unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn targets_may_be_yes_and_no_or_codes_or_several_classes() {
    let bench = Bench::new();
    let mut data = people(300);
    for row in &mut data.rows {
        let months = row[1].as_i64().unwrap_or(0);
        row.push(json!(row[3] == "yes"));
        row.push(json!([1, 2, 10][(months / 21) as usize]));
    }
    data.columns.push(tandem_flow::Column::new("gone", ColumnKind::Boolean));
    data.columns.push(tandem_flow::Column::new("stage", ColumnKind::Integer));
    for (target, classes) in [("gone", vec!["false", "true"]), ("stage", vec!["1", "2", "10"])] {
        let params = json!({"target": target, "features": ["months", "plan"], "min_rows": 5, "rounds": 20});
        let (outputs, _) =
            bench.perform("gradient-boosting-classifier", &params, &given(data.clone(), None), 1).unwrap();
        let trained = model(&outputs);
        assert_eq!(trained.model.signature.target.as_ref().unwrap().classes, classes);
        let judged =
            bench.perform("evaluate", &json!({"group": "plan"}), &given(data.clone(), Some(&trained)), 1).unwrap().0;
        let metrics: BTreeMap<String, f64> = rows(&judged, "metrics")
            .iter()
            .map(|row| (cells(row)[0].to_owned(), cells(row)[1].parse().unwrap_or(f64::NAN)))
            .collect();
        assert!(metrics["accuracy"] > 0.8 && metrics["rows"] == 300.0, "{metrics:?}");
        let groups = rows(&judged, "groups");
        let own = groups.iter().filter(|row| row.starts_with("monthly | 100 | accuracy")).count();
        assert_eq!(own, 1, "{groups:?}");
        let explained = bench
            .perform("explain", &json!({"rows": 3, "id": "id"}), &given(data.clone(), Some(&trained)), 1)
            .unwrap()
            .0;
        let outputs_of = if classes.len() == 2 { 1 } else { classes.len() };
        assert_eq!(rows(&explained, "contributions").len(), 3 * 2 * outputs_of);
        assert!(rows(&explained, "importances")[0].starts_with("months | "));
    }
}

#[tokio::test]
async fn a_model_applied_to_what_it_learned_from_says_the_same() {
    let bench = Bench::new();
    let data = || people(120);
    for (name, params, answer, column) in [
        ("k-means", json!({"features": ["months", "plan"], "clusters": 3}), "cluster", 5),
        ("isolation-forest", json!({"features": ["months", "spent"], "trees": 20}), "score", 5),
        ("pca", json!({"features": ["months", "spent"], "components": 1}), "components", 5),
    ] {
        let (outputs, _) = bench.perform(name, &params, &given(data(), None), 1).unwrap();
        let trained = model(&outputs);
        let params = json!({"answer": answer, "suffix": "_again"});
        let again = bench.perform("predict", &params, &given(data(), Some(&trained)), 1).unwrap().0;
        let of = |rows: Vec<String>| -> BTreeMap<String, f64> {
            rows.iter().map(|row| (cells(row)[0].to_owned(), cells(row)[column].parse().unwrap())).collect()
        };
        assert_eq!(of(rows(&outputs, "table")), of(rows(&again, "table")), "{name}");
    }
}

#[tokio::test]
async fn columns_of_answers_are_known_but_for_components() {
    let bench = Bench::new();
    let predict = tandem_components::find("predict").unwrap();
    let inputs: PortColumns = [("table".to_owned(), vec![Columns::Known(people(0).columns)])].into();
    let of = async |params: Value| columns(&bench.engine, predict, params.as_object().unwrap(), &inputs).await;
    let known = of(json!({"answer": "number", "suffix": "_2"})).await.unwrap();
    assert_eq!(known["table"].known().unwrap().last().unwrap().name, "prediction_2");
    assert!(!of(json!({"answer": "components"})).await.unwrap().contains_key("table"));
}

#[tokio::test]
async fn series_are_regular_whatever_the_rows() {
    let bench = Bench::new();
    let mut data = Vec::new();
    for month in 0..30 {
        // Two rows a month in one shop, one of them missing its value; a month without a row; a shop that just opened.
        if month != 7 {
            let day = |day: u32| json!(format!("{}-{:02}-{day:02}", 2021 + month / 12, month % 12 + 1));
            data.push(vec![json!("old"), day(3), json!(100 + month % 12 * 10)]);
            data.push(vec![json!("old"), day(20), if month == 4 { Value::Null } else { json!(50) }]);
        }
    }
    data.push(vec![json!("new"), json!("2023-06-01"), json!(5)]);
    let columns = [("shop", ColumnKind::Text), ("day", ColumnKind::Date), ("sales", ColumnKind::Integer)];
    let params =
        json!({"time": "day", "value": "sales", "group": "shop", "every": "month", "horizon": 4, "origins": 1});
    let (outputs, _) = bench.perform("forecast", &params, &given(table(&columns, data.clone()), None), 1).unwrap();
    let found = rows(&outputs, "table");
    assert_eq!(found.len(), 34);
    assert!(found[4].starts_with("old | 2021-05-01 | 140.0 |"), "{}", found[4]);
    assert!(found[7].starts_with("old | 2021-08-01 | 0.0 |"), "{}", found[7]);
    assert!(found[30].starts_with("old | 2023-07-01 | ∅ |"), "{}", found[30]);
    let errors = rows(&outputs, "errors");
    assert!(
        errors.len() == 2 && cells(&errors[1])[0] == "new" && cells(&errors[1])[8].contains("too few"),
        "{errors:?}"
    );
    let params = json!({"time": "day", "value": "sales", "group": "shop", "every": "month", "gaps": "straight"});
    data.pop();
    let (outputs, _) =
        bench.perform("seasonal-decomposition", &params, &given(table(&columns, data), None), 1).unwrap();
    for row in rows(&outputs, "table") {
        let parts: Vec<f64> = cells(&row)[2..].iter().map(|cell| cell.parse().unwrap()).collect();
        assert!((parts[0] - parts[1] - parts[2] - parts[3]).abs() < 1e-3, "{row}");
    }
}

#[tokio::test]
async fn whole_numbers_are_steps_of_their_own() {
    let bench = Bench::new();
    let row = |at: usize| vec![json!(at), json!(10 + at % 4)];
    let data = table(&[("week", ColumnKind::Integer), ("sold", ColumnKind::Number)], (0..40).map(row).collect());
    let params = json!({"time": "week", "value": "sold", "season": 4, "horizon": 4, "history": false});
    let inputs: Inputs = one(data);
    let found = bench.run("forecast", "table", &params, &inputs).await.unwrap().rows;
    let values: Vec<f64> = found.iter().map(|row| cells(row)[2].parse().unwrap()).collect();
    assert!(found[0].starts_with("40 | ∅"));
    for (value, expected) in values.iter().zip([10.0, 11.0, 12.0, 13.0]) {
        assert!((value - expected).abs() < 0.05, "{values:?}");
    }
}
