//! Workbooks: .xlsx, of which a row at a time is held beside the shared texts,
//! and .xls, which is held whole. Both are bounded by [`crate::Limits`].
//!
//! A cell counts by its value, not by how it is shown; of a formula by its
//! last result. Of merged cells the first holds the value. Times of day and
//! durations are text.

mod archive;
mod rows;
mod sniff;

use std::{
    ops::ControlFlow,
    path::Path,
    sync::mpsc::{SyncSender, sync_channel},
    thread,
};

use tandem_core::{Error, Result};

use self::rows::{SheetRow, visit};
pub(crate) use self::sniff::sniff;
use crate::{
    cells::{Cell, CellTable, build::BuildPlan},
    options::ResolvedOptions,
    reader::{Context, Reader},
    reject::{Reject, RejectCode, raw_text},
    text::{
        input::Position,
        pipeline::{self, Parsed},
    },
};

/// Some rows of a sheet.
#[derive(Debug, Default)]
struct Rows {
    text: String,
    /// `width` cells a row.
    cells: Vec<Cell>,
    /// Their places in the sheet, from 1.
    numbers: Vec<u64>,
    /// Rows with values beyond the last column: how many rows of the block
    /// come before, the place in the sheet, and the values.
    wide: Vec<(usize, u64, String)>,
}

/// Reads a sheet.
pub(crate) fn open(path: &Path, options: &ResolvedOptions, context: &Context) -> Result<Reader> {
    archive::check(path, &context.limits)?;
    let plan = BuildPlan::new(options);
    let schema = plan.schema();
    let width = options.columns.len();
    let (sender, receiver) = sync_channel(2);
    let (owned, wanted, limits) = (path.to_owned(), options.clone(), context.limits.clone());
    let work = move || {
        let last = gather(&owned, &wanted, limits.block_bytes, &sender, limits.columns).map(Some);
        // Nobody waits any more where the reader was dropped.
        let _ = sender.send(last);
        let _ = sender.send(Ok(None));
    };
    thread::Builder::new().name("tandem-sheet".into()).spawn(work)?;
    let position = Position::default();
    let counter = position.clone();
    let cut = move || {
        let rows = receiver.recv().map_err(|_| Error::internal("the thread that reads the sheet stopped"))??;
        counter.add(rows.as_ref().map_or(0, |r| r.numbers.len() as u64));
        Ok(rows)
    };
    let parse = move |rows: Rows| parse(&rows, width, &plan);
    Ok(Reader::new(schema, pipeline::run(context, position, None, 0, cut, parse)?))
}

/// Sends full blocks, and gives the last one back.
fn gather(
    path: &Path,
    options: &ResolvedOptions,
    block: usize,
    sender: &SyncSender<Result<Option<Rows>>>,
    columns: usize,
) -> Result<Rows> {
    let width = options.columns.len();
    let mut rows = Rows::default();
    let mut header = options.header;
    visit(path, options.sheet.as_deref(), columns, &mut |row: &SheetRow| {
        if row.number <= u64::from(options.skip_rows) || row.is_blank() {
            return ControlFlow::Continue(());
        }
        if std::mem::take(&mut header) {
            return ControlFlow::Continue(());
        }
        rows.push(row, width);
        if rows.text.len() + rows.cells.len() * size_of::<Cell>() < block {
            return ControlFlow::Continue(());
        }
        match sender.send(Ok(Some(std::mem::take(&mut rows)))) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    })?;
    Ok(rows)
}

impl Rows {
    fn push(&mut self, row: &SheetRow, width: usize) {
        if row.cells.iter().skip(width).any(|c| !c.is_missing()) {
            self.wide.push((self.numbers.len(), row.number, row.joined()));
            return;
        }
        let shift = self.text.len();
        self.text.push_str(&row.text);
        let moved = |cell: &Cell| {
            let range = cell.range();
            Cell::plain(range.start + shift, range.end + shift)
        };
        let filled = row.cells.len().min(width);
        self.cells.extend(row.cells[..filled].iter().map(moved));
        self.cells.resize(self.cells.len() + width - filled, Cell::MISSING);
        self.numbers.push(row.number);
    }
}

/// A block → a batch.
fn parse(rows: &Rows, width: usize, plan: &BuildPlan) -> Result<Parsed> {
    let table = CellTable { text: &rows.text, cells: &rows.cells, width, quote: '"' };
    let (batch, bad) = plan.build(&table)?;
    // A row's place among all is its own and that of the wide ones before it.
    let place = |row: usize| row + rows.wide.iter().filter(|(before, ..)| *before <= row).count();
    let mut rejects: Vec<Reject> = bad
        .into_iter()
        .map(|cell| {
            let cells = &rows.cells[cell.row * width..(cell.row + 1) * width];
            let values: Vec<_> = cells.iter().map(|c| table.raw(*c)).collect();
            Reject {
                row_number: place(cell.row) as u64,
                line: Some(rows.numbers[cell.row] - 1),
                column: Some(cell.column),
                code: RejectCode::InvalidValue,
                message: cell.message,
                raw: raw_text(values.join("\t").as_bytes()),
            }
        })
        .collect();
    rejects.extend(rows.wide.iter().enumerate().map(|(at, (before, number, raw))| Reject {
        row_number: (before + at) as u64,
        line: Some(number - 1),
        column: None,
        code: RejectCode::FieldCount,
        message: format!("The row has values beyond the table's {width} columns."),
        raw: raw_text(raw.as_bytes()),
    }));
    rejects.sort_by_key(|r| r.row_number);
    Ok(Parsed { batch, rejects, lines: 0 })
}
