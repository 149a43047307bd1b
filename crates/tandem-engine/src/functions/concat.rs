//! `a || b`, whose result is bounded like that of `concat`: an operator could
//! double a text as often as a statement says.

use std::sync::Arc;

use arrow::{
    array::{AsArray, StringViewBuilder},
    datatypes::DataType,
};
use datafusion::{
    common::{DFSchema, Result, ScalarValue, internal_err},
    logical_expr::{
        ColumnarValue, Expr, ExprSchemable, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
        planner::{ExprPlanner, PlannerResult, RawBinaryExpr},
    },
    sql::sqlparser::ast::BinaryOperator,
};

use super::bounded::check_bytes;

/// Plans `||` of texts as a function of ours; lists and binary values stay with
/// the engine's own planner.
#[derive(Debug)]
pub(crate) struct ConcatPlanner(Arc<ScalarUDF>);

impl ConcatPlanner {
    pub(crate) fn new() -> Self {
        let signature = Signature::user_defined(Volatility::Immutable);
        Self(Arc::new(ScalarUDF::new_from_impl(Concat { signature })))
    }
}

impl ExprPlanner for ConcatPlanner {
    fn plan_binary_op(&self, expr: RawBinaryExpr, schema: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
        let is_text = |side: &Expr| side.get_type(schema).is_ok_and(|kind| !kind.is_nested() && !kind.is_binary());
        if expr.op != BinaryOperator::StringConcat || !is_text(&expr.left) || !is_text(&expr.right) {
            return Ok(PlannerResult::Original(expr));
        }
        Ok(PlannerResult::Planned(self.0.call(vec![expr.left, expr.right])))
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Concat {
    signature: Signature,
}

impl ScalarUDFImpl for Concat {
    fn name(&self) -> &'static str {
        "||"
    }

    fn schema_name(&self, args: &[Expr]) -> Result<String> {
        let names = args.iter().map(|arg| arg.schema_name().to_string()).collect::<Vec<_>>();
        Ok(names.join(" || "))
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(vec![DataType::Utf8View; types.len()])
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let scalars = args.args.iter().all(|value| matches!(value, ColumnarValue::Scalar(_)));
        let rows = if scalars { 1 } else { args.number_rows };
        let sides = args.args.iter().map(|value| value.to_array(rows)).collect::<Result<Vec<_>>>()?;
        let [left, right] = sides.as_slice() else { return internal_err!("|| takes two sides") };
        let (left, right) = (left.as_string_view(), right.as_string_view());
        // The lower half of a view is the length of its text.
        let bytes: usize =
            [left, right].iter().flat_map(|side| side.views().iter()).map(|view| *view as u32 as usize).sum();
        check_bytes(self.name(), bytes as f64)?;
        let mut joined = StringViewBuilder::with_capacity(rows);
        let mut text = String::new();
        for (left, right) in left.iter().zip(right) {
            match (left, right) {
                (Some(left), Some(right)) => {
                    text.clear();
                    text.push_str(left);
                    text.push_str(right);
                    joined.append_value(&text);
                }
                _ => joined.append_null(),
            }
        }
        let joined = joined.finish();
        if scalars {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&joined, 0)?));
        }
        Ok(ColumnarValue::Array(Arc::new(joined)))
    }
}
