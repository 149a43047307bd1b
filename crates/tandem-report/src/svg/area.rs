//! Areas on top of each other over a continuous x.

use super::{
    Frame,
    canvas::Canvas,
    line::{Grid, tip},
    scale::extent,
};
use crate::{Axis, BandSeries, palette};

/// Points with tooltips, at most.
const TIPS: usize = 400;

pub(super) fn draw(frame: Frame, x: &Axis, y: &Axis, at: &[f64], series: &[BandSeries]) -> Canvas {
    // The upper edge of each area, counted from the bottom.
    let mut floor = vec![0.0; at.len()];
    let mut edges = Vec::with_capacity(series.len());
    for one in series {
        let thickness = |i: usize| one.values.get(i).copied().filter(|v| v.is_finite()).unwrap_or(0.0);
        let top: Vec<f64> = floor.iter().enumerate().map(|(i, low)| low + thickness(i)).collect();
        edges.push((std::mem::replace(&mut floor, top.clone()), top));
    }
    let all = edges.iter().flat_map(|(low, high)| low.iter().chain(high).copied()).chain([0.0]);
    let grid = Grid::new(frame, (x, y), extent(at.iter().copied()), extent(all), &[]);
    let mut canvas = grid.draw(frame, (x, y));
    for (one, (low, high)) in series.iter().zip(&edges) {
        let place = |(x, y): (&f64, &f64)| (grid.x.at(*x), grid.y.at(*y));
        let upper = at.iter().zip(high).map(place);
        let lower = at.iter().zip(low).rev().map(place);
        canvas.path(&format!("fill stack s{}", palette::index(one.color)), upper.chain(lower), true);
    }
    if at.len() * series.len() <= TIPS {
        for (one, (_, high)) in series.iter().zip(&edges) {
            for ((x_at, top), value) in at.iter().zip(high).zip(&one.values) {
                let words = tip(frame, &one.name, (*x_at, &x.format), (*value, &y.format));
                canvas.circle("hit", grid.x.at(*x_at), grid.y.at(*top), 5.0, &words);
            }
        }
    }
    canvas
}
