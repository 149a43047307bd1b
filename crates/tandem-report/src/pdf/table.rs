//! Tables: columns as wide as they need, heads repeated on each page, and too
//! many columns in parts below each other.

use pdf_writer::types::StructRole;
use tandem_core::{Lang, Result};

use super::{
    sheet::{BOTTOM, MARGIN, Sheet, Style, TOP, WIDE, color},
    text::{clean, pieces},
};
use crate::{Cell, Column, ColumnKind, NumberFormat, Table, format, palette, words};

/// Rows of one table, at most; a workbook has the others.
pub(super) const ROWS: usize = 500;
/// Columns of one table, at most.
pub(super) const COLUMNS: usize = 60;
/// Lines of a cell, at most.
const LINES: usize = 8;
/// Characters of a cell that are looked at.
const CHARACTERS: usize = 600;
/// Between two columns.
const GAP: f32 = 9.0;
/// Room for the sign of a category before its name.
const SIGN: f32 = 9.0;
const TITLE: Style = Style::new(10.0, 15.0, color::INK).strong();
const HEAD: Style = Style::new(7.5, 10.0, color::SOFT).strong();
const CELL: Style = Style::new(8.0, 11.0, color::INK);
const NOTE: Style = Style::new(8.0, 11.5, color::SOFT);

/// A cell as it is written.
struct Written {
    words: String,
    right: bool,
    missing: bool,
    /// The colour of its category.
    sign: Option<u32>,
    /// Its share of the column's largest value, where that is drawn.
    bar: Option<f32>,
}

/// How wide a column may be.
struct Measure {
    least: f32,
    most: f32,
}

pub(super) fn write(sheet: &mut Sheet<'_>, table: &Table) -> Result<()> {
    let lang = sheet.lang;
    let columns: Vec<&Column> = table.columns.iter().take(COLUMNS).collect();
    let shown = table.page_rows.map_or(ROWS, |rows| usize::try_from(rows).unwrap_or(ROWS)).min(ROWS);
    let rows: Vec<Vec<Written>> = {
        let largest: Vec<f64> = (0..columns.len()).map(|at| largest(table, at)).collect();
        let row = |cells: &Vec<Cell>| {
            let of = |(at, column): (usize, &&Column)| written(column, cells.get(at), largest[at], lang);
            columns.iter().enumerate().map(of).collect()
        };
        table.rows.iter().take(shown).map(row).collect()
    };
    sheet.space(8.0);
    sheet.need(TITLE.leading + 60.0)?;
    let title = table.title.get(lang);
    sheet.bookmark(title, None, true);
    sheet.flow(StructRole::H4, title, TITLE)?;
    let measures: Vec<Measure> =
        columns.iter().enumerate().map(|(at, column)| measure(sheet, column, &rows, at)).collect();
    let parts = parts(&measures);
    for (part, members) in parts.iter().enumerate() {
        if parts.len() > 1 {
            sheet.space(4.0);
            sheet.need(NOTE.leading + 60.0)?;
            sheet.flow(StructRole::P, &words::part_of(part + 1, parts.len(), lang), NOTE)?;
        }
        let widths = widths(&measures, members);
        grid(sheet, &columns, &rows, members, &widths)?;
    }
    remarks(sheet, table, rows.len())
}

/// What is said below a table.
fn remarks(sheet: &mut Sheet<'_>, table: &Table, shown: usize) -> Result<()> {
    let lang = sheet.lang;
    sheet.y += 3.0;
    let total = table.total_rows.unwrap_or(0).max(table.rows.len() as u64);
    if total > shown as u64 {
        let count = |n: u64| format::number(n as f64, &NumberFormat::count(), lang);
        sheet.flow(StructRole::P, &words::listed_of(&count(shown as u64), &count(total), lang), NOTE)?;
    }
    if table.columns.len() > COLUMNS {
        sheet.flow(StructRole::P, &words::columns_of(COLUMNS, table.columns.len(), lang), NOTE)?;
    }
    if let Some(note) = &table.note {
        sheet.flow(StructRole::P, note.get(lang), NOTE)?;
    }
    sheet.y += 6.0;
    Ok(())
}

fn largest(table: &Table, column: usize) -> f64 {
    table.rows.iter().filter_map(|r| r.get(column)).filter_map(Cell::as_f64).fold(0.0, f64::max)
}

