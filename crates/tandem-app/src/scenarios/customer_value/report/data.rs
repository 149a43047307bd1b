//! What was read, what was left out, and the history in pictures.

use tandem_core::Text;
use tandem_report::{
    BarSeries, Block, Cell, Chart, Column, NumberFormat, Plot, Section, Severity, Span, Table, Warning,
};

use super::{activity::range, context::Context};
use crate::scenarios::words::{count, num};

pub(super) fn section(c: &Context<'_>, rejected: u64) -> Section {
    let counts = &c.s.counts;
    let fills = [
        ("rows", count(counts.purchase_rows)),
        ("days", count(counts.purchase_days)),
        ("customers", count(counts.customers)),
        ("only", count(counts.customers_without_purchase)),
    ];
    let key = if counts.customers_without_purchase > 0 { "data.days" } else { "data.days_plain" };
    let mut section = Section::new("data", c.t("data.title"))
        .paragraph(c.t("data.lead"))
        .block(Block::Table(table(c, rejected)))
        .paragraph(c.words.fill(key, &fills));
    let kept = counts.duplicates - counts.duplicates_dropped.min(counts.duplicates);
    let told = c.s.warnings.iter().any(|w| w.code == tandem_science::customer_value::WarningCode::ManyDuplicates);
    if kept > 0 && !told {
        let text = c.words.fill("data.duplicates", &[("n", count(kept))]);
        section = section.block(Block::Warning(Warning::new("duplicates_kept", Severity::Info, text)));
    }
    section.block(Block::Chart(months(c))).block(Block::Chart(frequencies(c)))
}

fn table(c: &Context<'_>, rejected: u64) -> Table {
    let n = &c.s.counts;
    let all = (n.rows + rejected) as f64;
    let mut rows = Vec::new();
    let mut row = |key: &str, value: u64, why: Text| {
        if value > 0 || key == "rows_read" {
            let share = if all > 0.0 { Cell::from(value as f64 / all) } else { Cell::Null };
            rows.push(vec![Cell::Text(c.t(&format!("data.{key}"))), Cell::from(value), share, Cell::Text(why)]);
        }
    };
    let plain = |key: &str| c.t(&format!("data.{key}.why"));
    row("rows_read", n.rows + rejected, plain("rows_read"));
    let used = if n.zero_amount > 0 {
        c.words.fill("data.purchases.why", &[("zero", count(n.zero_amount))])
    } else {
        plain("purchases_plain")
    };
    row("purchases", n.purchase_rows, used);
    row("returns", n.returns, returns(c));
    row("no_customer", n.missing_customer, plain("no_customer"));
    row("bad_time", n.unreadable_time, plain("bad_time"));
    row("no_amount", n.missing_amount, plain("no_amount"));
    row("bad_amount", n.unreadable_amount, plain("bad_amount"));
    row("dropped", n.duplicates_dropped, plain("dropped"));
    row("unread", rejected, plain("unread"));
    Table {
        id: "rows".into(),
        title: c.t("data.table"),
        columns: vec![
            Column::text("what", c.t("data.what")),
            Column::number("rows", c.t("data.rows"), NumberFormat::count()),
            Column::number("share", c.t("data.share"), NumberFormat::percent(1)),
            Column::text("why", c.t("data.why")),
        ],
        rows,
        total_rows: None,
        page_rows: None,
        note: None,
    }
}

fn returns(c: &Context<'_>) -> Text {
    let n = &c.s.counts;
    let sum = ("sum", num(n.returns_amount, c.money.clone()));
    if c.netted {
        let unmatched = ("unmatched", num(n.returns_unmatched, c.money.clone()));
        c.words.fill("data.returns_net.why", &[sum, unmatched])
    } else {
        c.words.fill("data.returns.why", &[sum])
    }
}

fn months(c: &Context<'_>) -> Chart {
    let months = &c.s.charts.months;
    let name = |m: chrono::NaiveDate| Text::new(m.format("%b %Y").to_string(), m.format("%Y年%-m月").to_string());
    let series = |key: &str, color, values: Vec<f64>| BarSeries {
        name: c.t(key),
        color,
        values: values.into_iter().map(Some).collect(),
    };
    Chart {
        id: "months".into(),
        title: c.t("data.months"),
        alt: c.t("data.months.alt"),
        span: Span::Half,
        note: None,
        plot: Plot::Bar {
            category: c.t("data.month"),
            categories: months.iter().map(|m| name(m.month)).collect(),
            value: c.axis("data.purchases_axis", NumberFormat::count()),
            horizontal: false,
            stacked: true,
            series: vec![
                series("data.repeat", 0, months.iter().map(|m| (m.purchases - m.new_customers) as f64).collect()),
                series("data.first", 2, months.iter().map(|m| m.new_customers as f64).collect()),
            ],
            category_colors: None,
            marks: Vec::new(),
        },
    }
}

fn frequencies(c: &Context<'_>) -> Chart {
    let bins = &c.s.charts.purchase_days;
    Chart {
        id: "frequencies".into(),
        title: c.t("data.frequency"),
        alt: c.t("data.frequency.alt"),
        span: Span::Half,
        note: None,
        plot: Plot::Bar {
            category: c.t("data.times"),
            categories: bins.iter().map(|b| range(c, b.from, b.from, b.to.is_none())).collect(),
            value: c.axis("data.customers", NumberFormat::count()),
            horizontal: false,
            stacked: false,
            series: vec![BarSeries {
                name: c.t("data.customers"),
                color: 0,
                values: bins.iter().map(|b| Some(b.customers as f64)).collect(),
            }],
            category_colors: None,
            marks: Vec::new(),
        },
    }
}
