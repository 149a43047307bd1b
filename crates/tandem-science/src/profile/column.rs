//! One column: which form its values are counted in, and feeding them.

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, PrimitiveArray},
    compute::cast,
    datatypes::{
        ArrowPrimitiveType, DataType, Date32Type, Date64Type, Decimal128Type, DurationMicrosecondType,
        DurationMillisecondType, DurationNanosecondType, DurationSecondType, Field, Float32Type, Float64Type, Int8Type,
        Int16Type, Int32Type, Int64Type, Time32MillisecondType, Time32SecondType, Time64MicrosecondType,
        Time64NanosecondType, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
        TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
    },
};
use tandem_core::{Error, ErrorCode, Result};

use super::{
    Limits,
    codec::{COUNTED, Codec, Domain, describe},
    counter::Counter,
    hll::HyperLogLog,
    model::Kind,
    numeric::Numeric,
    text::Text,
};
use crate::hashing::{hash_bytes, hash_rows};

/// What is known of a column so far.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) data_type: String,
    pub(super) nulls: u64,
    pub(super) not_finite: u64,
    /// The sum of decimals that are counted as doubles.
    pub(super) long: Option<LongDecimals>,
    pub(super) values: Values,
}

/// The exact sum of decimals of more digits than are counted exactly.
#[derive(Debug, Clone, Copy)]
pub(super) struct LongDecimals {
    scale: i32,
    /// Its digits; none where they are too many.
    digits: Option<i128>,
}

impl LongDecimals {
    fn of(data_type: &DataType) -> Option<Self> {
        match data_type {
            DataType::Decimal128(precision, scale) if *precision > COUNTED => {
                Some(Self { scale: i32::from(*scale), digits: Some(0) })
            }
            _ => None,
        }
    }

    fn update(&mut self, array: &ArrayRef) {
        if let Some(array) = array.as_primitive_opt::<Decimal128Type>() {
            self.digits =
                array.iter().flatten().try_fold(self.digits, |sum, value| Some(sum?.checked_add(value))).flatten();
        }
    }

    /// The digits of the sum, and how many of them are behind the point.
    pub(super) fn sum(self) -> Option<(i128, i32)> {
        Some((self.digits?, self.scale))
    }
}

/// Its values, by the form they are counted in.
#[derive(Debug)]
pub(super) enum Values {
    Signed(Codec, Numeric<i64>),
    Unsigned(Numeric<u64>),
    Float(Codec, Numeric<f64>),
    Text(Text),
    Boolean { yes: u64, no: u64 },
    Opaque(Opaque),
}

/// Values that are only told apart.
#[derive(Debug)]
pub(super) struct Opaque {
    limit: usize,
    pub(super) exact: Counter<()>,
    pub(super) estimate: Option<HyperLogLog>,
    /// Arrow can't compare values of this type.
    pub(super) unknown: bool,
}

/// Room for values that don't lie in memory as they are counted.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    signed: Vec<i64>,
    unsigned: Vec<u64>,
    floats: Vec<f64>,
    hashes: Vec<u64>,
}

impl Column {
    pub(super) fn new(field: &Field, limits: Limits) -> Self {
        let (kind, domain) = describe(field.data_type());
        let values = match domain {
            Domain::Signed(codec) => Values::Signed(codec, Numeric::new(limits)),
            Domain::Unsigned => Values::Unsigned(Numeric::new(limits)),
            Domain::Float(codec) => Values::Float(codec, Numeric::new(limits)),
            Domain::Text => Values::Text(Text::new(limits)),
            Domain::Boolean => Values::Boolean { yes: 0, no: 0 },
            Domain::Opaque => {
                Values::Opaque(Opaque { limit: limits.exact, exact: Counter::new(), estimate: None, unknown: false })
            }
        };
        Self {
            name: field.name().clone(),
            kind,
            data_type: field.data_type().to_string(),
            nulls: 0,
            not_finite: 0,
            long: LongDecimals::of(field.data_type()),
            values,
        }
    }

