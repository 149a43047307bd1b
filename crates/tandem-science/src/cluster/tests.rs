//! Reference figures: scikit-learn 1.9.1 on the same numbers.

use proptest::prelude::*;
use tandem_core::{Cancel, ErrorCode};

use super::*;
use crate::{
    testing::{all_near, near, uniform},
    work::Work,
};

const N: usize = 400;

/// Four clouds side by side.
fn clouds() -> Dense {
    let [a, b, c] = [31, 32, 33].map(|seed| uniform(seed, N));
    let values = (0..N).flat_map(|i| {
        let k = i % 4;
        [a[i] * 2.0 + [0.0, 3.0, 1.5, 6.0][k], b[i] * 2.0 + [0.0, 1.0, 4.0, 3.0][k], c[i] + 0.3 * a[i]]
    });
    Dense { values: values.collect(), width: 3, rows: N }
}

#[test]
fn groups_are_as_tight_as_those_of_scikit_learn() {
    let (rows, cancel) = (clouds(), Cancel::new());
    let of = |clusters, starts, threads| {
        let params = KMeansParams { clusters, starts, seed: 1, ..KMeansParams::default() };
        KMeans::fit(&rows, &params, &Work { threads, ..Work::new(&cancel) }).unwrap()
    };
    let four = of(4, 10, 1);
    near(four.inertia, 292.799945697594, 1e-10);
    near(four.total, 3274.641429076453, 1e-10);
    assert!(four.converged && four.sizes == [100; 4]);
    assert!((4..N).all(|i| four.labels[i] == four.labels[i % 4]));
    assert_eq!(four.model.assign(&rows, &Work::new(&cancel)), four.labels);
    // The best of 200 starts there.
    assert!(of(7, 100, 1).inertia < 210.63596093459574 * 1.001);
    assert_eq!(of(7, 3, 1), of(7, 3, 4));
}

#[test]
fn fewer_different_rows_than_groups_are_no_trouble() {
    let rows = Dense { values: [1.0, 1.0, 1.0, 5.0].to_vec(), width: 1, rows: 4 };
    let cancel = Cancel::new();
    let params = KMeansParams { clusters: 3, ..KMeansParams::default() };
    let fit = KMeans::fit(&rows, &params, &Work::new(&cancel)).unwrap();
    assert_eq!((fit.inertia, fit.sizes.iter().sum::<u64>()), (0.0, 4));
    let params = KMeansParams { clusters: 5, ..params };
    assert_eq!(KMeans::fit(&rows, &params, &Work::new(&cancel)).unwrap_err().code(), ErrorCode::NotEnoughData);
}

#[test]
fn dense_places_are_those_of_scikit_learn() {
    let (rows, cancel) = (clouds(), Cancel::new());
    let params = DbscanParams { distance: 0.45, neighbours: 6 };
    let found = dbscan(&rows, params, &Work::new(&cancel)).unwrap();
    assert_eq!((found.noise, found.inside.iter().filter(|i| **i).count()), (25, 318));
    assert_eq!(found.sizes, [16, 28, 47, 44, 22, 27, 7, 47, 59, 19, 16, 24, 19]);
    // The very same labels: their sum weighted by the row, noise being −1.
    let sum: i64 = found.labels.iter().zip(0..).map(|(label, row)| label.map_or(-1, i64::from) * row).sum();
    assert_eq!(sum, 429_549);
    assert_eq!(dbscan(&rows, params, &Work { threads: 3, ..Work::new(&cancel) }).unwrap(), found);
    let bad = DbscanParams { distance: f64::NAN, neighbours: 6 };
    assert_eq!(dbscan(&rows, bad, &Work::new(&cancel)).unwrap_err().code(), ErrorCode::InvalidParameter);
}

