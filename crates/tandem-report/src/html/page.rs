//! The page around the blocks: head, answer, headline, contents, provenance.

use std::fmt::Write;

use tandem_core::Lang;

use super::{blocks, style};
use crate::{Cell, Provenance, Report, Section, format, svg::escape, words};

/// The report as a complete HTML document in one language.
///
/// Self-contained: style and pictures are inline, there is no script, and
/// nothing is fetched. Deterministic. Everything from data is escaped.
pub fn render(report: &Report, lang: Lang) -> String {
    let mut out = String::with_capacity(256 * 1024);
    let title = escape(report.title.get(lang));
    let _ = write!(
        out,
        concat!(
            "<!doctype html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\">",
            "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">",
            "<meta name=\"generator\" content=\"{engine}\"><meta name=\"referrer\" content=\"no-referrer\">",
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';style-src 'unsafe-inline'\">",
            "<title>{title}</title><style>{style}</style></head>\n<body><main>\n"
        ),
        lang = lang.tag(),
        engine = escape(&report.provenance.engine),
        title = title,
        style = style::sheet(),
    );
    let _ = writeln!(
        out,
        "<header><div class=\"eyebrow\">Tandem · {}</div><h1>{title}</h1><p class=\"sub\">{} · {} {}</p></header>",
        words::kind(&report.scenario, lang),
        escape(report.subtitle.get(lang)),
        words::made(lang),
        words::moment(report.created_at, lang),
    );
    let _ = writeln!(out, "<p class=\"answer\">{}</p>", escape(report.answer.get(lang)));
    blocks::headline(&mut out, &report.headline, lang);
    for warning in &report.warnings {
        blocks::warning(&mut out, warning, lang);
    }
    contents(&mut out, &report.sections, lang);
    for section in &report.sections {
        let id = crate::svg::identifier(&section.id);
        let _ = writeln!(out, "<section id=\"{id}\"><h2>{}</h2>", escape(section.title.get(lang)));
        blocks::write(&mut out, &section.blocks, lang);
        out.push_str("</section>\n");
    }
    provenance(&mut out, &report.provenance, lang);
    out.push_str("</main></body></html>\n");
    out
}

fn contents(out: &mut String, sections: &[Section], lang: Lang) {
    let _ = write!(out, "<nav aria-label=\"{}\">", words::contents(lang));
    for section in sections {
        let id = crate::svg::identifier(&section.id);
        let _ = write!(out, "<a href=\"#{id}\">{}</a>", escape(section.title.get(lang)));
    }
    let _ = writeln!(out, "<a href=\"#provenance\">{}</a></nav>", words::provenance(lang));
}

fn provenance(out: &mut String, made: &Provenance, lang: Lang) {
    let _ = write!(out, "<section id=\"provenance\" class=\"prov\"><h2>{}</h2><dl>", words::provenance(lang));
    let mut pair = |label: &str, value: &str| {
        let _ = write!(out, "<dt>{}</dt><dd>{value}</dd>", escape(label));
    };
    if let Some(run) = &made.run {
        pair(words::run(lang), &format!("<code>{run}</code>"));
    }
    for input in &made.inputs {
        let mut text = escape(&input.name);
        if let Some(version) = input.version {
            let _ = write!(text, " · {} {version}", words::version(lang));
        }
        if let Some(rows) = input.rows {
            let rows = format::number(rows as f64, &crate::NumberFormat::count(), lang);
            let _ = write!(text, " · {rows} {}", words::rows(lang));
        }
        for role in &input.map {
            let _ = write!(text, " · {} = <bdi>{}</bdi>", escape(&role.role), escape(&role.column));
        }
        if let Some(digest) = &input.digest {
            let _ = write!(text, "<br><code>{}</code>", escape(digest));
        }
        pair(&format!("{}: {}", words::input(lang), input.input), &text);
    }
    let params: Vec<String> = made
        .params
        .iter()
        .map(|p| {
            let value = match &p.value {
                Cell::Null => format::MISSING.to_owned(),
                Cell::Int(v) => v.to_string(),
                Cell::Number(v) => v.to_string(),
                Cell::Raw(v) => escape(v),
                Cell::Text(v) => escape(v.get(lang)),
            };
            let unit = p.unit.as_ref().map_or_else(String::new, |u| format!(" {}", escape(u.get(lang))));
            format!("{} <b>{value}{unit}</b>", escape(p.label.get(lang)))
        })
        .collect();
    pair(words::parameters(lang), &params.join(" · "));
    pair(words::seed(lang), &made.seed.to_string());
    pair(words::engine(lang), &escape(&made.engine));
    if let Some(digest) = &made.digest {
        pair(words::digest(lang), &format!("<code>{}</code>", escape(digest)));
    }
    out.push_str("</dl></section>\n");
}
