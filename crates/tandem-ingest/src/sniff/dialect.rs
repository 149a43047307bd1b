//! How a delimited text is delimited.

use crate::{
    cells::date,
    options::{Delimiter, ImportOptions},
    text::records::{Dialect, scan_records},
    types::DateOrder,
};

/// How much of the text is tried with every candidate.
const TRIED: usize = 256 << 10;
/// Lines above a table that may be a title.
const MAX_PREAMBLE: usize = 30;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Found {
    /// What separates and surrounds fields.
    pub(super) dialect: Dialect,
    /// Fields of most records.
    pub(super) width: usize,
    /// Lines above the table that don't belong to it.
    pub(super) preamble: u32,
    /// Part of the records that have `width` fields.
    pub(super) even: f64,
}

/// Finds the dialect of a text that ends in a line feed (or was cut anywhere).
pub(super) fn detect(text: &[u8], options: &ImportOptions, file_name: &str) -> Found {
    let text = &text[..text.len().min(TRIED)];
    let text = &text[..memchr::memrchr(b'\n', text).map_or(text.len(), |at| at + 1)];
    let quotes: Vec<Option<u8>> = match options.quote {
        Some(quote) => vec![quote.0],
        None => vec![Some(b'"'), None],
    };
    let try_with = |delimiter| {
        let mut tried = quotes.iter().map(|quote| measure(text, Dialect { delimiter, quote: *quote }));
        let first = tried.next();
        // Without quotes only where quoting breaks more records than it mends.
        tried.fold(first, |best, next| best.map(|b| if next.even > b.even { next } else { b }))
    };
    if let Some(delimiter) = options.delimiter {
        return try_with(delimiter).map_or_else(|| fallback(&quotes), |m| m.found());
    }
    let tab = file_name.to_ascii_lowercase().contains(".tsv");
    let order = if tab { [b'\t', b',', b';', b'|', 1] } else { [b',', b'\t', b';', b'|', 1] };
    let mut best: Option<Measured> = None;
    for candidate in order.into_iter().filter_map(|b| try_with(Delimiter::Byte(b))) {
        if candidate.width > 1 && best.as_ref().is_none_or(|b| candidate.score() > b.score()) {
            best = Some(candidate);
        }
    }
    if let Some(best) = best.as_ref().filter(|b| b.even >= 0.8) {
        return best.found();
    }
    if let Some(aligned) = try_with(Delimiter::Whitespace)
        && aligned.width > 1
        && aligned.even >= 0.95
        && is_table(text)
    {
        return aligned.found();
    }
    best.map_or_else(|| fallback(&quotes), |b| b.found())
}

/// A table of one column.
fn fallback(quotes: &[Option<u8>]) -> Found {
    let quote = quotes.first().copied().flatten();
    Found { dialect: Dialect { delimiter: Delimiter::Byte(b','), quote }, width: 1, preamble: 0, even: 1.0 }
}

/// Whether lines with blanks look like rows of a table: some field after the
/// first holds a digit, and lines aren't single points in time.
fn is_table(text: &[u8]) -> bool {
    let lines = || text.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|l| !l.is_empty()).skip(1).take(50);
    let digits =
        |line: &[u8]| line.split(u8::is_ascii_whitespace).skip(1).any(|f| f.first().is_some_and(u8::is_ascii_digit));
    let moments = lines().filter(|l| date::parse(l, DateOrder::Ymd).is_some()).count();
    let tabular = lines().filter(|l| digits(l)).count();
    let all = lines().count();
    moments * 2 < all.max(1) && tabular * 2 > all
}

/// A dialect and how well it fits.
#[derive(Debug)]
struct Measured {
    dialect: Dialect,
    width: usize,
    even: f64,
    preamble: u32,
}

impl Measured {
    /// Evenness counts most, then the number of columns.
    fn score(&self) -> f64 {
        self.even.powi(3) * (self.width as f64).ln_1p()
    }

    const fn found(&self) -> Found {
        Found { dialect: self.dialect, width: self.width, preamble: self.preamble, even: self.even }
    }
}

fn measure(text: &[u8], dialect: Dialect) -> Measured {
    let mut cells = Vec::new();
    // Fields of each record (0 where quoting is broken) and where it begins.
    let mut records: Vec<(usize, usize)> = Vec::new();
    let mut read = 0;
    scan_records(text, dialect, false, &mut cells, |cells, record| {
        let fields = cells.len() - record.first;
        records.push((if record.stray { 0 } else { fields }, record.start));
        cells.clear();
        read = record.end;
    });
    let mut counts = std::collections::BTreeMap::<usize, usize>::new();
    for (fields, _) in &records {
        *counts.entry(*fields).or_default() += 1;
    }
    let (width, _) = counts.iter().max_by_key(|(fields, n)| (**n, **fields)).map_or((1, 0), |(f, n)| (*f, *n));
    let width = width.max(1);
    let lead = records.iter().take(MAX_PREAMBLE).take_while(|(fields, _)| *fields * 2 <= width).count();
    let lead = if width > 1 && lead < records.len().min(MAX_PREAMBLE) { lead } else { 0 };
    let preamble = records.get(lead).map_or(0, |(_, start)| memchr::memchr_iter(b'\n', &text[..*start]).count());
    let preamble = if lead == 0 { 0 } else { preamble };
    let rest = &records[lead..];
    // What an open quote swallowed counts like uneven records.
    let swallowed = memchr::memchr_iter(b'\n', &text[read..]).count();
    let matching = rest.iter().filter(|(fields, _)| *fields == width).count();
    let even = matching as f64 / (rest.len() + swallowed).max(1) as f64;
    Measured { dialect, width, even, preamble: preamble as u32 }
}
