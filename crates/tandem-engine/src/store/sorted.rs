//! Whether rows come in the order that somebody says they do.

use arrow::{
    array::RecordBatch,
    compute::SortOptions,
    datatypes::Schema,
    row::{OwnedRow, RowConverter, SortField},
};
use tandem_core::{Error, Result};

/// Ascending, nulls last, as `VersionInfo::sorted_by` means it.
pub(crate) const ORDER: SortOptions = SortOptions { descending: false, nulls_first: false };

/// Follows rows as they pass.
pub(super) struct SortCheck {
    /// Nothing to check, or no longer.
    converter: Option<RowConverter>,
    columns: Vec<usize>,
    last: Option<OwnedRow>,
    broken: bool,
}

impl SortCheck {
    /// Checks the order by these columns; none is no order at all.
    pub(super) fn new(schema: &Schema, columns: &[usize]) -> Result<Self> {
        let fields = columns
            .iter()
            .map(|at| SortField::new_with_options(schema.field(*at).data_type().clone(), ORDER))
            .collect::<Vec<_>>();
        let converter = match fields.is_empty() {
            true => None,
            false => Some(RowConverter::new(fields).map_err(Error::internal)?),
        };
        Ok(Self { broken: converter.is_none(), converter, columns: columns.to_vec(), last: None })
    }

    pub(super) fn see(&mut self, batch: &RecordBatch) -> Result<()> {
        let (Some(converter), false) = (&self.converter, self.broken) else { return Ok(()) };
        let columns = self.columns.iter().map(|at| batch.column(*at).clone()).collect::<Vec<_>>();
        let rows = converter.convert_columns(&columns).map_err(Error::internal)?;
        let Some(last) = rows.num_rows().checked_sub(1) else { return Ok(()) };
        let follows = self.last.as_ref().is_none_or(|before| before.row() <= rows.row(0));
        self.broken = !follows || (0..last).any(|at| rows.row(at) > rows.row(at + 1));
        self.last = Some(rows.row(last).owned());
        Ok(())
    }

    /// Whether an order was asked about and every row kept it.
    pub(super) fn holds(&self) -> bool {
        !self.broken
    }
}
