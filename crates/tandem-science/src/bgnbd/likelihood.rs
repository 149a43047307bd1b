//! The log-likelihood of BG/NBD with both derivatives.

use super::histories::Histories;
use crate::{
    optimize::Evaluation,
    special::{digamma, ln_gamma, trigamma},
};

/// Histories laid out for evaluation: one table entry for each distinct
/// frequency, age and recency, so that the logarithms and gamma functions are
/// taken once for each.
pub(super) struct Likelihood {
    frequencies: Vec<Frequency>,
    ages: Vec<f64>,
    recencies: Vec<f64>,
    groups: Vec<Group>,
    customers: f64,
}

struct Frequency {
    x: f64,
    /// Customers with this frequency.
    weight: f64,
    groups: std::ops::Range<usize>,
}

#[derive(Clone, Copy)]
struct Group {
    age: u32,
    recency: u32,
    weight: f64,
}

/// ln(α + t) and 1 / (α + t).
#[derive(Clone, Copy)]
struct Shifted {
    ln: f64,
    inverse: f64,
}

impl Likelihood {
    pub(super) fn new(histories: &Histories) -> Self {
        let ages = distinct(histories.groups.iter().map(|(h, _)| h.age_days));
        let recencies = distinct(histories.groups.iter().map(|(h, _)| h.recency_days));
        let groups: Vec<Group> = histories
            .groups
            .iter()
            .map(|&(h, weight)| Group {
                age: place(&ages, h.age_days),
                recency: place(&recencies, h.recency_days),
                weight: f64::from(weight),
            })
            .collect();
        let mut frequencies = Vec::new();
        let mut start = 0;
        for same in histories.groups.chunk_by(|a, b| a.0.frequency == b.0.frequency) {
            frequencies.push(Frequency {
                x: f64::from(same[0].0.frequency),
                weight: same.iter().map(|g| f64::from(g.1)).sum(),
                groups: start..start + same.len(),
            });
            start += same.len();
        }
        let in_units = |days: Vec<u32>| days.into_iter().map(|d| f64::from(d) / histories.unit_days).collect();
        Self {
            frequencies,
            ages: in_units(ages),
            recencies: in_units(recencies),
            groups,
            customers: histories.customers as f64,
        }
    }

    /// Minus the mean log-likelihood at `(ln r, ln α, ln a, ln b)`, with its
    /// derivatives by those logarithms.
    ///
    /// With A₁…A₄ as in the authors' note on computing it, a customer's share is
    /// A₁ + A₂ + A₃ + ln(1 + e^d), d = A₄ − A₃, which neither over- nor underflows.
    pub(super) fn evaluate(&self, logs: &[f64; 4]) -> Evaluation<4> {
        let [r, alpha, a, b] = logs.map(f64::exp);
        let shifted = |times: &[f64]| -> Vec<Shifted> {
            times.iter().map(|t| Shifted { ln: (alpha + t).ln(), inverse: 1.0 / (alpha + t) }).collect()
        };
        let (ages, recencies) = (shifted(&self.ages), shifted(&self.recencies));
        let mut sums = Sums { factor: 1.0, ..Sums::default() };
        for frequency in &self.frequencies {
            self.gamma_terms(frequency, [r, alpha, a, b], &mut sums);
            let groups = &self.groups[frequency.groups.clone()];
            if frequency.x == 0.0 {
                for group in groups {
                    sums.survival(group.weight, r, ages[group.age as usize]);
                }
            } else {
                let shape = r + frequency.x;
                let base = a.ln() - (b + frequency.x - 1.0).ln();
                for group in groups {
                    let (age, recency) = (ages[group.age as usize], recencies[group.recency as usize]);
                    sums.survival(group.weight, shape, age);
                    sums.departure(group.weight, shape, base, age, recency);
                }
                sums.departure_of_frequency(a, b + frequency.x - 1.0);
            }
        }
        sums.finish(-1.0 / self.customers, [r, alpha, a, b])
    }

    /// A₁ and A₂: what depends on the frequency alone.
    fn gamma_terms(&self, frequency: &Frequency, [r, alpha, a, b]: [f64; 4], sums: &mut Sums) {
        let (x, n) = (frequency.x, frequency.weight);
        sums.value += n * r * alpha.ln();
        sums.g[0] += n * alpha.ln();
        sums.g[1] += n * r / alpha;
        sums.h_r_alpha += n / alpha;
        sums.h_alpha -= n * r / (alpha * alpha);
        if x == 0.0 {
            return;
        }
        sums.value +=
            n * (ln_gamma(r + x) - ln_gamma(r) + ln_gamma(a + b) - ln_gamma(a + b + x) + ln_gamma(b + x) - ln_gamma(b));
        sums.g[0] += n * (digamma(r + x) - digamma(r));
        sums.h_r += n * (trigamma(r + x) - trigamma(r));
        let (both, both2) = (digamma(a + b) - digamma(a + b + x), trigamma(a + b) - trigamma(a + b + x));
        sums.g[2] += n * both;
        sums.g[3] += n * (both + digamma(b + x) - digamma(b));
        sums.h_a += n * both2;
        sums.h_a_b += n * both2;
        sums.h_b += n * (both2 + trigamma(b + x) - trigamma(b));
    }
}

