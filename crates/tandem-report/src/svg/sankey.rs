//! Flows between the parts of stages: columns of bars, and ribbons between them.

use tandem_core::Text;

use super::{
    Frame,
    axes::{LABEL, TICK},
    canvas::{Anchor, Canvas},
    text,
};
use crate::{Axis, FlowLink, FlowNode, format, palette};

const BAR: f64 = 12.0;
const GAP: f64 = 10.0;
const TOP: f64 = 24.0;

/// A part of a stage, laid out.
struct Placed {
    x: f64,
    y: f64,
    height: f64,
    /// How far its outgoing and its incoming ribbons are laid.
    out: f64,
    into: f64,
}

pub(super) fn draw(frame: Frame, value: &Axis, stages: &[Text], nodes: &[FlowNode], links: &[FlowLink]) -> Canvas {
    let lang = frame.lang;
    let height = if frame.width > 700.0 { 340.0 } else { 300.0 };
    let mut canvas = Canvas::new(frame.width, TOP + height + 8.0);
    let index = |at: u32| usize::try_from(at).ok().filter(|at| *at < nodes.len());
    let mut passing = vec![(0.0_f64, 0.0_f64); nodes.len()];
    let known: Vec<(usize, usize, f64)> = links
        .iter()
        .filter(|link| link.value > 0.0 && link.value.is_finite())
        .filter_map(|link| Some((index(link.from)?, index(link.to)?, link.value)))
        .collect();
    for (from, to, value) in &known {
        passing[*from].0 += value;
        passing[*to].1 += value;
    }
    let size = |at: usize| passing[at].0.max(passing[at].1);
    let last = nodes.iter().map(|node| node.stage).max().unwrap_or(0);
    let of_stage = |stage: u32| (0..nodes.len()).filter(move |at| nodes[*at].stage == stage);
    // One scale for all stages: the fullest decides.
    let scale = (0..=last)
        .map(|stage| {
            let total: f64 = of_stage(stage).map(size).sum();
            let gaps = GAP * of_stage(stage).count().saturating_sub(1) as f64;
            if total > 0.0 { (height - gaps).max(height * 0.3) / total } else { f64::INFINITY }
        })
        .fold(f64::INFINITY, f64::min);
    let scale = if scale.is_finite() { scale } else { 0.0 };
    let step = if last == 0 { 0.0 } else { (frame.width - BAR) / f64::from(last) };
    let mut placed: Vec<Placed> = Vec::with_capacity(nodes.len());
    let mut used = vec![TOP; usize::try_from(last).unwrap_or(0) + 1];
    for (at, node) in nodes.iter().enumerate() {
        let stage = usize::try_from(node.stage).unwrap_or(0);
        let (y, height) = (used[stage], size(at) * scale);
        used[stage] += height + GAP;
        placed.push(Placed { x: step * f64::from(node.stage), y, height, out: 0.0, into: 0.0 });
    }
    for (from, to, amount) in &known {
        let thick = amount * scale;
        let start = (placed[*from].x + BAR, placed[*from].y + placed[*from].out);
        let end = (placed[*to].x, placed[*to].y + placed[*to].into);
        placed[*from].out += thick;
        placed[*to].into += thick;
        let tip = format!(
            "{} → {}: {}",
            nodes[*from].name.get(lang),
            nodes[*to].name.get(lang),
            format::number(*amount, &value.format, lang)
        );
        let class = format!("fill flow s{}", palette::index(nodes[*from].color));
        canvas.ribbon(&class, (start.0, start.1, start.1 + thick), (end.0, end.1, end.1 + thick), &tip);
    }
    let room = (step - BAR - 10.0).max(30.0) * 0.6;
    for (at, (node, place)) in nodes.iter().zip(&placed).enumerate() {
        let name = node.name.get(lang);
        let amount = format::number(size(at), &value.format, lang);
        let class = format!("fill s{}", palette::index(node.color));
        canvas.rect(&class, (place.x, place.y), (BAR, place.height.max(1.0)), &format!("{name}: {amount}"));
        let end = node.stage == last && last > 0;
        let (x, anchor) = if end { (place.x - 5.0, Anchor::End) } else { (place.x + BAR + 5.0, Anchor::Start) };
        let words = text::fit(&format!("{name} {amount}"), TICK, room);
        canvas.text("halo", x, place.y + place.height / 2.0 + 3.8, anchor, &words);
    }
    for (stage, name) in stages.iter().enumerate().take(used.len()) {
        let at = step * stage as f64;
        let name = text::fit(name.get(lang), LABEL, step.max(80.0) * 0.9);
        match stage {
            0 => canvas.text("axis", at, 12.0, Anchor::Start, &name),
            _ if stage + 1 == used.len() => canvas.text("axis", at + BAR, 12.0, Anchor::End, &name),
            _ => canvas.text("axis", at + BAR / 2.0, 12.0, Anchor::Middle, &name),
        }
    }
    canvas
}
