//! Parquet files.

use std::{fs::File, sync::Arc};

use arrow::{
    array::{
        ArrayRef, BinaryArray, Decimal128Array, DictionaryArray, Float32Array, Int8Array, Int64Array, ListArray,
        RecordBatch, StringArray, StructArray, Time64MicrosecondArray, TimestampNanosecondArray, UInt64Array,
    },
    datatypes::{DataType, Field, Int32Type},
};
use parquet::arrow::ArrowWriter;
use tandem_core::ErrorCode;
use tandem_ingest::{ColumnOverride, ColumnType, Context, ImportOptions, RejectCode, WarningCode, open, sniff};
use tempfile::TempDir;

use crate::support::{Outcome, read};

fn write(folder: &TempDir, columns: Vec<(&str, ArrayRef)>) -> std::path::PathBuf {
    let path = folder.path().join("a.parquet");
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, a)| (n, a, true))).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    path
}

fn read_columns(columns: Vec<(&str, ArrayRef)>, options: &ImportOptions) -> Outcome {
    let folder = TempDir::new().unwrap();
    read(&write(&folder, columns), options).unwrap()
}

#[test]
fn types_are_brought_to_those_of_an_import() {
    let city: ArrayRef = Arc::new(StringArray::from(vec![Some("上海"), None]));
    let nested = StructArray::try_new(
        vec![Field::new("city", DataType::Utf8, true)].into(),
        vec![city],
        Some(vec![true, false].into()),
    )
    .unwrap();
    let tags = ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1), None]), None]);
    let colors: DictionaryArray<Int32Type> = vec![Some("red"), None].into_iter().collect();
    let outcome = read_columns(
        vec![
            ("small", Arc::new(Int8Array::from(vec![Some(-3), None]))),
            ("huge", Arc::new(UInt64Array::from(vec![Some(u64::MAX), None]))),
            ("ratio", Arc::new(Float32Array::from(vec![Some(1.5), None]))),
            ("price", Arc::new(Decimal128Array::from(vec![Some(1250), None]).with_precision_and_scale(9, 2).unwrap())),
            (
                "at",
                Arc::new(
                    TimestampNanosecondArray::from(vec![Some(1_709_627_160_123_456_789), None]).with_timezone("UTC"),
                ),
            ),
            ("clock", Arc::new(Time64MicrosecondArray::from(vec![Some(30_360_000_000), None]))),
            ("color", Arc::new(colors)),
            ("raw", Arc::new(BinaryArray::from(vec![Some(&b"\x00\xff"[..]), None]))),
            ("address", Arc::new(nested)),
            ("tags", Arc::new(tags)),
        ],
        &ImportOptions::default(),
    );
    assert_eq!(
        outcome.columns().join(" "),
        "small: int64 huge: decimal(20,0) ratio: float64 price: decimal(9,2) at: timestamptz clock: text color: text \
         raw: binary address.city: text tags: text"
    );
    for (column, expected) in [
        ("small", "-3"),
        ("huge", "18446744073709551615"),
        ("ratio", "1.5"),
        ("price", "12.50"),
        ("at", "2024-03-05T08:26:00.123456Z"),
        ("clock", "08:26:00"),
        ("color", "red"),
        ("raw", "00ff"),
        ("address.city", "上海"),
        ("tags", "[1,null]"),
    ] {
        assert_eq!(outcome.texts(column), [expected, "∅"], "{column}");
    }
    use WarningCode::{NestedAsText as N, TypeChanged as T};
    assert_eq!(outcome.warnings(), [T, T, T, N]);
    assert!(outcome.rejects.is_empty());
}

#[test]
fn what_does_not_fit_an_override_is_set_aside() {
    let typed =
        |name: &str, kind| ColumnOverride { name: name.into(), column_type: Some(kind), ..ColumnOverride::default() };
    let options = ImportOptions {
        columns: vec![
            typed("n", ColumnType::Int64),
            typed("d", ColumnType::Date),
            ColumnOverride { name: "left".into(), include: Some(false), ..ColumnOverride::default() },
        ],
        ..ImportOptions::default()
    };
    let outcome = read_columns(
        vec![
            ("left", Arc::new(Int64Array::from(vec![0, 1, 2]))),
            ("n", Arc::new(arrow::array::Float64Array::from(vec![1.0, 2.5, 3.0]))),
            ("d", Arc::new(StringArray::from(vec!["2024年3月5日", "2024-03-06", "soon"]))),
        ],
        &options,
    );
    assert_eq!((outcome.texts("n"), outcome.texts("d")), (vec!["1".to_owned()], vec!["2024-03-05".to_owned()]));
    let rejects: Vec<_> =
        outcome.rejects.iter().map(|r| (r.row_number, r.column.as_deref().unwrap(), r.code, r.raw.as_str())).collect();
    let code = RejectCode::InvalidValue;
    assert_eq!(rejects, [(2, "n", code, "n: 2.5, d: 2024-03-06"), (3, "d", code, "n: 3.0, d: soon")]);
}

#[test]
fn other_columns_than_those_of_the_preview_are_refused() {
    let folder = TempDir::new().unwrap();
    let path = write(&folder, vec![("a", Arc::new(Int64Array::from(vec![1])))]);
    let sniffed = sniff(&path, "a.parquet", &ImportOptions::default()).unwrap();
    write(&folder, vec![("b", Arc::new(Int64Array::from(vec![1])))]);
    let error = open(&path, &sniffed.options, &Context::default()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::SchemaMismatch);
}
