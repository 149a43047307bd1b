//! Workbooks.

use std::{fs, path::PathBuf};

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use tandem_core::ErrorCode;
use tandem_ingest::{ImportOptions, Limits, RejectCode, WarningCode, sniff_within};
use tempfile::TempDir;

use crate::support::{read, read_within};

fn save(folder: &TempDir, mut book: Workbook) -> PathBuf {
    let path = folder.path().join("a.xlsx");
    book.save(&path).unwrap();
    path
}

/// A title, a blank row, then a table from B4 on; and another sheet.
fn report() -> Workbook {
    let mut book = Workbook::new();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let minute = Format::new().set_num_format("yyyy/m/d hh:mm");
    let sheet = book.add_worksheet();
    sheet.set_name("销售").unwrap();
    sheet.write(0, 0, "2024 年销售报表").unwrap();
    for (at, name) in ["订单号", "城市", "数量", "金额", "日期", "时间", "已付"].into_iter().enumerate()
    {
        sheet.write(3, at as u16 + 1, name).unwrap();
    }
    for row in 0..50u32 {
        let at = row + 4;
        sheet.write(at, 1, format!("{row:05}")).unwrap();
        sheet.write(at, 2, if row % 2 == 0 { "上海" } else { "北京" }).unwrap();
        if row != 7 {
            sheet.write(at, 3, row).unwrap();
        }
        sheet.write_formula(at, 4, Formula::new("=1+0.5").set_result("1.5")).unwrap();
        let date = ExcelDateTime::from_ymd(2024, 3, 1 + (row % 28) as u8).unwrap();
        sheet.write_with_format(at, 5, &date, &day).unwrap();
        sheet.write_with_format(at, 6, date.and_hms(8, 26, 0).unwrap(), &minute).unwrap();
        sheet.write(at, 7, row % 3 == 0).unwrap();
    }
    let other = book.add_worksheet();
    other.set_name("说明").unwrap();
    other.write(0, 0, "备注").unwrap();
    other.write(1, 0, "无").unwrap();
    book
}

#[test]
fn a_sheet_with_title_and_offset() {
    let folder = TempDir::new().unwrap();
    let path = save(&folder, report());
    let outcome = read(&path, &ImportOptions::default()).unwrap();
    assert_eq!(outcome.sniffed.sheets, ["销售", "说明"]);
    assert_eq!(outcome.warnings(), [WarningCode::OtherSheets, WarningCode::LinesSkipped]);
    let fields: Vec<String> =
        outcome.batches[0].schema().fields().iter().map(|f| format!("{}: {}", f.name(), f.data_type())).collect();
    assert_eq!(
        fields,
        [
            "订单号: Utf8",
            "城市: Utf8",
            "数量: Int64",
            "金额: Float64",
            "日期: Date32",
            "时间: Timestamp(µs)",
            "已付: Boolean"
        ]
    );
    assert_eq!((outcome.rows(), outcome.rejects.len()), (50, 0));
    assert_eq!(&outcome.texts("订单号")[..2], ["00000", "00001"]);
    assert_eq!(outcome.texts("数量")[7], "∅");
    assert_eq!(outcome.texts("日期")[2], "2024-03-03");
    assert_eq!(outcome.texts("时间")[2], "2024-03-03T08:26:00");
    assert_eq!(outcome.texts("金额")[2], "1.5");

    let options = ImportOptions { sheet: Some("说明".into()), ..ImportOptions::default() };
    assert_eq!(read(&path, &options).unwrap().texts("备注"), ["无"]);
    let options = ImportOptions { sheet: Some("none".into()), ..ImportOptions::default() };
    assert_eq!(read(&path, &options).map(|o| o.rows()).unwrap_err().code(), ErrorCode::InvalidParameter);
}

#[test]
fn a_table_longer_than_what_is_looked_at() {
    let folder = TempDir::new().unwrap();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "id").unwrap();
    sheet.write(0, 1, "n").unwrap();
    for row in 0..110_000u32 {
        sheet.write(row + 1, 0, row).unwrap();
        if row == 105_000 {
            sheet.write(row + 1, 1, "#REF!").unwrap();
        } else {
            sheet.write(row + 1, 1, f64::from(row) / 4.0).unwrap();
        }
        if row == 107_000 {
            sheet.write(row + 1, 5, "beyond").unwrap();
        }
    }
    let outcome = read(&save(&folder, book), &ImportOptions::default()).unwrap();
    assert_eq!(outcome.rows(), 109_998);
    let rejects: Vec<_> = outcome.rejects.iter().map(|r| (r.row_number, r.line, r.code)).collect();
    assert_eq!(
        rejects,
        [(105_001, Some(105_002), RejectCode::InvalidValue), (107_001, Some(107_002), RejectCode::FieldCount)]
    );
}

