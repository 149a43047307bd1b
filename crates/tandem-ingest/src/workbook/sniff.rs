//! Sniffs a sheet.

use std::{ops::ControlFlow, path::Path};

use tandem_core::{Error, ErrorCode, Result};

use super::{
    archive,
    rows::{SheetRow, sheet_names, visit},
};
use crate::{
    limits::Limits,
    options::{Compression, Delimiter, Format, ImportOptions, Quote, ResolvedOptions},
    sniff::{
        Found, Warning, WarningCode,
        header::{self, Verdict},
        infer::Inference,
        plan::{self, FoundColumn},
    },
};

/// Rows at the top that are kept to find the header.
const TOP: usize = 200;
/// Rows of which values are looked at.
const LOOKED_AT: u64 = 100_000;
/// Rows above a table that may be a title.
const MAX_TITLES: usize = 30;

/// What was seen of a sheet.
#[derive(Default)]
struct Seen {
    top: Vec<(u64, Vec<Option<String>>)>,
    rows: u64,
    whole: bool,
}

/// Looks at one sheet of a workbook: the one named, or the first with a row.
pub(crate) fn sniff(path: &Path, options: &ImportOptions, limits: &Limits) -> Result<Found> {
    archive::check(path, limits)?;
    let sheets = sheet_names(path)?;
    let mut warnings = Vec::new();
    let sheet = match &options.sheet {
        Some(sheet) => sheet.clone(),
        None => first_with_rows(path, &sheets, limits)?,
    };
    if sheets.len() > 1 && options.sheet.is_none() {
        let others: Vec<&str> = sheets.iter().filter(|s| **s != sheet).map(String::as_str).collect();
        let message = format!("Sheet `{sheet}` is read; there are others: {}.", others.join(", "));
        warnings.push(Warning::new(WarningCode::OtherSheets, others.join(", "), message));
    }
    let skip_given = u64::from(options.skip_rows.unwrap_or(0));
    let seen = look(path, &sheet, skip_given, limits, &mut |_, _| {})?;
    let titles = if options.skip_rows.is_none() { count_titles(&seen.top) } else { 0 };
    let first = seen.top.get(titles).ok_or_else(|| {
        Error::new(ErrorCode::MalformedFile, format!("The sheet `{sheet}` is empty. Choose another sheet."))
    })?;
    let skip = if titles > 0 { first.0 - 1 } else { skip_given };
    if titles > 0 {
        let message = format!("The first {skip} rows of the sheet are no part of the table and are left out.");
        warnings.push(Warning::new(WarningCode::LinesSkipped, skip.to_string(), message));
    }
    let top: Vec<&[Option<String>]> = seen.top[titles..].iter().map(|(_, cells)| cells.as_slice()).collect();
    let has_header = options.header.unwrap_or_else(|| guess_header(&top, &mut warnings));
    let mut columns: Vec<Inference> = Vec::new();
    let mut rows = 0u64;
    let nulls = options.null_values.as_deref().unwrap_or_default();
    let mut width = top[0].len();
    let above = if has_header { first.0 } else { skip };
    look(path, &sheet, above, limits, &mut |row, at| {
        width = width.max(row.cells.len());
        while columns.len() < width {
            let mut late = Inference::default();
            (0..rows).for_each(|_| late.observe(None));
            columns.push(late);
        }
        for (column, inference) in columns.iter_mut().enumerate() {
            inference.observe(row.get(column).filter(|v| !nulls.iter().any(|n| n == v)));
        }
        rows = at;
    })?;
    columns.resize_with(width, Inference::default);
    let (names, name_warnings) = header::names(has_header.then_some(top[0]), width);
    let mut found = Vec::with_capacity(width);
    for (at, (name, inference)) in names.into_iter().zip(columns).enumerate() {
        let named = has_header && top[0].get(at).is_some_and(Option::is_some);
        let empty = inference.samples().is_empty();
        found.push(FoundColumn {
            inferred: inference.infer(&name),
            nullable: inference.nullable(),
            samples: inference.samples().to_vec(),
            // Such as the column left of a table that doesn't begin at A.
            include: named || !empty,
            name,
        });
    }
    warnings.extend(
        name_warnings
            .into_iter()
            .filter(|w| w.column.as_ref().is_none_or(|name| found.iter().any(|c| c.name == *name && c.include))),
    );
    if rows == 0 {
        warnings.push(Warning::new(WarningCode::NoRows, "", "The sheet has column names and no rows."));
    }
    let (columns, sniffed) = plan::plan(found, options, &mut warnings)?;
    let options = ResolvedOptions {
        format: Format::Excel,
        compression: Compression::None,
        encoding: "utf-8".into(),
        carriage_returns: false,
        delimiter: Delimiter::Byte(b'\t'),
        quote: Quote(None),
        header: has_header,
        skip_rows: u32::try_from(skip).unwrap_or(u32::MAX),
        null_values: options.null_values.clone().unwrap_or_default(),
        sheet: Some(sheet),
        columns,
    };
    let row_estimate = seen.whole.then_some(rows);
    Ok(Found { options, columns: sniffed, warnings, sheets, row_estimate })
}

