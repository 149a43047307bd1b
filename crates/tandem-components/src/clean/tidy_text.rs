//! Text without what nobody meant to write.

use serde::Deserialize;
use tandem_core::Result;
use tandem_flow::ColumnKind;

use crate::{
    Ask,
    select::Select,
    sql::{ident, text},
};

#[derive(Deserialize)]
struct Params {
    #[serde(default)]
    columns: Vec<String>,
    half_width: bool,
    trim: bool,
    collapse: bool,
    case: Case,
    #[serde(default)]
    remove: Option<String>,
    empty: bool,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Case {
    Keep,
    Lower,
    Upper,
    Title,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let mut select = Select::of(table);
    for column in table.columns.iter().filter(|column| column.kind == ColumnKind::Text) {
        if params.columns.is_empty() || params.columns.contains(&column.name) {
            select.set(&column.name, tidied(&ident(&column.name), &params));
        }
    }
    Ok(select.from(&table.sql()))
}

fn tidied(name: &str, params: &Params) -> String {
    let mut value = name.to_owned();
    if params.half_width {
        value = format!("half_width({value})");
    }
    if let Some(remove) = params.remove.as_deref().filter(|remove| !remove.is_empty()) {
        value = format!("translate({value}, {}, '')", text(remove));
    }
    if params.collapse {
        value = format!("regexp_replace({value}, '\\s+', ' ', 'g')");
    }
    if params.trim {
        value = format!("regexp_replace({value}, '^\\s+|\\s+$', '', 'g')");
    }
    value = match params.case {
        Case::Keep => value,
        Case::Lower => format!("lower({value})"),
        Case::Upper => format!("upper({value})"),
        Case::Title => format!("initcap({value})"),
    };
    if params.empty { format!("nullif({value}, '')") } else { value }
}
