//! Chosen nodes made a component, and components unfolded again.
//!
//! A packaged component is a workflow with a signature. The planner never sees
//! one: [`expand`] puts its nodes in its place, with ids that tell where they
//! are from (`outer/inner`).

mod change;
mod choice;
mod expand;
mod face;
mod inner;
mod make;
mod replace;
#[cfg(test)]
mod tests;

pub use change::{Change, How, Part, changes};
pub use choice::{Choice, ChosenInput, ChosenOutput, ChosenParam, suggest};
pub use expand::{Library, expand};
pub use face::{Words, face};
pub use inner::{contains, output_inside};
pub use make::{Packaged, package};
pub use replace::replace;

use tandem_core::{Error, ErrorCode};

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::InvalidParameter, message.into())
}
