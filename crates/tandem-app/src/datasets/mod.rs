//! Datasets: import, versions, profile, quality, and who sees what of them.

mod compare;
mod content;
pub(crate) mod eye;
pub mod import;
pub(crate) mod measure;
mod policies;
mod read;
mod rejects;
mod restore;
mod settings;

pub use compare::compare;
pub(crate) use content::settle_head;
pub use content::{ColumnInfo, DatasetContent, type_name};
pub use eye::Facts;
pub use policies::{ColumnMask, DatasetPolicies, Outdated, PolicyRule};
pub use read::{Rows, download, profile, quality, rejects, rows};
pub use restore::restore;
pub use settings::{outdated, policies, put_policies, put_quality_rules, quality_rules};

use tandem_core::{Error, ErrorCode, Result};

/// The longest name of an asset, in characters.
const NAME_LENGTH: usize = 120;

/// Checks a name that becomes an asset's.
///
/// # Errors
/// `invalid_parameter` where it is empty, too long, or holds a control
/// character or one that SQL would read as the end of a name.
pub(crate) fn check_name(name: &str) -> Result<()> {
    let length = name.chars().count();
    let bad = |c: char| c.is_control() || matches!(c, '"' | '@' | ';');
    if length == 0 || length > NAME_LENGTH || name.chars().any(bad) {
        return Err(Error::new(
            ErrorCode::InvalidParameter,
            format!("A name has 1 to {NAME_LENGTH} characters, and none of \" @ ; or control characters."),
        ));
    }
    Ok(())
}
