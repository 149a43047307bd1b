//! Paging by cursor: stable while rows are added, and the same for every list.

use serde::{Deserialize, Serialize};

use crate::{Error, ErrorCode, Result};

/// The most rows one page may carry.
pub const MAX_LIMIT: u32 = 200;

/// Which page of a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// How many rows at the most, 1 to [`MAX_LIMIT`].
    pub limit: u32,
    /// Where the previous page ended; opaque to callers. `None` is the first page.
    pub cursor: Option<String>,
}

impl PageRequest {
    /// A checked request.
    ///
    /// # Errors
    /// `invalid_parameter` where `limit` is 0 or over [`MAX_LIMIT`].
    pub fn new(limit: Option<u32>, cursor: Option<String>) -> Result<Self> {
        let limit = limit.unwrap_or(50);
        if limit == 0 || limit > MAX_LIMIT {
            return Err(Error::new(ErrorCode::InvalidParameter, format!("limit must be between 1 and {MAX_LIMIT}.")));
        }
        Ok(Self { limit, cursor })
    }
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { limit: 50, cursor: None }
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Pass it back as `cursor` for the next page; absent on the last one.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The same page with every row turned into another shape.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next_cursor: self.next_cursor }
    }
}
