//! What to do for each segment.

use tandem_report::{Action, Block, Fact, Number, NumberFormat, Section};
use tandem_science::customer_value::SegmentSummary;

use super::context::{Basis, Context, color};
use crate::scenarios::words::Fill;

pub(super) fn section(c: &Context<'_>) -> Section {
    let items = c.s.segments.iter().map(|s| action(c, s)).collect();
    Section::new("actions", c.t("do.title")).paragraph(c.t("do.lead")).block(Block::Actions { items })
}

fn action(c: &Context<'_>, s: &SegmentSummary) -> Action {
    let key = s.segment.key();
    let steps = (1..).map(|i| format!("do.{key}.step{i}")).take_while(|k| c.words.has(k));
    Action {
        target: s.name.clone(),
        color: Some(color(s.segment)),
        aim: c.t(&format!("do.{key}.aim")),
        facts: facts(c, s),
        steps: steps.map(|k| c.t(&k)).collect(),
        measure: c.t(&format!("do.{key}.measure")),
    }
}

fn facts(c: &Context<'_>, s: &SegmentSummary) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut fact = |key: &str, value: f64, format: NumberFormat| {
        let label = c.words.fill(&format!("do.fact.{key}"), &[("basis", Fill::Text(c.basis_share()))]);
        facts.push(Fact { label, value: Number::new(value, format) });
    };
    fact("customers", s.customers as f64, NumberFormat::count());
    if c.basis != Basis::Customers {
        fact("worth", c.worth_share(s), NumberFormat::percent(1));
    }
    if let Some(clv) = s.mean_clv {
        fact("clv", clv, c.money.clone());
    }
    fact("since", s.mean_days_since_last, NumberFormat::count());
    if let Some(alive) = c.alive_again(s.segment) {
        fact("alive", alive, NumberFormat::percent(0));
    }
    facts
}
