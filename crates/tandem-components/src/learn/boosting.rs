//! The parameters of gradient boosting.

use serde::Deserialize;
use tandem_core::Result;
use tandem_science::{boost::BoostParams, model::Learner};

use crate::Ask;

#[derive(Deserialize)]
struct Params {
    rounds: u32,
    learning_rate: f64,
    leaves: u32,
    max_depth: u32,
    min_rows: u32,
    l2: f64,
    feature_fraction: f64,
    row_fraction: f64,
    early_stopping: u32,
}

/// The learner that the parameters describe; chance comes from the node's seed.
pub(super) fn learner(ask: &Ask<'_>) -> Result<Learner> {
    let params: Params = ask.params()?;
    Ok(Learner::Boosting(BoostParams {
        rounds: params.rounds,
        learning_rate: params.learning_rate,
        leaves: params.leaves,
        max_depth: params.max_depth,
        min_rows: params.min_rows,
        l2: params.l2,
        feature_fraction: params.feature_fraction,
        row_fraction: params.row_fraction,
        early_stopping: params.early_stopping,
        seed: ask.seed,
        ..BoostParams::default()
    }))
}
