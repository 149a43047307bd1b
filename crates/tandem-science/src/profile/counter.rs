//! Exact counts of values, while there are not too many different ones.

use crate::hashing::hash_word;

/// Counts by 64-bit key, with a small payload for each: open addressing with
/// linear probing, at most half full.
#[derive(Debug, Clone)]
pub(super) struct Counter<P> {
    slots: Vec<Slot<P>>,
    len: usize,
}

#[derive(Debug, Clone, Copy)]
struct Slot<P> {
    key: u64,
    /// 0 marks an empty slot.
    count: u64,
    payload: P,
}

impl<P: Copy + Default> Counter<P> {
    pub(super) fn new() -> Self {
        Self { slots: vec![Slot { key: 0, count: 0, payload: P::default() }; 64], len: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Counts `key` another `count` times; `payload` makes the payload of a new key.
    #[inline]
    pub(super) fn add(&mut self, key: u64, count: u64, payload: impl FnOnce() -> P) {
        let mask = self.slots.len() - 1;
        let mut at = place(key) & mask;
        loop {
            let slot = &mut self.slots[at];
            if slot.key == key && slot.count > 0 {
                slot.count += count;
                return;
            }
            if slot.count == 0 {
                break;
            }
            at = (at + 1) & mask;
        }
        self.insert(at, key, count, payload());
    }

    #[cold]
    #[inline(never)]
    fn insert(&mut self, at: usize, key: u64, count: u64, payload: P) {
        if count == 0 {
            return;
        }
        self.slots[at] = Slot { key, count, payload };
        self.len += 1;
        if self.len * 2 > self.slots.len() {
            self.grow();
        }
    }

    fn grow(&mut self) {
        let double = self.slots.len() * 2;
        let empty = vec![Slot { key: 0, count: 0, payload: P::default() }; double];
        let old = std::mem::replace(&mut self.slots, empty);
        for slot in old.into_iter().filter(|s| s.count > 0) {
            let mut at = place(slot.key) & (double - 1);
            while self.slots[at].count > 0 {
                at = (at + 1) & (double - 1);
            }
            self.slots[at] = slot;
        }
    }

    /// Every key with its count and payload, in no meaningful order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, u64, P)> {
        self.slots.iter().filter(|s| s.count > 0).map(|s| (s.key, s.count, s.payload))
    }
}

#[inline]
fn place(key: u64) -> usize {
    hash_word(key) as usize
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn counts_like_a_map(values in prop::collection::vec((0_u64..300, 1_u64..5), 0..2_000)) {
            let (mut ours, mut map) = (Counter::new(), HashMap::new());
            for (key, count) in values {
                ours.add(key, count, || key);
                *map.entry(key).or_insert(0) += count;
            }
            prop_assert_eq!(ours.len(), map.len());
            prop_assert!(ours.iter().all(|(key, count, payload)| map[&key] == count && payload == key));
            prop_assert_eq!(ours.iter().count(), map.len());
        }
    }
}
