use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tandem_core::{Cancel, ErrorCode};

use super::*;
use crate::{
    design::{Column, Features, MISSING, OTHER},
    work::Work,
};

fn fit(features: &Features, target: &[f64], kind: (TargetKind, usize), params: &BoostParams, threads: usize) -> Fitted {
    let cancel = Cancel::new();
    let work = Work { threads, ..Work::new(&cancel) };
    BoostModel::fit(features, target, kind, None, params, &work, &mut |_| {}).unwrap()
}

/// Numbers with holes, categories, and a target of each kind that depends on them.
fn made(rows: usize, seed: u64) -> (Features, Vec<f64>) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let x: Vec<f64> = (0..rows)
        .map(|_| if random.random::<f64>() < 0.1 { f64::NAN } else { random.random_range(-3.0..3.0) })
        .collect();
    let noise: Vec<f64> = (0..rows).map(|_| random.random_range(-1.0..1.0)).collect();
    let codes: Vec<u32> = (0..rows)
        .map(|_| match random.random_range(0..20) {
            18 => OTHER,
            19 => MISSING,
            code => code,
        })
        .collect();
    let signal = (0..rows)
        .map(|i| {
            let number = if x[i].is_nan() { 2.0 } else { x[i].sin() * 2.0 };
            let category = if codes[i].is_multiple_of(3) { 1.5 } else { -0.5 };
            number + category + random.random_range(-0.5..0.5)
        })
        .collect();
    let features = Features {
        names: ["x", "noise", "c"].map(String::from).to_vec(),
        columns: vec![Column::Numeric(x), Column::Numeric(noise), Column::Categorical { codes, categories: 18 }],
        rows,
    };
    (features, signal)
}

fn target(signal: &[f64], kind: TargetKind) -> Vec<f64> {
    match kind {
        TargetKind::Regression => signal.to_vec(),
        TargetKind::Binary => signal.iter().map(|s| f64::from(u8::from(*s > 0.5))).collect(),
        TargetKind::Multiclass => signal.iter().map(|s| f64::from(u8::from(*s > 0.0) + u8::from(*s > 1.5))).collect(),
    }
}

const KINDS: [(TargetKind, usize); 3] =
    [(TargetKind::Regression, 0), (TargetKind::Binary, 2), (TargetKind::Multiclass, 3)];

#[test]
fn learns_numbers_holes_and_categories_and_ignores_noise() {
    let (features, signal) = made(4_000, 1);
    let (other, held) = made(2_000, 2);
    let cancel = Cancel::new();
    for kind in KINDS {
        let y = target(&signal, kind.0);
        let fitted = fit(&features, &y, kind, &BoostParams { rounds: 60, ..BoostParams::default() }, 1);
        let predicted = fitted.model.predict(&other, &Work::new(&cancel)).unwrap();
        let truth = target(&held, kind.0);
        match kind.0 {
            TargetKind::Regression => {
                let error: f64 = predicted.iter().zip(&truth).map(|(p, y)| (p - y).powi(2)).sum();
                // The noise alone has a deviation of 0.289.
                assert!((error / 2_000.0).sqrt() < 0.36, "{}", (error / 2_000.0).sqrt());
            }
            TargetKind::Binary => {
                let right = predicted.iter().zip(&truth).filter(|(p, y)| (**p > 0.5) == (**y > 0.5)).count();
                assert!(right > 1_780, "{right}");
            }
            TargetKind::Multiclass => {
                let top = |p: &[f64]| (0..3).max_by(|&a, &b| p[a].total_cmp(&p[b])).unwrap() as f64;
                let right = predicted.chunks(3).zip(&truth).filter(|(p, y)| top(p) == **y).count();
                assert!(right > 1_650, "{right}");
                assert!(predicted.chunks(3).all(|p| (p.iter().sum::<f64>() - 1.0).abs() < 1e-12));
            }
        }
        let gains = fitted.model.gains();
        assert!(gains[0] > 2.0 * gains[1] && gains[2] > 2.0 * gains[1], "{gains:?}");
        let training: Vec<f64> = fitted.curve.iter().filter_map(|loss| loss.training).collect();
        assert!(training.len() == 12 && training.windows(2).all(|w| w[1] < w[0]), "{training:?}");
    }
}

