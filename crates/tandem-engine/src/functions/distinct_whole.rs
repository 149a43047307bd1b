//! `count(DISTINCT x)` of whole numbers of up to 32 bits and of days, in bitmaps: customers, products and stores are
//! numbered densely, so that a bitmap takes a hundredth of what a set of hashes does, and is asked without a hash.
//!
//! Where there are many groups, each with few values, one set of all pairs takes less.

use std::{mem::size_of, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, LargeBinaryArray, LargeBinaryBuilder},
    compute::cast,
    datatypes::{DataType, Field, FieldRef, Int64Type},
};
use datafusion::{
    common::{DataFusionError, Result, ScalarValue},
    logical_expr::{
        Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility,
        function::{AccumulatorArgs, StateFieldsArgs},
    },
};
use hashbrown::HashSet;
use roaring::RoaringBitmap;

/// More groups are counted in a set of pairs.
const FEW_GROUPS: usize = 256;

/// Whether the values of that type are counted so.
pub(crate) fn countable(data_type: &DataType) -> bool {
    use DataType::*;
    matches!(data_type, Int8 | Int16 | Int32 | UInt8 | UInt16 | UInt32 | Date32)
}

/// The function, for the rule that puts it in place of `count(DISTINCT …)`; it has no name in SQL.
pub(crate) fn distinct_whole() -> Arc<AggregateUDF> {
    Arc::new(AggregateUDF::new_from_impl(DistinctWhole { signature: Signature::any(1, Volatility::Immutable) }))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct DistinctWhole {
    signature: Signature,
}

impl AggregateUDFImpl for DistinctWhole {
    fn name(&self) -> &'static str {
        "count_distinct_whole"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn is_nullable(&self) -> bool {
        false
    }

    fn default_value(&self, _type: &DataType) -> Result<ScalarValue> {
        Ok(ScalarValue::Int64(Some(0)))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(vec![Arc::new(Field::new(format!("{}[values]", args.name), DataType::LargeBinary, false))])
    }

    fn accumulator(&self, _args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(One(Few::new(1))))
    }

    fn groups_accumulator_supported(&self, _args: AccumulatorArgs) -> bool {
        true
    }

    fn create_groups_accumulator(&self, _args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Groups::default()))
    }
}

/// The bits of the values of a row that is not missing, in the order of rows.
fn each(column: &ArrayRef, filter: Option<&BooleanArray>, mut value: impl FnMut(usize, u32)) -> Result<()> {
    // Every type that is counted is within 64 bits, and differs in its lowest 32.
    let whole = match column.data_type() {
        DataType::Date32 => cast(&cast(column, &DataType::Int32)?, &DataType::Int64)?,
        _ => cast(column, &DataType::Int64)?,
    };
    let whole = whole.as_primitive::<Int64Type>();
    if whole.null_count() == 0 && filter.is_none() {
        whole.values().iter().enumerate().for_each(|(row, number)| value(row, *number as u32));
        return Ok(());
    }
    for (row, number) in whole.iter().enumerate() {
        let counts = filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
        if let (Some(number), true) = (number, counts) {
            value(row, number as u32);
        }
    }
    Ok(())
}

/// A bitmap for each group.
#[derive(Debug, Default)]
struct Few {
    values: Vec<RoaringBitmap>,
    /// Values that were new.
    added: u64,
    /// At so many they are measured again, and what they measured then.
    measure_at: u64,
    measured: usize,
}

impl Few {
    fn new(groups: usize) -> Self {
        Self { values: vec![RoaringBitmap::new(); groups], ..Self::default() }
    }

    /// Measured now and then, as measuring looks at every part of a bitmap.
    fn measure(&mut self) {
        if self.added >= self.measure_at {
            self.measured = self.values.iter().map(bytes).sum();
            self.measure_at = self.added + self.added / 8 + 1024;
        }
    }

    fn size(&self) -> usize {
        self.measured + self.values.capacity() * size_of::<RoaringBitmap>()
    }
}

fn bytes(bitmap: &RoaringBitmap) -> usize {
    let parts = bitmap.statistics();
    // What a container takes beside its values.
    parts.n_containers as usize * 48 + bitmap.serialized_size()
}

fn write(bitmap: &RoaringBitmap, rows: &mut LargeBinaryBuilder) -> Result<()> {
    let mut bytes = Vec::with_capacity(bitmap.serialized_size());
    bitmap.serialize_into(&mut bytes)?;
    rows.append_value(bytes);
    Ok(())
}

fn read(states: &[ArrayRef], mut into: impl FnMut(usize, RoaringBitmap)) -> Result<()> {
    for states in states {
        let states: &LargeBinaryArray = states.as_binary();
        for row in (0..states.len()).filter(|row| states.is_valid(*row)) {
            into(row, RoaringBitmap::deserialize_from(states.value(row))?);
        }
    }
    Ok(())
}

