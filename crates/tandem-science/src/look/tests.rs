//! Reference figures: scipy 1.17.1, and statsmodels 0.15.0 for Welch's F, η²
//! and residuals, on the same numbers.

use proptest::prelude::*;
use tandem_core::{Cancel, ErrorCode};

use super::*;
use crate::{
    testing::{all_near, near, uniform},
    work::Work,
};

const N: usize = 120;

fn made() -> (Vec<f64>, Vec<f64>) {
    let x = uniform(21, N);
    let y = x.iter().zip(uniform(22, N)).map(|(a, b)| a * 0.5 + b).collect();
    (x, y)
}

fn rounded(values: &[f64], times: f64) -> Vec<f64> {
    values.iter().map(|v| (v * times).round_ties_even()).collect()
}

#[test]
fn correlations_as_scipy() {
    let (x, y) = made();
    let (xt, yt) = (rounded(&x, 8.0), rounded(&y, 4.0));
    let expected = [
        (Method::Pearson, 0.2684215801575131, 0.003034382348686738, 0.2587495513531817, 0.004323298063475523),
        (Method::Spearman, 0.24955899715258, 0.005981364122886354, 0.24512475112809884, 0.0069673988186012645),
        (Method::Kendall, 0.17394957983193274, 0.004845117610540575, 0.19084761683306478, 0.00728505315584525),
    ];
    for (method, r, p, r_tied, p_tied) in expected {
        let (plain, tied) = (correlate(&x, &y, method).unwrap(), correlate(&xt, &yt, method).unwrap());
        all_near(&[plain.coefficient, plain.p_value, tied.coefficient, tied.p_value], &[r, p, r_tied, p_tied], 1e-10);
    }
    let interval = correlate(&x, &y, Method::Pearson).unwrap().interval.unwrap();
    all_near(&[interval.0, interval.1], &[0.09368776986885083, 0.42711352913835127], 1e-9);
    let few = correlate(&x[..12], &y[..12], Method::Kendall).unwrap();
    all_near(&[few.coefficient, few.p_value], &[-0.1212121212121212, 0.6383612539081289], 1e-10);
}

#[test]
fn a_cross_table_as_scipy() {
    let (x, y) = made();
    let name = |v: f64| ["a", "b", "c", "d"][v as usize];
    let first: Vec<Option<&str>> = x.iter().map(|v| Some(name(v * 3.0))).collect();
    let mut second: Vec<Option<&str>> = y.iter().map(|v| Some(name(v * 4.0 / 1.5))).collect();
    let table = CrossTable::of(&first, &second).unwrap();
    assert_eq!(table.counts, [[9, 10, 18, 0], [4, 22, 12, 7], [1, 15, 12, 10]]);
    let found = table.chi_square().unwrap();
    assert_eq!((found.degrees, found.corrected), (6, false));
    all_near(
        &[found.statistic, found.p_value, found.cramers_v],
        &[22.76810908982703, 0.0008779832447084514, 0.3080050668537981],
        1e-10,
    );
    second[0] = None;
    assert_eq!(CrossTable::of(&first, &second).unwrap().missing, 1);
    let rows = ["a", "b"].map(String::from).to_vec();
    let two = CrossTable { columns: rows.clone(), rows, counts: vec![vec![12, 30], vec![25, 18]], missing: 0 };
    let found = two.chi_square().unwrap();
    assert!(found.corrected && found.sparse == 0.0 && found.unbiased_v < found.cramers_v);
    all_near(
        &[found.statistic, found.p_value, found.cramers_v, found.residuals[0][1]],
        &[6.4018465880747835, 0.011400172800365725, 0.2981679114844304, 2.7489723156688766],
        1e-10,
    );
}

fn groups() -> [Vec<f64>; 3] {
    let [a, b, c] = [21, 22, 23].map(|seed| uniform(seed, N));
    [a[..50].to_vec(), b[50..].iter().map(|v| v * 1.5 - 0.1).collect(), c[..30].iter().map(|v| v + 0.2).collect()]
}

#[test]
fn means_as_scipy() {
    let [a, b, c] = groups();
    let found = welch(&a, &b).unwrap();
    all_near(
        &[found.statistic, found.p_value, found.degrees, found.interval.0, found.interval.1],
        &[-2.7017972921990023, 0.007916281362131657, 117.64904723558011, -0.3260104527056523, -0.05023455524384271],
        1e-9,
    );
    near(found.effect, -0.466623427887147, 1e-10);
    let named = [("a", a), ("b", b), ("c", c)].map(|(name, values)| (name.to_owned(), values));
    let found = anova(&named).unwrap();
    assert_eq!(found.degrees, (2, 147));
    all_near(
        &[found.statistic, found.p_value, found.eta_squared],
        &[3.800824057658194, 0.024580252002336118, 0.04916925665401917],
        1e-10,
    );
    let (f, degrees, p) = found.welch.unwrap();
    all_near(&[f, degrees, p], &[4.702927507904401, 83.6565939350251, 0.011599116240238712], 1e-9);
}

#[test]
fn ranks_as_scipy() {
    let [a, b, _] = groups();
    let of = |a: &[f64], b: &[f64]| mann_whitney(a, b).unwrap();
    let found = of(&a, &b);
    all_near(
        &[found.statistic, found.p_value, found.superiority],
        &[1325.0, 0.02384284141899548, 1325.0 / 3500.0],
        1e-10,
    );
    let tied = of(&rounded(&a, 5.0), &rounded(&b, 5.0));
    all_near(&[tied.statistic, tied.p_value], &[1330.5, 0.024342195328959305], 1e-10);
    let few = of(&a[..7], &b[..12]);
    assert!(few.exact && !found.exact);
    all_near(&[few.statistic, few.p_value], &[20.0, 0.06834960704929745], 1e-10);
}

