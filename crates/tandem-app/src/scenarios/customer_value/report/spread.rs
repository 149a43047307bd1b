//! How unevenly value is spread over customers.

use tandem_core::Text;
use tandem_report::{Axis, BarSeries, Block, Chart, LineSeries, NumberFormat, Plot, Section, Span};

use super::context::{Context, share};
use crate::scenarios::words::Fill;

/// Nothing where no value is known, or too few customers have any.
pub(super) fn section(c: &Context<'_>) -> Option<Section> {
    let curve = &c.s.charts.concentration;
    if curve.len() < 11 || c.s.headline.customers < 20 {
        return None;
    }
    let fills = [
        ("tenth", share(curve[1].value)),
        ("fifth", share(curve[2].value)),
        ("half", share(1.0 - curve[5].value)),
        ("basis", Fill::Text(c.basis_share())),
    ];
    Some(
        Section::new("spread", c.t("spread.title"))
            .paragraph(c.words.fill("spread.lead", &fills))
            .block(Block::Chart(cumulative(c)))
            .block(Block::Chart(tenths(c))),
    )
}

fn worth_axis(c: &Context<'_>) -> Axis {
    let label = c.words.fill("spread.share", &[("basis", Fill::Text(c.basis_share()))]);
    Axis::new(label, NumberFormat::percent(0))
}

fn cumulative(c: &Context<'_>) -> Chart {
    let points = c.s.charts.concentration.iter().map(|p| [p.customers, p.value]).collect();
    let line = |name: &str, color, dashed, area, points| LineSeries {
        name: c.t(name),
        color,
        dashed,
        area,
        points,
        band: None,
    };
    Chart {
        id: "spread-curve".into(),
        title: c.t("spread.curve"),
        alt: c.t("spread.curve.alt"),
        span: Span::Half,
        note: None,
        plot: Plot::Line {
            x: c.axis("spread.customers", NumberFormat::percent(0)).from(0.0).to(1.0),
            y: worth_axis(c).from(0.0).to(1.0),
            series: vec![
                line("spread.equal", None, true, false, vec![[0.0, 0.0], [1.0, 1.0]]),
                line("spread.actual", Some(0), false, true, points),
            ],
            marks: Vec::new(),
        },
    }
}

fn tenths(c: &Context<'_>) -> Chart {
    let curve = &c.s.charts.concentration;
    let shares = curve.windows(2).map(|w| Some(w[1].value - w[0].value)).collect();
    let name = |i: usize| match i {
        1 => c.t("spread.tenth.1"),
        _ => Text::new(i.to_string(), i.to_string()),
    };
    Chart {
        id: "spread-tenths".into(),
        title: c.t("spread.tenths"),
        alt: c.t("spread.tenths.alt"),
        span: Span::Half,
        note: None,
        plot: Plot::Bar {
            category: c.t("spread.tenth"),
            categories: (1..curve.len()).map(name).collect(),
            value: worth_axis(c),
            horizontal: false,
            stacked: false,
            series: vec![BarSeries { name: c.basis_name(), color: 0, values: shares }],
            category_colors: None,
            marks: Vec::new(),
        },
    }
}
