//! A row filter as an expression of the engine: values are taken as the type of
//! their column, once, when the plan is made.

use arrow::datatypes::{DataType, Field, Schema};
use datafusion::{
    common::{Column, ScalarValue},
    logical_expr::{Expr, Like, Operator, binary_expr, expr::InList, lit},
};
use tandem_core::{Error, ErrorCode, Result};

use super::closed;
use crate::{CompareOp, Filter, Value, store::find};

/// # Errors
/// `forbidden` where a column isn't there, `invalid_parameter` where a value doesn't fit it.
pub(crate) fn to_expr(filter: &Filter, schema: &Schema) -> Result<Expr> {
    let all = |filters: &[Filter], empty: bool, operator: Operator| -> Result<Expr> {
        let mut parts = filters.iter().map(|filter| to_expr(filter, schema)).collect::<Result<Vec<_>>>()?.into_iter();
        let first = parts.next().unwrap_or_else(|| lit(empty));
        Ok(parts.fold(first, |left, right| binary_expr(left, operator, right)))
    };
    Ok(match filter {
        Filter::And { filters } => all(filters, true, Operator::And)?,
        Filter::Or { filters } => all(filters, false, Operator::Or)?,
        Filter::Not { filter } => Expr::Not(Box::new(to_expr(filter, schema)?)),
        Filter::Compare { column, is, value } => {
            let field = field(schema, column)?;
            binary_expr(reference(field), operator(*is), literal(value, field)?)
        }
        Filter::In { column, values } => {
            let field = field(schema, column)?;
            let list = values.iter().map(|value| literal(value, field)).collect::<Result<Vec<_>>>()?;
            if list.is_empty() {
                return Ok(lit(false));
            }
            Expr::InList(InList::new(Box::new(reference(field)), list, false))
        }
        Filter::IsNull { column } => Expr::IsNull(Box::new(reference(field(schema, column)?))),
        Filter::Like { column, pattern, ignore_case } => {
            let field = field(schema, column)?;
            if !is_text(field.data_type()) {
                return Err(invalid(format!(
                    "The row filter compares “{}” with a pattern, and it is no text.",
                    field.name()
                )));
            }
            let pattern = literal(&Value::Text(pattern.clone()), field)?;
            Expr::Like(Like::new(false, Box::new(reference(field)), Box::new(pattern), Some('\\'), *ignore_case))
        }
    })
}

/// The columns that a filter reads, by their places in `schema`.
pub(crate) fn columns(filter: &Filter, schema: &Schema) -> Result<Vec<usize>> {
    filter.columns().into_iter().map(|name| find(schema, name).ok_or_else(closed)).collect()
}

fn operator(comparison: CompareOp) -> Operator {
    match comparison {
        CompareOp::Eq => Operator::Eq,
        CompareOp::Ne => Operator::NotEq,
        CompareOp::Lt => Operator::Lt,
        CompareOp::Le => Operator::LtEq,
        CompareOp::Gt => Operator::Gt,
        CompareOp::Ge => Operator::GtEq,
    }
}

fn field<'a>(schema: &'a Schema, name: &str) -> Result<&'a Field> {
    find(schema, name).map(|at| schema.field(at)).ok_or_else(closed)
}

fn reference(field: &Field) -> Expr {
    Expr::Column(Column::from_name(field.name()))
}

fn literal(value: &Value, field: &Field) -> Result<Expr> {
    let scalar = match value {
        Value::Bool(value) => ScalarValue::from(*value),
        Value::Int(value) => ScalarValue::from(*value),
        Value::Float(value) => ScalarValue::from(*value),
        Value::Text(value) => ScalarValue::Utf8(Some(value.clone())),
    };
    let cast = scalar.cast_to(field.data_type()).ok().filter(|cast| !cast.is_null());
    // A number must stay what it is: 1.5 is no value of a whole-number column.
    let exact = match value {
        Value::Text(_) | Value::Bool(_) => true,
        Value::Int(_) | Value::Float(_) => {
            is_text(field.data_type())
                || cast.as_ref().and_then(|cast| cast.cast_to(&scalar.data_type()).ok()).as_ref() == Some(&scalar)
        }
    };
    match cast {
        Some(cast) if exact => Ok(Expr::Literal(cast, None)),
        _ => Err(invalid(format!(
            "A value of the row filter is not a value of its column “{}” ({}).",
            field.name(),
            field.data_type()
        ))),
    }
}

fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

/// The asker learns that the policy doesn't fit, and nothing of its values.
fn invalid(message: String) -> Error {
    Error::new(ErrorCode::InvalidParameter, format!("{message} Ask whoever manages the dataset to correct its policy."))
}
