//! The component whose code is a parameter: what a cell of a notebook becomes.

use std::path::Path;

use tandem_core::Result;
use tandem_flow::Signature;

use crate::{
    Limits, Own, embedded,
    own::{Code, find},
};

/// Its name.
pub const PYTHON: &str = "python";

/// It, in the environment “default”.
pub(crate) fn free(environments: &Path, limits: Limits) -> Result<Own> {
    Ok(Own {
        signature: Signature::parse(include_str!("free.json"))?,
        code: Code::Parameter,
        content: embedded::digest().to_hex().to_string(),
        environment: find(environments, "default"),
        runs_in: "default".to_owned(),
        limits,
    })
}
