//! What decides which way a workflow goes.

mod branch;
mod parameter;

use crate::{
    Body::{Outside, Rows},
    catalog::Entry,
};

/// The component that runs another once for each value.
pub const FOR_EACH: &str = "for-each";
/// The component that mails a message.
pub const NOTIFY: &str = "notify";
/// The component that calls a service.
pub const CALL_SERVICE: &str = "call-service";

/// In the order of the palette.
pub(crate) const COMPONENTS: &[Entry] = &[
    (include_str!("parameter.json"), Rows(parameter::FUNCTION)),
    (include_str!("branch.json"), Rows(branch::FUNCTION)),
    (include_str!("for_each.json"), Outside),
    (include_str!("call_service.json"), Outside),
    (include_str!("notify.json"), Outside),
];