/// Of all rows.
#[derive(Debug)]
struct One(Few);

impl Accumulator for One {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        for column in values {
            let Few { values, added, .. } = &mut self.0;
            each(column, None, |_, value| *added += u64::from(values[0].insert(value)))?;
        }
        self.0.measure();
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Int64(Some(self.0.values[0].len() as i64)))
    }

    fn size(&self) -> usize {
        self.0.size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let mut rows = LargeBinaryBuilder::new();
        write(&self.0.values[0], &mut rows)?;
        Ok(vec![ScalarValue::try_from_array(&rows.finish(), 0)?])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let Few { values, added, .. } = &mut self.0;
        read(states, |_, other| {
            *added += other.len();
            values[0] |= other;
        })?;
        self.0.measure();
        Ok(())
    }
}

/// Of the rows of each group.
#[derive(Debug)]
enum Groups {
    Few(Few),
    /// How many values each group has, and all pairs of a group and a value.
    Many {
        counts: Vec<i64>,
        pairs: HashSet<(u32, u32)>,
    },
}

impl Default for Groups {
    fn default() -> Self {
        Self::Few(Few::default())
    }
}

impl Groups {
    fn grow(&mut self, total: usize) -> Result<()> {
        if u32::try_from(total).is_err() {
            return Err(DataFusionError::ResourcesExhausted("more groups than can be told apart".to_owned()));
        }
        if let Self::Few(few) = self
            && total > FEW_GROUPS
        {
            let mut pairs = HashSet::with_capacity(few.values.iter().map(|values| values.len() as usize).sum());
            for (group, values) in few.values.iter().enumerate() {
                pairs.extend(values.iter().map(|value| (group as u32, value)));
            }
            let counts = few.values.iter().map(|values| values.len() as i64).collect();
            *self = Self::Many { counts, pairs };
        }
        match self {
            Self::Few(few) => few.values.resize_with(total, RoaringBitmap::new),
            Self::Many { counts, .. } => counts.resize(total, 0),
        }
        Ok(())
    }
}

impl Few {
    /// Gives away the groups that are asked for.
    fn take(&mut self, emit_to: EmitTo) -> Vec<RoaringBitmap> {
        let taken = emit_to.take_needed(&mut self.values);
        self.added = self.values.iter().map(RoaringBitmap::len).sum();
        self.measure_at = 0;
        self.measure();
        taken
    }
}

/// Takes the pairs of the first groups; the groups of the others move to the front.
fn split(pairs: &mut HashSet<(u32, u32)>, groups: usize) -> Vec<(u32, u32)> {
    let (mut first, mut rest) = (Vec::new(), HashSet::new());
    for (group, value) in std::mem::take(pairs) {
        match group.checked_sub(groups as u32) {
            Some(group) => {
                rest.insert((group, value));
            }
            None => first.push((group, value)),
        }
    }
    *pairs = rest;
    first
}

