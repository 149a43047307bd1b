//! Which group the number of a row is: by a list where the numbers are small, by their hashes where they are not.

use std::{
    hash::{BuildHasher, Hash},
    mem::size_of,
    ops::{Add, BitOr, Shl, Shr},
};

use arrow::array::ArrayRef;
use datafusion::common::Result;
use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::column::{Column, Layout, Place};

/// The number of a row: `u64` or `u128`.
pub(super) trait Key:
    Copy
    + Eq
    + Hash
    + Send
    + Add<Output = Self>
    + BitOr<Output = Self>
    + Shl<u32, Output = Self>
    + Shr<u32, Output = Self>
    + From<u8>
    + 'static
{
    fn of(value: u64) -> Self;

    fn wide(self) -> u128;

    /// What fits, as its columns have no more bits.
    fn narrow(wide: u128) -> Self;
}

macro_rules! key {
    ($type:ty) => {
        impl Key for $type {
            #[inline(always)]
            fn of(value: u64) -> Self {
                Self::from(value)
            }

            #[inline(always)]
            fn wide(self) -> u128 {
                self.into()
            }

            #[inline(always)]
            fn narrow(wide: u128) -> Self {
                wide as Self
            }
        }
    };
}

key!(u64);
key!(u128);

/// Longest list of groups by their numbers: 8 MB.
const LONGEST_LIST: usize = 1 << 21;

/// A list has at most so many places for each group, so that it takes no more than a table of hashes would.
const SPREAD: usize = 16;

/// Such a list is so small that it may be empty.
const SHORT_LIST: usize = 1 << 12;

/// The groups that came.
pub(super) struct Groups {
    layout: Layout,
    columns: Vec<Column>,
    index: Index,
}

enum Index {
    Narrow(Table<u64>),
    Wide(Table<u128>),
}

impl Groups {
    pub(super) fn new(layout: &Layout) -> Self {
        let (layout, columns) = (layout.clone(), layout.columns());
        Self { layout, columns, index: Index::Narrow(Table::new(Vec::new(), 0)) }
    }

    /// The group of each row.
    pub(super) fn find(&mut self, columns: &[ArrayRef], groups: &mut Vec<usize>) -> Result<()> {
        let mut wider = false;
        let mut places = Vec::with_capacity(columns.len());
        for (column, array) in self.columns.iter_mut().zip(columns) {
            let place = column.look(array)?;
            wider |= place.is_some();
            places.push(place.unwrap_or(column.place));
        }
        if wider {
            self.widen(places);
        }
        match &mut self.index {
            Index::Narrow(table) => table.find(&self.columns, columns, groups),
            Index::Wide(table) => table.find(&self.columns, columns, groups),
        }
        Ok(())
    }

    /// Gives each column its new bits, and each group its new number.
    fn widen(&mut self, mut places: Vec<Place>) {
        let mut bits = 0;
        for place in &mut places {
            place.shift = bits;
            bits += place.bits;
        }
        let before: Vec<Place> = self.columns.iter().map(|column| column.place).collect();
        let keys: Vec<u128> = match &self.index {
            Index::Narrow(table) => table.keys.iter().map(|key| renumbered(key.wide(), &before, &places)).collect(),
            Index::Wide(table) => table.keys.iter().map(|key| renumbered(key.wide(), &before, &places)).collect(),
        };
        self.columns.iter_mut().zip(places).for_each(|(column, place)| column.place = place);
        self.index = match bits <= u64::BITS {
            true => Index::Narrow(Table::new(keys.into_iter().map(Key::narrow).collect(), bits)),
            false => Index::Wide(Table::new(keys, bits)),
        };
    }

    pub(super) fn len(&self) -> usize {
        match &self.index {
            Index::Narrow(table) => table.keys.len(),
            Index::Wide(table) => table.keys.len(),
        }
    }

    /// Bytes that it holds.
    pub(super) fn size(&self) -> usize {
        let index = match &self.index {
            Index::Narrow(table) => table.size(),
            Index::Wide(table) => table.size(),
        };
        index + self.columns.iter().map(Column::size).sum::<usize>()
    }

    /// Bytes that texts take at most when the groups are given away, beyond those that are held.
    pub(super) fn copied(&self) -> usize {
        self.columns.iter().map(|column| column.copied(self.len())).sum()
    }

