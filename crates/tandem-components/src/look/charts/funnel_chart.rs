//! How much is left from step to step, as a picture of what the component
//! `funnel` counts, or of any table with a row a step.

use serde::Deserialize;
use tandem_core::Result;
use tandem_report::{FunnelStep, Plot};

use super::{
    drawing::{Drawing, floats},
    measure::Measure,
};
use crate::{
    Ask, Host, Outputs,
    learn::features::words,
    page::{raw, t},
    refusal::cannot,
    sql::{as_text, ident},
};

/// Steps that can be read.
const MOST: usize = 20;

#[derive(Deserialize)]
struct Params {
    step: String,
    #[serde(flatten)]
    measure: Measure,
    #[serde(default)]
    order: Option<String>,
    #[serde(default)]
    title: Option<String>,
}

pub(super) fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let (step, value) = (as_text(table.need(&params.step)?), params.measure.axis());
    let order = match &params.order {
        Some(order) => {
            table.need(order)?;
            format!("min({}) ASC NULLS LAST, \"k\"", ident(order))
        }
        None => "\"v\" DESC NULLS LAST, \"k\"".to_owned(),
    };
    let found = host.query(&format!(
        "SELECT {step} AS \"k\", {} AS \"v\" FROM {} WHERE {step} IS NOT NULL GROUP BY {step} ORDER BY {order} LIMIT {}",
        params.measure.sql(table)?,
        table.sql(),
        MOST + 1,
    ))?;
    let names = words(&found, "k")?;
    if names.len() > MOST {
        return Err(cannot(
            format!(
                "“{}” has more than {MOST} values, and each is a step. Filter before, or choose another column.",
                params.step
            ),
            format!("“{}”的取值超过 {MOST} 个，而每个取值是一个步骤。请先筛选，或改选其他列。", params.step),
        ));
    }
    let steps = names.into_iter().flatten().zip(floats(&found, "v")?);
    let steps: Vec<FunnelStep> =
        steps.map(|(name, value)| FunnelStep { name: raw(&name), value: value.unwrap_or(0.0).max(0.0) }).collect();
    let alt = match (steps.first(), steps.last()) {
        (Some(first), Some(last)) if first.value > 0.0 => {
            let share = last.value / first.value * 100.0;
            t(
                format!("From “{}” to “{}” {share:.1}% are left.", first.name.en, last.name.en),
                format!("从“{}”到“{}”剩余 {share:.1}%。", first.name.zh, last.name.zh),
            )
        }
        _ => t("No steps.", "没有步骤。"),
    };
    Ok(Drawing {
        id: "funnel_chart",
        title: params.title,
        otherwise: t(
            format!("{} by {}", value.label.en, params.step),
            format!("{}（按“{}”）", value.label.zh, params.step),
        ),
        alt,
        notes: Vec::new(),
        empty: steps.is_empty(),
        plot: Plot::Funnel { value, steps },
    }
    .give())
}
