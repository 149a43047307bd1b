//! Two tables side by side, by equal keys.

use serde::Deserialize;
use tandem_core::Result;

use crate::{Ask, Table, refusal::cannot, select::Select, sql::ident};

#[derive(Deserialize)]
struct Params {
    kind: Kind,
    keys: Vec<Key>,
    suffix: String,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Inner,
    Left,
    Right,
    Full,
    Semi,
    Anti,
}

#[derive(Deserialize)]
struct Key {
    left: String,
    #[serde(default)]
    right: Option<String>,
}

impl Key {
    fn right(&self) -> &str {
        self.right.as_deref().filter(|name| !name.is_empty()).unwrap_or(&self.left)
    }
}

fn on(params: &Params, left: &Table, right: &Table) -> Result<String> {
    let mut equal = Vec::new();
    for key in &params.keys {
        left.need(&key.left)?;
        right.need(key.right())?;
        equal.push(format!("l.{} = r.{}", ident(&key.left), ident(key.right())));
    }
    Ok(equal.join(" AND "))
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let (left, right) = (ask.table("left")?, ask.table("right")?);
    let on = on(&params, left, right)?;
    let (l, r) = (left.sql(), right.sql());
    if matches!(params.kind, Kind::Semi | Kind::Anti) {
        let not = if params.kind == Kind::Anti { "NOT " } else { "" };
        return Ok(format!("SELECT l.* FROM {l} AS l\nWHERE {not}EXISTS (SELECT 1 FROM {r} AS r WHERE {on})"));
    }
    let columns = columns(&params, left, right)?;
    Ok(match params.kind {
        // What is looked up is the smaller table as a rule: it comes first, where it is held in memory.
        Kind::Left => columns.from(&format!("{r} AS r\nRIGHT JOIN {l} AS l ON {on}")),
        Kind::Right => columns.from(&format!("{l} AS l\nRIGHT JOIN {r} AS r ON {on}")),
        Kind::Full => columns.from(&format!("{l} AS l\nFULL JOIN {r} AS r ON {on}")),
        Kind::Inner | Kind::Semi | Kind::Anti => columns.from(&format!("{l} AS l\nJOIN {r} AS r ON {on}")),
    })
}

/// How many rows of either side have a partner: one row.
pub(super) fn matches(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let (left, right) = (ask.table("left")?, ask.table("right")?);
    on(&params, left, right)?;
    let lefts: Vec<&str> = params.keys.iter().map(|key| key.left.as_str()).collect();
    let rights: Vec<&str> = params.keys.iter().map(Key::right).collect();
    // Each side is counted by key first, so that the join is of different keys alone.
    let counted = |table: &Table, keys: &[&str]| {
        let keys: Vec<String> =
            keys.iter().enumerate().map(|(at, key)| format!("{} AS \"#{at}\"", ident(key))).collect();
        let groups: Vec<String> = (1..=keys.len()).map(|at| at.to_string()).collect();
        format!(
            "(SELECT {}, count(*) AS \"#rows\" FROM {} GROUP BY {})",
            keys.join(", "),
            table.sql(),
            groups.join(", ")
        )
    };
    let equal: Vec<String> = (0..params.keys.len()).map(|at| format!("l.\"#{at}\" = r.\"#{at}\"")).collect();
    let (l, r) = ("l.\"#rows\"", "r.\"#rows\"");
    let mut select = Select::default();
    let sum = |what: &str, when: &str| format!("coalesce(sum({what}) FILTER (WHERE {when}), 0)");
    select.add("left_rows", sum(l, &format!("{l} IS NOT NULL")))?;
    select.add("left_matched", sum(l, &format!("{r} IS NOT NULL")))?;
    select.add("left_unmatched", sum(l, &format!("{r} IS NULL")))?;
    select.add("right_rows", sum(r, &format!("{r} IS NOT NULL")))?;
    select.add("right_matched", sum(r, &format!("{l} IS NOT NULL")))?;
    select.add("right_unmatched", sum(r, &format!("{l} IS NULL")))?;
    select.add("pairs", format!("coalesce(sum({l} * {r}), 0)"))?;
    Ok(select.from(&format!(
        "{} AS l\nFULL JOIN {} AS r ON {}",
        counted(left, &lefts),
        counted(right, &rights),
        equal.join(" AND ")
    )))
}

/// The left table's columns, then those of the right one that are no keys; a
/// name that is there already takes the suffix.
fn columns(params: &Params, left: &Table, right: &Table) -> Result<Select> {
    let outer = matches!(params.kind, Kind::Right | Kind::Full);
    let mut columns = Select::of_alias(left, "l");
    for key in params.keys.iter().filter(|_| outer) {
        // Rows of the right table alone have their key there.
        columns.set(&key.left, format!("coalesce(l.{}, r.{})", ident(&key.left), ident(key.right())));
    }
    for column in right.columns.iter().filter(|column| params.keys.iter().all(|key| key.right() != column.name)) {
        let mut name = column.name.clone();
        if columns.has(&name) {
            name.push_str(&params.suffix);
        }
        if columns.has(&name) {
            return Err(cannot(
                format!("Both tables have a column “{}”. Choose another suffix.", column.name),
                format!("两张表都有“{}”列，请换一个后缀。", column.name),
            ));
        }
        columns.add(&name, format!("r.{}", ident(&column.name)))?;
    }
    Ok(columns)
}
