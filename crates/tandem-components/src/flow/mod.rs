//! What decides which way a workflow goes.

mod branch;
mod parameter;

use crate::{Body::Rows, catalog::Entry};

/// In the order of the palette.
pub(crate) const COMPONENTS: &[Entry] = &[
    (include_str!("parameter.json"), Rows(parameter::FUNCTION)),
    (include_str!("branch.json"), Rows(branch::FUNCTION)),
];
