//! The pieces of a section.

use std::fmt::Write;

use tandem_core::Lang;

use super::{chart, table};
use crate::{Action, Block, Headline, Severity, Span, Warning, format, palette, svg::escape, words};

/// All pieces in order; charts that want half the width stand side by side.
pub(super) fn write(out: &mut String, blocks: &[Block], lang: Lang) {
    let half = |b: &Block| matches!(b, Block::Chart(c) if c.span == Span::Half);
    let mut i = 0;
    while let Some(first) = blocks.get(i) {
        if half(first) {
            let run = blocks[i..].iter().take_while(|b| half(b)).count();
            out.push_str("<div class=\"row\">");
            for b in &blocks[i..i + run] {
                block(out, b, lang);
            }
            out.push_str("</div>\n");
            i += run;
        } else {
            block(out, first, lang);
            i += 1;
        }
    }
}

fn block(out: &mut String, block: &Block, lang: Lang) {
    match block {
        Block::Heading { text } => {
            let _ = writeln!(out, "<h3 class=\"part\">{}</h3>", escape(text.get(lang)));
        }
        Block::Headline { items } => headline(out, items, lang),
        Block::Paragraph { text } => {
            let _ = writeln!(out, "<p>{}</p>", escape(text.get(lang)));
        }
        Block::List { ordered, items } => {
            let tag = if *ordered { "ol" } else { "ul" };
            let _ = write!(out, "<{tag} class=\"plain\">");
            for item in items {
                let _ = write!(out, "<li>{}</li>", escape(item.get(lang)));
            }
            let _ = writeln!(out, "</{tag}>");
        }
        Block::Chart(c) => chart::write(out, c, lang),
        Block::Table(t) => table::write(out, t, lang),
        Block::Actions { items } => {
            out.push_str("<ul class=\"actions\">");
            for item in items {
                action(out, item, lang);
            }
            out.push_str("</ul>\n");
        }
        Block::Warning(w) => warning(out, w, lang),
        Block::References { items } => {
            out.push_str("<ul class=\"plain refs\">");
            for item in items {
                let _ = write!(out, "<li>{}", escape(&item.citation));
                if let Some(locator) = &item.locator {
                    let _ = write!(out, " <code>{}</code>", escape(locator));
                }
                out.push_str("</li>");
            }
            out.push_str("</ul>\n");
        }
    }
}

/// A warning; its severity is said in words as well as in colour.
pub(super) fn warning(out: &mut String, warning: &Warning, lang: Lang) {
    let (class, name) = match warning.severity {
        Severity::Info => ("info", words::info(lang)),
        Severity::Caution => ("caution", words::caution(lang)),
        Severity::Serious => ("serious", words::serious(lang)),
    };
    let text = escape(warning.text.get(lang));
    let _ = writeln!(out, "<div class=\"warning {class}\" role=\"note\"><b>{name}</b>{text}</div>");
}

fn action(out: &mut String, action: &Action, lang: Lang) {
    let style = action.color.map_or_else(String::new, |c| format!(" class=\"bg{}\"", palette::index(c)));
    let _ = write!(
        out,
        "<li{style}><h3>{}</h3><p class=\"aim\">{}</p>",
        escape(action.target.get(lang)),
        escape(action.aim.get(lang))
    );
    if !action.facts.is_empty() {
        out.push_str("<div class=\"facts\">");
        for fact in &action.facts {
            let value = escape(&format::value(&fact.value, lang));
            let _ = write!(out, "<span>{} <b>{value}</b></span>", escape(fact.label.get(lang)));
        }
        out.push_str("</div>");
    }
    out.push_str("<ol>");
    for step in &action.steps {
        let _ = write!(out, "<li>{}</li>", escape(step.get(lang)));
    }
    let _ = writeln!(
        out,
        "</ol><p class=\"measure\">{}{}{}</p></li>",
        words::how_to_tell(lang),
        if lang == Lang::En { ": " } else { "：" },
        escape(action.measure.get(lang))
    );
}

/// Numbers side by side, large.
pub(super) fn headline(out: &mut String, headline: &[Headline], lang: Lang) {
    if headline.is_empty() {
        return;
    }
    out.push_str("<dl class=\"headline\">");
    for item in headline {
        let value = format::value(&item.value, lang);
        let long = if value.chars().count() > 9 { " long" } else { "" };
        let _ = write!(
            out,
            "<div><dt>{}</dt><dd><div class=\"big{long}\">{}</div>",
            escape(item.label.get(lang)),
            escape(&value)
        );
        if let Some(interval) = &item.value.interval {
            let level = format!("{:.0}%", interval.level * 100.0);
            let range = format::interval(interval, &item.value.format, lang);
            let space = if lang == Lang::En { " " } else { "" };
            let _ = write!(
                out,
                "<div class=\"range\">{level}{space}{} <span>{}</span></div>",
                words::interval(lang),
                escape(&range)
            );
        }
        let _ = write!(out, "<div class=\"help\">{}</div></dd></div>", escape(item.help.get(lang)));
    }
    out.push_str("</dl>\n");
}
