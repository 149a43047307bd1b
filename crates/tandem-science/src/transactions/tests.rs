use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, Date32Array, Decimal128Array, DictionaryArray, Float32Array, Float64Array, Int64Array, RecordBatch,
        StringArray, StringViewArray, TimestampMillisecondArray, UInt64Array,
    },
    compute::{concat_batches, take_record_batch},
    datatypes::{Int32Type, TimestampMillisecondType},
};
use proptest::prelude::*;
use tandem_core::ErrorCode;

use super::{
    amount::{Amount, NANO, from_text as amount_of},
    day::{days, from_text as day_from_text},
    *,
};

fn batch(columns: &[(&str, ArrayRef)]) -> RecordBatch {
    RecordBatch::try_from_iter(columns.iter().map(|(name, array)| (*name, array.clone()))).unwrap()
}

fn roles(amount: Option<&str>) -> Roles {
    Roles { customer: "who".into(), time: "when".into(), amount: amount.map(Into::into), quantity: None }
}

fn clean(batch: &RecordBatch, roles: Roles, cleaning: Cleaning) -> Result<Transactions, tandem_core::Error> {
    let mut cleaner = Cleaner::new(roles, cleaning);
    cleaner.update(batch)?;
    cleaner.finish()
}

fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn keys(who: ArrayRef) -> Vec<String> {
    let when: ArrayRef = Arc::new(Int64Array::from(vec![20_200_101; who.len()]));
    let transactions = clean(&batch(&[("who", who), ("when", when)]), roles(None), Cleaning::default()).unwrap();
    transactions.iter().map(|(key, ..)| key.to_owned()).collect()
}

#[test]
fn every_row_lands_in_one_class() {
    let who = texts(&[Some("a"), None, Some(" "), Some("a"), Some("b"), Some("b"), Some(" a "), Some("c")]);
    let when = texts(&[
        Some("2020-01-01"),
        Some("2020-01-01"),
        Some("2020-01-01"),
        Some("soon"),
        Some("2020-01-02"),
        Some("2020-01-02"),
        Some("2020-01-01 23:59"),
        Some("2020-01-05"),
    ]);
    let what = texts(&[Some("10.5"), Some("1"), Some("1"), Some("1"), None, Some("x"), Some("0"), Some("-3")]);
    let transactions =
        clean(&batch(&[("who", who), ("when", when), ("what", what)]), roles(Some("what")), Cleaning::default())
            .unwrap();
    let expected = Counts {
        rows: 8,
        missing_customer: 2,
        unreadable_time: 1,
        missing_amount: 1,
        unreadable_amount: 1,
        returns: 1,
        returns_amount: -3.0,
        returns_unmatched: 0.0,
        purchase_rows: 2,
        zero_amount: 1,
        duplicates: 0,
        duplicates_exact: true,
        duplicates_dropped: 0,
        purchase_days: 1,
        customers: 1,
        customers_without_purchase: 1,
        repeat_buyers: 0,
        total_amount: Some(10.5),
        first_day: NaiveDate::from_ymd_opt(2020, 1, 1),
        last_day: NaiveDate::from_ymd_opt(2020, 1, 5),
        time_zone_ignored: false,
    };
    assert_eq!(*transactions.counts(), expected);
}

#[test]
fn customers_of_any_type_have_plain_keys_in_a_natural_order() {
    assert_eq!(keys(Arc::new(Float64Array::from(vec![17850.0, 9.0, f64::NAN]))), ["9", "17850"]);
    assert_eq!(keys(Arc::new(UInt64Array::from(vec![u64::MAX, 2]))), ["18446744073709551615", "2"]);
    let decimals = Decimal128Array::from(vec![1_700, 250]).with_precision_and_scale(10, 2).unwrap();
    assert_eq!(keys(Arc::new(decimals)), ["17", "2.50"]);
    assert_eq!(keys(Arc::new(StringViewArray::from(vec!["张三", " b ", "a"]))), ["a", "b", "张三"]);
    assert_eq!(keys(texts(&[Some("10"), Some("9"), Some("007")])), ["007", "9", "10"]);
    let dictionary: DictionaryArray<Int32Type> = vec!["y", "x", "y"].into_iter().collect();
    assert_eq!(keys(Arc::new(dictionary)), ["x", "y"]);
}

