//! What the components that look for structure have in common.

use arrow::array::RecordBatch;
use serde::Deserialize;
use tandem_core::Result;
use tandem_science::{
    design::{Column, Dense, Layout},
    model::{Learner, Prepared, Task, Trained},
};

use super::features::{Choice, whole};
use crate::{
    Ask, Host,
    refusal::{told, too_little},
};

#[derive(Deserialize)]
struct Params {
    #[serde(flatten)]
    choice: Choice,
}

/// Rows with all their columns, and the features among them.
pub(super) struct Rows {
    pub(super) batches: Vec<RecordBatch>,
    pub(super) prepared: Prepared,
}

impl Rows {
    /// Reads and encodes the table.
    pub(super) fn read(ask: &Ask<'_>, host: &dyn Host) -> Result<Self> {
        let params: Params = ask.params()?;
        let features = params.choice.of(ask.table("table")?, None)?;
        let batches = whole(ask, host, "table")?;
        host.work().progress.report("encode", 0, None);
        let prepared = Prepared::new(&batches, &features, &Task::Describe).map_err(told)?;
        if Layout::new(&prepared.encoder, false).width() == 0 {
            return Err(too_little(
                "All chosen columns have one value only, so rows can't be told apart. Choose others.",
                "所选的列取值都不变，无法区分各行，请改选其他列。",
            ));
        }
        Ok(Self { batches, prepared })
    }

    /// Learns from them.
    pub(super) fn learn(&self, learner: &Learner, host: &dyn Host) -> Result<Trained> {
        self.prepared.learn(learner, &host.work(), &mut |_| {}).map_err(told)
    }

    /// The matrix of numbers, and what its columns are called.
    pub(super) fn matrix(&self) -> (Layout, Dense) {
        let layout = Layout::new(&self.prepared.encoder, false);
        let dense = layout.standardized(&self.prepared.features);
        (layout, dense)
    }

    /// Features that are numbers, with their values.
    pub(super) fn numeric(&self) -> Vec<(&str, &[f64])> {
        let features = &self.prepared.features;
        let mut found = Vec::new();
        for (name, column) in features.names.iter().zip(&features.columns) {
            if let Column::Numeric(values) = column {
                found.push((name.as_str(), values.as_slice()));
            }
        }
        found
    }
}
