//! Is one group above the other, whatever the distribution?

use std::collections::BTreeMap;

use arrow::array::BooleanArray;
use tandem_core::Result;
use tandem_flow::{ColumnKind, Columns};
use tandem_report::{Block, NumberFormat, Section};
use tandem_science::look::mann_whitney;

use super::groups::{Group, listed, two, value, verdict};
use crate::{
    Ask, Function, Host, Output, Outputs,
    gives::{self, Shape},
    page::{axis, chart, figures, line, lines, raw, share, t},
    refusal::told,
};

pub(super) const FUNCTION: Function = Function { columns, run };

const TABLE: &Shape = &[
    ("first", ColumnKind::Text),
    ("second", ColumnKind::Text),
    ("first_rows", ColumnKind::Integer),
    ("second_rows", ColumnKind::Integer),
    ("u", ColumnKind::Number),
    ("p_value", ColumnKind::Number),
    ("exact", ColumnKind::Boolean),
    ("superiority", ColumnKind::Number),
    ("low", ColumnKind::Number),
    ("high", ColumnKind::Number),
    ("left_out", ColumnKind::Integer),
];
/// Points of a curve.
const POINTS: usize = 200;

fn columns(_: &Ask<'_>) -> Result<BTreeMap<String, Columns>> {
    Ok(gives::known([("table", gives::columns(TABLE))]))
}

fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let ([first, second], missing) = two(ask, host)?;
    let found = mann_whitney(&first.1, &second.1).map_err(told)?;
    let one = |value: f64| gives::numbers([Some(value)]);
    let table = gives::table(
        &gives::columns(TABLE),
        vec![
            gives::texts([Some(&first.0)]),
            gives::texts([Some(&second.0)]),
            gives::counts([found.rows[0]]),
            gives::counts([found.rows[1]]),
            one(found.statistic),
            one(found.p_value),
            std::sync::Arc::new(BooleanArray::from(vec![found.exact])),
            one(found.superiority),
            one(found.interval.0),
            one(found.interval.1),
            gives::counts([missing]),
        ],
    )?;
    let (en, zh) = verdict(found.p_value);
    let name = value(ask)?;
    let page = Section::new(
        "mann_whitney",
        t(format!("{name}: {} and {}", first.0, second.0), format!("“{name}”：{} 与 {}", first.0, second.0)),
    )
    .paragraph(t(en, zh))
    .block(figures(
        "figures",
        t("In figures", "检验结果"),
        vec![
            (t("How likely the first is above the second", "前一组高于后一组的概率"), Some(found.superiority)),
            (t("95 % interval from", "95% 区间下限"), Some(found.interval.0)),
            (t("to", "95% 区间上限"), Some(found.interval.1)),
            (t("p-value", "p 值"), Some(found.p_value)),
        ],
    ))
    .block(distributions(&name, &[&first, &second]))
    .block(listed(&[first, second]));
    Ok([("table".to_owned(), table), ("report".to_owned(), Output::Report(page))].into())
}

/// The share of rows up to each value, for each group.
fn distributions(name: &str, groups: &[&Group]) -> Block {
    let curve = |values: &[f64]| {
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let n = sorted.len();
        let steps = n.min(POINTS);
        (1..=steps)
            .map(move |i| (i * n).div_ceil(steps))
            .map(move |at| [sorted[at - 1], at as f64 / n as f64])
            .collect::<Vec<_>>()
    };
    let series =
        groups.iter().zip(0..).map(|((group, values), color)| line(raw(group), color, curve(values))).collect();
    let alt = t("The curve farther to the right has the larger values.", "越靠右的曲线取值越大。");
    let mut x = axis(name, name);
    x.format = NumberFormat::default();
    chart(
        "distributions",
        t("Share of rows up to a value", "累积分布"),
        alt,
        lines(x, share("Share of rows", "行的比例"), series),
    )
}