    pub(super) fn update(&mut self, array: &ArrayRef, scratch: &mut Scratch) -> Result<()> {
        if let DataType::Dictionary(_, values) = array.data_type() {
            let flat = cast(array, values).map_err(Error::internal)?;
            return self.update(&flat, scratch);
        }
        self.nulls += array.logical_null_count() as u64;
        match &mut self.values {
            Values::Signed(codec, numeric) => {
                let values = signed(array, &mut scratch.signed)
                    .filter(|_| describe(array.data_type()).1 == Domain::Signed(*codec))
                    .ok_or_else(|| mismatch(&self.name, &self.data_type, array))?;
                numeric.update(values);
            }
            Values::Unsigned(numeric) => {
                let array = array
                    .as_primitive_opt::<UInt64Type>()
                    .ok_or_else(|| mismatch(&self.name, &self.data_type, array))?;
                numeric.update(dense(array, &mut scratch.unsigned, |v| v));
            }
            Values::Float(_, numeric) => {
                if !floats(array, &mut scratch.floats)? {
                    return Err(mismatch(&self.name, &self.data_type, array));
                }
                self.not_finite += finite(&mut scratch.floats, numeric);
                if let Some(long) = &mut self.long {
                    long.update(array);
                }
            }
            Values::Text(text) => match array.data_type() {
                DataType::Utf8 => texts(text, array.as_string::<i32>().iter()),
                DataType::LargeUtf8 => texts(text, array.as_string::<i64>().iter()),
                DataType::Utf8View => texts(text, array.as_string_view().iter()),
                _ => return Err(mismatch(&self.name, &self.data_type, array)),
            },
            Values::Boolean { yes, no } => {
                let array = array.as_boolean_opt().ok_or_else(|| mismatch(&self.name, &self.data_type, array))?;
                let (trues, falses) = count(array);
                *yes += trues;
                *no += falses;
            }
            Values::Opaque(opaque) => opaque.update(array, &mut scratch.hashes),
        }
        Ok(())
    }

    /// Becomes what seeing both would have given.
    pub(super) fn merge(&mut self, other: Self) -> Result<()> {
        self.nulls += other.nulls;
        self.not_finite += other.not_finite;
        if let (Some(mine), Some(theirs)) = (&mut self.long, other.long) {
            mine.digits = mine.digits.zip(theirs.digits).and_then(|(a, b)| a.checked_add(b));
        }
        match (&mut self.values, other.values) {
            (Values::Signed(mine, a), Values::Signed(theirs, b)) if *mine == theirs => a.merge(b),
            (Values::Unsigned(a), Values::Unsigned(b)) => a.merge(b),
            (Values::Float(_, a), Values::Float(_, b)) => a.merge(b),
            (Values::Text(a), Values::Text(b)) => a.merge(b),
            (Values::Boolean { yes, no }, Values::Boolean { yes: more_yes, no: more_no }) => {
                *yes += more_yes;
                *no += more_no;
            }
            (Values::Opaque(a), Values::Opaque(b)) => a.merge(b),
            _ => {
                let message = format!("Column “{}” has another type in one of the parts.", self.name);
                return Err(Error::new(ErrorCode::SchemaMismatch, message));
            }
        }
        Ok(())
    }
}

impl Opaque {
    fn update(&mut self, array: &ArrayRef, hashes: &mut Vec<u64>) {
        if self.unknown || hash_rows(std::slice::from_ref(array), array.len(), hashes).is_err() {
            self.unknown = true;
            return;
        }
        let nulls = array.logical_nulls();
        for (i, &hash) in hashes.iter().enumerate() {
            if nulls.as_ref().is_none_or(|n| n.is_valid(i)) {
                self.add(hash, 1);
            }
        }
    }

    fn add(&mut self, hash: u64, count: u64) {
        match &mut self.estimate {
            Some(estimate) => estimate.add(hash),
            None => {
                self.exact.add(hash, count, || ());
                if self.exact.len() > self.limit {
                    let mut estimate = HyperLogLog::new();
                    self.exact.iter().for_each(|(hash, ..)| estimate.add(hash));
                    (self.exact, self.estimate) = (Counter::new(), Some(estimate));
                }
            }
        }
    }

    fn merge(&mut self, other: Self) {
        self.unknown |= other.unknown;
        if let Some(theirs) = other.estimate {
            let mut estimate = theirs;
            self.exact.iter().for_each(|(hash, ..)| estimate.add(hash));
            if let Some(mine) = &self.estimate {
                estimate.merge(mine);
            }
            (self.exact, self.estimate) = (Counter::new(), Some(estimate));
        }
        other.exact.iter().for_each(|(hash, count, ())| self.add(hash, count));
    }
}

fn mismatch(name: &str, expected: &str, array: &ArrayRef) -> Error {
    let message = format!("Column “{name}” should be {expected} and comes as {}.", array.data_type());
    Error::new(ErrorCode::SchemaMismatch, message)
}

