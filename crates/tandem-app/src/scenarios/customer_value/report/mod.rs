//! From the outcome to the report: reading order, and what stands in it when
//! there are no amounts or no forecasts.

mod actions;
mod activity;
mod answer;
mod context;
mod data;
mod lists;
mod method;
mod segments;
mod spread;
mod trust;

use serde_json::{Map, Value};
use tandem_core::{Result, Text};
use tandem_report::{InputSource, Provenance, Report, RoleColumn, SCHEMA_VERSION, Severity, Warning};
use tandem_science::customer_value::{Outcome, WarningCode};

use super::{NAME, WORDS};
use crate::scenarios::{Made, Manifest, Mapping, params, words::Words};
use context::Context;

/// What a report is made of.
#[derive(Debug)]
pub(super) struct Inputs<'a> {
    pub(super) outcome: &'a Outcome,
    pub(super) manifest: &'a Manifest,
    pub(super) settled: &'a Map<String, Value>,
    pub(super) mapping: &'a Mapping,
    pub(super) made: &'a Made,
    pub(super) currency: Option<&'a str>,
    pub(super) rejected: u64,
}

/// The report of an outcome.
///
/// # Errors
/// `internal` where the outcome's table is not of its documented form.
pub(super) fn build(inputs: &Inputs<'_>) -> Result<Report> {
    let words = Words::parse(WORDS)?;
    let c = Context::new(&words, inputs)?;
    let mut sections = vec![segments::section(&c)];
    sections.extend(spread::section(&c));
    sections.extend(activity::section(&c));
    sections.push(actions::section(&c));
    sections.extend(lists::section(&c));
    sections.push(trust::section(&c));
    sections.push(data::section(&c, inputs.rejected));
    sections.push(method::section(&c));
    Ok(Report {
        schema_version: SCHEMA_VERSION,
        scenario: NAME.to_owned(),
        title: words.get("title"),
        subtitle: answer::subtitle(&c, &inputs.made.source),
        created_at: inputs.made.at,
        answer: answer::answer(&c),
        headline: answer::headline(&c),
        warnings: warnings(&c, inputs),
        sections,
        provenance: provenance(inputs),
    })
}

fn warnings(c: &Context<'_>, inputs: &Inputs<'_>) -> Vec<Warning> {
    let rejected = (inputs.rejected > 0).then(|| {
        let fills = [("n", crate::scenarios::words::count(inputs.rejected))];
        Warning::new("rows_rejected", Severity::Caution, c.words.fill("data.rejected", &fills))
    });
    let found = inputs.outcome.summary.warnings.iter().map(|w| {
        let code = serde_json::to_value(w.code).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
        Warning::new(code, severity(w.code), w.text.clone())
    });
    rejected.into_iter().chain(found).collect()
}

fn severity(code: WarningCode) -> Severity {
    match code {
        WarningCode::NoAmount | WarningCode::ReturnsUnmatched | WarningCode::NoInterval => Severity::Info,
        WarningCode::SuspiciousDates | WarningCode::NoForecast | WarningCode::BgnbdAtBoundary => Severity::Serious,
        _ => Severity::Caution,
    }
}

fn provenance(inputs: &Inputs<'_>) -> Provenance {
    let made = inputs.made;
    let summary = &inputs.outcome.summary;
    let map = inputs.mapping.0.iter();
    Provenance {
        run: made.run,
        inputs: vec![InputSource {
            input: "transactions".to_owned(),
            name: made.source.clone(),
            version: made.source_version,
            digest: made.source_digest.clone(),
            rows: Some(summary.counts.rows),
            map: map.map(|(role, column)| RoleColumn { role: role.clone(), column: column.clone() }).collect(),
        }],
        params: params::describe(inputs.manifest, inputs.settled),
        engine: made.engine.clone(),
        seed: summary.seed,
        digest: made.digest.clone(),
    }
}

/// The same words in both languages, for what is a symbol.
fn symbol(text: &str) -> Text {
    Text::new(text, text)
}
