//! A sum of floating-point numbers that was not rounded yet.

use std::mem::size_of;

/// Bits of a chunk that belong to it; what is above is carried to the next.
const BITS: u32 = 32;
/// What a chunk is of the least chunk: 2⁻¹⁰⁷⁴, the least number above zero.
const LEAST: i32 = -1074;
/// Additions after which chunks might overflow if nothing were carried: each adds less than 2⁵³.
const UNTIL_CARRY: u16 = 1000;

/// The sum as a long whole number in units of the least floating-point number
/// (a superaccumulator: Neal 2015, *Fast exact summation using small and large
/// superaccumulators*), of which only the part is held that the values reach.
#[derive(Debug, Clone, Default)]
pub(super) struct Exact {
    /// Whether anything was added.
    any: bool,
    /// Additions that are left before chunks must be carried.
    left: u16,
    /// Which chunk the first of `chunks` is.
    base: u16,
    /// The sum of what is infinite or no number; 0 where there is none.
    beyond: f64,
    /// Chunks of 32 bits each and room for carries, the least first.
    chunks: Vec<i64>,
}

impl Exact {
    #[expect(clippy::cast_possible_wrap, clippy::cast_possible_truncation, reason = "53 bits, cut where they are cast")]
    pub(super) fn add(&mut self, x: f64) {
        self.any = true;
        let bits = x.to_bits();
        let exponent = (bits >> 52) as u16 & 0x7ff;
        let fraction = bits & ((1 << 52) - 1);
        if exponent == 0x7ff {
            self.beyond += x;
            return;
        }
        // Numbers near zero have no hidden bit.
        let (place, digits) = if exponent == 0 { (0, fraction) } else { (exponent - 1, fraction | (1 << 52)) };
        if digits == 0 {
            return;
        }
        let (chunk, shift) = (place / BITS as u16, u32::from(place) % BITS);
        if self.left == 0 || chunk < self.base || usize::from(chunk - self.base) + 1 >= self.chunks.len() {
            self.make_room(chunk);
        }
        self.left -= 1;
        let low = ((digits << shift) & 0xffff_ffff) as i64;
        let high = (digits >> (BITS - shift)) as i64;
        let at = usize::from(chunk - self.base);
        match bits >> 63 {
            0 => {
                self.chunks[at] += low;
                self.chunks[at + 1] += high;
            }
            _ => {
                self.chunks[at] -= low;
                self.chunks[at + 1] -= high;
            }
        }
    }

    /// Carries where it is time, and reaches to `chunk` and the one above it.
    #[cold]
    fn make_room(&mut self, chunk: u16) {
        if self.left == 0 {
            self.carry();
            self.left = UNTIL_CARRY;
        }
        if self.chunks.is_empty() {
            self.base = chunk;
        }
        if chunk < self.base {
            let more = usize::from(self.base - chunk);
            self.chunks.splice(0..0, std::iter::repeat_n(0, more));
            self.base = chunk;
        }
        let needed = usize::from(chunk - self.base) + 2;
        if self.chunks.len() < needed {
            self.chunks.resize(needed, 0);
        }
    }

    /// Leaves in each chunk what is its own; the last one keeps the sign.
    fn carry(&mut self) {
        let mut carried = 0;
        let last = self.chunks.len().saturating_sub(1);
        for (at, chunk) in self.chunks.iter_mut().enumerate() {
            *chunk += carried;
            carried = *chunk >> BITS;
            if at < last || !matches!(carried, 0 | -1) {
                *chunk -= carried << BITS;
            } else {
                carried = 0;
            }
        }
        if carried != 0 {
            self.chunks.push(carried);
        }
    }

    /// The sum as numbers that add up to it exactly and don't overlap, the least first; what is beyond apart.
    fn parts(&self) -> (f64, Vec<f64>) {
        let mut own = self.clone();
        own.carry();
        // By its size, so that no chunk is larger than the whole.
        let mut sign = 1.0;
        if own.chunks.last().is_some_and(|last| *last < 0) {
            sign = -1.0;
            own.chunks.iter_mut().for_each(|chunk| *chunk = -*chunk);
            own.carry();
        }
        let (mut beyond, mut parts) = (own.beyond, Vec::new());
        for (at, chunk) in (i32::from(own.base)..).zip(&own.chunks) {
            let value = sign * *chunk as f64 * power(at * BITS as i32 + LEAST);
            let over = if value.is_finite() { grow(&mut parts, value) } else { Some(value) };
            if let (Some(over), true) = (over, *chunk != 0) {
                beyond += over;
            }
        }
        (beyond, parts)
    }

    /// The sum, rounded once, half to even; nothing where nothing was added.
    pub(super) fn total(&self) -> Option<f64> {
        if !self.any {
            return None;
        }
        let (beyond, parts) = self.parts();
        Some(if beyond == 0.0 { rounded(&parts) } else { beyond })
    }

    /// As numbers that [`Self::merge`] reads; nothing where nothing was added.
    pub(super) fn state(&self) -> Option<Vec<f64>> {
        self.any.then(|| {
            let (beyond, mut parts) = self.parts();
            parts.insert(0, beyond);
            parts
        })
    }

    /// Adds a state of another sum.
    pub(super) fn merge(&mut self, state: &[f64]) {
        if let Some((beyond, parts)) = state.split_first() {
            self.any = true;
            self.beyond += beyond;
            parts.iter().for_each(|part| self.add(*part));
        }
    }

    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + self.chunks.capacity() * size_of::<i64>()
    }
}

/// 2 to this power, which is not below that of the least number.
fn power(of: i32) -> f64 {
    match of {
        ..=-1023 => f64::from_bits(1 << (of - LEAST).clamp(0, 51)),
        -1022..=1023 => f64::from_bits(u64::from((of + 1023).unsigned_abs()) << 52),
        _ => f64::INFINITY,
    }
}

/// Adds a number to parts without an error (Shewchuk 1997, *Adaptive Precision
/// Floating-Point Arithmetic*); what is beyond the largest number comes back.
fn grow(parts: &mut Vec<f64>, mut x: f64) -> Option<f64> {
    let mut kept = 0;
    for at in 0..parts.len() {
        let mut y = parts[at];
        if x.abs() < y.abs() {
            std::mem::swap(&mut x, &mut y);
        }
        // What `x + y` loses by rounding is a number too.
        let sum = x + y;
        let lost = y - (sum - x);
        if lost != 0.0 {
            parts[kept] = lost;
            kept += 1;
        }
        x = sum;
    }
    parts.truncate(kept);
    if !x.is_finite() {
        parts.clear();
        return Some(x);
    }
    if x != 0.0 {
        parts.push(x);
    }
    None
}

/// The sum of parts that don't overlap, rounded once.
fn rounded(parts: &[f64]) -> f64 {
    let mut rest = parts.iter().rev().copied();
    let Some(mut sum) = rest.next() else { return 0.0 };
    let mut lost = 0.0;
    for part in rest.by_ref() {
        let before = sum;
        sum = before + part;
        lost = part - (sum - before);
        if lost != 0.0 {
            break;
        }
    }
    // Half-way cases: what is smaller still decides to which side they fall.
    if let Some(next) = rest.next()
        && ((lost < 0.0 && next < 0.0) || (lost > 0.0 && next > 0.0))
    {
        let doubled = lost * 2.0;
        let after = sum + doubled;
        if doubled == after - sum {
            sum = after;
        }
    }
    sum
}
