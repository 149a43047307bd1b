//! What every other crate agrees on: typed ids, the clock, the closed list of
//! error codes, who asks for what, paging, progress and configuration.
//!
//! Invariant: no I/O beyond reading the clock, and no knowledge of HTTP, SQL
//! or tables.

pub mod clock;
pub mod config;
pub mod error;
pub mod hosts;
pub mod id;
pub mod page;
pub mod principal;
pub mod progress;
pub mod text;

pub use clock::{Clock, FixedClock, SystemClock};
pub use error::{Error, ErrorClass, ErrorCode, Result};
pub use hosts::{HostPolicy, HostRule};
pub use page::{Page, PageRequest};
pub use principal::{Action, OrgRole, Principal, ProjectRole, TokenScope};
pub use progress::{Cancel, Progress};
pub use text::{Lang, Text};
