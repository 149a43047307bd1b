//! The customers to start with: the most valuable, and those going quiet.

use tandem_core::Text;
use tandem_report::{Block, Cell, Column, NumberFormat, Section, Table};
use tandem_science::rfm::Segment;

use super::{
    context::{Basis, Context, value},
    segments,
};

/// The most rows a list carries; a page shows fewer.
const ROWS: usize = 200;
const PAGE_ROWS: u32 = 20;
/// Rows of the list of those going quiet.
const QUIET_ROWS: usize = 50;

/// Nothing without forecasts.
pub(super) fn section(c: &Context<'_>) -> Option<Section> {
    c.s.headline.expected_purchases?;
    let mut section = Section::new("customers", c.t("list.title")).paragraph(c.t("list.lead"));
    section = section.block(Block::Table(top(c)));
    let quiet = quiet(c);
    if !quiet.rows.is_empty() {
        section = section.block(Block::Table(quiet));
    }
    Some(section)
}

/// What a customer is worth ahead, in the report's basis.
fn ahead(c: &Context<'_>, row: usize) -> Option<f64> {
    if c.basis == Basis::Ahead { value(c.customers.clv, row) } else { value(c.customers.expected_purchases, row) }
}

fn top(c: &Context<'_>) -> Table {
    let mut order: Vec<usize> = (0..c.customers.len()).collect();
    order.sort_by(|&a, &b| ahead(c, b).unwrap_or(0.0).total_cmp(&ahead(c, a).unwrap_or(0.0)).then(a.cmp(&b)));
    order.truncate(ROWS);
    let (mut columns, cells) = common(c, &order);
    if c.basis == Basis::Ahead {
        let largest = order.first().and_then(|&row| value(c.customers.clv, row)).unwrap_or(0.0);
        columns.push(Column::number("clv", c.t("col.value"), c.money_up_to(largest)).with_bar());
    }
    let row = |row: usize| {
        let mut out = cells(row);
        if c.basis == Basis::Ahead {
            out.push(value(c.customers.clv, row).into());
        }
        out
    };
    Table {
        id: "top".into(),
        title: c.t("list.top"),
        rows: order.into_iter().map(row).collect(),
        columns,
        total_rows: Some(c.customers.len() as u64),
        page_rows: Some(PAGE_ROWS),
        note: None,
    }
}

/// Bought three times or more, probably leaving: by what they would be worth if
/// they were active, times the probability that they are not.
fn quiet(c: &Context<'_>) -> Table {
    let at_stake = |row: usize| {
        let p = value(c.customers.p_alive, row)?;
        let ahead = ahead(c, row)?;
        (c.customers.purchase_days.value(row) >= 3 && (0.05..=0.6).contains(&p)).then(|| ahead / p * (1.0 - p))
    };
    let mut stakes: Vec<(usize, f64)> = (0..c.customers.len()).filter_map(|row| Some((row, at_stake(row)?))).collect();
    let total = stakes.len() as u64;
    stakes.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    stakes.truncate(QUIET_ROWS);
    let order: Vec<usize> = stakes.iter().map(|s| s.0).collect();
    let (mut columns, cells) = common(c, &order);
    let largest = stakes.first().map_or(0.0, |s| s.1);
    let (key, format) = match c.basis {
        Basis::Ahead => ("list.at_stake", c.money_up_to(largest)),
        _ => ("list.at_stake_purchases", NumberFormat::decimal(1)),
    };
    columns.push(Column::number("at_stake", c.t(key), format).with_bar().with_help(c.t(&format!("{key}.help"))));
    let row = |(row, stake): (usize, f64)| {
        let mut out = cells(row);
        out.push(stake.into());
        out
    };
    Table {
        id: "quiet".into(),
        title: c.t("list.quiet"),
        rows: stakes.into_iter().map(row).collect(),
        columns,
        total_rows: Some(total),
        page_rows: Some(PAGE_ROWS),
        note: Some(c.t("list.quiet.note")),
    }
}

/// The columns that both lists have, and a customer's cells in them. `order` is the rows that are shown.
fn common<'c>(c: &'c Context<'_>, order: &[usize]) -> (Vec<Column>, impl Fn(usize) -> Vec<Cell> + 'c) {
    let label = |name: &str| {
        c.columns.iter().find(|o| o.name == name).map_or_else(|| Text::new(name, name), |o| o.label.clone())
    };
    let help = |name: &str| c.columns.iter().find(|o| o.name == name).map(|o| o.help.clone());
    let number =
        |name: &str, format: NumberFormat| Column { help: help(name), ..Column::number(name, label(name), format) };
    let mut columns = vec![
        Column::text("customer", label("customer")),
        Column { key: "segment".into(), label: label("segment"), kind: segments::category(c), help: help("segment") },
        number("last_day", NumberFormat::date()),
        number("purchase_days", NumberFormat::count()),
    ];
    if c.s.has_amount {
        let largest = order.iter().filter_map(|&row| value(c.customers.total_amount, row)).fold(0.0, f64::max);
        columns.push(number("total_amount", c.money_up_to(largest)));
    }
    columns.push(number("p_alive", NumberFormat::percent(0)));
    columns.push(number("expected_purchases", NumberFormat::decimal(1)));
    let cells = move |row: usize| {
        let t = &c.customers;
        let mut out = vec![
            Cell::from(t.id.value(row)),
            segment_name(t.segment.value(row)),
            Cell::from(f64::from(t.last_day.value(row))),
            Cell::from(i64::from(t.purchase_days.value(row))),
        ];
        if c.s.has_amount {
            out.push(value(t.total_amount, row).into());
        }
        out.push(value(t.p_alive, row).into());
        out.push(value(t.expected_purchases, row).into());
        out
    };
    (columns, cells)
}

fn segment_name(key: &str) -> Cell {
    Segment::ALL.iter().find(|s| s.key() == key).map_or_else(|| Cell::from(key), |s| Cell::Text(s.name()))
}
