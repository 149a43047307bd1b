//! Minimising a function of several variables without its derivatives: BFGS
//! with central differences (Nocedal and Wright, "Numerical Optimization", 6.1).

pub(super) struct Found {
    pub(super) at: Vec<f64>,
    pub(super) value: f64,
}

/// Minimises `f` from `start`; variables should be of order one.
pub(super) fn minimize(f: impl Fn(&[f64]) -> f64, start: Vec<f64>, rounds: usize) -> Found {
    let n = start.len();
    let mut at = start;
    let mut value = f(&at);
    let mut inverse = identity(n);
    let mut slope = gradient(&f, &at);
    for _ in 0..rounds {
        if !value.is_finite() {
            break;
        }
        let mut step: Vec<f64> = inverse.chunks(n).map(|row| -dot(row, &slope)).collect();
        let mut falls = dot(&step, &slope);
        if falls >= 0.0 {
            inverse = identity(n);
            step = slope.iter().map(|g| -g).collect();
            falls = -dot(&slope, &slope);
        }
        if falls > -1e-14 {
            break;
        }
        let longest = step.iter().fold(0.0_f64, |m, s| m.max(s.abs()));
        let mut length = if longest > 1.0 { 1.0 / longest } else { 1.0 };
        let next = loop {
            let next: Vec<f64> = at.iter().zip(&step).map(|(a, s)| a + length * s).collect();
            let there = f(&next);
            if there.is_finite() && there <= value + 1e-4 * length * falls {
                break Some((next, there));
            }
            length *= 0.5;
            if length < 1e-10 {
                break None;
            }
        };
        let Some((next, there)) = next else { break };
        let next_slope = gradient(&f, &next);
        let moved: Vec<f64> = next.iter().zip(&at).map(|(a, b)| a - b).collect();
        let turned: Vec<f64> = next_slope.iter().zip(&slope).map(|(a, b)| a - b).collect();
        update(&mut inverse, &moved, &turned);
        let gained = value - there;
        (at, value, slope) = (next, there, next_slope);
        if gained < 1e-12 * (1.0 + value.abs()) {
            break;
        }
    }
    Found { at, value }
}

fn identity(n: usize) -> Vec<f64> {
    (0..n * n).map(|i| f64::from(u8::from(i % (n + 1) == 0))).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn gradient(f: &impl Fn(&[f64]) -> f64, at: &[f64]) -> Vec<f64> {
    let mut point = at.to_vec();
    (0..at.len())
        .map(|i| {
            let h = 1e-5 * at[i].abs().max(1.0);
            point[i] = at[i] + h;
            let up = f(&point);
            point[i] = at[i] - h;
            let down = f(&point);
            point[i] = at[i];
            let slope = (up - down) / (2.0 * h);
            if slope.is_finite() { slope } else { 0.0 }
        })
        .collect()
}

fn update(inverse: &mut [f64], moved: &[f64], turned: &[f64]) {
    let n = moved.len();
    let curve = dot(moved, turned);
    if curve <= 1e-12 {
        return;
    }
    let along: Vec<f64> = inverse.chunks(n).map(|row| dot(row, turned)).collect();
    let scale = (1.0 + dot(turned, &along) / curve) / curve;
    for i in 0..n {
        for j in 0..n {
            inverse[i * n + j] += scale * moved[i] * moved[j] - (along[i] * moved[j] + moved[i] * along[j]) / curve;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_valley_of_rosenbrock() {
        let f = |x: &[f64]| (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2);
        let found = minimize(f, vec![-1.2, 1.0], 200);
        assert!(found.value < 1e-8 && (found.at[0] - 1.0).abs() < 1e-3, "{:?}", found.at);
    }
}
