//! Rows to learn from, and rows to be judged by.

use std::collections::BTreeMap;

use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use tandem_core::Result;

use crate::work::{bad_parameter, not_enough};

/// Two sets of rows without a row in common, each in ascending order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// To learn from.
    pub train: Vec<usize>,
    /// To be judged by.
    pub test: Vec<usize>,
}

/// What must stay together, or be alike on both sides.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// Nothing: rows are drawn.
    Chance,
    /// Each class has the same part on both sides.
    Class(&'a [u32]),
    /// Rows of one group are on one side.
    Group(&'a [u64]),
    /// What is tested comes after what is learnt from; rows of one moment are
    /// on one side.
    Time(&'a [f64]),
}

impl By<'_> {
    fn check(&self, rows: usize) -> Result<()> {
        let length = match self {
            By::Chance => rows,
            By::Class(classes) => classes.len(),
            By::Group(groups) => groups.len(),
            By::Time(times) => times.len(),
        };
        if length != rows || matches!(self, By::Time(times) if times.iter().any(|t| t.is_nan())) {
            return Err(bad_parameter("Every row must have a class, group or time to be split by."));
        }
        Ok(())
    }

    /// Rows in an order in which neighbours at a distance are alike, as units
    /// that stay together.
    fn units(&self, rows: usize, seed: u64) -> Vec<Vec<usize>> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        match self {
            By::Chance => {
                let mut units: Vec<Vec<usize>> = (0..rows).map(|row| vec![row]).collect();
                units.shuffle(&mut random);
                units
            }
            By::Class(classes) => {
                let mut by_class: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
                (0..rows).for_each(|row| by_class.entry(classes[row]).or_default().push(row));
                by_class
                    .into_values()
                    .flat_map(|mut rows| {
                        rows.shuffle(&mut random);
                        rows.into_iter().map(|row| vec![row])
                    })
                    .collect()
            }
            By::Group(groups) => {
                let mut by_group: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
                (0..rows).for_each(|row| by_group.entry(groups[row]).or_default().push(row));
                let mut units: Vec<Vec<usize>> = by_group.into_values().collect();
                units.shuffle(&mut random);
                units
            }
            By::Time(times) => {
                let mut order: Vec<usize> = (0..rows).collect();
                order.sort_by(|&a, &b| times[a].total_cmp(&times[b]));
                order.chunk_by(|&a, &b| times[a] == times[b]).map(<[usize]>::to_vec).collect()
            }
        }
    }
}

fn split(mut train: Vec<usize>, mut test: Vec<usize>) -> Result<Split> {
    if train.is_empty() || test.is_empty() {
        return Err(not_enough("One side of the split would have no rows. Take more rows, or another part."));
    }
    train.sort_unstable();
    test.sort_unstable();
    Ok(Split { train, test })
}

/// Sets aside `part` of the rows to be judged by.
///
/// # Errors
/// `invalid_parameter`; `not_enough_data` where a side would have no rows.
pub fn train_test(rows: usize, part: f64, by: By<'_>, seed: u64) -> Result<Split> {
    if !(part > 0.0 && part < 1.0) {
        return Err(bad_parameter("The part to test must be above 0 and below 1."));
    }
    by.check(rows)?;
    let units = by.units(rows, seed);
    let (mut train, mut test) = (Vec::new(), Vec::new());
    match by {
        By::Class(classes) => {
            for class in units.chunk_by(|a, b| classes[a[0]] == classes[b[0]]) {
                // A class of two or more is on both sides.
                let most = class.len().saturating_sub(1);
                let count = ((class.len() as f64 * part).round() as usize).clamp(1.min(most), most);
                test.extend(class[..count].concat());
                train.extend(class[count..].concat());
            }
        }
        By::Chance | By::Group(_) => {
            let want = (rows as f64 * part).round() as usize;
            for unit in units {
                let more = test.len() + unit.len();
                // Whichever comes nearer to what is wanted.
                let nearer = more.abs_diff(want) <= test.len().abs_diff(want);
                if nearer { test.extend(unit) } else { train.extend(unit) }
            }
        }
        By::Time(_) => {
            let want = (rows as f64 * part).round() as usize;
            for unit in units.into_iter().rev() {
                let more = test.len() + unit.len();
                let open = train.is_empty() && more.abs_diff(want) <= test.len().abs_diff(want);
                if open { test.extend(unit) } else { train.extend(unit) }
            }
        }
    }
    split(train, test)
}

