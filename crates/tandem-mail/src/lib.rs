//! Mail: a message with attachments, handed to the SMTP server that the
//! operator has set up.
//!
//! Invariant: nothing here knows people, rights or dashboards. Who may be
//! written to besides the operator's domains is said by the caller.

mod address;
mod connect;
mod message;
mod sender;
mod wire;

pub use address::Address;
pub use message::{Attachment, Mail};
pub use sender::{Sender, Sent};
