//! Rules that a table should keep, checked in one pass.

mod check;
mod condition;
mod rule;

use arrow::{array::RecordBatch, datatypes::Schema};
use serde::{Deserialize, Serialize};
use tandem_core::Result;

pub use rule::Rule;

use check::Check;

/// Examples kept for each rule.
const EXAMPLES: usize = 5;

/// Whether a rule holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleResult {
    /// The rule.
    pub rule: Rule,
    /// Whether no row breaks it.
    pub passed: bool,
    /// Rows that were looked at: all of them for `not_null`, else those with a
    /// value in the rule's columns.
    pub checked_rows: u64,
    /// Rows that break it. For `unique` these are the second and later rows of
    /// the same values.
    pub failing_rows: u64,
    /// Up to five different values that break it, as text (of several columns:
    /// `a = 1, b = 2`); for `not_null` the numbers of rows, from `#1`.
    pub examples: Vec<String>,
}

/// Checks rules batch by batch. `unique` takes about 20 bytes of memory for each
/// distinct value; two values are taken for the same by a 64-bit hash, which
/// errs with a probability below 1 in 10,000 on 50 million rows.
#[derive(Debug)]
pub struct QualityChecker {
    checks: Vec<Check>,
    rows: u64,
}

impl QualityChecker {
    /// A checker of these rules for tables with this schema.
    ///
    /// # Errors
    /// `unknown_column`; `invalid_parameter` where a rule makes no sense: no
    /// columns, no bounds or bounds the wrong way round, a bound that is no
    /// value of the column's type, a pattern that is no regular expression.
    pub fn new(schema: &Schema, rules: &[Rule]) -> Result<Self> {
        let checks = rules.iter().map(|rule| Check::new(schema, rule)).collect::<Result<_>>()?;
        Ok(Self { checks, rows: 0 })
    }

    /// Takes in one batch of the schema's columns.
    ///
    /// # Errors
    /// `schema_mismatch` where the batch has other columns or types;
    /// `memory_limit` where `unique` meets more than 100 million values.
    pub fn update(&mut self, batch: &RecordBatch) -> Result<()> {
        for check in &mut self.checks {
            check.update(batch, self.rows)?;
        }
        self.rows += batch.num_rows() as u64;
        Ok(())
    }

    /// The results, in the order of the rules.
    pub fn finish(self) -> Vec<RuleResult> {
        self.checks.into_iter().map(Check::finish).collect()
    }
}

#[cfg(test)]
mod tests;
