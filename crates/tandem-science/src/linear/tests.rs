//! Reference figures: statsmodels 0.15.0 (OLS, Logit, MNLogit) and scikit-learn
//! 1.9.1 (Ridge, LogisticRegression after StandardScaler) on the same numbers.

use proptest::prelude::*;
use tandem_core::{Cancel, ErrorCode};

use super::*;
use crate::testing::{all_near, near, uniform};

const N: usize = 200;

fn dense(columns: &[Vec<f64>]) -> Dense {
    let rows = columns[0].len();
    let values = (0..rows).flat_map(|row| columns.iter().map(move |c| c[row])).collect();
    Dense { values, width: columns.len(), rows }
}

struct Made {
    rows: Dense,
    number: Vec<f64>,
    two: Vec<f64>,
    three: Vec<f64>,
}

fn made() -> Made {
    let u: Vec<Vec<f64>> = (1..=5).map(|seed| uniform(seed, N)).collect();
    let x1: Vec<f64> = u[0].iter().map(|u| u * 10.0).collect();
    let x2: Vec<f64> = u[1].iter().zip(&x1).map(|(u, x)| u * 3.0 + 0.2 * x).collect();
    let x3: Vec<f64> = u[2].iter().map(|u| f64::from(u8::from(*u < 0.3))).collect();
    let number = (0..N).map(|i| 1.0 + 2.0 * x1[i] - x2[i] + 0.5 * x3[i] + (u[3][i] - 0.5) * 4.0).collect();
    let z: Vec<f64> = (0..N).map(|i| -1.0 + 0.3 * x1[i] - 0.5 * x2[i] + 1.2 * x3[i]).collect();
    let two = (0..N).map(|i| f64::from(u8::from(u[4][i] < 1.0 / (1.0 + (-z[i]).exp())))).collect();
    let above = |i: usize, limit: f64| u8::from(z[i] + (u[4][i] - 0.5) * 3.0 > limit);
    let three = (0..N).map(|i| f64::from(above(i, -0.3) + above(i, 0.8))).collect();
    Made { rows: dense(&[x1, x2, x3]), number, two, three }
}

fn fit(rows: &Dense, target: &[f64], kind: (TargetKind, usize), l2: f64) -> Result<LinearFit> {
    let cancel = Cancel::new();
    LinearModel::fit(rows, target, kind, &LinearParams { l2, ..LinearParams::default() }, &Work::new(&cancel))
}

const NUMBER: (TargetKind, usize) = (TargetKind::Regression, 0);
const TWO: (TargetKind, usize) = (TargetKind::Binary, 2);
const THREE: (TargetKind, usize) = (TargetKind::Multiclass, 3);

fn estimates(fit: &LinearFit) -> Vec<f64> {
    fit.coefficients.iter().map(|c| c.estimate).collect()
}

fn list(fit: &LinearFit, f: impl Fn(&Coefficient) -> Option<f64>) -> Vec<f64> {
    fit.coefficients.iter().map(|c| f(c).unwrap()).collect()
}

#[test]
fn a_target_that_never_changes_is_fitted_and_written() {
    let rows = made().rows;
    for target in [vec![0.0; N], vec![7.5; N]] {
        let fit = fit(&rows, &target, NUMBER, 0.0).unwrap();
        assert!((fit.model.intercepts[0] - target[0]).abs() < 1e-12);
        let back: LinearFit = serde_json::from_str(&serde_json::to_string(&fit).unwrap()).unwrap();
        assert_eq!(back, fit);
    }
}

