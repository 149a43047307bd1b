//! The pieces of a section, below each other.

use pdf_writer::types::StructRole;
use tandem_core::{Lang, Result};

use super::{
    figure,
    sheet::{Goal, MARGIN, Sheet, Style, WIDE, color},
    table,
};
use crate::{Action, Block, Chart, Headline, Reference, Severity, Span, Warning, format, palette, words};

const BODY: Style = Style::new(9.5, 15.0, color::INK);
const PART: Style = Style::new(11.5, 17.0, color::INK).strong();
const SMALL: Style = Style::new(8.0, 12.0, color::SOFT);
const STEP: Style = Style::new(9.0, 13.5, color::INK);
const TARGET: Style = Style::new(10.5, 16.0, color::INK).strong();
const LABEL: Style = Style::new(8.0, 11.5, color::SOFT);
const BIG: Style = Style::new(17.0, 22.0, color::INK).strong();
const HELP: Style = Style::new(7.5, 11.0, color::SOFT);

/// The chart of a block that wants half the width.
fn half(block: Option<&Block>) -> Option<&Chart> {
    match block {
        Some(Block::Chart(chart)) if chart.span == Span::Half => Some(chart),
        _ => None,
    }
}

/// All pieces in order; charts that want half the width stand side by side.
pub(super) fn write(sheet: &mut Sheet<'_>, blocks: &[Block]) -> Result<()> {
    let mut at = 0;
    while let Some(block) = blocks.get(at) {
        if let (Some(left), Some(right)) = (half(Some(block)), half(blocks.get(at + 1))) {
            figure::row(sheet, &[left, right])?;
            at += 2;
        } else {
            self::block(sheet, block)?;
            at += 1;
        }
    }
    Ok(())
}

fn block(sheet: &mut Sheet<'_>, block: &Block) -> Result<()> {
    let lang = sheet.lang;
    match block {
        Block::Heading { text } => {
            sheet.space(8.0);
            // A heading alone at the foot of a page heads nothing.
            sheet.need(PART.leading + 70.0)?;
            sheet.bookmark(text.get(lang), None, true);
            sheet.flow(StructRole::H3, text.get(lang), PART)?;
            sheet.y += 3.0;
        }
        Block::Headline { items } => headline(sheet, items)?,
        Block::Paragraph { text } => {
            sheet.flow(StructRole::P, text.get(lang), BODY)?;
            sheet.y += 5.0;
        }
        Block::List { ordered, items } => {
            let items: Vec<&str> = items.iter().map(|item| item.get(lang)).collect();
            list(sheet, *ordered, &items, BODY, MARGIN)?;
            sheet.y += 4.0;
        }
        Block::Chart(chart) => figure::row(sheet, &[chart])?,
        Block::Table(table) => table::write(sheet, table)?,
        Block::Actions { items } => items.iter().try_for_each(|item| action(sheet, item))?,
        Block::Warning(one) => warning(sheet, one)?,
        Block::References { items } => items.iter().try_for_each(|item| reference(sheet, item))?,
    }
    Ok(())
}

/// Statements with a dot or a number before each.
fn list(sheet: &mut Sheet<'_>, ordered: bool, items: &[&str], style: Style, left: f32) -> Result<()> {
    const INDENT: f32 = 15.0;
    sheet.tags.open(StructRole::L);
    for (number, item) in items.iter().enumerate() {
        sheet.tags.open(StructRole::LI);
        sheet.need(style.leading)?;
        let (y, foot) = (sheet.y, sheet.y + style.foot());
        if ordered {
            sheet.tags.open(StructRole::Lbl);
            sheet.words((left, foot), &format!("{}.", number + 1), Style { color: color::SOFT, ..style });
            sheet.tags.close();
        } else {
            sheet.ground([left + 4.0, y + style.leading / 2.0 - 1.2, 2.6, 2.6], color::SOFT);
        }
        sheet.flow_in(StructRole::LBody, item, style, left + INDENT, MARGIN + WIDE - left - INDENT)?;
        sheet.tags.close();
        sheet.y += 2.0;
    }
    sheet.tags.close();
    Ok(())
}

