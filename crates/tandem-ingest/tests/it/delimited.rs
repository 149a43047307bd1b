//! Delimited text in its many forms.

use std::{fs, path::PathBuf};

use proptest::prelude::*;
use tandem_ingest::{ColumnOverride, ColumnType, Delimiter, ImportOptions, Limits, WarningCode};
use tempfile::TempDir;

use crate::support::{Outcome, gzip, read, read_within};

fn read_bytes(name: &str, bytes: impl AsRef<[u8]>, options: &ImportOptions) -> Outcome {
    let folder = TempDir::new().unwrap();
    let path: PathBuf = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    read(&path, options).unwrap()
}

const CHINESE: &str = "订单号,城市,金额,下单日期\n\
    0001,上海,12.5,2024年3月5日\n\
    0002,北京,8,2024年3月6日\n\
    0003,\"广州, 天河\",NA,2024年12月31日\n";

#[test]
fn every_encoding_gives_the_same_table() {
    let utf16 = |little: bool, mark: bool| {
        let mark = if mark { "\u{FEFF}" } else { "" };
        let units: Vec<u16> = format!("{mark}{CHINESE}").encode_utf16().collect();
        units.iter().flat_map(|u| if little { u.to_le_bytes() } else { u.to_be_bytes() }).collect::<Vec<u8>>()
    };
    let cases: [(&str, Vec<u8>); 7] = [
        ("utf-8", CHINESE.as_bytes().to_vec()),
        ("utf-8", format!("\u{FEFF}{CHINESE}").into_bytes()),
        ("gb18030", encoding_rs::GBK.encode(CHINESE).0.into_owned()),
        ("utf-16le", utf16(true, true)),
        ("utf-16be", utf16(false, true)),
        ("utf-16le", utf16(true, false)),
        ("utf-16be", utf16(false, false)),
    ];
    for (encoding, bytes) in cases {
        for (name, bytes) in [("a.csv", bytes.clone()), ("a.csv.gz", gzip(&bytes))] {
            let outcome = read_bytes(name, &bytes, &ImportOptions::default());
            assert_eq!(outcome.sniffed.options.encoding, encoding);
            assert_eq!(
                outcome.columns(),
                ["订单号: text", "城市: text", "金额: float64", "下单日期: date"],
                "{encoding}"
            );
            assert_eq!(outcome.texts("城市"), ["上海", "北京", "广州, 天河"]);
            assert_eq!(outcome.texts("下单日期"), ["2024-03-05", "2024-03-06", "2024-12-31"]);
            assert_eq!(outcome.texts("金额"), ["12.5", "8.0", "∅"]);
            assert_eq!(outcome.warnings(), [WarningCode::NullTokens]);
        }
    }
}

#[test]
fn every_delimiter_and_line_end_gives_the_same_table() {
    let rows = ["id#when#note", "1#2024-03-05 08:26#a b", "2#2024-03-06 09:00#c", "3#2024-03-07 10:30#"];
    for delimiter in [",", "\t", ";", "|"] {
        for end in ["\n", "\r\n", "\r"] {
            let text = rows.map(|r| r.replace('#', delimiter)).join(end);
            let outcome = read_bytes("a.txt", &text, &ImportOptions::default());
            assert_eq!(outcome.columns(), ["id: int64", "when: timestamp", "note: text"], "{delimiter:?} {end:?}");
            assert_eq!(outcome.texts("note"), ["a b", "c", "∅"]);
            assert_eq!(outcome.sniffed.options.delimiter, Delimiter::Byte(delimiter.as_bytes()[0]));
            assert!(outcome.rejects.is_empty());
        }
    }
}

#[test]
fn one_column_and_prose() {
    let outcome = read_bytes("a.csv", "name\nann\n\nbob\n", &ImportOptions::default());
    assert_eq!(outcome.texts("name"), ["ann", "∅", "bob"]);
    let outcome =
        read_bytes("a.txt", "2024-03-05 08:26\n2024-03-06 09:00\n2024-03-07 09:00\n", &ImportOptions::default());
    assert_eq!(outcome.columns(), ["column_1: timestamp"]);
}

