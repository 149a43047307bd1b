//! Method, limits, parameters and literature.

use tandem_core::Text;
use tandem_report::{Block, Cell, Column, NumberFormat, Reference, Section, Table};

use super::{
    context::{Context, unit_key, unit_name},
    symbol,
};
use crate::scenarios::words::{Fill, num};

pub(super) fn section(c: &Context<'_>) -> Section {
    let average = c.s.rfm_averages;
    let score = |v: f64| num(v, NumberFormat::decimal(2));
    let mut section = Section::new("method", c.t("method.title"));
    let (r, f) = (("r", score(average.r)), ("f", score(average.f)));
    section = section.paragraph(match average.m {
        Some(m) => c.words.fill("method.rfm", &[r, f, ("m", score(m))]),
        None => c.words.fill("method.rf", &[r, f]),
    });
    if c.s.fits.all.bgnbd.is_some() {
        section = section.paragraph(c.t("method.bgnbd"));
    }
    if c.s.fits.all.gamma_gamma.is_some() {
        let fills =
            [("horizon", Fill::Text(c.horizon.clone())), ("discount", num(c.s.discount, NumberFormat::percent(1)))];
        section = section.paragraph(c.t("method.gg")).paragraph(c.words.fill("method.clv", &fills));
    }
    if c.s.headline.expected_purchases.is_some_and(|e| e.low.is_some()) {
        section = section.paragraph(c.words.fill("method.interval", &[("seed", Fill::Raw(c.s.seed.to_string()))]));
    }
    let limits = (1..).map(|i| format!("method.limit.{i}")).take_while(|k| c.words.has(k));
    let limits = limits.map(|k| c.words.fill(&k, &[("asof", c.date(c.s.as_of))])).collect();
    section = section.paragraph(lead(&c.t("method.limits"))).block(Block::List { ordered: false, items: limits });
    if c.s.fits.all.bgnbd.is_some() {
        section = section.block(Block::Table(parameters(c)));
    }
    section.paragraph(lead(&c.t("method.references"))).block(Block::References { items: references() })
}

/// Words that lead to a list.
fn lead(words: &Text) -> Text {
    Text::new(format!("{}:", words.en), format!("{}：", words.zh))
}

fn parameters(c: &Context<'_>) -> Table {
    let fits = &c.s.fits;
    let mut rows = Vec::new();
    let mut row =
        |model: &str, name: &str, key: &str, calibration: Option<f64>, all: Option<f64>, error: Option<f64>| {
            rows.push(vec![
                Cell::from(model),
                Cell::Text(symbol(name)),
                calibration.into(),
                all.into(),
                error.into(),
                Cell::Text(c.t(&format!("method.m.{key}"))),
            ]);
        };
    if let Some(all) = &fits.all.bgnbd {
        let before = fits.calibration.bgnbd.as_ref().map(|f| f.model);
        let error = |i: usize| all.standard_errors.map(|e| e[i]);
        let m = all.model;
        row("BG/NBD", "r", "r", before.map(|m| m.r), Some(m.r), error(0));
        row("BG/NBD", "α", "alpha", before.map(|m| m.alpha), Some(m.alpha), error(1));
        row("BG/NBD", "a", "a", before.map(|m| m.a), Some(m.a), error(2));
        row("BG/NBD", "b", "b", before.map(|m| m.b), Some(m.b), error(3));
    }
    if let Some(all) = &fits.all.gamma_gamma {
        let before = fits.calibration.gamma_gamma.as_ref().map(|f| f.model);
        let error = |i: usize| all.standard_errors.map(|e| e[i]);
        let m = all.model;
        row("Gamma-Gamma", "p", "p", before.map(|m| m.p), Some(m.p), error(0));
        row("Gamma-Gamma", "q", "q", before.map(|m| m.q), Some(m.q), error(1));
        row("Gamma-Gamma", "γ", "gamma", before.map(|m| m.gamma), Some(m.gamma), error(2));
    }
    let four = NumberFormat::decimal(4);
    let label = |key: &str| c.t(&format!("method.p.{key}"));
    let unit = unit_name(c, unit_key(c.s));
    Table {
        id: "parameters".into(),
        title: c.t("method.params"),
        columns: vec![
            Column::text("model", label("model")),
            Column::text("parameter", label("name")),
            Column::number("calibration", label("calibration"), four.clone()),
            Column::number("all", label("all"), four.clone()),
            Column::number("standard_error", label("se"), four),
            Column::text("meaning", label("meaning")),
        ],
        rows,
        total_rows: None,
        page_rows: None,
        note: Some(
            c.words.fill("method.params.note", &[("cut", c.date(c.s.calibration_end)), ("unit", Fill::Text(unit))]),
        ),
    }
}

fn references() -> Vec<Reference> {
    let work = |citation: &str, locator: &str| Reference { citation: citation.into(), locator: Some(locator.into()) };
    vec![
        work(
            "Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005). “Counting Your Customers” the Easy Way: An Alternative to the Pareto/NBD Model. Marketing Science 24(2), 275–284.",
            "doi:10.1287/mksc.1040.0098",
        ),
        work(
            "Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005). RFM and CLV: Using Iso-Value Curves for Customer Base Analysis. Journal of Marketing Research 42(4), 415–430.",
            "doi:10.1509/jmkr.2005.42.4.415",
        ),
        work(
            "Fader, P. S. and Hardie, B. G. S. (2013). The Gamma-Gamma Model of Monetary Value.",
            "brucehardie.com/notes/025",
        ),
    ]
}
