//! What stands around the blocks: title, answer, contents, sections, origin.

use std::fmt::Write;

use pdf_writer::types::StructRole;
use tandem_core::Result;

use super::{
    blocks,
    sheet::{Goal, MARGIN, Sheet, Style, TOP, WIDE, color},
    text::clean,
};
use crate::{Cell, NumberFormat, Provenance, Report, Section, format, words};

const EYEBROW: Style = Style::new(8.5, 13.0, color::ACCENT).strong();
const TITLE: Style = Style::new(20.0, 27.0, color::INK).strong();
const SUB: Style = Style::new(8.5, 13.0, color::SOFT);
const ANSWER: Style = Style::new(12.5, 19.5, color::INK);
const SECTION: Style = Style::new(14.0, 20.0, color::INK).strong();
const SMALL: Style = Style::new(8.0, 12.0, color::INK);
/// Where the accent before the first line lies.
const TITLE_BAR: f32 = TOP + 5.3;
/// The name of the last section, for links.
const ORIGIN: &str = "provenance";

pub(super) fn write(sheet: &mut Sheet<'_>, report: &Report) -> Result<()> {
    let lang = sheet.lang;
    sheet.ground([MARGIN, TITLE_BAR, 16.0, 2.4], color::ACCENT);
    let eyebrow = format!("Tandem · {}", words::kind(&report.scenario, lang));
    sheet.flow_in(StructRole::P, &eyebrow, EYEBROW, MARGIN + 22.0, WIDE - 22.0)?;
    sheet.y += 2.0;
    sheet.flow(StructRole::H1, report.title.get(lang), TITLE)?;
    let made = format!("{} {}", words::made(lang), words::moment(report.created_at, lang));
    let sub: Vec<&str> = [report.subtitle.get(lang), &made].into_iter().filter(|s| !s.is_empty()).collect();
    sheet.flow(StructRole::P, &sub.join(" · "), SUB)?;
    answer(sheet, report.answer.get(lang))?;
    blocks::headline(sheet, &report.headline)?;
    report.warnings.iter().try_for_each(|warning| blocks::warning(sheet, warning))?;
    contents(sheet, &report.sections)?;
    for (at, section) in report.sections.iter().enumerate() {
        head(sheet, section.title.get(lang), place(at))?;
        blocks::write(sheet, &section.blocks)?;
        sheet.y += 8.0;
    }
    head(sheet, words::provenance(lang), ORIGIN.to_owned())?;
    origin(sheet, &report.provenance)
}

/// The answer, with the accent beside it.
fn answer(sheet: &mut Sheet<'_>, words: &str) -> Result<()> {
    sheet.y += 12.0;
    if words.trim().is_empty() {
        return Ok(());
    }
    sheet.tags.open(StructRole::P);
    for line in sheet.lines(words, ANSWER, WIDE - 14.0, usize::MAX) {
        sheet.need(ANSWER.leading)?;
        let (y, foot) = (sheet.y, sheet.y + ANSWER.foot());
        sheet.ground([MARGIN, y, 2.4, ANSWER.leading + 0.1], color::ACCENT);
        sheet.words((MARGIN + 14.0, foot), &line, ANSWER);
        sheet.y += ANSWER.leading;
    }
    sheet.tags.close();
    sheet.y += 12.0;
    Ok(())
}

/// What links call a section: reports may name two alike.
fn place(section: usize) -> String {
    format!("section-{section}")
}

/// The sections' titles in a row; pressing one leads there.
fn contents(sheet: &mut Sheet<'_>, sections: &[Section]) -> Result<()> {
    const LINK: Style = Style::new(8.5, 14.0, color::ACCENT);
    let lang = sheet.lang;
    let titles = sections.iter().enumerate().map(|(at, section)| (place(at), section.title.get(lang)));
    let all = titles.chain([(ORIGIN.to_owned(), words::provenance(lang))]);
    sheet.tags.open(StructRole::TOC);
    let mut x = MARGIN;
    sheet.need(LINK.leading)?;
    for (place, title) in all {
        let title = super::text::fit(sheet.face(false), &clean(title), LINK.size, WIDE);
        let width = sheet.face(false).width(&title, LINK.size);
        if x > MARGIN && x + width > MARGIN + WIDE {
            sheet.y += LINK.leading;
            x = MARGIN;
            sheet.need(LINK.leading)?;
        }
        let (y, foot) = (sheet.y, sheet.y + LINK.foot());
        sheet.tags.open(StructRole::TOCI);
        sheet.words((x, foot), &title, LINK);
        sheet.tags.close();
        sheet.link([x, y, x + width, y + LINK.leading], Goal::Place(place));
        x += width + 16.0;
    }
    sheet.tags.close();
    sheet.y += LINK.leading + 4.0;
    Ok(())
}

