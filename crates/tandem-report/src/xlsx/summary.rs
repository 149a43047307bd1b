//! The first sheet: the answer, the headline numbers, the warnings, what to do
//! and the words of the other sections.

use rust_xlsxwriter::{Worksheet, XlsxError};
use tandem_core::Lang;

use super::{formats, sheet::words};
use crate::{Action, Block, Headline, Report};

pub(super) fn write(sheet: &mut Worksheet, report: &Report, lang: Lang) -> Result<(), XlsxError> {
    sheet.set_column_width(0, 30)?.set_column_width(1, 18)?.set_column_width(2, 18)?.set_column_width(3, 18)?;
    sheet.set_column_width(4, 70)?;
    sheet.set_screen_gridlines(false);
    sheet.set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0);
    let mut row = 0;
    words(sheet, row, 0, report.title.get(lang), &formats::title())?;
    row += 1;
    words(sheet, row, 0, report.subtitle.get(lang), &formats::label())?;
    row += 2;
    row = paragraph(sheet, row, report.answer.get(lang))? + 1;

    let head = match lang {
        Lang::En => ["Number", "Value", "From", "To", "What it means"],
        Lang::Zh => ["指标", "数值", "下限", "上限", "含义"],
    };
    for (at, name) in (0u16..).zip(head) {
        words(sheet, row, at, name, &formats::head((1..4).contains(&at)))?;
    }
    row += 1;
    row = headline(sheet, row, &report.headline, lang)?;
    row += 1;
    for warning in &report.warnings {
        row = paragraph(sheet, row, &format!("! {}", warning.text.get(lang)))?;
    }
    for section in &report.sections {
        // Charts and tables have their own places; a section of them alone would be an empty heading.
        let spoken = |b: &Block| !matches!(b, Block::Chart(_) | Block::Table(_));
        if !section.blocks.iter().any(spoken) {
            continue;
        }
        row += 1;
        words(sheet, row, 0, section.title.get(lang), &formats::heading())?;
        row += 1;
        for block in &section.blocks {
            row = self::block(sheet, row, block, lang)?;
        }
    }
    Ok(())
}

fn block(sheet: &mut Worksheet, mut row: u32, block: &Block, lang: Lang) -> Result<u32, XlsxError> {
    match block {
        Block::Heading { text } => {
            words(sheet, row, 0, text.get(lang), &formats::words().set_bold())?;
            row += 1;
        }
        Block::Headline { items } => row = headline(sheet, row, items, lang)?,
        Block::Paragraph { text } => row = paragraph(sheet, row, text.get(lang))?,
        Block::Warning(warning) => row = paragraph(sheet, row, warning.text.get(lang))?,
        Block::List { items, .. } => {
            for item in items {
                row = paragraph(sheet, row, &format!("· {}", item.get(lang)))?;
            }
        }
        Block::Actions { items } => {
            for item in items {
                row = action(sheet, row, item, lang)?;
            }
        }
        Block::References { items } => {
            for item in items {
                let locator = item.locator.as_deref().unwrap_or_default();
                row = paragraph(sheet, row, format!("{} {locator}", item.citation).trim_end())?;
            }
        }
        Block::Chart(_) | Block::Table(_) => {}
    }
    Ok(row)
}

fn action(sheet: &mut Worksheet, mut row: u32, action: &Action, lang: Lang) -> Result<u32, XlsxError> {
    let plain = formats::words();
    words(sheet, row, 0, action.target.get(lang), &formats::words().set_bold())?;
    merge(sheet, row, 1, action.aim.get(lang))?;
    row += 1;
    for fact in &action.facts {
        words(sheet, row, 0, fact.label.get(lang), &formats::label())?;
        if let Some(value) = fact.value.value {
            sheet.write_number_with_format(row, 1, value, &formats::number(&fact.value.format))?;
        }
        row += 1;
    }
    for (number, step) in action.steps.iter().enumerate() {
        words(
            sheet,
            row,
            0,
            &format!("{}.", number + 1),
            &plain.clone().set_align(rust_xlsxwriter::FormatAlign::Right),
        )?;
        merge(sheet, row, 1, step.get(lang))?;
        row += 1;
    }
    merge(sheet, row, 1, action.measure.get(lang))?;
    Ok(row + 2)
}

/// Numbers with their intervals and what they mean, a row each.
fn headline(sheet: &mut Worksheet, mut row: u32, items: &[Headline], lang: Lang) -> Result<u32, XlsxError> {
    let plain = formats::words();
    for item in items {
        let number = formats::number(&item.value.format);
        words(sheet, row, 0, item.label.get(lang), &plain)?;
        if let Some(value) = item.value.value {
            sheet.write_number_with_format(row, 1, value, &number)?;
        }
        if let Some(interval) = &item.value.interval {
            sheet.write_number_with_format(row, 2, interval.low, &number)?;
            sheet.write_number_with_format(row, 3, interval.high, &number)?;
        }
        words(sheet, row, 4, item.help.get(lang), &plain)?;
        row += 1;
    }
    Ok(row)
}

/// One paragraph over the width of the sheet, high enough for its words.
fn paragraph(sheet: &mut Worksheet, row: u32, text: &str) -> Result<u32, XlsxError> {
    merge(sheet, row, 0, text)?;
    Ok(row + 1)
}

fn merge(sheet: &mut Worksheet, row: u32, from: u16, text: &str) -> Result<(), XlsxError> {
    sheet.merge_range(row, from, row, 4, "", &formats::words())?;
    words(sheet, row, from, text, &formats::words())?;
    let units: f64 = text.chars().map(|c| if c.is_ascii() { 1.0 } else { 1.9 }).sum();
    let room = if from == 0 { 145.0 } else { 115.0 };
    sheet.set_row_height(row, 15.0 * (units / room).ceil().clamp(1.0, 20.0))?;
    Ok(())
}
