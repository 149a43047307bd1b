//! How columns of numbers move together.

use serde::Deserialize;
use tandem_core::Result;
use tandem_flow::ColumnKind;

use crate::{
    Ask,
    refusal::cannot,
    select::Select,
    sql::{as_number, text},
};

/// Most columns: each pair is a total of its own.
const MOST: usize = 40;

#[derive(Deserialize)]
struct Params {
    #[serde(default)]
    columns: Vec<String>,
    layout: Layout,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Layout {
    Matrix,
    Pairs,
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let names: Vec<String> = match params.columns.is_empty() {
        true => {
            let numeric = table.columns.iter().filter(|column| ColumnKind::NUMERIC.contains(&column.kind));
            numeric.map(|column| column.name.clone()).take(MOST).collect()
        }
        false => params.columns,
    };
    if names.len() < 2 || names.len() > MOST {
        return Err(cannot(
            format!("Choose 2 to {MOST} columns of numbers."),
            format!("请选择 2 到 {MOST} 个数值列。"),
        ));
    }
    // Pairs of `a < b`; rows in which one of them is empty don't count. Rounded,
    // since the last digits depend on the order in which rows are added.
    let mut list = Vec::new();
    for (at, a) in names.iter().enumerate() {
        for (to, b) in names.iter().enumerate().skip(at + 1) {
            let together = format!("corr({}, {})", as_number(a), as_number(b));
            list.push(format!("round({together}, 10) AS \"#{at} {to}\""));
        }
    }
    let pairs = format!("(SELECT {} FROM {}) AS c", list.join(", "), table.sql());
    // A column that doesn't vary has no correlation with anything.
    let cell = |a: usize, b: usize| match a.cmp(&b) {
        std::cmp::Ordering::Equal => "CAST(1.0 AS DOUBLE)".to_owned(),
        _ => {
            let name = format!("c.\"#{} {}\"", a.min(b), a.max(b));
            format!("CASE WHEN isnan({name}) THEN NULL ELSE {name} END")
        }
    };
    let mut select = Select::default();
    if params.layout == Layout::Matrix {
        let rows: Vec<String> = names.iter().enumerate().map(|(at, name)| format!("({at}, {})", text(name))).collect();
        select.add("column", "n.\"name\"")?;
        for (b, name) in names.iter().enumerate() {
            let cases: String = (0..names.len()).map(|a| format!(" WHEN {a} THEN {}", cell(a, b))).collect();
            select.add(name, format!("CASE n.\"place\"{cases} END"))?;
        }
        let source = format!("{pairs}\nCROSS JOIN (VALUES {}) AS n (\"place\", \"name\")", rows.join(", "));
        return Ok(format!("{}\nORDER BY n.\"place\"", select.from(&source)));
    }
    let (mut rows, mut cases) = (Vec::new(), String::new());
    for (a, first) in names.iter().enumerate() {
        for (b, second) in names.iter().enumerate() {
            let place = a * names.len() + b;
            rows.push(format!("({place}, {}, {})", text(first), text(second)));
            cases.push_str(&format!(" WHEN {place} THEN {}", cell(a, b)));
        }
    }
    select.add("a", "n.\"a\"")?;
    select.add("b", "n.\"b\"")?;
    select.add("correlation", format!("CASE n.\"place\"{cases} END"))?;
    let source = format!("{pairs}\nCROSS JOIN (VALUES {}) AS n (\"place\", \"a\", \"b\")", rows.join(", "));
    Ok(format!("{}\nORDER BY n.\"place\"", select.from(&source)))
}
