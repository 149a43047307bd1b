use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMillisecondArray,
};
use proptest::prelude::*;
use tandem_core::ErrorCode;

use super::*;

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap()
}

fn people() -> RecordBatch {
    batch(vec![
        ("age", Arc::new(Int64Array::from(vec![Some(20), None, Some(40), Some(60)]))),
        ("city", Arc::new(StringArray::from(vec![Some("上海"), Some("北京"), None, Some("上海")]))),
        ("vip", Arc::new(BooleanArray::from(vec![true, false, false, true]))),
        ("day", Arc::new(Date32Array::from(vec![0, 1, 2, 3]))),
        ("at", Arc::new(TimestampMillisecondArray::from(vec![0, 1_500, 0, 0]))),
        ("spent", Arc::new(Float64Array::from(vec![1.0, f64::NAN, f64::INFINITY, 4.0]))),
    ])
}

fn fitted() -> Encoder {
    let names = ["age", "city", "vip", "day", "at", "spent"];
    Encoder::fit(&[people()], &names.map(FeatureSpec::from)).unwrap()
}

#[test]
fn every_kind_of_column_becomes_numbers_or_codes() {
    let applied = fitted().apply(&[people()]).unwrap();
    let Column::Numeric(age) = &applied.features.columns[0] else { panic!() };
    assert!(age[1].is_nan() && age[3] == 60.0);
    let city = Column::Categorical { codes: vec![0, 1, MISSING, 0], categories: 2 };
    assert_eq!(applied.features.columns[1], city);
    assert_eq!(applied.features.columns[2], Column::Numeric(vec![1.0, 0.0, 0.0, 1.0]));
    assert_eq!(applied.features.columns[3], Column::Numeric(vec![0.0, 1.0, 2.0, 3.0]));
    assert_eq!(applied.features.columns[4], Column::Numeric(vec![0.0, 1.5, 0.0, 0.0]));
    assert_eq!((applied.missing, applied.unknown), (vec![1, 1, 0, 0, 0, 2], vec![0; 6]));
}

#[test]
fn new_rows_may_have_other_categories_types_and_order_of_columns() {
    let new = batch(vec![
        ("city", Arc::new(StringArray::from(vec!["广州", "北京"]))),
        ("vip", Arc::new(BooleanArray::from(vec![true, true]))),
        ("spent", Arc::new(Int64Array::from(vec![3, 4]))),
        ("at", Arc::new(TimestampMillisecondArray::from(vec![0, 1]))),
        ("day", Arc::new(Date32Array::from(vec![0, 1]))),
        ("age", Arc::new(Float64Array::from(vec![30.5, 31.0]))),
    ]);
    let applied = fitted().apply(&[new]).unwrap();
    assert_eq!(applied.features.columns[1], Column::Categorical { codes: vec![OTHER, 1], categories: 2 });
    assert_eq!(applied.unknown, [0, 1, 0, 0, 0, 0]);
    let gone = batch(vec![("age", Arc::new(Int64Array::from(vec![1])))]);
    assert_eq!(fitted().apply(&[gone]).unwrap_err().code(), ErrorCode::UnknownColumn);
}

#[test]
fn the_document_comes_back_and_a_later_one_is_refused() {
    let encoder = fitted();
    let text = serde_json::to_string(&encoder).unwrap();
    assert_eq!(Encoder::from_json(&text).unwrap(), encoder);
    let later = text.replacen("\"version\":1", "\"version\":2", 1);
    assert_eq!(Encoder::from_json(&later).unwrap_err().code(), ErrorCode::UnsupportedFormat);
    assert_eq!(Encoder::from_json("{}").unwrap_err().code(), ErrorCode::MalformedFile);
}

