//! Charts with what surrounds the picture: title, names of the series, remark.

use pdf_writer::types::StructRole;
use tandem_core::Result;

use super::{
    paint,
    sheet::{BOTTOM, MARGIN, Sheet, Style, TOP, WIDE, color},
    text::{clean, fit},
};
use crate::{
    Chart, Span, palette,
    svg::{self, Canvas, Key, Width},
};

/// Between two charts that stand side by side.
const GAP: f32 = 14.0;
const TITLE: Style = Style::new(10.0, 14.0, color::INK).strong();
const LEGEND: Style = Style::new(7.5, 11.5, color::SOFT);
const NOTE: Style = Style::new(8.0, 11.5, color::SOFT);
/// How much smaller a picture may be drawn to stay on a page.
const SMALLEST: f32 = 0.75;
/// Lines of a remark, at most.
const NOTE_LINES: usize = 40;

/// A chart that is measured.
struct Figure<'a> {
    chart: &'a Chart,
    title: Vec<String>,
    /// Place from the left, line, words.
    keys: Vec<(f32, f32, Key, String)>,
    key_height: f32,
    canvas: Canvas,
    scale: f32,
    note: Vec<String>,
}

impl Figure<'_> {
    fn head(&self) -> f32 {
        self.title.len() as f32 * TITLE.leading + self.key_height + 2.0
    }

    fn picture(&self) -> f32 {
        self.canvas.height as f32 * self.scale
    }

    fn height(&self) -> f32 {
        let note = self.note.len() as f32 * NOTE.leading;
        self.head() + self.picture() + if note > 0.0 { note + 3.0 } else { 0.0 }
    }
}

/// Charts in a row: two that want half the width stand side by side.
pub(super) fn row(sheet: &mut Sheet<'_>, charts: &[&Chart]) -> Result<()> {
    let half = (WIDE - GAP) / 2.0;
    let room = if charts.iter().any(|chart| chart.span == Span::Half) { half } else { WIDE };
    let mut figures: Vec<Figure<'_>> = charts.iter().map(|chart| measure(sheet, chart, room)).collect();
    sheet.space(9.0);
    shrink(&mut figures, BOTTOM - sheet.y - 0.5);
    let height = figures.iter().map(Figure::height).fold(0.0, f32::max);
    sheet.need(height)?;
    let top = sheet.y;
    for (at, figure) in figures.iter().enumerate() {
        let left = MARGIN + at as f32 * (half + GAP);
        sheet.bookmark(figure.chart.title.get(sheet.lang), None, true);
        place(sheet, figure, left, top);
    }
    sheet.y = top + height + 8.0;
    Ok(())
}

/// Draws pictures somewhat smaller where that is all it takes to stay on the page, instead of leaving it half empty.
fn shrink(figures: &mut [Figure<'_>], room: f32) {
    let share = |figure: &Figure<'_>| (room - (figure.height() - figure.picture())) / figure.picture().max(1.0);
    let share = figures.iter().map(share).fold(1.0, f32::min);
    if (SMALLEST..1.0).contains(&share) {
        figures.iter_mut().for_each(|figure| figure.scale *= share);
    }
}

fn measure<'a>(sheet: &mut Sheet<'_>, chart: &'a Chart, room: f32) -> Figure<'a> {
    let lang = sheet.lang;
    let canvas = svg::draw(chart, lang, Width::Paper);
    let title = sheet.lines(chart.title.get(lang), TITLE, room, 3);
    let note = chart.note.as_ref().map(|note| note.get(lang)).unwrap_or_default();
    let note = sheet.lines(note, NOTE, room, NOTE_LINES);
    let keys = svg::keys(&chart.plot);
    let (mut x, mut y, mut placed) = (0.0, 0.0, Vec::with_capacity(keys.len()));
    for (key, name) in keys {
        let words = fit(sheet.face(false), &clean(name.get(lang)), LEGEND.size, room - 18.0);
        let width = 15.0 + sheet.face(false).width(&words, LEGEND.size) + 10.0;
        if x > 0.0 && x + width > room + 10.0 {
            (x, y) = (0.0, y + LEGEND.leading);
        }
        placed.push((x, y, key, words));
        x += width;
    }
    let key_height = if placed.is_empty() { 0.0 } else { y + LEGEND.leading + 2.0 };
    let mut figure = Figure { chart, title, keys: placed, key_height, canvas, scale: 1.0, note };
    // As wide as there is room, and no higher than a page.
    let beside = figure.height() - figure.picture();
    let most = (BOTTOM - TOP - beside).max(80.0);
    let (width, height) = (figure.canvas.width.max(1.0) as f32, figure.canvas.height.max(1.0) as f32);
    figure.scale = (room / width).min(most / height);
    figure
}

fn place(sheet: &mut Sheet<'_>, figure: &Figure<'_>, left: f32, top: f32) {
    let lang = sheet.lang;
    let mut y = top;
    sheet.tags.open(StructRole::H4);
    for line in &figure.title {
        sheet.words((left, y + TITLE.foot()), line, TITLE);
        y += TITLE.leading;
    }
    sheet.tags.close();
    let alt = clean(figure.chart.alt.get(lang));
    sheet.tags.open_as(StructRole::Figure, Some(alt));
    sheet.piece(|sheet| {
        for (x, line, key, words) in &figure.keys {
            swatch(sheet, (left + x, y + line), *key);
            sheet.words((left + x + 15.0, y + line + LEGEND.foot()), words, LEGEND);
        }
        paint::draw(sheet, &figure.canvas, (left, top + figure.head()), figure.scale);
    });
    sheet.tags.close();
    y = top + figure.head() + figure.picture() + 3.0;
    sheet.tags.open(StructRole::P);
    for line in &figure.note {
        sheet.words((left, y + NOTE.foot()), line, NOTE);
        y += NOTE.leading;
    }
    sheet.tags.close();
}

/// The sign of a series beside its name.
fn swatch(sheet: &mut Sheet<'_>, at: (f32, f32), key: Key) {
    let middle = at.1 + LEGEND.leading / 2.0;
    match key {
        Key::Fill(series) => sheet.ground([at.0 + 3.0, middle - 3.5, 7.0, 7.0], palette::LIGHT[palette::index(series)]),
        Key::Stroke { color, dashed } => {
            let ink = color.map_or(color::FAINT, |series| palette::LIGHT[palette::index(series)]);
            if dashed {
                sheet.ground([at.0, middle - 0.8, 4.8, 1.6], ink);
                sheet.ground([at.0 + 7.2, middle - 0.8, 4.8, 1.6], ink);
            } else {
                sheet.ground([at.0, middle - 0.8, 12.0, 1.6], ink);
            }
        }
    }
}