#[test]
fn threads_do_not_change_a_bit() {
    let (features, signal) = made(80_000, 3);
    for kind in KINDS {
        let y = target(&signal, kind.0);
        let params = BoostParams {
            rounds: 3,
            row_fraction: if kind.0 == TargetKind::Binary { 0.7 } else { 1.0 },
            feature_fraction: 0.5,
            seed: 9,
            ..BoostParams::default()
        };
        let one = fit(&features, &y, kind, &params, 1);
        assert_eq!(one, fit(&features, &y, kind, &params, 3));
        let other = BoostParams { seed: 10, ..params };
        assert_ne!(one.model, fit(&features, &y, kind, &other, 1).model);
    }
}

#[test]
fn stops_early_and_keeps_the_best_round() {
    let (features, signal) = made(400, 4);
    let (other, held) = made(400, 5);
    let (y, truth) = (target(&signal, TargetKind::Binary), target(&held, TargetKind::Binary));
    let cancel = Cancel::new();
    let params = BoostParams { rounds: 1_000, early_stopping: 10, ..BoostParams::default() };
    let mut seen = 0;
    let kind = (TargetKind::Binary, 2);
    let work = Work::new(&cancel);
    let fitted =
        BoostModel::fit(&features, &y, kind, Some((&other, &truth)), &params, &work, &mut |_| seen += 1).unwrap();
    assert_eq!(fitted.curve.len(), seen);
    assert_eq!(seen, fitted.best_round as usize + 10);
    assert_eq!(fitted.model.rounds(), fitted.best_round as usize);
    let least = fitted.curve.iter().filter_map(|loss| loss.validation).fold(f64::INFINITY, f64::min);
    assert_eq!(fitted.curve[fitted.best_round as usize - 1].validation, Some(least));
    let error = BoostModel::fit(&features, &y, kind, None, &params, &work, &mut |_| {}).unwrap_err();
    assert_eq!(error.code(), ErrorCode::NotEnoughData);
    cancel.cancel();
    let error = BoostModel::fit(&features, &y, kind, Some((&other, &truth)), &params, &work, &mut |_| {}).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Cancelled);
}

#[test]
fn trees_keep_their_limits() {
    let (features, signal) = made(3_000, 6);
    let params = BoostParams { rounds: 20, leaves: 9, max_depth: 4, min_rows: 50, ..BoostParams::default() };
    let fitted = fit(&features, &signal, (TargetKind::Regression, 0), &params, 1);
    for tree in &fitted.model.trees {
        let leaves: Vec<u64> = tree.nodes.iter().filter(|n| matches!(n, Node::Leaf { .. })).map(Node::rows).collect();
        assert!(leaves.len() <= 9 && tree.depth() <= 4);
        assert!(leaves.iter().all(|&rows| rows >= 50));
        assert_eq!(leaves.iter().sum::<u64>(), 3_000);
    }
}

#[test]
fn bad_parameters_and_targets_are_refused() {
    let (features, signal) = made(50, 7);
    let cancel = Cancel::new();
    let code = |target: &[f64], kind, params: &BoostParams| {
        BoostModel::fit(&features, target, kind, None, params, &Work::new(&cancel), &mut |_| {}).unwrap_err().code()
    };
    let params = BoostParams { learning_rate: f64::NAN, ..BoostParams::default() };
    assert_eq!(code(&signal, KINDS[0], &params), ErrorCode::InvalidParameter);
    assert_eq!(code(&signal, KINDS[1], &BoostParams::default()), ErrorCode::InvalidParameter);
    assert_eq!(code(&signal[1..], KINDS[0], &BoostParams::default()), ErrorCode::InvalidParameter);
}