/// The first sheet with a row, or the first.
fn first_with_rows(path: &Path, sheets: &[String], limits: &Limits) -> Result<String> {
    for sheet in sheets.iter().take(20) {
        let mut any = false;
        visit(path, Some(sheet), limits.columns, &mut |row| {
            any = !row.is_blank();
            if any { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        if any {
            return Ok(sheet.clone());
        }
    }
    sheets.first().cloned().ok_or_else(|| Error::new(ErrorCode::MalformedFile, "The workbook has no sheet."))
}

/// Goes through the rows behind the first `skip` of the sheet that aren't
/// blank, counting them from 1.
fn look(path: &Path, sheet: &str, skip: u64, limits: &Limits, found: &mut dyn FnMut(&SheetRow, u64)) -> Result<Seen> {
    let mut seen = Seen { whole: true, ..Seen::default() };
    visit(path, Some(sheet), limits.columns, &mut |row| {
        if row.number <= skip || row.is_blank() {
            return ControlFlow::Continue(());
        }
        seen.rows += 1;
        if seen.rows > LOOKED_AT {
            seen.whole = false;
            return ControlFlow::Break(());
        }
        if seen.top.len() < TOP {
            let cells = (0..row.cells.len()).map(|at| row.get(at).map(str::to_owned)).collect();
            seen.top.push((row.number, cells));
        }
        found(row, seen.rows);
        ControlFlow::Continue(())
    })?;
    Ok(seen)
}

/// How many rows at the top are titles: they have few values, the table below many.
fn count_titles(top: &[(u64, Vec<Option<String>>)]) -> usize {
    let filled = |row: &[Option<String>]| row.iter().flatten().count();
    let mut counts: Vec<usize> = top.iter().map(|(_, row)| filled(row)).collect();
    counts.sort_unstable();
    let usual = counts.get(counts.len() / 2).copied().unwrap_or(0);
    let few = |(_, row): &&(u64, Vec<Option<String>>)| filled(row) * 2 <= usual;
    let titles = top.iter().take(MAX_TITLES).take_while(few).count();
    if titles < top.len().min(MAX_TITLES) { titles } else { 0 }
}

fn guess_header(top: &[&[Option<String>]], warnings: &mut Vec<Warning>) -> bool {
    let Some((first, below)) = top.split_first() else { return false };
    let width = below.iter().map(|r| r.len()).max().unwrap_or(first.len());
    let types: Vec<_> = (0..width)
        .map(|at| {
            let mut inference = Inference::default();
            below.iter().for_each(|row| inference.observe(row.get(at).and_then(Option::as_deref)));
            inference.infer(first.get(at).and_then(Option::as_deref).unwrap_or_default()).column_type
        })
        .collect();
    let occurs = |at: usize, text: &str| below.iter().any(|row| row.get(at).and_then(Option::as_deref) == Some(text));
    let verdict = header::judge(first, &types, occurs);
    if verdict == Verdict::Supposed {
        let message = "All values are text, so that the first row was only supposed to name the columns.";
        warnings.push(Warning::new(WarningCode::HeaderAssumed, "", message));
    }
    verdict != Verdict::No
}
