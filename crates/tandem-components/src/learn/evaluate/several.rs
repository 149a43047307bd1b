//! Several classes.

use tandem_core::Result;
use tandem_report::{Block, Cell, Column, NumberFormat};
use tandem_science::evaluate::Classes;

use super::{Judged, Measure, binary::matrix};
use crate::{
    page::{chart, raw, t, table},
    refusal::told,
};

/// Most classes of a matrix that can be read.
const MOST: usize = 30;

pub(super) fn judge(judged: &Judged) -> Result<(Vec<Measure>, Vec<Block>)> {
    let names = &judged.target.classes;
    let truth: Vec<usize> = judged.truth.iter().map(|class| *class as usize).collect();
    let found = Classes::of(&judged.predicted, names.len(), &truth).map_err(told)?;
    let measures = vec![
        Measure::new("rows", "Rows", "行数", truth.len() as f64),
        Measure::new("accuracy", "Accuracy", "准确率", found.accuracy),
        Measure::new("macro_f1", "F1, averaged over classes", "宏平均 F1", found.macro_f1),
        Measure::new("macro_auc", "AUC, averaged over classes", "宏平均 AUC", found.macro_auc),
        Measure::new("log_loss", "Log loss", "对数损失", found.log_loss),
    ];
    let number = |key: &str, en: &str, zh: &str| Column::number(key, t(en, zh), NumberFormat::decimal(3));
    let columns = vec![
        Column::text("class", t("Class", "类别")),
        Column::number("rows", t("Rows", "行数"), NumberFormat::count()),
        number("precision", "Precision", "精确率"),
        number("recall", "Recall", "召回率"),
        number("f1", "F1", "F1"),
        number("auc", "AUC", "AUC"),
    ];
    let row = |(name, class): (&String, &tandem_science::evaluate::ClassQuality)| -> Vec<Cell> {
        let figures = [class.precision, class.recall, class.f1, class.auc];
        let mut cells = vec![name.as_str().into(), class.rows.into()];
        cells.extend(figures.map(Cell::from));
        cells
    };
    let rows = names.iter().zip(&found.classes).map(row).collect();
    let shown = names.len().min(MOST);
    let classes = names.iter().take(shown).map(|name| raw(name)).collect();
    let counts = found.confusion.iter().take(shown).map(|row| row[..shown].to_vec()).collect();
    let alt = t(
        format!("{:.1} % of rows are called what they are.", found.accuracy * 100.0),
        format!("{:.1}% 的行预测正确。", found.accuracy * 100.0),
    );
    let blocks = vec![
        chart("confusion", t("What is called what", "混淆矩阵"), alt, matrix(classes, counts)),
        Block::Table(table("classes", t("Class by class", "各类别"), columns, rows)),
    ];
    Ok((measures, blocks))
}
