//! Rows as they are, on a page.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::{compute::cast, datatypes::DataType};
use serde::Deserialize;
use tandem_core::{Error, Result};
use tandem_flow::ColumnKind;
use tandem_report::{Block, Cell, Column, NumberFormat, Section};

use super::drawing::{count, given, nothing, titled};
use crate::{
    Ask, Host, Outputs,
    order::{By, total},
    page::{raw, t},
    sql::{as_text, ident},
};

#[derive(Deserialize)]
struct Params {
    #[serde(default)]
    columns: Vec<String>,
    #[serde(default)]
    order: Vec<By>,
    rows: u32,
    #[serde(default)]
    title: Option<String>,
}

pub(super) fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let params: Params = ask.params()?;
    let title = titled(params.title.as_deref(), t("Table", "表格"));
    let table = shown(ask, host, (0, "rows"), &params.columns, &params.order, params.rows, title.clone())?;
    let mut page = Section::new("table", title);
    if table.rows.is_empty() {
        page = page.block(nothing());
    }
    Ok(given(page.block(Block::Table(table))))
}

/// The first rows of the `at`th table of the port, with how many there are in all.
pub(crate) fn shown(
    ask: &Ask<'_>,
    host: &dyn Host,
    (at, id): (usize, &str),
    columns: &[String],
    order: &[By],
    rows: u32,
    title: tandem_core::Text,
) -> Result<tandem_report::Table> {
    let port = if ask.inputs.contains_key("tables") { "tables" } else { "table" };
    let table = match ask.tables(port).get(at) {
        Some(table) => table,
        None => ask.table(port)?,
    };
    let chosen: Vec<&tandem_flow::Column> = match columns.is_empty() {
        true => table.columns.iter().collect(),
        false => columns.iter().map(|name| table.need(name)).collect::<Result<_>>()?,
    };
    // Names of the answer are places: two columns may be told apart by their case alone.
    let list = chosen.iter().enumerate().map(|(place, column)| {
        let sql = match column.kind {
            ColumnKind::Integer => ident(&column.name),
            ColumnKind::Number | ColumnKind::Decimal => format!("CAST({} AS DOUBLE)", ident(&column.name)),
            ColumnKind::Date => format!("CAST(CAST({} AS DATE) AS INTEGER)", ident(&column.name)),
            _ => as_text(column),
        };
        format!("{sql} AS \"c{place}\"")
    });
    let found = host.query(&format!(
        "SELECT {} FROM {} ORDER BY {} LIMIT {rows}",
        list.collect::<Vec<_>>().join(", "),
        table.sql(),
        total(order, table, &[]),
    ))?;
    let all = count(&host.query(&format!("SELECT count(*) AS \"n\" FROM {}", table.sql()))?, "n")?;
    let mut cells: Vec<Vec<Cell>> = Vec::new();
    for batch in &found {
        let read = batch.columns().iter().zip(&chosen).map(|(array, column)| column_cells(array, column.kind));
        let read: Vec<Vec<Cell>> = read.collect::<Result<_>>()?;
        cells.extend((0..batch.num_rows()).map(|row| read.iter().map(|column| column[row].clone()).collect()));
    }
    let head = |column: &&tandem_flow::Column| {
        let number = |format| Column::number(&column.name, raw(&column.name), format);
        match column.kind {
            ColumnKind::Integer => number(NumberFormat::decimal(0)),
            ColumnKind::Number | ColumnKind::Decimal => number(NumberFormat::default()),
            ColumnKind::Date => number(NumberFormat::date()),
            _ => Column::text(&column.name, raw(&column.name)),
        }
    };
    let total_rows = (all > cells.len() as u64).then_some(all);
    Ok(tandem_report::Table {
        id: id.to_owned(),
        title,
        columns: chosen.iter().map(head).collect(),
        rows: cells,
        total_rows,
        page_rows: Some(20),
        note: None,
    })
}

fn column_cells(array: &ArrayRef, kind: ColumnKind) -> Result<Vec<Cell>> {
    let cast = |to: &DataType| cast(array, to).map_err(Error::internal);
    Ok(match kind {
        ColumnKind::Integer | ColumnKind::Date => {
            let array = cast(&DataType::Int64)?;
            array
                .as_primitive::<arrow::datatypes::Int64Type>()
                .iter()
                .map(|v| v.map_or(Cell::Null, Cell::Int))
                .collect()
        }
        ColumnKind::Number | ColumnKind::Decimal => {
            let array = cast(&DataType::Float64)?;
            array.as_primitive::<arrow::datatypes::Float64Type>().iter().map(Cell::from).collect()
        }
        _ => {
            let array = cast(&DataType::Utf8)?;
            (0..array.len())
                .map(|at| match array.is_null(at) {
                    true => Cell::Null,
                    false => Cell::from(array.as_string::<i32>().value(at)),
                })
                .collect()
        }
    })
}
