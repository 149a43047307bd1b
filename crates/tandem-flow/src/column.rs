//! A table as far as a graph knows it: the names and kinds of its columns.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tandem_core::{Lang, Text};

/// What a column holds, as far as ports, roles and parameters care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Words.
    Text,
    /// Whole numbers.
    Integer,
    /// Floating-point numbers.
    Number,
    /// Exact decimal numbers.
    Decimal,
    /// Days.
    Date,
    /// Moments.
    Timestamp,
    /// Yes or no.
    Boolean,
    /// Anything else.
    Other,
}

impl ColumnKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Text,
        Self::Integer,
        Self::Number,
        Self::Decimal,
        Self::Date,
        Self::Timestamp,
        Self::Boolean,
        Self::Other,
    ];

    /// The kinds that can be calculated with.
    pub const NUMERIC: [Self; 3] = [Self::Integer, Self::Number, Self::Decimal];

    /// What people call it.
    pub fn words(self) -> Text {
        let (en, zh) = match self {
            Self::Text => ("text", "文本"),
            Self::Integer => ("whole number", "整数"),
            Self::Number => ("number", "数值"),
            Self::Decimal => ("decimal", "定点小数"),
            Self::Date => ("date", "日期"),
            Self::Timestamp => ("date and time", "日期时间"),
            Self::Boolean => ("yes/no", "是/否"),
            Self::Other => ("other", "其他"),
        };
        Text::new(en, zh)
    }

    /// Several kinds in words, such as `date or text`; `any` for none.
    pub fn list(kinds: &[Self], lang: Lang) -> String {
        let words: Vec<String> = kinds.iter().map(|kind| kind.words().get(lang).to_owned()).collect();
        match (words.is_empty(), lang) {
            (true, Lang::En) => "any".to_owned(),
            (true, Lang::Zh) => "任意".to_owned(),
            (false, Lang::En) => words.join(" or "),
            (false, Lang::Zh) => words.join("或"),
        }
    }
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name, exactly as in the table.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// Whether a value may be absent.
    #[serde(default = "yes")]
    pub nullable: bool,
}

fn yes() -> bool {
    true
}

impl Column {
    /// A column in which values may be absent.
    pub fn new(name: impl Into<String>, kind: ColumnKind) -> Self {
        Self { name: name.into(), kind, nullable: true }
    }
}

/// What is known of a table's columns before anything runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Columns {
    /// These, in this order.
    Known(Vec<Column>),
    /// Only the data will tell.
    WhenRun,
}

impl Columns {
    /// The columns, where they are known.
    pub fn known(&self) -> Option<&[Column]> {
        match self {
            Self::Known(columns) => Some(columns),
            Self::WhenRun => None,
        }
    }
}

/// What is connected to each input port: its tables in the order of their connections.
pub type PortColumns = BTreeMap<String, Vec<Columns>>;
