//! The components that there are.

use tandem_components::all;
use tandem_core::{Lang, Result};
use tandem_flow::{Signature, signature::page};
use tandem_python::PYTHON;

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

/// Every component, in the order of the palette; last the one whose code stands in its nodes.
///
/// # Errors
/// `internal` where a signature is wrong, which the tests rule out.
pub fn components() -> Result<Vec<&'static Signature>> {
    let mut signatures: Vec<_> = all()?.iter().map(|component| &component.signature).collect();
    signatures.push(tandem_python::signature()?);
    Ok(signatures)
}

/// One component.
///
/// # Errors
/// `not_found`.
pub fn component(name: &str) -> Result<ComponentPage> {
    let signature = match name {
        PYTHON => tandem_python::signature()?,
        _ => &tandem_components::find(name)?.signature,
    };
    Ok(ComponentPage { en: page(signature, Lang::En), zh: page(signature, Lang::Zh), signature: signature.clone() })
}
