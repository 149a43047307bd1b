//! Real files of the shared data.

use arrow::{
    array::{AsArray, RecordBatch},
    compute::sum,
    datatypes::{Float64Type, Int64Type},
};
use tandem_ingest::{Delimiter, ImportOptions};

use crate::support::{read, shared};

#[test]
fn aligned_table_without_header() {
    let Some(path) = shared("cdnow/CDNOW_sample.txt") else { return };
    let outcome = read(&path, &ImportOptions::default()).unwrap();
    assert_eq!(outcome.sniffed.options.delimiter, Delimiter::Whitespace);
    assert_eq!(
        outcome.columns(),
        ["column_1: text", "column_2: text", "column_3: date", "column_4: int64", "column_5: float64"]
    );
    assert_eq!((outcome.rows(), outcome.rejects.len()), (6919, 0));
    assert_eq!(&outcome.texts("column_3")[..2], ["1997-01-01", "1997-01-18"]);
    assert_eq!(outcome.texts("column_2")[0], "0001");
}

#[test]
fn aligned_table_with_header() {
    let Some(path) = shared("cdnow/CDNOW_master.txt") else { return };
    let outcome = read(&path, &ImportOptions::default()).unwrap();
    assert_eq!(outcome.columns(), ["customer_id: text", "date: date", "number_of_cds: int64", "dollar_value: float64"]);
    assert_eq!((outcome.rows(), outcome.rejects.len()), (69_659, 0));
}

#[test]
fn compressed_csv_and_parquet_agree() {
    let (Some(packed), Some(parquet)) =
        (shared("online_retail/online_retail.csv.gz"), shared("online_retail/online_retail.parquet"))
    else {
        return;
    };
    let total = |batches: &[RecordBatch]| -> f64 {
        let amount = |batch: &RecordBatch| {
            let quantity = batch.column_by_name("Quantity").unwrap().as_primitive::<Int64Type>();
            let price = batch.column_by_name("UnitPrice").unwrap().as_primitive::<Float64Type>();
            quantity.iter().zip(price).map(|(q, p)| q.unwrap() as f64 * p.unwrap()).sum::<f64>()
        };
        batches.iter().map(amount).sum()
    };
    let csv = read(&packed, &ImportOptions::default()).unwrap();
    assert_eq!(
        csv.columns(),
        [
            "InvoiceNo: text",
            "StockCode: text",
            "Description: text",
            "Quantity: int64",
            "InvoiceDate: timestamp",
            "UnitPrice: float64",
            "CustomerID: int64",
            "Country: text"
        ]
    );
    assert_eq!((csv.rows(), csv.rejects.len()), (541_909, 0));
    assert!((total(&csv.batches) - 9_747_747.93).abs() < 0.01);
    let missing: usize = csv.batches.iter().map(|b| b.column_by_name("CustomerID").unwrap().null_count()).sum();
    assert_eq!(missing, 135_080);

    let columnar = read(&parquet, &ImportOptions::default()).unwrap();
    assert_eq!((columnar.rows(), columnar.rejects.len()), (541_909, 0));
    assert_eq!(columnar.sniffed.row_estimate, Some(541_909));
    assert!((total(&columnar.batches) - 9_747_747.93).abs() < 0.01);
    assert_eq!(csv.texts("Description"), columnar.texts("Description"));
}

#[test]
fn quoted_and_plain_csv() {
    let Some(path) = shared("complete_journey/transactions_sample.csv") else { return };
    let outcome = read(&path, &ImportOptions::default()).unwrap();
    assert_eq!((outcome.rows(), outcome.rejects.len()), (75_000, 0));
    let weeks: i64 =
        outcome.batches.iter().filter_map(|b| sum(b.column_by_name("week").unwrap().as_primitive::<Int64Type>())).sum();
    assert!(weeks > 75_000);
    assert_eq!(outcome.columns().last().unwrap(), "transaction_timestamp: timestamp");

    let Some(path) = shared("chinese_reviews/ChnSentiCorp_htl_all.csv") else { return };
    let outcome = read(&path, &ImportOptions::default()).unwrap();
    assert_eq!(outcome.columns(), ["label: int64", "review: text"]);
    assert_eq!((outcome.rows(), outcome.rejects.len()), (7_766, 0));
}
