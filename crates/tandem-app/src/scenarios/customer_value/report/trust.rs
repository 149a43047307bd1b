//! How far to trust it: the back-test.

use tandem_core::Text;
use tandem_report::{
    BarSeries, Block, Cell, Chart, Column, LineSeries, Mark, MarkAxis, NumberFormat, Plot, Section, Span, Table,
};
use tandem_science::customer_value::{Backtest, Measure};

use super::{
    activity::range,
    answer::direction,
    context::{Context, days, share},
};
use crate::scenarios::words::{Fill, count, num};

pub(super) fn section(c: &Context<'_>) -> Section {
    let section = Section::new("trust", c.t("trust.title"));
    let Some(backtest) = &c.s.backtest else { return section.paragraph(c.t("trust.none")) };
    let section = section
        .paragraph(verdict(c, backtest))
        .block(Block::Chart(tracking(c, backtest)))
        .block(Block::Chart(by_frequency(c, backtest)))
        .block(Block::Table(table(c, backtest)));
    match &backtest.value {
        Some(value) => section.block(Block::Table(value_table(c, value))),
        None => section,
    }
}

fn verdict(c: &Context<'_>, b: &Backtest) -> Text {
    let m = &b.purchases;
    let error = m.error_percent.unwrap_or(0.0);
    let cut = || ("cut", c.date(b.calibration_end));
    let mut parts = vec![c.words.fill(
        "trust.lead",
        &[
            cut(),
            ("days", count(b.holdout_days.into())),
            ("customers", count(b.customers)),
            ("expected", num(m.expected, NumberFormat::count())),
            ("actual", num(m.actual, NumberFormat::count())),
            ("error", share(error.abs() / 100.0)),
            ("direction", Fill::Text(direction(c, error))),
        ],
    )];
    if let Some(naive) = m.naive_error_percent {
        let fills = [("naive", share(naive.abs() / 100.0)), ("direction", Fill::Text(direction(c, naive)))];
        parts.push(c.words.fill("trust.naive.better", &fills));
    }
    if let (Some(model), Some(naive)) = (m.top_tenth_share, m.naive_top_tenth_share) {
        parts.push(c.words.fill("trust.rank", &[("model", share(model)), ("naive", share(naive))]));
    }
    let key = match error.abs() {
        e if e < 10.0 => "trust.good",
        e if e < 25.0 => "trust.fair",
        _ => "trust.poor",
    };
    parts.push(c.words.fill(key, &[cut()]));
    let join = |of: fn(&Text) -> &str, gap: &str| parts.iter().map(of).collect::<Vec<_>>().join(gap);
    Text::new(join(|t| &t.en, " "), join(|t| &t.zh, ""))
}

fn tracking(c: &Context<'_>, b: &Backtest) -> Chart {
    let line = |name: &str, color, dashed, points| LineSeries {
        name: c.t(name),
        color,
        dashed,
        area: false,
        points,
        band: None,
    };
    let actual = b.tracking.iter().map(|p| [days(p.date), p.actual as f64]).collect();
    let expected = b.tracking.iter().map(|p| [days(p.date), p.expected]).collect();
    Chart {
        id: "tracking".into(),
        title: c.t("trust.tracking"),
        alt: c.t("trust.tracking.alt"),
        span: Span::Full,
        note: None,
        plot: Plot::Line {
            x: c.axis("trust.date", NumberFormat::date()).from(days(b.calibration_start)),
            y: c.axis("trust.cumulative", NumberFormat::count()).from(0.0),
            series: vec![line("trust.actual", Some(0), false, actual), line("trust.expected", Some(1), true, expected)],
            marks: vec![Mark { axis: MarkAxis::X, value: days(b.calibration_end), label: c.t("trust.cut") }],
        },
    }
}

fn by_frequency(c: &Context<'_>, b: &Backtest) -> Chart {
    let rows = &b.by_frequency;
    let name = |r: &tandem_science::customer_value::FrequencyRow| {
        range(c, f64::from(r.frequency), f64::from(r.frequency), r.and_more)
    };
    let series = |key: &str, color, values: Vec<f64>| BarSeries {
        name: c.t(key),
        color,
        values: values.into_iter().map(Some).collect(),
    };
    Chart {
        id: "by-frequency".into(),
        title: c.t("trust.frequency"),
        alt: c.t("trust.frequency.alt"),
        span: Span::Full,
        note: None,
        plot: Plot::Bar {
            category: c.t("trust.before"),
            categories: rows.iter().map(name).collect(),
            value: c.axis("trust.mean", NumberFormat::decimal(2)),
            horizontal: false,
            stacked: false,
            series: vec![
                series("trust.actual", 0, rows.iter().map(|r| r.actual).collect()),
                series("trust.expected", 1, rows.iter().map(|r| r.expected).collect()),
                series("trust.naive", 5, rows.iter().map(|r| r.naive).collect()),
            ],
            category_colors: None,
            marks: Vec::new(),
        },
    }
}

fn table(c: &Context<'_>, b: &Backtest) -> Table {
    let note = match b.new_customers {
        0 => c.t("trust.note_plain"),
        new => c.words.fill("trust.note", &[("new", count(new))]),
    };
    let formats = [NumberFormat::count(), NumberFormat::decimal(2)];
    Table { note: Some(note), ..errors(c, "m", &b.purchases, formats) }
}

fn value_table(c: &Context<'_>, value: &Measure) -> Table {
    let fine = c.money.clone().with_decimals(2);
    errors(c, "v", value, [c.money_up_to(value.actual.max(value.expected)), fine])
}

/// The model beside the naive forecast and what happened; `formats` are those
/// of a total and of an error a customer.
fn errors(c: &Context<'_>, kind: &str, m: &Measure, [whole, fine]: [NumberFormat; 2]) -> Table {
    let label = |key: &str| c.t(&format!("trust.{kind}.{key}"));
    let number = |key: &str, format: NumberFormat| Column::number(key, label(key), format);
    let part = |v: Option<f64>| Cell::from(v.map(|v| v / 100.0));
    let row = |name: &str, total: f64, error: Option<f64>, mae: Option<f64>, rmse: Option<f64>, top: Option<f64>| {
        vec![Cell::Text(c.t(name)), total.into(), part(error), mae.into(), rmse.into(), top.into()]
    };
    let naive = (m.naive_expected, m.naive_error_percent, Some(m.naive_mae), Some(m.naive_rmse));
    Table {
        id: format!("errors-{kind}"),
        title: c.t(&format!("trust.{kind}.title")),
        columns: vec![
            Column::text("forecast", c.t("trust.col.forecast")),
            number("total", whole),
            number("error", NumberFormat::percent(1).signed()),
            number("mae", fine.clone()),
            number("rmse", fine),
            number("top", NumberFormat::percent(1)),
        ],
        rows: vec![
            row("trust.expected", m.expected, m.error_percent, Some(m.mae), Some(m.rmse), m.top_tenth_share),
            row("trust.naive", naive.0, naive.1, naive.2, naive.3, m.naive_top_tenth_share),
            row("trust.actual", m.actual, None, None, None, None),
        ],
        total_rows: None,
        page_rows: None,
        note: None,
    }
}
