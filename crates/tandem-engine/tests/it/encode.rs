//! Batches as bytes, read back by other readers where there are some.

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array, Int32Builder,
        Int64Array, ListArray, MapBuilder, RecordBatch, StringArray, StringBuilder, StructArray,
        TimestampMicrosecondArray, UInt64Array,
    },
    datatypes::{DataType, Field, Int64Type},
    ipc::reader::StreamReader,
};
use futures::TryStreamExt;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use proptest::prelude::*;
use tandem_core::{Error, ErrorCode};
use tandem_engine::{
    Batches,
    encode::{Format, encode, json_rows},
};

use crate::support::{batch, ints, lines, people};

async fn bytes(batches: Vec<RecordBatch>, format: Format) -> Vec<u8> {
    let schema = batches[0].schema();
    let pieces: Vec<_> = encode(Batches::from_vec(schema, batches), format).try_collect().await.unwrap();
    pieces.concat()
}

fn everything() -> RecordBatch {
    let mut map = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
    map.keys().append_value("k");
    map.values().append_value(1);
    map.append(true).unwrap();
    map.append(false).unwrap();
    let point = StructArray::from(vec![(Arc::new(Field::new("x", DataType::Int64, true)), ints([1, 2]))]);
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("n", Arc::new(Int64Array::from(vec![Some(9_007_199_254_740_991), Some(9_007_199_254_740_992)]))),
        ("u", Arc::new(UInt64Array::from(vec![u64::MAX, 1]))),
        ("f", Arc::new(Float64Array::from(vec![Some(0.1), Some(f64::NAN)]))),
        ("g", Arc::new(Float32Array::from(vec![Some(0.1), Some(f32::NEG_INFINITY)]))),
        ("b", Arc::new(BooleanArray::from(vec![Some(true), None]))),
        ("s", Arc::new(StringArray::from(vec![Some("他说\"好\"\n"), Some("")]))),
        ("d", Arc::new(Date32Array::from(vec![19_782, -1]))),
        ("t", Arc::new(TimestampMicrosecondArray::from(vec![1_709_195_400_500_000, 0]))),
        ("z", Arc::new(TimestampMicrosecondArray::from(vec![0, 1]).with_timezone("UTC"))),
        ("m", Arc::new(Decimal128Array::from(vec![1_250, -5]).with_precision_and_scale(20, 2).unwrap())),
        ("x", Arc::new(BinaryArray::from_vec(vec![b"\x00\xff", b""]))),
        ("l", Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>(vec![Some(vec![Some(1), None]), None]))),
        ("p", Arc::new(point)),
        ("k", Arc::new(map.finish())),
    ];
    batch(columns)
}

#[tokio::test]
async fn json_says_everything_exactly() {
    let json = String::from_utf8(bytes(vec![everything()], Format::Json).await).unwrap();
    let expected = concat!(
        r#"[[9007199254740991,"18446744073709551615",0.1,0.1,true,"他说\"好\"\n","2024-02-29","2024-02-29T08:30:00.500","#,
        r#""1970-01-01T00:00:00Z","12.50","AP8=",[1,null],{"x":1},{"k":1}],"#,
        r#"["9007199254740992",1,"NaN","-Infinity",null,"","1969-12-31","1970-01-01T00:00:00","#,
        r#""1970-01-01T00:00:00.000001Z","-0.05","",null,{"x":2},null]]"#,
    );
    assert_eq!(json, expected);
    assert_eq!(json_rows(&[everything()]).unwrap(), expected);
    assert_eq!(json_rows(&[]).unwrap(), "[]");
}

#[tokio::test]
async fn json_lines_are_objects() {
    let rows = batch(vec![("编号", ints([1, 2])), ("a\"b", ints([3, 4]))]);
    let text = String::from_utf8(bytes(vec![rows.slice(0, 1), rows.slice(1, 1)], Format::Ndjson).await).unwrap();
    assert_eq!(text, "{\"编号\":1,\"a\\\"b\":3}\n{\"编号\":2,\"a\\\"b\":4}\n");
}

#[tokio::test]
async fn csv_tells_null_from_empty_and_quotes_what_needs_it() {
    let name: ArrayRef =
        Arc::new(StringArray::from(vec![Some("a,b"), Some(""), None, Some(" x"), Some("say \"hi\"\nbye")]));
    let rows = batch(vec![("id", ints([1, 2, 3, 4, 5])), ("full name", name)]);
    let text = String::from_utf8(bytes(vec![rows.clone()], Format::Csv).await).unwrap();
    assert_eq!(text, "id,full name\n1,\"a,b\"\n2,\"\"\n3,\n4,\" x\"\n5,\"say \"\"hi\"\"\nbye\"\n");
    let marked = bytes(vec![rows], Format::CsvForSpreadsheets).await;
    assert_eq!(&marked[..3], b"\xEF\xBB\xBF");
    assert_eq!(&marked[3..], text.as_bytes());
    let text = String::from_utf8(bytes(vec![everything()], Format::Csv).await).unwrap();
    let last = "9007199254740992,1,NaN,-Infinity,,\"\",1969-12-31,1970-01-01T00:00:00,1970-01-01T00:00:00.000001Z,-0.05,\"\",,\"{\"\"x\"\":2}\",\n";
    assert!(text.ends_with(last), "{text}");
}

