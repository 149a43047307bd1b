use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, RecordBatch, StringArray};
use arrow::datatypes::Float64Type;
use tandem_core::{Cancel, ErrorCode};

use super::*;
use crate::{
    boost::BoostParams,
    cluster::{IsolationParams, KMeansParams},
    design::{Column, FeatureSpec},
    linear::LinearParams,
    split::{By, folds},
    testing::uniform,
    work::Work,
};

const N: usize = 600;

/// Customers who leave when they are new, or on a monthly plan.
fn table() -> RecordBatch {
    let [months, plan, chance] = [51, 52, 53].map(|seed| uniform(seed, N));
    let plans = plan.iter().map(|u| Some(["monthly", "yearly", "年付"][(u * 3.0) as usize]));
    let left = (0..N).map(|i| {
        let odds = 1.5 - 4.0 * months[i] + if plan[i] < 1.0 / 3.0 { 1.5 } else { 0.0 };
        (i % 50 != 7).then_some(if chance[i] < 1.0 / (1.0 + f64::exp(-odds)) { "yes" } else { "no" })
    });
    let spent = (0..N).map(|i| 10.0 + 50.0 * months[i] + chance[i]);
    RecordBatch::try_from_iter_with_nullable(vec![
        ("months", Arc::new(Float64Array::from_iter_values(months.iter().map(|m| m * 72.0))) as ArrayRef, true),
        ("plan", Arc::new(plans.collect::<StringArray>()), true),
        ("left", Arc::new(left.collect::<StringArray>()), true),
        ("spent", Arc::new(Float64Array::from_iter_values(spent)), true),
    ])
    .unwrap()
}

fn spec(task: Task, learner: Learner) -> TrainSpec {
    TrainSpec { features: vec!["months".into(), FeatureSpec::from("plan")], task, learner }
}

fn leaving() -> Task {
    Task::Classify { target: "left".into(), positive: None }
}

fn trained(spec: &TrainSpec) -> Trained {
    let cancel = Cancel::new();
    train(&[table()], spec, &Work::new(&cancel), &mut |_| {}).unwrap()
}

fn all() -> Vec<TrainSpec> {
    let boosting = BoostParams { rounds: 10, early_stopping: 3, ..BoostParams::default() };
    vec![
        spec(leaving(), Learner::Boosting(boosting.clone())),
        spec(Task::Regress { target: "spent".into() }, Learner::Boosting(boosting)),
        spec(leaving(), Learner::Linear(LinearParams::default())),
        spec(Task::Classify { target: "plan".into(), positive: None }, Learner::Linear(LinearParams::default())),
        spec(Task::Describe, Learner::KMeans(KMeansParams { clusters: 3, ..KMeansParams::default() })),
        spec(Task::Describe, Learner::Components(2)),
        spec(Task::Describe, Learner::Isolation(IsolationParams { trees: 10, ..IsolationParams::default() })),
    ]
    .into_iter()
    .map(|mut spec| {
        if matches!(&spec.task, Task::Classify { target, .. } if target == "plan") {
            spec.features = vec!["months".into(), "spent".into()];
        }
        spec
    })
    .collect()
}

#[test]
fn every_model_comes_back_from_its_document_and_gives_what_it_signs() {
    let cancel = Cancel::new();
    let work = Work::new(&cancel);
    for spec in all() {
        let spec: TrainSpec = serde_json::from_str(&serde_json::to_string(&spec).unwrap()).unwrap();
        let found = trained(&spec);
        let back = Model::from_json(&found.model.to_json().unwrap()).unwrap();
        assert_eq!(back, found.model);
        let answers = back.apply(&[table()], &work).unwrap();
        assert_eq!(answers.num_rows(), N);
        let given = answers.schema();
        let given: Vec<(String, String)> =
            given.fields().iter().map(|f| (f.name().clone(), f.data_type().to_string())).collect();
        let signed: Vec<(String, String)> =
            back.signature.outputs.iter().map(|o| (o.name.clone(), o.data_type.clone())).collect();
        assert_eq!(given, signed);
        assert!(answers.columns().iter().all(|column| column.null_count() == 0));
        assert_eq!(back.signature.inputs.len(), 2);
    }
}

#[test]
fn rows_without_an_answer_are_left_out_and_counted() {
    let found = trained(&all()[0]);
    assert_eq!((found.unlabelled, found.rows), (12, 588));
    let target = found.model.signature.target.clone().unwrap();
    assert_eq!((target.name.as_str(), target.classes), ("left", vec!["no".to_owned(), "yes".to_owned()]));
    assert!(found.curve.iter().all(|loss| loss.validation.is_some()));
    let cancel = Cancel::new();
    let answers = found.model.apply(&[table()], &Work::new(&cancel)).unwrap();
    let yes = answers.column_by_name("probability_yes").unwrap().as_primitive::<Float64Type>();
    let called = answers.column_by_name("prediction").unwrap().as_string::<i32>();
    for row in 0..N {
        assert_eq!(called.value(row) == "yes", yes.value(row) >= 0.5);
    }
}

