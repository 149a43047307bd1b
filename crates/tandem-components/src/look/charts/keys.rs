//! A column's values as the categories of a chart: the greatest, and all others as one.

use std::collections::HashMap;

use tandem_core::{Result, Text};
use tandem_flow::ColumnKind;

use super::drawing::{counts, floats, many};
use crate::{
    Host, Table,
    learn::features::words,
    page::{raw, t},
    sql::{as_text, ident, text},
};

/// Stands for what is empty; nobody types a character of the private use area.
const EMPTY: &str = "\u{E000}empty";
/// Stands for all others.
const OTHER: &str = "\u{E000}other";

/// Which values become categories.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish<'a> {
    /// Measured by this, the greatest first; text of an aggregate.
    pub(super) by: &'a str,
    /// How many.
    pub(super) most: u32,
    /// Whether all others are one category more.
    pub(super) other: bool,
    /// Whether they stand in their own order and not in that of their measure.
    pub(super) natural: bool,
    /// A condition that rows must meet.
    pub(super) only: &'a str,
}

/// The categories of a column.
#[derive(Debug)]
pub(super) struct Keys {
    /// The category of a row, as text.
    sql: String,
    names: Vec<String>,
    all: u64,
    most: u32,
    other: bool,
    column: String,
}

impl Keys {
    /// Asks for them.
    ///
    /// # Errors
    /// `unknown_column`, and those of the query.
    pub(super) fn of(host: &dyn Host, table: &Table, column: &str, wish: Wish<'_>) -> Result<Self> {
        let of = table.need(column)?;
        let key = format!("coalesce({}, {})", as_text(of), text(EMPTY));
        let order = match of.kind {
            ColumnKind::Text | ColumnKind::Boolean | ColumnKind::Other => as_text(of),
            _ => ident(column),
        };
        let found = host.query(&format!(
            "SELECT \"k\", \"place\", \"all\" FROM (\n  SELECT {key} AS \"k\", {} AS \"v\", \
             row_number() OVER (ORDER BY min({order}) ASC NULLS LAST) AS \"place\", count(*) OVER () AS \"all\"\n  \
             FROM {} WHERE {} GROUP BY {key}\n)\nORDER BY \"v\" DESC NULLS LAST, \"k\" LIMIT {}",
            wish.by,
            table.sql(),
            wish.only,
            wish.most + 1,
        ))?;
        let all = counts(&found, "all")?.first().copied().unwrap_or(0);
        let named = words(&found, "k")?.into_iter().flatten();
        let mut placed: Vec<(String, Option<f64>)> = named.zip(floats(&found, "place")?).collect();
        // A single other one stands by its own name, where it takes no more room than “Other”.
        let most = wish.most + u32::from(wish.other && all == u64::from(wish.most) + 1);
        placed.truncate(most as usize);
        if wish.natural {
            placed.sort_by(|a, b| a.1.unwrap_or(f64::MAX).total_cmp(&b.1.unwrap_or(f64::MAX)));
        }
        let mut names: Vec<String> = placed.into_iter().map(|(name, _)| name).collect();
        let cut = all > u64::from(most);
        let list = || names.iter().map(|name| text(name)).collect::<Vec<_>>().join(", ");
        let sql = match cut {
            true => format!("CASE WHEN {key} IN ({}) THEN {key} ELSE {} END", list(), text(OTHER)),
            false => key,
        };
        if cut && wish.other {
            names.push(OTHER.to_owned());
        }
        Ok(Self { sql, names, all, most, other: wish.other, column: column.to_owned() })
    }

    /// The category of a row.
    pub(super) fn sql(&self) -> &str {
        &self.sql
    }

    /// The condition that a row has one.
    pub(super) fn filter(&self) -> String {
        match self.all > u64::from(self.most) && !self.other {
            true => format!("{} <> {}", self.sql, text(OTHER)),
            false => "true".to_owned(),
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// What they are called, in their order.
    pub(super) fn texts(&self) -> Vec<Text> {
        self.names.iter().map(|name| named(name)).collect()
    }

    /// The place of each.
    pub(super) fn places(&self) -> HashMap<&str, usize> {
        self.names.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect()
    }

    /// What was put together or left out, where something was.
    pub(super) fn note(&self) -> Option<Text> {
        let rest = self.all.checked_sub(u64::from(self.most)).filter(|rest| *rest > 0)?;
        let values = if rest == 1 { "value" } else { "values" };
        let (column, rest, most) = (&self.column, many(rest), self.most);
        Some(match self.other {
            true => t(
                format!("“Other” is {rest} more {values} of “{column}” beyond the {most} greatest."),
                format!("“其他”为“{column}”前 {most} 名之外的 {rest} 个取值。"),
            ),
            false => t(
                format!("Of “{column}” {rest} more {values} beyond the {most} greatest stay out."),
                format!("“{column}”前 {most} 名之外的 {rest} 个取值未画出。"),
            ),
        })
    }
}

fn named(key: &str) -> Text {
    match key {
        EMPTY => t("(empty)", "（空）"),
        OTHER => t("Other", "其他"),
        name => raw(name),
    }
}

/// The series of a chart: the categories of a column, or one that is the whole.
pub(super) enum Series {
    /// Those of a column.
    Of(Keys),
    /// One, called so.
    Whole(Text),
}

impl Series {
    /// Asks for them, where there is a column.
    ///
    /// # Errors
    /// As [`Keys::of`].
    pub(super) fn of(
        host: &dyn Host,
        table: &Table,
        column: Option<&str>,
        whole: Text,
        wish: Wish<'_>,
    ) -> Result<Self> {
        match column {
            Some(column) => Ok(Self::Of(Keys::of(host, table, column, wish)?)),
            None => Ok(Self::Whole(whole)),
        }
    }

    /// The series of a row.
    pub(super) fn sql(&self) -> &str {
        match self {
            Self::Of(keys) => keys.sql(),
            Self::Whole(_) => "''",
        }
    }

    /// The condition that a row has one.
    pub(super) fn filter(&self) -> String {
        match self {
            Self::Of(keys) => keys.filter(),
            Self::Whole(_) => "true".to_owned(),
        }
    }

    /// Their names.
    pub(super) fn texts(&self) -> Vec<Text> {
        match self {
            Self::Of(keys) => keys.texts(),
            Self::Whole(name) => vec![name.clone()],
        }
    }

    /// The place of each.
    pub(super) fn places(&self) -> HashMap<&str, usize> {
        match self {
            Self::Of(keys) => keys.places(),
            Self::Whole(_) => [("", 0)].into(),
        }
    }

    /// As [`Keys::note`].
    pub(super) fn note(&self) -> Option<Text> {
        match self {
            Self::Of(keys) => keys.note(),
            Self::Whole(_) => None,
        }
    }
}

/// The colour of a series: its place in the palette.
pub(super) fn color(at: usize) -> u8 {
    u8::try_from(at % 8).unwrap_or(0)
}
