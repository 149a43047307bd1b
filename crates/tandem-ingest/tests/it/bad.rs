//! Input as it should not be: what can be read is read, the rest is said.

use std::{fs, path::PathBuf};

use tandem_core::{Cancel, ErrorCode};
use tandem_ingest::{
    ColumnOverride, ColumnType, Context, Delimiter, ImportOptions, Limits, Quote, RejectCode, WarningCode, open, sniff,
};
use tempfile::TempDir;

use crate::support::{gzip, read, read_within};

fn file(folder: &TempDir, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn code_of(path: &std::path::Path) -> ErrorCode {
    read(path, &ImportOptions::default()).map(|o| o.rows()).unwrap_err().code()
}

#[test]
fn uneven_rows_are_set_aside_with_their_place() {
    let folder = folder();
    let mut text = String::from("id,name\n");
    for i in 0..50 {
        text.push_str(&format!("{i},n{i}\n"));
    }
    text.push_str("50\n51,x,y\n\n52,z\n");
    let outcome = read(&file(&folder, "a.csv", &text), &ImportOptions::default()).unwrap();
    assert_eq!(outcome.rows(), 51);
    let rejects: Vec<_> =
        outcome.rejects.iter().map(|r| (r.row_number, r.line.unwrap(), r.code, r.raw.as_str())).collect();
    assert_eq!(rejects, [(51, 52, RejectCode::FieldCount, "50"), (52, 53, RejectCode::FieldCount, "51,x,y")]);
    assert!(outcome.warnings().contains(&WarningCode::RaggedRows));
}

#[test]
fn a_type_that_changes_late_sets_rows_aside() {
    let folder = folder();
    let mut text = String::from("id,amount\n");
    for i in 0..400_000 {
        // Behind the head of the sample and between its spots.
        let amount = if i == 250_001 { "n.a. (lost)".to_owned() } else { format!("{}.5", i % 1000) };
        text.push_str(&format!("{i},{amount}\n"));
    }
    let path = file(&folder, "late.csv", &text);
    let outcome = read(&path, &ImportOptions::default()).unwrap();
    assert_eq!(outcome.columns(), ["id: int64", "amount: float64"]);
    assert_eq!(outcome.rows(), 399_999);
    let reject = &outcome.rejects[0];
    assert_eq!((reject.row_number, reject.line), (250_002, Some(250_003)));
    assert_eq!((reject.code, reject.column.as_deref()), (RejectCode::InvalidValue, Some("amount")));
    assert_eq!(reject.message, "`n.a. (lost)` is not a number.");
    assert_eq!(reject.raw, "250001,n.a. (lost)");
    assert!((360_000..440_000).contains(&outcome.sniffed.row_estimate.unwrap()));
}

#[test]
fn a_type_that_changes_for_good_is_seen() {
    let folder = folder();
    let mut text = String::from("code\n");
    for i in 0..400_000 {
        text.push_str(&if i < 300_000 { format!("{i}\n") } else { format!("A{i}\n") });
    }
    let outcome = read(&file(&folder, "late.csv", &text), &ImportOptions::default()).unwrap();
    assert_eq!((outcome.columns(), outcome.rejects.len()), (vec!["code: text".to_owned()], 0));
}

#[test]
fn invalid_bytes_cost_their_row_alone() {
    let folder = folder();
    let mut bytes = "城市,n\n".as_bytes().to_vec();
    for i in 0..40 {
        bytes.extend_from_slice(format!("北京{i},{i}\n").as_bytes());
    }
    // One line in GBK.
    bytes.extend_from_slice(b"\xC9\xCF\xBA\xA3,40\n\xE5\xB9,41\nok,42");
    let outcome = read(&file(&folder, "mixed.csv", &bytes), &ImportOptions::default()).unwrap();
    assert_eq!(outcome.rows(), 41);
    assert!(outcome.warnings().contains(&WarningCode::MixedEncoding));
    let rejects: Vec<_> = outcome.rejects.iter().map(|r| (r.row_number, r.code)).collect();
    assert_eq!(rejects, [(41, RejectCode::InvalidEncoding), (42, RejectCode::InvalidEncoding)]);
}

#[test]
fn lines_of_another_encoding_are_set_aside_and_said() {
    let folder = folder();
    let gbk = |text: &str| encoding_rs::GBK.encode(text).0.into_owned();
    let mut bytes = gbk("姓名,n\n");
    (0..1_000).for_each(|i| bytes.extend(gbk(&format!("张三,{i}\n"))));
    bytes.extend("李四,1000\n".as_bytes());
    bytes.extend(gbk("王五,1001\n"));
    let outcome = read(&file(&folder, "mixed.csv", &bytes), &ImportOptions::default()).unwrap();
    assert_eq!(outcome.sniffed.options.encoding, "gb18030");
    assert_eq!((outcome.rows(), outcome.texts("姓名").last().unwrap().as_str()), (1_001, "王五"));
    let rejects: Vec<_> = outcome.rejects.iter().map(|r| (r.row_number, r.code, r.raw.as_str())).collect();
    assert_eq!(rejects, [(1_001, RejectCode::InvalidEncoding, "\u{FFFD}李四,1000")]);
    assert!(outcome.warnings().contains(&WarningCode::MixedEncoding));

    let mut bytes = b"name,n\n".to_vec();
    bytes.extend("Zoë,0\n".as_bytes());
    bytes.extend(b"Zo\xEB,1\n");
    (2..200_000).for_each(|i| bytes.extend(format!("ann,{i}\n").bytes()));
    let outcome = read(&file(&folder, "names.csv", &bytes), &ImportOptions::default()).unwrap();
    assert_eq!(outcome.sniffed.options.encoding, "utf-8");
    assert_eq!((outcome.rows(), outcome.texts("name")[0].as_str()), (199_999, "Zoë"));
    assert_eq!((outcome.rejects.len(), outcome.rejects[0].code), (1, RejectCode::InvalidEncoding));
    assert!(outcome.warnings().contains(&WarningCode::MixedEncoding));
}

#[test]
fn broken_characters_of_other_encodings_cost_their_row() {
    let folder = folder();
    let (mut bytes, _, _) = encoding_rs::GB18030.encode("城市,n\n上海,1\n");
    bytes.to_mut().extend_from_slice(b"\xFF\xFF,2\n\xC9\xCF,3\n");
    let options = ImportOptions { encoding: Some("gbk".into()), ..ImportOptions::default() };
    let outcome = read(&file(&folder, "gbk.csv", &bytes), &options).unwrap();
    assert_eq!(outcome.texts("城市"), ["上海", "上"]);
    assert_eq!(outcome.rejects.len(), 1);
    assert_eq!(outcome.rejects[0].code, RejectCode::InvalidEncoding);
}

#[test]
fn a_record_too_long_is_passed_over() {
    let folder = folder();
    let limits = Limits { record_bytes: 10_000, block_bytes: 1000, ..Limits::default() };
    let long = "x".repeat(200_000);
    let text = format!("a,b\n1,{long}\n2,y\n3,\"{long}\"\n4,{}\n5,z\n", "x".repeat(10_100));
    let outcome = read_within(&file(&folder, "long.csv", text), &ImportOptions::default(), &limits).unwrap();
    assert_eq!(outcome.texts("a"), ["2", "5"]);
    let rejects: Vec<_> = outcome.rejects.iter().map(|r| (r.row_number, r.line.unwrap(), r.code)).collect();
    let code = RejectCode::RecordTooLong;
    assert_eq!(rejects, [(1, 2, code), (3, 4, code), (4, 5, code)]);
    assert!(outcome.rejects[0].raw.len() <= tandem_ingest::RAW_LIMIT + 3);
}

#[test]
fn headers_without_or_with_the_same_names_get_some() {
    let folder = folder();
    let outcome = read(&file(&folder, "h.csv", "id,,id,ID,\n1,2,3,4,5\n"), &ImportOptions::default()).unwrap();
    assert_eq!(outcome.columns().join(" "), "id: int64 column_2: int64 id_2: int64 ID_3: int64 column_5: int64");
    use WarningCode::{DuplicateColumnName as D, EmptyColumnName as E};
    assert_eq!(outcome.warnings(), [E, D, D, E]);
}

#[test]
fn damaged_compression_is_told_from_a_short_file() {
    let folder = folder();
    let mut text = String::from("a,b\n");
    for i in 0..200_000u64 {
        text.push_str(&format!("{i},{}\n", i.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
    }
    let packed = gzip(text.as_bytes());
    let cut = file(&folder, "cut.csv.gz", &packed[..packed.len() / 2]);
    assert_eq!(code_of(&cut), ErrorCode::TruncatedFile);
    let mut damaged = packed.clone();
    let middle = packed.len() / 2;
    damaged[middle..middle + 100].fill(0xAA);
    assert_eq!(code_of(&file(&folder, "bad.csv.gz", damaged)), ErrorCode::MalformedFile);
    assert_eq!(read(&file(&folder, "good.csv.gz", packed), &ImportOptions::default()).unwrap().rows(), 200_000);
}

#[test]
fn a_bomb_is_not_unpacked() {
    let folder = folder();
    let path = file(&folder, "bomb.csv.gz", gzip("0\n".repeat(8 << 20).as_bytes()));
    let limits = Limits { ratio_grace_bytes: 1 << 20, unpacked_ratio: 50, ..Limits::default() };
    let error = read_within(&path, &ImportOptions::default(), &limits).map(|o| o.rows()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::ArchiveTooLarge);
    let limits = Limits { unpacked_bytes: 10 << 20, ..Limits::default() };
    let error = read_within(&path, &ImportOptions::default(), &limits).map(|o| o.rows()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::ArchiveTooLarge);
}

#[test]
fn what_is_no_table_is_refused() {
    let folder = folder();
    assert_eq!(code_of(&file(&folder, "empty.csv", "")), ErrorCode::MalformedFile);
    assert_eq!(code_of(&file(&folder, "blank.csv", "\n\n\r\n")), ErrorCode::MalformedFile);
    assert_eq!(code_of(&file(&folder, "a.pdf", "%PDF-1.7\n1 0 obj")), ErrorCode::UnsupportedFormat);
    assert_eq!(code_of(&file(&folder, "a.csv", [0u8, 1, 2, 3, 0, 0, 9, 0])), ErrorCode::UnsupportedFormat);
    assert_eq!(code_of(&file(&folder, "a.parquet", "id\n1\n")), ErrorCode::MalformedFile);
    assert_eq!(code_of(&folder.path().join("none.csv")), ErrorCode::NotFound);
    assert_eq!(code_of(folder.path()), ErrorCode::UnsupportedFormat);
    assert_eq!(code_of(&file(&folder, "line.csv", "x".repeat(3 << 20))), ErrorCode::RecordTooLong);
    let header = read(&file(&folder, "header.csv", "a,b\n"), &ImportOptions::default()).unwrap();
    assert_eq!((header.rows(), header.warnings().contains(&WarningCode::NoRows)), (0, true));
}

#[test]
fn overrides_that_do_not_fit_are_refused() {
    let folder = folder();
    let path = file(&folder, "a.csv", "a,b\n1,2\n");
    let refused = |options: ImportOptions| sniff(&path, "a.csv", &options).unwrap_err().code();
    let column = |name: &str| ColumnOverride { name: name.into(), ..ColumnOverride::default() };
    let with = |columns| ImportOptions { columns, ..ImportOptions::default() };
    assert_eq!(refused(with(vec![column("c")])), ErrorCode::InvalidParameter);
    let renamed = ColumnOverride { rename: Some("B".into()), ..column("a") };
    assert_eq!(refused(with(vec![renamed])), ErrorCode::InvalidParameter);
    let out = |name| ColumnOverride { include: Some(false), ..column(name) };
    assert_eq!(refused(with(vec![out("a"), out("b")])), ErrorCode::InvalidParameter);
    let encoding = ImportOptions { encoding: Some("klingon".into()), ..ImportOptions::default() };
    assert_eq!(refused(encoding), ErrorCode::InvalidParameter);
}

#[test]
fn damaged_parquet_is_told_from_a_short_one() {
    use arrow::array::{Int64Array, RecordBatch, StringArray};
    let folder = folder();
    let ids = Int64Array::from_iter_values(0..50_000);
    let names: StringArray = (0..50_000).map(|i| Some(format!("name {}", i * 7919 % 1000))).collect();
    let batch = RecordBatch::try_from_iter([
        ("id", std::sync::Arc::new(ids) as arrow::array::ArrayRef),
        ("name", std::sync::Arc::new(names)),
    ])
    .unwrap();
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    assert_eq!(code_of(&file(&folder, "cut.parquet", &bytes[..bytes.len() / 2])), ErrorCode::TruncatedFile);
    let footer = bytes.len() - 40;
    let mut damaged = bytes.clone();
    damaged[footer..footer + 30].fill(0xFF);
    assert_eq!(code_of(&file(&folder, "foot.parquet", damaged)), ErrorCode::MalformedFile);
    // Bytes changed anywhere may go unnoticed, but never stop the program.
    for at in (4..bytes.len() - 8).step_by(bytes.len() / 60) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0xFF;
        if let Err(error) = read(&file(&folder, "any.parquet", damaged), &ImportOptions::default()) {
            assert!(matches!(error.code(), ErrorCode::MalformedFile | ErrorCode::TruncatedFile), "at {at}: {error:?}");
        }
    }
}

#[test]
fn cancelling_and_dropping_stop_the_work() {
    let folder = folder();
    let text = "a,b\n".to_owned() + &"1,2\n".repeat(200_000);
    let path = file(&folder, "a.csv", text);
    let sniffed = sniff(&path, "a.csv", &ImportOptions::default()).unwrap();
    let cancel = Cancel::new();
    let limits = Limits { block_bytes: 1000, ..Limits::default() };
    let context = Context { cancel: cancel.clone(), limits, ..Context::default() };
    let mut reader = open(&path, &sniffed.options, &context).unwrap();
    assert!(reader.next().unwrap().is_ok());
    cancel.cancel();
    assert_eq!(reader.next().unwrap().unwrap_err().code(), ErrorCode::Cancelled);
    assert!(reader.next().is_none());
    let reader = open(&path, &sniffed.options, &Context::default()).unwrap();
    drop(reader);
}

#[test]
fn quotes_in_the_middle_and_astray() {
    let folder = folder();
    let mut text = String::from("size,name\n");
    for i in 0..30 {
        text.push_str(&format!("{i},\"quoted, {i}\"\n"));
    }
    text.push_str("5,5\" pipe\n6,\"a\"b\n7,\"never closed\n8,fine\n");
    let outcome = read(&file(&folder, "q.csv", text), &ImportOptions::default()).unwrap();
    assert_eq!(&outcome.texts("name")[30..], ["5\" pipe", "fine"]);
    let codes: Vec<_> = outcome.rejects.iter().map(|r| (r.line.unwrap(), r.code)).collect();
    assert_eq!(codes, [(33, RejectCode::StrayQuote), (34, RejectCode::UnclosedQuote)]);
    let options = ImportOptions {
        quote: Some(Quote(None)),
        delimiter: Some(Delimiter::Byte(b',')),
        columns: vec![ColumnOverride {
            name: "size".into(),
            column_type: Some(ColumnType::Decimal { precision: 5, scale: 1 }),
            ..ColumnOverride::default()
        }],
        ..ImportOptions::default()
    };
    let path = file(&folder, "n.csv", "size,name\n1.5,\"a\n2.25,b\"\n");
    let outcome = read(&path, &options).unwrap();
    assert_eq!(outcome.texts("size"), ["1.5"]);
    assert_eq!(outcome.rejects[0].message, "`2.25` is not a decimal that fits the type.");
}