#[test]
fn numbers_as_they_are_shown() {
    let text = "amount,n\n\"1,234.50\",\"1,234\"\n¥12,56\n-$3.5,7\n";
    let outcome = read_bytes("a.csv", text, &ImportOptions::default());
    assert_eq!(outcome.columns(), ["amount: float64", "n: text"]);
    assert_eq!(outcome.texts("amount"), ["1234.5", "12.0", "-3.5"]);
    assert_eq!(outcome.warnings(), [WarningCode::FormattedNumbers, WarningCode::FormattedNumbers]);
    let as_number =
        ColumnOverride { name: "n".into(), column_type: Some(ColumnType::Int64), ..ColumnOverride::default() };
    let options = ImportOptions { columns: vec![as_number], ..ImportOptions::default() };
    assert_eq!(read_bytes("a.csv", text, &options).texts("n"), ["1234", "56", "7"]);
    // Between semicolons it could be a little more than one.
    let outcome = read_bytes("a.csv", "m;n\n1;\"1,234\"\n2;56\n3;7\n", &options);
    assert_eq!((outcome.texts("n"), outcome.rejects.len()), (vec!["56".to_owned(), "7".to_owned()], 1));
}

#[test]
fn names_of_rows_need_no_name() {
    let mut text = String::from("x y\n");
    (1..40).for_each(|i| text.push_str(&format!("{i} {i}.5 a{i}\n")));
    let outcome = read_bytes("a.txt", &text, &ImportOptions::default());
    assert_eq!(outcome.columns(), ["column_1: int64", "x: float64", "y: text"]);
    let outcome = read_bytes("a.csv", "x,y\n1,2.5,\n2,3.5,\n", &ImportOptions::default());
    assert_eq!(outcome.columns(), ["x: int64", "y: float64", "column_3: text"]);
}

#[test]
fn titles_above_the_table_are_left_out() {
    let mut text = String::from("月度销售报表\n制表日期：2024-03-05\n\n门店,金额\n");
    for i in 0..20 {
        text.push_str(&format!("门店{i},{i}.5\n"));
    }
    let outcome = read_bytes("a.csv", &text, &ImportOptions::default());
    assert_eq!(outcome.columns(), ["门店: text", "金额: float64"]);
    assert_eq!((outcome.rows(), outcome.sniffed.options.skip_rows), (20, 3));
    assert!(outcome.warnings().contains(&WarningCode::LinesSkipped));
}

#[test]
fn empty_text_is_not_a_missing_one() {
    let outcome = read_bytes("a.csv", "a,b\n\"\",1\n,2\nx,\n", &ImportOptions::default());
    assert_eq!(outcome.texts("a"), ["", "∅", "x"]);
    assert_eq!(outcome.texts("b"), ["1", "2", "∅"]);
}

#[test]
fn what_the_user_says_counts() {
    let options = ImportOptions {
        header: Some(false),
        skip_rows: Some(1),
        null_values: Some(vec!["-999".into()]),
        columns: vec![
            ColumnOverride {
                name: "column_1".into(),
                rename: Some("编号".into()),
                column_type: Some(ColumnType::Text),
                ..ColumnOverride::default()
            },
            ColumnOverride { name: "column_2".into(), include: Some(false), ..ColumnOverride::default() },
            ColumnOverride {
                name: "column_4".into(),
                column_type: Some(ColumnType::Bool),
                ..ColumnOverride::default()
            },
        ],
        ..ImportOptions::default()
    };
    let outcome = read_bytes("a.csv", "a,b,c,d\n1,x,-999,是\n2,y,7,no\n", &options);
    let schema = outcome.batches[0].schema();
    assert_eq!(schema.fields().iter().map(|f| f.name().as_str()).collect::<Vec<_>>(), ["编号", "column_3", "column_4"]);
    assert_eq!(outcome.texts("编号"), ["1", "2"]);
    assert_eq!(outcome.texts("column_3"), ["∅", "7"]);
    assert_eq!(outcome.texts("column_4"), ["true", "false"]);
    assert_eq!(
        outcome.sniffed.rows,
        [[Some("1".into()), None, Some("true".into())], [Some("2".into()), Some("7".into()), Some("false".into())]]
    );
}

type Table = Vec<Vec<Option<String>>>;

/// Any table of text, and where a field would not need quotes whether it has them.
fn tables() -> impl Strategy<Value = (Table, Vec<bool>)> {
    (1usize..5).prop_flat_map(|width| {
        let field = prop::option::weighted(0.9, "([a-c ,;\"\r\n是]|1){0,6}");
        let table = prop::collection::vec(prop::collection::vec(field, width), 1..20);
        (table, prop::collection::vec(any::<bool>(), 16))
    })
}

