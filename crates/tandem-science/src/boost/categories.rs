//! The best split of categories.
//!
//! Ordered by gradient over hessian, the best subset for a convex loss is a
//! prefix (Fisher, "On Grouping for Maximum Homogeneity", JASA 53, 1958);
//! prefixes are tried from both ends, with more of a penalty than numbers have,
//! since there is more to choose from.

use super::{
    histogram::Sum,
    split::{Leaf, Side, Split},
};

pub(super) fn best(leaf: &Leaf<'_>, feature: usize, sums: &[Sum]) -> Option<Split> {
    let params = leaf.params;
    let seen: Vec<usize> = (0..sums.len()).filter(|&bin| sums[bin].hessian > 0).collect();
    if seen.len() < 2 {
        return None;
    }
    if sums.len() <= params.category_one_hot as usize + 2 && seen.len() <= params.category_one_hot as usize {
        return one_against_all(leaf, feature, sums, &seen);
    }
    let l2 = params.l2 + params.category_l2;
    let floor = leaf.score(leaf.total, params.l2) + params.min_gain;
    // What is too rare to be ordered stays on the right.
    let mut order: Vec<(f64, usize)> = seen
        .iter()
        .filter(|&&bin| leaf.rows_of(sums[bin]) >= params.category_smooth)
        .map(|&bin| {
            let sum = sums[bin];
            (leaf.gradients.gradient(sum) / (leaf.gradients.hessian(sum) + params.category_smooth), bin)
        })
        .collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let most = (params.category_limit as usize).min(order.len().div_ceil(2));
    let mut best: Option<(f64, bool, usize)> = None;
    for backwards in [false, true] {
        let mut left = Sum::default();
        let mut group = 0.0;
        for taken in 0..most {
            let at = if backwards { order.len() - 1 - taken } else { taken };
            let sum = sums[order[at].1];
            left = left + sum;
            group += leaf.rows_of(sum);
            let right = leaf.total - left;
            if !leaf.is_allowed(left) {
                continue;
            }
            if !leaf.is_allowed(right) || leaf.rows_of(right) < f64::from(params.category_rows) {
                break;
            }
            if group < f64::from(params.category_rows) {
                continue;
            }
            group = 0.0;
            let gain = leaf.score(left, l2) + leaf.score(right, l2) - floor;
            if gain > 1e-12 && best.is_none_or(|best| gain > best.0) {
                best = Some((gain, backwards, taken));
            }
        }
    }
    let (gain, backwards, taken) = best?;
    let mut side = Box::new([false; 256]);
    for step in 0..=taken {
        side[order[if backwards { order.len() - 1 - step } else { step }].1] = true;
    }
    Some(Split { feature, gain, side: Side::Among(side), l2 })
}

fn one_against_all(leaf: &Leaf<'_>, feature: usize, sums: &[Sum], seen: &[usize]) -> Option<Split> {
    let l2 = leaf.params.l2;
    let floor = leaf.score(leaf.total, l2) + leaf.params.min_gain;
    let mut best: Option<(f64, usize)> = None;
    for &bin in seen {
        let (left, right) = (sums[bin], leaf.total - sums[bin]);
        if leaf.is_allowed(left) && leaf.is_allowed(right) {
            let gain = leaf.score(left, l2) + leaf.score(right, l2) - floor;
            if gain > 1e-12 && best.is_none_or(|best| gain > best.0) {
                best = Some((gain, bin));
            }
        }
    }
    let (gain, bin) = best?;
    let mut side = Box::new([false; 256]);
    side[bin] = true;
    Some(Split { feature, gain, side: Side::Among(side), l2 })
}
