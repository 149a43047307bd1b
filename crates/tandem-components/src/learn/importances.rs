//! A chart of what counts how much.

use tandem_core::Text;
use tandem_report::{Axis, Block, NumberFormat};

use crate::page::{self, bars, raw, t};

/// Features with their shares of a whole, the largest first.
pub(super) fn chart(id: &str, title: Text, value: Text, of: Vec<(String, f64)>) -> Block {
    let whole: f64 = of.iter().map(|(_, value)| value.max(0.0)).sum();
    let shares = of.into_iter().map(|(name, value)| (name, if whole > 0.0 { value / whole } else { 0.0 }));
    plain(id, title, Axis::new(value, NumberFormat::percent(0)), shares.collect())
}

/// Features with their values as they are, the largest first.
pub(super) fn plain(id: &str, title: Text, value: Axis, mut of: Vec<(String, f64)>) -> Block {
    of.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let first = of.iter().take(3).map(|(name, _)| name.as_str());
    let first: Vec<&str> = first.collect();
    let alt = t(format!("Most counts: {}.", first.join(", ")), format!("影响最大的是：{}。", first.join("、")));
    let items: Vec<_> = of.iter().map(|(name, value)| (raw(name), *value)).collect();
    page::chart(id, title, alt, bars(t("Feature", "特征"), value, &items))
}