#[test]
fn least_squares_as_statsmodels() {
    let made = made();
    let fit = fit(&made.rows, &made.number, NUMBER, 0.0).unwrap();
    let expected = [1.1737708667600697, 1.9929490518081066, -1.00624102144038, 0.20299329965092555];
    all_near(&estimates(&fit), &expected, 1e-10);
    let errors = [0.2355970853268042, 0.03558771227583197, 0.09448548152566827, 0.18808040149305846];
    all_near(&list(&fit, |c| c.standard_error), &errors, 1e-10);
    let p = [1.3773563750917256e-06, 1.523339899262072e-122, 3.446675248925611e-21, 0.28178483540007815];
    all_near(&list(&fit, |c| c.p_value), &p, 1e-8);
    all_near(
        &list(&fit, |c| c.interval.map(|i| i.0)),
        &[0.7091401430836498, 1.92276505744429, -1.1925797344057378, -0.16792781312028204],
        1e-9,
    );
    let Quality::LeastSquares {
        r_squared, adjusted_r_squared, residual_deviation, f, log_likelihood, aic, bic, ..
    } = fit.quality
    else {
        panic!()
    };
    near(r_squared, 0.9470526708640596, 1e-12);
    near(adjusted_r_squared, 0.9462422525609585, 1e-12);
    near(residual_deviation, 1.1937936927473507, 1e-12);
    near(f.unwrap().0, 1168.597337004963, 1e-10);
    near(f.unwrap().1, 9.435210390311197e-125, 1e-8);
    all_near(&[log_likelihood, aic, bic], &[-317.1946785886463, 642.3893571772926, 655.5826266434848], 1e-12);
}

#[test]
fn a_penalty_as_scikit_learn() {
    let made = made();
    let ridge = fit(&made.rows, &made.number, NUMBER, 10.0).unwrap();
    let expected = [1.2986320048127746, 1.860939059247975, -0.7948606535549572, 0.18147097914819516];
    all_near(&estimates(&ridge), &expected, 1e-10);
    assert!(ridge.coefficients.iter().all(|c| c.p_value.is_none() && c.interval.is_none()));
    let two = fit(&made.rows, &made.two, TWO, 2.0).unwrap();
    let expected = [-0.7977511692506151, 0.32226514820290175, -0.5219580589262793, 1.0650321952600112];
    all_near(&estimates(&two), &expected, 1e-7);
    let three = fit(&made.rows, &made.three, THREE, 2.0).unwrap();
    let expected = [
        [0.5088413497506673, 0.30546017966686484, 0.1856984705824678],
        [0.8051406612446441, 0.18464113580498479, 0.01021820295037105],
        [0.7029732060674476, 0.25471967789845346, 0.042307116034098875],
    ];
    all_near(&three.model.predict(&made.rows)[..9], expected.as_flattened(), 1e-6);
}

#[test]
fn two_classes_as_statsmodels() {
    let made = made();
    let fit = fit(&made.rows, &made.two, TWO, 0.0).unwrap();
    let expected = [-0.8209717094832917, 0.3577670550674817, -0.5955339134044889, 1.1460605892427622];
    all_near(&estimates(&fit), &expected, 1e-8);
    let errors = [0.42582990852626085, 0.07429280762105928, 0.17920818380533005, 0.3490228466083371];
    all_near(&list(&fit, |c| c.standard_error), &errors, 1e-7);
    let p = [0.053863408881541654, 1.4673241834104257e-06, 0.0008901017758947171, 0.0010248072306493442];
    all_near(&list(&fit, |c| c.p_value), &p, 1e-6);
    let Quality::Logistic { log_likelihood, null_log_likelihood, pseudo_r_squared, aic, bic, .. } = fit.quality else {
        panic!()
    };
    all_near(
        &[log_likelihood, null_log_likelihood, pseudo_r_squared, aic, bic],
        &[-119.03237298455335, -137.81833905694802, 0.13630962469103702, 246.0647459691067, 259.25801543529883],
        1e-9,
    );
}

#[test]
fn three_classes_as_statsmodels() {
    let made = made();
    let fit = fit(&made.rows, &made.three, THREE, 0.0).unwrap();
    let own = &fit.coefficients[4..];
    let expected = [
        [-2.299819243729472, 0.3030810343656346, -0.2018601183547165, 1.1894338035263683],
        [-5.306230404243498, 1.1134636006453853, -1.6745955153324084, 4.383262080580752],
    ];
    all_near(&own.iter().map(|c| c.estimate).collect::<Vec<_>>(), expected.as_flattened(), 1e-7);
    let errors = [
        [0.5358835943170241, 0.09274803989898485, 0.21462817625666014, 0.45065684157374925],
        [1.0095028341983094, 0.20148752521324917, 0.38156803662788297, 0.7739195380311321],
    ];
    all_near(&own.iter().map(|c| c.standard_error.unwrap()).collect::<Vec<_>>(), errors.as_flattened(), 1e-6);
    // The first class is what the others are compared with.
    assert!(fit.coefficients[..4].iter().all(|c| c.estimate == 0.0 && c.standard_error.is_none()));
    let Quality::Logistic { log_likelihood, .. } = fit.quality else { panic!() };
    near(log_likelihood, -139.95216811169172, 1e-10);
}