fn head(sheet: &mut Sheet<'_>, title: &str, name: String) -> Result<()> {
    sheet.space(12.0);
    // A heading alone at the foot of a page heads nothing.
    sheet.need(SECTION.leading + 110.0)?;
    sheet.bookmark(title, Some(name), false);
    let y = sheet.y;
    sheet.rule(MARGIN, MARGIN + WIDE, y, color::RULE);
    sheet.y += 9.0;
    sheet.flow(StructRole::H2, title, SECTION)?;
    sheet.y += 5.0;
    Ok(())
}

/// From what and by what it was computed.
fn origin(sheet: &mut Sheet<'_>, made: &Provenance) -> Result<()> {
    let lang = sheet.lang;
    if let Some(run) = &made.run {
        pair(sheet, words::run(lang), &run.to_string())?;
    }
    for input in &made.inputs {
        let mut text = input.name.clone();
        // Writing to a String can't fail.
        if let Some(version) = input.version {
            let _ = write!(text, " · {} {version}", words::version(lang));
        }
        if let Some(rows) = input.rows {
            let rows = format::number(rows as f64, &NumberFormat::count(), lang);
            let _ = write!(text, " · {rows} {}", words::rows(lang));
        }
        for role in &input.map {
            let _ = write!(text, " · {} = {}", role.role, role.column);
        }
        if let Some(digest) = &input.digest {
            let _ = write!(text, " · {digest}");
        }
        pair(sheet, &format!("{}: {}", words::input(lang), input.input), &text)?;
    }
    let params: Vec<String> = made
        .params
        .iter()
        .map(|param| {
            let value = match &param.value {
                Cell::Null => format::MISSING.to_owned(),
                Cell::Int(value) => value.to_string(),
                Cell::Number(value) => value.to_string(),
                Cell::Raw(value) => value.clone(),
                Cell::Text(value) => value.get(lang).to_owned(),
            };
            let unit = param.unit.as_ref().map_or_else(String::new, |unit| format!("\u{a0}{}", unit.get(lang)));
            format!("{}\u{a0}{value}{unit}", param.label.get(lang))
        })
        .collect();
    if !params.is_empty() {
        pair(sheet, words::parameters(lang), &params.join(" · "))?;
    }
    pair(sheet, words::seed(lang), &made.seed.to_string())?;
    pair(sheet, words::engine(lang), &made.engine)?;
    made.digest.as_ref().map_or(Ok(()), |digest| pair(sheet, words::digest(lang), digest))
}

fn pair(sheet: &mut Sheet<'_>, label: &str, words: &str) -> Result<()> {
    const LABEL: f32 = 118.0;
    let style = Style { color: color::FAINT, ..SMALL };
    let names = sheet.lines(label, style, LABEL - 10.0, 3);
    sheet.need(names.len() as f32 * SMALL.leading)?;
    let top = sheet.y;
    sheet.tags.open(StructRole::P);
    for (at, name) in names.iter().enumerate() {
        sheet.words((MARGIN, top + at as f32 * SMALL.leading + SMALL.foot()), name, style);
    }
    sheet.tags.close();
    let page = sheet.page();
    sheet.flow_in(StructRole::P, words, SMALL, MARGIN + LABEL, WIDE - LABEL)?;
    if sheet.page() == page {
        sheet.y = sheet.y.max(top + names.len() as f32 * SMALL.leading);
    }
    sheet.y += 2.0;
    Ok(())
}

/// The line at the foot of each page: the report, its sources and its time.
pub(super) fn foot(report: &Report, lang: tandem_core::Lang) -> String {
    let source = |input: &crate::InputSource| match input.version {
        Some(version) => format!("{} v{version}", input.name),
        None => input.name.clone(),
    };
    let sources: Vec<String> = report.provenance.inputs.iter().take(6).map(source).collect();
    let made = format!("{} {}", words::made(lang), words::moment(report.created_at, lang));
    let parts = [report.title.get(lang).to_owned(), sources.join(", "), made];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    clean(&parts.join(" · "))
}
