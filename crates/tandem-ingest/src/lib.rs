//! Files and databases, turned into Arrow record batches and rejected rows.
//!
//! [`sniff`] looks at a file and says what it is, [`open`] reads it as settled
//! on. Nothing is dropped in silence: a row that can't be read comes out as a
//! [`Reject`] with its reason.
//!
//! Invariant: no knowledge of queries, of table formats or of HTTP.

mod cells;
mod columnar;
mod encoding;
mod json;
mod limits;
mod options;
mod read;
mod reader;
mod reject;
mod sniff;
pub mod source;
mod text;
mod types;
mod workbook;

pub use limits::Limits;
pub use options::{ColumnOverride, ColumnPlan, Compression, Delimiter, Format, ImportOptions, Quote, ResolvedOptions};
pub use read::{open, open_batches, open_settled};
pub use reader::{Chunk, Context, Reader};
pub use reject::{RAW_LIMIT, Reject, RejectCode};
pub use sniff::{Sniffed, SniffedColumn, Warning, WarningCode, settle, sniff, sniff_within};
pub use types::{ColumnType, DateOrder};
