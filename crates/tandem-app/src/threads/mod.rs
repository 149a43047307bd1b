//! Threads of comments on assets, versions, elements of them, and runs. Who may
//! use what a thread is about reads and writes there; the policies of
//! [`crate::access`] say who that is.

mod list;
mod place;
#[cfg(test)]
mod tests;
mod words;
mod write;

pub use list::{CommentView, ThreadQuery, ThreadView, counts, get, mine, of_asset, of_run};
pub use place::{Element, ElementKind};
pub use write::{NewAssetThread, NewRunThread, answer, edit, on_asset, on_run, remove, set_state};
