//! k-means: as many groups as asked for, each around its mean.
//!
//! Lloyd's algorithm from the starts of Arthur and Vassilvitskii, "k-means++:
//! The Advantages of Careful Seeding" (SODA 2007), the best of several starts.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use tandem_core::Result;

use super::{check, squared_distance};
use crate::{
    design::Dense,
    work::{Work, bad_parameter},
};

/// Rows of one piece of work; sums are made piece by piece.
const PIECE: usize = 4_096;

/// How to group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KMeansParams {
    /// How many groups.
    pub clusters: u32,
    /// How many starts.
    pub starts: u32,
    /// The most rounds of a start.
    pub rounds: u32,
    /// For the starts.
    pub seed: u64,
}

impl Default for KMeansParams {
    fn default() -> Self {
        Self { clusters: 8, starts: 10, rounds: 300, seed: 0 }
    }
}

/// Centres, the largest group first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KMeans {
    /// The mean of each group.
    pub centers: Vec<Vec<f64>>,
}

/// A grouping.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KMeansFit {
    /// The centres.
    pub model: KMeans,
    /// The group of each row.
    pub labels: Vec<u32>,
    /// Rows of each group.
    pub sizes: Vec<u64>,
    /// The sum of squared distances to the centres.
    pub inertia: f64,
    /// That of one group, for comparison.
    pub total: f64,
    /// Rounds that the best start took.
    pub rounds: u32,
    /// Whether nothing moved at the end.
    pub converged: bool,
}

struct Round {
    labels: Vec<u32>,
    inertia: f64,
    sums: Vec<f64>,
    counts: Vec<u64>,
    /// The row that is farthest from its centre.
    farthest: (f64, usize),
}

impl KMeans {
    /// Groups rows.
    ///
    /// # Errors
    /// `invalid_parameter`; `not_enough_data` for fewer rows than groups;
    /// `cancelled`.
    pub fn fit(rows: &Dense, params: &KMeansParams, work: &Work<'_>) -> Result<KMeansFit> {
        let k = params.clusters as usize;
        if k == 0 || params.starts == 0 || params.rounds == 0 {
            return Err(bad_parameter("clusters, starts and rounds must be 1 or more."));
        }
        check(rows, k)?;
        let mut random = ChaCha8Rng::seed_from_u64(params.seed);
        let mut best: Option<KMeansFit> = None;
        for start in 0..params.starts {
            work.progress.report("cluster", u64::from(start), Some(u64::from(params.starts)));
            let centers = seed(rows, k, &mut random, work)?;
            let fit = lloyd(rows, centers, params.rounds, work)?;
            if best.as_ref().is_none_or(|best| fit.inertia < best.inertia) {
                best = Some(fit);
            }
        }
        let mut fit = best.ok_or_else(|| bad_parameter("starts must be 1 or more."))?;
        fit.total = lloyd(rows, vec![0.0; rows.width], 2, work)?.inertia;
        Ok(fit.ordered())
    }

    /// The group of each row: the nearest centre, the first of equals.
    pub fn assign(&self, rows: &Dense, work: &Work<'_>) -> Vec<u32> {
        round(rows, &self.centers.concat(), work).labels
    }
}

impl KMeansFit {
    /// The same with the largest group first, equally large ones by centre.
    fn ordered(mut self) -> Self {
        let mut order: Vec<usize> = (0..self.sizes.len()).collect();
        let centers = &self.model.centers;
        order.sort_by(|&a, &b| {
            self.sizes[b].cmp(&self.sizes[a]).then_with(|| {
                let pairs = centers[a].iter().zip(&centers[b]).map(|(a, b)| a.total_cmp(b));
                pairs.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
            })
        });
        let mut place = vec![0; order.len()];
        order.iter().enumerate().for_each(|(new, &old)| place[old] = new as u32);
        self.labels.iter_mut().for_each(|label| *label = place[*label as usize]);
        self.model.centers = order.iter().map(|&old| self.model.centers[old].clone()).collect();
        self.sizes = order.iter().map(|&old| self.sizes[old]).collect();
        self
    }
}

