//! Sniffs delimited text.

use std::{
    io::{Cursor, Read},
    path::Path,
};

use tandem_core::{Error, ErrorCode, Result};

use super::{
    Found, dialect, encoding, header,
    infer::Inference,
    plan::{self, FoundColumn},
    sample::Sample,
    warning::{Warning, WarningCode},
};
use crate::{
    cells::{Cell, CellTable},
    limits::Limits,
    options::{Compression, Format, ImportOptions, Quote, ResolvedOptions},
    text::{
        csv::mask_invalid,
        input::{decode, find_encoding, read_error},
        records::{Dialect, scan_records},
    },
};

/// Part of uneven records above which that is said.
const RAGGED: f64 = 0.001;
/// Rows below the first in which its texts are looked for.
const COMPARED: usize = 200;

/// Looks at a delimited text.
pub(super) fn sniff(
    path: &Path,
    file_name: &str,
    compression: Compression,
    options: &ImportOptions,
    limits: &Limits,
) -> Result<Found> {
    let mut warnings = Vec::new();
    let text = TextSample::take(path, compression, options, limits, &mut warnings)?;
    let mut skip = options.skip_rows.unwrap_or(0);
    let found = dialect::detect(text.below(skip), options, file_name);
    if options.skip_rows.is_none() && found.preamble > 0 {
        skip = found.preamble;
        let lines = skip.to_string();
        let message = format!("The first {skip} lines are no part of the table and are left out.");
        warnings.push(Warning::new(WarningCode::LinesSkipped, lines, message));
    }
    let head = Table::read(text.below(skip), found.dialect, !text.whole);
    if head.rows.is_empty() && !text.whole {
        return Err(Error::new(
            ErrorCode::RecordTooLong,
            "The first line is longer than a megabyte, so the file is no table. Check what ends its lines.",
        ));
    }
    if head.rows.is_empty() {
        return Err(Error::new(
            ErrorCode::MalformedFile,
            "There is no row in the file. Choose a file with data in it.",
        ));
    }
    let width = head.usual_width(options.header);
    if width > limits.columns {
        return Err(Error::new(
            ErrorCode::MalformedFile,
            format!("The file has {width} columns; at most {} can be imported.", limits.columns),
        ));
    }
    let spots: Vec<Table> = text.spots.iter().map(|s| Table::read(s, found.dialect, true)).collect();
    let has_header = options.header.unwrap_or_else(|| guess_header(&head, width, &mut warnings));
    let mut names_row = has_header.then(|| head.row_texts(0));
    if let Some(given) = names_row.as_mut().filter(|r| r.len() + 1 == width)
        && head.has_values(width - 1, width)
    {
        // R writes the names of rows first, without a name for them.
        given.insert(0, None);
    }
    let (names, name_warnings) = header::names(names_row.as_deref(), width);
    warnings.extend(name_warnings);
    if let Some(given) = names_row.as_ref().filter(|r| r.len() != width) {
        let detail = format!("{} / {width}", given.len());
        let message = format!("The header names {} columns, the rows have {width}.", given.len());
        warnings.push(Warning::new(WarningCode::HeaderWidth, detail, message));
    }
    let data = usize::from(has_header);
    if head.rows.len() == data {
        warnings.push(Warning::new(WarningCode::NoRows, "", "The file has column names and no rows."));
    }
    if 1.0 - found.even > RAGGED {
        let share = format!("{:.1} %", (1.0 - found.even) * 100.0);
        let message = format!(
            "About {share} of the rows have another number of fields than {width}; they will be set aside as rejected."
        );
        warnings.push(Warning::new(WarningCode::RaggedRows, share, message));
    }
    let mut inferences = Vec::with_capacity(width);
    for at in 0..width {
        let nulls = options.null_values.as_deref().unwrap_or_default();
        let mut inference = Inference::default();
        head.observe(at, width, data, nulls, &mut inference);
        for spot in &spots {
            spot.observe(at, width, 0, nulls, &mut inference);
        }
        inferences.push(inference);
    }
    let commas = inferences.iter().any(Inference::shows_commas);
    let columns = names.into_iter().zip(inferences).map(|(name, inference)| FoundColumn {
        inferred: inference.infer_beside(&name, commas),
        nullable: inference.nullable(),
        samples: inference.samples().to_vec(),
        include: true,
        name,
    });
    let columns = columns.collect();
    let row_estimate = text.estimate_rows(head.rows.len(), data);
    let (plans, columns) = plan::plan(columns, options, &mut warnings)?;
    let options = ResolvedOptions {
        format: Format::Csv,
        compression,
        encoding: text.encoding,
        carriage_returns: text.carriage_returns,
        delimiter: found.dialect.delimiter,
        quote: Quote(found.dialect.quote),
        header: has_header,
        skip_rows: skip,
        null_values: options.null_values.clone().unwrap_or_default(),
        sheet: None,
        columns: plans,
    };
    Ok(Found { options, columns, warnings, sheets: Vec::new(), row_estimate })
}

