//! Classes by gradient boosting.

use tandem_core::Result;

use super::{
    boosting,
    train::{Teach, no_table, train},
};
use crate::{Ask, Function, Host, Outputs};

pub(super) const FUNCTION: Function = Function { columns: no_table, run };

fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    train(ask, host, Teach::Classify, &boosting::learner(ask)?)
}
