//! Rows that keep rules, and rows that break them, with the reason.

use regex::Regex;
use serde::Deserialize;
use serde_json::Value;
use tandem_core::{Lang, Result};
use tandem_flow::{Column, ColumnKind};

use crate::{
    Ask, Table,
    refusal::cannot,
    select::Select,
    sql::{as_text, ident, literal, text},
};

#[derive(Deserialize)]
struct Params {
    rules: Vec<Rule>,
    keep: Keep,
    reasons: String,
    language: Lang,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Keep {
    Passed,
    All,
}

#[derive(Deserialize)]
struct Rule {
    check: Check,
    #[serde(default)]
    column: Option<String>,
    #[serde(default)]
    least: Option<String>,
    #[serde(default)]
    most: Option<String>,
    #[serde(default)]
    values: Vec<String>,
    #[serde(default)]
    pattern: Option<String>,
    #[serde(default)]
    expression: Option<String>,
    #[serde(default)]
    reason: Option<String>,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Check {
    NotEmpty,
    Unique,
    Between,
    OneOf,
    Pattern,
    Expression,
}

pub(super) fn passed(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    match params.keep {
        Keep::Passed => rows(ask, &params, false, Some("= ''")),
        Keep::All => rows(ask, &params, true, None),
    }
}

pub(super) fn failed(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    rows(ask, &params, true, Some("<> ''"))
}

fn rows(ask: &Ask<'_>, params: &Params, reasons: bool, only: Option<&str>) -> Result<String> {
    let table = ask.table("table")?;
    let mut judged = Select::of(table);
    let (mut source, mut parts) = (table.sql(), Vec::new());
    for (at, rule) in params.rules.iter().enumerate() {
        let twice = table.free(&format!("#twice{at}"));
        if rule.check == Check::Unique {
            source = with_twice(table, &source, column(table, rule)?, &twice);
        }
        let broken = broken(table, rule, &ident(&twice))?;
        parts.push(format!("CASE WHEN {broken} THEN {} END", text(&reason(rule, params.language))));
    }
    let list = if parts.is_empty() { "''".to_owned() } else { format!("concat_ws('; ', {})", parts.join(", ")) };
    let why = table.free("#reasons");
    judged.add(&why, list)?;
    let mut select = Select::of(table);
    if reasons {
        select.add(&params.reasons, ident(&why))?;
    }
    let text = select.from(&format!("(\n  {}\n)", judged.from(&source)));
    Ok(only.map_or_else(|| text.clone(), |only| format!("{text}\nWHERE {} {only}", ident(&why))))
}

/// The rows with a column more, which says whether their value is there again.
/// Values that are there twice are few: the rows stream past them.
fn with_twice(table: &Table, source: &str, column: &Column, twice: &str) -> String {
    let name = ident(&column.name);
    format!(
        "(\n  SELECT t.*, u.\"#value\" IS NOT NULL AS {} FROM \
         (SELECT {name} AS \"#value\" FROM {} WHERE {name} IS NOT NULL GROUP BY 1 HAVING count(*) > 1) AS u\n  \
         RIGHT JOIN {source} AS t ON u.\"#value\" = t.{name}\n)",
        ident(twice),
        table.sql()
    )
}

fn column<'a>(table: &'a Table, rule: &Rule) -> Result<&'a Column> {
    match &rule.column {
        Some(name) => table.need(name),
        None => Err(cannot("Choose the column that the rule is about.", "请选择规则要检查的列。")),
    }
}

/// When a row breaks a rule. An empty value breaks none but that it must not be empty.
fn broken(table: &Table, rule: &Rule, twice: &str) -> Result<String> {
    if rule.check == Check::Expression {
        let expression = rule.expression.as_deref().map(str::trim).filter(|expression| !expression.is_empty());
        let expression =
            expression.ok_or_else(|| cannot("Write the expression that must hold.", "请填写必须成立的表达式。"))?;
        return Ok(format!("NOT coalesce(({expression}\n), false)"));
    }
    let column = column(table, rule)?;
    let name = ident(&column.name);
    Ok(match rule.check {
        Check::NotEmpty if column.kind == ColumnKind::Text => format!("coalesce(btrim({name}), '') = ''"),
        Check::NotEmpty => format!("{name} IS NULL"),
        Check::Unique => twice.to_owned(),
        Check::Between => {
            let bound = |bound: &Option<String>, sign: &str| -> Result<Option<String>> {
                let Some(value) = bound else { return Ok(None) };
                Ok(Some(format!("{name} {sign} {}", literal(&Value::from(value.as_str()), column.kind)?)))
            };
            let bounds: Vec<String> =
                [bound(&rule.least, "<")?, bound(&rule.most, ">")?].into_iter().flatten().collect();
            if bounds.is_empty() {
                return Err(cannot("Say the least or the greatest value.", "请填写最小值或最大值。"));
            }
            format!("({})", bounds.join(" OR "))
        }
        Check::OneOf => {
            let values: Vec<Value> = rule.values.iter().map(|value| Value::from(value.as_str())).collect();
            if values.is_empty() {
                return Err(cannot("Name the values that there may be.", "请填写允许的值。"));
            }
            format!("{name} NOT IN ({})", crate::sql::literals(&values, column.kind)?)
        }
        Check::Pattern | Check::Expression => {
            let pattern = rule.pattern.as_deref().unwrap_or_default();
            Regex::new(pattern).map_err(|_| {
                cannot(format!("“{pattern}” is no regular expression."), format!("“{pattern}”不是有效的正则表达式。"))
            })?;
            format!("NOT regexp_like({}, {})", as_text(column), text(pattern))
        }
    })
}

fn reason(rule: &Rule, lang: Lang) -> String {
    if let Some(reason) = rule.reason.as_deref().filter(|reason| !reason.is_empty()) {
        return reason.to_owned();
    }
    let column = rule.column.as_deref().unwrap_or_default();
    let least = rule.least.as_deref().unwrap_or("−∞");
    let most = rule.most.as_deref().unwrap_or("∞");
    let values = rule.values.join(", ");
    let pattern = rule.pattern.as_deref().unwrap_or_default();
    let expression = rule.expression.as_deref().unwrap_or_default();
    match (rule.check, lang) {
        (Check::NotEmpty, Lang::En) => format!("{column} is empty"),
        (Check::NotEmpty, Lang::Zh) => format!("{column} 为空"),
        (Check::Unique, Lang::En) => format!("{column} is not unique"),
        (Check::Unique, Lang::Zh) => format!("{column} 重复"),
        (Check::Between, Lang::En) => format!("{column} is outside {least} … {most}"),
        (Check::Between, Lang::Zh) => format!("{column} 超出 {least} … {most}"),
        (Check::OneOf, Lang::En) => format!("{column} is none of {values}"),
        (Check::OneOf, Lang::Zh) => format!("{column} 不属于 {values}"),
        (Check::Pattern, Lang::En) => format!("{column} does not match {pattern}"),
        (Check::Pattern, Lang::Zh) => format!("{column} 不符合 {pattern}"),
        (Check::Expression, Lang::En) => format!("not true: {expression}"),
        (Check::Expression, Lang::Zh) => format!("不成立：{expression}"),
    }
}
