//! Sends a table one of two ways; what stands on the other is skipped.

use std::{cmp::Ordering, collections::BTreeMap};

use arrow::array::RecordBatch;
use serde::Deserialize;
use serde_json::Value;
use tandem_core::{Result, Text};
use tandem_flow::Columns;

use crate::{
    Ask, Function, Host, Output, Outputs,
    columns::schema_of,
    gives,
    look::charts::{Measure, floats},
    refusal::cannot,
};

pub(super) const FUNCTION: Function = Function { columns, run };

#[derive(Deserialize)]
struct Params {
    of: Of,
    is: Is,
    than: String,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Of {
    Table,
    Value,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Is {
    More,
    AtLeast,
    Equal,
    Different,
    AtMost,
    Less,
}

impl Is {
    /// Whether values that stand so to each other meet it.
    fn met(self, order: Ordering) -> bool {
        match self {
            Self::More => order == Ordering::Greater,
            Self::AtLeast => order != Ordering::Less,
            Self::Equal => order == Ordering::Equal,
            Self::Different => order != Ordering::Equal,
            Self::AtMost => order != Ordering::Greater,
            Self::Less => order == Ordering::Less,
        }
    }
}

fn columns(ask: &Ask<'_>) -> Result<BTreeMap<String, Columns>> {
    let table = ask.table("table")?;
    let params: Params = ask.params()?;
    if params.of == Of::Table {
        ask.params::<Measure>()?.sql(table)?;
        number(&params.than)?;
    }
    let columns = &table.columns;
    Ok(gives::known([("yes", columns.clone()), ("no", columns.clone())]))
}

fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let params: Params = ask.params()?;
    let order = match params.of {
        Of::Table => {
            let measure: Measure = ask.params()?;
            let table = ask.table("table")?;
            let found = host.query(&format!("SELECT {} AS \"v\" FROM {}", measure.sql(table)?, table.sql()))?;
            let than = number(&params.than)?;
            // Nothing is neither more nor less than anything.
            floats(&found, "v")?.first().copied().flatten().and_then(|value| value.partial_cmp(&than))
        }
        Of::Value => compared(&value(host)?, &params.than)?,
    };
    let met = match order {
        Some(order) => params.is.met(order),
        None => params.is == Is::Different,
    };
    let way = if met { "yes" } else { "no" };
    Ok([(way.to_owned(), whole(ask, host)?)].into())
}

/// The table as it is; the engine reads it once more, into memory.
fn whole(ask: &Ask<'_>, host: &dyn Host) -> Result<Output> {
    let table = ask.table("table")?;
    let mut batches = host.query(&format!("SELECT * FROM {}", table.sql()))?;
    if batches.is_empty() {
        batches.push(RecordBatch::new_empty(schema_of(&table.columns)));
    }
    let schema = batches[0].schema();
    Ok(Output::Table { schema, batches })
}

fn value(host: &dyn Host) -> Result<Value> {
    host.values("value").into_iter().next().ok_or_else(|| {
        cannot("Connect a value to decide by, or decide by the table.", "请接入用于判断的值，或改为按表判断。")
    })
}

/// How a value stands to what was typed; nothing where the two can't be compared.
fn compared(value: &Value, than: &str) -> Result<Option<Ordering>> {
    Ok(match value {
        Value::Number(own) => own.as_f64().zip(Some(number(than)?)).and_then(|(a, b)| a.partial_cmp(&b)),
        Value::String(own) => Some(own.as_str().cmp(than)),
        Value::Bool(own) => match than.trim() {
            "true" => Some(own.cmp(&true)),
            "false" => Some(own.cmp(&false)),
            _ => None,
        },
        Value::Array(list) => list.len().partial_cmp(&(number(than)?.max(0.0) as usize)),
        Value::Null | Value::Object(_) => None,
    })
}

fn number(text: &str) -> Result<f64> {
    match text.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => {
            let words = Text::new(format!("“{text}” is no number."), format!("“{text}”不是数字。"));
            Err(cannot(words.en, words.zh))
        }
    }
}
