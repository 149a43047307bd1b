//! JSON and NDJSON.

use std::fs;

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tandem_core::ErrorCode;
use tandem_ingest::{ColumnOverride, ColumnType, Format, ImportOptions, Limits, RejectCode, WarningCode};
use tempfile::TempDir;

use crate::support::{Outcome, gzip, read, read_within};

fn read_text(name: &str, text: impl AsRef<[u8]>) -> tandem_core::Result<Outcome> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    read(&path, &ImportOptions::default())
}

const RECORDS: [&str; 3] = [
    r#"{"id": 1, "name": "安娜", "at": "2024-03-05T08:26:00Z", "address": {"city": "上海", "lines": ["a", "b"]}, "ok": true}"#,
    r#"{"id": 2, "name": "b \"q\" \\ }]", "at": null, "address": null, "ok": false, "code": "007"}"#,
    r#"{"code": "008", "id": 3.5, "name": "", "address": {"city": "北京"}}"#,
];

fn check(outcome: &Outcome) {
    assert_eq!(
        outcome.columns(),
        [
            "id: float64",
            "name: text",
            "at: timestamptz",
            "address.city: text",
            "address.lines: text",
            "ok: bool",
            "code: text"
        ]
    );
    assert_eq!(outcome.texts("id"), ["1.0", "2.0", "3.5"]);
    assert_eq!(outcome.texts("name"), ["安娜", "b \"q\" \\ }]", ""]);
    assert_eq!(outcome.texts("at"), ["2024-03-05T08:26:00Z", "∅", "∅"]);
    assert_eq!(outcome.texts("address.city"), ["上海", "∅", "北京"]);
    assert_eq!(outcome.texts("address.lines"), ["[\"a\", \"b\"]", "∅", "∅"]);
    assert_eq!(outcome.texts("code"), ["∅", "007", "008"]);
    assert_eq!(outcome.warnings(), [WarningCode::NestedAsText]);
    assert!(outcome.rejects.is_empty());
}

#[test]
fn every_way_to_write_records_gives_the_same_table() {
    let pretty: Vec<String> = RECORDS
        .iter()
        .map(|r| serde_json::to_string_pretty(&serde_json::from_str::<Value>(r).unwrap()).unwrap())
        .collect();
    let cases = [
        ("a.json", format!("[{}]", RECORDS.join(",")), Format::Json),
        ("a.json", format!("\u{FEFF} [\n{}\n]\n", RECORDS.join(" ,\n")), Format::Json),
        ("a.ndjson", RECORDS.join("\n"), Format::Ndjson),
        ("noname", RECORDS.join("\r\n\r\n"), Format::Ndjson),
        ("a.json", RECORDS.join("\n"), Format::Ndjson),
        ("a.json", RECORDS.join(" "), Format::Json),
    ];
    for (name, text, format) in cases {
        let outcome = read_text(name, &text).unwrap();
        assert_eq!(outcome.sniffed.format, format, "{text}");
        check(&outcome);
        check(&read_text(&format!("{name}.gz"), gzip(text.as_bytes())).unwrap());
    }
    // Pretty printing changes the nested text alone.
    let outcome = read_text("a.json", format!("[{}]", pretty.join(","))).unwrap();
    assert_eq!(outcome.texts("address.city"), ["上海", "∅", "北京"]);
}

#[test]
fn what_fits_no_column_is_set_aside() {
    let mut lines: Vec<String> = (0..400_000).map(|i| format!("{{\"id\":{i},\"note\":\"row number {i}\"}}")).collect();
    lines[245_001] = "{\"id\":245001,\"extra\":1}".into();
    lines[245_003] = "{\"id\":\"x\"}".into();
    lines[245_005] = "{\"id\":1".into();
    lines[245_007] = "[1,2]".into();
    let outcome = read_text("a.ndjson", lines.join("\n")).unwrap();
    assert_eq!(outcome.rows(), 399_996);
    let rejects: Vec<_> = outcome.rejects.iter().map(|r| (r.row_number, r.code)).collect();
    use RejectCode::{InvalidValue, MalformedJson, UnknownField};
    assert_eq!(
        rejects,
        [(245_002, UnknownField), (245_004, InvalidValue), (245_006, MalformedJson), (245_008, MalformedJson)]
    );
    let array = format!("[{}]", lines[..20_000].join(","));
    assert_eq!(read_text("a.json", array).unwrap().rows(), 20_000);
}

#[test]
fn damaged_json_is_told() {
    let code = |text: &str| read_text("a.json", text).map(|o| o.rows()).unwrap_err().code();
    assert_eq!(code("[{\"a\":1},{\"a\":2}"), ErrorCode::TruncatedFile);
    assert_eq!(code("[{\"a\":1},{\"a\":\"2"), ErrorCode::TruncatedFile);
    assert_eq!(code("[1,2,3]"), ErrorCode::MalformedFile);
    assert_eq!(code("[]"), ErrorCode::MalformedFile);
    assert_eq!(code("[{}]"), ErrorCode::MalformedFile);
    assert_eq!(code("hello"), ErrorCode::MalformedFile);
    let deep = "[".repeat(100_000);
    assert_eq!(code(&format!("[{{\"a\":{deep}")), ErrorCode::TruncatedFile);
}

#[test]
fn a_long_element_is_passed_over() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.json");
    let long = "x".repeat(100_000);
    fs::write(
        &path,
        format!("[{{\"a\":1}},{{\"a\":\"{long}\"}},{{\"a\":3}},{{\"a\":\"{}\"}},{{\"a\":5}}]", &long[..10_100]),
    )
    .unwrap();
    let limits = Limits { record_bytes: 10_000, block_bytes: 1000, ..Limits::default() };
    let options = ImportOptions {
        columns: vec![ColumnOverride {
            name: "a".into(),
            column_type: Some(ColumnType::Int64),
            ..ColumnOverride::default()
        }],
        ..ImportOptions::default()
    };
    let outcome = read_within(&path, &options, &limits).unwrap();
    assert_eq!(outcome.texts("a"), ["1", "3", "5"]);
    let rejects: Vec<_> = outcome.rejects.iter().map(|r| (r.row_number, r.code)).collect();
    assert_eq!(rejects, [(2, RejectCode::RecordTooLong), (4, RejectCode::RecordTooLong)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read(
        rows in prop::collection::vec(prop::collection::vec(prop::option::of("[a-c{}\\[\\]\",:\\\\\n是]{0,8}"), 3), 1..12),
        pretty: bool,
        block in 1usize..80,
    ) {
        let objects: Vec<Value> = rows
            .iter()
            .map(|row| {
                let fields = row.iter().enumerate().map(|(at, v)| (format!("k{at}"), json!(v)));
                Value::Object(fields.collect::<Map<_, _>>())
            })
            .collect();
        let lines = objects.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
        let array = if pretty { serde_json::to_string_pretty(&objects).unwrap() } else { json!(objects).to_string() };
        for (name, text) in [("a.json", array), ("a.ndjson", lines)] {
            let folder = TempDir::new().unwrap();
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            let limits = Limits { block_bytes: block, ..Limits::default() };
            let outcome = read_within(&path, &ImportOptions::default(), &limits).unwrap();
            prop_assert!(outcome.rejects.is_empty(), "{:?}", outcome.rejects);
            for at in 0..3 {
                let expected: Vec<String> = rows.iter().map(|r| r[at].clone().unwrap_or_else(|| "∅".into())).collect();
                prop_assert_eq!(outcome.texts(&format!("k{at}")), expected);
            }
        }
    }
}