/// A sample of a text, decoded, with whole lines only.
pub(crate) struct TextSample {
    pub(crate) head: Vec<u8>,
    pub(crate) spots: Vec<Vec<u8>>,
    pub(crate) whole: bool,
    pub(crate) encoding: String,
    pub(crate) carriage_returns: bool,
    stored: u64,
    head_stored: u64,
    compressed: bool,
}

impl TextSample {
    pub(crate) fn take(
        path: &Path,
        compression: Compression,
        options: &ImportOptions,
        limits: &Limits,
        warnings: &mut Vec<Warning>,
    ) -> Result<Self> {
        let sample = Sample::take(path, compression, limits)?;
        let encoding = match &options.encoding {
            Some(name) => find_encoding(name)?.name().to_ascii_lowercase(),
            None => {
                let found = encoding::detect(&sample)?;
                let name = found.name;
                if found.mixed {
                    let message = format!("Some lines are not in {name}; they will be set aside as rejected.");
                    warnings.push(Warning::new(WarningCode::MixedEncoding, name.clone(), message));
                }
                if found.unsure {
                    let message = format!(
                        "The encoding {name} was guessed from few characters. If texts of the preview read wrong, \
                         choose another."
                    );
                    warnings.push(Warning::new(WarningCode::UncertainEncoding, name.clone(), message));
                }
                name
            }
        };
        let head_stored = sample.head.len() as u64;
        let mut head = to_utf8(sample.head, &encoding)?;
        let carriage_returns = !head.contains(&b'\n') && head.contains(&b'\r');
        let mut spots = sample.spots.into_iter().map(|s| to_utf8(s, &encoding)).collect::<Result<Vec<_>>>()?;
        if carriage_returns {
            for text in spots.iter_mut().chain(std::iter::once(&mut head)) {
                text.iter_mut().filter(|b| **b == b'\r').for_each(|b| *b = b'\n');
            }
        }
        for spot in &mut spots {
            let first = memchr::memchr(b'\n', spot).map_or(spot.len(), |at| at + 1);
            spot.drain(..first);
        }
        if sample.whole && !head.ends_with(b"\n") {
            head.push(b'\n');
        }
        Ok(Self {
            head,
            spots,
            whole: sample.whole,
            encoding,
            carriage_returns,
            stored: sample.stored,
            head_stored,
            compressed: compression != Compression::None,
        })
    }

    /// The head without its first lines.
    fn below(&self, lines: u32) -> &[u8] {
        let mut text = self.head.as_slice();
        for _ in 0..lines {
            text = memchr::memchr(b'\n', text).map_or(&[], |at| &text[at + 1..]);
        }
        text
    }

    /// Rows of the whole file, by those of the head.
    pub(crate) fn estimate_rows(&self, records: usize, header: usize) -> Option<u64> {
        let rows = records.saturating_sub(header) as u64;
        if self.whole {
            return Some(rows);
        }
        (!self.compressed).then(|| rows * self.stored / self.head_stored.max(1))
    }
}