/// A warning; its severity is said in words as well as in colour.
pub(super) fn warning(sheet: &mut Sheet<'_>, warning: &Warning) -> Result<()> {
    let lang = sheet.lang;
    let (ink, ground, name) = match warning.severity {
        Severity::Info => (color::FAINT, color::RAISED, words::info(lang)),
        Severity::Caution => (color::AMBER, color::AMBER_GROUND, words::caution(lang)),
        Severity::Serious => (color::RED, color::RED_GROUND, words::serious(lang)),
    };
    let title = Style { color: if ink == color::FAINT { color::INK } else { ink }, ..STEP.strong() };
    let room = WIDE - 22.0;
    let lines = sheet.lines(warning.text.get(lang), STEP, room, usize::MAX);
    sheet.tags.open(StructRole::Note);
    let strip = |sheet: &mut Sheet<'_>, height: f32| {
        let y = sheet.y;
        sheet.ground([MARGIN, y, WIDE, height + 0.1], ground);
        sheet.ground([MARGIN, y, 2.4, height + 0.1], ink);
    };
    sheet.need((lines.len().min(8) + 1) as f32 * STEP.leading + 12.0)?;
    strip(sheet, 6.0);
    sheet.y += 6.0;
    for (line, style) in std::iter::once((name, title)).chain(lines.iter().map(|line| (line.as_str(), STEP))) {
        sheet.need(style.leading + 6.0)?;
        strip(sheet, style.leading);
        let foot = sheet.y + style.foot();
        sheet.words((MARGIN + 12.0, foot), line, style);
        sheet.y += style.leading;
    }
    strip(sheet, 6.0);
    sheet.y += 6.0;
    sheet.tags.close();
    sheet.y += 8.0;
    Ok(())
}

fn action(sheet: &mut Sheet<'_>, action: &Action) -> Result<()> {
    let lang = sheet.lang;
    let aim = sheet.lines(action.aim.get(lang), STEP, WIDE, usize::MAX).len();
    sheet.space(6.0);
    sheet.need(TARGET.leading + (aim.min(10) + 2) as f32 * STEP.leading + 20.0)?;
    let ink = action.color.map_or(color::RULE, |color| palette::LIGHT[palette::index(color)]);
    let top = sheet.y;
    sheet.ground([MARGIN, top, WIDE, 2.0], ink);
    sheet.y += 6.0;
    sheet.flow(StructRole::H3, action.target.get(lang), TARGET)?;
    sheet.flow(StructRole::P, action.aim.get(lang), STEP)?;
    if !action.facts.is_empty() {
        let facts: Vec<String> = action
            .facts
            .iter()
            .map(|fact| format!("{}\u{a0}{}", fact.label.get(lang), format::value(&fact.value, lang)))
            .collect();
        sheet.flow(StructRole::P, &facts.join("   ·   "), SMALL)?;
    }
    sheet.y += 2.0;
    let steps: Vec<&str> = action.steps.iter().map(|step| step.get(lang)).collect();
    list(sheet, true, &steps, STEP, MARGIN)?;
    let colon = if lang == Lang::En { ": " } else { "：" };
    sheet.flow(StructRole::P, &format!("{}{colon}{}", words::how_to_tell(lang), action.measure.get(lang)), SMALL)?;
    sheet.y += 6.0;
    Ok(())
}

fn reference(sheet: &mut Sheet<'_>, reference: &Reference) -> Result<()> {
    sheet.flow(StructRole::P, &reference.citation, SMALL)?;
    if let Some(locator) = &reference.locator {
        let style = Style { color: color::ACCENT, ..SMALL };
        let room = WIDE - 12.0;
        let address = address(locator);
        sheet.tags.open(if address.is_some() { StructRole::Link } else { StructRole::P });
        for line in sheet.lines(locator, style, room, 3) {
            sheet.need(style.leading)?;
            let (y, foot) = (sheet.y, sheet.y + style.foot());
            sheet.words((MARGIN + 12.0, foot), &line, style);
            if let Some(address) = &address {
                let right = MARGIN + 12.0 + sheet.face(false).width(&line, style.size);
                sheet.link([MARGIN + 12.0, y, right, y + style.leading], Goal::Address(address.clone()));
            }
            sheet.y += style.leading;
        }
        sheet.tags.close();
    }
    sheet.y += 3.0;
    Ok(())
}