fn written(column: &Column, cell: Option<&Cell>, largest: f64, lang: Lang) -> Written {
    let short = |words: &str| -> String { clean(&words.chars().take(CHARACTERS).collect::<String>()) };
    let right = matches!(column.kind, ColumnKind::Number { .. });
    let mut out = Written { words: format::MISSING.to_owned(), right, missing: false, sign: None, bar: None };
    match (cell, &column.kind) {
        (None | Some(Cell::Null), _) => out.missing = true,
        (Some(Cell::Raw(words)), _) => out.words = short(words),
        (Some(Cell::Text(text)), kind) => {
            out.words = short(text.get(lang));
            if let ColumnKind::Category { colors } = kind {
                let color = colors.iter().find(|known| &known.name == text);
                out.sign = color.map(|known| palette::LIGHT[palette::index(known.color)]);
            }
        }
        (Some(cell), ColumnKind::Number { format, bar }) => {
            out.words = clean(&format::optional(cell.as_f64(), format, lang));
            let value = cell.as_f64().filter(|value| *bar && *value > 0.0 && largest > 0.0);
            out.bar = value.map(|value| (value / largest).clamp(0.0, 1.0) as f32);
        }
        (Some(Cell::Int(value)), _) => out.words = value.to_string(),
        (Some(Cell::Number(value)), _) => out.words = format::number(*value, &NumberFormat::default(), lang),
    }
    out
}

fn measure(sheet: &mut Sheet<'_>, column: &Column, rows: &[Vec<Written>], at: usize) -> Measure {
    let label = clean(column.label.get(sheet.lang));
    let mut out = Measure { least: longest(sheet, &label, HEAD).min(90.0), most: 0.0 };
    out.most = sheet.face(true).width(&label, HEAD.size).min(64.0).max(out.least);
    let cells = rows.iter().filter_map(|row| row.get(at));
    for cell in cells {
        let sign = if cell.sign.is_some() { SIGN } else { 0.0 };
        let width = sheet.face(false).width(&cell.words, CELL.size) + sign;
        // A number is never broken, unless it is longer than any that can be read.
        let least = if cell.right { width.min(140.0) } else { (longest(sheet, &cell.words, CELL) + sign).min(64.0) };
        out.least = out.least.max(least);
        out.most = out.most.max(width.min(240.0)).max(out.least);
    }
    out.least += 1.0;
    out.most += 1.0;
    out
}

/// The widest piece that is not broken.
fn longest(sheet: &mut Sheet<'_>, words: &str, style: Style) -> f32 {
    let face = sheet.face(style.strong);
    pieces(words).map(|piece| face.width(piece.trim_end(), style.size)).fold(0.0, f32::max)
}

/// Which columns stand together; the first one stands in every part.
fn parts(measures: &[Measure]) -> Vec<Vec<usize>> {
    let first = measures.first().map_or(0.0, |column| column.least);
    let (mut parts, mut part, mut used) = (Vec::new(), Vec::new(), 0.0);
    for (at, column) in measures.iter().enumerate() {
        if part.len() > 1 && used + GAP + column.least > WIDE {
            parts.push(std::mem::replace(&mut part, vec![0]));
            used = first;
        }
        used += column.least + if part.is_empty() { 0.0 } else { GAP };
        part.push(at);
    }
    parts.push(part);
    parts
}

/// The widths of the columns of a part, which fill the page.
fn widths(measures: &[Measure], members: &[usize]) -> Vec<f32> {
    let of = |take: fn(&Measure) -> f32| -> Vec<f32> {
        members.iter().filter_map(|at| measures.get(*at)).map(take).collect()
    };
    let (least, most) = (of(|column| column.least), of(|column| column.most));
    let room = WIDE - GAP * members.len().saturating_sub(1) as f32;
    let (low, high): (f32, f32) = (least.iter().sum(), most.iter().sum());
    if high <= room {
        let more = (room - high) / members.len().max(1) as f32;
        return most.iter().map(|width| width + more).collect();
    }
    let share = ((room - low) / (high - low).max(0.01)).clamp(0.0, 1.0);
    least.iter().zip(&most).map(|(least, most)| least + (most - least) * share).collect()
}

