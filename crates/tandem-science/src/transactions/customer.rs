//! Customer keys of any type, turned into small numbers.

use std::{collections::HashMap, fmt::Write};

use arrow::{
    array::{Array, ArrayRef, AsArray},
    compute::cast,
    datatypes::{DataType, Float64Type, Int64Type},
};
use tandem_core::{Error, ErrorCode, Result};

/// A row without a customer.
pub(super) const MISSING: u32 = u32::MAX;

/// Gives every distinct key a number, in order of first appearance.
#[derive(Debug, Default)]
pub(super) struct Customers {
    numbers: HashMap<Box<str>, u32>,
    scratch: String,
}

impl Customers {
    /// The number of every row's customer, [`MISSING`] for null, empty and NaN.
    ///
    /// Integers, and floats without a fraction, are written without a decimal
    /// point (17850.0 is `17850`); text is trimmed.
    pub(super) fn number(&mut self, column: &ArrayRef) -> Result<Vec<u32>> {
        use DataType as T;
        match column.data_type() {
            T::Utf8 => self.texts(column.as_string::<i32>().iter()),
            T::LargeUtf8 => self.texts(column.as_string::<i64>().iter()),
            T::Utf8View => self.texts(column.as_string_view().iter()),
            T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::UInt8 | T::UInt16 | T::UInt32 => {
                let wide = cast(column, &T::Int64).map_err(Error::internal)?;
                self.values(wide.as_primitive::<Int64Type>().iter(), |value, key| write!(key, "{value}").is_ok())
            }
            T::Float16 | T::Float32 | T::Float64 => {
                let wide = cast(column, &T::Float64).map_err(Error::internal)?;
                let numbers = wide.as_primitive::<Float64Type>();
                self.values(numbers.iter(), |value, key| value.is_finite() && write!(key, "{}", value + 0.0).is_ok())
            }
            T::UInt64 | T::Decimal32(..) | T::Decimal64(..) | T::Decimal128(..) | T::Decimal256(..) => {
                let text = cast(column, &T::Utf8).map_err(Error::internal)?;
                self.texts(text.as_string::<i32>().iter().map(|v| v.map(without_zero_fraction)))
            }
            T::Dictionary(_, values) => {
                let flat = cast(column, values).map_err(Error::internal)?;
                self.number(&flat)
            }
            T::Null => Ok(vec![MISSING; column.len()]),
            other => Err(Error::new(
                ErrorCode::SchemaMismatch,
                format!("A customer column must hold text or whole numbers, and this one is {other}. Choose another."),
            )),
        }
    }

    /// The keys by number.
    pub(super) fn into_keys(self) -> Vec<String> {
        let mut keys = vec![String::new(); self.numbers.len()];
        for (key, number) in self.numbers {
            if let Some(slot) = keys.get_mut(number as usize) {
                *slot = key.into();
            }
        }
        keys
    }

    fn texts<'a>(&mut self, values: impl Iterator<Item = Option<&'a str>>) -> Result<Vec<u32>> {
        let mut last = ("", MISSING);
        values
            .map(|value| {
                let key = value.unwrap_or_default().trim();
                if key != last.0 {
                    last = (key, self.intern(key)?);
                }
                Ok(last.1)
            })
            .collect()
    }

    /// `write` appends the key of a value, or says that it has none.
    fn values<V: Copy + PartialEq>(
        &mut self,
        values: impl Iterator<Item = Option<V>>,
        write: impl Fn(V, &mut String) -> bool,
    ) -> Result<Vec<u32>> {
        let mut last = None;
        let mut scratch = std::mem::take(&mut self.scratch);
        let numbers = values
            .map(|value| {
                let Some(value) = value else { return Ok(MISSING) };
                if let Some((same, number)) = last
                    && same == value
                {
                    return Ok(number);
                }
                scratch.clear();
                let number = if write(value, &mut scratch) { self.intern(&scratch)? } else { MISSING };
                last = Some((value, number));
                Ok(number)
            })
            .collect();
        self.scratch = scratch;
        numbers
    }

    fn intern(&mut self, key: &str) -> Result<u32> {
        if key.is_empty() {
            return Ok(MISSING);
        }
        if let Some(&number) = self.numbers.get(key) {
            return Ok(number);
        }
        let number = u32::try_from(self.numbers.len()).ok().filter(|&n| n != MISSING).ok_or_else(|| {
            Error::new(ErrorCode::MemoryLimit, "There are more than four billion customers. Run it on a part of them.")
        })?;
        self.numbers.insert(key.into(), number);
        Ok(number)
    }
}

fn without_zero_fraction(text: &str) -> &str {
    match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|b| b == b'0') => whole,
        _ => text,
    }
}

/// Orders keys as people expect: as numbers where every key is one (then by
/// text, so that `7` and `007` have a fixed order), else as text.
pub(super) fn sort_order(keys: &[String]) -> Vec<u32> {
    let numbers: Option<Vec<i64>> = keys.iter().map(|k| k.parse().ok()).collect();
    let mut order: Vec<u32> = (0..keys.len() as u32).collect();
    match numbers {
        Some(numbers) => order.sort_unstable_by(|&a, &b| {
            let (a, b) = (a as usize, b as usize);
            numbers[a].cmp(&numbers[b]).then_with(|| keys[a].cmp(&keys[b]))
        }),
        None => order.sort_unstable_by(|&a, &b| keys[a as usize].cmp(&keys[b as usize])),
    }
    order
}
