//! The rows of a sheet, one after another, as texts.

use std::{
    fmt::Write,
    fs::File,
    io::BufReader,
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use calamine::{Data, DataRef, ExcelDateTime, Reader as _, SheetType, Xls, XlsError, Xlsx, XlsxError};
use tandem_core::{Error, ErrorCode, Result};

use crate::{cells::Cell, text::input::open_file};

type Buffered = BufReader<File>;

/// A row of a sheet.
#[derive(Debug, Default)]
pub(super) struct SheetRow {
    /// Its place in the sheet, from 1.
    pub(super) number: u64,
    /// What the cells point into.
    pub(super) text: String,
    /// From column A to the last with a value.
    pub(super) cells: Vec<Cell>,
}

impl SheetRow {
    /// Whether no cell has a value.
    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(|c| c.is_missing())
    }

    /// The text of a cell; none where it has no value.
    pub(super) fn get(&self, column: usize) -> Option<&str> {
        self.cells.get(column).filter(|c| !c.is_missing()).map(|c| &self.text[c.range()])
    }

    /// All texts, with tabs between.
    pub(super) fn joined(&self) -> String {
        (0..self.cells.len()).map(|at| self.get(at).unwrap_or_default()).collect::<Vec<_>>().join("\t")
    }

    fn clear(&mut self, number: u64) {
        self.number = number;
        self.text.clear();
        self.cells.clear();
    }

    fn put(&mut self, column: usize, write: impl FnOnce(&mut String)) {
        if self.cells.len() <= column {
            self.cells.resize(column + 1, Cell::MISSING);
        }
        let start = self.text.len();
        write(&mut self.text);
        self.cells[column] = Cell::plain(start, self.text.len());
    }
}

/// A workbook of either kind.
enum Workbook {
    Xlsx(Box<Xlsx<Buffered>>),
    Xls(Box<Xls<Buffered>>),
}

/// The names of the sheets that hold cells, in their order.
pub(super) fn sheet_names(path: &Path) -> Result<Vec<String>> {
    guarded(|| {
        let sheets = match open(path)? {
            Workbook::Xlsx(book) => book.sheets_metadata().to_vec(),
            Workbook::Xls(book) => book.sheets_metadata().to_vec(),
        };
        Ok(sheets.into_iter().filter(|s| s.typ == SheetType::WorkSheet).map(|s| s.name).collect())
    })
}

/// Calls `found` for every row of the sheet (of the first, if none is named)
/// until it breaks off. Rows without cells may be left out.
///
/// # Errors
/// `malformed_file`, `unsupported_format` where it is protected,
/// `invalid_parameter` where there is no such sheet.
pub(super) fn visit(
    path: &Path,
    sheet: Option<&str>,
    columns: usize,
    found: &mut dyn FnMut(&SheetRow) -> ControlFlow<()>,
) -> Result<()> {
    guarded(|| match open(path)? {
        Workbook::Xlsx(mut book) => {
            let name = find_sheet(&book.sheet_names(), sheet)?;
            visit_xlsx(&mut book, &name, columns, found)
        }
        Workbook::Xls(mut book) => {
            let name = find_sheet(&book.sheet_names(), sheet)?;
            visit_xls(&mut book, &name, columns, found)
        }
    })
}

/// Runs the decoder, which on some damaged files stops hard.
fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(damaged("the decoder stopped hard")))
}

fn open(path: &Path) -> Result<Workbook> {
    let mut magic = [0; 4];
    std::io::Read::read_exact(&mut open_file(path)?, &mut magic)?;
    let file = BufReader::new(open_file(path)?);
    if &magic == b"PK\x03\x04" {
        Xlsx::new(file).map(|b| Workbook::Xlsx(Box::new(b))).map_err(xlsx_error)
    } else {
        Xls::new(file).map(|b| Workbook::Xls(Box::new(b))).map_err(xls_error)
    }
}

fn find_sheet(names: &[String], wanted: Option<&str>) -> Result<String> {
    let found = match wanted {
        Some(wanted) => names.iter().find(|n| *n == wanted),
        None => names.first(),
    };
    found.cloned().ok_or_else(|| match wanted {
        Some(wanted) => Error::new(
            ErrorCode::InvalidParameter,
            format!("The workbook has no sheet `{wanted}`. Its sheets are: {}.", names.join(", ")),
        ),
        None => Error::new(ErrorCode::MalformedFile, "The workbook has no sheet."),
    })
}

