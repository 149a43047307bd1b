//! What the store tells of a version, and how one is written.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use tandem_core::Progress;

/// How batches become the next version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteMode {
    /// The rows there are, and these.
    Append,
    /// These instead of the rows there are; columns may change.
    Replace,
    /// These, and the rows there are whose key is not among them. The key must
    /// be there and unique in the input.
    Upsert {
        /// Columns of the key, at least one.
        key: Vec<String>,
    },
}

/// How to write.
#[derive(Clone)]
pub struct WriteOptions {
    /// How batches become the next version.
    pub mode: WriteMode,
    /// The version this must follow: `version_conflict` where another came
    /// between. Without it an append follows whatever is newest; replace and
    /// upsert follow what was newest when they began.
    pub expected_parent: Option<u64>,
    /// Whether columns that the table doesn't have are added to it (append and
    /// upsert); otherwise they are `schema_mismatch`.
    pub allow_new_columns: bool,
    /// Names this write (a job or run id): a second write with the same name
    /// returns the version that the first made instead of writing again, so a
    /// job may be repeated after a crash.
    pub write_id: Option<String>,
    /// Columns by which the caller says the input is sorted, ascending, nulls
    /// last. It is checked while writing; see [`WrittenVersion::sorted`].
    pub sorted_by: Vec<String>,
    /// Told of phase `write`, in rows.
    pub progress: Arc<dyn Progress>,
}

impl WriteOptions {
    /// The defaults for a mode.
    pub fn new(mode: WriteMode) -> Self {
        Self {
            mode,
            expected_parent: None,
            allow_new_columns: false,
            write_id: None,
            sorted_by: Vec::new(),
            progress: Arc::new(()),
        }
    }
}

/// What a write made.
#[derive(Debug, Clone)]
pub struct WrittenVersion {
    /// The version as it is now.
    pub version: VersionInfo,
    /// Rows that came in with this write.
    pub rows_in: u64,
    /// Whether the whole version is known to be sorted as `sorted_by` said.
    pub sorted: bool,
    /// Whether an earlier write with the same `write_id` had made it already.
    pub repeated: bool,
}

/// One version of a dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionInfo {
    /// The Delta version, counted from 0.
    pub delta_version: u64,
    /// Rows.
    pub rows: u64,
    /// Bytes of its files.
    pub bytes: u64,
    /// Its files, in the order of its rows.
    pub files: Vec<DataFile>,
    /// Its columns.
    pub schema: SchemaRef,
    /// Columns by which its rows are sorted (ascending, nulls last); empty where
    /// unknown.
    pub sorted_by: Vec<String>,
    /// 64 hexadecimal digits that are equal when the bytes are: BLAKE3 over the
    /// columns and then, in the order of the rows, each file's row count and own
    /// BLAKE3. Writing the same batches to the same parent gives the same
    /// digest. (The reverse doesn't hold: the same rows written in two appends
    /// lie in other files and have another digest.)
    pub content_digest: String,
}

/// A Parquet file of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFile {
    /// Path inside the dataset's folder.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// Its rows.
    pub rows: u64,
    /// BLAKE3 of its bytes, 64 hexadecimal digits.
    pub digest: String,
}

/// What [`Engine::vacuum_orphans`](crate::Engine::vacuum_orphans) removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Vacuumed {
    /// Files that no version names.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}
