//! One rule at work.

use std::collections::HashSet;

use arrow::{
    array::{Array, ArrayRef, RecordBatch},
    compute::cast,
    datatypes::{DataType, Schema},
    util::display::array_value_to_string,
};
use tandem_core::{Error, ErrorCode, Result};

use super::{EXAMPLES, RuleResult, condition::Condition, rule::Rule};
use crate::hashing::{WordState, hash_rows};

/// Values that `unique` remembers at the most.
const MOST_VALUES: usize = 100_000_000;

#[derive(Debug)]
pub(super) struct Check {
    rule: Rule,
    /// Places of its columns in the schema.
    columns: Vec<usize>,
    work: Work,
    checked: u64,
    failing: u64,
    examples: Vec<String>,
}

#[derive(Debug)]
enum Work {
    NotNull,
    Unique(HashSet<u64, WordState>),
    /// One for each column.
    Conditions(Vec<Condition>),
}

impl Check {
    pub(super) fn new(schema: &Schema, rule: &Rule) -> Result<Self> {
        if rule.columns().is_empty() {
            return Err(invalid(format!("The rule “{rule}” names no column.")));
        }
        let columns: Vec<usize> = rule
            .columns()
            .iter()
            .map(|name| {
                schema.index_of(name).map_err(|e| {
                    let message =
                        format!("The rule “{rule}” is about a column “{name}”, which the table doesn't have.");
                    Error::new(ErrorCode::UnknownColumn, message).with_source(e)
                })
            })
            .collect::<Result<_>>()?;
        let work = match rule {
            Rule::NotNull { .. } => Work::NotNull,
            Rule::Unique { .. } => Work::Unique(HashSet::default()),
            _ => {
                let tests = columns.iter().map(|&i| Condition::new(rule, schema.field(i).data_type()));
                Work::Conditions(tests.collect::<Result<_>>()?)
            }
        };
        Ok(Self { rule: rule.clone(), columns, work, checked: 0, failing: 0, examples: Vec::new() })
    }

    /// `before` rows came in earlier batches.
    pub(super) fn update(&mut self, batch: &RecordBatch, before: u64) -> Result<()> {
        let arrays: Vec<ArrayRef> = self
            .columns
            .iter()
            .map(|&i| {
                let array = batch.columns().get(i).ok_or_else(|| {
                    Error::new(ErrorCode::SchemaMismatch, "A batch has fewer columns than the table.")
                })?;
                flat(array)
            })
            .collect::<Result<_>>()?;
        let rows = batch.num_rows();
        let failing: Vec<bool> = match &mut self.work {
            Work::NotNull => {
                self.checked += rows as u64;
                let nulls: Vec<_> = arrays.iter().filter_map(|a| a.logical_nulls()).collect();
                (0..rows).map(|row| nulls.iter().any(|n| n.is_null(row))).collect()
            }
            Work::Unique(seen) => {
                let mut hashes = Vec::new();
                hash_rows(&arrays, rows, &mut hashes)?;
                let complete = complete(&arrays, rows);
                if seen.len() + rows > MOST_VALUES {
                    let message = format!("The rule “{}” can't be checked on more than 100 million values.", self.rule);
                    return Err(Error::new(ErrorCode::MemoryLimit, message));
                }
                self.checked += complete.iter().filter(|c| **c).count() as u64;
                hashes.iter().zip(&complete).map(|(&hash, &complete)| complete && !seen.insert(hash)).collect()
            }
            Work::Conditions(tests) => {
                let mut failing = vec![false; rows];
                let mut some = vec![false; rows];
                for (test, array) in tests.iter().zip(&arrays) {
                    test.run(array, &mut failing)?;
                    let nulls = array.logical_nulls();
                    some.iter_mut().enumerate().for_each(|(i, s)| *s |= nulls.as_ref().is_none_or(|n| n.is_valid(i)));
                }
                self.checked += some.iter().filter(|s| **s).count() as u64;
                failing
            }
        };
        self.failing += failing.iter().filter(|f| **f).count() as u64;
        for row in (0..rows).filter(|&row| failing[row]) {
            if self.examples.len() >= EXAMPLES {
                break;
            }
            let example = self.example(&arrays, row, before);
            if !self.examples.contains(&example) {
                self.examples.push(example);
            }
        }
        Ok(())
    }

    fn example(&self, arrays: &[ArrayRef], row: usize, before: u64) -> String {
        let value = |array: &ArrayRef| array_value_to_string(array, row).unwrap_or_default();
        match (&self.work, arrays) {
            (Work::NotNull, _) => format!("#{}", before + row as u64 + 1),
            (_, [only]) => value(only),
            _ => {
                let parts =
                    self.rule.columns().iter().zip(arrays).map(|(name, array)| format!("{name} = {}", value(array)));
                parts.collect::<Vec<_>>().join(", ")
            }
        }
    }

    pub(super) fn finish(self) -> RuleResult {
        RuleResult {
            rule: self.rule,
            passed: self.failing == 0,
            checked_rows: self.checked,
            failing_rows: self.failing,
            examples: self.examples,
        }
    }
}

fn flat(array: &ArrayRef) -> Result<ArrayRef> {
    match array.data_type() {
        DataType::Dictionary(_, values) => cast(array, values).map_err(Error::internal),
        _ => Ok(array.clone()),
    }
}

/// Rows with a value in every column.
fn complete(arrays: &[ArrayRef], rows: usize) -> Vec<bool> {
    let nulls: Vec<_> = arrays.iter().filter_map(|a| a.logical_nulls()).collect();
    (0..rows).map(|row| nulls.iter().all(|n| n.is_valid(row))).collect()
}

pub(super) fn invalid(message: String) -> Error {
    Error::new(ErrorCode::InvalidParameter, message)
}
