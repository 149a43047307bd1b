//! Looking at a table: what goes with what, and which differences are real.
//!
//! Every function leaves out rows in which a value is missing (NaN), pair by
//! pair, and says how many it used. Tests are two-sided.

mod anova;
mod correlation;
mod crosstab;
mod mann_whitney;
mod matrix;
mod ranks;
mod welch;

pub use anova::{Anova, GroupMean, anova};
pub use correlation::{Correlation, Method, correlate};
pub use crosstab::{ChiSquare, CrossTable};
pub use mann_whitney::{MannWhitney, mann_whitney};
pub use matrix::{CorrelationMatrix, correlation_matrix};
pub use welch::{Welch, welch};

#[cfg(test)]
mod tests;