fn visit_xlsx(
    book: &mut Xlsx<Buffered>,
    sheet: &str,
    columns: usize,
    found: &mut dyn FnMut(&SheetRow) -> ControlFlow<()>,
) -> Result<()> {
    let mut cells = book.worksheet_cells_reader(sheet).map_err(xlsx_error)?;
    let mut row = SheetRow { number: 1, ..SheetRow::default() };
    while let Some(cell) = cells.next_cell().map_err(xlsx_error)? {
        let (at, column) = cell.get_position();
        let number = u64::from(at) + 1;
        if number != row.number {
            if number < row.number {
                return Err(damaged("rows out of order"));
            }
            if !row.cells.is_empty() && found(&row).is_break() {
                return Ok(());
            }
            row.clear(number);
        }
        if *cell.get_value() != DataRef::Empty {
            check_column(column, columns)?;
            put_ref(&mut row, column as usize, cell.get_value());
        }
    }
    if !row.cells.is_empty() {
        let _ = found(&row);
    }
    Ok(())
}

fn visit_xls(
    book: &mut Xls<Buffered>,
    sheet: &str,
    columns: usize,
    found: &mut dyn FnMut(&SheetRow) -> ControlFlow<()>,
) -> Result<()> {
    let range = book.worksheet_range(sheet).map_err(xls_error)?;
    let (top, left) = range.start().unwrap_or_default();
    let mut row = SheetRow::default();
    for (at, cells) in range.rows().enumerate() {
        row.clear(u64::from(top) + at as u64 + 1);
        for (place, value) in cells.iter().enumerate().filter(|(_, v)| **v != Data::Empty) {
            let column = left as usize + place;
            check_column(column as u32, columns)?;
            put(&mut row, column, value);
        }
        if found(&row).is_break() {
            return Ok(());
        }
    }
    Ok(())
}

fn check_column(column: u32, most: usize) -> Result<()> {
    if column as usize >= most {
        return Err(Error::new(
            ErrorCode::MalformedFile,
            format!("The sheet has values beyond column {most}; move the table to the left or save it as CSV."),
        ));
    }
    Ok(())
}

fn put_ref(row: &mut SheetRow, column: usize, value: &DataRef<'_>) {
    match value {
        DataRef::SharedString(text) => row.put(column, |out| out.push_str(text)),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            row.put(column, |out| out.push_str(text));
        }
        DataRef::Int(value) => put_display(row, column, value),
        DataRef::Float(value) => put_display(row, column, value),
        DataRef::Bool(value) => put_display(row, column, value),
        DataRef::Error(error) => put_display(row, column, error),
        DataRef::DateTime(moment) => row.put(column, |out| write_moment(out, *moment)),
        DataRef::Empty => {}
    }
}

fn put(row: &mut SheetRow, column: usize, value: &Data) {
    match value {
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            row.put(column, |out| out.push_str(text));
        }
        Data::Int(value) => put_display(row, column, value),
        Data::Float(value) => put_display(row, column, value),
        Data::Bool(value) => put_display(row, column, value),
        Data::Error(error) => put_display(row, column, error),
        Data::DateTime(moment) => row.put(column, |out| write_moment(out, *moment)),
        Data::Empty => {}
    }
}

fn put_display(row: &mut SheetRow, column: usize, value: &dyn std::fmt::Display) {
    // Writing to a string can't fail.
    row.put(column, |out| {
        let _ = write!(out, "{value}");
    });
}

/// A day, a point in time, or a time of day or duration.
fn write_moment(out: &mut String, moment: ExcelDateTime) {
    let value = moment.as_f64();
    if moment.is_duration() || (0.0..1.0).contains(&value) {
        let millis = (value * 86_400_000.0).round() as i64;
        let (sign, millis) = (if millis < 0 { "-" } else { "" }, millis.unsigned_abs());
        let seconds = millis / 1000;
        let _ = write!(out, "{sign}{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
        return;
    }
    let _ = match moment.as_datetime() {
        Some(at) if at.time() == chrono::NaiveTime::MIN => write!(out, "{}", at.date()),
        Some(at) => write!(out, "{}", at.format("%Y-%m-%d %H:%M:%S%.f")),
        None => write!(out, "{value}"),
    };
}

fn xlsx_error(error: XlsxError) -> Error {
    if matches!(error, XlsxError::Password) { protected() } else { damaged(error) }
}

fn xls_error(error: XlsError) -> Error {
    if matches!(error, XlsError::Password) { protected() } else { damaged(error) }
}

fn protected() -> Error {
    Error::new(
        ErrorCode::UnsupportedFormat,
        "The workbook is protected by a password. Save it without one and import it again.",
    )
}

fn damaged(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(
        ErrorCode::MalformedFile,
        "The workbook is damaged; nothing was changed. Open it in a spreadsheet program, save it, and import it again.",
    )
    .with_source(cause)
}