#[test]
fn columns_that_say_nothing_new_are_left_out() {
    let made = made();
    let column = |j: usize| (0..N).map(|row| made.rows.row(row)[j]).collect::<Vec<f64>>();
    let sum: Vec<f64> = column(0).iter().zip(column(1)).map(|(a, b)| 3.0 * a - b + 2.0).collect();
    let rows = dense(&[column(0), vec![7.0; N], column(1), sum, column(2)]);
    let wide = fit(&rows, &made.number, NUMBER, 0.0).unwrap();
    assert_eq!(wide.dropped, [1, 3]);
    let narrow = fit(&made.rows, &made.number, NUMBER, 0.0).unwrap();
    all_near(&wide.model.predict(&rows), &narrow.model.predict(&made.rows), 1e-9);
}

#[test]
fn what_can_not_be_fitted_says_why() {
    let made = made();
    let apart: Vec<f64> = (0..N).map(|row| f64::from(u8::from(made.rows.row(row)[0] > 5.0))).collect();
    assert_eq!(fit(&made.rows, &apart, TWO, 0.0).unwrap_err().code(), ErrorCode::DidNotConverge);
    let fitted = fit(&made.rows, &apart, TWO, 0.1).unwrap();
    assert!(fitted.model.predict(&made.rows).iter().zip(&apart).all(|(p, y)| (p > &0.5) == (y > &0.5)));
    let few = made.rows.take(&[0, 1, 2]);
    assert_eq!(fit(&few, &made.number[..3], NUMBER, 0.0).unwrap_err().code(), ErrorCode::NotEnoughData);
    assert_eq!(fit(&made.rows, &[0.0; N], TWO, 0.0).unwrap_err().code(), ErrorCode::NotEnoughData);
    assert_eq!(fit(&made.rows, &made.number, TWO, 0.0).unwrap_err().code(), ErrorCode::InvalidParameter);
}

#[test]
fn threads_do_not_change_a_bit() {
    let columns: Vec<Vec<f64>> = (1..=4).map(|seed| uniform(seed, 9_000)).collect();
    let rows = dense(&columns[..3]);
    let two: Vec<f64> = columns[3].iter().map(|u| f64::from(u8::from(*u < 0.4))).collect();
    let cancel = Cancel::new();
    let of = |threads, target: &[f64], kind| {
        let work = Work { threads, ..Work::new(&cancel) };
        LinearModel::fit(&rows, target, kind, &LinearParams::default(), &work).unwrap()
    };
    assert_eq!(of(1, &columns[3], NUMBER), of(3, &columns[3], NUMBER));
    assert_eq!(of(1, &two, TWO), of(3, &two, TWO));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    /// Another unit changes the coefficient, not what is said.
    #[test]
    fn units_do_not_matter(scale in 1e-4_f64..1e4, shift in -1e3_f64..1e3, l2 in prop::sample::select(vec![0.0, 1.0])) {
        let made = made();
        let mut other = made.rows.clone();
        other.values.iter_mut().step_by(3).for_each(|v| *v = *v * scale + shift);
        for (target, kind) in [(&made.number, NUMBER), (&made.two, TWO)] {
            let (a, b) = (fit(&made.rows, target, kind, l2).unwrap(), fit(&other, target, kind, l2).unwrap());
            let (p, q) = (a.model.predict(&made.rows), b.model.predict(&other));
            for (p, q) in p.iter().zip(&q) {
                prop_assert!((p - q).abs() < 1e-5 * (1.0 + p.abs()), "{} {}", p, q);
            }
            if l2 == 0.0 {
                let (p, q) = (a.coefficients[1].p_value.unwrap(), b.coefficients[1].p_value.unwrap());
                prop_assert!((p - q).abs() < 1e-4 * p, "{} {}", p, q);
            }
        }
    }
}
