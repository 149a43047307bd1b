//! Statements by chance.

use proptest::prelude::*;

use super::worlds::Worlds;

fn value() -> impl Strategy<Value = String> {
    let column = prop::sample::select(vec!["id", "region", "code", "salary", "phone", "email", "age", "joined"]);
    let constant = prop::sample::select(vec![
        "0",
        "1",
        "6",
        "777001",
        "778002",
        "54321",
        "55432",
        "'east'",
        "'west s3cr3t'",
        "'138s3cr3t0099'",
        "NULL",
        "21",
        "24",
        "TIMESTAMP '1970-01-02T01:00:00'",
    ]);
    let leaf = prop_oneof![column.prop_map(str::to_owned), constant.prop_map(str::to_owned)];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} / ({b}))")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} - {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} || {b})")),
            inner.clone().prop_map(|a| format!("CAST({a} AS BIGINT)")),
            inner.clone().prop_map(|a| format!("TRY_CAST({a} AS DOUBLE)")),
            inner.clone().prop_map(|a| format!("length(CAST({a} AS VARCHAR))")),
            inner.clone().prop_map(|a| format!("max({a}) OVER ()")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("coalesce({a}, {b})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("CASE WHEN {a} = {b} THEN {c} END")),
        ]
    })
}

fn condition() -> impl Strategy<Value = String> {
    let compare = (value(), prop::sample::select(vec!["=", "<>", "<", ">=", "IS DISTINCT FROM", "LIKE"]), value())
        .prop_map(|(a, op, b)| format!("({a} {op} {b})"));
    let leaf = prop_oneof![
        4 => compare,
        1 => value().prop_map(|a| format!("({a} IS NULL)")),
        1 => (value(), value()).prop_map(|(a, b)| format!("({a} IN ({b}, 1, 2))")),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} AND {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} OR {b})")),
            inner.prop_map(|a| format!("(NOT {a})")),
        ]
    })
}

/// A whole statement of random parts.
fn statement() -> impl Strategy<Value = String> {
    (value(), condition(), 0..6u8).prop_map(|(value, condition, shape)| match shape {
        0 => format!("SELECT count(*) FROM people WHERE {condition}"),
        1 => format!("SELECT {value} AS v FROM people WHERE {condition}"),
        2 => format!(
            "SELECT max(v), min(v), count(DISTINCT v) FROM (SELECT {value} AS v, * FROM people) WHERE {condition}"
        ),
        3 => format!(
            "SELECT o.word FROM open o JOIN people ON o.id = people.id WHERE {}",
            condition.replace("id", "people.id")
        ),
        4 => format!("SELECT id FROM people WHERE {condition} ORDER BY {value}, id LIMIT 2"),
        _ => format!("EXPLAIN SELECT id FROM people WHERE {condition}"),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn no_random_statement_tells_the_worlds_apart(statements in prop::collection::vec(statement(), 20)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let worlds = Worlds::new(true).await;
            for sql in statements {
                worlds.ask(&sql).await;
            }
        });
    }
}