#[test]
fn coefficients_come_with_a_linear_model() {
    let fit = trained(&all()[2]).fit.unwrap();
    // Longer customers stay.
    assert!(fit.coefficients[1].estimate < 0.0 && fit.coefficients[1].p_value.unwrap() < 1e-6);
}

#[test]
fn bad_documents_tables_and_specs_say_why() {
    let found = trained(&all()[2]).model;
    let text = found.to_json().unwrap();
    let later = text.replacen("\"version\":1", "\"version\":9", 1);
    assert_eq!(Model::from_json(&later).unwrap_err().code(), ErrorCode::UnsupportedFormat);
    let other = text.replacen("tandem.model", "another", 1);
    assert_eq!(Model::from_json(&other).unwrap_err().code(), ErrorCode::MalformedFile);
    assert_eq!(Model::from_json("[]").unwrap_err().code(), ErrorCode::MalformedFile);
    let cancel = Cancel::new();
    let less = table().project(&[0]).unwrap();
    let error = found.apply(&[less], &Work::new(&cancel)).unwrap_err();
    assert_eq!(error.code(), ErrorCode::UnknownColumn);
    let mut own = all().remove(2);
    own.features.push("left".into());
    let error = train(&[table()], &own, &Work::new(&cancel), &mut |_| {}).unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidParameter);
    let aimless = spec(Task::Describe, Learner::Linear(LinearParams::default()));
    let error = train(&[table()], &aimless, &Work::new(&cancel), &mut |_| {}).unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidParameter);
}

#[test]
fn tuning_finds_the_better_way_whatever_the_threads() {
    let cancel = Cancel::new();
    let prepared = Prepared::new(&[table()], &["months".into(), "plan".into()], &leaving()).unwrap();
    let classes: Vec<u32> = prepared.values.iter().map(|&y| y as u32).collect();
    let folds = folds(prepared.features.rows, 3, By::Class(&classes), 1).unwrap();
    let mut ways = linear_choices(&LinearParams::default(), 4);
    let hasty = BoostParams { rounds: 60, learning_rate: 1.0, min_rows: 1, leaves: 60, ..BoostParams::default() };
    ways.push(Learner::Boosting(hasty));
    ways.push(Learner::Boosting(BoostParams { rounds: 0, ..BoostParams::default() }));
    let of =
        |threads, choice| tune(&prepared, &ways, &folds, choice, &Work { threads, ..Work::new(&cancel) }, &mut |_| {});
    for choice in [Choice::Auc, Choice::LogLoss] {
        let found = of(1, choice).unwrap();
        assert!(found.best < 4, "{found:?}");
        assert_eq!(found.trials[0].scores.len(), 3);
        assert!(found.trials[5].failure.as_deref().unwrap().starts_with("rounds"));
        assert_eq!(of(3, choice).unwrap(), found);
    }
    assert_eq!(of(1, Choice::Rmse).unwrap_err().code(), ErrorCode::InvalidParameter);
    assert_eq!(
        tune(&prepared, &ways[5..], &folds, Choice::Auc, &Work::new(&cancel), &mut |_| {}).unwrap_err().code(),
        ErrorCode::InvalidParameter
    );
    let mut seen = Vec::new();
    let watched =
        tune(&prepared, &ways, &folds, Choice::Auc, &Work::new(&cancel), &mut |trial| seen.push(trial.clone()));
    assert_eq!(watched.unwrap().trials, seen);
    assert_eq!(boost_choices(&BoostParams::default(), 5, 3), boost_choices(&BoostParams::default(), 5, 3));
    assert_eq!(boost_choices(&BoostParams::default(), 5, 3).len(), 5);
}

#[test]
fn contributions_of_linear_models_add_up_to_their_scores() {
    let cancel = Cancel::new();
    let work = Work::new(&cancel);
    let found = trained(&spec(leaving(), Learner::Linear(LinearParams::default())));
    let features = found.model.encoder.apply(&[table()]).unwrap().features;
    let contributions = found.model.contributions(&features, &work).unwrap();
    let Learned::Linear { layout, model } = &found.model.learned else { panic!() };
    let scores = model.scores(&layout.dense(&features));
    for (row, score) in scores.iter().enumerate() {
        let sum = contributions.base[0] + contributions.of(row, 0).iter().sum::<f64>();
        assert!((sum - score).abs() < 1e-9, "{row}: {sum}, not {score}");
    }
    // Who is new is likelier to leave than the average, on the same plan.
    let Column::Numeric(months) = &features.columns[0] else { panic!() };
    let newest = (0..N).min_by(|a, b| months[*a].total_cmp(&months[*b])).unwrap();
    assert!(contributions.of(newest, 0)[0] > 1.0);
}