/// Sums over customers of the log-likelihood and its derivatives.
#[derive(Default)]
struct Sums {
    value: f64,
    g: [f64; 4],
    h_r: f64,
    h_r_alpha: f64,
    h_r_a: f64,
    h_r_b: f64,
    h_alpha: f64,
    h_alpha_a: f64,
    h_alpha_b: f64,
    h_a: f64,
    h_a_b: f64,
    h_b: f64,
    /// Over the groups of one frequency: Σ w, Σ w(1−w), and the latter times ∂d/∂r, ∂d/∂α.
    gone: f64,
    spread: f64,
    spread_r: f64,
    spread_alpha: f64,
    /// Product of 1 + e^−|d| whose logarithm is still to be added to `value`:
    /// one logarithm for some hundred groups.
    factor: f64,
}

impl Sums {
    fn take_logarithm(&mut self) {
        self.value += self.factor.ln();
        self.factor = 1.0;
    }

    /// A₃ = −(r + x) ln(α + T).
    #[inline]
    fn survival(&mut self, n: f64, shape: f64, age: Shifted) {
        self.value -= n * shape * age.ln;
        self.g[0] -= n * age.ln;
        self.g[1] -= n * shape * age.inverse;
        self.h_r_alpha -= n * age.inverse;
        self.h_alpha += n * shape * age.inverse * age.inverse;
    }

    /// ln(1 + e^d), d = ln a − ln(b + x − 1) + (r + x) · ln((α + T) / (α + t_x)).
    #[inline]
    fn departure(&mut self, n: f64, shape: f64, base: f64, age: Shifted, recency: Shifted) {
        let d_r = age.ln - recency.ln;
        let slope = age.inverse - recency.inverse;
        let d_alpha = shape * slope;
        let d = base + shape * d_r;
        let small = (-d.abs()).exp();
        self.value += n * d.max(0.0);
        if n == 1.0 {
            self.factor *= 1.0 + small;
            if self.factor > 1e150 {
                self.take_logarithm();
            }
        } else {
            self.value += n * small.ln_1p();
        }
        let likely = 1.0 / (1.0 + small);
        let gone = n * if d > 0.0 { likely } else { small * likely };
        let spread = n * small * likely * likely;
        self.g[0] += gone * d_r;
        self.g[1] += gone * d_alpha;
        self.h_r += spread * d_r * d_r;
        self.h_r_alpha += spread * d_r * d_alpha + gone * slope;
        self.h_alpha += spread * d_alpha * d_alpha - gone * slope * shape * (age.inverse + recency.inverse);
        self.gone += gone;
        self.spread += spread;
        self.spread_r += spread * d_r;
        self.spread_alpha += spread * d_alpha;
    }

    /// The part of the derivatives of `departure` that its groups share:
    /// ∂d/∂a = 1/a and ∂d/∂b = −1/(b + x − 1).
    fn departure_of_frequency(&mut self, a: f64, b_x: f64) {
        self.g[2] += self.gone / a;
        self.g[3] -= self.gone / b_x;
        self.h_r_a += self.spread_r / a;
        self.h_r_b -= self.spread_r / b_x;
        self.h_alpha_a += self.spread_alpha / a;
        self.h_alpha_b -= self.spread_alpha / b_x;
        self.h_a += (self.spread - self.gone) / (a * a);
        self.h_a_b -= self.spread / (a * b_x);
        self.h_b += (self.spread + self.gone) / (b_x * b_x);
        (self.gone, self.spread, self.spread_r, self.spread_alpha) = (0.0, 0.0, 0.0, 0.0);
    }

    /// Scaled, and by the logarithms of the parameters.
    fn finish(mut self, scale: f64, at: [f64; 4]) -> Evaluation<4> {
        self.take_logarithm();
        let h = [
            [self.h_r, self.h_r_alpha, self.h_r_a, self.h_r_b],
            [self.h_r_alpha, self.h_alpha, self.h_alpha_a, self.h_alpha_b],
            [self.h_r_a, self.h_alpha_a, self.h_a, self.h_a_b],
            [self.h_r_b, self.h_alpha_b, self.h_a_b, self.h_b],
        ];
        let gradient: [f64; 4] = std::array::from_fn(|i| scale * at[i] * self.g[i]);
        let hessian = std::array::from_fn(|i| {
            std::array::from_fn(|j| scale * at[i] * at[j] * h[i][j] + if i == j { gradient[i] } else { 0.0 })
        });
        Evaluation { value: scale * self.value, gradient, hessian }
    }
}

fn distinct(values: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut values: Vec<u32> = values.collect();
    values.sort_unstable();
    values.dedup();
    values
}

fn place(sorted: &[u32], value: u32) -> u32 {
    sorted.binary_search(&value).unwrap_or_default() as u32
}
