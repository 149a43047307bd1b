use super::*;
use crate::scenarios::customer_value::manifest;

fn column(name: &str, kind: ColumnKind, distinct: u64, rows: u64, samples: &[&str]) -> ColumnFacts {
    ColumnFacts {
        name: name.into(),
        kind,
        distinct_ratio: Some(distinct as f64 / rows as f64),
        distinct: Some(distinct),
        null_ratio: Some(0.0),
        samples: samples.iter().map(|s| (*s).to_owned()).collect(),
    }
}

fn suggested(columns: &[ColumnFacts]) -> Vec<(String, String)> {
    let manifest = manifest().unwrap();
    suggest(&manifest.inputs[0], columns).into_iter().map(|s| (s.role, s.column)).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(r, c)| ((*r).to_owned(), (*c).to_owned())).collect()
}

use ColumnKind::{Date, Integer, Number, Text as Words, Timestamp};

#[test]
fn a_file_without_names_is_read_by_type_and_content() {
    let columns = [
        column("column_1", Integer, 900, 5000, &["4", "4", "21"]),
        column("column_2", Integer, 900, 5000, &["1", "1", "2"]),
        column("column_3", Date, 500, 5000, &["1997-01-01"]),
        column("column_4", Integer, 12, 5000, &["2", "1"]),
        column("column_5", Number, 2000, 5000, &["29.33", "14.96"]),
    ];
    let expected = pairs(&[("customer", "column_1"), ("time", "column_3"), ("amount", "column_5")]);
    assert_eq!(suggested(&columns), expected);
}

#[test]
fn a_price_of_one_piece_takes_its_quantity_along() {
    let columns = [
        column("InvoiceNo", Words, 250, 5000, &["536365"]),
        column("StockCode", Words, 1500, 5000, &["85123A"]),
        column("Description", Words, 1500, 5000, &["LANTERN"]),
        column("Quantity", Integer, 120, 5000, &["6"]),
        column("InvoiceDate", Timestamp, 240, 5000, &["2010-12-01T08:26:00"]),
        column("UnitPrice", Number, 200, 5000, &["2.55"]),
        column("CustomerID", Number, 200, 5000, &["17850"]),
        column("Country", Words, 8, 5000, &["United Kingdom"]),
    ];
    let expected = pairs(&[
        ("customer", "CustomerID"),
        ("time", "InvoiceDate"),
        ("amount", "UnitPrice"),
        ("quantity", "Quantity"),
    ]);
    assert_eq!(suggested(&columns), expected);
}

#[test]
fn a_line_total_leaves_the_quantity_alone_and_discounts_are_no_amount() {
    let columns = [
        column("household_id", Integer, 1200, 5000, &["2261"]),
        column("store_id", Integer, 200, 5000, &["309"]),
        column("basket_id", Integer, 4500, 5000, &["31625220889"]),
        column("product_id", Integer, 3000, 5000, &["940996"]),
        column("quantity", Number, 30, 5000, &["1.0"]),
        column("sales_value", Number, 800, 5000, &["3.86"]),
        column("retail_disc", Number, 300, 5000, &["0.43"]),
        column("week", Integer, 53, 5000, &["5"]),
        column("transaction_timestamp", Timestamp, 4500, 5000, &["2017-01-28T19:06:53"]),
    ];
    let expected = pairs(&[("customer", "household_id"), ("time", "transaction_timestamp"), ("amount", "sales_value")]);
    assert_eq!(suggested(&columns), expected);
}

#[test]
fn chinese_names_are_understood() {
    let columns = [
        column("订单编号", Words, 5000, 5000, &["A1"]),
        column("会员姓名", Words, 1500, 5000, &["张三"]),
        column("会员编号", Words, 1500, 5000, &["H001"]),
        column("下单时间", Words, 4000, 5000, &["2024-03-05 08:26:00"]),
        column("优惠金额", Number, 300, 5000, &["3.5"]),
        column("实付金额（元）", Number, 3000, 5000, &["128.5"]),
    ];
    let expected = pairs(&[("customer", "会员编号"), ("time", "下单时间"), ("amount", "实付金额（元）")]);
    assert_eq!(suggested(&columns), expected);
}

#[test]
fn text_plays_a_number_where_most_of_it_reads_as_one() {
    let columns = |samples: &[&str]| {
        [
            column("customer", Words, 900, 5000, &["a"]),
            column("date", Date, 500, 5000, &["2024-01-01"]),
            column("amount", Words, 900, 5000, samples),
        ]
    };
    assert_eq!(suggested(&columns(&["12.5", "n/a", "3"])).len(), 3);
    assert_eq!(suggested(&columns(&["much", "little"])).len(), 2);
}

#[test]
fn a_table_without_rows_is_read_by_its_names() {
    let columns = [column("customer", Words, 0, 1, &[]), column("date", Words, 0, 1, &[])];
    assert_eq!(suggested(&columns), pairs(&[("customer", "customer"), ("time", "date")]));
}

#[test]
fn where_nothing_fits_nothing_is_suggested() {
    let columns = [column("note", Words, 10, 5000, &["x"]), column("flag", ColumnKind::Boolean, 2, 5000, &["true"])];
    assert!(suggested(&columns).iter().all(|(role, _)| role == "customer"));
    assert!(suggested(&[]).is_empty());
}

#[test]
fn no_hint_is_dead() {
    for role in &manifest().unwrap().inputs[0].roles {
        assert!(dead_hints(&role.hints).is_empty(), "{}", role.name);
    }
}

#[test]
fn names_are_compared_word_by_word() {
    assert_eq!(normalize("CustomerID"), "customer_id");
    assert_eq!(normalize(" Order Date "), "order_date");
    assert!(has_word("retail_disc", "disc") && !has_word("discount_x", "disc"));
}
