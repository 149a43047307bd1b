//! The segments: how many customers, worth how much.

use tandem_report::{
    Axis, BarSeries, Block, CategoryColor, Cell, Chart, Column, ColumnKind, NumberFormat, Plot, Section, Span, Table,
    TreemapItem,
};
use tandem_science::customer_value::SegmentSummary;

use super::context::{Basis, Context, color, share};
use crate::scenarios::words::{Fill, count};

pub(super) fn section(c: &Context<'_>) -> Section {
    let segments = c.by_worth();
    let mut section = Section::new("segments", c.t("segments.title"));
    if let Some(best) = segments.first() {
        let fills = [
            ("best", Fill::Text(best.name.clone())),
            ("best_customers", share(best.share_of_customers)),
            ("best_worth", share(c.worth_share(best))),
            ("basis", Fill::Text(c.basis_share())),
        ];
        let key = if c.s.has_amount { "segments.lead" } else { "segments.lead.rf" };
        section = section.paragraph(c.words.fill(key, &fills));
    }
    section = section.block(Block::Chart(map(c, &segments)));
    if c.basis != Basis::Customers {
        section = section.block(Block::Chart(bars(c, &segments)));
    }
    section.block(Block::Table(table(c, &segments)))
}

fn map(c: &Context<'_>, segments: &[&SegmentSummary]) -> Chart {
    let fills = [("basis", Fill::Text(c.basis_name()))];
    let item = |s: &&SegmentSummary| TreemapItem {
        name: s.name.clone(),
        color: color(s.segment),
        value: c.worth(s),
        detail: Some(c.words.fill("segments.detail", &[("n", count(s.customers))])),
    };
    Chart {
        id: "segments-map".into(),
        title: c.words.fill("segments.map", &fills),
        alt: c.words.fill("segments.map.alt", &fills),
        span: Span::Half,
        note: None,
        plot: Plot::Treemap {
            value: Axis::new(c.basis_name(), c.basis_format()),
            items: segments.iter().map(item).collect(),
        },
    }
}

fn bars(c: &Context<'_>, segments: &[&SegmentSummary]) -> Chart {
    let values = |of: &dyn Fn(&SegmentSummary) -> f64| segments.iter().map(|s| Some(of(s))).collect();
    let worth = c.words.fill("segments.worth", &[("basis", Fill::Text(c.basis_share()))]);
    Chart {
        id: "segments-shares".into(),
        title: c.t("segments.bars"),
        alt: c.t("segments.bars.alt"),
        span: Span::Half,
        note: None,
        plot: Plot::Bar {
            category: c.t("segments.segment"),
            categories: segments.iter().map(|s| s.name.clone()).collect(),
            value: c.axis("segments.share", NumberFormat::percent(0)),
            horizontal: true,
            stacked: false,
            series: vec![
                BarSeries { name: worth, color: 0, values: values(&|s| c.worth_share(s)) },
                BarSeries { name: c.t("segments.customers"), color: 5, values: values(&|s| s.share_of_customers) },
            ],
            category_colors: None,
            marks: Vec::new(),
        },
    }
}

/// The colours of all segments, for columns that name them.
pub(super) fn category(c: &Context<'_>) -> ColumnKind {
    let colors = c.s.segments.iter();
    ColumnKind::Category {
        colors: colors.map(|s| CategoryColor { name: s.name.clone(), color: color(s.segment) }).collect(),
    }
}

fn table(c: &Context<'_>, segments: &[&SegmentSummary]) -> Table {
    let (percent, whole) = (NumberFormat::percent(1), NumberFormat::count());
    let n = |key: &str, format: &NumberFormat| Column::number(key, c.t(&format!("col.{key}")), format.clone());
    type Value = fn(&Context<'_>, &SegmentSummary) -> Option<f64>;
    let mut columns: Vec<(Column, Value)> = Vec::new();
    let largest = |of: Value| segments.iter().filter_map(|s| of(c, s)).fold(0.0, f64::max);
    let mut add = |column: Column, of: Value| columns.push((column, of));
    let money = |key: &str, of: Value| n(key, &c.money_up_to(largest(of)));
    add(n("customers", &whole), |_, s| Some(s.customers as f64));
    add(n("share_customers", &percent).with_bar(), |_, s| Some(s.share_of_customers));
    add(n("since", &whole), |_, s| Some(s.mean_days_since_last));
    add(n("times", &NumberFormat::decimal(1)), |_, s| Some(s.mean_purchase_days));
    if c.s.has_amount {
        let spent: Value = |_, s| s.total_amount;
        add(money("spent", spent), spent);
    }
    if c.s.headline.expected_purchases.is_some() {
        let help = c.t("col.alive.help");
        add(n("alive", &NumberFormat::percent(0)).with_help(help), |c, s| c.alive_again(s.segment));
    }
    match c.basis {
        Basis::Ahead => {
            let (value, each): (Value, Value) = (|_, s| s.expected_value, |_, s| s.mean_clv);
            add(money("value", value), value);
            add(n("share_value", &percent).with_bar(), |_, s| s.share_of_expected_value);
            add(money("clv", each), each);
        }
        Basis::Purchases => add(n("purchases_ahead", &whole), |_, s| s.expected_purchases),
        Basis::Spent => {
            let average: Value = |_, s| s.mean_purchase;
            add(money("average", average), average);
        }
        Basis::Customers => {}
    }
    let segment = Column { key: "segment".into(), label: c.t("col.segment"), kind: category(c), help: None };
    let rows = segments.iter().map(|s| {
        std::iter::once(Cell::Text(s.name.clone())).chain(columns.iter().map(|(_, of)| Cell::from(of(c, s)))).collect()
    });
    Table {
        id: "segments".into(),
        title: c.t("segments.table"),
        rows: rows.collect(),
        columns: std::iter::once(segment).chain(columns.iter().map(|(column, _)| column.clone())).collect(),
        total_rows: None,
        page_rows: None,
        note: Some(c.t("segments.note")),
    }
}
