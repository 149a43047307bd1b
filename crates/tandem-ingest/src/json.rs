//! JSON: an array of objects, objects one after another, or one a line.
//!
//! An object within an object is flattened one level: `{"a": {"b": 1}}` is a
//! column `a.b`. What is nested deeper, and lists, are kept as JSON text. A key
//! that no column was planned for rejects its row, so that nothing is lost.

mod elements;
mod keys;
mod rows;

use std::{io::Read, path::Path};

use tandem_core::{Error, ErrorCode, Result};

use self::{elements::ElementSplitter, keys::Keys, rows::RowPlan};
use crate::{
    limits::Limits,
    options::{Compression, Delimiter, Format, ImportOptions, Quote, ResolvedOptions},
    reader::{Context, Reader},
    sniff::{Found, TextSample, Warning, WarningCode, plan},
    text::{
        input::{open_file, open_text},
        pipeline,
        records::Dialect,
        split::Splitter,
    },
};

/// Lines end records, and quotes don't matter to that.
const LINES: Dialect = Dialect { delimiter: Delimiter::Byte(b','), quote: None };
/// Size of the parts in which an array is looked at, in bytes.
const PART: usize = 256 << 10;
/// Parts at the start that are all looked at, then one of each `STRIDE`, up to `PARTS`.
const FIRST_PARTS: usize = 16;
const STRIDE: usize = 8;
const PARTS: usize = 128;

/// Looks at a JSON text.
pub(crate) fn sniff(
    path: &Path,
    format: Format,
    compression: Compression,
    options: &ImportOptions,
    limits: &Limits,
) -> Result<Found> {
    let mut warnings = Vec::new();
    let sample = TextSample::take(path, compression, options, limits, &mut warnings)?;
    let mut keys = Keys::new(limits.columns);
    let mut row_estimate = None;
    if format == Format::Ndjson {
        observe_lines(&sample.head, sample.whole, &mut keys);
        row_estimate = sample.estimate_rows(keys.records() as usize, 0);
        for spot in &sample.spots {
            observe_lines(spot, false, &mut keys);
        }
    } else {
        let (text, _) = open_text(path, compression, &sample.encoding, false, limits)?;
        if observe_parts(text, limits, &mut keys)? {
            row_estimate = Some(keys.records());
        }
    }
    if keys.records() == 0 {
        return Err(Error::new(
            ErrorCode::MalformedFile,
            "There is no JSON object in the file. It should hold an array of objects, or one object a line.",
        ));
    }
    let found = keys.columns(&mut warnings)?;
    let (columns, sniffed) = plan::plan(found, options, &mut warnings)?;
    let options = ResolvedOptions {
        format,
        compression,
        encoding: sample.encoding,
        carriage_returns: false,
        delimiter: Delimiter::Byte(b','),
        quote: Quote(None),
        header: false,
        skip_rows: 0,
        null_values: options.null_values.clone().unwrap_or_default(),
        sheet: None,
        columns,
    };
    Ok(Found { options, columns: sniffed, warnings, sheets: Vec::new(), row_estimate })
}

fn observe_lines(text: &[u8], whole: bool, keys: &mut Keys) {
    let end = if whole { text.len() } else { memchr::memrchr(b'\n', text).map_or(0, |at| at + 1) };
    for line in text[..end].split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|l| !l.is_empty()) {
        keys.observe(line);
    }
}

/// Looks at parts of an array, and says whether it was all of it.
fn observe_parts(text: impl Read, limits: &Limits, keys: &mut Keys) -> Result<bool> {
    let mut splitter = ElementSplitter::new(text, PART, limits.record_bytes);
    let mut all = true;
    for part in 0..PARTS {
        let Some(block) = splitter.next_block()? else { return Ok(all) };
        if part >= FIRST_PARTS && part % STRIDE != 0 {
            all = false;
            continue;
        }
        for (start, end) in block.spans {
            keys.observe(&block.bytes[start as usize..end as usize]);
        }
    }
    Ok(false)
}

/// Reads a JSON text.
pub(crate) fn open(path: &Path, options: &ResolvedOptions, context: &Context) -> Result<Reader> {
    let limits = &context.limits;
    let total = open_file(path)?.metadata()?.len();
    let (text, position) = open_text(path, options.compression, &options.encoding, false, limits)?;
    let plan = RowPlan::new(options);
    let schema = options.schema();
    let limit = limits.record_bytes;
    let chunks = if options.format == Format::Ndjson {
        let mut splitter = Splitter::new(text, LINES, limits.block_bytes, limit);
        let cut = move || Ok(splitter.next_block()?.map(elements::Elements::of_lines));
        pipeline::run(context, position, Some(total), 0, cut, move |block| rows::parse(block, &plan, limit))?
    } else {
        let mut splitter = ElementSplitter::new(text, limits.block_bytes, limit);
        let cut = move || splitter.next_block();
        pipeline::run(context, position, Some(total), 0, cut, move |block| rows::parse(block, &plan, limit))?
    };
    Ok(Reader::new(schema, chunks))
}

/// Says that nested values are kept as text.
fn nested_warning(column: &str) -> Warning {
    let message = format!("`{column}` holds lists or objects; they are kept as JSON text.");
    Warning::of_column(WarningCode::NestedAsText, column, "", message)
}
