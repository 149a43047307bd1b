//! Text formats: bytes → UTF-8 → blocks of whole records → batches.

pub(crate) mod archive;
pub(crate) mod csv;
pub(crate) mod input;
pub(crate) mod pipeline;
pub(crate) mod records;
pub(crate) mod scan;
pub(crate) mod split;
mod transcode;

#[cfg(test)]
mod tests;
