//! Charts with what surrounds the picture: title, legend, remark, data.

use std::fmt::Write;

use tandem_core::Lang;

use crate::{
    Cell, Chart, ColumnKind, Plot, format, palette,
    svg::{self, Key, Width, escape},
    words,
};

/// The most rows of data given as a table below a chart.
const DATA_ROWS: usize = 80;

pub(super) fn write(out: &mut String, chart: &Chart, lang: Lang) {
    let _ = write!(out, "<figure><figcaption><h3>{}</h3></figcaption>", escape(chart.title.get(lang)));
    legend(out, &chart.plot, lang);
    for (width, class) in [(Width::Wide, "w"), (Width::Narrow, "n")] {
        let svg = svg::render(chart, lang, width);
        let _ = write!(out, "<svg class=\"{class}\"{}", svg.strip_prefix("<svg").unwrap_or(&svg));
    }
    if let Some(note) = &chart.note {
        let _ = write!(out, "<p class=\"note\">{}</p>", escape(note.get(lang)));
    }
    data(out, chart, lang);
    out.push_str("</figure>\n");
}

/// Names of the series, where there is more than one.
fn legend(out: &mut String, plot: &Plot, lang: Lang) {
    let keys = svg::keys(plot);
    if keys.is_empty() {
        return;
    }
    out.push_str("<ul class=\"legend\">");
    for (key, name) in keys {
        let class = match key {
            Key::Fill(color) => format!("bg{}", palette::index(color)),
            Key::Stroke { color, dashed } => {
                let color = color.map_or_else(|| "ink".to_owned(), |c| format!("bg{}", palette::index(c)));
                format!("stroke {color}{}", if dashed { " dash" } else { "" })
            }
        };
        let _ = write!(out, "<li><span class=\"key {class}\"></span>{}</li>", escape(name.get(lang)));
    }
    out.push_str("</ul>");
}

/// The numbers as a table, where they are few: for screen readers and for
/// whoever wants to copy them.
fn data(out: &mut String, chart: &Chart, lang: Lang) {
    // Points have no order in which anybody would read them.
    if matches!(chart.plot, Plot::Scatter { .. } | Plot::PointMap { .. }) {
        return;
    }
    let table = crate::data::table(chart);
    if table.rows.is_empty() || table.rows.len() > DATA_ROWS {
        return;
    }
    let _ =
        write!(out, "<details><summary>{}</summary><div class=\"scroll\"><table><thead><tr>", words::chart_data(lang));
    let class = |at: usize| if at > 0 { " class=\"num\"" } else { "" };
    for (at, column) in table.columns.iter().enumerate() {
        let _ = write!(out, "<th{} scope=\"col\">{}</th>", class(at), escape(column.label.get(lang)));
    }
    out.push_str("</tr></thead><tbody>");
    for row in &table.rows {
        out.push_str("<tr>");
        for (at, (cell, column)) in row.iter().zip(&table.columns).enumerate() {
            let _ = write!(out, "<td{}>{}</td>", class(at), escape(&shown(cell, &column.kind, lang)));
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div></details>");
}

fn shown(cell: &Cell, kind: &ColumnKind, lang: Lang) -> String {
    match (cell, kind) {
        (Cell::Raw(word), _) => word.clone(),
        (Cell::Text(text), _) => text.get(lang).to_owned(),
        (cell, ColumnKind::Number { format, .. }) => format::optional(cell.as_f64(), format, lang),
        _ => format::MISSING.to_owned(),
    }
}
