//! Charts with what surrounds the picture: title, legend, remark, data.

use std::fmt::Write;

use tandem_core::{Lang, Text};

use super::words;
use crate::{
    Chart, NumberFormat, Plot, format, palette,
    svg::{self, Width, escape},
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
    data(out, &chart.plot, lang);
    out.push_str("</figure>\n");
}

/// Names of the series, where there is more than one.
fn legend(out: &mut String, plot: &Plot, lang: Lang) {
    let fill = |c: u8| format!("key bg{}", palette::index(c));
    let stroke = |color: Option<u8>, dashed: bool| {
        let color = color.map_or_else(|| "ink".to_owned(), |c| format!("bg{}", palette::index(c)));
        format!("key stroke {color}{}", if dashed { " dash" } else { "" })
    };
    let keys: Vec<(String, &Text)> = match plot {
        Plot::Line { series, .. } => series.iter().map(|s| (stroke(s.color, s.dashed), &s.name)).collect(),
        Plot::Scatter { series, .. } => series.iter().map(|s| (fill(s.color), &s.name)).collect(),
        Plot::Bar { series, category_colors: None, .. } => series.iter().map(|s| (fill(s.color), &s.name)).collect(),
        _ => Vec::new(),
    };
    if keys.len() < 2 {
        return;
    }
    out.push_str("<ul class=\"legend\">");
    for (class, name) in keys {
        let _ = write!(out, "<li><span class=\"{class}\"></span>{}</li>", escape(name.get(lang)));
    }
    out.push_str("</ul>");
}

/// The numbers as a table, where they are few: for screen readers and for
/// whoever wants to copy them.
fn data(out: &mut String, plot: &Plot, lang: Lang) {
    let Some((head, rows)) = rows(plot, lang) else { return };
    if rows.is_empty() || rows.len() > DATA_ROWS {
        return;
    }
    let _ =
        write!(out, "<details><summary>{}</summary><div class=\"scroll\"><table><thead><tr>", words::chart_data(lang));
    for (i, name) in head.iter().enumerate() {
        let class = if i > 0 { " class=\"num\"" } else { "" };
        let _ = write!(out, "<th scope=\"col\"{class}>{}</th>", escape(name));
    }
    out.push_str("</tr></thead><tbody>");
    for row in rows {
        out.push_str("<tr>");
        for (i, cell) in row.iter().enumerate() {
            let class = if i > 0 { " class=\"num\"" } else { "" };
            let _ = write!(out, "<td{class}>{}</td>", escape(cell));
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div></details>");
}

type Rows = (Vec<String>, Vec<Vec<String>>);

fn rows(plot: &Plot, lang: Lang) -> Option<Rows> {
    let name = |t: &Text| t.get(lang).to_owned();
    let show = |v: f64, f: &NumberFormat| format::number(v, f, lang);
    Some(match plot {
        Plot::Line { x, y, series, .. } => {
            // One row for each x that occurs, in order.
            let mut xs: Vec<f64> = series.iter().flat_map(|s| s.points.iter().map(|p| p[0])).collect();
            xs.sort_by(f64::total_cmp);
            xs.dedup();
            let head = std::iter::once(name(&x.label)).chain(series.iter().map(|s| name(&s.name))).collect();
            let value = |s: &crate::LineSeries, at: f64| {
                s.points.iter().find(|p| p[0] == at).map_or_else(String::new, |p| show(p[1], &y.format))
            };
            if xs.len() > DATA_ROWS {
                return None;
            }
            let row =
                |at: &f64| std::iter::once(show(*at, &x.format)).chain(series.iter().map(|s| value(s, *at))).collect();
            (head, xs.iter().map(row).collect())
        }
        Plot::Bar { category, categories, value, series, .. } => {
            let head = std::iter::once(name(category)).chain(series.iter().map(|s| name(&s.name))).collect();
            let row = |(i, c): (usize, &Text)| {
                let cell =
                    |s: &crate::BarSeries| format::optional(s.values.get(i).copied().flatten(), &value.format, lang);
                std::iter::once(name(c)).chain(series.iter().map(cell)).collect()
            };
            (head, categories.iter().enumerate().map(row).collect())
        }
        Plot::Histogram { x, y, edges, counts, .. } => {
            let range = |r: &[f64]| format!("{} – {}", show(r[0], &x.format), show(r[1], &x.format));
            let row = |(r, c): (&[f64], &f64)| vec![range(r), show(*c, &y.format)];
            (vec![name(&x.label), name(&y.label)], edges.windows(2).zip(counts).map(row).collect())
        }
        Plot::HeatMap { x, x_categories, y, y_categories, value, values, .. } => {
            let head =
                std::iter::once(format!("{} / {}", name(y), name(x))).chain(x_categories.iter().map(name)).collect();
            let row = |(c, row): (&Text, &Vec<Option<f64>>)| {
                std::iter::once(name(c)).chain(row.iter().map(|v| format::optional(*v, &value.format, lang))).collect()
            };
            (head, y_categories.iter().zip(values).map(row).collect())
        }
        Plot::Treemap { value, items } => {
            let row = |i: &crate::TreemapItem| vec![name(&i.name), show(i.value, &value.format)];
            (vec![String::new(), name(&value.label)], items.iter().map(row).collect())
        }
        Plot::Scatter { .. } => return None,
    })
}
