//! Every component that ships, by name.

use std::sync::OnceLock;

use tandem_core::{Error, ErrorCode, Result};
use tandem_flow::Signature;

use crate::{Body, Component, clean, data, flow, learn, look, shape};

/// A signature's text beside what it does.
pub(crate) type Entry = (&'static str, Body);

/// Every component, in the order of the palette.
///
/// # Errors
/// `invalid_request` where a signature is wrong, which the tests rule out.
pub fn all() -> Result<&'static [Component]> {
    static ALL: OnceLock<Result<Vec<Component>, String>> = OnceLock::new();
    let read = || {
        let entries = [
            data::COMPONENTS,
            clean::COMPONENTS,
            shape::COMPONENTS,
            shape::text::COMPONENTS,
            look::COMPONENTS,
            look::charts::COMPONENTS,
            learn::COMPONENTS,
            flow::COMPONENTS,
        ]
        .concat();
        let read = entries.into_iter().map(|(json, body)| Ok(Component { signature: Signature::parse(json)?, body }));
        read.collect::<Result<Vec<_>>>().map_err(|error| error.message().to_owned())
    };
    match ALL.get_or_init(read) {
        Ok(components) => Ok(components),
        Err(message) => Err(Error::new(ErrorCode::InvalidRequest, message.clone())),
    }
}

/// The component of that name.
///
/// # Errors
/// `not_found` where there is none.
pub fn find(name: &str) -> Result<&'static Component> {
    all()?.iter().find(|component| component.signature.name == name).ok_or_else(|| {
        Error::new(
            ErrorCode::NotFound,
            format!("There is no component “{name}”. `tandem component list` shows those that there are."),
        )
    })
}
