//! Areas in proportion to values: the squarified treemap of Bruls, Huizing and
//! van Wijk (2000), which keeps the parts as square as it can.

use super::{
    Frame,
    canvas::{Anchor, Canvas},
    text,
};
use crate::{Axis, TreemapItem, format, palette};

/// How much wider bold words are.
const BOLD: f64 = 1.12;

/// A rectangle in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rect {
    x: f64,
    y: f64,
    w: f64,
    h: f64,
}

pub(super) fn draw(frame: Frame, value: &Axis, items: &[TreemapItem]) -> Canvas {
    let lang = frame.lang;
    let height = if frame.width > 700.0 { 320.0 } else { 300.0 };
    let mut canvas = Canvas::new(frame.width, height);
    let mut order: Vec<&TreemapItem> = items.iter().filter(|i| i.value > 0.0 && i.value.is_finite()).collect();
    order.sort_by(|a, b| b.value.total_cmp(&a.value));
    let total: f64 = order.iter().map(|i| i.value).sum();
    let areas: Vec<f64> = order.iter().map(|i| i.value / total * frame.width * height).collect();
    let places = squarify(&areas, Rect { x: 0.0, y: 0.0, w: frame.width, h: height });
    for (item, place) in order.iter().zip(places) {
        let color = palette::index(item.color);
        let name = item.name.get(lang);
        let share = format!("{:.1}%", item.value / total * 100.0);
        let amount = format::number(item.value, &value.format, lang);
        let detail = item.detail.as_ref().map(|d| d.get(lang));
        let tip =
            [Some(name), Some(&amount), Some(&share), detail].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        canvas.rect(&format!("fill s{color}"), (place.x, place.y), (place.w - 1.5, place.h - 1.5), &tip);
        let room = place.w - 16.0;
        let ink = format!("on{color}");
        let mut line = place.y + 20.0;
        // All of the name or nothing of it.
        let names = text::wrap(name, 12.5 * BOLD, room, 3).unwrap_or_default();
        let names = if 20.0 + names.len() as f64 * 16.5 < place.h + 12.0 { names } else { Vec::new() };
        let numbers = [(12.0, Some(amount.as_str())), (11.0, Some(share.as_str())), (11.0, detail)];
        let names = names.iter().map(|n| ("t-name", 12.5, n.as_str()));
        let numbers = numbers.into_iter().filter_map(|(size, words)| Some(("t-detail", size, words?)));
        for (class, size, words) in names.chain(numbers) {
            // Half a number says less than none.
            if line + 4.0 > place.y + place.h || text::width(words, size) > room * BOLD {
                break;
            }
            canvas.text(&format!("{class} {ink}"), place.x + 8.0, line, Anchor::Start, words);
            line += size + 4.0;
        }
    }
    canvas
}

/// Places for `areas` (descending, adding up to the area of `room`), in their order.
fn squarify(areas: &[f64], room: Rect) -> Vec<Rect> {
    let mut out = Vec::with_capacity(areas.len());
    let (mut rest, mut room) = (areas, room);
    while !rest.is_empty() {
        let side = room.w.min(room.h);
        let mut taken = 1;
        while taken < rest.len() && worst(&rest[..=taken], side) <= worst(&rest[..taken], side) {
            taken += 1;
        }
        let (row, left) = rest.split_at(taken);
        room = lay(row, room, &mut out);
        rest = left;
    }
    out
}

/// How far from square the worst part of a row along `side` is, 1 being square.
fn worst(row: &[f64], side: f64) -> f64 {
    let sum: f64 = row.iter().sum();
    let thickness = sum / side;
    row.iter().map(|a| a / thickness).map(|length| (length / thickness).max(thickness / length)).fold(0.0, f64::max)
}

/// Lays a row along the shorter side, and gives back the room that is left.
fn lay(row: &[f64], room: Rect, out: &mut Vec<Rect>) -> Rect {
    let sum: f64 = row.iter().sum();
    let mut done = 0.0;
    if room.w >= room.h {
        let w = sum / room.h;
        for area in row {
            let h = area / w;
            out.push(Rect { x: room.x, y: room.y + done, w, h });
            done += h;
        }
        Rect { x: room.x + w, w: (room.w - w).max(0.0), ..room }
    } else {
        let h = sum / room.w;
        for area in row {
            let w = area / h;
            out.push(Rect { x: room.x + done, y: room.y, w, h });
            done += w;
        }
        Rect { y: room.y + h, h: (room.h - h).max(0.0), ..room }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_keep_their_area_and_stay_inside(mut sizes in prop::collection::vec(0.1f64..100.0, 1..20)) {
            sizes.sort_by(|a, b| b.total_cmp(a));
            let total: f64 = sizes.iter().sum();
            let room = Rect { x: 0.0, y: 0.0, w: 500.0, h: 300.0 };
            let areas: Vec<f64> = sizes.iter().map(|s| s / total * 150_000.0).collect();
            let places = squarify(&areas, room);
            prop_assert_eq!(places.len(), areas.len());
            for (place, area) in places.iter().zip(&areas) {
                prop_assert!((place.w * place.h - area).abs() < 1e-6 * area + 1e-6);
                prop_assert!(place.x >= 0.0 && place.y >= 0.0);
                prop_assert!(place.x + place.w <= 500.0 + 1e-6 && place.y + place.h <= 300.0 + 1e-6);
            }
        }
    }
}
