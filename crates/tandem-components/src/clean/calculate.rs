//! New columns by expression.

use serde::Deserialize;
use tandem_core::Result;

use crate::{Ask, refusal::cannot, select::Select};

#[derive(Deserialize)]
struct Params {
    columns: Vec<New>,
}

#[derive(Deserialize)]
struct New {
    name: String,
    expression: String,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let mut source = table.sql();
    let mut known: Vec<String> = table.names().cloned().collect();
    let mut text = Select::of(table).from(&source);
    for (at, new) in params.columns.iter().enumerate() {
        if new.expression.trim().is_empty() {
            return Err(cannot(
                format!("Say how “{}” is calculated.", new.name),
                format!("请填写“{}”的计算方式。", new.name),
            ));
        }
        let mut select = Select::names(&known);
        // An expression that ends in a comment must not swallow what follows.
        select.set(&new.name, format!("({}\n)", new.expression));
        if !known.contains(&new.name) {
            known.push(new.name.clone());
        }
        text = select.from(&source);
        // The next one may use this one.
        source = format!("(\n{text}\n) AS \"#{at}\"");
    }
    Ok(text)
}