#[test]
fn what_is_missing_is_left_out_and_what_is_too_little_is_said() {
    let (mut x, mut y) = made();
    let short = correlate(&x[2..], &y[2..], Method::Spearman).unwrap();
    (x[0], y[1]) = (f64::NAN, f64::NAN);
    assert_eq!(correlate(&x, &y, Method::Spearman).unwrap(), short);
    let code = |result: tandem_core::Result<Correlation>| result.unwrap_err().code();
    assert_eq!(code(correlate(&[1.0; 9], &y[..9], Method::Pearson)), ErrorCode::NotEnoughData);
    assert_eq!(code(correlate(&x[..2], &y[..2], Method::Pearson)), ErrorCode::NotEnoughData);
    assert_eq!(code(correlate(&x[..2], &y, Method::Pearson)), ErrorCode::InvalidParameter);
    assert!(welch(&[1.0, 1.0], &[1.0, 1.0]).is_err() && mann_whitney(&[1.0], &[]).is_err());
    assert!(anova(&[("a".into(), vec![1.0, 2.0]), ("b".into(), vec![])]).is_err());
}

#[test]
fn a_matrix_has_each_pair_once() {
    let columns: Vec<(String, Vec<f64>)> =
        (0..4).map(|i| (format!("c{i}"), if i == 2 { vec![1.0; 40] } else { uniform(i, 40) })).collect();
    let cancel = Cancel::new();
    let of = |threads| correlation_matrix(&columns, Method::Kendall, &Work { threads, ..Work::new(&cancel) }).unwrap();
    let matrix = of(1);
    assert_eq!((matrix.pairs.len(), &of(3)), (6, &matrix));
    for (a, b) in [(0, 1), (1, 3), (3, 0)] {
        assert_eq!(matrix.of(a, b).copied(), correlate(&columns[a].1, &columns[b].1, Method::Kendall).ok());
    }
    assert!(matrix.of(0, 2).is_none() && matrix.of(1, 1).is_none());
    cancel.cancel();
    assert!(correlation_matrix(&columns, Method::Pearson, &Work::new(&cancel)).is_err());
}

proptest! {
    #[test]
    fn kendall_counts_pairs(rows in prop::collection::vec((0_i8..5, 0_i8..5), 3..40)) {
        let (x, y): (Vec<f64>, Vec<f64>) = rows.iter().map(|r| (f64::from(r.0), f64::from(r.1))).unzip();
        let Ok(found) = correlate(&x, &y, Method::Kendall) else { return Ok(()) };
        let (mut score, mut of_x, mut of_y) = (0.0, 0.0, 0.0);
        for i in 0..x.len() {
            for j in 0..i {
                let sign = |v: &[f64]| (v[i] - v[j]).partial_cmp(&0.0).unwrap() as i8;
                score += f64::from(sign(&x) * sign(&y));
                of_x += f64::from(sign(&x).abs());
                of_y += f64::from(sign(&y).abs());
            }
        }
        prop_assert!((found.coefficient - score / f64::sqrt(of_x * of_y)).abs() < 1e-12);
        prop_assert!((0.0..=1.0).contains(&found.p_value));
    }

    /// Counting all orders one by one.
    #[test]
    fn few_rows_are_counted_exactly(values in prop::collection::btree_set(0_u8..100, 4..9), split in 1_usize..4) {
        let all: Vec<f64> = values.into_iter().map(f64::from).collect();
        let first: Vec<f64> = all.iter().copied().step_by(2).take(split).collect();
        let second: Vec<f64> = all.iter().copied().filter(|v| !first.contains(v)).collect();
        let found = mann_whitney(&first, &second).unwrap();
        let above = |chosen: &[usize]| -> usize {
            chosen.iter().map(|&i| (0..i).filter(|j| !chosen.contains(j)).count()).sum()
        };
        let (mut extreme, mut total) = (0.0, 0.0);
        let middle = (first.len() * second.len()) as f64 / 2.0;
        let far = (found.statistic - middle).abs();
        for mask in 0..1_usize << all.len() {
            let chosen: Vec<usize> = (0..all.len()).filter(|i| mask >> i & 1 == 1).collect();
            if chosen.len() == first.len() {
                total += 1.0;
                extreme += f64::from(u8::from((above(&chosen) as f64 - middle).abs() >= far));
            }
        }
        prop_assert!((found.p_value - f64::min(extreme / total, 1.0)).abs() < 1e-12);
    }

    #[test]
    fn order_of_the_groups_only_turns_signs(a in prop::collection::vec(-9.0_f64..9.0, 2..30), b in prop::collection::vec(-9.0_f64..9.0, 2..30)) {
        let (one, two) = (welch(&a, &b).unwrap(), welch(&b, &a).unwrap());
        prop_assert!((one.difference + two.difference).abs() < 1e-12 && (one.p_value - two.p_value).abs() < 1e-12);
        let (one, two) = (mann_whitney(&a, &b).unwrap(), mann_whitney(&b, &a).unwrap());
        prop_assert!((one.superiority + two.superiority - 1.0).abs() < 1e-12);
        prop_assert!((one.p_value - two.p_value).abs() < 1e-12);
    }
}