fn texts<'a>(text: &mut Text, values: impl Iterator<Item = Option<&'a str>>) {
    for value in values.flatten() {
        text.add(hash_bytes(value.as_bytes()), value);
    }
}

fn count(array: &BooleanArray) -> (u64, u64) {
    (array.true_count() as u64, array.false_count() as u64)
}

/// Copies the values that are not null, one after the other.
fn dense<'a, P: ArrowPrimitiveType, T: Copy>(
    array: &'a PrimitiveArray<P>,
    scratch: &'a mut Vec<T>,
    convert: impl Fn(P::Native) -> T,
) -> &'a [T] {
    scratch.clear();
    let values = array.values();
    match array.nulls().filter(|n| n.null_count() > 0) {
        None => scratch.extend(values.iter().map(|&v| convert(v))),
        Some(nulls) => {
            for (from, to) in nulls.valid_slices() {
                scratch.extend(values[from..to].iter().map(|&v| convert(v)));
            }
        }
    }
    scratch
}

fn signed<'a>(array: &'a ArrayRef, scratch: &'a mut Vec<i64>) -> Option<&'a [i64]> {
    macro_rules! widen {
        ($t:ty) => {
            dense(array.as_primitive::<$t>(), scratch, |v| v as i64)
        };
    }
    use DataType as T;
    Some(match array.data_type() {
        T::Int8 => widen!(Int8Type),
        T::Int16 => widen!(Int16Type),
        T::Int32 => widen!(Int32Type),
        T::Int64 => widen!(Int64Type),
        T::UInt8 => widen!(UInt8Type),
        T::UInt16 => widen!(UInt16Type),
        T::UInt32 => widen!(UInt32Type),
        T::Date32 => widen!(Date32Type),
        T::Date64 => widen!(Date64Type),
        T::Decimal32(..) => widen!(arrow::datatypes::Decimal32Type),
        T::Decimal64(..) => widen!(arrow::datatypes::Decimal64Type),
        // Of 18 digits at the most, so that none is lost.
        T::Decimal128(..) => widen!(Decimal128Type),
        T::Timestamp(TimeUnit::Second, _) => widen!(TimestampSecondType),
        T::Timestamp(TimeUnit::Millisecond, _) => widen!(TimestampMillisecondType),
        T::Timestamp(TimeUnit::Microsecond, _) => widen!(TimestampMicrosecondType),
        T::Timestamp(TimeUnit::Nanosecond, _) => widen!(TimestampNanosecondType),
        T::Time32(TimeUnit::Second) => widen!(Time32SecondType),
        T::Time32(_) => widen!(Time32MillisecondType),
        T::Time64(TimeUnit::Microsecond) => widen!(Time64MicrosecondType),
        T::Time64(_) => widen!(Time64NanosecondType),
        T::Duration(TimeUnit::Second) => widen!(DurationSecondType),
        T::Duration(TimeUnit::Millisecond) => widen!(DurationMillisecondType),
        T::Duration(TimeUnit::Microsecond) => widen!(DurationMicrosecondType),
        T::Duration(TimeUnit::Nanosecond) => widen!(DurationNanosecondType),
        _ => return None,
    })
}

/// Whether the array holds floats (or decimals too long to be counted exactly);
/// they are copied to `scratch`.
fn floats(array: &ArrayRef, scratch: &mut Vec<f64>) -> Result<bool> {
    match array.data_type() {
        DataType::Float64 => dense(array.as_primitive::<Float64Type>(), scratch, |v| v),
        DataType::Float32 => dense(array.as_primitive::<Float32Type>(), scratch, f64::from),
        DataType::Float16 | DataType::Decimal128(..) | DataType::Decimal256(..) => {
            let wide = cast(array, &DataType::Float64).map_err(Error::internal)?;
            dense(wide.as_primitive::<Float64Type>(), scratch, |v| v);
            return Ok(true);
        }
        _ => return Ok(false),
    };
    Ok(true)
}

/// Feeds the finite values and counts the others.
fn finite(values: &mut [f64], numeric: &mut Numeric<f64>) -> u64 {
    let odd = values.iter().filter(|v| !v.is_finite()).count();
    if odd == 0 {
        numeric.update(values);
        return 0;
    }
    let mut kept = 0;
    for i in 0..values.len() {
        if values[i].is_finite() {
            values[kept] = values[i];
            kept += 1;
        }
    }
    numeric.update(&values[..kept]);
    odd as u64
}
