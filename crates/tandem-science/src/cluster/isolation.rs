//! Isolation forest: what random splits part from the rest at once is unusual.
//!
//! Liu, Ting and Zhou, "Isolation Forest" (ICDM 2008).

use rand::{Rng, SeedableRng, seq::index};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use tandem_core::Result;

use super::check;
use crate::{
    design::Dense,
    work::{Work, bad_parameter},
};

/// How to grow the forest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IsolationParams {
    /// How many trees.
    pub trees: u32,
    /// Rows of each tree.
    pub sample: u32,
    /// For rows and splits.
    pub seed: u64,
}

impl Default for IsolationParams {
    fn default() -> Self {
        Self { trees: 100, sample: 256, seed: 0 }
    }
}

/// A grown forest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IsolationForest {
    /// Rows of each tree.
    pub sample: u32,
    /// Columns of a row.
    pub width: usize,
    /// The trees.
    pub trees: Vec<IsolationTree>,
}

/// Nodes by number; a leaf has no column.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct IsolationTree {
    column: Vec<Option<u32>>,
    /// Rows below this go left.
    border: Vec<f64>,
    /// The left child; the right one is the next.
    left: Vec<u32>,
    /// How deep a leaf is, with what its rows would still take.
    depth: Vec<f64>,
}

/// The mean depth at which a row of `n` ends in a random tree.
fn mean_depth(n: usize) -> f64 {
    match n {
        0 | 1 => 0.0,
        2 => 1.0,
        n => {
            let n = n as f64;
            2.0 * ((n - 1.0).ln() + 0.577_215_664_901_532_9) - 2.0 * (n - 1.0) / n
        }
    }
}

impl IsolationForest {
    /// Grows a forest.
    ///
    /// # Errors
    /// `invalid_parameter`; `not_enough_data` for fewer than two rows;
    /// `cancelled`.
    pub fn fit(rows: &Dense, params: &IsolationParams, work: &Work<'_>) -> Result<Self> {
        if params.trees == 0 || params.sample < 2 {
            return Err(bad_parameter("trees must be 1 or more, and sample 2 or more."));
        }
        check(rows, 2)?;
        let size = (params.sample as usize).min(rows.rows);
        let limit = (size as f64).log2().ceil() as usize;
        let trees: Vec<Result<IsolationTree>> = work.each((0..params.trees).collect(), |_, tree| {
            work.check()?;
            // Each tree has chance of its own, so that threads don't matter.
            let mut random = ChaCha8Rng::seed_from_u64(params.seed);
            random.set_stream(u64::from(tree) + 1);
            let mut sample: Vec<usize> = index::sample(&mut random, rows.rows, size).into_vec();
            let mut grown = IsolationTree::default();
            grown.push();
            grown.grow(rows, &mut sample, (0, 0), limit, &mut random);
            Ok(grown)
        });
        let trees = trees.into_iter().collect::<Result<_>>()?;
        Ok(Self { sample: size as u32, width: rows.width, trees })
    }

    /// How unusual each row is, from 0 to 1; 0.5 is ordinary.
    ///
    /// # Errors
    /// `invalid_parameter` for rows of another width; `cancelled`.
    pub fn scores(&self, rows: &Dense, work: &Work<'_>) -> Result<Vec<f64>> {
        if rows.width != self.width {
            return Err(bad_parameter("These rows do not have the columns that the forest was grown with."));
        }
        let norm = mean_depth(self.sample as usize) * self.trees.len() as f64;
        let parts: Vec<Result<Vec<f64>>> = work.pieces(rows.rows, 1_024, |range| {
            work.check()?;
            let score = |row| {
                let depth: f64 = self.trees.iter().map(|tree| tree.depth_of(rows.row(row))).sum();
                (-depth / norm.max(f64::MIN_POSITIVE)).exp2()
            };
            Ok(range.map(score).collect())
        });
        let mut scores = Vec::with_capacity(rows.rows);
        for part in parts {
            scores.extend(part?);
        }
        Ok(scores)
    }
}

impl IsolationTree {
    fn push(&mut self) -> usize {
        self.column.push(None);
        self.border.push(0.0);
        self.left.push(0);
        self.depth.push(0.0);
        self.column.len() - 1
    }

    fn grow(
        &mut self,
        rows: &Dense,
        sample: &mut [usize],
        (node, depth): (usize, usize),
        limit: usize,
        random: &mut ChaCha8Rng,
    ) {
        let range = |column: usize| {
            sample.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &row| {
                let value = rows.row(row)[column];
                (low.min(value), high.max(value))
            })
        };
        let varying: Vec<(usize, (f64, f64))> = if sample.len() > 1 && depth < limit {
            (0..rows.width).map(|column| (column, range(column))).filter(|(_, (low, high))| high > low).collect()
        } else {
            Vec::new()
        };
        if varying.is_empty() {
            self.depth[node] = depth as f64 + mean_depth(sample.len());
            return;
        }
        let (column, (low, high)) = varying[random.random_range(0..varying.len())];
        // Above the lowest and up to the highest: both sides have rows.
        let border = high - random.random::<f64>() * (high - low);
        let border = if border > low { border } else { high };
        let mut middle = 0;
        for i in 0..sample.len() {
            if rows.row(sample[i])[column] < border {
                sample.swap(i, middle);
                middle += 1;
            }
        }
        let left = self.push();
        let right = self.push();
        (self.column[node], self.border[node], self.left[node]) = (Some(column as u32), border, left as u32);
        let (below, above) = sample.split_at_mut(middle);
        self.grow(rows, below, (left, depth + 1), limit, random);
        self.grow(rows, above, (right, depth + 1), limit, random);
    }

    fn depth_of(&self, row: &[f64]) -> f64 {
        let mut at = 0;
        while let Some(column) = self.column[at] {
            at = self.left[at] as usize + usize::from(row[column as usize] >= self.border[at]);
        }
        self.depth[at]
    }
}