/// Where a work is found, if it says an address or a DOI.
fn address(locator: &str) -> Option<String> {
    let plain = locator.bytes().all(|b| b.is_ascii_graphic());
    let doi = locator.strip_prefix("doi:").or_else(|| locator.starts_with("10.").then_some(locator));
    match doi {
        _ if !plain => None,
        Some(doi) => Some(format!("https://doi.org/{doi}")),
        None => (locator.starts_with("https://") || locator.starts_with("http://")).then(|| locator.to_owned()),
    }
}

/// Numbers side by side, large.
pub(super) fn headline(sheet: &mut Sheet<'_>, items: &[Headline]) -> Result<()> {
    let across = match items.len() {
        0 => return Ok(()),
        count @ 1..=5 => count,
        6 => 3,
        _ => 4,
    };
    for row in items.chunks(across) {
        cells(sheet, row, WIDE / across as f32)?;
    }
    sheet.y += 12.0;
    Ok(())
}

fn cells(sheet: &mut Sheet<'_>, items: &[Headline], wide: f32) -> Result<()> {
    let lang = sheet.lang;
    let room = wide - 18.0;
    let mut measured = Vec::with_capacity(items.len());
    for item in items {
        let value = super::text::clean(&format::value(&item.value, lang));
        let natural = sheet.face(true).width(&value, BIG.size).max(0.1);
        let size = (BIG.size * (room / natural).min(1.0)).max(8.0);
        let big = Style { size, ..BIG };
        let value = super::text::fit(sheet.face(true), &value, size, room);
        let range = item.value.interval.as_ref().map(|interval| {
            let space = if lang == Lang::En { " " } else { "" };
            let level = format!("{:.0}%{space}{}", interval.level * 100.0, words::interval(lang));
            format!("{level} {}", format::interval(interval, &item.value.format, lang).replace(' ', "\u{a0}"))
        });
        let label = sheet.lines(item.label.get(lang), LABEL, room, 3);
        let range = sheet.lines(range.as_deref().unwrap_or_default(), HELP, room, 3);
        let help = sheet.lines(item.help.get(lang), HELP, room, 10);
        measured.push((label, value, big, range, help));
    }
    let labels = measured.iter().map(|(label, ..)| label.len()).max().unwrap_or(0) as f32 * LABEL.leading;
    let below = measured.iter().map(|(.., range, help)| range.len() + help.len()).max().unwrap_or(0);
    let height = 9.0 + labels + BIG.leading + below as f32 * HELP.leading + 11.0;
    sheet.need(height)?;
    let top = sheet.y;
    let right = MARGIN + wide * items.len() as f32;
    sheet.rule(MARGIN, right, top, color::RULE);
    sheet.rule(MARGIN, right, top + height, color::RULE);
    for at in 0..=items.len() {
        sheet.ground([MARGIN + wide * at as f32 - 0.3, top, 0.6, height], color::RULE);
    }
    for (at, (label, value, big, range, help)) in measured.iter().enumerate() {
        let left = MARGIN + wide * at as f32 + 9.0;
        sheet.tags.open(StructRole::P);
        let mut y = top + 9.0;
        for line in label {
            sheet.words((left, y + LABEL.foot()), line, LABEL);
            y += LABEL.leading;
        }
        y = top + 9.0 + labels;
        sheet.words((left, y + BIG.foot()), value, *big);
        y += BIG.leading + 2.0;
        for line in range.iter().chain(help) {
            sheet.words((left, y + HELP.foot()), line, HELP);
            y += HELP.leading;
        }
        sheet.tags.close();
    }
    sheet.y = top + height;
    Ok(())
}
