//! A value, for whatever takes one.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use tandem_core::Result;
use tandem_flow::Columns;

use crate::{Ask, Function, Host, Output, Outputs};

pub(super) const FUNCTION: Function = Function { columns, run };

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Params {
    Text { text: String },
    Number { number: f64 },
    YesNo { yes: bool },
    List { list: Vec<String> },
}

fn columns(_: &Ask<'_>) -> Result<BTreeMap<String, Columns>> {
    Ok(BTreeMap::new())
}

fn run(ask: &Ask<'_>, _: &dyn Host) -> Result<Outputs> {
    let value = match ask.params()? {
        Params::Text { text } => Value::from(text),
        Params::Number { number } => Value::from(number),
        Params::YesNo { yes } => Value::from(yes),
        Params::List { list } => Value::from(list),
    };
    Ok([("value".to_owned(), Output::Value(value))].into())
}
