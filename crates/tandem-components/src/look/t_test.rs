//! Do two groups differ in their mean?

use std::collections::BTreeMap;

use tandem_core::Result;
use tandem_flow::{ColumnKind, Columns};
use tandem_report::Section;
use tandem_science::look::welch;

use super::groups::{listed, mean, means, two, value, verdict};
use crate::{
    Ask, Function, Host, Output, Outputs,
    gives::{self, Shape},
    page::{figures, t},
    refusal::told,
};

pub(super) const FUNCTION: Function = Function { columns, run };

const TABLE: &Shape = &[
    ("first", ColumnKind::Text),
    ("second", ColumnKind::Text),
    ("first_rows", ColumnKind::Integer),
    ("second_rows", ColumnKind::Integer),
    ("first_mean", ColumnKind::Number),
    ("second_mean", ColumnKind::Number),
    ("difference", ColumnKind::Number),
    ("low", ColumnKind::Number),
    ("high", ColumnKind::Number),
    ("t", ColumnKind::Number),
    ("degrees", ColumnKind::Number),
    ("p_value", ColumnKind::Number),
    ("effect", ColumnKind::Number),
    ("left_out", ColumnKind::Integer),
];

fn columns(_: &Ask<'_>) -> Result<BTreeMap<String, Columns>> {
    Ok(gives::known([("table", gives::columns(TABLE))]))
}

fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let ([first, second], missing) = two(ask, host)?;
    let found = welch(&first.1, &second.1).map_err(told)?;
    let one = |value: f64| gives::numbers([Some(value)]);
    let table = gives::table(
        &gives::columns(TABLE),
        vec![
            gives::texts([Some(&first.0)]),
            gives::texts([Some(&second.0)]),
            gives::counts([found.rows[0]]),
            gives::counts([found.rows[1]]),
            one(found.means[0]),
            one(found.means[1]),
            one(found.difference),
            one(found.interval.0),
            one(found.interval.1),
            one(found.statistic),
            one(found.degrees),
            one(found.p_value),
            one(found.effect),
            gives::counts([missing]),
        ],
    )?;
    let (en, zh) = verdict(found.p_value);
    let name = value(ask)?;
    let page = Section::new(
        "t_test",
        t(format!("{name}: {} and {}", first.0, second.0), format!("“{name}”：{} 与 {}", first.0, second.0)),
    )
    .paragraph(t(en, zh))
    .block(figures(
        "figures",
        t("In figures", "检验结果"),
        vec![
            (t("Difference of means", "均值差"), Some(found.difference)),
            (t("95 % interval from", "95% 区间下限"), Some(found.interval.0)),
            (t("to", "95% 区间上限"), Some(found.interval.1)),
            (t("p-value", "p 值"), Some(found.p_value)),
            (t("Effect (Hedges’ g)", "效应量（Hedges g）"), Some(found.effect)),
        ],
    ))
    .block(means(&[(first.0.clone(), mean(&first.1)), (second.0.clone(), mean(&second.1))], &name))
    .block(listed(&[first, second]));
    Ok([("table".to_owned(), table), ("report".to_owned(), Output::Report(page))].into())
}
