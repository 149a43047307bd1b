//! The first rows as they would be read.

use std::path::Path;

use arrow::{
    array::RecordBatch,
    util::display::{ArrayFormatter, FormatOptions},
};
use tandem_core::{Error, Result};

use crate::{
    limits::Limits,
    options::ResolvedOptions,
    read,
    reader::{Context, Reader},
    reject::Reject,
};

const ROWS: usize = 100;
const REJECTS: usize = 20;
const CHUNKS: usize = 8;

/// Texts of rows, one a column.
pub(crate) type Rows = Vec<Vec<Option<String>>>;

/// The first rows of a file, and rejects among them.
pub(super) fn preview(path: &Path, options: &ResolvedOptions, limits: &Limits) -> Result<(Rows, Vec<Reject>)> {
    let limits = Limits { block_bytes: limits.block_bytes.min(128 << 10), threads: 1, ..limits.clone() };
    let context = Context { limits, ..Context::default() };
    preview_of(read::open(path, options, &context)?)
}

/// The first rows of a reader, and rejects among them.
pub(crate) fn preview_of(reader: Reader) -> Result<(Rows, Vec<Reject>)> {
    let (mut rows, mut rejects) = (Vec::new(), Vec::new());
    for chunk in reader.take(CHUNKS) {
        let chunk = chunk?;
        texts(&chunk.batch, ROWS - rows.len(), &mut rows).map_err(Error::internal)?;
        rejects.extend(chunk.rejects);
        if rows.len() >= ROWS {
            break;
        }
    }
    rejects.truncate(REJECTS);
    Ok((rows, rejects))
}

fn texts(batch: &RecordBatch, most: usize, rows: &mut Rows) -> Result<(), arrow::error::ArrowError> {
    let options =
        FormatOptions::new().with_timestamp_format(Some("%Y-%m-%d %H:%M:%S%.f")).with_timestamp_tz_format(Some("%+"));
    let formatters =
        batch.columns().iter().map(|c| ArrayFormatter::try_new(c.as_ref(), &options)).collect::<Result<Vec<_>, _>>()?;
    for row in 0..batch.num_rows().min(most) {
        let value = |(column, formatter): (&arrow::array::ArrayRef, &ArrayFormatter<'_>)| {
            (!column.is_null(row)).then(|| formatter.value(row).to_string())
        };
        rows.push(batch.columns().iter().zip(&formatters).map(value).collect());
    }
    Ok(())
}
