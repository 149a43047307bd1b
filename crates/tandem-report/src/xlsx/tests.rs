use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use tandem_core::Lang;

use super::render;
use crate::fixture;

#[test]
fn cells_are_typed_and_formulas_are_words() {
    let bytes = render(&fixture::report(), Lang::En).unwrap();
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let names = book.sheet_names();
    assert_eq!(names[..2], ["Summary", "Customers"]);
    assert_eq!(names.last().map(String::as_str), Some("How this was made"));
    assert_eq!(names.iter().filter(|name| name.starts_with("A chart")).count(), 14, "the data of each chart");
    let line = book.worksheet_range("A chart").unwrap();
    assert!(matches!(line.get_value((3, 0)), Some(Data::DateTime(d)) if d.as_f64() == 35_703.0), "30 Sep 1997");
    assert!(matches!(line.get_value((3, 1)), Some(Data::Float(v)) if *v == 100.0));
    let sheet = book.worksheet_range("Customers").unwrap();
    assert!(matches!(sheet.get_value((1, 0)), Some(Data::String(s)) if s.starts_with("=HYPERLINK(")));
    assert!(matches!(sheet.get_value((1, 1)), Some(Data::Float(v)) if *v == 12.5));
    assert!(matches!(sheet.get_value((1, 2)), Some(Data::DateTime(d)) if d.as_f64() == 35_703.0), "30 Sep 1997");
    assert!(matches!(sheet.get_value((2, 0)), Some(Data::String(s)) if s == "+1"));
    assert!(book.worksheet_formula("Customers").unwrap().cells().all(|(_, _, f)| f.is_empty()));
}

#[test]
fn each_language_has_its_sheets_and_the_same_bytes_each_time() {
    let report = fixture::report();
    let bytes = render(&report, Lang::Zh).unwrap();
    assert_eq!(bytes, render(&report, Lang::Zh).unwrap());
    let book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    assert_eq!(book.sheet_names()[..3], ["摘要", "客户", "图"]);
}