impl GroupsAccumulator for Groups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        self.grow(total)?;
        for column in values {
            match self {
                Self::Few(few) => {
                    let Few { values, added, .. } = few;
                    each(column, filter, |row, value| *added += u64::from(values[groups[row]].insert(value)))?;
                    few.measure();
                }
                Self::Many { counts, pairs } => each(column, filter, |row, value| {
                    counts[groups[row]] += i64::from(pairs.insert((groups[row] as u32, value)));
                })?,
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let counts: Vec<i64> = match self {
            Self::Few(few) => few.take(emit_to).iter().map(|values| values.len() as i64).collect(),
            Self::Many { counts, pairs } => {
                let counts = emit_to.take_needed(counts);
                split(pairs, counts.len());
                counts
            }
        };
        Ok(Arc::new(Int64Array::from(counts)))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let mut rows = LargeBinaryBuilder::new();
        match self {
            Self::Few(few) => few.take(emit_to).iter().try_for_each(|values| write(values, &mut rows))?,
            Self::Many { counts, pairs } => {
                let groups = emit_to.take_needed(counts).len();
                let mut pairs = split(pairs, groups);
                pairs.sort_unstable();
                let mut rest = pairs.as_slice();
                for group in 0..groups as u32 {
                    // One bitmap at a time: of scattered values it takes several times what they do.
                    let (own, others) = rest.split_at(rest.partition_point(|(other, _)| *other <= group));
                    write(&own.iter().map(|(_, value)| *value).collect(), &mut rows)?;
                    rest = others;
                }
            }
        }
        Ok(vec![Arc::new(rows.finish())])
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.grow(total)?;
        match self {
            Self::Few(few) => {
                let Few { values, added, .. } = few;
                read(states, |row, other| {
                    *added += other.len();
                    values[groups[row]] |= other;
                })?;
                few.measure();
                Ok(())
            }
            Self::Many { counts, pairs } => read(states, |row, other| {
                let group = groups[row];
                counts[group] += other.iter().filter(|value| pairs.insert((group as u32, *value))).count() as i64;
            }),
        }
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let state = |column: &ArrayRef| {
            let mut bitmaps = vec![RoaringBitmap::new(); column.len()];
            each(column, filter, |row, value| {
                bitmaps[row].insert(value);
            })?;
            let mut rows = LargeBinaryBuilder::new();
            bitmaps.iter().try_for_each(|bitmap| write(bitmap, &mut rows))?;
            Ok(Arc::new(rows.finish()) as ArrayRef)
        };
        values.iter().map(state).collect()
    }

    fn size(&self) -> usize {
        match self {
            Self::Few(few) => few.size(),
            Self::Many { counts, pairs } => {
                counts.capacity() * size_of::<i64>() + pairs.capacity() * (size_of::<(u32, u32)>() + 1)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use arrow::array::{Date32Array, Int32Array, UInt32Array};
    use proptest::prelude::*;

    use super::*;

    /// Few groups of many values, or many groups.
    fn rows() -> impl Strategy<Value = Vec<(usize, Option<i32>, bool)>> {
        let values = prop_oneof![0..50_i32, any::<i32>(), Just(-1)];
        prop_oneof![Just(3_usize), Just(FEW_GROUPS + 60)].prop_flat_map(move |groups| {
            prop::collection::vec((0..groups, prop::option::weighted(0.9, values.clone()), any::<bool>()), 1..300)
        })
    }

    fn counts(array: &ArrayRef) -> Vec<i64> {
        array.as_primitive::<Int64Type>().values().to_vec()
    }

    proptest! {
        #[test]
        fn every_value_is_counted_once_in_its_group(rows in rows(), first in 1_usize..20, split in 0_usize..300) {
            let total = rows.iter().map(|row| row.0).max().unwrap() + 1;
            let mut known = vec![BTreeSet::new(); total];
            let mut all = Groups::default();
            // Each half is counted by itself, one by states of its rows, and they meet in a third.
            let (one, two) = rows.split_at(split.min(rows.len()));
            for (half, convert) in [(one, false), (two, true)] {
                for part in half.chunks(40) {
                    part.iter().filter(|row| row.2).for_each(|row| known[row.0].extend(row.1));
                    let column: ArrayRef = Arc::new(part.iter().map(|row| row.1).collect::<Int32Array>());
                    let filter: BooleanArray = part.iter().map(|row| Some(row.2)).collect();
                    let groups: Vec<usize> = part.iter().map(|row| row.0).collect();
                    let (states, groups) = if convert {
                        (all.convert_to_state(&[column], Some(&filter)).unwrap(), groups)
                    } else {
                        let mut some = Groups::default();
                        some.update_batch(&[column], &groups, Some(&filter), total).unwrap();
                        (some.state(EmitTo::All).unwrap(), (0..total).collect())
                    };
                    all.merge_batch(&states, &groups, total).unwrap();
                }
            }
            let expected: Vec<i64> = known.iter().map(|values| values.len() as i64).collect();
            let first = first.min(total);
            prop_assert_eq!(counts(&all.evaluate(EmitTo::First(first)).unwrap()), &expected[..first]);
            prop_assert_eq!(counts(&all.evaluate(EmitTo::All).unwrap()), &expected[first..]);
        }
    }

    #[test]
    fn the_whole_range_of_each_type_is_told_apart() {
        let columns: [ArrayRef; 3] = [
            Arc::new(Int32Array::from(vec![i32::MIN, -1, 0, 1, i32::MAX, -1])),
            Arc::new(UInt32Array::from(vec![0, 1, u32::MAX, u32::MAX - 1, 1 << 31, 1])),
            Arc::new(Date32Array::from(vec![-1, 0, 1, i32::MIN, i32::MAX, 0])),
        ];
        for column in columns {
            assert!(countable(column.data_type()));
            let mut one = One(Few::new(1));
            one.update_batch(std::slice::from_ref(&column)).unwrap();
            let state = one.state().unwrap()[0].to_array().unwrap();
            let mut other = One(Few::new(1));
            other.merge_batch(&[state]).unwrap();
            assert_eq!(other.evaluate().unwrap(), ScalarValue::Int64(Some(5)), "{}", column.data_type());
        }
    }

    #[test]
    fn its_size_follows_what_it_holds() {
        let spread: ArrayRef = Arc::new((0..20_000).map(|at| at * 100_003).collect::<Int32Array>());
        let mut groups = Groups::default();
        groups.update_batch(&[spread], &vec![0; 20_000], None, 1).unwrap();
        assert!((300_000..3_000_000).contains(&groups.size()), "{}", groups.size());
        groups.state(EmitTo::All).unwrap();
        assert!(groups.size() < 1000, "{}", groups.size());
    }
}
