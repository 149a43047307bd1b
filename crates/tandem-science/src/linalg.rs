//! Symmetric matrices of any size: factors, inverses, eigenvectors.

/// A square matrix, row by row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Square {
    pub(crate) size: usize,
    pub(crate) values: Vec<f64>,
}

impl Square {
    pub(crate) fn zero(size: usize) -> Self {
        Self { size, values: vec![0.0; size * size] }
    }

    pub(crate) fn at(&self, i: usize, j: usize) -> f64 {
        self.values[i * self.size + j]
    }

    pub(crate) fn add(&mut self, i: usize, j: usize, value: f64) {
        self.values[i * self.size + j] += value;
    }

    /// The rows and columns named.
    pub(crate) fn take(&self, chosen: &[usize]) -> Self {
        let values = chosen.iter().flat_map(|&i| chosen.iter().map(move |&j| self.at(i, j))).collect();
        Self { size: chosen.len(), values }
    }

    /// The lower Cholesky factor, or the first row that depends on those
    /// before it: what is left of its diagonal is below `tolerance` of it.
    pub(crate) fn cholesky(&self, tolerance: f64) -> Result<Factor, usize> {
        let n = self.size;
        let mut lower = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..=i {
                let dot: f64 = lower[i * n..i * n + j].iter().zip(&lower[j * n..j * n + j]).map(|(a, b)| a * b).sum();
                let rest = self.at(i, j) - dot;
                if i == j {
                    if rest.is_nan() || rest <= tolerance * self.at(i, i).abs() || rest <= 0.0 {
                        return Err(i);
                    }
                    lower[i * n + i] = rest.sqrt();
                } else {
                    lower[i * n + j] = rest / lower[j * n + j];
                }
            }
        }
        Ok(Factor { size: n, lower })
    }

    /// Eigenvalues from the largest, with their vectors, by Jacobi's rotations
    /// (Golub and Van Loan, "Matrix Computations", 8.5). A vector's largest
    /// entry is positive, so that vectors can be compared.
    pub(crate) fn eigen(mut self) -> Vec<(f64, Vec<f64>)> {
        let n = self.size;
        let mut vectors = Self::zero(n);
        (0..n).for_each(|i| vectors.values[i * n + i] = 1.0);
        let scale: f64 = self.values.iter().map(|v| v * v).sum();
        for _ in 0..60 {
            let off: f64 = (0..n).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| self.at(i, j).powi(2)).sum();
            if off <= 1e-30 * scale {
                break;
            }
            for p in 0..n {
                for q in p + 1..n {
                    self.rotate(&mut vectors, p, q);
                }
            }
        }
        let mut pairs: Vec<(f64, Vec<f64>)> = (0..n)
            .map(|j| {
                let mut vector: Vec<f64> = (0..n).map(|i| vectors.at(i, j)).collect();
                let top =
                    vector.iter().copied().fold(0.0_f64, |top, v| if v.abs() > top.abs() + 1e-12 { v } else { top });
                if top < 0.0 {
                    vector.iter_mut().for_each(|v| *v = -*v);
                }
                (self.at(j, j), vector)
            })
            .collect();
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
        pairs
    }

    fn rotate(&mut self, vectors: &mut Self, p: usize, q: usize) {
        let n = self.size;
        let off = self.at(p, q);
        if off == 0.0 {
            return;
        }
        let angle = (self.at(q, q) - self.at(p, p)) / (2.0 * off);
        let tangent = angle.signum() / (angle.abs() + (angle * angle + 1.0).sqrt());
        let tangent = if angle == 0.0 { 1.0 } else { tangent };
        let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
        let sine = tangent * cosine;
        let turn = |a: f64, b: f64| (cosine * a - sine * b, sine * a + cosine * b);
        for k in 0..n {
            let (a, b) = turn(self.at(k, p), self.at(k, q));
            (self.values[k * n + p], self.values[k * n + q]) = (a, b);
        }
        for k in 0..n {
            let (a, b) = turn(self.at(p, k), self.at(q, k));
            (self.values[p * n + k], self.values[q * n + k]) = (a, b);
            let (a, b) = turn(vectors.at(k, p), vectors.at(k, q));
            (vectors.values[k * n + p], vectors.values[k * n + q]) = (a, b);
        }
    }
}

/// A lower triangle L with A = L Lᵀ.
pub(crate) struct Factor {
    size: usize,
    lower: Vec<f64>,
}

impl Factor {
    /// The x with A x = right.
    pub(crate) fn solve(&self, right: &[f64]) -> Vec<f64> {
        let n = self.size;
        let mut x = right.to_vec();
        for i in 0..n {
            let dot: f64 = self.lower[i * n..i * n + i].iter().zip(&x).map(|(a, b)| a * b).sum();
            x[i] = (x[i] - dot) / self.lower[i * n + i];
        }
        for i in (0..n).rev() {
            let dot: f64 = (i + 1..n).map(|k| self.lower[k * n + i] * x[k]).sum();
            x[i] = (x[i] - dot) / self.lower[i * n + i];
        }
        x
    }

    /// The inverse of A.
    pub(crate) fn inverse(&self) -> Square {
        let n = self.size;
        let mut inverse = Square::zero(n);
        let mut unit = vec![0.0; n];
        for i in 0..n {
            unit[i] = 1.0;
            inverse.values[i * n..(i + 1) * n].copy_from_slice(&self.solve(&unit));
            unit[i] = 0.0;
        }
        inverse
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn gram(size: usize, rows: &[f64]) -> Square {
        let mut square = Square::zero(size);
        for row in rows.chunks(size).filter(|row| row.len() == size) {
            for i in 0..size {
                (0..size).for_each(|j| square.add(i, j, row[i] * row[j]));
            }
        }
        square
    }

    #[test]
    fn a_dependent_row_is_named() {
        let rows = [1.0, 2.0, 3.0, 4.0, 1.0, 5.0, 0.5, 3.0, 3.5, 2.0, 2.0, 4.0];
        assert_eq!(gram(3, &rows).cholesky(1e-9).err(), Some(2));
        assert_eq!(gram(3, &rows).take(&[0, 2]).cholesky(1e-9).err(), None);
    }

    proptest! {
        #[test]
        fn inverse_and_eigenvectors_are_what_they_are(values in prop::collection::vec(-2.0_f64..2.0, 60)) {
            let mut square = gram(4, &values);
            (0..4).for_each(|i| square.add(i, i, 0.1));
            let inverse = square.cholesky(1e-12).unwrap().inverse();
            let pairs = square.clone().eigen();
            for i in 0..4 {
                for j in 0..4 {
                    let unit: f64 = (0..4).map(|k| square.at(i, k) * inverse.at(k, j)).sum();
                    prop_assert!((unit - f64::from(u8::from(i == j))).abs() < 1e-8);
                    let back: f64 = pairs.iter().map(|(value, v)| value * v[i] * v[j]).sum();
                    prop_assert!((back - square.at(i, j)).abs() < 1e-9);
                    let dot: f64 = pairs[i].1.iter().zip(&pairs[j].1).map(|(a, b)| a * b).sum();
                    prop_assert!((dot - f64::from(u8::from(i == j))).abs() < 1e-10);
                }
                prop_assert!(i == 0 || pairs[i - 1].0 >= pairs[i].0);
            }
        }
    }
}
