//! What is said of groups of rows, however they were found.

use tandem_core::{Result, Text};
use tandem_flow::ColumnKind;
use tandem_report::{Axis, Block, NumberFormat, Plot};
use tandem_science::design::{Column, Encoding};

use super::describe::Rows;
use crate::{
    Output,
    gives::{self, Shape},
    page::{MOST_BARS, bars, chart, count, raw, t},
};

/// What each group is like, feature by feature.
pub(super) const CLUSTERS: &Shape = &[
    ("cluster", ColumnKind::Integer),
    ("rows", ColumnKind::Integer),
    ("feature", ColumnKind::Text),
    ("mean", ColumnKind::Number),
    ("overall", ColumnKind::Number),
    ("most_frequent", ColumnKind::Text),
];
/// Features of a picture that can be read.
const FEATURES: usize = 20;

/// The rows of each group; `None` are rows in no group.
fn members(labels: &[Option<u32>]) -> Vec<(Option<u32>, Vec<usize>)> {
    let mut groups: std::collections::BTreeMap<Option<u32>, Vec<usize>> = std::collections::BTreeMap::new();
    for (row, label) in labels.iter().enumerate() {
        groups.entry(*label).or_default().push(row);
    }
    // Rows in no group come last.
    let mut all: Vec<_> = groups.into_iter().collect();
    all.sort_by_key(|(label, _)| label.map_or(u64::MAX, u64::from));
    all
}

fn mean(values: &[f64], rows: impl Iterator<Item = usize>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0_u64);
    for value in rows.filter_map(|row| values.get(row)).filter(|value| value.is_finite()) {
        sum += value;
        count += 1;
    }
    (count > 0).then(|| sum / count as f64)
}

/// What each group is like.
pub(super) fn table(rows: &Rows, labels: &[Option<u32>]) -> Result<Output> {
    let (features, encoder) = (&rows.prepared.features, &rows.prepared.encoder);
    let (mut cluster, mut size, mut feature, mut own, mut overall, mut frequent) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (label, members) in members(labels) {
        for (at, name) in features.names.iter().enumerate() {
            cluster.push(label.map(i64::from));
            size.push(members.len() as u64);
            feature.push(Some(name));
            match (&features.columns[at], &encoder.columns[at].encoding) {
                (Column::Numeric(values), _) => {
                    own.push(mean(values, members.iter().copied()));
                    overall.push(mean(values, 0..values.len()));
                    frequent.push(None);
                }
                (Column::Categorical { codes, .. }, Encoding::Categorical { categories, .. }) => {
                    let mut counts = vec![0_u64; categories.len()];
                    for row in &members {
                        if let Some(count) = counts.get_mut(codes[*row] as usize) {
                            *count += 1;
                        }
                    }
                    let top = (0..counts.len()).rev().max_by_key(|code| counts[*code]).filter(|code| counts[*code] > 0);
                    own.push(None);
                    overall.push(None);
                    frequent.push(top.map(|code| &categories[code]));
                }
                (Column::Categorical { .. }, Encoding::Numeric { .. }) => {
                    own.push(None);
                    overall.push(None);
                    frequent.push(None);
                }
            }
        }
    }
    gives::table(
        &gives::columns(CLUSTERS),
        vec![
            gives::integers(cluster),
            gives::counts(size),
            gives::texts(feature),
            gives::numbers(own),
            gives::numbers(overall),
            gives::texts(frequent),
        ],
    )
}

fn name(label: Option<u32>) -> Text {
    label.map_or_else(|| t("(none)", "（噪声）"), |label| raw(&label.to_string()))
}

/// How large groups are, and how they differ.
pub(super) fn blocks(rows: &Rows, labels: &[Option<u32>]) -> Vec<Block> {
    let groups = members(labels);
    let sizes: Vec<_> = groups.iter().map(|(label, members)| (name(*label), members.len() as f64)).collect();
    let found = groups.iter().filter(|(label, _)| label.is_some()).count();
    let alt = t(format!("There are {found} clusters."), format!("共有 {found} 个聚类。"));
    let mut blocks = vec![chart(
        "sizes",
        t("Rows of each cluster", "各聚类的行数"),
        alt,
        bars(t("Cluster", "聚类"), count("Rows", "行数"), &sizes),
    )];
    // Differences from the mean of all rows in standard deviations, so that units don't matter.
    let numeric: Vec<_> = rows.numeric().into_iter().take(FEATURES).collect();
    if numeric.is_empty() || groups.len() < 2 {
        return blocks;
    }
    let distance = |values: &[f64], members: &[usize]| {
        let all = mean(values, 0..values.len())?;
        let squares: Vec<f64> = values.iter().map(|v| (v - all).powi(2)).collect();
        let deviation = mean(&squares, 0..squares.len())?.sqrt();
        let own = mean(values, members.iter().copied())?;
        (deviation > 0.0).then(|| (own - all) / deviation)
    };
    let shown = &groups[..groups.len().min(MOST_BARS)];
    let values = numeric.iter().map(|(_, values)| shown.iter().map(|(_, own)| distance(values, own)).collect());
    let plot = Plot::HeatMap {
        x: t("Cluster", "聚类"),
        x_categories: shown.iter().map(|(label, _)| name(*label)).collect(),
        y: t("Feature", "特征"),
        y_categories: numeric.iter().map(|(name, _)| raw(name)).collect(),
        value: Axis::new(
            t("Standard deviations from the mean", "与均值相差的标准差数"),
            NumberFormat::decimal(2).signed(),
        ),
        values: values.collect(),
        counts: None,
    };
    let alt = t("How far the mean of each cluster is from that of all rows.", "各聚类的均值与总体均值的差异。");
    blocks.push(chart("profile", t("What sets clusters apart", "各聚类的特点"), alt, plot));
    blocks
}
