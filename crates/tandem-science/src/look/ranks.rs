//! Ranks, equal values sharing the mean of theirs.

/// The rank of each value from 1, and the sizes of groups of equal values.
pub(super) fn ranks(values: &[f64]) -> (Vec<f64>, Vec<u64>) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut ties = Vec::new();
    let mut from = 0;
    while from < order.len() {
        let mut to = from + 1;
        while to < order.len() && values[order[to]] == values[order[from]] {
            to += 1;
        }
        let rank = (from + to + 1) as f64 / 2.0;
        order[from..to].iter().for_each(|&row| ranks[row] = rank);
        if to - from > 1 {
            ties.push((to - from) as u64);
        }
        from = to;
    }
    (ranks, ties)
}
