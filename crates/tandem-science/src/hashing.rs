//! A fixed 64-bit hash of Arrow values and rows: the same on every machine and
//! in every run, so that what is built on it can be reproduced. It is not meant
//! to withstand an adversary.

use arrow::{
    array::{Array, ArrayRef, AsArray, GenericByteArray},
    datatypes::{ByteArrayType, DataType},
    downcast_primitive_array,
    row::{RowConverter, SortField},
};
use tandem_core::{Error, Result};

const K0: u64 = 0x9e37_79b9_7f4a_7c15;
const K1: u64 = 0xd1b5_4a32_d192_ed03;
const K2: u64 = 0x2d35_8dcc_aa6c_78a5;
const NULL: u64 = 0x5bd1_e995_7f31_2c8b;

#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let wide = u128::from(a) * u128::from(b);
    (wide as u64) ^ ((wide >> 64) as u64)
}

/// A well-mixed hash of one word.
#[inline]
pub(crate) fn hash_word(word: u64) -> u64 {
    fold(fold(word ^ K0, K1) ^ word, K0)
}

/// A well-mixed hash of bytes. After wyhash (Wang Yi): two words at a time, and
/// short texts, which most are, without a loop.
#[inline]
pub(crate) fn hash_bytes(bytes: &[u8]) -> u64 {
    let len = bytes.len();
    let (a, b, state) = match len {
        0 => (0, 0, K1),
        1..=3 => (u64::from(bytes[0]) << 16 | u64::from(bytes[len / 2]) << 8 | u64::from(bytes[len - 1]), 0, K1),
        4..=7 => (word4(bytes, 0), word4(bytes, len - 4), K1),
        8..=16 => (word8(bytes, 0), word8(bytes, len - 8), K1),
        _ => {
            let mut state = K1;
            let mut at = 0;
            while at + 16 < len {
                state = fold(word8(bytes, at) ^ K0, word8(bytes, at + 8) ^ state);
                at += 16;
            }
            (word8(bytes, len - 16), word8(bytes, len - 8), state)
        }
    };
    fold(fold(a ^ K0, b ^ state) ^ (len as u64), K2)
}

#[inline]
fn word8(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|b| b.try_into().ok()).map_or(0, u64::from_le_bytes)
}

#[inline]
fn word4(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, |b| u64::from(u32::from_le_bytes(b)))
}

#[inline]
fn combine(state: u64, hash: u64) -> u64 {
    fold(state ^ hash, K1).rotate_left(23) ^ hash
}

/// Values whose bits are their identity. Zero and minus zero are one value, and
/// so are all NaNs.
trait Bits: Copy {
    fn bits(self) -> u64;
}

