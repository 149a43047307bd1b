//! What was found and what the user says, put together column by column.

use std::collections::HashSet;

use tandem_core::{Error, ErrorCode, Result};

use super::{
    SniffedColumn,
    infer::{Inferred, Remark},
    warning::{Warning, WarningCode},
};
use crate::options::{ColumnPlan, ImportOptions};

/// What was found of one column.
pub(crate) struct FoundColumn {
    pub(crate) name: String,
    pub(crate) inferred: Inferred,
    pub(crate) nullable: bool,
    pub(crate) samples: Vec<String>,
    /// Whether it is in the result unless the user says otherwise.
    pub(crate) include: bool,
}

/// The plan of every column, with what to tell about it.
///
/// # Errors
/// `invalid_parameter` where an override names no column, or two columns end
/// with the same name, or none is left.
pub(crate) fn plan(
    found: Vec<FoundColumn>,
    options: &ImportOptions,
    warnings: &mut Vec<Warning>,
) -> Result<(Vec<ColumnPlan>, Vec<SniffedColumn>)> {
    for wanted in &options.columns {
        if !found.iter().any(|c| c.name == wanted.name) {
            return Err(Error::new(
                ErrorCode::InvalidParameter,
                format!("The file has no column `{}`. Look at the preview again.", wanted.name),
            ));
        }
    }
    let mut plans = Vec::with_capacity(found.len());
    let mut columns = Vec::with_capacity(found.len());
    let mut names = HashSet::new();
    for column in found {
        // The last word on a column counts.
        let wanted = options.columns.iter().rev().find(|o| o.name == column.name);
        let inferred = column.inferred.column_type;
        let asked = wanted.and_then(|o| o.column_type);
        let plan = ColumnPlan {
            name: wanted.and_then(|o| o.rename.clone()).unwrap_or_else(|| column.name.clone()),
            column_type: asked.unwrap_or(inferred),
            date_order: wanted.and_then(|o| o.date_order).unwrap_or(column.inferred.date_order),
            decimal_comma: wanted.and_then(|o| o.decimal_comma).unwrap_or(column.inferred.decimal_comma),
            include: wanted.and_then(|o| o.include).unwrap_or(column.include),
            source: column.name.clone(),
        };
        if plan.include && (plan.name.trim().is_empty() || !names.insert(plan.name.to_lowercase())) {
            return Err(Error::new(
                ErrorCode::InvalidParameter,
                format!("The name `{}` is empty or used for two columns. Choose another.", plan.name),
            ));
        }
        if asked.is_none() && plan.include {
            warnings.extend(column.inferred.remarks.iter().map(|r| remark(r, &column.name)));
        }
        columns.push(SniffedColumn {
            source: column.name,
            name: plan.name.clone(),
            column_type: plan.column_type,
            inferred,
            nullable: column.nullable,
            include: plan.include,
            samples: column.samples,
        });
        plans.push(plan);
    }
    if names.is_empty() {
        return Err(Error::new(ErrorCode::InvalidParameter, "No column is left. Include at least one."));
    }
    Ok((plans, columns))
}

fn remark(remark: &Remark, column: &str) -> Warning {
    let (code, detail, message) = match remark {
        Remark::AmbiguousDates => (
            WarningCode::AmbiguousDates,
            String::new(),
            "In the dates of `{}` day and month could be either way round. It stays text; choose the order to read \
             them as dates."
                .replace("{}", column),
        ),
        Remark::Mostly(kind, example) => (
            WarningCode::MostlyTyped,
            format!("{kind}: {example}"),
            format!(
                "Nearly all values of `{column}` are {kind}, but not `{example}`. It stays text; choose {kind} to set \
                 the other rows aside."
            ),
        ),
        Remark::NullTokens(tokens) => {
            let list = tokens.iter().map(|(t, n)| format!("{t} ×{n}")).collect::<Vec<_>>().join(", ");
            let message = format!("In `{column}` these are read as missing values: {list}.");
            (WarningCode::NullTokens, list, message)
        }
        Remark::WholeWithPoint => (
            WarningCode::WholeWithPoint,
            String::new(),
            format!("The numbers of `{column}` are all whole, though written with a point; they are read as int64."),
        ),
        Remark::Shown(read) => {
            let message = if *read {
                format!("The numbers of `{column}` are written with commas or currency signs, which are left out.")
            } else {
                format!(
                    "The values of `{column}` are written with commas that could separate thousands or decimals. It \
                     stays text; choose int64 or float64 if they separate thousands."
                )
            };
            (WarningCode::FormattedNumbers, if *read { "" } else { "text" }.to_owned(), message)
        }
        Remark::DecimalCommas => (
            WarningCode::DecimalCommas,
            String::new(),
            format!("The numbers of `{column}` are written with decimal commas, as in `1.234,56`."),
        ),
        Remark::Empty => {
            (WarningCode::EmptyColumn, String::new(), format!("`{column}` has no value in the part looked at."))
        }
    };
    Warning::of_column(code, column, detail, message)
}
