//! Functions that whoever opens the engine brings: pure ones, of one row.

use std::{
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

use arrow::{array::ArrayRef, datatypes::DataType};
use datafusion::{
    common::{DataFusionError, Result as DataFusionResult, ScalarValue},
    logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility},
};
use tandem_core::Result;

/// What a function computes: columns of one length, and that length, to one of
/// that length.
type Compute = dyn Fn(&[ArrayRef], usize) -> Result<ArrayRef> + Send + Sync;

/// A function for SQL that the engine doesn't have of its own. It must be pure:
/// the same values give the same result, and nothing else comes of a call.
#[derive(Clone)]
pub struct ScalarFunction {
    name: &'static str,
    takes: Takes,
    gives: DataType,
    compute: Arc<Compute>,
}

/// What arguments a function takes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Takes {
    /// At least one, of any types. Text comes in any of its layouts.
    Any,
    /// These, to which others are cast.
    These(Vec<DataType>),
}

impl ScalarFunction {
    /// A function of this name, in small letters.
    pub fn new(
        name: &'static str,
        takes: Takes,
        gives: DataType,
        compute: impl Fn(&[ArrayRef], usize) -> Result<ArrayRef> + Send + Sync + 'static,
    ) -> Self {
        Self { name, takes, gives, compute: Arc::new(compute) }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn for_sessions(&self) -> Arc<ScalarUDF> {
        let signature = match &self.takes {
            Takes::Any => Signature::variadic_any(Volatility::Immutable),
            Takes::These(types) if types.is_empty() => Signature::nullary(Volatility::Immutable),
            Takes::These(types) => Signature::exact(types.clone(), Volatility::Immutable),
        };
        Arc::new(ScalarUDF::new_from_impl(Own { function: self.clone(), signature }))
    }
}

impl fmt::Debug for ScalarFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScalarFunction").field("name", &self.name).finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Own {
    function: ScalarFunction,
    signature: Signature,
}

impl PartialEq for Own {
    fn eq(&self, other: &Self) -> bool {
        self.function.name == other.function.name
    }
}

impl Eq for Own {}

impl Hash for Own {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.function.name.hash(state);
    }
}

impl ScalarUDFImpl for Own {
    fn name(&self) -> &str {
        self.function.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _types: &[DataType]) -> DataFusionResult<DataType> {
        Ok(self.function.gives.clone())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> DataFusionResult<ColumnarValue> {
        let scalars = args.args.iter().all(|value| matches!(value, ColumnarValue::Scalar(_)));
        let rows = if scalars { 1 } else { args.number_rows };
        let arrays = args.args.iter().map(|value| value.to_array(rows)).collect::<DataFusionResult<Vec<_>>>()?;
        let made =
            (self.function.compute)(&arrays, rows).map_err(|error| DataFusionError::External(Box::new(error)))?;
        if scalars {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&made, 0)?));
        }
        Ok(ColumnarValue::Array(made))
    }
}
