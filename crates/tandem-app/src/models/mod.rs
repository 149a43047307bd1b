//! Models: what was learned, kept as versions of an asset. A version says which
//! columns the model needs and gives, what it was trained with and how good it
//! is; what it learned is in a file that is named by what it holds.

mod compare;
mod content;
mod read;
mod sweep;

pub use compare::{Change, ModelComparison, compare};
pub use content::{Metric, ModelContent};
pub use read::{ModelVersion, download, get};

pub(crate) use content::{TRAINING, file, keep, load};
pub(crate) use sweep::sweep;
