//! Telco churn, German credit and Adult income: boosting against LightGBM 4.7.0
//! with default settings (`LGBMClassifier()`, texts as pandas categories), on
//! the same columns and the same split: every fifth row, from the fifth, is
//! held out. `xtask/bench/boost.py auc` computes the figures.

use std::{fs, sync::Arc};

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use tandem_core::Cancel;
use tandem_science::{
    boost::BoostParams,
    design::FeatureSpec,
    evaluate::Ranking,
    linear::LinearParams,
    model::{Choice, Learner, Prepared, Task, boost_choices, tune},
    split::{By, folds},
    work::Work,
};

use crate::shared::file;

/// A table of texts and, in columns where all that is there are numbers,
/// numbers. Blank is missing.
fn table(name: &str) -> Option<RecordBatch> {
    let text = fs::read_to_string(file(name)?).unwrap();
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    let columns = names.iter().enumerate().map(|(i, name)| {
        let cells = || rows.iter().map(move |row| Some(row[i].trim()).filter(|cell| !cell.is_empty()));
        let numbers: Option<Vec<Option<f64>>> =
            cells().map(|cell| cell.map_or(Some(None), |cell| cell.parse().ok().map(Some))).collect();
        let array: ArrayRef = match numbers {
            Some(numbers) => Arc::new(Float64Array::from(numbers)),
            None => Arc::new(cells().collect::<StringArray>()),
        };
        (*name, array, true)
    });
    Some(RecordBatch::try_from_iter_with_nullable(columns).unwrap())
}

struct Data {
    file: &'static str,
    leave: &'static str,
    target: &'static str,
    positive: &'static str,
}

const TELCO: Data =
    Data { file: "telco_churn_ibm/Telco-Customer-Churn.csv", leave: "customerID", target: "Churn", positive: "Yes" };
const CREDIT: Data =
    Data { file: "german_credit/german_credit.csv", leave: "", target: "Credit_risk", positive: "BAD" };
const ADULT: Data = Data { file: "adult_uci/adult.csv", leave: "", target: "income", positive: ">50K" };

impl Data {
    fn prepared(&self) -> Option<Prepared> {
        let table = table(self.file)?;
        let schema = table.schema();
        let names = schema.fields().iter().map(|field| field.name().as_str());
        let features: Vec<FeatureSpec> =
            names.filter(|name| *name != self.leave && *name != self.target).map(FeatureSpec::from).collect();
        let task = Task::Classify { target: self.target.into(), positive: Some(self.positive.into()) };
        Some(Prepared::new(&[table], &features, &task).unwrap())
    }
}

/// The AUC on a fifth of the rows, learnt from the others.
fn fifth(prepared: &Prepared, learner: &Learner, fifth: usize) -> f64 {
    let cancel = Cancel::new();
    let work = Work { threads: 2, ..Work::new(&cancel) };
    let (test, train): (Vec<usize>, Vec<usize>) = (0..prepared.rows.len()).partition(|row| row % 5 == fifth);
    let model = prepared.take(&train).learn(learner, &work, &mut |_| {}).unwrap().model;
    let held = prepared.take(&test);
    let positive: Vec<bool> = held.values.iter().map(|y| *y > 0.5).collect();
    Ranking::of(&model.predict(&held.features, &work).unwrap(), &positive).unwrap().auc
}

fn fifths(prepared: &Prepared, learner: &Learner) -> [f64; 5] {
    std::array::from_fn(|i| fifth(prepared, learner, i))
}

/// The fixed split, and the mean over all fifths: one split of 200 rows says
/// little.
fn as_lightgbm(data: &Data, fixed: f64, mean: f64) {
    let Some(prepared) = data.prepared() else { return };
    let found = fifths(&prepared, &Learner::Boosting(BoostParams::default()));
    let own = found.iter().sum::<f64>() / 5.0;
    println!("{}: AUC {:.4} (LightGBM {fixed:.4}), mean of fifths {own:.4} ({mean:.4})", data.file, found[4]);
    assert!(found[4] > fixed - 0.01, "{} {fixed}", found[4]);
    assert!(own > mean - 0.01, "{own} {mean}");
}

#[test]
fn telco_churn_as_lightgbm() {
    as_lightgbm(&TELCO, 0.8309934761391072, 0.8374167687254742);
}

#[test]
fn german_credit_as_lightgbm() {
    as_lightgbm(&CREDIT, 0.7126608455882353, 0.7561704650497113);
}

#[test]
fn adult_income_as_lightgbm() {
    let Some(prepared) = ADULT.prepared() else { return };
    let found = fifth(&prepared, &Learner::Boosting(BoostParams::default()), 4);
    println!("{}: AUC {found:.4} (LightGBM 0.9290)", ADULT.file);
    assert!(found > 0.9290126703829561 - 0.01, "{found}");
}

#[test]
fn logistic_regression_is_a_good_start_on_churn() {
    let Some(prepared) = TELCO.prepared() else { return };
    let found = fifths(&prepared, &Learner::Linear(LinearParams { l2: 1.0, ..LinearParams::default() }));
    assert!(found.iter().all(|auc| *auc > 0.82), "{found:?}");
}

#[test]
fn tuning_is_no_worse_than_the_defaults() {
    let Some(prepared) = CREDIT.prepared() else { return };
    let cancel = Cancel::new();
    let work = Work { threads: 2, ..Work::new(&cancel) };
    let classes: Vec<u32> = prepared.values.iter().map(|y| *y as u32).collect();
    let folds = folds(prepared.rows.len(), 3, By::Class(&classes), 1).unwrap();
    let learners = boost_choices(&BoostParams::default(), 4, 1);
    let found = tune(&prepared, &learners, &folds, Choice::Auc, &work, &mut |_| {}).unwrap();
    let mean = |i: usize| found.trials[i].mean.unwrap();
    assert!(mean(found.best) >= mean(0) && mean(found.best) > 0.75, "{found:?}");
}
