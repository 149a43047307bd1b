//! Tables.

use std::fmt::Write;

use tandem_core::Lang;

use crate::{
    Cell, Column, ColumnKind, NumberFormat, Table, format, palette,
    svg::{escape, identifier},
    words,
};

pub(super) fn write(out: &mut String, table: &Table, lang: Lang) {
    let _ = write!(out, "<figure class=\"table\"><figcaption><h3>{}</h3></figcaption>", escape(table.title.get(lang)));
    let shown = table.page_rows.map_or(table.rows.len(), |n| usize::try_from(n).unwrap_or(usize::MAX));
    let count = |n: u64| format::number(n as f64, &NumberFormat::count(), lang);
    let listed = table.rows.len();
    if listed > shown {
        // A check box and a style rule open the rest: no script is needed.
        let id = format!("all-{}", identifier(&table.id));
        let _ = write!(
            out,
            "<input type=\"checkbox\" class=\"toggle\" id=\"{id}\"><label for=\"{id}\">{} ({})</label>",
            words::show_all(lang),
            count(listed as u64)
        );
    }
    out.push_str("<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>");
    for column in &table.columns {
        let class = if matches!(column.kind, ColumnKind::Number { .. }) { " class=\"num\"" } else { "" };
        let help = column.help.as_ref().map_or_else(String::new, |h| format!(" title=\"{}\"", escape(h.get(lang))));
        let _ = write!(out, "<th scope=\"col\"{class}{help}>{}</th>", escape(column.label.get(lang)));
    }
    out.push_str("</tr></thead><tbody>");
    let largest: Vec<f64> = (0..table.columns.len()).map(|i| largest(table, i)).collect();
    for (number, row) in table.rows.iter().enumerate() {
        out.push_str(if number < shown { "<tr>" } else { "<tr class=\"more\">" });
        for ((column, cell), largest) in table.columns.iter().zip(row).zip(&largest) {
            self::cell(out, column, cell, *largest, lang);
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div>");
    if let Some(total) = table.total_rows.filter(|t| *t > listed as u64) {
        let words = words::listed_of(&count(listed as u64), &count(total), lang);
        let _ = write!(out, "<p class=\"note\">{words}</p>");
    }
    if let Some(note) = &table.note {
        let _ = write!(out, "<p class=\"note\">{}</p>", escape(note.get(lang)));
    }
    out.push_str("</figure>\n");
}

fn largest(table: &Table, column: usize) -> f64 {
    table.rows.iter().filter_map(|r| r.get(column)).filter_map(Cell::as_f64).fold(0.0, f64::max)
}

fn cell(out: &mut String, column: &Column, cell: &Cell, largest: f64, lang: Lang) {
    if let ColumnKind::Number { format, bar } = &column.kind {
        let Some(value) = cell.as_f64() else {
            let _ = match cell {
                Cell::Raw(s) => write!(out, "<td class=\"num\"><bdi>{}</bdi></td>", escape(s)),
                Cell::Text(t) => write!(out, "<td class=\"num\">{}</td>", escape(t.get(lang))),
                _ => write!(out, "<td class=\"num null\">{}</td>", format::MISSING),
            };
            return;
        };
        let words = escape(&format::number(value, format, lang));
        if *bar && largest > 0.0 && value > 0.0 {
            let width = value / largest * 100.0;
            let _ =
                write!(out, "<td class=\"num\">{words}<span class=\"bar\" style=\"width:{width:.1}%\"></span></td>");
        } else {
            let _ = write!(out, "<td class=\"num\">{words}</td>");
        }
        return;
    }
    match cell {
        Cell::Null => {
            let _ = write!(out, "<td class=\"null\">{}</td>", format::MISSING);
        }
        Cell::Int(v) => {
            let _ = write!(out, "<td>{v}</td>");
        }
        Cell::Number(v) => {
            let _ = write!(out, "<td>{}</td>", escape(&format::number(*v, &NumberFormat::default(), lang)));
        }
        // Words from data may run in either direction without turning their neighbours.
        Cell::Raw(s) => {
            let _ = write!(out, "<td class=\"id\"><bdi>{}</bdi></td>", escape(s));
        }
        Cell::Text(t) => {
            let words = t.get(lang);
            let class = match column.kind {
                ColumnKind::Category { .. } => "cat",
                _ if words.len() > 60 => "word long",
                _ => "word",
            };
            let _ = write!(out, "<td class=\"{class}\">{}{}</td>", category_key(column, t), escape(words));
        }
    }
}

fn category_key(column: &Column, name: &tandem_core::Text) -> String {
    let ColumnKind::Category { colors } = &column.kind else { return String::new() };
    colors
        .iter()
        .find(|c| &c.name == name)
        .map_or_else(String::new, |c| format!("<span class=\"key bg{}\"></span>", palette::index(c.color)))
}
