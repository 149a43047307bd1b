//! Filters and masks as a plan holds them: what fits, what shows nothing.

use tandem_core::Cancel;
use tandem_engine::{AccessPlan, CompareOp, Filter, Mask, TableAccess, TableRef, TableSource, Value};

use crate::{
    attacks::worlds::{NEEDLE, rows},
    support::Bench,
};

#[tokio::test]
async fn a_policy_that_does_not_fit_shows_nothing() {
    let bench = Bench::new();
    let rows = rows(0);
    let source = TableSource::Memory { schema: rows.schema(), batches: vec![rows] };
    for filter in [
        Filter::Compare { column: "id".into(), is: CompareOp::Eq, value: Value::Text("x".into()) },
        Filter::Compare { column: "id".into(), is: CompareOp::Lt, value: Value::Float(1.5) },
        Filter::Like { column: "id".into(), pattern: "1%".into(), ignore_case: false },
        Filter::In { column: "joined".into(), values: vec![Value::Text(format!("{NEEDLE} is no time"))] },
    ] {
        let access = TableAccess { row_filter: Some(filter), ..TableAccess::full(source.clone()) };
        let plan = AccessPlan::new("guest").with_table(TableRef::latest("people"), access);
        let error = bench.error(&plan, "SELECT count(*) FROM people").await;
        assert_eq!(error.code(), tandem_core::ErrorCode::InvalidParameter);
        assert!(!error.message().contains(NEEDLE), "{error}");
    }
    for (filter, count) in [
        (Filter::Or { filters: vec![] }, "0"),
        (Filter::And { filters: vec![] }, "46"),
        (Filter::In { column: "id".into(), values: vec![] }, "0"),
        (Filter::In { column: "id".into(), values: vec![Value::Int(1), Value::Int(777_001)] }, "2"),
        (Filter::Not { filter: Box::new(Filter::IsNull { column: "id".into() }) }, "46"),
        (Filter::Like { column: "region".into(), pattern: "EA__".into(), ignore_case: true }, "6"),
        (Filter::Like { column: "region".into(), pattern: "ea\\_t".into(), ignore_case: false }, "0"),
        (
            Filter::Compare {
                column: "joined".into(),
                is: CompareOp::Ge,
                value: Value::Text("1970-01-02T00:00:00".into()),
            },
            "23",
        ),
        (Filter::Compare { column: "salary".into(), is: CompareOp::Ne, value: Value::Int(54_321) }, "45"),
    ] {
        let access = TableAccess { row_filter: Some(filter.clone()), ..TableAccess::full(source.clone()) };
        let plan = AccessPlan::new("guest").with_table(TableRef::latest("people"), access);
        assert_eq!(bench.rows(&plan, "SELECT count(*) FROM people").await, [count], "{filter:?}");
    }
}

/// It may be there under another name, so nothing of the table is shown.
#[tokio::test]
async fn a_column_that_is_kept_back_and_not_there_closes_the_table() {
    let bench = Bench::new();
    let rows = rows(0);
    let memory = TableSource::Memory { schema: rows.schema(), batches: vec![rows.clone()] };
    let stored = TableSource::Version { dataset: bench.table(rows).await, delta_version: 0 };
    for source in [memory, stored] {
        let full = TableAccess::full(source);
        let gone = || Filter::IsNull { column: "gone".into() };
        for access in [
            TableAccess { masks: [("gone".to_owned(), Mask::Null)].into(), ..full.clone() },
            TableAccess { hidden_columns: vec!["gone".into()], ..full.clone() },
            TableAccess { row_filter: Some(Filter::Not { filter: Box::new(gone()) }), ..full.clone() },
        ] {
            let plan = AccessPlan::new("guest").with_table(TableRef::latest("people"), access);
            for sql in
                ["SELECT count(*) FROM people", "DESCRIBE people", "SELECT * FROM information_schema.columns, people"]
            {
                let error = bench.error(&plan, sql).await;
                assert_eq!(error.code(), tandem_core::ErrorCode::Forbidden, "{sql}: {error}");
                assert!(!error.message().contains("gone"), "the name may be kept back itself: {error}");
            }
            let page = bench.engine.page(&plan, &TableRef::latest("people"), 0, 1, &Cancel::new()).await;
            assert_eq!(page.err().map(|error| error.code()), Some(tandem_core::ErrorCode::Forbidden));
        }
        // But for case it is there.
        let access = TableAccess { hidden_columns: vec!["NOTE".into()], ..full };
        let plan = AccessPlan::new("guest").with_table(TableRef::latest("people"), access);
        assert!(!bench.rows(&plan, "DESCRIBE people").await.iter().any(|line| line.contains("note")));
    }
}

#[test]
fn filters_are_read_from_what_policies_hold() {
    let json = r#"{"op":"and","filters":[
        {"op":"compare","column":"城市","is":"eq","value":"北京"},
        {"op":"or","filters":[{"op":"in","column":"level","values":[1,2.5,"x",true]},{"op":"is_null","column":"level"}]},
        {"op":"not","filter":{"op":"like","column":"name","pattern":"%x%"}}]}"#;
    let filter: Filter = serde_json::from_str(json).unwrap();
    let again: Filter = serde_json::from_str(&serde_json::to_string(&filter).unwrap()).unwrap();
    assert_eq!(filter, again);
    let Filter::And { filters } = filter else { panic!("an and") };
    assert_eq!(
        filters[0],
        Filter::Compare { column: "城市".into(), is: CompareOp::Eq, value: Value::Text("北京".into()) }
    );
    let mask: Mask = serde_json::from_str(r#"{"kind":"partial","keep_start":3,"keep_end":4}"#).unwrap();
    assert_eq!(mask, Mask::Partial { keep_start: 3, keep_end: 4 });
}