fn grid(
    sheet: &mut Sheet<'_>,
    columns: &[&Column],
    rows: &[Vec<Written>],
    members: &[usize],
    widths: &[f32],
) -> Result<()> {
    let places: Vec<(usize, f32, f32)> = {
        let mut left = MARGIN;
        let place = |(at, width): (&usize, &f32)| {
            let place = (*at, left, *width);
            left += width + GAP;
            place
        };
        members.iter().zip(widths).map(place).collect()
    };
    let heads: Vec<(f32, f32, bool, Vec<String>)> = places
        .iter()
        .filter_map(|(at, left, width)| {
            let column = columns.get(*at)?;
            let right = matches!(column.kind, ColumnKind::Number { .. });
            Some((*left, *width, right, sheet.lines(column.label.get(sheet.lang), HEAD, *width, 4)))
        })
        .collect();
    let head = heads.iter().map(|(.., lines)| lines.len()).max().unwrap_or(0) as f32 * HEAD.leading + 6.0;
    sheet.tags.open(StructRole::Table);
    sheet.need(head + 2.0 * (CELL.leading + 6.0))?;
    sheet.tags.open(StructRole::TR);
    headings(sheet, &heads, head, true);
    sheet.tags.close();
    for row in rows {
        let cells: Vec<(&Written, f32, f32, Vec<String>)> = places
            .iter()
            .filter_map(|(at, left, width)| {
                let cell = row.get(*at)?;
                let room = width - if cell.sign.is_some() { SIGN } else { 0.0 };
                let lines = super::text::wrap(sheet.face(false), &cell.words, CELL.size, room, LINES);
                Some((cell, *left, *width, lines))
            })
            .collect();
        let bar = if cells.iter().any(|(cell, ..)| cell.bar.is_some()) { 2.5 } else { 0.0 };
        let lines = cells.iter().map(|(.., lines)| lines.len()).max().unwrap_or(0).max(1);
        let height = lines as f32 * CELL.leading + 5.0 + bar;
        if sheet.y + height > BOTTOM && sheet.y > TOP {
            sheet.turn()?;
            sheet.mute(|sheet| headings(sheet, &heads, head, false));
        }
        sheet.tags.open(StructRole::TR);
        for (cell, left, width, lines) in &cells {
            self::cell(sheet, cell, (*left, *width), lines);
        }
        sheet.tags.close();
        sheet.y += height;
        sheet.rule(MARGIN, MARGIN + WIDE, sheet.y, color::RULE);
    }
    sheet.tags.close();
    Ok(())
}

fn headings(sheet: &mut Sheet<'_>, heads: &[(f32, f32, bool, Vec<String>)], height: f32, tagged: bool) {
    let top = sheet.y + 2.0;
    for (left, width, right, lines) in heads {
        if tagged {
            sheet.tags.open(StructRole::TH);
        }
        // Heads stand on the rule below them.
        let mut y = top + height - 6.0 - lines.len() as f32 * HEAD.leading;
        for line in lines {
            let foot = y + HEAD.foot();
            if *right {
                sheet.words_to(left + width, foot, line, HEAD);
            } else {
                sheet.words((*left, foot), line, HEAD);
            }
            y += HEAD.leading;
        }
        if tagged {
            sheet.tags.close();
        }
    }
    sheet.y += height;
    let y = sheet.y;
    sheet.rule(MARGIN, MARGIN + WIDE, y, color::FAINT);
}

fn cell(sheet: &mut Sheet<'_>, cell: &Written, (left, width): (f32, f32), lines: &[String]) {
    let style = Style { color: if cell.missing { color::FAINT } else { CELL.color }, ..CELL };
    let mut y = sheet.y + 3.0;
    let mut x = left;
    if let Some(sign) = cell.sign {
        sheet.ground([left, y + 2.5, 6.0, 6.0], sign);
        x += SIGN;
    }
    sheet.tags.open(StructRole::TD);
    for line in lines {
        let foot = y + style.foot();
        if cell.right {
            sheet.words_to(left + width, foot, line, style);
        } else {
            sheet.words((x, foot), line, style);
        }
        y += style.leading;
    }
    sheet.tags.close();
    if let Some(share) = cell.bar {
        let long = width * share;
        sheet.ground([left + width - long, y, long, 2.0], 0x7E_ADA7);
    }
}
