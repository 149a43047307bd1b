//! Mobile numbers of mainland China in one form.

use serde::Deserialize;
use tandem_core::Result;

use crate::{Ask, select::Select, sql::as_text};

#[derive(Deserialize)]
struct Params {
    column: String,
    form: Form,
    invalid: Invalid,
    #[serde(default)]
    flag: Option<String>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Form {
    Digits,
    International,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Invalid {
    Keep,
    Empty,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let value = as_text(table.need(&params.column)?);
    let mobile = format!("cn_mobile({value})");
    let formed = match params.form {
        Form::Digits => mobile.clone(),
        Form::International => format!("'+86' || {mobile}"),
    };
    let mut select = Select::of(table);
    select.set(
        &params.column,
        match params.invalid {
            Invalid::Keep => format!("coalesce({formed}, {value})"),
            Invalid::Empty => formed,
        },
    );
    if let Some(flag) = &params.flag {
        select.add(flag, format!("({mobile} IS NOT NULL)"))?;
    }
    Ok(select.from(&table.sql()))
}
