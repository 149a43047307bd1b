//! A sheet with one table.

use rust_xlsxwriter::{Format, Worksheet, XlsxError};
use tandem_core::Lang;

use super::{
    formats,
    sheet::{clip, words},
};
use crate::{Cell, ColumnKind, NumberFormat, NumberStyle, Table};

/// The most rows of data one sheet holds.
const ROWS: usize = 1_048_575;

/// Days from a spreadsheet's day zero (1899-12-30) to 1970-01-01.
const EPOCH: f64 = 25_569.0;

pub(super) fn write(sheet: &mut Worksheet, table: &Table, lang: Lang) -> Result<(), XlsxError> {
    for (column, at) in table.columns.iter().zip(0u16..) {
        let right = matches!(column.kind, ColumnKind::Number { .. });
        words(sheet, 0, at, column.label.get(lang), &formats::head(right))?;
        sheet.set_column_width(at, width(table, usize::from(at), lang))?;
    }
    let plain = formats::words();
    let count = formats::number(&NumberFormat::count());
    let free = formats::number(&NumberFormat::default());
    let columns: Vec<Option<(Format, bool)>> = table
        .columns
        .iter()
        .map(|c| match &c.kind {
            ColumnKind::Number { format, .. } => Some((formats::number(format), format.style == NumberStyle::Date)),
            _ => None,
        })
        .collect();
    for (row, cells) in (1u32..).zip(table.rows.iter().take(ROWS)) {
        for ((cell, format), at) in cells.iter().zip(&columns).zip(0u16..) {
            let (format, is_date) = match format {
                Some((format, is_date)) => (Some(format), *is_date),
                None => (None, false),
            };
            let shift = if is_date { EPOCH } else { 0.0 };
            match cell {
                Cell::Null => {}
                Cell::Int(v) => {
                    sheet.write_number_with_format(row, at, *v as f64 + shift, format.unwrap_or(&count))?;
                }
                Cell::Number(v) if v.is_finite() => {
                    sheet.write_number_with_format(row, at, *v + shift, format.unwrap_or(&free))?;
                }
                Cell::Number(_) => {}
                Cell::Raw(v) => words(sheet, row, at, v, &plain)?,
                Cell::Text(v) => words(sheet, row, at, v.get(lang), &plain)?,
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    if let (Ok(last_row), Ok(last_column)) =
        (u32::try_from(table.rows.len().min(ROWS)), u16::try_from(table.columns.len().saturating_sub(1)))
        && last_row > 0
    {
        sheet.autofilter(0, 0, last_row, last_column)?;
    }
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    Ok(())
}

/// Room for the words of the first rows, between 9 and 60 characters.
fn width(table: &Table, column: usize, lang: Lang) -> f64 {
    let units = |s: &str| clip(s, 200).chars().map(|c| if c.is_ascii() { 1.0 } else { 1.9 }).sum::<f64>();
    let head = table.columns.get(column).map_or(0.0, |c| units(c.label.get(lang)).min(24.0));
    let cells = table.rows.iter().take(200).filter_map(|r| r.get(column)).map(|cell| match cell {
        Cell::Raw(s) => units(s),
        Cell::Text(t) => units(t.get(lang)),
        Cell::Null => 0.0,
        Cell::Int(_) | Cell::Number(_) => 11.0,
    });
    (cells.fold(head, f64::max) + 2.0).clamp(9.0, 60.0)
}
