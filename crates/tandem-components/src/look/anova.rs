//! Do several groups differ in their mean?

use std::collections::BTreeMap;

use tandem_core::Result;
use tandem_flow::{ColumnKind, Columns};
use tandem_report::Section;
use tandem_science::look::anova;

use super::groups::{groups, listed, means, value, verdict};
use crate::{
    Ask, Function, Host, Output, Outputs,
    gives::{self, Shape},
    page::{figures, t},
    refusal::told,
};

pub(super) const FUNCTION: Function = Function { columns, run };

const TABLE: &Shape = &[
    ("test", ColumnKind::Text),
    ("f", ColumnKind::Number),
    ("degrees_between", ColumnKind::Number),
    ("degrees_within", ColumnKind::Number),
    ("p_value", ColumnKind::Number),
    ("eta_squared", ColumnKind::Number),
    ("omega_squared", ColumnKind::Number),
    ("left_out", ColumnKind::Integer),
];
const GROUPS: &Shape = &[
    ("group", ColumnKind::Text),
    ("rows", ColumnKind::Integer),
    ("mean", ColumnKind::Number),
    ("deviation", ColumnKind::Number),
    ("low", ColumnKind::Number),
    ("high", ColumnKind::Number),
];

fn columns(_: &Ask<'_>) -> Result<BTreeMap<String, Columns>> {
    Ok(gives::known([("table", gives::columns(TABLE)), ("groups", gives::columns(GROUPS))]))
}

fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let (groups, missing) = groups(ask, host)?;
    let found = anova(&groups).map_err(told)?;
    let between = found.degrees.0 as f64;
    let mut tests = vec![("classic", found.statistic, found.degrees.1 as f64, found.p_value)];
    tests.extend(found.welch.map(|(f, degrees, p)| ("welch", f, degrees, p)));
    let classic = |value: f64| tests.iter().map(move |test| (test.0 == "classic").then_some(value)).collect::<Vec<_>>();
    let table = gives::table(
        &gives::columns(TABLE),
        vec![
            gives::texts(tests.iter().map(|test| Some(test.0))),
            gives::numbers(tests.iter().map(|test| Some(test.1))),
            gives::numbers(tests.iter().map(|_| Some(between))),
            gives::numbers(tests.iter().map(|test| Some(test.2))),
            gives::numbers(tests.iter().map(|test| Some(test.3))),
            gives::numbers(classic(found.eta_squared)),
            gives::numbers(classic(found.omega_squared)),
            gives::counts(tests.iter().map(|_| missing)),
        ],
    )?;
    let all = &found.groups;
    let own = gives::table(
        &gives::columns(GROUPS),
        vec![
            gives::texts(all.iter().map(|group| Some(&group.name))),
            gives::counts(all.iter().map(|group| group.rows)),
            gives::numbers(all.iter().map(|group| Some(group.mean))),
            gives::numbers(all.iter().map(|group| group.deviation)),
            gives::numbers(all.iter().map(|group| group.interval.map(|interval| interval.0))),
            gives::numbers(all.iter().map(|group| group.interval.map(|interval| interval.1))),
        ],
    )?;
    let (en, zh) = verdict(found.welch.map_or(found.p_value, |welch| welch.2));
    let name = value(ask)?;
    let bars: Vec<_> = all.iter().map(|group| (group.name.clone(), group.mean)).collect();
    let page = Section::new("anova", t(format!("{name} by group"), format!("各组的“{name}”")))
        .paragraph(t(en, zh))
        .block(figures(
            "figures",
            t("In figures", "检验结果"),
            vec![
                (t("F", "F 值"), Some(found.statistic)),
                (t("p-value", "p 值"), Some(found.p_value)),
                (
                    t("p-value by Welch, for unequal variances", "Welch 检验 p 值（方差不齐）"),
                    found.welch.map(|welch| welch.2),
                ),
                (
                    t("Share of the variance that groups explain (ω²)", "组间解释的方差比例（ω²）"),
                    Some(found.omega_squared),
                ),
            ],
        ))
        .block(means(&bars, &name))
        .block(listed(&groups));
    let outputs = [("table", table), ("groups", own), ("report", Output::Report(page))];
    Ok(outputs.into_iter().map(|(port, output)| (port.to_owned(), output)).collect())
}
