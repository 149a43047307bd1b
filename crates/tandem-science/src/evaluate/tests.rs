//! Reference figures: scikit-learn 1.9.1 on the same numbers; the interval of
//! the AUC by DeLong's definition in numpy 2.4.

use proptest::prelude::*;
use tandem_core::ErrorCode;

use super::*;
use crate::testing::{all_near, near, uniform};

const N: usize = 300;

/// Scores with many ties, and classes that depend on them.
fn made() -> (Vec<f64>, Vec<bool>) {
    let scores: Vec<f64> = uniform(11, N).iter().map(|u| (u * 100.0).round_ties_even() / 100.0).collect();
    let positive = uniform(12, N).iter().zip(&scores).map(|(u, s)| *u < s * 0.8 + 0.1).collect();
    (scores, positive)
}

#[test]
fn an_order_as_scikit_learn() {
    let (scores, positive) = made();
    let found = Ranking::of(&scores, &positive).unwrap();
    assert_eq!((found.positives, found.negatives), (149, 151));
    near(found.auc, 0.7535446019823103, 1e-14);
    near(found.average_precision, 0.7143340640583411, 1e-13);
    near(found.kolmogorov_smirnov, 0.3794835326014489, 1e-13);
    near(found.auc_interval.0, 0.6988726761338884, 1e-10);
    near(found.auc_interval.1, 0.8082165278307323, 1e-10);
    let last = found.roc.last().unwrap();
    assert_eq!((last.false_positive_rate, last.true_positive_rate), (1.0, 1.0));
}

#[test]
fn decisions_as_scikit_learn() {
    let (scores, positive) = made();
    let found = Confusion::at(0.5, &scores, &positive);
    let counts = [found.true_negatives, found.false_positives, found.false_negatives, found.true_positives];
    assert_eq!(counts, [103, 48, 47, 102]);
    let ratios =
        [found.accuracy, found.precision, found.recall, found.f1, found.balanced_accuracy, found.matthews, found.kappa];
    let expected = [
        0.6833333333333333,
        0.68,
        0.6845637583892618,
        0.6822742474916388,
        0.6833414818436375,
        0.3666748150864298,
        0.3666666666666667,
    ];
    all_near(&ratios.map(Option::unwrap), &expected, 1e-12);
    let best = Thresholds::best(&scores, &positive).unwrap();
    for threshold in scores {
        let other = Confusion::at(threshold, &made().0, &positive);
        assert!(other.f1 <= best.f1.f1 && other.balanced_accuracy <= best.youden.balanced_accuracy);
    }
    assert_eq!(Confusion::at(best.f1.threshold, &made().0, &positive), best.f1);
    assert_eq!(Confusion::at(2.0, &[1.0], &[true]).precision, None);
}

#[test]
fn probabilities_as_scikit_learn() {
    let (scores, positive) = made();
    let found = Calibration::of(&scores, &positive, 10).unwrap();
    near(found.brier, 0.20695233333333335, 1e-13);
    near(found.log_loss, 0.7209610660485095, 1e-9);
    assert_eq!(found.bins.iter().map(|bin| bin.rows).sum::<u64>(), 300);
    assert!(found.bins.windows(2).all(|w| w[0].predicted < w[1].predicted));
    assert_eq!(Calibration::of(&[1.5], &[true], 10).unwrap_err().code(), ErrorCode::InvalidParameter);
}

#[test]
fn several_classes_as_scikit_learn() {
    let columns: Vec<Vec<f64>> = (11..14).map(|seed| uniform(seed, N)).collect();
    let truth: Vec<usize> = uniform(14, N).iter().map(|u| (u * 3.0) as usize).collect();
    let probabilities: Vec<f64> = (0..N)
        .flat_map(|row| {
            let sum: f64 = columns.iter().map(|c| c[row]).sum();
            columns.iter().map(move |c| c[row] / sum)
        })
        .collect();
    let found = Classes::of(&probabilities, 3, &truth).unwrap();
    assert_eq!(found.confusion, [[37, 26, 31], [24, 28, 55], [46, 20, 33]]);
    all_near(
        &[found.accuracy, found.macro_f1, found.log_loss, found.macro_auc.unwrap()],
        &[0.32666666666666666, 0.3267679209171504, 1.4042495344057093, 0.4721462796710032],
        1e-12,
    );
}

