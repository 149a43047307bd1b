//! Which columns a model may use, and the rows that it is given.

use arrow::{
    array::{AsArray, RecordBatch},
    compute::cast,
    datatypes::DataType,
};
use serde::Deserialize;
use tandem_core::{Error, Result};
use tandem_flow::ColumnKind;
use tandem_science::design::{Column, Encoder, FeatureSpec, Kind};

use crate::{
    Ask, Host, Table,
    columns::schema_of,
    refusal::{cannot, told, too_little},
};

/// The parameters by which features are chosen.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Choice {
    #[serde(default)]
    features: Vec<String>,
    #[serde(default)]
    categories: Vec<String>,
}

impl Choice {
    /// The features: those chosen, or all columns that a model reads but `target`.
    ///
    /// # Errors
    /// `invalid_parameter` where the target is among them, or none is left; `unknown_column`.
    pub(crate) fn of(&self, table: &Table, target: Option<&str>) -> Result<Vec<FeatureSpec>> {
        if let Some(target) = target.filter(|target| self.features.iter().any(|name| name == target)) {
            return Err(cannot(
                format!("Column “{target}” is what to predict; it can't be a feature too. Take it off the features."),
                format!("“{target}”列是预测目标，不能同时作为特征，请从特征中去掉。"),
            ));
        }
        let readable = |kind: ColumnKind| kind != ColumnKind::Other;
        let names: Vec<&String> = match self.features.is_empty() {
            true => {
                let others = table.columns.iter().filter(|column| Some(column.name.as_str()) != target);
                others.filter(|column| readable(column.kind)).map(|column| &column.name).collect()
            }
            false => self.features.iter().collect(),
        };
        if names.is_empty() {
            return Err(cannot(
                "There is no column left to learn from. Connect a table with more columns.",
                "没有可作为特征的列，请接入包含更多列的表。",
            ));
        }
        let spec = |name: &String| {
            let column = table.need(name)?;
            if !readable(column.kind) {
                return Err(cannot(
                    format!("Column “{name}” holds what no model reads. Take it off the features, or convert it."),
                    format!("“{name}”列的类型不能用于模型，请从特征中去掉，或先转换类型。"),
                ));
            }
            let kind = self.categories.contains(name).then_some(Kind::Categorical);
            Ok(FeatureSpec { name: name.clone(), kind })
        };
        names.into_iter().map(spec).collect()
    }
}

/// The names of features.
pub(crate) fn names(features: &[FeatureSpec]) -> Vec<String> {
    features.iter().map(|feature| feature.name.clone()).collect()
}

/// Columns of the one table of a port, of which there must be rows.
///
/// # Errors
/// `not_enough_data` where there are none, and those of [`Host::rows`].
pub(crate) fn some_rows(host: &dyn Host, port: &str, columns: &[String]) -> Result<Vec<RecordBatch>> {
    let batches = host.rows(port, 0, columns)?;
    if count(&batches) == 0 {
        return Err(too_little(
            "The table has no rows. Connect one that has, or loosen the filters before it.",
            "该表没有任何行，请接入有数据的表，或放宽上游的筛选条件。",
        ));
    }
    Ok(batches)
}

/// All columns of the table of a port, with its rows.
///
/// # Errors
/// As [`some_rows`].
pub(crate) fn whole(ask: &Ask<'_>, host: &dyn Host, port: &str) -> Result<Vec<RecordBatch>> {
    some_rows(host, port, &ask.table(port)?.names().cloned().collect::<Vec<_>>())
}

/// How many rows.
pub(crate) fn count(batches: &[RecordBatch]) -> usize {
    batches.iter().map(RecordBatch::num_rows).sum()
}

/// All columns of the table of a port with its rows, of which there may be none.
///
/// # Errors
/// As [`Host::rows`].
pub(crate) fn all_rows(ask: &Ask<'_>, host: &dyn Host, port: &str) -> Result<Vec<RecordBatch>> {
    let table = ask.table(port)?;
    let mut batches = host.rows(port, 0, &table.names().cloned().collect::<Vec<_>>())?;
    if batches.is_empty() {
        batches.push(RecordBatch::new_empty(schema_of(&table.columns)));
    }
    Ok(batches)
}

/// Names, each once, in the order of their first.
pub(crate) fn once<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for name in names {
        if !all.iter().any(|other| other == name) {
            all.push(name.to_owned());
        }
    }
    all
}

/// A column as words, row by row.
///
/// # Errors
/// `schema_mismatch` where it has no words.
pub(crate) fn words(batches: &[RecordBatch], name: &str) -> Result<Vec<Option<String>>> {
    let mut all = Vec::with_capacity(count(batches));
    for batch in batches {
        let column =
            batch.column_by_name(name).ok_or_else(|| Error::internal("a column that was asked for is gone"))?;
        let column = cast(column, &DataType::Utf8).map_err(|_| {
            cannot(
                format!("“{name}” can't be read as text. Choose another column."),
                format!("“{name}”列无法作为文本读取，请改选其他列。"),
            )
        })?;
        all.extend(column.as_string::<i32>().iter().map(|word| word.map(str::to_owned)));
    }
    Ok(all)
}

/// A column as numbers, row by row; NaN is none.
///
/// # Errors
/// `invalid_parameter` where it has no numbers.
pub(crate) fn numbers(batches: &[RecordBatch], name: &str) -> Result<Vec<f64>> {
    let encoder = match Encoder::fit(batches, &[FeatureSpec { name: name.to_owned(), kind: Some(Kind::Numeric) }]) {
        Ok(encoder) => encoder,
        Err(error) => return Err(told(error)),
    };
    match encoder.apply(batches).map_err(told)?.features.columns.pop() {
        Some(Column::Numeric(values)) => Ok(values),
        _ => Err(Error::internal("a column read as numbers has none")),
    }
}
