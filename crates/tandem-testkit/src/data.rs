//! Real data that lives beside the checkout.

use std::path::PathBuf;

/// The folder of shared data sets; `None`, with a printed line, where it is
/// missing: the test is skipped then.
pub fn shared_data() -> Option<PathBuf> {
    let path = std::env::var_os("TANDEM_SHARED_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")), PathBuf::from);
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: there is no folder {} (set TANDEM_SHARED_DATA)", path.display());
    None
}