fn to_utf8(bytes: Vec<u8>, encoding: &str) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    decode(Box::new(Cursor::new(bytes)), encoding)?.read_to_end(&mut text).map_err(read_error)?;
    Ok(text)
}

/// The records of a stretch of text.
struct Table {
    text: String,
    cells: Vec<Cell>,
    /// First cell, number of cells, and whether the quoting is in order.
    rows: Vec<(usize, usize, bool)>,
    quote: char,
}

impl Table {
    /// Reads the records; where the text was `cut`, the last may be partial.
    fn read(text: &[u8], dialect: Dialect, cut: bool) -> Self {
        let text = if cut { &text[..memchr::memrchr(b'\n', text).map_or(0, |at| at + 1)] } else { text };
        let mut bytes = text.to_vec();
        if !bytes.is_empty() && !bytes.ends_with(b"\n") {
            bytes.push(b'\n');
        }
        mask_invalid(&mut bytes);
        let (mut cells, mut rows) = (Vec::new(), Vec::new());
        scan_records(&bytes, dialect, false, &mut cells, |cells, record| {
            rows.push((record.first, cells.len() - record.first, record.stray));
        });
        let text = String::from_utf8(bytes).unwrap_or_default();
        Self { text, cells, rows, quote: dialect.quote.map_or('"', char::from) }
    }

    /// The number of fields that most records have.
    fn usual_width(&self, header: Option<bool>) -> usize {
        let mut counts = std::collections::BTreeMap::<usize, usize>::new();
        // The header may have its own.
        let skip = usize::from(header != Some(false) && self.rows.len() > 1);
        for (_, fields, _) in &self.rows[skip..] {
            *counts.entry(*fields).or_default() += 1;
        }
        counts.into_iter().max_by_key(|(fields, n)| (*n, *fields)).map_or(1, |(fields, _)| fields)
    }

    fn table(&self) -> CellTable<'_> {
        CellTable { text: &self.text, cells: &self.cells, width: 1, quote: self.quote }
    }

    fn row_texts(&self, row: usize) -> Vec<Option<String>> {
        let (first, fields, _) = self.rows[row];
        let table = self.table();
        self.cells[first..first + fields]
            .iter()
            .map(|c| Some(table.value(*c).trim().to_owned()).filter(|v| !v.is_empty()))
            .collect()
    }

    /// Whether any row of that width has a value in the column.
    fn has_values(&self, column: usize, width: usize) -> bool {
        self.rows.iter().skip(1).any(|(first, fields, _)| *fields == width && !self.cells[first + column].is_missing())
    }

    /// Takes note of a column's values in the rows that fit.
    fn observe(&self, column: usize, width: usize, from: usize, nulls: &[String], inference: &mut Inference) {
        let table = self.table();
        for (first, fields, stray) in self.rows.iter().skip(from) {
            if *fields != width || *stray {
                continue;
            }
            let cell = self.cells[first + column];
            let value = table.value(cell);
            let missing = cell.is_missing() || nulls.iter().any(|n| *n == value);
            inference.observe((!missing).then_some(value.as_ref()));
        }
    }
}

fn guess_header(head: &Table, width: usize, warnings: &mut Vec<Warning>) -> bool {
    let first = head.row_texts(0);
    let types: Vec<_> = (0..width)
        .map(|at| {
            let mut below = Inference::default();
            head.observe(at, width, 1, &[], &mut below);
            below.infer(first.get(at).and_then(Option::as_deref).unwrap_or_default()).column_type
        })
        .collect();
    let table = head.table();
    let occurs = |at: usize, text: &str| {
        head.rows
            .iter()
            .skip(1)
            .take(COMPARED)
            .any(|(start, fields, _)| at < *fields && table.value(head.cells[start + at]).trim() == text)
    };
    match header::judge(&first, &types, occurs) {
        header::Verdict::Yes => true,
        header::Verdict::No => false,
        header::Verdict::Supposed => {
            let message = "All values are text, so that the first row was only supposed to name the columns.";
            warnings.push(Warning::new(WarningCode::HeaderAssumed, "", message));
            true
        }
    }
}
