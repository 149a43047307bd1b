//! Boosting, round by round.

use rand::{Rng, SeedableRng, seq::index};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use tandem_core::Result;

use super::{
    BoostModel,
    bins::Binned,
    grow::Grower,
    histogram::Gradients,
    objective::Objective,
    params::BoostParams,
    tree::{Node, Tree},
};
use crate::{
    design::{Column, Features, TargetKind},
    work::{Work, bad_parameter, not_enough},
};

/// Rounds between two looks at the loss of training rows.
const LOOK: u32 = 5;

/// The loss after a round: log loss, or root mean squared error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RoundLoss {
    /// The round, from 1.
    pub round: u32,
    /// On training rows; every fifth round and the last.
    pub training: Option<f64>,
    /// On validation rows, where there are any.
    pub validation: Option<f64>,
}

/// A model, and how it came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fitted {
    /// The model, cut after its best round where it was stopped early.
    pub model: BoostModel,
    /// The loss by rounds.
    pub curve: Vec<RoundLoss>,
    /// The best round on validation rows, or the last.
    pub best_round: u32,
}

impl BoostModel {
    /// Fits a model. `target` holds numbers, or codes of classes; `classes` is
    /// ignored for other kinds than `Multiclass`. `watch` sees every round.
    ///
    /// # Errors
    /// `invalid_parameter`; `not_enough_data` without rows or features, or with
    /// early stopping but no validation rows; `cancelled`.
    pub fn fit(
        features: &Features,
        target: &[f64],
        (kind, classes): (TargetKind, usize),
        validation: Option<(&Features, &[f64])>,
        params: &BoostParams,
        work: &Work<'_>,
        watch: &mut dyn FnMut(&RoundLoss),
    ) -> Result<Fitted> {
        params.check()?;
        check(features, target, kind, classes, validation, params)?;
        work.progress.report("bin", 0, None);
        let binned = Binned::new(features, params.bins as usize, params.seed, work);
        work.check()?;
        let objective = Objective::new(kind, classes);
        let mut boosting = Boosting::new(features, target, objective, params, &binned, *work);
        let mut model =
            BoostModel { kind, features: features.names.clone(), base: boosting.base.clone(), trees: Vec::new() };
        let mut held: Option<Vec<f64>> =
            validation.map(|(rows, _)| model.base.iter().flat_map(|&b| vec![b; rows.rows]).collect());
        let mut curve = Vec::new();
        let mut best = (0_u32, f64::INFINITY);
        for round in 1..=params.rounds {
            work.check()?;
            work.progress.report("boost", u64::from(round - 1), Some(u64::from(params.rounds)));
            let trees = boosting.round();
            let stuck = trees.iter().all(|tree| matches!(tree.nodes[..], [Node::Leaf { .. }]));
            let mut loss = RoundLoss { round, training: None, validation: None };
            if let (Some(scores), Some((rows, target))) = (&mut held, validation) {
                for (tree, scores) in trees.iter().zip(scores.chunks_mut(rows.rows.max(1))) {
                    super::predict::add(tree, rows, scores, work);
                }
                loss.validation = Some(objective.loss(target, scores, work));
            }
            model.trees.extend(trees);
            let last = round == params.rounds || stuck;
            if round % LOOK == 0 || last {
                loss.training = Some(objective.loss(target, &boosting.scores, work));
            }
            if loss.validation.is_none_or(|loss| loss < best.1) {
                best = (round, loss.validation.unwrap_or(f64::INFINITY));
            }
            watch(&loss);
            curve.push(loss);
            let patience = params.early_stopping;
            if last || (patience > 0 && held.is_some() && round - best.0 >= patience) {
                break;
            }
        }
        if params.early_stopping > 0 && held.is_some() {
            model.trees.truncate(best.0 as usize * model.outputs());
        } else {
            best.0 = model.rounds() as u32;
        }
        Ok(Fitted { model, curve, best_round: best.0 })
    }
}