#[test]
fn the_matrix_has_a_column_for_each_category_but_the_reference() {
    let encoder = fitted();
    let layout = Layout::new(&encoder, true);
    let names =
        ["age", "age is missing", "city = 北京", "city is missing", "vip", "day", "at", "spent", "spent is missing"];
    assert_eq!(layout.names, names);
    let dense = layout.dense(&encoder.apply(&[people()]).unwrap().features);
    assert_eq!(dense.row(1), [40.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.5, 2.5, 1.0]);
    assert_eq!(dense.row(2)[..4], [40.0, 0.0, 0.0, 1.0]);
    let standard = layout.standardized(&encoder.apply(&[people()]).unwrap().features);
    assert!((standard.row(0)[0] + 1.0).abs() < 1e-12 && standard.row(1)[0] == 0.0);
    assert_eq!(Layout::new(&encoder, false).width(), 10);
}

#[test]
fn too_many_categories_share_one_code() {
    let many: Vec<String> = (0..MAX_CATEGORIES + 5).map(|i| format!("c{i:03}")).collect();
    let table = batch(vec![("c", Arc::new(StringArray::from_iter_values(&many)))]);
    let encoder = Encoder::fit(std::slice::from_ref(&table), &["c".into()]).unwrap();
    let applied = encoder.apply(&[table]).unwrap();
    assert_eq!(applied.unknown, [5]);
    assert_eq!(Layout::new(&encoder, true).width(), MAX_CATEGORIES);
}

#[test]
fn classes_have_an_order_and_a_positive_one() {
    let table = batch(vec![
        ("y", Arc::new(StringArray::from(vec![Some("Yes"), Some("No"), None, Some("Yes")]))),
        ("n", Arc::new(Int64Array::from(vec![10, 2, 1, 2]))),
    ]);
    let tables = std::slice::from_ref(&table);
    let yes = Target::classes(tables, "y", None).unwrap();
    assert_eq!(yes.target.classes, ["No", "Yes"]);
    assert_eq!((yes.target.kind, yes.known), (TargetKind::Binary, vec![0, 1, 3]));
    assert_eq!(Target::classes(tables, "y", Some("No")).unwrap().target.classes, ["Yes", "No"]);
    assert_eq!(Target::classes(tables, "y", Some("no")).unwrap_err().code(), ErrorCode::InvalidParameter);
    assert_eq!(Target::classes(tables, "n", None).unwrap().target.classes, ["1", "2", "10"]);
    assert_eq!(Target::number(tables, "n").unwrap().values, [10.0, 2.0, 1.0, 2.0]);
    assert_eq!(Target::number(tables, "y").unwrap_err().code(), ErrorCode::SchemaMismatch);
    assert_eq!(Target::classes(&[table.slice(0, 1)], "n", None).unwrap_err().code(), ErrorCode::NotEnoughData);
}

proptest! {
    #[test]
    fn batches_do_not_matter(
        cells in prop::collection::vec((prop::option::of(0_u8..5), prop::option::of(-1e6_f64..1e6)), 1..60), cut in 0_usize..60,
    ) {
        let table = batch(vec![
            ("c", Arc::new(cells.iter().map(|c| c.0.map(|c| format!("c{c}"))).collect::<StringArray>())),
            ("x", Arc::new(cells.iter().map(|c| c.1).collect::<Float64Array>())),
        ]);
        let cut = cut % table.num_rows();
        let parts = [table.slice(0, cut), table.slice(cut, table.num_rows() - cut)];
        let specs = ["c".into(), "x".into()];
        let (one, two) = (Encoder::fit(std::slice::from_ref(&table), &specs).unwrap(), Encoder::fit(&parts, &specs).unwrap());
        prop_assert_eq!(&one, &two);
        let (one, two) = (one.apply(&[table]).unwrap(), two.apply(&parts).unwrap());
        prop_assert_eq!(format!("{one:?}"), format!("{two:?}"));
        // Each row is in exactly one category, missing or known.
        let encoder = Encoder::fit(&parts, &specs[..1]).unwrap();
        let dense = Layout::new(&encoder, false).dense(&encoder.apply(&parts).unwrap().features);
        for row in 0..dense.rows {
            prop_assert!(dense.width == 0 || dense.row(row).iter().sum::<f64>() == 1.0);
        }
    }
}