#[test]
fn numbers_as_scikit_learn() {
    let truth: Vec<f64> = uniform(11, N).iter().map(|u| u * 10.0 - 3.0).collect();
    let predicted: Vec<f64> = truth.iter().zip(uniform(12, N)).map(|(y, u)| y + (u - 0.4)).collect();
    let found = Numbers::of(&predicted, &truth).unwrap();
    all_near(
        &[found.rmse, found.mae, found.median_error, found.mape.unwrap(), found.r_squared.unwrap()],
        &[0.3073691967183903, 0.25956614127377886, 0.25826268838990907, 0.2790173430062887, 0.9885153830284686],
        1e-11,
    );
    near(found.wape.unwrap(), 0.09249361067855431, 1e-12);
    near(found.bias, 0.0884833342674613, 1e-11);
    let zeros = Numbers::of(&[1.0, 2.0], &[0.0, 1.0]).unwrap();
    assert_eq!((zeros.mape, zeros.zeros), (Some(1.0), 1));
}

#[test]
fn one_class_has_no_order() {
    assert_eq!(Ranking::of(&[0.1, 0.2], &[true, true]).unwrap_err().code(), ErrorCode::NotEnoughData);
    assert_eq!(Ranking::of(&[f64::NAN], &[true]).unwrap_err().code(), ErrorCode::InvalidParameter);
}

#[test]
fn each_group_is_measured_and_rows_in_none_too() {
    let groups = [Some("b"), Some("a"), None, Some("b")];
    let found = by_group(&groups, |rows| (rows.len() > 1).then(|| rows.to_vec()));
    let expected = [(None, None), (Some("a"), None), (Some("b"), Some(vec![0, 3]))];
    for (found, (group, measure)) in found.iter().zip(expected) {
        assert_eq!((found.group.as_deref(), &found.measure), (group, &measure));
    }
}

proptest! {
    #[test]
    fn the_auc_counts_pairs(rows in prop::collection::vec((0_u8..6, any::<bool>()), 2..60), turn in 0_usize..60) {
        prop_assume!(rows.iter().any(|r| r.1) && rows.iter().any(|r| !r.1));
        let scores: Vec<f64> = rows.iter().map(|r| f64::from(r.0)).collect();
        let positive: Vec<bool> = rows.iter().map(|r| r.1).collect();
        let (mut right, mut pairs) = (0.0, 0.0);
        for (s, _) in rows.iter().filter(|r| r.1) {
            for (t, _) in rows.iter().filter(|r| !r.1) {
                right += if s > t { 1.0 } else if s == t { 0.5 } else { 0.0 };
                pairs += 1.0;
            }
        }
        let found = Ranking::of(&scores, &positive).unwrap();
        prop_assert!((found.auc - right / pairs).abs() < 1e-12);
        let mut turned: (Vec<f64>, Vec<bool>) = (scores.clone(), positive.clone());
        turned.0.rotate_left(turn % rows.len());
        turned.1.rotate_left(turn % rows.len());
        prop_assert_eq!(&Ranking::of(&turned.0, &turned.1).unwrap(), &found);
        // All rows together hold all positives, and no step lifts by itself.
        let last = found.lift.last().unwrap();
        prop_assert!((last.gain - 1.0).abs() < 1e-9 && (last.cumulative_lift - 1.0).abs() < 1e-9);
        let mean: f64 = found.lift.iter().map(|step| step.lift).sum::<f64>() / 10.0;
        prop_assert!((mean - 1.0).abs() < 1e-9);
        // The other way round is the other way round.
        let against: Vec<f64> = scores.iter().map(|s| -s).collect();
        prop_assert!((Ranking::of(&against, &positive).unwrap().auc - (1.0 - found.auc)).abs() < 1e-12);
    }
}