#[test]
fn days_of_every_type_agree() {
    let expected = day_of(NaiveDate::from_ymd_opt(2017, 3, 9).unwrap());
    let day = |array: ArrayRef| days(&array).unwrap().values[0];
    let millis = (i64::from(expected) * 86_400 + 3_600) * 1_000;
    assert_eq!(day(Arc::new(Date32Array::from(vec![expected]))), expected);
    assert_eq!(day(Arc::new(TimestampMillisecondArray::from(vec![millis]))), expected);
    assert_eq!(day(Arc::new(Int64Array::from(vec![20_170_309]))), expected);
    assert_eq!(day(Arc::new(Float64Array::from(vec![20_170_309.0]))), expected);
    // One o'clock in UTC is still the day before in New York's winter, and 23:30 is the next day in China.
    let zoned = |zone: &str, millis| {
        let array = TimestampMillisecondArray::from(vec![millis]).with_timezone(zone);
        let found = days(&(Arc::new(array) as ArrayRef)).unwrap();
        (found.values[0], found.zone_ignored)
    };
    assert_eq!(zoned("-05:00", millis), (expected - 1, false));
    assert_eq!(zoned("+08:00", millis + 81_000_000), (expected + 1, false));
    assert_eq!(zoned("UTC", millis), (expected, false));
    // Midnight in Berlin is 22:00 UTC in summer and 23:00 in winter.
    let summer = millis + 100 * 86_400_000 - 3_600_000;
    assert_eq!(zoned("Europe/Berlin", summer - 7_200_000), (expected + 100, false));
    assert_eq!(zoned("Europe/Berlin", summer - 7_200_001), (expected + 99, false));
    assert_eq!(zoned("Europe/Berlin", millis - 3_600_000 - 3_600_001), (expected - 1, false));
    assert_eq!(zoned("Asia/Shanghai", millis + 81_000_000), (expected + 1, false));
    assert_eq!(zoned("Mars/Olympus", millis), (expected, true));
    // Before 1970 the day must not be rounded towards zero.
    let before = arrow::array::PrimitiveArray::<TimestampMillisecondType>::from(vec![-1]);
    assert_eq!(day(Arc::new(before)), -1);
}

#[test]
fn texts_that_are_days_and_texts_that_are_not() {
    let expected = Some(day_of(NaiveDate::from_ymd_opt(2017, 3, 9).unwrap()));
    for text in [
        "2017-03-09",
        "2017-3-9",
        "2017/03/09",
        "2017.3.9",
        "20170309",
        "20170309235959",
        "2017年3月9日",
        "2017年03月09日 10:00",
        " 2017-03-09T10:11:12Z ",
        "2017-03-09 10:11:12.123456",
        "2017-03-09T10:11:12+08:00",
        "2017-03-09 10:11:12 UTC",
        "2017-03-09 10:11",
        "2017-03-09T10",
        "2017-03-09 10:11:12-0500",
    ] {
        assert_eq!(day_from_text(text), expected, "{text}");
    }
    for text in [
        "",
        "2017",
        "2017-13-01",
        "2017-02-30",
        "2017-03/09",
        "09.03.2017",
        "3/9/2017",
        "2017-03-09x",
        "20171301",
        "2017-03-09 25:00",
        "00010101",
        "12345678",
        "2017-03-09 10:11:12+abc",
        "二〇一七年",
    ] {
        assert_eq!(day_from_text(text), None, "{text}");
    }
    for number in [0, 19_971_301, 1_483_257_600, -20_170_309] {
        let array: ArrayRef = Arc::new(Int64Array::from(vec![number]));
        assert_eq!(days(&array).unwrap().values[0], day::UNREADABLE, "{number}");
    }
}

