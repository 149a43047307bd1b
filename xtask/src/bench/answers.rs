//! Answers of two engines, and whether they are the same.

use anyhow::{Result, ensure};
use serde_json::Value;

/// Rows of cells.
pub(super) type Answer = Vec<Vec<Value>>;

/// Sums of doubles differ with the order of adding.
const TOLERANCE: f64 = 1e-9;

/// An error says where the two first differ.
pub(super) fn compare(ours: &Answer, peer: &Answer) -> Result<()> {
    ensure!(ours.len() == peer.len(), "{} rows against {}", ours.len(), peer.len());
    for (number, (mine, theirs)) in (1..).zip(ours.iter().zip(peer)) {
        let equal = mine.len() == theirs.len() && mine.iter().zip(theirs).all(|(a, b)| same(a, b));
        ensure!(equal, "row {number}: {} against {}", Value::from(mine.clone()), Value::from(theirs.clone()));
    }
    Ok(())
}

fn same(a: &Value, b: &Value) -> bool {
    match (number(a), number(b)) {
        (Some(a), Some(b)) => (a - b).abs() <= TOLERANCE * a.abs().max(b.abs()).max(1.0),
        _ => a == b,
    }
}

/// A CSV cell is text even where it is a number.
fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

/// The rows of a CSV text without its header. The benches' answers hold no quoted cells.
pub(super) fn from_csv(text: &str) -> Answer {
    text.lines().skip(1).map(|line| line.split(',').map(Value::from).collect()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rows(value: Value) -> Answer {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn numbers_are_compared_as_numbers_and_text_as_text() {
        let csv = from_csv("city,n\nParis,12.000000000001\n北京,3\n");
        assert!(compare(&csv, &rows(json!([["Paris", 12], ["北京", 3.0]]))).is_ok());
        assert!(compare(&csv, &rows(json!([["Paris", 12.1], ["北京", 3]]))).is_err());
        assert!(compare(&csv, &rows(json!([["Rome", 12], ["北京", 3]]))).is_err());
        assert!(compare(&csv, &rows(json!([["Paris", 12]]))).is_err());
    }
}
