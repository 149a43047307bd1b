use super::*;
use crate::{Block, fixture};

fn charts() -> Vec<Chart> {
    let report = fixture::report();
    report
        .sections
        .into_iter()
        .flat_map(|s| s.blocks)
        .filter_map(|b| match b {
            Block::Chart(c) => Some(c),
            _ => None,
        })
        .collect()
}

/// Every tag that is opened is closed, in order, and no attribute is left open.
fn assert_well_formed(svg: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = svg;
    while let Some(start) = rest.find('<') {
        let tail = &rest[start + 1..];
        let end = tail.find('>').expect("a tag that ends");
        let tag = &tail[..end];
        assert_eq!(tag.matches('"').count() % 2, 0, "quotes in <{tag}>");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(tag.split_whitespace().next().unwrap_or(tag));
        }
        rest = &tail[end + 1..];
    }
    assert!(open.is_empty(), "still open: {open:?}");
}

#[test]
fn every_kind_is_well_formed_and_says_what_it_is() {
    for chart in charts() {
        for lang in [Lang::En, Lang::Zh] {
            for width in [Width::Wide, Width::Narrow] {
                let svg = render(&chart, lang, width);
                assert_well_formed(&svg);
                assert!(svg.starts_with("<svg role=\"img\" aria-labelledby="));
                assert!(!svg.contains("<script") && !svg.contains("NaN") && !svg.contains("inf"), "{}", chart.id);
                assert_eq!(svg, render(&chart, lang, width), "the same bytes each time");
            }
        }
    }
}

#[test]
fn nothing_is_drawn_outside_the_picture() {
    for chart in charts() {
        for width in [Width::Wide, Width::Narrow] {
            let svg = render(&chart, Lang::En, width);
            let limit = width.pixels(chart.span);
            for part in svg.split(" x=\"").skip(1) {
                let x: f64 = part.split('"').next().unwrap().parse().unwrap();
                assert!((0.0..=limit).contains(&x), "{}: x = {x} of {limit}", chart.id);
            }
        }
    }
}

#[test]
fn empty_data_still_makes_a_picture() {
    for mut chart in charts() {
        match &mut chart.plot {
            Plot::Line { series, .. } => series.clear(),
            Plot::Scatter { series, .. } => series.clear(),
            Plot::Bar { categories, series, .. } => {
                categories.clear();
                series.clear();
            }
            Plot::Histogram { edges, counts, .. } => {
                edges.clear();
                counts.clear();
            }
            Plot::HeatMap { x_categories, y_categories, values, .. } => {
                x_categories.clear();
                y_categories.clear();
                values.clear();
            }
            Plot::Treemap { items, .. } => items.clear(),
            Plot::Area { at, series, .. } => {
                at.clear();
                series.clear();
            }
            Plot::Box { categories, boxes, .. } => {
                categories.clear();
                boxes.clear();
            }
            Plot::Funnel { steps, .. } => steps.clear(),
            Plot::Sankey { nodes, links, .. } => {
                nodes.clear();
                links.clear();
            }
            Plot::TileMap { tiles, .. } => tiles.clear(),
            Plot::PointMap { series, .. } => series.clear(),
        }
        assert_well_formed(&render(&chart, Lang::Zh, Width::Narrow));
    }
}

#[test]
fn a_bar_is_as_long_as_its_value() {
    let chart = charts().into_iter().find(|c| c.id == "lying").unwrap();
    let svg = render(&chart, Lang::En, Width::Wide);
    let width_of = |tip: &str| -> f64 {
        let before = &svg[..svg.find(tip).unwrap_or_else(|| panic!("no {tip} in {svg}"))];
        let at = before.rfind("width=\"").unwrap() + 7;
        before[at..].split('"').next().unwrap().parse().unwrap()
    };
    let (three, eight) = (width_of("low · actual: 3"), width_of("high · expected: 8"));
    assert!((eight / three - 8.0 / 3.0).abs() < 0.02, "{three} and {eight}");
}
