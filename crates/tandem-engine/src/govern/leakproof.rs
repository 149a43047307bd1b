//! Which conditions of a query may be evaluated on rows that the query may not
//! see: those that can neither fail nor be noticed, so that they only save work.

use std::collections::HashSet;

use datafusion::{
    common::ScalarValue,
    logical_expr::{BinaryExpr, Expr, Operator, expr::InList},
};

/// Whether `expr` only compares columns of `open` (by name) with constants of
/// their own type.
pub(super) fn is_leakproof(expr: &Expr, open: &HashSet<&str>) -> bool {
    match expr {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::And | Operator::Or, right }) => {
            is_leakproof(left, open) && is_leakproof(right, open)
        }
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => {
            let compares = matches!(
                op,
                Operator::Eq | Operator::NotEq | Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq
            );
            compares && ((is_open(left, open) && is_constant(right)) || (is_constant(left) && is_open(right, open)))
        }
        Expr::Not(inner) => is_leakproof(inner, open),
        Expr::IsNull(inner) | Expr::IsNotNull(inner) => is_open(inner, open),
        Expr::InList(InList { expr, list, .. }) => is_open(expr, open) && list.iter().all(is_constant),
        _ => false,
    }
}

fn is_open(expr: &Expr, open: &HashSet<&str>) -> bool {
    matches!(expr, Expr::Column(column) if open.contains(column.name.as_str()))
}

fn is_constant(expr: &Expr) -> bool {
    matches!(expr, Expr::Literal(value, _) if !matches!(value, ScalarValue::List(_) | ScalarValue::Struct(_)))
}
