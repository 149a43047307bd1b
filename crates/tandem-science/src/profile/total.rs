//! Sums without rounding: what a sum is does not depend on the order of the
//! values, nor on how they were cut into parts.

/// An exact sum of values of one type.
pub(super) trait Total<T>: Default + std::fmt::Debug {
    /// Takes in a value `count` times.
    fn add(&mut self, value: T, count: u64);
    /// Takes in what another sum did.
    fn merge(&mut self, other: &Self);
    /// What it comes to.
    fn sum(&self) -> Sum;
}

/// What values come to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Sum {
    /// Of whole numbers.
    Whole(i128),
    /// Of floats: the nearest to the exact sum; infinite where that is too large.
    Float(f64),
}

impl Sum {
    /// The mean of `count` values.
    pub(super) fn mean(self, count: u64) -> f64 {
        match self {
            Self::Whole(sum) => {
                let n = i128::from(count.max(1));
                (sum / n) as f64 + (sum % n) as f64 / n as f64
            }
            Self::Float(sum) => sum / count as f64,
        }
    }
}

/// The sum of whole numbers, which 2^63 values can't make too large.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Whole(i128);

macro_rules! whole {
    ($($t:ty),+) => {$(
        impl Total<$t> for Whole {
            #[inline]
            fn add(&mut self, value: $t, count: u64) {
                self.0 += i128::from(value) * i128::from(count);
            }
            fn merge(&mut self, other: &Self) {
                self.0 += other.0;
            }
            fn sum(&self) -> Sum {
                Sum::Whole(self.0)
            }
        }
    )+};
}

whole!(i64, u64);

/// Digits of 32 bits that hold any sum of doubles, from 2^-1074 on.
const DIGITS: usize = 72;
/// The place of 2^0.
const POINT: i32 = 1074;
/// Additions after which carries are taken on, before a digit overflows.
const CARRIED: u32 = 1 << 29;

/// The sum of doubles as one long fixed-point number (Kulisch 1971), each digit
/// with room for carries.
#[derive(Debug, Clone)]
pub(super) struct Long {
    digits: Box<[i64; DIGITS]>,
    additions: u32,
}

impl Default for Long {
    fn default() -> Self {
        Self { digits: Box::new([0; DIGITS]), additions: 0 }
    }
}

impl Long {
    /// Makes every digit but the last one of 32 bits without sign.
    fn carry(&mut self) {
        let mut carry = 0;
        let last = DIGITS - 1;
        for digit in &mut self.digits[..last] {
            let value = *digit + carry;
            *digit = value & 0xFFFF_FFFF;
            carry = value >> 32;
        }
        self.digits[last] += carry;
        self.additions = 0;
    }

    /// Adds `value` · 2^(32 · `at` + `shift`), `shift` below 32 and `value` below 2^85.
    #[inline]
    fn add_at(&mut self, at: usize, shift: u32, value: u128, negative: bool) {
        let shifted = value << shift;
        for (place, digit) in self.digits[at..at + 4].iter_mut().enumerate() {
            let part = ((shifted >> (32 * place)) & 0xFFFF_FFFF) as i64;
            *digit += if negative { -part } else { part };
        }
    }
}

impl Total<f64> for Long {
    #[inline]
    fn add(&mut self, value: f64, count: u64) {
        let bits = value.to_bits();
        let (exponent, fraction) = ((bits >> 52) & 0x7FF, bits & ((1 << 52) - 1));
        // Infinities and NaN are never counted.
        let (mantissa, place) = match exponent {
            0 => (fraction, 0),
            _ => (fraction | 1 << 52, exponent as usize - 1),
        };
        if mantissa == 0 {
            return;
        }
        let (at, shift, negative) = (place / 32, (place % 32) as u32, value < 0.0);
        self.add_at(at, shift, u128::from(mantissa) * u128::from(count as u32), negative);
        if let high @ 1.. = count >> 32 {
            self.add_at(at + 1, shift, u128::from(mantissa) * u128::from(high), negative);
        }
        self.additions += 2;
        if self.additions > CARRIED {
            self.carry();
        }
    }