/// Starts far from one another: each is drawn by its squared distance from
/// those before it, the best of a few draws.
fn seed(rows: &Dense, k: usize, random: &mut ChaCha8Rng, work: &Work<'_>) -> Result<Vec<f64>> {
    let draws = 2 + (k as f64).ln() as usize;
    let mut centers = rows.row(random.random_range(0..rows.rows)).to_vec();
    let mut distances = vec![f64::INFINITY; rows.rows];
    let nearer = |distances: &[f64], center: &[f64]| -> Vec<f64> {
        let parts = work.pieces(rows.rows, PIECE, |range| {
            range.map(|row| distances[row].min(squared_distance(rows.row(row), center))).collect::<Vec<f64>>()
        });
        parts.concat()
    };
    distances = nearer(&distances, &centers);
    for _ in 1..k {
        work.check()?;
        let total: f64 = distances.iter().sum();
        let mut best: Option<(f64, usize, Vec<f64>)> = None;
        for _ in 0..draws {
            let mut left = random.random::<f64>() * total;
            let drawn = distances.iter().position(|d| {
                left -= d;
                left < 0.0
            });
            // All the same: any row will do.
            let row = drawn.unwrap_or_else(|| random.random_range(0..rows.rows));
            let then = nearer(&distances, rows.row(row));
            let sum: f64 = then.iter().sum();
            if best.as_ref().is_none_or(|best| sum < best.0) {
                best = Some((sum, row, then));
            }
        }
        if let Some((_, row, then)) = best {
            centers.extend_from_slice(rows.row(row));
            distances = then;
        }
    }
    Ok(centers)
}

fn round(rows: &Dense, centers: &[f64], work: &Work<'_>) -> Round {
    let (width, k) = (rows.width, centers.len() / rows.width.max(1));
    let parts = work.pieces(rows.rows, PIECE, |range| {
        let mut part = Round {
            labels: Vec::with_capacity(range.len()),
            inertia: 0.0,
            sums: vec![0.0; k * width],
            counts: vec![0; k],
            farthest: (-1.0, 0),
        };
        for row in range {
            let cells = rows.row(row);
            let mut nearest = (f64::INFINITY, 0);
            for (i, center) in centers.chunks(width).enumerate() {
                let distance = squared_distance(cells, center);
                if distance < nearest.0 {
                    nearest = (distance, i);
                }
            }
            let (distance, i) = nearest;
            part.labels.push(i as u32);
            part.inertia += distance;
            part.counts[i] += 1;
            part.sums[i * width..(i + 1) * width].iter_mut().zip(cells).for_each(|(sum, v)| *sum += v);
            if distance > part.farthest.0 {
                part.farthest = (distance, row);
            }
        }
        part
    });
    let mut all = Round {
        labels: Vec::with_capacity(rows.rows),
        inertia: 0.0,
        sums: vec![0.0; k * width],
        counts: vec![0; k],
        farthest: (-1.0, 0),
    };
    for part in parts {
        all.labels.extend(part.labels);
        all.inertia += part.inertia;
        all.sums.iter_mut().zip(part.sums).for_each(|(a, b)| *a += b);
        all.counts.iter_mut().zip(part.counts).for_each(|(a, b)| *a += b);
        if part.farthest.0 > all.farthest.0 {
            all.farthest = part.farthest;
        }
    }
    all
}

fn lloyd(rows: &Dense, mut centers: Vec<f64>, most: u32, work: &Work<'_>) -> Result<KMeansFit> {
    let width = rows.width;
    let mut here = round(rows, &centers, work);
    let (mut rounds, mut converged) = (0, false);
    while rounds < most && !converged {
        work.check()?;
        rounds += 1;
        let mut refilled = false;
        for (i, &count) in here.counts.iter().enumerate() {
            let center = &mut centers[i * width..(i + 1) * width];
            if count > 0 {
                let sums = &here.sums[i * width..(i + 1) * width];
                center.iter_mut().zip(sums).for_each(|(c, sum)| *c = sum / count as f64);
            } else if !refilled && here.farthest.0 > 0.0 {
                // An empty group begins anew where the fit is worst.
                center.copy_from_slice(rows.row(here.farthest.1));
                refilled = true;
            }
        }
        let next = round(rows, &centers, work);
        converged = next.labels == here.labels && !refilled;
        here = next;
    }
    let model = KMeans { centers: centers.chunks(width).map(<[f64]>::to_vec).collect() };
    Ok(KMeansFit {
        model,
        labels: here.labels,
        sizes: here.counts,
        inertia: here.inertia,
        total: 0.0,
        rounds,
        converged,
    })
}
