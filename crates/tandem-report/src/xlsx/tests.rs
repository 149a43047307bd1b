use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use tandem_core::Lang;

use super::render;
use crate::fixture;

#[test]
fn cells_are_typed_and_formulas_are_words() {
    let bytes = render(&fixture::report(), Lang::En).unwrap();
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    assert_eq!(book.sheet_names(), ["Summary", "Customers", "How this was made"]);
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
    assert_eq!(book.sheet_names(), ["摘要", "客户", "结果从何而来"]);
}
