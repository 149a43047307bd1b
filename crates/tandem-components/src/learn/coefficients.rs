//! What is said of the coefficients of linear models.

use tandem_core::Text;
use tandem_report::{Axis, Block, Cell, Column, NumberFormat};
use tandem_science::{
    linear::{Coefficient, Quality},
    model::Trained,
};

use crate::page::{self, bars, caution, raw, t, table};

/// Figures of how well the model fits.
pub(super) fn quality(trained: &Trained) -> Vec<(Text, Option<f64>)> {
    match trained.fit.as_ref().map(|fit| &fit.quality) {
        None => Vec::new(),
        Some(Quality::LeastSquares { r_squared, adjusted_r_squared, residual_deviation, f, aic, .. }) => vec![
            (t("R² on these rows", "训练集 R²"), Some(*r_squared)),
            (t("Adjusted R²", "调整后 R²"), Some(*adjusted_r_squared)),
            (t("Deviation of errors", "残差标准差"), Some(*residual_deviation)),
            (t("p-value of all features together (F)", "整体显著性 p 值（F 检验）"), f.map(|(_, p)| p)),
            (t("AIC", "AIC"), Some(*aic)),
        ],
        Some(Quality::Logistic { pseudo_r_squared, log_likelihood, aic, .. }) => vec![
            (t("Pseudo R² (McFadden)", "伪 R²（McFadden）"), Some(*pseudo_r_squared)),
            (t("Log-likelihood", "对数似然"), Some(*log_likelihood)),
            (t("AIC", "AIC"), Some(*aic)),
        ],
    }
}

/// A chart of standardized coefficients, and the table of all.
pub(super) fn blocks(trained: &Trained, names: &[String]) -> Vec<Block> {
    let Some(fit) = &trained.fit else { return Vec::new() };
    let classes = trained.model.signature.target.as_ref().map_or(&[][..], |target| &target.classes);
    let several = classes.len() > 2;
    let name = |coefficient: &Coefficient| {
        let column = coefficient.column.and_then(|at| names.get(at)).map_or("1", String::as_str);
        match classes.get(coefficient.output).filter(|_| several) {
            Some(class) => format!("{column} → {class}"),
            None => column.to_owned(),
        }
    };
    let mut largest: Vec<(Text, f64)> =
        fit.coefficients.iter().filter_map(|c| Some((raw(&name(c)), c.standardized?))).collect();
    largest.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then_with(|| a.0.en.cmp(&b.0.en)));
    let axis = Axis::new(t("For one standard deviation", "每一个标准差的影响"), NumberFormat::default().signed());
    let mut blocks = Vec::new();
    if !largest.is_empty() {
        blocks.push(page::chart(
            "coefficients",
            t("Standardized coefficients", "标准化系数"),
            t(
                format!("{} moves the answer most.", largest[0].0.en),
                format!("对结果影响最大的是 {}。", largest[0].0.zh),
            ),
            bars(t("Column", "列"), axis, &largest),
        ));
    }
    let number = |key: &str, en: &str, zh: &str| Column::number(key, t(en, zh), NumberFormat::default());
    let columns = vec![
        Column::text("column", t("Column", "列")),
        number("estimate", "Coefficient", "系数"),
        number("standardized", "Standardized", "标准化系数"),
        number("error", "Standard error", "标准误"),
        number("low", "From", "区间下限"),
        number("high", "To", "区间上限"),
        number("p", "p-value", "p 值"),
    ];
    let row = |c: &Coefficient| -> Vec<Cell> {
        let named = match c.column {
            None if !several => Cell::from(t("(intercept)", "（截距）")),
            _ => Cell::from(name(c).as_str()),
        };
        vec![
            named,
            c.estimate.into(),
            c.standardized.into(),
            c.standard_error.into(),
            c.interval.map(|interval| interval.0).into(),
            c.interval.map(|interval| interval.1).into(),
            c.p_value.into(),
        ]
    };
    let rows = fit.coefficients.iter().map(row).collect();
    blocks.push(Block::Table(table("all_coefficients", t("All coefficients", "全部系数"), columns, rows)));
    if !fit.dropped.is_empty() {
        let names: Vec<&str> = fit.dropped.iter().filter_map(|at| names.get(*at)).map(String::as_str).collect();
        blocks.push(caution(
            "redundant",
            format!("Left out, because other columns already say the same: {}.", names.join(", ")),
            format!("以下列与其他列信息重复，已略去：{}。", names.join("、")),
        ));
    }
    blocks
}
