//! Online Retail and Complete Journey: returns, missing customers, odd types.

use std::{fs::File, sync::Arc};

use arrow::{array::RecordBatch, datatypes::DataType};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tandem_science::{
    customer_value::{Params, Unit, WarningCode},
    transactions::{Cleaning, Returns, Roles},
};

use crate::shared::{clean, file, roles, value};

fn online_retail() -> Option<Vec<RecordBatch>> {
    let reader = File::open(file("online_retail/online_retail.parquet")?).unwrap();
    let batches: Vec<_> =
        ParquetRecordBatchReaderBuilder::try_new(reader).unwrap().build().unwrap().map(Result::unwrap).collect();
    Some(batches)
}

fn with_quantity() -> Roles {
    Roles { quantity: Some("Quantity".into()), ..roles("CustomerID", "InvoiceDate", Some("UnitPrice")) }
}

#[test]
fn online_retail_is_accounted_for_to_the_last_row() {
    let Some(batches) = online_retail() else { return };
    let transactions = clean(&batches, with_quantity(), Cleaning::default());
    let counts = transactions.counts();
    assert_eq!(counts.rows, 541_909);
    assert_eq!(counts.missing_customer, 135_080);
    assert_eq!(counts.returns, 8_905);
    assert_eq!(counts.duplicates, 5_268);
    assert_eq!(counts.purchase_rows, 397_924);
    assert_eq!(counts.zero_amount, 40);
    assert_eq!((counts.customers, counts.customers_without_purchase), (4_339, 33));
    // Over the rows with a customer: 8,911,407.904 bought, 611,342.09 returned.
    assert!((counts.total_amount.unwrap() - 8_911_407.904).abs() < 1e-3);
    assert!((counts.returns_amount + 611_342.09).abs() < 1e-3);
    assert!(transactions.iter().all(|(key, ..)| !key.contains('.')));
}

#[test]
fn netting_takes_returns_off_what_was_bought_before() {
    let Some(batches) = online_retail() else { return };
    let net = clean(&batches, with_quantity(), Cleaning { returns: Returns::Net, ..Cleaning::default() });
    let counts = net.counts();
    assert_eq!(counts.customers, 4_339);
    let taken = counts.returns_amount - counts.returns_unmatched;
    assert!((counts.total_amount.unwrap() - (8_911_407.904 + taken)).abs() < 1e-3);
    assert!(net.iter().all(|(_, _, amounts)| amounts.iter().all(|a| *a >= 0.0)));
}

#[test]
fn online_retail_runs_in_every_unit() {
    let Some(batches) = online_retail() else { return };
    let transactions = clean(&batches, with_quantity(), Cleaning::default());
    let mut purchases = Vec::new();
    for (unit, horizon) in [(Unit::Day, 182.0), (Unit::Week, 26.0), (Unit::Month, 182.0 / 30.4375)] {
        let summary = value(&transactions, &Params { unit, horizon, ..Params::default() }).summary;
        let model = summary.parameters.bgnbd.unwrap();
        purchases.push((summary.headline.expected_purchases.unwrap().value, model.alpha * unit.days()));
        let test = summary.backtest.unwrap();
        assert!(test.purchases.error_percent.unwrap().abs() < 30.0, "{:?}", test.purchases);
        assert!(test.purchases.top_tenth_share > test.purchases.naive_top_tenth_share);
        // The hold-out is the wholesaler's Christmas season, which the model knows nothing of.
        assert!(summary.warnings.iter().any(|w| w.code == WarningCode::BacktestPoor));
    }
    for other in &purchases[1..] {
        assert!((other.0 / purchases[0].0 - 1.0).abs() < 1e-4, "{purchases:?}");
        assert!((other.1 / purchases[0].1 - 1.0).abs() < 1e-4, "{purchases:?}");
    }
}

#[test]
fn complete_journey_runs() {
    let Some(path) = file("complete_journey/transactions_sample.csv") else { return };
    // One basket id was written as 4.0128e+10, so a guess from the first rows is not enough.
    let format = arrow::csv::reader::Format::default().with_header(true);
    let (schema, _) = format.infer_schema(File::open(&path).unwrap(), None).unwrap();
    assert!(matches!(schema.field_with_name("transaction_timestamp").unwrap().data_type(), DataType::Timestamp(..)));
    let reader = arrow::csv::ReaderBuilder::new(Arc::new(schema)).with_format(format);
    let batches: Vec<_> = reader.build(File::open(&path).unwrap()).unwrap().map(Result::unwrap).collect();
    let transactions =
        clean(&batches, roles("household_id", "transaction_timestamp", Some("sales_value")), Cleaning::default());
    assert_eq!(transactions.counts().rows, 75_000);
    let summary = value(&transactions, &Params::default()).summary;
    let test = summary.backtest.unwrap();
    println!("{:?} {:?}", summary.parameters, summary.warnings);
    assert!(test.purchases.error_percent.unwrap().abs() < 25.0, "{:?}", test.purchases);
}
