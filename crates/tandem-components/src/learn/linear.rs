//! The parameters of linear models.

use serde::Deserialize;
use tandem_core::Result;
use tandem_science::{linear::LinearParams, model::Learner};

use crate::Ask;

#[derive(Deserialize)]
struct Params {
    l2: f64,
    confidence: f64,
}

/// The learner that the parameters describe.
pub(super) fn learner(ask: &Ask<'_>) -> Result<Learner> {
    let Params { l2, confidence } = ask.params()?;
    Ok(Learner::Linear(LinearParams { l2, confidence, ..LinearParams::default() }))
}
