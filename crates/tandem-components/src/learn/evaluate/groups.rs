//! The same, group by group.

use tandem_report::{Block, Cell, Column, NumberFormat};
use tandem_science::{
    design::TargetKind,
    evaluate::{Classes, Confusion, Group, Numbers, Ranking, by_group},
};

use super::{Judged, Measure};
use crate::page::{MOST_BARS, axis, bars, caution, chart, raw, t, table};

/// Most groups that are judged.
const MOST: usize = 1_000;
/// Groups of fewer rows say little.
const FEW: u64 = 30;

/// A figure of a group.
pub(super) struct OfGroup {
    pub(super) group: Option<String>,
    pub(super) rows: u64,
    pub(super) measure: Measure,
}

/// All figures of each group; none where rows are in no groups.
pub(super) fn judge(judged: &Judged) -> Vec<OfGroup> {
    let Some((_, groups)) = &judged.groups else { return Vec::new() };
    let names: Vec<Option<&str>> = groups.iter().map(Option::as_deref).collect();
    let found = by_group(&names, |rows| Some(figures(judged, rows)));
    let mut all = Vec::new();
    for Group { group, rows, measure } in found.into_iter().take(MOST) {
        let own = measure.unwrap_or_default();
        all.extend(own.into_iter().map(|measure| OfGroup { group: group.clone(), rows, measure }));
    }
    all
}

fn figures(judged: &Judged, rows: &[usize]) -> Vec<Measure> {
    let truth: Vec<f64> = rows.iter().map(|row| judged.truth[*row]).collect();
    let classes = judged.target.classes.len();
    match judged.target.kind {
        TargetKind::Binary => {
            let scores: Vec<f64> = rows.iter().map(|row| judged.predicted[*row]).collect();
            let positive: Vec<bool> = truth.iter().map(|class| *class > 0.5).collect();
            let decided = Confusion::at(judged.threshold, &scores, &positive);
            let share = |count: usize| count as f64 / rows.len() as f64;
            vec![
                Measure::new("accuracy", "Accuracy", "准确率", decided.accuracy),
                Measure::new("auc", "AUC", "AUC", Ranking::of(&scores, &positive).ok().map(|ranking| ranking.auc)),
                Measure::new(
                    "base_rate",
                    "Share that is positive",
                    "正类比例",
                    share(positive.iter().filter(|p| **p).count()),
                ),
                Measure::new(
                    "called_rate",
                    "Share called positive",
                    "判为正类的比例",
                    share(scores.iter().filter(|s| **s >= judged.threshold).count()),
                ),
                Measure::new("precision", "Precision", "精确率", decided.precision),
                Measure::new("recall", "Recall", "召回率", decided.recall),
                Measure::new(
                    "false_positive_rate",
                    "False positive rate",
                    "假正率",
                    decided.specificity.map(|s| 1.0 - s),
                ),
            ]
        }
        TargetKind::Multiclass => {
            let own = |row: &usize| judged.predicted[row * classes..(row + 1) * classes].to_vec();
            let predicted: Vec<f64> = rows.iter().flat_map(own).collect();
            let truth: Vec<usize> = truth.iter().map(|class| *class as usize).collect();
            let found = Classes::of(&predicted, classes, &truth).ok();
            vec![
                Measure::new("accuracy", "Accuracy", "准确率", found.as_ref().map(|found| found.accuracy)),
                Measure::new("log_loss", "Log loss", "对数损失", found.as_ref().map(|found| found.log_loss)),
            ]
        }
        TargetKind::Regression => {
            let predicted: Vec<f64> = rows.iter().map(|row| judged.predicted[*row]).collect();
            let found = Numbers::of(&predicted, &truth).ok();
            vec![
                Measure::new("mae", "Mean absolute error", "平均绝对误差（MAE）", found.map(|found| found.mae)),
                Measure::new("rmse", "Root mean squared error", "均方根误差（RMSE）", found.map(|found| found.rmse)),
                Measure::new("bias", "Predicted less true", "平均偏差（预测减真实）", found.map(|found| found.bias)),
            ]
        }
    }
}

/// A chart of the first figure, and the table of all.
pub(super) fn blocks(judged: &Judged, groups: &[OfGroup]) -> Vec<Block> {
    let (Some((name, _)), Some(first)) = (&judged.groups, groups.first()) else { return Vec::new() };
    let main = &first.measure;
    let label = |group: &Option<String>| group.as_deref().map_or_else(|| t("(none)", "（空）"), raw);
    let items: Vec<_> = groups
        .iter()
        .filter(|one| one.measure.name == main.name)
        .filter_map(|one| Some((label(&one.group), one.measure.value?)))
        .take(MOST_BARS)
        .collect();
    let title = t(format!("{} by {name}", main.words.en), format!("按“{name}”分组的{}", main.words.zh));
    let alt = t(
        format!("{} of each group of “{name}”: groups that differ much are served differently.", main.words.en),
        format!("各“{name}”分组的{}：差异很大说明模型对各组的效果不同。", main.words.zh),
    );
    let mut blocks =
        vec![chart("by_group", title.clone(), alt, bars(raw(name), axis(&main.words.en, &main.words.zh), &items))];
    let mut columns =
        vec![Column::text("group", raw(name)), Column::number("rows", t("Rows", "行数"), NumberFormat::count())];
    let width = groups.iter().take_while(|one| one.group == first.group).count().max(1);
    for one in &groups[..width] {
        columns.push(Column::number(one.measure.name, one.measure.words.clone(), NumberFormat::decimal(3)));
    }
    let row = |own: &[OfGroup]| -> Vec<Cell> {
        let name = own[0].group.as_deref().map_or_else(|| Cell::from(t("(none)", "（空）")), Cell::from);
        let mut cells = vec![name, own[0].rows.into()];
        cells.extend(own.iter().map(|one| Cell::from(one.measure.value)));
        cells
    };
    let rows = groups.chunks(width).map(row).collect();
    blocks.push(Block::Table(table(
        "groups",
        t(format!("All measures by {name}"), format!("按“{name}”分组的全部指标")),
        columns,
        rows,
    )));
    if groups.iter().any(|one| one.rows < FEW) {
        blocks.push(caution(
            "small_groups",
            format!("Some groups have fewer than {FEW} rows; their figures are mostly chance."),
            format!("有的分组不足 {FEW} 行，其指标受偶然影响很大。"),
        ));
    }
    blocks
}
