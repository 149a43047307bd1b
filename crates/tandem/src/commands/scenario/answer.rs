//! A report in short, for a terminal: the answer, its numbers, and the first table.

use std::fmt::Write;

use tandem_core::Lang;
use tandem_report::{Cell, ColumnKind, NumberFormat, Report, format};

use crate::terminal::{Align, Table};

/// The answer in a sentence, the headline numbers and the segments, as text.
pub(super) fn text(report: &Report, lang: Lang) -> String {
    // Writing to a String can't fail.
    let mut out = String::new();
    let _ = writeln!(out, "{}\n{}\n\n{}\n", report.title.get(lang), report.subtitle.get(lang), report.answer.get(lang));
    let head = match lang {
        Lang::En => ["", "Value", "95% interval"],
        Lang::Zh => ["", "数值", "95% 区间"],
    };
    let mut numbers = Table::new(head.into_iter().zip([Align::Left, Align::Right, Align::Right]));
    for item in &report.headline {
        let range = item.value.interval.as_ref().map(|i| format::interval(i, &item.value.format, lang));
        numbers.row([item.label.get(lang).to_owned(), format::value(&item.value, lang), range.unwrap_or_default()]);
    }
    out.push_str(&numbers.render());
    if let Some(first) = report.tables().next() {
        let _ = writeln!(out, "\n{}", first.title.get(lang));
        out.push_str(&table(first, lang));
    }
    out
}

fn table(table: &tandem_report::Table, lang: Lang) -> String {
    let align = |kind: &ColumnKind| if matches!(kind, ColumnKind::Number { .. }) { Align::Right } else { Align::Left };
    let mut out = Table::new(table.columns.iter().map(|c| (c.label.get(lang), align(&c.kind))));
    let plain = NumberFormat::default();
    for row in &table.rows {
        out.row(row.iter().zip(&table.columns).map(|(cell, column)| match (cell, &column.kind) {
            (Cell::Null, _) => format::MISSING.to_owned(),
            (Cell::Raw(s), _) => s.clone(),
            (Cell::Text(t), _) => t.get(lang).to_owned(),
            (number, ColumnKind::Number { format, .. }) => format::optional(number.as_f64(), format, lang),
            (number, _) => format::optional(number.as_f64(), &plain, lang),
        }));
    }
    out.render()
}
