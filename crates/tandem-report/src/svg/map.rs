//! Maps without borders: regions as tiles of one size, places as points over degrees.

use super::{
    Frame,
    axes::{self, TICK},
    canvas::{Anchor, Canvas},
    heat::{legend, shade},
    scale::{Scale, extent},
    text, ticks,
};
use crate::{Axis, NumberFormat, PlaceSeries, Tile, format, palette};

pub(super) fn tiles(frame: Frame, value: &Axis, tiles: &[Tile]) -> Canvas {
    let lang = frame.lang;
    let columns = tiles.iter().map(|tile| tile.column).max().map_or(1.0, |last| f64::from(last) + 1.0);
    let rows = tiles.iter().map(|tile| tile.row).max().map_or(1.0, |last| f64::from(last) + 1.0);
    let (wide, high) = ((frame.width / columns).min(76.0), (frame.width / columns).min(52.0));
    let mut canvas = Canvas::new(frame.width, high * rows + 30.0);
    let (low, high_value) = extent(tiles.iter().filter_map(|tile| tile.value)).unwrap_or((0.0, 1.0));
    let (low, high_value) = (value.min.unwrap_or(low), value.max.unwrap_or(high_value));
    for tile in tiles {
        let at = (wide * f64::from(tile.column), high * f64::from(tile.row));
        let known = tile.value.filter(|v| v.is_finite());
        let words = format::optional(known, &value.format, lang);
        let tip = format!("{} · {}: {words}", tile.name.get(lang), value.label.get(lang));
        let shade = known.map(|v| shade(v, low, high_value));
        let class = shade.map_or_else(|| "h-none".to_owned(), |shade| format!("h{shade}"));
        canvas.rect(&class, at, (wide - 2.0, high - 2.0), &tip);
        let ink = if shade.is_some_and(|shade| shade >= 5) { "cell inverse" } else { "cell" };
        let middle = at.0 + wide / 2.0 - 1.0;
        let name = text::fit(tile.short.get(lang), 10.0, wide - 4.0);
        canvas.text(ink, middle, at.1 + high * 0.44, Anchor::Middle, &name);
        if known.is_some() && text::width(&words, 10.0) < wide - 4.0 {
            canvas.text(ink, middle, at.1 + high * 0.78, Anchor::Middle, &words);
        }
    }
    legend(&mut canvas, frame, value, (low, high_value), high * rows + 14.0);
    canvas
}

pub(super) fn points(frame: Frame, value: Option<&Axis>, series: &[PlaceSeries]) -> Canvas {
    let lang = frame.lang;
    let all = || series.iter().flat_map(|s| &s.points);
    let (west, east) = wide(extent(all().map(|p| p[0])));
    let (south, north) = wide(extent(all().map(|p| p[1])));
    let degrees = NumberFormat::default();
    let y_ticks = ticks::axis(south, north, 5, &degrees, lang, true);
    let mut area = axes::plot(frame, 100.0, y_ticks.at.iter().map(|(_, l)| l.as_str()));
    let x_ticks = ticks::axis(west, east, (area.width() / 90.0).clamp(2.0, 10.0) as usize, &degrees, lang, true);
    // A degree of longitude is as long as the parallel in the middle says.
    let shrink = f64::midpoint(y_ticks.low, y_ticks.high).to_radians().cos().max(0.2);
    let shape = (y_ticks.high - y_ticks.low) / ((x_ticks.high - x_ticks.low) * shrink);
    let most = if frame.width > 700.0 { 460.0 } else { 340.0 };
    let height = (area.width() * shape).clamp(120.0, most);
    area.right = area.left + (height / shape).clamp(100.0, area.width());
    area.bottom = area.top + height;
    let mut canvas = area.canvas(frame);
    let x = Scale::new(x_ticks.low, x_ticks.high, area.left, area.right);
    let y = Scale::new(y_ticks.low, y_ticks.high, area.bottom, area.top);
    let word = |en: &'static str, zh: &'static str| if lang == tandem_core::Lang::En { en } else { zh };
    area.vertical_grid(&mut canvas, x, &x_ticks);
    area.left_axis(&mut canvas, y, &y_ticks, word("Latitude (°)", "纬度（°）"));
    let largest = series.iter().flat_map(|s| s.sizes.iter().flatten()).copied().filter(|v| v.is_finite());
    let largest = largest.fold(0.0, f64::max);
    for group in series {
        let class = format!("dot s{}", palette::index(group.color));
        for (i, p) in group.points.iter().enumerate().filter(|(_, p)| p.iter().all(|v| v.is_finite())) {
            let size = group.sizes.as_ref().and_then(|sizes| sizes.get(i)).copied().filter(|v| v.is_finite());
            let radius = match size {
                Some(size) if largest > 0.0 => 2.0 + 14.0 * (size.max(0.0) / largest).sqrt(),
                _ => 3.0,
            };
            let mut tip = format!("{} · {:.4}, {:.4}", group.name.get(lang), p[0], p[1]);
            if let (Some(size), Some(axis)) = (size, value) {
                tip.push_str(&format!(" · {}: {}", axis.label.get(lang), format::number(size, &axis.format, lang)));
            }
            canvas.circle(&class, x.at(p[0]), y.at(p[1]), radius, &tip);
        }
    }
    area.bottom_axis(&mut canvas, x, &x_ticks, word("Longitude (°)", "经度（°）"));
    if let Some(value) = value {
        let words = match lang {
            tandem_core::Lang::En => format!("Area of a point: {}", value.label.get(lang)),
            tandem_core::Lang::Zh => format!("点的面积：{}", value.label.get(lang)),
        };
        canvas.text("tick", 0.0, area.bottom + 36.0, Anchor::Start, &text::fit(&words, TICK, area.width() * 0.6));
    }
    canvas
}

/// At least a hundredth of a degree, so that one place has a map around it.
fn wide(ends: Option<(f64, f64)>) -> (f64, f64) {
    let (low, high) = ends.unwrap_or((0.0, 1.0));
    if high - low >= 0.01 { (low, high) } else { (low - 0.005, high + 0.005) }
}
