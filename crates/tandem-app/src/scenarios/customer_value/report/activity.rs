//! Who is still active: P(alive) of repeat buyers, and how it falls with silence.

use tandem_core::Text;
use tandem_report::{Axis, Block, Chart, NumberFormat, Plot, Section, Span};

use super::context::{Context, days, value};
use crate::scenarios::words::{Fill, count};

/// Bars of the histogram.
const BARS: usize = 20;
/// Columns of the heat map at the most.
const COLUMNS: usize = 9;
/// Ends (inclusive) of the heat map's rows: purchases.
const ROWS: [(i32, i32); 7] = [(1, 1), (2, 2), (3, 3), (4, 5), (6, 9), (10, 19), (20, i32::MAX)];

/// Nothing without forecasts.
pub(super) fn section(c: &Context<'_>) -> Option<Section> {
    c.s.headline.active_customers?;
    let alive: Vec<f64> = repeat_buyers(c).filter_map(|row| value(c.customers.p_alive, row)).collect();
    let below = alive.iter().filter(|p| **p < 0.5).count() as u64;
    let above = alive.iter().filter(|p| **p > 0.9).count() as u64;
    let once = c.s.headline.customers - c.s.headline.repeat_buyers;
    let fills = [("repeat", count(alive.len() as u64)), ("quiet", count(below)), ("sure", count(above))];
    Some(
        Section::new("activity", c.t("active.title"))
            .paragraph(c.words.fill("active.lead", &fills))
            .paragraph(c.words.fill("active.once", &[("once", count(once))]))
            .block(Block::Chart(histogram(c, &alive)))
            .block(Block::Chart(map(c))),
    )
}

fn repeat_buyers(c: &Context<'_>) -> impl Iterator<Item = usize> {
    (0..c.customers.len()).filter(|&row| c.customers.frequency.value(row) > 0)
}

fn histogram(c: &Context<'_>, alive: &[f64]) -> Chart {
    let mut counts = vec![0.0; BARS];
    for p in alive {
        counts[((p * BARS as f64) as usize).min(BARS - 1)] += 1.0;
    }
    Chart {
        id: "alive".into(),
        title: c.t("active.histogram"),
        alt: c.t("active.histogram.alt"),
        span: Span::Half,
        note: None,
        plot: Plot::Histogram {
            x: c.axis("active.p", NumberFormat::percent(0)),
            y: c.axis("active.repeat", NumberFormat::count()),
            edges: (0..=BARS).map(|i| i as f64 / BARS as f64).collect(),
            counts,
            color: 0,
            marks: Vec::new(),
        },
    }
}

fn map(c: &Context<'_>) -> Chart {
    let now = days(c.s.as_of);
    let silence = |row: usize| (now - f64::from(c.customers.last_day.value(row))).max(0.0);
    let longest = (0..c.customers.len()).map(silence).fold(0.0, f64::max);
    let step = [7.0, 14.0, 30.0, 60.0, 90.0, 180.0, 365.0, 730.0]
        .into_iter()
        .find(|s| s * COLUMNS as f64 > longest)
        .unwrap_or(1460.0);
    let columns = ((longest / step) as usize + 1).min(COLUMNS);
    let mut sums = vec![vec![(0.0, 0_u64); columns]; ROWS.len()];
    for row in 0..c.customers.len() {
        let times = c.customers.purchase_days.value(row);
        let place = ROWS.iter().position(|(from, to)| (*from..=*to).contains(&times));
        if let (Some(place), Some(p)) = (place, value(c.customers.p_alive, row)) {
            let cell = &mut sums[place][((silence(row) / step) as usize).min(columns - 1)];
            *cell = (cell.0 + p, cell.1 + 1);
        }
    }
    // Rows above the most frequent buyer would be empty.
    let used = sums.iter().rposition(|r| r.iter().any(|c| c.1 > 0)).map_or(1, |last| last + 1);
    sums.truncate(used);
    let mean = |cell: &(f64, u64)| (cell.1 > 0).then(|| cell.0 / cell.1 as f64);
    Chart {
        id: "alive-map".into(),
        title: c.t("active.map"),
        alt: c.t("active.map.alt"),
        span: Span::Half,
        note: Some(c.t("active.map.note")),
        plot: Plot::HeatMap {
            x: c.t("active.since"),
            x_categories: (0..columns)
                .map(|i| range(c, i as f64 * step, (i as f64 + 1.0) * step - 1.0, i + 1 == columns))
                .collect(),
            y: c.t("active.times"),
            y_categories: ROWS[..used]
                .iter()
                .map(|&(a, b)| range(c, f64::from(a), f64::from(b), b == i32::MAX))
                .collect(),
            value: Axis::new(c.t("active.mean_p"), NumberFormat::percent(0)).from(0.0).to(1.0),
            values: sums.iter().map(|r| r.iter().map(mean).collect()).collect(),
            counts: Some(sums.iter().map(|r| r.iter().map(|c| c.1).collect()).collect()),
        },
    }
}

/// “4–5”, “20+” or “3”.
pub(super) fn range(c: &Context<'_>, from: f64, to: f64, open: bool) -> Text {
    let n = |v: f64| Fill::Raw(format!("{v:.0}"));
    if open {
        c.words.fill("range.more", &[("n", n(from))])
    } else if from == to {
        c.words.fill("range.plain", &[("n", n(from))])
    } else {
        c.words.fill("range.to", &[("a", n(from)), ("b", n(to))])
    }
}