#[test]
fn directions_are_those_of_scikit_learn() {
    let (rows, cancel) = (clouds(), Cancel::new());
    let found = Pca::fit(&rows, 3, &Work::new(&cancel)).unwrap();
    all_near(&found.variances, &[6.025672824760566, 2.0967647877843216, 0.0846837635865879], 1e-10);
    all_near(&found.ratios, &[0.7342005252030084, 0.25548114761434865, 0.010318327182643009], 1e-10);
    let absolute = |values: &[f64]| values.iter().map(|v| v.abs()).collect::<Vec<f64>>();
    let expected = [
        [0.8855804252872452, 0.46377432763037824, 0.02570376196303078],
        [0.4638912635776006, 0.8858907546897121, 0.0015704558795123565],
        [0.023499062203388068, 0.010532985630054809, 0.9996683701554623],
    ];
    all_near(&absolute(&found.components.concat()), expected.as_flattened(), 1e-8);
    let places = found.transform(&rows);
    let expected = [3.1024224548382433, 1.482961600409335, 0.11919262020988719, 0.009467341058488898];
    all_near(&absolute(&places.values[..4]), &expected, 1e-8);
    assert_eq!(Pca::fit(&rows, 3, &Work { threads: 3, ..Work::new(&cancel) }).unwrap(), found);
}

#[test]
fn outliers_stand_out_as_in_scikit_learn() {
    let (mut rows, cancel) = (clouds(), Cancel::new());
    let planted = [[20.0, 20.0, 20.0], [-9.0, 2.0, 0.0], [3.0, -9.0, 0.0], [3.0, 3.0, 9.0], [10.0, 10.0, -3.0]];
    rows.values[..15].copy_from_slice(planted.as_flattened());
    let of = |threads| {
        let work = Work { threads, ..Work::new(&cancel) };
        let forest =
            IsolationForest::fit(&rows, &IsolationParams { trees: 1_000, ..IsolationParams::default() }, &work);
        let forest = forest.unwrap();
        (forest.scores(&rows, &work).unwrap(), forest)
    };
    let (scores, forest) = of(1);
    let mean = scores.iter().sum::<f64>() / N as f64;
    near(mean, 0.4429733922291772, 0.02);
    for (score, expected) in scores.iter().zip([0.84299623, 0.67703463, 0.67410499, 0.66989777, 0.75552138]) {
        near(*score, expected, 0.04);
    }
    assert!(scores[5..].iter().all(|score| *score < 0.6));
    assert_eq!(of(3), (scores.clone(), forest.clone()));
    let text = serde_json::to_string(&forest).unwrap();
    let back: IsolationForest = serde_json::from_str(&text).unwrap();
    assert_eq!(back.scores(&rows, &Work::new(&cancel)).unwrap(), scores);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_row_is_with_its_nearest_centre(values in prop::collection::vec(-5.0_f64..5.0, 20..80), clusters in 1_u32..5) {
        let rows = Dense { rows: values.len() / 2, values: values[..values.len() / 2 * 2].to_vec(), width: 2 };
        let cancel = Cancel::new();
        let params = KMeansParams { clusters, starts: 2, ..KMeansParams::default() };
        let fit = KMeans::fit(&rows, &params, &Work::new(&cancel)).unwrap();
        let mut sum = 0.0;
        for row in 0..rows.rows {
            let to = |center: &[f64]| squared_distance(rows.row(row), center);
            let own = to(&fit.model.centers[fit.labels[row] as usize]);
            prop_assert!(fit.model.centers.iter().all(|center| own <= to(center) + 1e-9));
            sum += own;
        }
        prop_assert!((sum - fit.inertia).abs() < 1e-9 * (1.0 + sum) && fit.inertia <= fit.total + 1e-9);
    }

    /// Density is what the definition says, found the slow way.
    #[test]
    fn groups_keep_the_definition(values in prop::collection::vec(0.0_f64..6.0, 20..100), neighbours in 1_u32..5) {
        let rows = Dense { rows: values.len() / 2, values: values[..values.len() / 2 * 2].to_vec(), width: 2 };
        let cancel = Cancel::new();
        let found = dbscan(&rows, DbscanParams { distance: 0.7, neighbours }, &Work::new(&cancel)).unwrap();
        let near = |a: usize, b: usize| squared_distance(rows.row(a), rows.row(b)) <= 0.7 * 0.7;
        for a in 0..rows.rows {
            let count = (0..rows.rows).filter(|&b| near(a, b)).count();
            prop_assert_eq!(found.inside[a], count >= neighbours as usize);
            let beside = (0..rows.rows).any(|b| found.inside[b] && near(a, b));
            prop_assert_eq!(found.labels[a].is_some(), beside);
            for b in (0..a).filter(|&b| found.inside[a] && found.inside[b] && near(a, b)) {
                prop_assert_eq!(found.labels[a], found.labels[b]);
            }
        }
    }
}