macro_rules! bits_by_cast {
    ($($t:ty),+) => {$( impl Bits for $t { #[inline] fn bits(self) -> u64 { self as u64 } } )+};
}
bits_by_cast!(i8, i16, i32, i64, u8, u16, u32, u64);

impl Bits for i128 {
    #[inline]
    fn bits(self) -> u64 {
        hash_word(self as u64) ^ ((self >> 64) as u64)
    }
}

impl Bits for f64 {
    #[inline]
    fn bits(self) -> u64 {
        if self.is_nan() { f64::NAN.to_bits() } else { (self + 0.0).to_bits() }
    }
}

impl Bits for f32 {
    #[inline]
    fn bits(self) -> u64 {
        f64::from(self).bits()
    }
}

impl Bits for arrow::datatypes::i256 {
    #[inline]
    fn bits(self) -> u64 {
        hash_bytes(&self.to_le_bytes())
    }
}

impl Bits for half::f16 {
    #[inline]
    fn bits(self) -> u64 {
        self.to_f64().bits()
    }
}

impl Bits for arrow::datatypes::IntervalDayTime {
    #[inline]
    fn bits(self) -> u64 {
        ((self.days as u32 as u64) << 32) | u64::from(self.milliseconds as u32)
    }
}

impl Bits for arrow::datatypes::IntervalMonthDayNano {
    #[inline]
    fn bits(self) -> u64 {
        hash_word(((self.days as u32 as u64) << 32) | u64::from(self.months as u32)) ^ (self.nanoseconds as u64)
    }
}

/// Hashes every row of `columns` (all of one length) into `out`, which is
/// overwritten. Nulls are values of their own.
///
/// # Errors
/// `internal` for a nested type that Arrow itself can't turn into rows.
pub fn hash_rows(columns: &[ArrayRef], rows: usize, out: &mut Vec<u64>) -> Result<()> {
    out.clear();
    out.resize(rows, K0);
    for column in columns {
        hash_column(column, out)?;
    }
    Ok(())
}

fn hash_column(column: &ArrayRef, out: &mut [u64]) -> Result<()> {
    let array = column.as_ref();
    downcast_primitive_array!(
        array => match array.nulls().filter(|n| n.null_count() > 0) {
            None => {
                for (state, value) in out.iter_mut().zip(array.values()) {
                    *state = combine(*state, hash_word(value.bits()));
                }
            }
            Some(nulls) => {
                for (i, (state, value)) in out.iter_mut().zip(array.values()).enumerate() {
                    *state = combine(*state, if nulls.is_valid(i) { hash_word(value.bits()) } else { NULL });
                }
            }
        },
        DataType::Utf8 => hash_byte_array(array.as_string::<i32>(), out),
        DataType::LargeUtf8 => hash_byte_array(array.as_string::<i64>(), out),
        DataType::Binary => hash_byte_array(array.as_binary::<i32>(), out),
        DataType::LargeBinary => hash_byte_array(array.as_binary::<i64>(), out),
        DataType::Utf8View => {
            for (state, value) in out.iter_mut().zip(array.as_string_view()) {
                *state = combine(*state, value.map_or(NULL, |v| hash_bytes(v.as_bytes())));
            }
        },
        DataType::Boolean => {
            for (state, value) in out.iter_mut().zip(array.as_boolean()) {
                *state = combine(*state, value.map_or(NULL, |v| hash_word(u64::from(v))));
            }
        },
        DataType::Null => {},
        _ => hash_any(column, out)?,
    );
    Ok(())
}

fn hash_byte_array<T: ByteArrayType>(array: &GenericByteArray<T>, out: &mut [u64]) {
    for (state, value) in out.iter_mut().zip(array) {
        *state = combine(*state, value.map_or(NULL, |v| hash_bytes(v.as_ref())));
    }
}

/// Nested and dictionary types, by way of Arrow's comparable row format.
fn hash_any(column: &ArrayRef, out: &mut [u64]) -> Result<()> {
    let converter = RowConverter::new(vec![SortField::new(column.data_type().clone())]).map_err(Error::internal)?;
    let rows = converter.convert_columns(std::slice::from_ref(column)).map_err(Error::internal)?;
    for (state, row) in out.iter_mut().zip(rows.iter()) {
        *state = combine(*state, hash_bytes(row.data()));
    }
    Ok(())
}

/// A hasher for keys that are already well-mixed words, or small integers that
/// are mixed here.
#[derive(Default, Clone, Copy)]
pub(crate) struct WordHasher(u64);

impl std::hash::Hasher for WordHasher {
    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }

    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        self.0 = combine(self.0, hash_bytes(bytes));
    }

    #[inline]
    fn write_u64(&mut self, word: u64) {
        self.0 = hash_word(self.0 ^ word);
    }
}

/// Builds [`WordHasher`]s.
pub(crate) type WordState = std::hash::BuildHasherDefault<WordHasher>;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Float64Array, Int64Array, StringArray, StringViewArray};

    use super::*;

    fn hash(columns: &[ArrayRef]) -> Vec<u64> {
        let mut out = Vec::new();
        hash_rows(columns, columns[0].len(), &mut out).unwrap();
        out
    }

    #[test]
    fn texts_of_every_length_differ_and_mix_well() {
        let text: String = (0..200).map(|i| char::from(b'a' + i % 26)).collect();
        let mut seen = std::collections::HashSet::new();
        let mut ones = 0;
        for from in 0..26 {
            for len in 0..100 {
                let hash = hash_bytes(&text.as_bytes()[from..from + len]);
                ones += hash.count_ones();
                assert!(seen.insert(hash) || len == 0, "{from} {len}");
            }
        }
        let mean = f64::from(ones) / 2_600.0;
        assert!((mean - 32.0).abs() < 0.5, "{mean}");
        // One changed byte anywhere changes the hash.
        for len in [1, 3, 4, 7, 8, 16, 17, 33, 64] {
            let bytes = vec![7_u8; len];
            for i in 0..len {
                let mut other = bytes.clone();
                other[i] ^= 1;
                assert_ne!(hash_bytes(&bytes), hash_bytes(&other), "{len} {i}");
            }
        }
    }

    #[test]
    fn equal_rows_and_only_equal_rows_agree() {
        let a: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), Some(1), None, None, Some(0)]));
        let b: ArrayRef = Arc::new(StringArray::from(vec![Some("x"), Some("x"), Some("x"), None, Some("x")]));
        let h = hash(&[a, b]);
        assert_eq!(h[0], h[1]);
        assert_eq!(h.iter().collect::<std::collections::HashSet<_>>().len(), 4);
    }

    #[test]
    fn neighbouring_columns_do_not_run_together() {
        let h = |a: &str, b: &str| {
            hash(&[Arc::new(StringArray::from(vec![a])) as ArrayRef, Arc::new(StringArray::from(vec![b]))])
        };
        assert_ne!(h("ab", "c"), h("a", "bc"));
        assert_ne!(h("a", ""), h("", "a"));
    }

    #[test]
    fn layouts_of_one_text_agree_and_zero_has_no_sign() {
        let plain = hash(&[Arc::new(StringArray::from(vec!["a text longer than twelve bytes"])) as ArrayRef]);
        let view = hash(&[Arc::new(StringViewArray::from(vec!["a text longer than twelve bytes"])) as ArrayRef]);
        assert_eq!(plain, view);
        let zeros = hash(&[Arc::new(Float64Array::from(vec![0.0, -0.0])) as ArrayRef]);
        assert_eq!(zeros[0], zeros[1]);
    }
}
