//! Columns that look at other rows: ranks, running totals, the row before.

use serde::Deserialize;
use tandem_core::Result;
use tandem_flow::ColumnKind;

use crate::{
    Ask, Table,
    order::{By, by, partition, total},
    refusal::cannot,
    select::Select,
    sql::ident,
};

#[derive(Deserialize)]
struct Params {
    #[serde(default)]
    by: Vec<String>,
    #[serde(default)]
    order: Vec<By>,
    columns: Vec<New>,
}

#[derive(Deserialize)]
struct New {
    function: Function,
    #[serde(default)]
    column: Option<String>,
    #[serde(default)]
    rows: Option<u32>,
    name: String,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Function {
    RowNumber,
    Rank,
    DenseRank,
    Parts,
    RunningTotal,
    RunningMean,
    MovingMean,
    MovingTotal,
    Lag,
    Lead,
    Change,
    ChangeShare,
    GroupTotal,
    GroupMean,
    Share,
}

impl Function {
    fn needs_column(self) -> bool {
        !matches!(self, Self::RowNumber | Self::Rank | Self::DenseRank | Self::Parts)
    }

    fn needs_order(self) -> bool {
        !matches!(self, Self::GroupTotal | Self::GroupMean | Self::Share | Self::RowNumber)
    }

    fn needs_number(self) -> bool {
        self.needs_column() && !matches!(self, Self::Lag | Self::Lead)
    }
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let mut select = Select::of(table);
    for new in &params.columns {
        select.add(&new.name, calculated(table, &params, new)?)?;
    }
    Ok(select.from(&table.sql()))
}

fn calculated(table: &Table, params: &Params, new: &New) -> Result<String> {
    use Function as F;
    if new.function.needs_order() && params.order.is_empty() {
        return Err(cannot(
            format!("“{}” depends on the order of rows: say by which columns they are sorted.", new.name),
            format!("“{}”取决于行的顺序，请选择排序列。", new.name),
        ));
    }
    let column = match (&new.column, new.function.needs_column()) {
        (Some(name), true) => Some(table.need(name)?),
        (None, true) => {
            return Err(cannot(
                format!("Say from which column “{}” is calculated.", new.name),
                format!("请选择计算“{}”所用的列。", new.name),
            ));
        }
        (_, false) => None,
    };
    if let Some(column) =
        column.filter(|column| new.function.needs_number() && !ColumnKind::NUMERIC.contains(&column.kind))
    {
        return Err(cannot(
            format!("“{}” is {}: choose a column of numbers.", column.name, column.kind.words().en),
            format!("“{}”是{}，请改选数值列。", column.name, column.kind.words().zh),
        ));
    }
    let value = column.map(|column| ident(&column.name)).unwrap_or_default();
    let groups = partition(&params.by);
    // Equal rows have equal ranks; everything else needs an order without ties.
    let ties = format!("({groups}ORDER BY {})", by(&params.order).join(", "));
    let order = total(&params.order, table, &params.by);
    let sorted = format!("({groups}ORDER BY {order})");
    let rows = new.rows.unwrap_or(1).max(1);
    let running = format!("({groups}ORDER BY {order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)");
    let moving = format!("({groups}ORDER BY {order} ROWS BETWEEN {} PRECEDING AND CURRENT ROW)", rows - 1);
    let group = format!("({})", groups.trim_end());
    let before = format!("lag({value}, {rows}) OVER {sorted}");
    Ok(match new.function {
        F::RowNumber => format!("CAST(row_number() OVER {sorted} AS BIGINT)"),
        F::Rank => format!("CAST(rank() OVER {ties} AS BIGINT)"),
        F::DenseRank => format!("CAST(dense_rank() OVER {ties} AS BIGINT)"),
        F::Parts => format!("CAST(ntile({rows}) OVER {sorted} AS BIGINT)"),
        F::RunningTotal => format!("sum({value}) OVER {running}"),
        F::RunningMean => format!("avg({value}) OVER {running}"),
        F::MovingMean => format!("avg({value}) OVER {moving}"),
        F::MovingTotal => format!("sum({value}) OVER {moving}"),
        F::Lag => before,
        F::Lead => format!("lead({value}, {rows}) OVER {sorted}"),
        F::Change => format!("{value} - {before}"),
        F::ChangeShare => {
            format!("CAST({value} - {before} AS DOUBLE) / nullif(CAST({before} AS DOUBLE), 0)")
        }
        F::GroupTotal => format!("sum({value}) OVER {group}"),
        F::GroupMean => format!("avg({value}) OVER {group}"),
        F::Share => format!("CAST({value} AS DOUBLE) / nullif(CAST(sum({value}) OVER {group} AS DOUBLE), 0)"),
    })
}
