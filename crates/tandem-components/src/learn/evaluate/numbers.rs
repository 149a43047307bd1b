//! Numbers.

use tandem_core::Result;
use tandem_report::{Block, Mark, MarkAxis, Plot, PointSeries};
use tandem_science::evaluate::Numbers;

use super::{Judged, Measure};
use crate::{
    page::{axis, count, half, t},
    refusal::told,
};

/// Points of a scatter; rows come in an order of chance, so the first will do.
const POINTS: usize = 2_000;
/// Bars of the histogram of errors.
const BARS: usize = 30;

pub(super) fn judge(judged: &Judged) -> Result<(Vec<Measure>, Vec<Block>)> {
    let found = Numbers::of(&judged.predicted, &judged.truth).map_err(told)?;
    let measures = vec![
        Measure::new("rows", "Rows", "行数", found.rows as f64),
        Measure::new("rmse", "Root mean squared error", "均方根误差（RMSE）", found.rmse),
        Measure::new("mae", "Mean absolute error", "平均绝对误差（MAE）", found.mae),
        Measure::new("median_error", "Median absolute error", "绝对误差中位数", found.median_error),
        Measure::new("bias", "Predicted less true", "平均偏差（预测减真实）", found.bias),
        Measure::new("r_squared", "R²", "R²", found.r_squared),
        Measure::new("mape", "Mean absolute percentage error", "平均绝对百分比误差（MAPE）", found.mape),
        Measure::new("wape", "Errors over totals", "加权百分比误差（WAPE）", found.wape),
    ];
    Ok((measures, vec![scatter(judged), errors(judged, &found)]))
}

fn scatter(judged: &Judged) -> Block {
    let points = judged.predicted.iter().zip(&judged.truth).take(POINTS).map(|(p, y)| [*p, *p - *y]).collect();
    let plot = Plot::Scatter {
        x: axis("Predicted", "预测值"),
        y: axis("Predicted less true", "残差（预测减真实）"),
        series: vec![PointSeries { name: t("rows", "行"), color: 0, points }],
        marks: vec![Mark { axis: MarkAxis::Y, value: 0.0, label: t("exact", "无误差") }],
    };
    let alt = t(
        "Errors over predictions: a slope or a funnel says that something is missing in the model.",
        "残差与预测值：若呈斜线或喇叭形，说明模型遗漏了某些规律。",
    );
    half("residuals", t("Errors by prediction", "残差图"), alt, plot)
}

fn errors(judged: &Judged, found: &Numbers) -> Block {
    let errors: Vec<f64> = judged.predicted.iter().zip(&judged.truth).map(|(p, y)| p - y).collect();
    let (edges, counts) = crate::page::spread(&errors, BARS);
    let plot = Plot::Histogram {
        x: axis("Predicted less true", "残差（预测减真实）"),
        y: count("Rows", "行数"),
        edges,
        counts,
        color: 0,
        marks: vec![Mark { axis: MarkAxis::X, value: 0.0, label: t("exact", "无误差") }],
    };
    let alt = t(
        format!("Half of the rows are off by less than {:.4}.", found.median_error),
        format!("一半的行误差小于 {:.4}。", found.median_error),
    );
    half("errors", t("How large errors are", "误差分布"), alt, plot)
}