#[test]
fn amounts_as_people_write_them() {
    let nano = |value: f64| Amount::Nano((value * 1e9).round() as i128);
    for (text, value) in [
        ("3.86", 3.86),
        ("-12", -12.0),
        ("1e3", 1000.0),
        ("¥1,234.50", 1234.5),
        ("(5.00)", -5.0),
        ("-$5", -5.0),
        ("1,234,567", 1_234_567.0),
        ("12 元", 12.0),
        (" .5 ", 0.5),
    ] {
        assert_eq!(amount_of(Some(text)), nano(value), "{text}");
    }
    for text in ["abc", "1,2", "12,34,567", "inf", "NaN", "1e300", "--1", "$", "1.2.3", "½"] {
        assert_eq!(amount_of(Some(text)), Amount::Unreadable, "{text}");
    }
    assert_eq!(amount_of(Some("  ")), Amount::Missing);
    let read = |array: ArrayRef| amount::amounts(&array).unwrap();
    assert_eq!(read(Arc::new(Float32Array::from(vec![3.86]))), [nano(3.86)]);
    let decimals = Decimal128Array::from(vec![Some(386), None]).with_precision_and_scale(9, 2).unwrap();
    assert_eq!(read(Arc::new(decimals)), [Amount::Nano(386 * NANO / 100), Amount::Missing]);
    assert_eq!(
        read(Arc::new(Float64Array::from(vec![f64::NAN, f64::INFINITY]))),
        [Amount::Missing, Amount::Unreadable]
    );
    assert_eq!(nano(2.55).times(nano(-6.0)), nano(-15.3));
}

#[test]
fn returns_are_taken_off_the_latest_purchase_first() {
    let who = texts(&[Some("a"); 4]);
    let when: ArrayRef = Arc::new(Int64Array::from(vec![20_200_101, 20_200_105, 20_200_107, 20_200_109]));
    let what: ArrayRef = Arc::new(Float64Array::from(vec![10.0, 4.0, -6.0, 8.0]));
    let rows = batch(&[("who", who), ("when", when), ("what", what)]);
    let net = Cleaning { returns: Returns::Net, ..Cleaning::default() };
    let transactions = clean(&rows, roles(Some("what")), net).unwrap();
    let (_, _, amounts) = transactions.iter().next().unwrap();
    assert_eq!(amounts, [8.0, 0.0, 8.0]);
    assert_eq!(transactions.counts().returns_unmatched, 0.0);

    let rows = batch(&[
        ("who", texts(&[Some("a"); 2])),
        ("when", Arc::new(Int64Array::from(vec![20_200_101, 20_200_102]))),
        ("what", Arc::new(Float64Array::from(vec![10.0, -16.0]))),
    ]);
    let transactions = clean(&rows, roles(Some("what")), net).unwrap();
    assert_eq!((transactions.counts().returns_unmatched, transactions.counts().total_amount), (-6.0, Some(0.0)));
}

#[test]
fn what_cannot_be_read_at_all_is_an_error() {
    let who = texts(&[Some("a")]);
    let when: ArrayRef = Arc::new(Int64Array::from(vec![20_200_101]));
    let rows = batch(&[("who", who.clone()), ("when", when.clone())]);
    let code = |roles| clean(&rows, roles, Cleaning::default()).unwrap_err().code();
    assert_eq!(code(roles(Some("amount"))), ErrorCode::UnknownColumn);
    let flags: ArrayRef = Arc::new(arrow::array::BooleanArray::from(vec![true]));
    let odd = batch(&[("who", flags.clone()), ("when", when)]);
    let error = clean(&odd, roles(None), Cleaning::default()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::SchemaMismatch);
    let odd = batch(&[("who", who.clone()), ("when", flags)]);
    assert_eq!(clean(&odd, roles(None), Cleaning::default()).unwrap_err().code(), ErrorCode::SchemaMismatch);
    let empty = batch(&[("who", who), ("when", texts(&[Some("never")]))]);
    let error = clean(&empty, roles(None), Cleaning::default()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::NotEnoughData);
    assert!(error.message().contains("1 without a readable time"), "{error}");
    assert_eq!(Cleaner::new(roles(None), Cleaning::default()).finish().unwrap_err().code(), ErrorCode::NotEnoughData);
}

