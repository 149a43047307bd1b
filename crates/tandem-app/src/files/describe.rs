//! A file described: the profile of its columns.

use std::{num::NonZero, sync::Arc};

use tandem_core::{Cancel, Progress, Result};
use tandem_science::profile::{Profile, Profiler};

use super::{FileRows, LocalFile};

/// The profile of all rows that can be read, and the reader at its end, which
/// knows what could not. Types are named as queries and imports name them.
///
/// # Errors
/// Those of reading; `cancelled`.
pub fn describe(file: &LocalFile, progress: Arc<dyn Progress>, cancel: &Cancel) -> Result<(Profile, FileRows)> {
    let mut rows = file.rows(progress, cancel.clone())?;
    let mut profiler =
        Profiler::new(file.schema()).with_threads(std::thread::available_parallelism().map_or(1, NonZero::get));
    for batch in rows.by_ref() {
        cancel.check()?;
        profiler.update(&batch?)?;
    }
    let mut profile = profiler.finish();
    for (column, field) in profile.columns.iter_mut().zip(file.schema().fields()) {
        column.data_type = tandem_engine::type_name(field.data_type());
    }
    Ok((profile, rows))
}
