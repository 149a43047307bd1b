//! What the tests share.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use arrow::{
    array::RecordBatch,
    util::display::{ArrayFormatter, FormatOptions},
};
use tandem_ingest::{Context, ImportOptions, Limits, Reject, Sniffed, open, sniff_within};

/// A file of the shared data, where that is there.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("TANDEM_SHARED_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let path = folder.join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not there; set TANDEM_SHARED_DATA", path.display());
    None
}

/// Everything that comes of a file.
pub(crate) struct Outcome {
    pub(crate) sniffed: Sniffed,
    pub(crate) batches: Vec<RecordBatch>,
    pub(crate) rejects: Vec<Reject>,
}

impl Outcome {
    pub(crate) fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// `name: type` of every column.
    pub(crate) fn columns(&self) -> Vec<String> {
        self.sniffed.columns.iter().map(|c| format!("{}: {}", c.name, c.column_type)).collect()
    }

    /// All the values of a column as text; missing ones as `∅`.
    pub(crate) fn texts(&self, column: &str) -> Vec<String> {
        self.batches.iter().flat_map(|b| texts(b, column)).collect()
    }

    /// The codes of the warnings.
    pub(crate) fn warnings(&self) -> Vec<tandem_ingest::WarningCode> {
        self.sniffed.warnings.iter().map(|w| w.code).collect()
    }
}

/// The values of a column as text.
pub(crate) fn texts(batch: &RecordBatch, column: &str) -> Vec<String> {
    let options = FormatOptions::new().with_null("∅");
    let formatter = ArrayFormatter::try_new(batch.column_by_name(column).unwrap().as_ref(), &options).unwrap();
    (0..batch.num_rows()).map(|row| formatter.value(row).to_string()).collect()
}

/// Sniffs and reads.
pub(crate) fn read(path: &Path, options: &ImportOptions) -> tandem_core::Result<Outcome> {
    read_within(path, options, &Limits::default())
}

/// Sniffs and reads within limits.
pub(crate) fn read_within(path: &Path, options: &ImportOptions, limits: &Limits) -> tandem_core::Result<Outcome> {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let sniffed = sniff_within(path, &name, options, limits)?;
    let context = Context { limits: limits.clone(), ..Context::default() };
    let (batches, rejects) = open(path, &sniffed.options, &context)?.collect_all()?;
    Ok(Outcome { sniffed, batches, rejects })
}

/// The bytes, compressed.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
