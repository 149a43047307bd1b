//! Totals of groups: what group, pivot, cross-table and time series have in common.

use serde::Deserialize;
use tandem_core::{Result, Text};
use tandem_flow::ColumnKind;

use crate::{
    Table,
    refusal::cannot,
    select::Select,
    sql::{as_number, ident},
};

/// One total, as a parameter says it.
#[derive(Debug, Deserialize)]
pub(crate) struct Total {
    function: Function,
    #[serde(default)]
    column: Option<String>,
    #[serde(default)]
    name: Option<String>,
}

/// How many values become one.
#[derive(Debug, Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Function {
    /// The number of rows.
    Rows,
    /// The number of values.
    Count,
    /// The number of different values.
    CountDistinct,
    /// The sum.
    Sum,
    /// The mean.
    Mean,
    /// The median.
    Median,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The standard deviation of a sample.
    Deviation,
}

impl Function {
    fn word(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::Count => "count",
            Self::CountDistinct => "distinct",
            Self::Sum => "sum",
            Self::Mean => "mean",
            Self::Median => "median",
            Self::Min => "min",
            Self::Max => "max",
            Self::Deviation => "deviation",
        }
    }

    /// What it is called over a column, in both languages.
    pub(crate) fn words(self, column: Option<&str>) -> Text {
        let of = column.unwrap_or_default();
        let (en, zh) = match self {
            Self::Rows => ("Rows".to_owned(), "行数".to_owned()),
            Self::Count => (format!("Values of {of}"), format!("{of}个数")),
            Self::CountDistinct => (format!("Different values of {of}"), format!("{of}去重个数")),
            Self::Sum => (format!("Sum of {of}"), format!("{of}合计")),
            Self::Mean => (format!("Mean of {of}"), format!("{of}均值")),
            Self::Median => (format!("Median of {of}"), format!("{of}中位数")),
            Self::Min => (format!("Least {of}"), format!("{of}最小值")),
            Self::Max => (format!("Greatest {of}"), format!("{of}最大值")),
            Self::Deviation => (format!("Deviation of {of}"), format!("{of}标准差")),
        };
        Text::new(en, zh)
    }

    /// Whether it is a number of things.
    pub(crate) fn is_count(self) -> bool {
        matches!(self, Self::Rows | Self::Count | Self::CountDistinct)
    }

    /// Whether totals of parts add up to that of the whole.
    pub(crate) fn adds_up(self) -> bool {
        matches!(self, Self::Rows | Self::Count | Self::Sum)
    }

    /// Over a column, or over rows, with what stands behind it (`FILTER`, `OVER`).
    ///
    /// # Errors
    /// `invalid_parameter` where it needs a column and has none, or one that can't be calculated with.
    pub(crate) fn sql(self, table: &Table, column: Option<&str>, behind: &str) -> Result<String> {
        let Some(name) = column.filter(|_| self != Self::Rows) else {
            return match self {
                Self::Rows => Ok(format!("count(*){behind}")),
                _ => {
                    Err(cannot(format!("Say of which column the {} is.", self.word()), "请选择要汇总的列。".to_owned()))
                }
            };
        };
        let kind = table.need(name)?.kind;
        let numeric = matches!(self, Self::Sum | Self::Mean | Self::Median | Self::Deviation);
        if numeric && !ColumnKind::NUMERIC.contains(&kind) {
            return Err(cannot(
                format!("“{name}” is {}: it has no {}. Choose a column of numbers.", kind.words().en, self.word()),
                format!("“{name}”是{}，不能这样汇总。请改选数值列。", kind.words().zh),
            ));
        }
        let column = ident(name);
        Ok(match self {
            Self::Rows => format!("count(*){behind}"),
            Self::Count => format!("count({column}){behind}"),
            Self::CountDistinct => format!("count(DISTINCT {column}){behind}"),
            // What threads add up in any order would differ in its last bits.
            Self::Sum if kind == ColumnKind::Number => format!("exact_sum({column}){behind}"),
            Self::Sum => format!("sum({column}){behind}"),
            Self::Mean if kind == ColumnKind::Number => {
                format!("exact_sum({column}){behind} / nullif(CAST(count({column}){behind} AS DOUBLE), 0.0)")
            }
            Self::Mean => format!("avg({column}){behind}"),
            Self::Median => format!("median({}){behind}", as_number(name)),
            Self::Min => format!("min({column}){behind}"),
            Self::Max => format!("max({column}){behind}"),
            Self::Deviation => format!("stddev_samp({}){behind}", as_number(name)),
        })
    }
}

impl Total {
    /// The name that its column gets.
    pub(crate) fn name(&self) -> String {
        match (&self.name, &self.column) {
            (Some(name), _) if !name.is_empty() => name.clone(),
            (_, Some(column)) if self.function != Function::Rows => format!("{column}_{}", self.function.word()),
            _ => self.function.word().to_owned(),
        }
    }

    /// Puts it into a list.
    ///
    /// # Errors
    /// As [`Function::sql`], and where its name is taken.
    pub(crate) fn add(&self, select: &mut Select, table: &Table) -> Result<()> {
        select.add(&self.name(), self.function.sql(table, self.column.as_deref(), "")?)
    }

    /// Whether an absent group counts as zero.
    pub(crate) fn counts(&self) -> bool {
        matches!(self.function, Function::Rows | Function::Count | Function::CountDistinct | Function::Sum)
    }
}
