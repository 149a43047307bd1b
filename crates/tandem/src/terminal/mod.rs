//! What a person at a terminal sees: bars, tables, and words in their language.

mod bar;
mod lang;
mod table;
mod work;

pub(crate) use bar::Bar;
pub(crate) use lang::{LangArg, pick};
pub(crate) use table::{Align, Table};
pub(crate) use work::work;