    /// The columns of all groups in their order; it is as new afterwards.
    pub(super) fn take(&mut self) -> Result<Vec<ArrayRef>> {
        let taken = std::mem::replace(self, Self::new(&self.layout));
        let read = |column: &Column| match &taken.index {
            Index::Narrow(table) => column.read(&table.keys),
            Index::Wide(table) => column.read(&table.keys),
        };
        taken.columns.iter().map(read).collect()
    }
}

fn renumbered(key: u128, before: &[Place], after: &[Place]) -> u128 {
    before.iter().zip(after).fold(0, |all, (before, after)| {
        let number = key >> before.shift & ((1 << before.bits) - 1);
        // The least value only falls.
        let moved = if number == 0 { 0 } else { number + u128::from(before.least.abs_diff(after.least)) };
        all | moved << after.shift
    })
}

struct Table<K> {
    /// The number of each group.
    keys: Vec<K>,
    /// One more than the group of each number, or nothing.
    list: Vec<u32>,
    /// As many numbers as there may be, where a list could hold them.
    numbers: Option<usize>,
    /// The group of each number, where there is no list.
    table: HashTable<(K, u32)>,
    hasher: RandomState,
    /// Of the rows at hand.
    rows: Vec<K>,
}

impl<K: Key> Table<K> {
    /// Of numbers of so many bits; `keys` are those of the groups that there are.
    fn new(keys: Vec<K>, bits: u32) -> Self {
        let numbers = 1_usize.checked_shl(bits).filter(|numbers| *numbers <= LONGEST_LIST);
        let hasher = RandomState::default();
        let mut made = Self { keys, list: Vec::new(), numbers, table: HashTable::new(), hasher, rows: Vec::new() };
        if !made.listed() {
            made.table.reserve(made.keys.len(), |(key, _)| made.hasher.hash_one(key));
            for (group, key) in made.keys.iter().enumerate() {
                let entry = (*key, group as u32);
                made.table.insert_unique(made.hasher.hash_one(key), entry, |(key, _)| made.hasher.hash_one(key));
            }
        }
        made
    }

    /// Makes the list if it is worth its room.
    fn listed(&mut self) -> bool {
        let enough = SHORT_LIST.max(self.keys.len().saturating_mul(SPREAD));
        let Some(numbers) = self.numbers.filter(|numbers| *numbers <= enough) else { return false };
        self.list = vec![0; numbers];
        self.table = HashTable::new();
        for (group, key) in self.keys.iter().enumerate() {
            self.list[key.wide() as usize] = group as u32 + 1;
        }
        true
    }

    fn find(&mut self, columns: &[Column], arrays: &[ArrayRef], groups: &mut Vec<usize>) {
        let mut rows = std::mem::take(&mut self.rows);
        rows.clear();
        rows.resize(arrays.first().map_or(0, |array| array.len()), K::from(0));
        for (column, array) in columns.iter().zip(arrays) {
            column.write(array, &mut rows);
        }
        groups.clear();
        groups.reserve(rows.len());
        for key in &rows {
            let group = if self.list.is_empty() { self.by_hash(*key) } else { self.by_list(*key) };
            groups.push(group);
        }
        self.rows = rows;
    }

    #[inline(always)]
    fn by_list(&mut self, key: K) -> usize {
        let place = &mut self.list[key.wide() as usize];
        if *place == 0 {
            self.keys.push(key);
            *place = self.keys.len() as u32;
        }
        *place as usize - 1
    }

    #[inline(always)]
    fn by_hash(&mut self, key: K) -> usize {
        let hash = self.hasher.hash_one(key);
        match self.table.find(hash, |(other, _)| *other == key) {
            Some((_, group)) => *group as usize,
            None => self.first(key, hash),
        }
    }

    #[cold]
    fn first(&mut self, key: K, hash: u64) -> usize {
        let group = self.keys.len();
        self.keys.push(key);
        if !self.listed() {
            let hasher = &self.hasher;
            self.table.insert_unique(hash, (key, group as u32), |(key, _)| hasher.hash_one(key));
        }
        group
    }

    fn size(&self) -> usize {
        (self.keys.capacity() + self.rows.capacity()) * size_of::<K>()
            + self.list.capacity() * size_of::<u32>()
            + self.table.capacity() * (size_of::<(K, u32)>() + 1)
    }
}
