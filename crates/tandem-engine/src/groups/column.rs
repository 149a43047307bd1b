//! How the columns by which rows are grouped become one number: each has its bits in it, as many as the values that came
//! so far need. A missing value is 0, the others follow.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayData, ArrayRef, AsArray, BooleanArray, make_array},
    buffer::{BooleanBuffer, Buffer, NullBuffer, ScalarBuffer},
    compute::cast,
    datatypes::{ArrowNativeType, DataType, Schema},
};
use datafusion::common::Result;

use super::{never, table::Key, texts::Texts};

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Flag,
    /// Whole numbers, days and times, of so many bytes. Those without a sign are taken as if they had one: what counts
    /// is whether two are equal.
    Whole(usize),
    Text,
}

impl Kind {
    fn of(data_type: &DataType) -> Option<Self> {
        use DataType::*;
        Some(match data_type {
            Boolean => Self::Flag,
            Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 | UInt64 | Date32 | Date64 | Timestamp(..) => {
                Self::Whole(data_type.primitive_width()?)
            }
            Utf8 | LargeUtf8 | Utf8View => Self::Text,
            // Floats are left out: equal ones may differ in their bits.
            _ => return None,
        })
    }

    /// Bits of all its values and of none.
    fn most_bits(self) -> u32 {
        match self {
            Self::Flag => 2,
            Self::Whole(bytes) => bytes as u32 * 8 + 1,
            Self::Text => Texts::BITS,
        }
    }
}

/// What the columns are.
#[derive(Debug, Clone)]
pub(super) struct Layout(Vec<(Kind, DataType)>);

impl Layout {
    /// `None` if there is a column of another type, or there is a chance that they don't fit.
    pub(super) fn of(schema: &Schema) -> Option<Self> {
        let kinds = schema.fields().iter().map(|field| Some((Kind::of(field.data_type())?, field.data_type().clone())));
        let kinds: Vec<_> = kinds.collect::<Option<_>>()?;
        let bits: u32 = kinds.iter().map(|(kind, _)| kind.most_bits()).sum();
        (bits <= u128::BITS).then_some(Self(kinds))
    }

    pub(super) fn columns(&self) -> Vec<Column> {
        let of = |(kind, data_type): &(Kind, DataType)| Column {
            kind: *kind,
            data_type: data_type.clone(),
            place: Place::default(),
            texts: Texts::default(),
            numbers: Vec::new(),
        };
        self.0.iter().map(of).collect()
    }
}

/// Where the values of a column are in the number of a row.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    pub(super) shift: u32,
    pub(super) bits: u32,
    /// The value that is 1.
    pub(super) least: i64,
}

impl Place {
    /// How many values it has room for; those before and after `least` are counted round the end.
    fn room(self) -> u128 {
        (1_u128 << self.bits) - 1
    }

    /// With room for all from `least` to `most` as well. It at least doubles with each change, and what is more than
    /// needed is added where the values grow to.
    fn widened(self, least: i64, most: i64) -> Self {
        let (mut low, mut high) = (i128::from(least), i128::from(most));
        let downwards = self.bits > 0 && low < i128::from(self.least);
        if self.bits > 0 {
            low = low.min(i128::from(self.least));
            high = high.max(i128::from(self.least) + self.room() as i128 - 1);
        }
        let values = (high - low + 1) as u128;
        // As many as values and a missing one.
        let bits = u128::BITS - values.leading_zeros();
        let mut widened = Self { bits, least: 0, ..self };
        if downwards {
            low = (high + 1 - widened.room() as i128).max(i128::from(i64::MIN));
        }
        widened.least = low as i64;
        widened
    }

    fn holds(self, least: i64, most: i64) -> bool {
        let end = i128::from(self.least) + self.room() as i128;
        self.bits > 0 && least >= self.least && i128::from(most) < end
    }
}

/// One column at work.
pub(super) struct Column {
    kind: Kind,
    data_type: DataType,
    pub(super) place: Place,
    texts: Texts,
    /// Those of the texts at hand.
    numbers: Vec<u32>,
}

impl Column {
    /// Bytes that it holds.
    pub(super) fn size(&self) -> usize {
        self.texts.size() + self.numbers.capacity() * size_of::<u32>()
    }

    /// Bytes that the texts of so many rows take at most where each has its own copy, as those of no views have.
    pub(super) fn copied(&self, rows: usize) -> usize {
        match self.data_type {
            DataType::Utf8View => 0,
            _ => self.texts.longest().saturating_mul(rows),
        }
    }

    /// Looks at the values that come next; its bits where they have to become more.
    pub(super) fn look(&mut self, array: &ArrayRef) -> Result<Option<Place>> {
        if array.data_type() != &self.data_type {
            return Err(never("a column changed"));
        }
        let range = match self.kind {
            Kind::Flag => Some((0, 1)),
            Kind::Whole(1) => range::<i8>(array),
            Kind::Whole(2) => range::<i16>(array),
            Kind::Whole(4) => range::<i32>(array),
            Kind::Whole(_) => range::<i64>(array),
            Kind::Text => {
                let views = cast(array, &DataType::Utf8View)?;
                self.texts.numbers(views.as_string_view(), &mut self.numbers)?;
                Some((1, self.texts.len() as i64)).filter(|(_, most)| *most > 0)
            }
        };
        let more = range.filter(|(least, most)| !self.place.holds(*least, *most));
        Ok(more.map(|(least, most)| self.place.widened(least, most)))
    }

