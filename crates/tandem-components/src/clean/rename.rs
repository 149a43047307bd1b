//! Other names for columns.

use serde::Deserialize;
use tandem_core::Result;

use crate::{Ask, select::Select, sql::ident};

#[derive(Deserialize)]
struct Params {
    names: Vec<Name>,
    style: Style,
}

#[derive(Deserialize)]
struct Name {
    column: String,
    to: String,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Style {
    Keep,
    Trim,
    Snake,
}

impl Style {
    fn of(self, name: &str) -> String {
        match self {
            Self::Keep => name.to_owned(),
            Self::Trim => name.split_whitespace().collect::<Vec<_>>().join(" "),
            Self::Snake => {
                let plain = |c: char| if c.is_alphanumeric() { c.to_lowercase().collect() } else { " ".to_owned() };
                let words: String = name.chars().map(plain).collect();
                words.split_whitespace().collect::<Vec<_>>().join("_")
            }
        }
    }
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let mut select = Select::default();
    for name in table.names() {
        let chosen = params.names.iter().find(|one| one.column == *name);
        let styled = || Some(params.style.of(name)).filter(|styled| !styled.is_empty());
        let to = chosen.map(|one| one.to.clone()).or_else(styled).unwrap_or_else(|| name.clone());
        select.add(&to, ident(name))?;
    }
    Ok(select.from(&table.sql()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_take_a_style() {
        assert_eq!(Style::Snake.of(" Order ID (CNY) "), "order_id_cny");
        assert_eq!(Style::Snake.of("订单 金额"), "订单_金额");
        assert_eq!(Style::Trim.of("  a   b "), "a b");
    }
}
