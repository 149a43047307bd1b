//! The report as one HTML page: nothing fetched, no script, light and dark,
//! wide, narrow and on paper. One language a page.

mod blocks;
mod chart;
mod page;
mod style;
mod table;

pub use page::render;

#[cfg(test)]
mod tests;
