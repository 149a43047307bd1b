//! What a table holds, in a few letters, whatever the order of its rows.

use std::fmt;

use arrow::array::RecordBatch;
use serde::{Deserialize, Serialize};
use tandem_core::Result;
use tandem_science::hashing::hash_rows;

/// A sum over rows: equal for two tables that have the same columns and the
/// same rows as often, in any order. Made to compare what runs gave, not to
/// withstand an adversary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fingerprint {
    columns: u64,
    rows: u64,
    sum: u64,
    squares: u64,
}

impl Fingerprint {
    /// That of a table with these columns and no rows.
    pub fn new<'a>(columns: impl IntoIterator<Item = &'a str>) -> Self {
        let mut hasher = Names::new();
        for name in columns {
            hasher.add(name.as_bytes());
        }
        Self { columns: hasher.0, ..Self::default() }
    }

    /// Adds rows.
    ///
    /// # Errors
    /// `internal` for a type that has no hash.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        let mut hashes = Vec::new();
        hash_rows(batch.columns(), batch.num_rows(), &mut hashes)?;
        self.rows += batch.num_rows() as u64;
        for hash in hashes {
            self.sum = self.sum.wrapping_add(hash);
            // A second, nonlinear sum: two changes that cancel out in the first don't here.
            self.squares = self.squares.wrapping_add(hash.wrapping_mul(hash).rotate_left(17) ^ (hash >> 7));
        }
        Ok(())
    }

    /// How many rows were added.
    pub const fn rows(&self) -> u64 {
        self.rows
    }
}

/// FNV-1a over names with their lengths.
struct Names(u64);

impl Names {
    const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn add(&mut self, bytes: &[u8]) {
        for byte in (bytes.len() as u64).to_le_bytes().iter().chain(bytes) {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{:x}-{:016x}{:016x}", self.columns, self.rows, self.sum, self.squares)
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let read = || {
            let mut parts = text.split('-');
            let columns = u64::from_str_radix(parts.next()?, 16).ok()?;
            let rows = u64::from_str_radix(parts.next()?, 16).ok()?;
            let (sum, squares) = parts.next()?.split_at_checked(16)?;
            let sum = u64::from_str_radix(sum, 16).ok()?;
            Some(Self { columns, rows, sum, squares: u64::from_str_radix(squares, 16).ok()? })
        };
        read().ok_or_else(|| serde::de::Error::custom("no fingerprint"))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array, StringArray};

    use super::*;

    fn of(rows: &[(i64, &str)]) -> Fingerprint {
        let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.0)));
        let texts: ArrayRef = Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.1)));
        let batch = RecordBatch::try_from_iter([("n", numbers), ("t", texts)]).unwrap();
        let mut fingerprint = Fingerprint::new(["n", "t"]);
        for at in 0..batch.num_rows() {
            fingerprint.add(&batch.slice(at, 1)).unwrap();
        }
        fingerprint
    }

    #[test]
    fn order_does_not_count_and_all_else_does() {
        let one = of(&[(1, "a"), (2, "b"), (2, "b")]);
        assert_eq!(one, of(&[(2, "b"), (1, "a"), (2, "b")]));
        assert_ne!(one, of(&[(1, "a"), (2, "b")]));
        assert_ne!(one, of(&[(1, "a"), (1, "a"), (2, "b")]));
        assert_ne!(one, of(&[(1, "b"), (2, "a"), (2, "b")]));
        assert_ne!(Fingerprint::new(["a", "b"]), Fingerprint::new(["b", "a"]));
        assert_ne!(Fingerprint::new(["ab"]), Fingerprint::new(["a", "b"]));
    }

    #[test]
    fn it_is_written_and_read() {
        let one = of(&[(1, "a"), (-7, "名")]);
        let text = serde_json::to_string(&one).unwrap();
        assert_eq!(serde_json::from_str::<Fingerprint>(&text).unwrap(), one);
        assert!(serde_json::from_str::<Fingerprint>("\"12-x\"").is_err());
        assert_eq!(one.rows(), 2);
    }
}