#[test]
fn the_document_gives_the_same_answers() {
    let (features, signal) = made(500, 8);
    let fitted = fit(&features, &signal, KINDS[0], &BoostParams { rounds: 5, ..BoostParams::default() }, 1);
    let text = serde_json::to_string(&fitted.model).unwrap();
    assert_eq!(serde_json::from_str::<BoostModel>(&text).unwrap(), fitted.model);
}

/// Shapley values by their definition: over all subsets of features, where
/// those outside the subset follow both branches.
fn shapley(tree: &Tree, features: &Features, row: usize) -> Vec<f64> {
    fn expected(tree: &Tree, at: usize, known: usize, features: &Features, row: usize) -> f64 {
        match &tree.nodes[at] {
            Node::Leaf { value, .. } => *value,
            Node::Split { feature, test, left, right, rows, .. } => {
                let next = |node: u32| expected(tree, node as usize, known, features, row);
                if known >> feature & 1 == 1 {
                    let yes = test.asks(&features.columns[*feature as usize], row);
                    return next(if yes { *left } else { *right });
                }
                let part = |node: u32| tree.nodes[node as usize].rows() as f64 / *rows as f64;
                part(*left) * next(*left) + part(*right) * next(*right)
            }
        }
    }
    let width = features.columns.len();
    let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
    (0..width)
        .map(|feature| {
            (0..1_usize << width)
                .filter(|known| known >> feature & 1 == 0)
                .map(|known| {
                    let size = known.count_ones() as usize;
                    let weight = factorial(size) * factorial(width - size - 1) / factorial(width);
                    let with = expected(tree, 0, known | 1 << feature, features, row);
                    weight * (with - expected(tree, 0, known, features, row))
                })
                .sum()
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn contributions_are_shapley_values_and_add_up(seed in 0_u64..1_000, which in 0_usize..3) {
        let (features, signal) = made(300, seed);
        let kind = KINDS[which];
        let params = BoostParams { rounds: 4, min_rows: 5, ..BoostParams::default() };
        let fitted = fit(&features, &target(&signal, kind.0), kind, &params, 1);
        let rows = features.take(&[0, 1, 2, 3, 4, 5]);
        let cancel = Cancel::new();
        let work = Work { threads: 2, ..Work::new(&cancel) };
        let found = fitted.model.contributions(&rows, &work).unwrap();
        let scores = fitted.model.scores(&rows, &work).unwrap();
        let outputs = fitted.model.outputs();
        for row in 0..6 {
            for output in 0..outputs {
                let own = found.of(row, output);
                let sum = found.base[output] + own.iter().sum::<f64>();
                prop_assert!((sum - scores[row * outputs + output]).abs() < 1e-9);
                let mut expected = vec![0.0; 3];
                for tree in fitted.model.trees.iter().skip(output).step_by(outputs) {
                    expected.iter_mut().zip(shapley(tree, &rows, row)).for_each(|(a, b)| *a += b);
                }
                for (a, b) in own.iter().zip(expected) {
                    prop_assert!((a - b).abs() < 1e-9, "{} {}", a, b);
                }
            }
        }
        let importance = found.importance();
        prop_assert!(importance[0] > 0.0 && importance.len() == 3);
    }

    /// More and less are all that counts of a number.
    #[test]
    fn a_monotone_change_of_a_number_changes_no_answer(seed in 0_u64..1_000) {
        let (features, signal) = made(200, seed);
        let mut changed = features.clone();
        if let Column::Numeric(values) = &mut changed.columns[0] {
            values.iter_mut().for_each(|v| *v = v.exp() * 3.0 + 1.0);
        }
        let params = BoostParams { rounds: 5, ..BoostParams::default() };
        let cancel = Cancel::new();
        let answer = |features: &Features| {
            let fitted = fit(features, &signal, KINDS[0], &params, 1);
            fitted.model.predict(features, &Work::new(&cancel)).unwrap()
        };
        for (a, b) in answer(&features).iter().zip(answer(&changed)) {
            prop_assert!((a - b).abs() < 1e-9);
        }
    }
}
