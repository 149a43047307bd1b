//! The parameters as the algorithms take them.

use serde_json::{Map, Value};
use tandem_core::{Error, ErrorCode, Result};
use tandem_science::{customer_value::Params, transactions::Cleaning};

/// A run's settings.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) params: Params,
    pub(super) cleaning: Cleaning,
    /// ISO 4217 code for how amounts are written.
    pub(super) currency: Option<String>,
}

impl Settings {
    /// From parameters that were settled against the manifest. Names and values
    /// are those of the algorithms' own types, so they are read by them.
    pub(super) fn read(settled: &Map<String, Value>, seed: u64) -> Result<Self> {
        let invalid = |e: serde_json::Error| {
            Error::new(ErrorCode::InvalidParameter, "A parameter has a value that can't be used.").with_source(e)
        };
        let pick = |names: &[&str]| -> Value {
            names.iter().filter_map(|n| Some(((*n).to_owned(), settled.get(*n)?.clone()))).collect::<Map<_, _>>().into()
        };
        let params: Params =
            serde_json::from_value(pick(&["unit", "horizon", "discount", "calibration_end"])).map_err(invalid)?;
        Ok(Self {
            params: Params { seed, ..params },
            cleaning: serde_json::from_value(pick(&["returns", "duplicates"])).map_err(invalid)?,
            currency: settled.get("currency").and_then(Value::as_str).map(str::to_owned),
        })
    }
}
