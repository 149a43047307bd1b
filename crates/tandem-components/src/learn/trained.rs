//! The page about a model that was taught to answer.

use tandem_core::Text;
use tandem_report::{Block, Section};
use tandem_science::{
    design::{Encoding, TargetKind},
    model::{Learned, Prepared, Trained},
};

use super::{coefficients, importances};
use crate::page::{axis, caution, chart, count, figures, line, lines, t};

/// A class is rare below this share.
const RARE: f64 = 0.05;

/// What was learned, from what, and what to mind.
pub(super) fn page(trained: &Trained, prepared: &Prepared) -> Section {
    let target = prepared.target.as_ref();
    let name = target.map_or("", |target| target.name.as_str());
    let mut page = Section::new("training", t(format!("Training for {name}"), format!("训练：{name}")));
    let figure = |value: u64| Some(value as f64);
    let mut rows = vec![
        (t("Rows learned from", "训练行数"), figure(trained.rows)),
        (t("Features", "特征数"), figure(prepared.encoder.columns.len() as u64)),
    ];
    if trained.unlabelled > 0 {
        rows.push((t("Rows left out: no target", "因目标为空而略去的行"), figure(trained.unlabelled)));
    }
    rows.extend(shares(prepared));
    rows.extend(coefficients::quality(trained));
    page = page.block(figures("figures", t("What it learned from", "训练概况"), rows));
    for block in cautions(prepared) {
        page = page.block(block);
    }
    if let Some(curve) = curve(trained) {
        page = page.block(curve);
    }
    match &trained.model.learned {
        Learned::Boosting { model } => {
            let gains = model.features.iter().cloned().zip(model.gains()).collect();
            page.block(importances::chart(
                "importances",
                t("What its splits gain by", "特征重要性（按增益）"),
                t("Share of all gain", "占总增益的比例"),
                gains,
            ))
        }
        Learned::Linear { layout, .. } => {
            coefficients::blocks(trained, &layout.names).into_iter().fold(page, Section::block)
        }
        _ => page,
    }
}

/// The share of each class.
fn shares(prepared: &Prepared) -> Vec<(Text, Option<f64>)> {
    let Some(target) = prepared.target.as_ref().filter(|target| target.kind != TargetKind::Regression) else {
        return Vec::new();
    };
    let share = |class: usize| {
        let own = prepared.values.iter().filter(|value| **value as usize == class).count();
        own as f64 / prepared.values.len().max(1) as f64
    };
    let one =
        |(at, class): (usize, &String)| (t(format!("Share of {class}"), format!("“{class}”所占比例")), Some(share(at)));
    target.classes.iter().enumerate().take(20).map(one).collect()
}

/// What to mind about the columns and classes.
fn cautions(prepared: &Prepared) -> Vec<Block> {
    let mut found = Vec::new();
    let rows = prepared.features.rows as f64;
    let mut constant = Vec::new();
    for column in &prepared.encoder.columns {
        match &column.encoding {
            Encoding::Numeric { min, max, .. } if min >= max => constant.push(column.name.as_str()),
            Encoding::Categorical { categories, other, .. } => {
                if categories.len() + usize::from(*other > 0) < 2 {
                    constant.push(&column.name);
                } else if *other as f64 > rows / 2.0 || (categories.len() as f64 > rows * 0.9 && rows >= 20.0) {
                    let name = &column.name;
                    found.push(caution(
                        "identifier",
                        format!("Nearly every row has a value of its own in “{name}”: it looks like an identifier, from which nothing general is learned. Take it off the features."),
                        format!("“{name}”列几乎每行取值都不同，像是标识符，学不到可推广的规律，请从特征中去掉。"),
                    ));
                }
            }
            Encoding::Numeric { .. } => {}
        }
    }
    if !constant.is_empty() {
        let names = constant.join(", ");
        found.push(caution(
            "constant",
            format!("Columns that never change tell nothing: {names}."),
            format!("取值不变的列没有信息：{names}。"),
        ));
    }
    let least = shares(prepared).into_iter().filter_map(|(_, share)| share).fold(1.0, f64::min);
    if least < RARE {
        found.push(caution(
            "rare_class",
            format!(
                "The rarest class has {:.1} % of rows. Judge the model by precision and recall, not by accuracy.",
                least * 100.0
            ),
            format!("最少的类别只占 {:.1}%，请用精确率和召回率评价模型，不要看准确率。", least * 100.0),
        ));
    }
    found
}

/// The loss by rounds.
fn curve(trained: &Trained) -> Option<Block> {
    let points = |of: fn(&tandem_science::boost::RoundLoss) -> Option<f64>| {
        trained.curve.iter().filter_map(move |loss| Some([f64::from(loss.round), of(loss)?])).collect::<Vec<_>>()
    };
    let (training, validation) = (points(|loss| loss.training), points(|loss| loss.validation));
    if training.is_empty() {
        return None;
    }
    let mut series = vec![line(t("training rows", "训练集"), 0, training)];
    if !validation.is_empty() {
        series.push(line(t("held-out rows", "验证集"), 1, validation));
    }
    Some(chart(
        "curve",
        t("Loss by round", "各轮损失"),
        t(
            "The loss falls while trees are added; where that of held-out rows rises again, the model learns noise.",
            "随着树的增加损失下降；若验证集的损失转而上升，说明模型开始过拟合。",
        ),
        lines(count("Round", "轮次"), axis("Loss", "损失"), series),
    ))
}
