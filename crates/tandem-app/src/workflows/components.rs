//! The components that there are.

use tandem_components::all;
use tandem_core::{Lang, Result};
use tandem_flow::{Signature, signature::page};

/// A component with its page of documentation.
#[derive(Debug, Clone)]
pub struct ComponentPage {
    /// What it declares of itself.
    pub signature: Signature,
    /// Its page as Markdown, in English.
    pub en: String,
    /// Its page as Markdown, in Chinese.
    pub zh: String,
}

/// Every component, in the order of the palette.
///
/// # Errors
/// `internal` where a signature is wrong, which the tests rule out.
pub fn components() -> Result<Vec<&'static Signature>> {
    Ok(all()?.iter().map(|component| &component.signature).collect())
}

/// One component.
///
/// # Errors
/// `not_found`.
pub fn component(name: &str) -> Result<ComponentPage> {
    let signature = &tandem_components::find(name)?.signature;
    Ok(ComponentPage { en: page(signature, Lang::En), zh: page(signature, Lang::Zh), signature: signature.clone() })
}
