//! Texts as numbers, in the order in which they come.

use std::{hash::BuildHasher, mem::size_of, sync::Arc};

use arrow::array::{Array, ArrayRef, StringViewArray, StringViewBuilder};
use datafusion::common::{DataFusionError, Result};
use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::never;

/// So many bytes are in the view of a text itself.
const SHORT: u32 = 12;

/// Every text that came, once. A missing one is 0.
#[derive(Default)]
pub(super) struct Texts {
    /// Short texts by their views, which hold all of them.
    short: HashTable<(u128, u32)>,
    long: HashTable<u32>,
    /// Where in `bytes` the text of each number ends; it begins where the one before ends.
    ends: Vec<usize>,
    bytes: Vec<u8>,
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
        self.short.capacity() * (size_of::<(u128, u32)>() + 1)
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
                self.long(array.value(row))?
            });
        }
        Ok(())
    }

    #[inline(always)]
    fn short(&mut self, view: u128) -> Result<u32> {
        let hash = self.hasher.hash_one(view);
        match self.short.find(hash, |(other, _)| *other == view) {
            Some((_, number)) => Ok(*number),
            None => self.first_short(view, hash),
        }
    }

    #[cold]
    fn first_short(&mut self, view: u128, hash: u64) -> Result<u32> {
        let Self { short, ends, bytes, hasher, .. } = self;
        let text = view.to_le_bytes();
        let number = push(bytes, ends, &text[4..4 + view as u32 as usize])?;
        short.insert_unique(hash, (view, number), |(view, _)| hasher.hash_one(view));
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

    /// The texts of numbers that were given.
    pub(super) fn read(&self, numbers: impl Iterator<Item = u32>) -> Result<ArrayRef> {
        let mut texts = StringViewBuilder::new();
        for number in numbers {
            if number == 0 {
                texts.append_null();
                continue;
            }
            let bytes = at(&self.bytes, &self.ends, number);
            texts.append_value(std::str::from_utf8(bytes).map_err(|_| never("a text is cut"))?);
        }
        Ok(Arc::new(texts.finish()))
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