    fn merge(&mut self, other: &Self) {
        let mut other = other.clone();
        other.carry();
        self.carry();
        self.digits.iter_mut().zip(other.digits.iter()).for_each(|(mine, theirs)| *mine += theirs);
        self.carry();
    }

    fn sum(&self) -> Sum {
        let mut exact = self.clone();
        exact.carry();
        let negative = exact.digits[DIGITS - 1] < 0;
        if negative {
            exact.digits.iter_mut().for_each(|digit| *digit = -*digit);
            exact.carry();
        }
        let Some(top) = exact.digits.iter().rposition(|digit| *digit != 0) else { return Sum::Float(0.0) };
        let digit = |place: Option<usize>| place.map_or(0, |place| exact.digits[place] as u128);
        let leading = digit(Some(top)) << 64 | digit(top.checked_sub(1)) << 32 | digit(top.checked_sub(2));
        // Whether anything follows decides ties when rounding.
        let more = exact.digits[..top.saturating_sub(2)].iter().any(|digit| *digit != 0);
        let rounded = (leading << 1 | u128::from(more)) as f64;
        let exponent = 32 * (top as i32 - 2) - 1 - POINT;
        // In two steps, of which neither is too small for a double.
        let half = exponent / 2;
        let magnitude = rounded * power_of_two(half) * power_of_two(exponent - half);
        Sum::Float(if negative { -magnitude } else { magnitude })
    }
}

/// 2^`exponent`, which lies between ±1022.
fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(values: &[f64]) -> f64 {
        let mut total = Long::default();
        values.iter().for_each(|v| total.add(*v, 1));
        match total.sum() {
            Sum::Float(sum) => sum,
            Sum::Whole(_) => unreachable!(),
        }
    }

    #[test]
    fn sums_are_the_nearest_double() {
        assert_eq!(of(&[0.1; 10]), 1.0);
        assert_eq!(of(&[1e308, 1.0, -1e308]), 1.0);
        assert_eq!(of(&[1e16, 1.0, 1.0, -1e16]), 2.0);
        assert_eq!(of(&[f64::MIN_POSITIVE, 5e-324, -f64::MIN_POSITIVE]), 5e-324);
        assert_eq!(of(&[-0.1, -0.2]), -0.1 - 0.2);
        assert_eq!(of(&[]), 0.0);
        assert_eq!(of(&[1.0, f64::EPSILON / 2.0]), 1.0);
        assert_eq!(of(&[1.0, f64::EPSILON / 2.0, 5e-324]), 1.0 + f64::EPSILON);
        assert!(of(&[f64::MAX, f64::MAX]).is_infinite());
        let mut many = Long::default();
        many.add(0.1, u64::MAX);
        many.add(-0.1, u64::MAX - 10);
        assert_eq!(many.sum(), Sum::Float(1.0));
    }

    proptest! {
        /// Whole numbers are doubles too, and add up exactly.
        #[test]
        fn parts_in_any_order_give_the_whole(values in prop::collection::vec((-(1_i64 << 52)..1 << 52, 1_u64..9), 0..60), cut in 0_usize..60) {
            let cut = cut.min(values.len());
            let of = |part: &[(i64, u64)]| {
                let (mut long, mut whole) = (Long::default(), Whole::default());
                part.iter().rev().for_each(|&(v, n)| {
                    long.add(v as f64 / 1024.0, n);
                    whole.add(v, n);
                });
                (long, whole)
            };
            let ((mut long, mut whole), (more, rest)) = (of(&values[cut..]), of(&values[..cut]));
            long.merge(&more);
            Total::<i64>::merge(&mut whole, &rest);
            let exact: i128 = values.iter().map(|&(v, n)| i128::from(v) * i128::from(n)).sum();
            prop_assert_eq!(Total::<i64>::sum(&whole), Sum::Whole(exact));
            prop_assert_eq!(long.sum(), Sum::Float(exact as f64 / 1024.0));
        }
    }
}
