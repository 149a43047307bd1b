//! How much one query may take, by role.

use std::time::Duration;

use tandem_core::ProjectRole;
use tandem_engine::{Limits, Overflow};

/// Rows that a page of the interface asks for when it names no number.
pub const DEFAULT_ROWS: u64 = 10_000;

/// The limits of a role: the further from the data's owners, the tighter. A
/// guest sees results in small pieces, since what is shown can be copied.
pub fn for_role(role: Option<ProjectRole>) -> Limits {
    let (rows, seconds, memory) = match role {
        Some(ProjectRole::Owner | ProjectRole::Maintainer) => (10_000_000, 600, 1 << 30),
        Some(ProjectRole::Analyst) => (5_000_000, 300, 1 << 30),
        Some(ProjectRole::Operator | ProjectRole::Viewer) => (100_000, 60, 256 << 20),
        Some(ProjectRole::Guest) | None => (10_000, 60, 256 << 20),
    };
    Limits {
        max_rows: Some(rows),
        overflow: Overflow::Truncate,
        timeout: Some(Duration::from_secs(seconds)),
        memory: Some(memory),
    }
}
