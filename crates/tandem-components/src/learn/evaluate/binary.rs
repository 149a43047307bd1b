//! Two classes.

use tandem_core::Result;
use tandem_report::{Axis, Block, NumberFormat, Plot};
use tandem_science::evaluate::{Calibration, Confusion, Ranking, Thresholds};

use super::{Judged, Measure};
use crate::{
    page::{bars, count, half, line, lines, raw, reference, share, t},
    refusal::told,
};

/// Bins of the curve that says whether probabilities mean what they say.
const BINS: usize = 10;

pub(super) fn judge(judged: &Judged) -> Result<(Vec<Measure>, Vec<Block>)> {
    let positive = judged.positive();
    let ranking = Ranking::of(&judged.predicted, &positive).map_err(told)?;
    let calibration = Calibration::of(&judged.predicted, &positive, BINS).map_err(told)?;
    let decided = Confusion::at(judged.threshold, &judged.predicted, &positive);
    let best = Thresholds::best(&judged.predicted, &positive);
    let rows = ranking.positives + ranking.negatives;
    let measures = vec![
        Measure::new("rows", "Rows", "行数", rows as f64),
        Measure::new("base_rate", "Share of the positive class", "正类比例", calibration.mean_observed),
        Measure { interval: Some(ranking.auc_interval), ..Measure::new("auc", "AUC", "AUC", ranking.auc) },
        Measure::new("average_precision", "Average precision", "平均精确率（AP）", ranking.average_precision),
        Measure::new("ks", "Kolmogorov–Smirnov", "KS 值", ranking.kolmogorov_smirnov),
        Measure::new("gini", "Gini", "基尼系数", ranking.gini),
        Measure::new("log_loss", "Log loss", "对数损失", calibration.log_loss),
        Measure::new("brier", "Brier score", "Brier 分数", calibration.brier),
        Measure::new("calibration_error", "Calibration error", "校准误差", calibration.expected_error),
        Measure::new("threshold", "Threshold", "判定阈值", judged.threshold),
        Measure::new("accuracy", "Accuracy", "准确率", decided.accuracy),
        Measure::new("precision", "Precision", "精确率", decided.precision),
        Measure::new("recall", "Recall", "召回率", decided.recall),
        Measure::new("specificity", "Specificity", "特异度", decided.specificity),
        Measure::new("f1", "F1", "F1", decided.f1),
        Measure::new("balanced_accuracy", "Balanced accuracy", "平衡准确率", decided.balanced_accuracy),
        Measure::new("matthews", "Matthews correlation", "马修斯相关系数", decided.matthews),
        Measure::new("kappa", "Cohen’s kappa", "Kappa 系数", decided.kappa),
        Measure::new(
            "best_f1_threshold",
            "Threshold of the best F1",
            "F1 最优阈值",
            best.map(|best| best.f1.threshold),
        ),
        Measure::new(
            "best_youden_threshold",
            "Threshold of the best Youden index",
            "约登指数最优阈值",
            best.map(|best| best.youden.threshold),
        ),
    ];
    Ok((
        measures,
        vec![
            roc(&ranking),
            precision(&ranking),
            lift(&ranking),
            reliability(&calibration),
            confusion(judged, &decided),
        ],
    ))
}

fn roc(ranking: &Ranking) -> Block {
    let points = ranking.roc.iter().map(|point| [point.false_positive_rate, point.true_positive_rate]);
    let series = vec![line(t("model", "模型"), 0, points), reference(t("chance", "随机"), [[0.0, 0.0], [1.0, 1.0]])];
    let alt = t(
        format!(
            "The area under the curve is {:.3}: how likely a positive row is scored above a negative one.",
            ranking.auc
        ),
        format!("曲线下面积为 {:.3}，即正类得分高于负类的概率。", ranking.auc),
    );
    let plot = lines(share("False positive rate", "假正率"), share("True positive rate", "真正率"), series);
    half("roc", t("ROC curve", "ROC 曲线"), alt, plot)
}

fn precision(ranking: &Ranking) -> Block {
    let base = ranking.positives as f64 / (ranking.positives + ranking.negatives) as f64;
    let points = ranking.precision_recall.iter().map(|point| [point.recall, point.precision]);
    let series = vec![line(t("model", "模型"), 0, points), reference(t("chance", "随机"), [[0.0, base], [1.0, base]])];
    let alt = t(
        format!("Averaged over recall, precision is {:.3}.", ranking.average_precision),
        format!("平均精确率为 {:.3}。", ranking.average_precision),
    );
    let plot = lines(share("Recall", "召回率"), share("Precision", "精确率"), series);
    half("precision_recall", t("Precision and recall", "精确率与召回率"), alt, plot)
}

fn lift(ranking: &Ranking) -> Block {
    let items: Vec<_> =
        ranking.lift.iter().zip(1..).map(|(step, tenth)| (raw(&format!("{tenth}")), step.lift)).collect();
    let first = ranking.lift.first().map_or(0.0, |step| step.lift);
    let alt = t(
        format!(
            "Among the tenth with the highest scores the positive class is {first:.1} times as frequent as overall."
        ),
        format!("得分最高的十分之一中，正类的比例是总体的 {first:.1} 倍。"),
    );
    let value = Axis::new(t("Lift", "提升度"), NumberFormat::decimal(2));
    let plot = bars(t("Tenth, from the highest score", "十分位（按得分从高到低）"), value, &items);
    half("lift", t("Lift by tenths", "十分位提升度"), alt, plot)
}

fn reliability(calibration: &Calibration) -> Block {
    let points = calibration.bins.iter().map(|bin| [bin.predicted, bin.observed]);
    let series =
        vec![line(t("model", "模型"), 0, points), reference(t("exactly right", "完全校准"), [[0.0, 0.0], [1.0, 1.0]])];
    let alt = t(
        format!("Probabilities are off by {:.1} % on average.", calibration.expected_error * 100.0),
        format!("概率平均偏差 {:.1}%。", calibration.expected_error * 100.0),
    );
    let plot =
        lines(share("Predicted probability", "预测概率"), share("Share that is positive", "实际正类比例"), series);
    half("calibration", t("Calibration", "概率校准"), alt, plot)
}

fn confusion(judged: &Judged, decided: &Confusion) -> Block {
    let classes: Vec<_> = judged.target.classes.iter().map(|class| raw(class)).collect();
    let counts = [[decided.true_negatives, decided.false_positives], [decided.false_negatives, decided.true_positives]];
    let alt = t(
        format!(
            "Of {} positive rows {} are found; {} others are called positive.",
            decided.true_positives + decided.false_negatives,
            decided.true_positives,
            decided.false_positives
        ),
        format!(
            "{} 个正类中找出 {} 个，另有 {} 个被误判为正类。",
            decided.true_positives + decided.false_negatives,
            decided.true_positives,
            decided.false_positives
        ),
    );
    let title = t(format!("Decisions at {}", judged.threshold), format!("阈值 {} 下的混淆矩阵", judged.threshold));
    half("confusion", title, alt, matrix(classes, counts.iter().map(|row| row.to_vec()).collect()))
}

/// Counts by truth (rows) and by what was called (columns).
pub(super) fn matrix(classes: Vec<tandem_core::Text>, counts: Vec<Vec<u64>>) -> Plot {
    Plot::HeatMap {
        x: t("Predicted", "预测"),
        x_categories: classes.clone(),
        y: t("True", "真实"),
        y_categories: classes,
        value: count("Rows", "行数"),
        values: counts.iter().map(|row| row.iter().map(|n| Some(*n as f64)).collect()).collect(),
        counts: None,
    }
}
