//! `tandem openapi`: the OpenAPI document, from which clients are made.

use tandem_core::{Error, Result};

use crate::output;

/// Prints the document.
pub(crate) fn openapi() -> Result<()> {
    output::print(tandem_api::openapi_json().map_err(Error::internal)?.as_bytes())
}