/// `folds` splits in which each row is judged once. Over time each fold learns
/// from all that came before it, and the first stretch is only learnt from.
///
/// # Errors
/// `invalid_parameter`; `not_enough_data` where a fold would have no rows.
pub fn folds(rows: usize, folds: usize, by: By<'_>, seed: u64) -> Result<Vec<Split>> {
    if !(2..=100).contains(&folds) {
        return Err(bad_parameter("There must be from 2 to 100 folds."));
    }
    by.check(rows)?;
    let units = by.units(rows, seed);
    if let By::Time(_) = by {
        let mut blocks: Vec<Vec<usize>> = vec![Vec::new(); folds + 1];
        let mut seen = 0;
        for unit in units {
            let block = (seen * (folds + 1) / rows.max(1)).min(folds);
            seen += unit.len();
            blocks[block].extend(unit);
        }
        return (1..=folds).map(|i| split(blocks[..i].concat(), blocks[i].clone())).collect();
    }
    let mut tests: Vec<Vec<usize>> = vec![Vec::new(); folds];
    for (i, unit) in units.into_iter().enumerate() {
        // In turn where units are rows; groups go where there is most room.
        let fold = match by {
            By::Group(_) => (0..folds).min_by_key(|&fold| tests[fold].len()).unwrap_or(0),
            _ => i % folds,
        };
        tests[fold].extend(unit);
    }
    (0..folds)
        .map(|fold| {
            let others = tests.iter().enumerate().filter(|(i, _)| *i != fold);
            split(others.flat_map(|(_, rows)| rows.iter().copied()).collect(), tests[fold].clone())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn whole(split: &Split, rows: usize) -> bool {
        let mut all = [&split.train[..], &split.test[..]].concat();
        all.sort_unstable();
        all == (0..rows).collect::<Vec<_>>()
    }

    #[test]
    fn classes_have_their_part_on_both_sides() {
        let classes: Vec<u32> = (0..1_000).map(|i| u32::from(i % 10 == 0) + u32::from(i == 5)).collect();
        let found = train_test(1_000, 0.2, By::Class(&classes), 3).unwrap();
        assert_eq!(found.test.iter().filter(|&&row| classes[row] == 1 && row != 5).count(), 20);
        assert_eq!(found.test.len(), 200);
        for fold in folds(1_000, 5, By::Class(&classes), 3).unwrap() {
            assert!((19..=21).contains(&fold.test.iter().filter(|&&row| classes[row] == 1).count()));
        }
        assert_ne!(found, train_test(1_000, 0.2, By::Class(&classes), 4).unwrap());
    }

    #[test]
    fn sides_without_rows_are_refused() {
        assert!(train_test(1, 0.5, By::Chance, 0).is_err() && train_test(10, 1.0, By::Chance, 0).is_err());
        assert!(train_test(9, 0.5, By::Time(&[1.0; 9]), 0).is_err());
        assert!(folds(3, 5, By::Chance, 0).is_err() && train_test(3, 0.5, By::Group(&[1]), 0).is_err());
    }

    proptest! {
        #[test]
        fn no_row_is_lost_and_no_group_torn(
            groups in prop::collection::vec(0_u64..12, 20..200), part in 0.1_f64..0.6, seed in 0_u64..50,
        ) {
            let n = groups.len();
            let plain = train_test(n, part, By::Chance, seed).unwrap();
            prop_assert!(whole(&plain, n) && plain.test.len() == (n as f64 * part).round() as usize);
            if let Ok(found) = train_test(n, part, By::Group(&groups), seed) {
                prop_assert!(whole(&found, n));
                prop_assert!(!found.test.iter().any(|&a| found.train.iter().any(|&b| groups[a] == groups[b])));
            }
            let times: Vec<f64> = groups.iter().map(|&g| g as f64).collect();
            if let Ok(found) = train_test(n, part, By::Time(&times), seed) {
                let last = found.train.iter().map(|&row| times[row]).fold(f64::MIN, f64::max);
                prop_assert!(whole(&found, n) && found.test.iter().all(|&row| times[row] > last));
            }
            for by in [By::Chance, By::Group(&groups)] {
                if let Ok(found) = folds(n, 3, by, seed) {
                    prop_assert!(found.iter().all(|fold| whole(fold, n)));
                    let mut tested: Vec<usize> = found.into_iter().flat_map(|fold| fold.test).collect();
                    tested.sort_unstable();
                    prop_assert_eq!(tested, (0..n).collect::<Vec<_>>());
                }
            }
            if let Ok(found) = folds(n, 3, By::Time(&times), seed) {
                for fold in found {
                    let last = fold.train.iter().map(|&row| times[row]).fold(f64::MIN, f64::max);
                    prop_assert!(fold.test.iter().all(|&row| times[row] > last));
                }
            }
        }
    }
}
