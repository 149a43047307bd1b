//! Do two columns of categories have to do with each other?

use std::collections::BTreeMap;

use serde::Deserialize;
use tandem_core::Result;
use tandem_flow::{ColumnKind, Columns};
use tandem_report::{Axis, Block, NumberFormat, Plot, Section};
use tandem_science::look::{ChiSquare, CrossTable};

use super::groups::verdict;
use crate::{
    Ask, Function, Host, Output, Outputs,
    gives::{self, Shape},
    learn::features::{once, some_rows, words},
    page::{caution, chart, figures, raw, t},
    refusal::{cannot, told},
};

pub(super) const FUNCTION: Function = Function { columns, run };

const TABLE: &Shape = &[
    ("chi_square", ColumnKind::Number),
    ("degrees", ColumnKind::Integer),
    ("p_value", ColumnKind::Number),
    ("cramers_v", ColumnKind::Number),
    ("unbiased_v", ColumnKind::Number),
    ("sparse_share", ColumnKind::Number),
    ("left_out", ColumnKind::Integer),
];
const CELLS: &Shape = &[
    ("first", ColumnKind::Text),
    ("second", ColumnKind::Text),
    ("rows", ColumnKind::Integer),
    ("expected", ColumnKind::Number),
    ("residual", ColumnKind::Number),
];
/// Categories a side of a picture that can be read.
const SHOWN: usize = 30;

#[derive(Deserialize)]
struct Params {
    first: String,
    second: String,
}

fn columns(_: &Ask<'_>) -> Result<BTreeMap<String, Columns>> {
    Ok(gives::known([("table", gives::columns(TABLE)), ("cells", gives::columns(CELLS))]))
}

fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let Params { first, second } = ask.params()?;
    if first == second {
        return Err(cannot("Both are the same column. Choose two.", "两列相同，请选择不同的列。"));
    }
    let batches = some_rows(host, "table", &once([first.as_str(), second.as_str()]))?;
    let (a, b) = (words(&batches, &first)?, words(&batches, &second)?);
    let (a, b): (Vec<Option<&str>>, Vec<Option<&str>>) =
        (a.iter().map(Option::as_deref).collect(), b.iter().map(Option::as_deref).collect());
    let counted = CrossTable::of(&a, &b).map_err(told)?;
    let found = counted.chi_square().map_err(told)?;
    let (en, zh) = verdict(found.p_value);
    let mut page = Section::new("chi_square", t(format!("{first} and {second}"), format!("“{first}”与“{second}”")));
    page = page.paragraph(t(en, zh)).block(figures(
        "figures",
        t("In figures", "检验结果"),
        vec![
            (t("χ²", "χ²"), Some(found.statistic)),
            (t("p-value", "p 值"), Some(found.p_value)),
            (t("Cramér’s V, less what chance gives", "Cramér V（已校正偏差）"), Some(found.unbiased_v)),
        ],
    ));
    if found.sparse > 0.2 {
        page = page.block(caution(
            "sparse",
            format!(
                "{:.0} % of cells would have fewer than 5 rows: the p-value is rough. Group rare categories.",
                found.sparse * 100.0
            ),
            format!("{:.0}% 的单元格期望行数不足 5，p 值不够准确，请合并少见的类别。", found.sparse * 100.0),
        ));
    }
    page = page.block(picture((&first, &second), &counted, &found));
    let outputs =
        [("table", summary(&counted, &found)?), ("cells", cells(&counted, &found)?), ("report", Output::Report(page))];
    Ok(outputs.into_iter().map(|(port, output)| (port.to_owned(), output)).collect())
}

fn summary(counted: &CrossTable, found: &ChiSquare) -> Result<Output> {
    let one = |value: f64| gives::numbers([Some(value)]);
    gives::table(
        &gives::columns(TABLE),
        vec![
            one(found.statistic),
            gives::counts([found.degrees]),
            one(found.p_value),
            one(found.cramers_v),
            one(found.unbiased_v),
            one(found.sparse),
            gives::counts([counted.missing]),
        ],
    )
}

fn cells(counted: &CrossTable, found: &ChiSquare) -> Result<Output> {
    let width = counted.columns.len();
    let each = || (0..counted.rows.len()).flat_map(move |row| (0..width).map(move |column| (row, column)));
    gives::table(
        &gives::columns(CELLS),
        vec![
            gives::texts(each().map(|(row, _)| counted.rows.get(row))),
            gives::texts(each().map(|(_, column)| counted.columns.get(column))),
            gives::counts(each().map(|(row, column)| counted.counts[row][column])),
            gives::numbers(each().map(|(row, column)| Some(found.expected[row][column]))),
            gives::numbers(each().map(|(row, column)| Some(found.residuals[row][column]))),
        ],
    )
}

fn picture((first, second): (&str, &str), counted: &CrossTable, found: &ChiSquare) -> Block {
    let (rows, columns) = (counted.rows.len().min(SHOWN), counted.columns.len().min(SHOWN));
    let plot = Plot::HeatMap {
        x: raw(second),
        x_categories: counted.columns[..columns].iter().map(|name| raw(name)).collect(),
        y: raw(first),
        y_categories: counted.rows[..rows].iter().map(|name| raw(name)).collect(),
        value: Axis::new(
            t("Standard deviations from independence", "与独立时相差的标准差数"),
            NumberFormat::decimal(1).signed(),
        ),
        values: found.residuals[..rows].iter().map(|row| row[..columns].iter().map(|v| Some(*v)).collect()).collect(),
        counts: Some(counted.counts[..rows].iter().map(|row| row[..columns].to_vec()).collect()),
    };
    let alt = t(
        "Where pairs are more (above zero) or less frequent than if the columns had nothing to do with each other.",
        "各组合比两列相互独立时更多（大于零）或更少。",
    );
    chart("residuals", t("Which pairs stand out", "哪些组合偏离独立"), alt, plot)
}
