//! Charts as vectors: each shape of a picture in the colours and strokes that its classes name.

use pdf_writer::types::{LineCapStyle, LineJoinStyle};

use super::sheet::{PAGE, Sheet, Style, color, near, rgb};
use crate::{
    palette,
    svg::{Anchor, Canvas, Form, Point, Shape},
};

/// The shades of heat maps: the accent mixed into white in OKLab, in the parts that the page's style sheet has.
const HEAT: [u32; 9] =
    [0xF4_F8F7, 0xE2_EDEB, 0xCC_DEDC, 0xB4_CFCB, 0x9A_BEBA, 0x7E_ADA7, 0x61_9B94, 0x3F_8881, 0x0F_766E];

/// How far a curve's handles stand from its ends to make a quarter of a circle.
const ARC: f32 = 0.5523;

/// Dashes of reference lines, and of what is expected, in pixels.
const DOTTED: &[f32] = &[2.0, 3.0];
const DASHED: &[f32] = &[6.0, 4.0];

/// How a shape looks.
struct Look {
    fill: Option<u32>,
    /// Colour, width in pixels, dashes.
    stroke: Option<(u32, f32, &'static [f32])>,
    /// In hundredths.
    opaque: u8,
    /// Size in pixels, colour and weight of words.
    words: (f32, u32, bool),
}

fn look(class: &str) -> Option<Look> {
    let has = |name: &str| class.split(' ').any(|one| one == name);
    if has("hit") {
        return None;
    }
    let numbered = |letter: &str, of: &[u32]| {
        let place = class.split(' ').find_map(|one| one.strip_prefix(letter)?.parse::<usize>().ok())?;
        of.get(place).copied()
    };
    let series = numbered("s", &palette::LIGHT).unwrap_or(color::FAINT);
    let line = |color, width| Some((color, width, &[] as &[f32]));
    let mut look = Look { fill: None, stroke: None, opaque: 100, words: (11.0, color::SOFT, false) };
    let first = class.split(' ').next().unwrap_or("");
    match first {
        "grid" => look.stroke = line(color::GRID, 1.0),
        "base" => look.stroke = line(color::FAINT, 1.0),
        "mark" => (look.stroke, look.opaque) = (Some((color::INK, 1.0, DOTTED)), 75),
        "whisker" => look.stroke = line(color::SOFT, 1.0),
        "median" => look.stroke = line(color::INK, 2.0),
        "line" if has("s-ink") => look.stroke = Some((series, 1.5, if has("dashed") { DASHED } else { &[] })),
        "line" => look.stroke = Some((series, 2.0, if has("dashed") { DASHED } else { &[] })),
        "band" => (look.fill, look.opaque) = (Some(series), 16),
        "dot" => (look.fill, look.opaque) = (Some(series), 75),
        "fill" if has("stack") => (look.fill, look.opaque) = (Some(series), 85),
        "fill" if has("flow") => (look.fill, look.opaque) = (Some(series), 35),
        "fill" if has("box") => (look.fill, look.opaque) = (Some(series), 35),
        "fill" => look.fill = Some(series),
        "h-none" => look.fill = Some(color::RAISED),
        "axis" => look.words.0 = 11.5,
        "value" | "halo" => look.words.1 = color::INK,
        "tick" if has("strong") => look.words.1 = color::INK,
        "cell" => look.words = (10.0, if has("inverse") { color::WHITE } else { color::INK }, false),
        "t-name" => look.words = (12.5, color::INK, true),
        "t-amount" => look.words.0 = 12.0,
        _ => look.fill = numbered("h", &HEAT),
    }
    if let Some(dark) = numbered("on", &palette::LIGHT_INK_DARK.map(u32::from)) {
        look.words.1 = if dark == 1 { 0x0B_1413 } else { color::WHITE };
    }
    Some(look)
}

/// Draws a picture with its top left corner at a place; `scale` is points for each pixel.
pub(super) fn draw(sheet: &mut Sheet<'_>, canvas: &Canvas, at: (f32, f32), scale: f32) {
    for shape in &canvas.shapes {
        if let Some(look) = look(&shape.class) {
            shape_of(sheet, shape, &look, at, scale);
        }
    }
}

fn shape_of(sheet: &mut Sheet<'_>, shape: &Shape, look: &Look, origin: (f32, f32), scale: f32) {
    let place = |p: Point| (near(origin.0 + p.0 as f32 * scale), near(PAGE.1 - origin.1 - p.1 as f32 * scale));
    if let Form::Text { at, anchor, words } = &shape.form {
        let (size, color, strong) = look.words;
        let style = Style { size: size * scale, leading: size * scale, color, strong };
        let words = super::text::clean(words);
        let width = sheet.face(strong).width(&words, style.size);
        let shift = match anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => width / 2.0,
            Anchor::End => width,
        };
        let at = (origin.0 + at.0 as f32 * scale - shift, origin.1 + at.1 as f32 * scale);
        if shape.class.starts_with("halo") {
            halo(sheet, at, &words, style);
        }
        return sheet.words(at, &words, style);
    }
    sheet.content().save_state();
    if look.opaque < 100 {
        sheet.opaque(look.opaque);
    }
    let content = sheet.content();
    if let Some([r, g, b]) = look.fill.map(rgb) {
        content.set_fill_rgb(r, g, b);
    }
    if let Some((color, width, dashes)) = look.stroke {
        let [r, g, b] = rgb(color);
        content.set_stroke_rgb(r, g, b).set_line_width(near(width * scale));
        content.set_line_join(LineJoinStyle::RoundJoin);
        if dashes.is_empty() {
            content.set_line_cap(LineCapStyle::RoundCap);
        } else {
            content.set_dash_pattern(dashes.iter().map(|dash| near(dash * scale)), 0.0);
        }
    }
    match &shape.form {
        Form::Line { from, to } => {
            let ((x1, y1), (x2, y2)) = (place(*from), place(*to));
            content.move_to(x1, y1).line_to(x2, y2);
        }
        Form::Rect { at, size } => {
            let (x, y) = place((at.0, at.1 + size.1));
            content.rect(x, y, near(size.0 as f32 * scale), near(size.1 as f32 * scale));
        }
        Form::Circle { at, radius } => {
            let ((x, y), r) = (place(*at), near(*radius as f32 * scale));
            let h = r * ARC;
            content.move_to(x + r, y);
            content.cubic_to(x + r, y + h, x + h, y + r, x, y + r).cubic_to(x - h, y + r, x - r, y + h, x - r, y);
            content.cubic_to(x - r, y - h, x - h, y - r, x, y - r).cubic_to(x + h, y - r, x + r, y - h, x + r, y);
        }
        Form::Path { points, closed } => {
            for (i, point) in points.iter().enumerate() {
                let (x, y) = place(*point);
                if i == 0 {
                    content.move_to(x, y)
                } else {
                    content.line_to(x, y)
                };
            }
            if *closed {
                content.close_path();
            }
        }
        Form::Ribbon { from, to } => {
            let middle = f64::midpoint(from.0, to.0);
            let corners = [(from.0, from.1), (middle, from.1), (middle, to.1), (to.0, to.1)].map(place);
            let back = [(to.0, to.2), (middle, to.2), (middle, from.2), (from.0, from.2)].map(place);
            content.move_to(corners[0].0, corners[0].1);
            content.cubic_to(corners[1].0, corners[1].1, corners[2].0, corners[2].1, corners[3].0, corners[3].1);
            content.line_to(back[0].0, back[0].1);
            content.cubic_to(back[1].0, back[1].1, back[2].0, back[2].1, back[3].0, back[3].1).close_path();
        }
        Form::Text { .. } => {}
    }
    match (look.fill, look.stroke) {
        (Some(_), Some(_)) => content.fill_nonzero_and_stroke(),
        (Some(_), None) => content.fill_nonzero(),
        (None, Some(_)) => content.stroke(),
        (None, None) => content.end_path(),
    };
    content.restore_state();
}

/// The ground's colour below words, so that they stay readable over lines.
fn halo(sheet: &mut Sheet<'_>, at: (f32, f32), words: &str, style: Style) {
    let width = sheet.face(style.strong).width(words, style.size);
    sheet.content().save_state();
    sheet.opaque(85);
    sheet.ground([at.0 - 1.0, at.1 - style.size * 0.88, width + 2.0, style.size * 1.1], color::WHITE);
    sheet.content().restore_state();
}
