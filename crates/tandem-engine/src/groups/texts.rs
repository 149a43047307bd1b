//! Texts as numbers, in the order in which they come.

use std::{hash::BuildHasher, mem::size_of};

use arrow::{
    array::{Array, ArrayRef, StringViewArray, StringViewBuilder, UInt32Array},
    compute::take,
};
use datafusion::common::{DataFusionError, Result};
use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::never;

/// So many bytes are in the view of a text itself.
const SHORT: u32 = 12;

/// Every text that came, once. A missing one is 0.
#[derive(Default)]
pub(super) struct Texts {
    short: Short,
    long: HashTable<u32>,
    /// Where in `bytes` the text of each number ends; it begins where the one before ends.
    ends: Vec<usize>,
    bytes: Vec<u8>,
    longest: usize,
    hasher: RandomState,
}

impl Texts {
    /// Bits of a number.
    pub(super) const BITS: u32 = 31;

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes that it holds.
    pub(super) fn size(&self) -> usize {
        self.short.slots.capacity() * size_of::<(u128, u32)>()
            + self.long.capacity() * (size_of::<u32>() + 1)
            + self.ends.capacity() * size_of::<usize>()
            + self.bytes.capacity()
    }

    /// The number of each text.
    pub(super) fn numbers(&mut self, array: &StringViewArray, numbers: &mut Vec<u32>) -> Result<()> {
        let nulls = array.nulls().filter(|nulls| nulls.null_count() > 0);
        numbers.clear();
        numbers.reserve(array.len());
        for (row, view) in array.views().iter().enumerate() {
            numbers.push(if nulls.is_some_and(|nulls| nulls.is_null(row)) {
                0
            } else if *view as u32 <= SHORT {
                // The lowest bits of a view are the length of its text.
                self.short(*view)?
            } else {
                self.longest = self.longest.max(*view as u32 as usize);
                self.long(array.value(row))?
            });
        }
        Ok(())
    }

    #[inline(always)]
    fn short(&mut self, view: u128) -> Result<u32> {
        match self.short.find(view) {
            Ok(number) => Ok(number),
            Err(slot) => self.first_short(view, slot),
        }
    }

    #[cold]
    fn first_short(&mut self, view: u128, slot: usize) -> Result<u32> {
        let text = view.to_le_bytes();
        self.longest = self.longest.max(view as u32 as usize);
        let number = push(&mut self.bytes, &mut self.ends, &text[4..4 + view as u32 as usize])?;
        self.short.put(slot, view, number);
        Ok(number)
    }

    fn long(&mut self, text: &str) -> Result<u32> {
        let Self { long, ends, bytes, hasher, .. } = self;
        let hash = hasher.hash_one(text.as_bytes());
        if let Some(number) = long.find(hash, |number| at(bytes, ends, *number) == text.as_bytes()) {
            return Ok(*number);
        }
        let number = push(bytes, ends, text.as_bytes())?;
        long.insert_unique(hash, number, |number| hasher.hash_one(at(bytes, ends, *number)));
        Ok(number)
    }

    /// Bytes of the longest.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// The texts of numbers that were given. Each is there once, however many numbers are the same.
    pub(super) fn read(&self, numbers: impl Iterator<Item = u32>) -> Result<ArrayRef> {
        let mut texts = StringViewBuilder::new();
        for number in 1..=self.ends.len() as u32 {
            let bytes = at(&self.bytes, &self.ends, number);
            texts.append_value(std::str::from_utf8(bytes).map_err(|_| never("a text is cut"))?);
        }
        let places: UInt32Array = numbers.map(|number| number.checked_sub(1)).collect();
        Ok(take(&texts.finish(), &places, None)?)
    }
}

/// Short texts by their views, which hold all of them: most rows have one of a few, which is found in the first slot that
/// is looked at. A general table takes twice the time.
struct Short {
    /// A view and its number, or 0; a power of two of them, at most half of them taken.
    slots: Vec<(u128, u32)>,
    taken: usize,
    /// Nobody knows beforehand which texts come to the same slot.
    seed: (u64, u64),
}

impl Default for Short {
    fn default() -> Self {
        let seed = RandomState::default();
        Self { slots: vec![(0, 0); 64], taken: 0, seed: (seed.hash_one(0), seed.hash_one(1)) }
    }
}

impl Short {
    /// The number of a text, or the slot for it.
    #[inline(always)]
    fn find(&self, view: u128) -> Result<u32, usize> {
        let product = u128::from(view as u64 ^ self.seed.0) * u128::from((view >> 64) as u64 ^ self.seed.1);
        let last = self.slots.len() - 1;
        let mut slot = (product >> 64) as usize ^ product as usize;
        loop {
            slot &= last;
            let (other, number) = self.slots[slot];
            if number == 0 {
                return Err(slot);
            }
            if other == view {
                return Ok(number);
            }
            slot += 1;
        }
    }

    fn put(&mut self, slot: usize, view: u128, number: u32) {
        self.slots[slot] = (view, number);
        self.taken += 1;
        if self.taken * 2 > self.slots.len() {
            let more = vec![(0, 0); self.slots.len() * 2];
            for (view, number) in std::mem::replace(&mut self.slots, more) {
                if number > 0
                    && let Err(slot) = self.find(view)
                {
                    self.slots[slot] = (view, number);
                }
            }
        }
    }
}

/// Keeps a text, and gives its number.
fn push(all: &mut Vec<u8>, ends: &mut Vec<usize>, text: &[u8]) -> Result<u32> {
    let number = u32::try_from(ends.len() + 1).ok().filter(|number| *number < 1 << Texts::BITS);
    let number =
        number.ok_or_else(|| DataFusionError::ResourcesExhausted("more texts than can be told apart".to_owned()))?;
    all.extend_from_slice(text);
    ends.push(all.len());
    Ok(number)
}

fn at<'a>(bytes: &'a [u8], ends: &[usize], number: u32) -> &'a [u8] {
    let at = number as usize - 1;
    let start = if at == 0 { 0 } else { ends[at - 1] };
    &bytes[start..ends[at]]
}
