//! The first rows as aligned text.

use arrow::{
    datatypes::DataType,
    util::display::{ArrayFormatter, FormatOptions},
};
use futures::StreamExt;
use tandem_app::tables::QueryStream;
use tandem_core::{Error, Result};

use crate::terminal::{Align, Table};

/// The most rows that are shown.
const ROWS: u64 = 1_000;

/// What is shown, and how much is not.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) text: String,
    pub(super) left_out: u64,
}

/// Reads all rows and lays out the first.
///
/// # Errors
/// Those of the query.
pub(super) async fn render(stream: &mut QueryStream) -> Result<Shown> {
    let schema = stream.schema();
    let align = |t: &DataType| if t.is_numeric() { Align::Right } else { Align::Left };
    let mut table = Table::new(schema.fields().iter().map(|f| (f.name().as_str(), align(f.data_type()))));
    let options = FormatOptions::new().with_null("null");
    let (mut shown, mut left_out) = (0, 0);
    while let Some(batch) = stream.next().await {
        let batch = batch?;
        let columns = batch.columns().iter().map(|c| ArrayFormatter::try_new(c.as_ref(), &options));
        let columns = columns.collect::<std::result::Result<Vec<_>, _>>().map_err(Error::internal)?;
        for row in 0..batch.num_rows() {
            if shown == ROWS {
                left_out += (batch.num_rows() - row) as u64;
                break;
            }
            table.row(columns.iter().map(|c| c.value(row).to_string()));
            shown += 1;
        }
    }
    Ok(Shown { text: table.render(), left_out })
}