    /// Adds the bits of each row to its number. The values are those that were looked at.
    pub(super) fn write<K: Key>(&self, array: &ArrayRef, keys: &mut [K]) {
        if self.place.bits == 0 {
            // Only missing values so far.
            return;
        }
        match self.kind {
            Kind::Flag => {
                let flags = array.as_boolean();
                let number = |row| if flags.is_null(row) { 0 } else { 1 + u64::from(flags.value(row)) };
                write((0..flags.len()).map(number), self.place.shift, keys);
            }
            Kind::Whole(1) => self.write_whole::<i8, K>(array, keys),
            Kind::Whole(2) => self.write_whole::<i16, K>(array, keys),
            Kind::Whole(4) => self.write_whole::<i32, K>(array, keys),
            Kind::Whole(_) => self.write_whole::<i64, K>(array, keys),
            Kind::Text => write(self.numbers.iter().map(|number| u64::from(*number)), self.place.shift, keys),
        }
    }

    fn write_whole<T: ArrowNativeType + Into<i64>, K: Key>(&self, array: &ArrayRef, keys: &mut [K]) {
        let Place { shift, least, .. } = self.place;
        let values = whole::<T>(array);
        let number = |value: &T| K::of((*value).into().wrapping_sub(least) as u64) + K::of(1);
        match array.nulls().filter(|nulls| nulls.null_count() > 0) {
            None => keys.iter_mut().zip(values.iter()).for_each(|(key, value)| *key = *key | (number(value) << shift)),
            Some(nulls) => {
                for ((key, value), valid) in keys.iter_mut().zip(values.iter()).zip(nulls.iter()) {
                    if valid {
                        *key = *key | (number(value) << shift);
                    }
                }
            }
        }
    }

    /// The values of rows with these numbers.
    pub(super) fn read<K: Key>(&self, keys: &[K]) -> Result<ArrayRef> {
        let Place { shift, bits, least } = self.place;
        if bits == 0 {
            return Ok(arrow::array::new_null_array(&self.data_type, keys.len()));
        }
        let numbers = keys.iter().map(|key| (*key >> shift).wide() & ((1 << bits) - 1));
        if self.kind == Kind::Text {
            return Ok(cast(&self.texts.read(numbers.map(|number| number as u32))?, &self.data_type)?);
        }
        let nulls = Some(numbers.clone().map(|number| number > 0).collect::<NullBuffer>());
        let nulls = nulls.filter(|nulls| nulls.null_count() > 0);
        // Round the end for what is missing, which nobody reads.
        let values = numbers.map(|number| least.wrapping_add((number as u64).wrapping_sub(1) as i64));
        let buffer = match self.kind {
            Kind::Flag => {
                let values: BooleanBuffer = keys.iter().map(|key| (*key >> shift).wide() & 3 == 2).collect();
                return Ok(Arc::new(BooleanArray::new(values, nulls)));
            }
            // Each value came from as many bits.
            Kind::Whole(1) => Buffer::from_vec(values.map(|value| value as i8).collect::<Vec<_>>()),
            Kind::Whole(2) => Buffer::from_vec(values.map(|value| value as i16).collect::<Vec<_>>()),
            Kind::Whole(4) => Buffer::from_vec(values.map(|value| value as i32).collect::<Vec<_>>()),
            Kind::Whole(_) | Kind::Text => Buffer::from_vec(values.collect::<Vec<_>>()),
        };
        let data =
            ArrayData::builder(self.data_type.clone()).len(keys.len()).add_buffer(buffer).nulls(nulls).build()?;
        Ok(make_array(data))
    }
}

/// Values of so many bytes, whatever they mean.
fn whole<T: ArrowNativeType>(array: &ArrayRef) -> ScalarBuffer<T> {
    let data = array.to_data();
    ScalarBuffer::new(data.buffers()[0].clone(), data.offset(), data.len())
}

/// The least and the greatest of the values that are not missing.
fn range<T: ArrowNativeType + Into<i64> + Ord>(array: &ArrayRef) -> Option<(i64, i64)> {
    let values = whole::<T>(array);
    let (least, most) = match array.nulls().filter(|nulls| nulls.null_count() > 0) {
        None => {
            let first = *values.first()?;
            values.iter().fold((first, first), |(least, most), value| (least.min(*value), most.max(*value)))
        }
        Some(nulls) => {
            let first = values[nulls.valid_indices().next()?];
            nulls
                .valid_indices()
                .fold((first, first), |(least, most), at| (least.min(values[at]), most.max(values[at])))
        }
    };
    Some((least.into(), most.into()))
}

fn write<K: Key>(numbers: impl Iterator<Item = u64>, shift: u32, keys: &mut [K]) {
    for (key, number) in keys.iter_mut().zip(numbers) {
        *key = *key | (K::of(number) << shift);
    }
}