fn check(
    features: &Features,
    target: &[f64],
    kind: TargetKind,
    classes: usize,
    validation: Option<(&Features, &[f64])>,
    params: &BoostParams,
) -> Result<()> {
    if features.rows == 0 || features.columns.is_empty() || features.rows > u32::MAX as usize {
        return Err(not_enough("Boosting needs rows and at least one feature."));
    }
    let limit = match kind {
        TargetKind::Regression => f64::INFINITY,
        TargetKind::Binary => 2.0,
        TargetKind::Multiclass => classes as f64,
    };
    let fits = |rows: usize, target: &[f64]| {
        rows == target.len()
            && target.iter().all(|&y| {
                y.is_finite() && (kind == TargetKind::Regression || (y >= 0.0 && y < limit && y.fract() == 0.0))
            })
    };
    if !fits(features.rows, target) || validation.is_some_and(|(rows, target)| !fits(rows.rows, target)) {
        return Err(bad_parameter("The target must have one known value for each row."));
    }
    if kind == TargetKind::Multiclass && classes < 2 {
        return Err(bad_parameter("A target of several classes needs at least two."));
    }
    if params.early_stopping > 0 && validation.is_none_or(|(rows, _)| rows.rows == 0) {
        return Err(not_enough("Stopping early needs validation rows. Give some, or set early_stopping to 0."));
    }
    let many = features
        .columns
        .iter()
        .zip(&features.names)
        .find(|(column, _)| matches!(column, Column::Categorical { categories, .. } if *categories > 253));
    if let Some((_, name)) = many {
        return Err(bad_parameter(format!("Column {name} has too many categories for one byte. Group them.")));
    }
    Ok(())
}

/// The state between rounds.
struct Boosting<'a> {
    target: &'a [f64],
    objective: Objective,
    params: &'a BoostParams,
    features: &'a Features,
    work: Work<'a>,
    grower: Grower<'a>,
    random: ChaCha8Rng,
    base: Vec<f64>,
    /// Output after output.
    scores: Vec<f64>,
    gradients: Vec<f64>,
    hessians: Vec<f64>,
    rows: Vec<u32>,
}

impl<'a> Boosting<'a> {
    fn new(
        features: &'a Features,
        target: &'a [f64],
        objective: Objective,
        params: &'a BoostParams,
        binned: &'a Binned,
        work: Work<'a>,
    ) -> Self {
        let rows = binned.rows;
        let base = objective.base(target);
        Self {
            target,
            objective,
            params,
            features,
            work,
            grower: Grower::new(binned, params, work),
            random: ChaCha8Rng::seed_from_u64(params.seed),
            scores: base.iter().flat_map(|&b| vec![b; rows]).collect(),
            base,
            gradients: vec![0.0; rows],
            hessians: vec![1.0; rows],
            rows: Vec::with_capacity(rows),
        }
    }

    /// One tree for each output, all from the scores before the round.
    fn round(&mut self) -> Vec<Tree> {
        let rows = self.target.len();
        let sample = self.sample(rows);
        let before = (self.objective.outputs > 1).then(|| self.scores.clone());
        let mut trees = Vec::with_capacity(self.objective.outputs);
        for output in 0..self.objective.outputs {
            let allowed = self.choose();
            let scores = before.as_ref().unwrap_or(&self.scores);
            let out = (&mut self.gradients[..], &mut self.hessians[..]);
            self.objective.derivatives(self.target, scores, output, out, &self.work);
            let hessians = (self.objective.kind != TargetKind::Regression).then_some(&self.hessians[..]);
            let packed = Gradients::pack(&self.gradients, hessians, &self.work);
            self.rows.clear();
            match &sample {
                Some(sample) => self.rows.extend_from_slice(sample),
                None => self.rows.extend(0..rows as u32),
            }
            let grown = self.grower.grow(&packed, &mut self.rows, &allowed);
            let scores = &mut self.scores[output * rows..(output + 1) * rows];
            match &sample {
                // Rows that were left out need the tree too.
                Some(_) => super::predict::add(&grown.tree, self.features, scores, &self.work),
                None => {
                    for (leaf, value) in grown.leaves {
                        self.rows[leaf].iter().for_each(|&row| scores[row as usize] += value);
                    }
                }
            }
            trees.push(grown.tree);
        }
        trees
    }

    fn sample(&mut self, rows: usize) -> Option<Vec<u32>> {
        if self.params.row_fraction >= 1.0 {
            return None;
        }
        let count = ((rows as f64 * self.params.row_fraction) as usize).max(1);
        let mut sample: Vec<u32> = index::sample(&mut self.random, rows, count).iter().map(|row| row as u32).collect();
        sample.sort_unstable();
        Some(sample)
    }

    fn choose(&mut self) -> Vec<bool> {
        let width = self.features.columns.len();
        if self.params.feature_fraction >= 1.0 {
            return vec![true; width];
        }
        let count = ((width as f64 * self.params.feature_fraction).ceil() as usize).clamp(1, width);
        let mut allowed = vec![false; width];
        let mut random = ChaCha8Rng::seed_from_u64(self.random.random());
        index::sample(&mut random, width, count).iter().for_each(|feature| allowed[feature] = true);
        allowed
    }
}