#[test]
fn damaged_workbooks_are_told() {
    let folder = TempDir::new().unwrap();
    let bytes = fs::read(save(&folder, report())).unwrap();
    let code = |bytes: &[u8]| {
        let path = folder.path().join("b.xlsx");
        fs::write(&path, bytes).unwrap();
        read(&path, &ImportOptions::default()).map(|o| o.rows()).unwrap_err().code()
    };
    assert_eq!(code(&bytes[..bytes.len() / 2]), ErrorCode::TruncatedFile);
    let mut damaged = bytes.clone();
    let sheet = memchr::memmem::find(&bytes, b"xl/worksheets/sheet1.xml").unwrap();
    damaged[sheet + 200..sheet + 260].fill(0x55);
    assert_eq!(code(&damaged), ErrorCode::MalformedFile);
    assert_eq!(code(b"PK\x03\x04 nothing"), ErrorCode::TruncatedFile);
    assert_eq!(code(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 nothing"), ErrorCode::MalformedFile);
    assert_eq!(code(b"<html><table><tr><td>1</td></tr></table></html>"), ErrorCode::UnsupportedFormat);
    // Bytes changed anywhere may go unnoticed, but never stop the program.
    for at in (0..bytes.len()).step_by(bytes.len() / 100) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0xFF;
        let path = folder.path().join("c.xlsx");
        fs::write(&path, damaged).unwrap();
        if let Err(error) = read(&path, &ImportOptions::default()) {
            assert_ne!(error.code(), ErrorCode::Internal, "at {at}: {error:?}");
        }
    }
}

#[test]
fn a_bomb_and_a_giant_are_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("bomb.xlsx");
    let mut archive = zip::ZipWriter::new(fs::File::create(&path).unwrap());
    let options = zip::write::SimpleFileOptions::default();
    archive.start_file("xl/workbook.xml", options).unwrap();
    archive.start_file("xl/worksheets/sheet1.xml", options).unwrap();
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..40 {
        std::io::Write::write_all(&mut archive, &zeros).unwrap();
    }
    archive.finish().unwrap();
    let code = |limits: &Limits| {
        let error = read_within(&path, &ImportOptions::default(), limits).map(|o| o.rows()).unwrap_err();
        error.code()
    };
    assert_eq!(code(&Limits::default()), ErrorCode::ArchiveTooLarge);
    let sized = Limits { workbook_unpacked_bytes: 10 << 20, unpacked_ratio: 10_000, ..Limits::default() };
    assert_eq!(code(&sized), ErrorCode::ArchiveTooLarge);
    let small = Limits { workbook_bytes: 1000, ..Limits::default() };
    assert_eq!(code(&small), ErrorCode::PayloadTooLarge);

    let book = save(&folder, report());
    let strings = Limits { workbook_strings_bytes: 100, ..Limits::default() };
    let error = sniff_within(&book, "a.xlsx", &ImportOptions::default(), &strings).unwrap_err();
    assert_eq!(error.code(), ErrorCode::ArchiveTooLarge);
}

/// `orders.xls` was written with xlwt: four texts and numbers, days and times,
/// one value missing, and an empty second sheet.
#[test]
fn the_older_format() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/orders.xls");
    let outcome = read(&path, &ImportOptions::default()).unwrap();
    assert_eq!(outcome.columns(), ["编号: text", "城市: text", "金额: float64", "日期: date", "时间: timestamp"]);
    assert_eq!(outcome.texts("编号"), ["0001", "0002", "0003", "0004", "0005"]);
    assert_eq!(outcome.texts("金额"), ["1.5", "3.0", "∅", "6.0", "7.5"]);
    assert_eq!(outcome.texts("日期")[1], "2024-03-02");
    assert_eq!(outcome.texts("时间")[1], "2024-03-02T08:26:00");
    assert_eq!(outcome.sniffed.sheets, ["订单", "empty"]);
}