#[tokio::test]
async fn a_text_is_no_formula_in_what_a_spreadsheet_opens() {
    let texts = ["=1+1", "+49 30", "-x", "@a", "\ta", "＝1", "-7", "+1.5e3", "a=1", "1-2"];
    let column: ArrayRef = Arc::new(StringArray::from(texts.to_vec()));
    let rows = batch(vec![("-n", ints([-1; 10])), ("t", column)]);
    let exact = String::from_utf8(bytes(vec![rows.clone()], Format::Csv).await).unwrap();
    assert!(exact.starts_with("-n,t\n-1,=1+1\n-1,+49 30\n"), "{exact}");
    let safe = String::from_utf8(bytes(vec![rows], Format::SafeCsv).await).unwrap();
    let expected = "'-n,t\n-1,'=1+1\n-1,'+49 30\n-1,'-x\n-1,'@a\n-1,'\ta\n-1,'＝1\n-1,-7\n-1,+1.5e3\n-1,a=1\n-1,1-2\n";
    assert_eq!(safe, expected);
}

#[tokio::test]
async fn arrow_and_parquet_hold_the_rows() {
    let rows: Vec<_> = (0..5).map(|at| people(at * 10_000, 10_000)).collect();
    let arrow = bytes(rows.clone(), Format::Arrow).await;
    let read: Vec<_> = StreamReader::try_new(arrow.as_slice(), None).unwrap().map(Result::unwrap).collect();
    assert_eq!(lines(&read), lines(&rows));
    let parquet = bytes(rows.clone(), Format::Parquet).await;
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(parquet)).unwrap();
    let read: Vec<_> = reader.build().unwrap().map(Result::unwrap).collect();
    assert_eq!(lines(&read), lines(&rows));
    for format in [Format::Arrow, Format::Parquet, Format::Json, Format::Csv, Format::Xlsx, Format::Ndjson] {
        let empty = bytes(vec![people(0, 0)], format).await;
        assert_eq!(empty.is_empty(), format == Format::Ndjson, "{format:?}");
    }
    let arrow = bytes(vec![everything()], Format::Arrow).await;
    assert_eq!(StreamReader::try_new(arrow.as_slice(), None).unwrap().next().unwrap().unwrap(), everything());
}

#[tokio::test]
async fn an_error_ends_the_bytes() {
    let input = vec![Ok(people(0, 1)), Err(Error::new(ErrorCode::TimeLimit, "too long")), Ok(people(1, 1))];
    let batches = Batches::from_stream(people(0, 1).schema(), futures::stream::iter(input));
    let result: Result<Vec<_>, _> = encode(batches, Format::Json).try_collect().await;
    assert_eq!(result.unwrap_err().code(), ErrorCode::TimeLimit);
}

proptest! {
    /// What a CSV reader of another hand makes of ours is what went in.
    #[test]
    fn csv_comes_back(cells in prop::collection::vec(prop::option::of("[a-z,\"\n\r ]{0,5}"), 1..20)) {
        let values: ArrayRef = Arc::new(StringArray::from(cells.clone()));
        let rows = batch(vec![("id", ints(0..i64::try_from(cells.len()).unwrap())), ("v", values)]);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let bytes = runtime.block_on(bytes(vec![rows.clone()], Format::Csv));
        let reader = arrow::csv::ReaderBuilder::new(rows.schema()).with_header(true).build(bytes.as_slice()).unwrap();
        let read: Vec<_> = reader.map(Result::unwrap).collect();
        // That reader can't tell an empty text from none.
        let plain = |lines: Vec<String>| lines.into_iter().map(|line| line.replace("∅", "")).collect::<Vec<_>>();
        prop_assert_eq!(plain(lines(&read)), plain(lines(&[rows])));
    }

    #[test]
    fn json_comes_back(texts in prop::collection::vec(any::<String>(), 0..10), numbers in prop::collection::vec(any::<f64>(), 10)) {
        let count = texts.len();
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("t", Arc::new(StringArray::from(texts.clone()))),
            ("f", Arc::new(Float64Array::from(numbers[..count].to_vec()))),
        ];
        let json: Vec<(String, serde_json::Value)> = serde_json::from_str(&json_rows(&[batch(columns)]).unwrap()).unwrap();
        for ((text, number), (expected, value)) in json.iter().zip(texts.iter().zip(&numbers)) {
            prop_assert_eq!(text, expected);
            match number.as_f64() {
                Some(number) => prop_assert_eq!(number.to_bits(), value.to_bits()),
                None => prop_assert!(!value.is_finite()),
            }
        }
    }
}
