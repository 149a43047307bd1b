//! A few numbers that carry an answer, large.

use serde::Deserialize;
use tandem_core::Result;
use tandem_report::{Block, Headline, Number, NumberFormat, Section};

use super::{
    drawing::{floats, given, titled},
    measure::Measure,
};
use crate::{
    Ask, Host, Outputs,
    page::{raw, t},
    refusal::cannot,
};

/// Numbers side by side.
const MOST: usize = 6;

#[derive(Deserialize)]
struct Params {
    figures: Vec<Figure>,
    #[serde(default)]
    title: Option<String>,
}

#[derive(Deserialize)]
struct Figure {
    #[serde(flatten)]
    measure: Measure,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    help: Option<String>,
    #[serde(default)]
    style: Style,
    #[serde(default)]
    currency: Option<String>,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Style {
    #[default]
    Number,
    Percent,
    Money,
}

pub(super) fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    if params.figures.is_empty() || params.figures.len() > MOST {
        return Err(cannot(format!("Choose 1 to {MOST} numbers."), format!("请选择 1 到 {MOST} 个数字。")));
    }
    let mut list = Vec::new();
    for (at, figure) in params.figures.iter().enumerate() {
        list.push(format!("{} AS \"f{at}\"", figure.measure.sql(table)?));
    }
    let found = host.query(&format!("SELECT {} FROM {}", list.join(", "), table.sql()))?;
    let mut items = Vec::new();
    for (at, figure) in params.figures.iter().enumerate() {
        let value = floats(&found, &format!("f{at}"))?.first().copied().flatten();
        let format = match figure.style {
            Style::Number => figure.measure.axis().format.compact(),
            Style::Percent => NumberFormat::percent(1),
            Style::Money => NumberFormat::money(figure.currency.as_deref()).compact(),
        };
        let label = figure.name.as_deref().filter(|name| !name.is_empty());
        items.push(Headline {
            id: format!("f{at}"),
            label: label.map_or_else(|| figure.measure.words(), raw),
            value: Number { value, format, interval: None },
            help: figure.help.as_deref().map_or_else(|| t("", ""), raw),
        });
    }
    let page = Section::new("headline", titled(params.title.as_deref(), t("In figures", "关键数字")));
    Ok(given(page.block(Block::Headline { items })))
}