fn write(table: &Table, quoted: &[bool], end: &str) -> String {
    let mut text = (0..table[0].len()).map(|i| format!("c{i}")).collect::<Vec<_>>().join(",") + end;
    for (place, row) in table.iter().enumerate() {
        let fields = row.iter().enumerate().map(|(at, field)| match field {
            None => String::new(),
            Some(v) => {
                let must = v.is_empty() || v.starts_with('"') || v.contains([',', '\n', '\r']);
                if must || quoted[(place + at) % quoted.len()] {
                    format!("\"{}\"", v.replace('"', "\"\""))
                } else {
                    v.clone()
                }
            }
        });
        text.push_str(&fields.collect::<Vec<_>>().join(","));
        text.push_str(end);
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_written_is_read((table, quoted) in tables(), crlf: bool, block in 1usize..64, threads in 1usize..4) {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(&path, write(&table, &quoted, if crlf { "\r\n" } else { "\n" })).unwrap();
        let width = table[0].len();
        let as_text = |i| ColumnOverride { name: format!("c{i}"), column_type: Some(ColumnType::Text), ..ColumnOverride::default() };
        let options = ImportOptions {
            header: Some(true),
            skip_rows: Some(0),
            delimiter: Some(Delimiter::Byte(b',')),
            quote: Some(tandem_ingest::Quote(Some(b'"'))),
            ..ImportOptions::default()
        };
        let mut sniffed = tandem_ingest::sniff(&path, "a.csv", &options).unwrap();
        // Of a table this small every column may be taken for something.
        prop_assert_eq!(sniffed.columns.len(), width);
        let options = ImportOptions { columns: (0..width).map(as_text).collect(), ..options };
        sniffed.options.columns.iter_mut().for_each(|c| c.column_type = ColumnType::Text);
        let limits = Limits { block_bytes: block, threads, ..Limits::default() };
        let outcome = read_within(&path, &options, &limits).unwrap();
        prop_assert!(outcome.rejects.is_empty(), "{:?}", outcome.rejects);
        for column in 0..width {
            let expected: Vec<String> = table.iter().map(|row| row[column].clone().unwrap_or_else(|| "∅".into())).collect();
            prop_assert_eq!(outcome.texts(&format!("c{column}")), expected);
        }
    }
}

#[test]
fn decimal_commas_are_read_where_they_can_be_nothing_else() {
    let text = "Kunde;Umsatz;Menge;Preis\n1;1.234,56;1.000;2,5\n2;12,50;2.500;1,234\n3;0,99;3.000;10\n";
    let outcome = read_bytes("a.csv", text, &ImportOptions::default());
    assert_eq!(outcome.columns(), ["Kunde: int64", "Umsatz: float64", "Menge: int64", "Preis: float64"]);
    assert_eq!(outcome.texts("Umsatz"), ["1234.56", "12.5", "0.99"]);
    // Beside such numbers a point separates thousands.
    assert_eq!(outcome.texts("Menge"), ["1000", "2500", "3000"]);
    assert_eq!(outcome.texts("Preis"), ["2.5", "1.234", "10.0"]);
    assert_eq!(outcome.warnings(), [WarningCode::DecimalCommas; 3]);

    // What was said about a column stands, and exact decimals stay exact.
    let decimal = ColumnType::Decimal { precision: 10, scale: 2 };
    let said = ColumnOverride { name: "Umsatz".into(), column_type: Some(decimal), ..ColumnOverride::default() };
    let options = ImportOptions { columns: vec![said], ..ImportOptions::default() };
    assert_eq!(read_bytes("a.csv", text, &options).texts("Umsatz"), ["1234.56", "12.50", "0.99"]);
    let points = "n\n\"1,234\"\n\"5,678\"\n";
    let said = |comma| ColumnOverride {
        name: "n".into(),
        column_type: Some(ColumnType::Float64),
        decimal_comma: Some(comma),
        ..ColumnOverride::default()
    };
    for (comma, expected) in [(true, ["1.234", "5.678"]), (false, ["1234.0", "5678.0"])] {
        let options = ImportOptions { columns: vec![said(comma)], ..ImportOptions::default() };
        assert_eq!(read_bytes("a.csv", points, &options).texts("n"), expected);
    }

    // A value that is written the other way round is set aside, not misread.
    let odd =
        ImportOptions { columns: vec![ColumnOverride { name: "x".into(), ..said(true) }], ..ImportOptions::default() };
    let outcome = read_bytes("a.csv", "x;y\n1,5;a\n2.5;b\n", &odd);
    assert_eq!((outcome.texts("x"), outcome.rejects.len()), (vec!["1.5".to_owned()], 1));
}