#[test]
fn beyond_the_limit_duplicates_are_estimated() {
    let mut exact = cleaner::Seen::default();
    let mut sampled = cleaner::Seen { limit: Some(2_000), ..Default::default() };
    let mut rows = 0;
    for i in 0..60_000_u64 {
        let hash = crate::hashing::hash_word(i % 40_000);
        exact.is_repeated(hash);
        sampled.is_repeated(hash);
        rows += 1;
    }
    assert_eq!(exact.repeated(rows), 20_000);
    assert!(sampled.level > 0 && sampled.hashes.len() <= 2_000);
    assert!((sampled.repeated(rows) as f64 / 20_000.0 - 1.0).abs() < 0.1, "{}", sampled.repeated(rows));
}

#[test]
fn dates_and_days_agree() {
    for day in [-719_162, -1, 0, 1, 10_134, 2_932_896] {
        assert_eq!(day_of(date_of(day)), day);
    }
    assert_eq!(date_of(10_134), NaiveDate::from_ymd_opt(1997, 9, 30).unwrap());
}

proptest! {
    #[test]
    fn reading_never_panics(text in "\\PC{0,20}") {
        let _ = day_from_text(&text);
        let _ = amount_of(Some(&text));
    }

    #[test]
    fn written_days_are_read_back(day in -719_162..=2_932_896) {
        prop_assert_eq!(day_from_text(&date_of(day).to_string()), Some(day));
    }

    #[test]
    fn order_and_batches_change_nothing(
        rows in prop::collection::vec((0_i64..6, 20_200_101_i64..20_200_131, -50_i32..200), 1..80),
        turn in 0_usize..80, cut in 0_usize..80,
    ) {
        let make = |rows: &[(i64, i64, i32)]| batch(&[
            ("who", Arc::new(Int64Array::from_iter_values(rows.iter().map(|r| r.0)))),
            ("when", Arc::new(Int64Array::from_iter_values(rows.iter().map(|r| r.1)))),
            ("what", Arc::new(Float64Array::from_iter_values(rows.iter().map(|r| f64::from(r.2) / 100.0)))),
        ]);
        let straight = make(&rows);
        let n = rows.len();
        let order = arrow::array::UInt32Array::from_iter_values((0..n).map(|i| ((i + turn) % n) as u32));
        let turned = take_record_batch(&straight, &order).unwrap();
        let at = cut % (n + 1);
        let parts = [turned.slice(0, at), turned.slice(at, n - at)];
        prop_assert_eq!(concat_batches(&turned.schema(), &parts).unwrap(), turned);
        for returns in [Returns::Exclude, Returns::Net] {
            let cleaning = Cleaning { returns, ..Cleaning::default() };
            let mut cleaner = Cleaner::new(roles(Some("what")), cleaning);
            for part in &parts {
                cleaner.update(part).unwrap();
            }
            match (clean(&straight, roles(Some("what")), cleaning), cleaner.finish()) {
                (Ok(one), Ok(two)) => prop_assert_eq!(one, two),
                (one, two) => prop_assert!(one.is_err() && two.is_err()),
            }
        }
    }

    #[test]
    fn counts_add_up(
        rows in prop::collection::vec((prop::option::of(0_i64..6), prop::option::of(20_200_125_i64..20_200_140), prop::option::of(-5_i32..20)), 1..80),
        drop in any::<bool>(),
    ) {
        let rows = batch(&[
            ("who", Arc::new(rows.iter().map(|r| r.0).collect::<Int64Array>())),
            ("when", Arc::new(rows.iter().map(|r| r.1).collect::<Int64Array>())),
            ("what", Arc::new(rows.iter().map(|r| r.2.map(f64::from)).collect::<Float64Array>())),
        ]);
        let duplicates = if drop { Duplicates::Drop } else { Duplicates::Keep };
        if let Ok(transactions) = clean(&rows, roles(Some("what")), Cleaning { duplicates, ..Cleaning::default() }) {
            let c = transactions.counts();
            prop_assert_eq!(c.rows, c.missing_customer + c.unreadable_time + c.missing_amount + c.unreadable_amount
                + c.returns + c.purchase_rows + c.duplicates_dropped);
            prop_assert_eq!(c.duplicates_dropped, if drop { c.duplicates } else { 0 });
            prop_assert_eq!(c.customers, transactions.len() as u64);
            let total: f64 = transactions.iter().flat_map(|(_, _, amounts)| amounts).sum();
            prop_assert!((total - c.total_amount.unwrap()).abs() < 1e-9);
        }
    }
}
