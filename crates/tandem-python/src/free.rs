//! The component whose code is a parameter: what a cell of a notebook becomes.

use std::{path::Path, sync::OnceLock};

use tandem_core::Result;
use tandem_flow::Signature;

use crate::{
    Limits, Own, embedded,
    own::{Code, find},
};

/// Its name.
pub const PYTHON: &str = "python";
/// The parameter that holds its code.
pub const CODE: &str = "code";
/// The environment that it runs in.
pub const ENVIRONMENT: &str = "default";

/// What it declares of itself.
///
/// # Errors
/// `internal` where that is wrong, which the tests rule out.
pub fn signature() -> Result<&'static Signature> {
    static SIGNATURE: OnceLock<Signature> = OnceLock::new();
    if let Some(signature) = SIGNATURE.get() {
        return Ok(signature);
    }
    let signature = Signature::parse(include_str!("free.json"))?;
    Ok(SIGNATURE.get_or_init(|| signature))
}

/// It, in the environment “default” of the lock files in `environments`.
///
/// # Errors
/// Those of [`signature`].
pub fn free(environments: &Path, limits: Limits) -> Result<Own> {
    Ok(Own {
        signature: signature()?.clone(),
        code: Code::Parameter,
        content: embedded::digest().to_hex().to_string(),
        environment: find(environments, ENVIRONMENT),
        runs_in: ENVIRONMENT.to_owned(),
        limits,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_signature_can_be_read_and_its_code_is_one_of_its_parameters() {
        let signature = signature().unwrap();
        assert_eq!(signature.name, PYTHON);
        let schema = signature.schema();
        assert_eq!(schema["properties"][CODE]["x-code"], "python");
        assert_eq!(tandem_flow::signature::flaws(signature), vec![]);
    }
}
