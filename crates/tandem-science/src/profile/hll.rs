//! How many distinct values there are, in 16 KB.

/// Index bits: 2^14 registers, a relative standard error of 1.04 / √2^14 = 0.81 %.
const BITS: u32 = 14;
const REGISTERS: usize = 1 << BITS;

/// The relative standard error of [`HyperLogLog::estimate`].
pub(super) const RELATIVE_ERROR: f64 = 1.04 / 128.0;

/// HyperLogLog (Flajolet et al. 2007) with the estimator of Ertl, "New
/// cardinality estimation algorithms for HyperLogLog sketches" (2017),
/// algorithm 6, which needs no correction tables and no switch for small counts.
#[derive(Debug, Clone)]
pub(super) struct HyperLogLog {
    registers: Vec<u8>,
}

impl HyperLogLog {
    pub(super) fn new() -> Self {
        Self { registers: vec![0; REGISTERS] }
    }

    /// Takes in a well-mixed hash.
    #[inline]
    pub(super) fn add(&mut self, hash: u64) {
        let rank = (hash << BITS | 1 << (BITS - 1)).leading_zeros() as u8 + 1;
        let register = &mut self.registers[(hash >> (64 - BITS)) as usize];
        *register = (*register).max(rank);
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.registers.iter_mut().zip(&other.registers) {
            *mine = (*mine).max(*theirs);
        }
    }

    pub(super) fn estimate(&self) -> f64 {
        const HIGHEST: usize = (64 - BITS + 1) as usize;
        let m = REGISTERS as f64;
        let mut counts = [0_u32; HIGHEST + 1];
        for &register in &self.registers {
            counts[usize::from(register).min(HIGHEST)] += 1;
        }
        let mut z = m * tau(1.0 - f64::from(counts[HIGHEST]) / m);
        for &count in counts[1..HIGHEST].iter().rev() {
            z = 0.5 * (z + f64::from(count));
        }
        z += m * sigma(f64::from(counts[0]) / m);
        m * m / (2.0 * std::f64::consts::LN_2 * z)
    }
}

fn sigma(mut x: f64) -> f64 {
    if x == 1.0 {
        return f64::INFINITY;
    }
    let (mut y, mut z) = (1.0, x);
    loop {
        x *= x;
        let before = z;
        z += x * y;
        y += y;
        if z == before {
            return z;
        }
    }
}

fn tau(mut x: f64) -> f64 {
    if x == 0.0 || x == 1.0 {
        return 0.0;
    }
    let (mut y, mut z) = (1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        let before = z;
        y *= 0.5;
        z -= (1.0 - x).powi(2) * y;
        if z == before {
            return z / 3.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hashing::hash_word;

    #[test]
    fn estimates_are_within_their_error() {
        assert_eq!(HyperLogLog::new().estimate(), 0.0);
        for n in [1_u64, 100, 5_000, 60_000, 1_000_000] {
            let mut sketch = HyperLogLog::new();
            (0..n).for_each(|i| sketch.add(hash_word(i)));
            let off = sketch.estimate() / n as f64 - 1.0;
            assert!(off.abs() < 3.0 * RELATIVE_ERROR, "{n}: {off}");
        }
    }

    #[test]
    fn merging_is_seeing_both() {
        let (mut all, mut odd, mut even) = (HyperLogLog::new(), HyperLogLog::new(), HyperLogLog::new());
        for i in 0..50_000 {
            let hash = hash_word(i);
            all.add(hash);
            if i % 2 == 0 { even.add(hash) } else { odd.add(hash) }
        }
        odd.merge(&even);
        assert_eq!(odd.registers, all.registers);
    }
}
