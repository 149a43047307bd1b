//! What the tests that compare groups have in common: values by group.

use std::collections::BTreeMap;

use serde::Deserialize;
use tandem_core::Result;
use tandem_report::{Block, Cell, Column, NumberFormat};

use crate::{
    Ask, Host,
    learn::features::{numbers, once, some_rows, words},
    page::{MOST_BARS, axis, bars, chart, raw, t, table},
    refusal::{cannot, too_little},
};

/// A group's name and its values.
pub(super) type Group = (String, Vec<f64>);

#[derive(Deserialize)]
struct Params {
    value: String,
    group: String,
    #[serde(default)]
    first: Option<String>,
    #[serde(default)]
    second: Option<String>,
}

/// Values by group, in the order of the groups' names, and how many rows were
/// left out because one of both is missing.
pub(super) fn groups(ask: &Ask<'_>, host: &dyn Host) -> Result<(Vec<Group>, u64)> {
    let params: Params = ask.params()?;
    if params.value == params.group {
        return Err(cannot(
            "The value and the group are the same column. Choose two.",
            "数值列与分组列相同，请选择不同的列。",
        ));
    }
    let batches = some_rows(host, "table", &once([params.value.as_str(), params.group.as_str()]))?;
    let (values, names) = (numbers(&batches, &params.value)?, words(&batches, &params.group)?);
    let mut groups: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    let mut missing = 0;
    for (value, name) in values.into_iter().zip(names) {
        match name.filter(|_| value.is_finite()) {
            Some(name) => groups.entry(name).or_default().push(value),
            None => missing += 1,
        }
    }
    Ok((groups.into_iter().collect(), missing))
}

/// The two groups to compare: those named, or the only two that there are.
pub(super) fn two(ask: &Ask<'_>, host: &dyn Host) -> Result<([Group; 2], u64)> {
    let params: Params = ask.params()?;
    let (mut groups, mut missing) = groups(ask, host)?;
    if let (Some(first), Some(second)) = (&params.first, &params.second) {
        let mut take = |name: &String| -> Result<Group> {
            let at = groups.iter().position(|(own, _)| own == name).ok_or_else(|| {
                let known: Vec<&str> = groups.iter().take(10).map(|(name, _)| name.as_str()).collect();
                cannot(
                    format!(
                        "There is no group “{name}” with a value. Name two different ones of: {}.",
                        known.join(", ")
                    ),
                    format!("没有取值为“{name}”且有数值的组，请从下列组中选两个不同的：{}。", known.join("、")),
                )
            })?;
            Ok(groups.remove(at))
        };
        let two = [take(first)?, take(second)?];
        missing += groups.iter().map(|(_, values)| values.len() as u64).sum::<u64>();
        return Ok((two, missing));
    }
    let found = groups.len();
    match <[Group; 2]>::try_from(groups) {
        Ok(two) => Ok((two, missing)),
        Err(_) if found < 2 => Err(too_little(
            format!(
                "There are {found} groups with values, and a comparison needs two. Check the group’s column and the filters before."
            ),
            format!("只有 {found} 个组有数值，而比较需要两个组。请检查分组列和上游筛选。"),
        )),
        Err(_) => Err(cannot(
            format!("There are {found} groups. Name the two to compare, or use “Analysis of variance” for all."),
            format!("共有 {found} 个组，请指定要比较的两个组；若要比较全部，请用“方差分析”。"),
        )),
    }
}

/// The mean of each group as bars.
pub(super) fn means(groups: &[(String, f64)], of: &str) -> Block {
    let items: Vec<_> = groups.iter().take(MOST_BARS).map(|(name, mean)| (raw(name), *mean)).collect();
    let alt = t(format!("The mean of “{of}” in each group."), format!("各组“{of}”的均值。"));
    let title = t(format!("Mean of {of} by group"), format!("各组“{of}”的均值"));
    chart("means", title, alt, bars(t("Group", "组"), axis("Mean", "均值"), &items))
}

/// Values of each group as a table of the page.
pub(super) fn listed(groups: &[Group]) -> Block {
    let number = |key: &str, en: &str, zh: &str| Column::number(key, t(en, zh), NumberFormat::default());
    let columns = vec![
        Column::text("group", t("Group", "组")),
        Column::number("rows", t("Rows", "行数"), NumberFormat::count()),
        number("mean", "Mean", "均值"),
        number("median", "Median", "中位数"),
    ];
    let row = |(name, values): &Group| -> Vec<Cell> {
        let mut sorted = values.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        let median = match sorted.len() % 2 {
            1 => sorted.get(middle).copied(),
            _ => middle.checked_sub(1).and_then(|low| Some((sorted.get(low)? + sorted.get(middle)?) / 2.0)),
        };
        vec![name.as_str().into(), (values.len() as u64).into(), mean(values).into(), median.into()]
    };
    Block::Table(table("groups", t("Groups", "各组"), columns, groups.iter().map(row).collect()))
}

/// The mean; NaN of nothing.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The column that is compared.
pub(super) fn value(ask: &Ask<'_>) -> Result<String> {
    Ok(ask.params::<Params>()?.value)
}

/// How likely a difference like this is by chance, in words.
pub(super) fn verdict(p: f64) -> (String, String) {
    let p_words = if p < 0.0001 { "p < 0.0001".to_owned() } else { format!("p = {p:.4}") };
    match p < 0.05 {
        true => (
            format!("A difference like this would seldom come by chance ({p_words})."),
            format!("这样的差异很难用偶然解释（{p_words}）。"),
        ),
        false => (
            format!(
                "A difference like this may well come by chance ({p_words}); that doesn't prove that there is none."
            ),
            format!("这样的差异可能只是偶然（{p_words}），但也不能证明没有差异。"),
        ),
    }
}
