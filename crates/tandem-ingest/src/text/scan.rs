//! Finds the few bytes that give a text its structure, eight bytes at a time.

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The high bit of every byte of `word` that equals that of `pattern`, and no
/// other bit.
#[inline(always)]
const fn equal(word: u64, pattern: u64) -> u64 {
    let x = word ^ pattern;
    // Adding 127 to the low seven bits of a byte sets its high bit unless they
    // are zero, and never carries into the next byte.
    !(((x & !HIGH) + !HIGH) | x) & HIGH
}

/// Calls `found` with the place of every byte of `text` from `from` on that is
/// one of `needles`, in order. A needle that isn't wanted may repeat another.
#[inline(always)]
pub(crate) fn for_each(text: &[u8], from: usize, needles: [u8; 3], mut found: impl FnMut(usize, u8)) {
    let patterns = needles.map(|n| u64::from(n) * LOW);
    let mut at = from;
    let (words, tail) = text[from..].as_chunks::<8>();
    for word in words {
        let value = u64::from_le_bytes(*word);
        let mut hits = equal(value, patterns[0]) | equal(value, patterns[1]) | equal(value, patterns[2]);
        while hits != 0 {
            let place = (hits.trailing_zeros() >> 3) as usize;
            found(at + place, word[place]);
            hits &= hits - 1;
        }
        at += 8;
    }
    for (place, byte) in tail.iter().enumerate() {
        if needles.contains(byte) {
            found(at + place, *byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn finds_what_a_plain_loop_finds(text: Vec<u8>, needles: [u8; 3], from in 0usize..9) {
            let from = from.min(text.len());
            let mut found = Vec::new();
            for_each(&text, from, needles, |at, byte| found.push((at, byte)));
            let expected: Vec<_> =
                text.iter().copied().enumerate().skip(from).filter(|(_, b)| needles.contains(b)).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
