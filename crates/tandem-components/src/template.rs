//! The text of a SQL component: its template over what is connected, with the
//! parameters as literals or quoted names.

use serde_json::Value;
use tandem_core::{Error, Result};
use tandem_flow::{
    Signature,
    params::Schema,
    signature::{Piece, pieces},
};

use crate::{
    Ask,
    refusal::cannot,
    sql::{ident, text},
};

/// The statement, in which each input is a table of its port's name and nothing else can be named.
///
/// # Errors
/// `invalid_parameter` where nothing is connected to an input, or a value can't be said; `internal` for a signature
/// that was not checked.
pub(crate) fn statement(signature: &Signature, ask: &Ask<'_>) -> Result<String> {
    let unchecked = || Error::internal("a SQL component whose template was not checked");
    let template = signature.sql.as_deref().ok_or_else(unchecked)?;
    let mut parts = Vec::new();
    for port in &signature.inputs {
        let table = ask.table(&port.name)?;
        parts.push(format!("{} AS (\n  SELECT * FROM {}\n)", ident(&port.name), table.sql()));
    }
    let schema = signature.schema();
    let schema = Schema::new(&schema);
    let mut filled = String::new();
    for piece in pieces(template).map_err(|_| unchecked())? {
        match piece {
            Piece::Sql(sql) => filled.push_str(sql),
            Piece::Param(name) => {
                let names = schema.property(name).ok_or_else(unchecked)?.map().contains_key("x-column");
                filled.push_str(&said(ask.params.get(name).unwrap_or(&Value::Null), names, name)?);
            }
        }
    }
    // On a line of its own: the statement may end in a comment.
    parts.push(format!("\"the query\" AS (\n{}\n)", filled.trim().trim_end_matches(';')));
    Ok(format!("WITH {}\nSELECT * FROM \"the query\"", parts.join(",\n")))
}

/// A value in SQL: the quoted names of columns, or literals; several with commas, and none as `NULL`.
fn said(value: &Value, names: bool, param: &str) -> Result<String> {
    Ok(match value {
        Value::Null => "NULL".to_owned(),
        Value::String(name) if names => ident(name),
        Value::String(words) => text(words),
        Value::Bool(value) => if *value { "TRUE" } else { "FALSE" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(items) if items.is_empty() => "NULL".to_owned(),
        Value::Array(items) => {
            items.iter().map(|item| said(item, names, param)).collect::<Result<Vec<_>>>()?.join(", ")
        }
        Value::Object(_) => {
            return Err(cannot(
                format!("The parameter “{param}” is an object, which can't be said in SQL."),
                format!("参数“{param}”是对象，无法写入 SQL。"),
            ));
        }
    })
}
