//! Short ways that queries take: the same answers, and the plans that show them taken.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int32Array, StringArray};

use crate::support::{Bench, batch, plan_of, sorted};

/// Cities that are short, long, empty and missing, with a number each.
fn cities() -> Vec<(Option<&'static str>, i32)> {
    vec![
        (Some("Oslo"), 0),
        (Some("上海"), 1),
        (None, 2),
        (Some(""), 3),
        (Some("Oslo "), 4),
        (Some("twelve bytes"), 5),
        (Some("thirteen byte"), 6),
        (Some("Llanfairpwllgwyngyll"), 7),
        (Some("oslo"), 8),
    ]
}

async fn table(bench: &Bench) -> tandem_engine::AccessPlan {
    let city: ArrayRef = Arc::new(cities().iter().map(|row| row.0).collect::<StringArray>());
    let number: ArrayRef = Arc::new(cities().iter().map(|row| Some(row.1)).collect::<Int32Array>());
    plan_of("t", bench.table(batch(vec![("city", city), ("number", number)])).await)
}

#[tokio::test]
async fn comparisons_with_short_texts_are_those_of_texts() {
    let bench = Bench::new();
    let plan = table(&bench).await;
    type Holds = fn(&str) -> bool;
    let cases: &[(&str, Holds)] = &[
        ("city = 'Oslo'", |city| city == "Oslo"),
        ("'Oslo' = city", |city| city == "Oslo"),
        ("city <> 'Oslo'", |city| city != "Oslo"),
        ("city = ''", str::is_empty),
        ("city IN ('Oslo', '上海')", |city| ["Oslo", "上海"].contains(&city)),
        ("city NOT IN ('Oslo', 'twelve bytes')", |city| !["Oslo", "twelve bytes"].contains(&city)),
        ("city = 'Oslo' OR city = '' OR city = '上海'", |city| ["Oslo", "", "上海"].contains(&city)),
        ("city <> 'Oslo' AND city <> 'oslo' AND city <> ''", |city| !["Oslo", "oslo", ""].contains(&city)),
        ("NOT (city = 'Oslo')", |city| city != "Oslo"),
        ("city = 'Oslo' AND city = 'oslo'", |_| false),
        ("city = 'thirteen byte' OR city = 'Oslo'", |city| ["thirteen byte", "Oslo"].contains(&city)),
        ("city IN ('Oslo', 'Llanfairpwllgwyngyll')", |city| ["Oslo", "Llanfairpwllgwyngyll"].contains(&city)),
        ("city IN ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'oslo')", |city| city == "oslo"),
        ("city = 'Oslo' IS NULL", |_| false),
    ];
    for (condition, holds) in cases {
        let expected = cities().into_iter().filter(|(city, _)| match city {
            Some(city) => holds(city),
            // A missing text is neither equal nor different.
            None => condition.ends_with("IS NULL"),
        });
        let expected: Vec<String> = expected.map(|(_, number)| number.to_string()).collect();
        let rows = bench.rows(&plan, &format!("SELECT number FROM t WHERE {condition} ORDER BY number")).await;
        assert_eq!(rows, expected, "{condition}");
    }
    let explained =
        bench.rows(&plan, "EXPLAIN SELECT number FROM t WHERE city = 'Oslo' OR city = 'oslo'").await.join("\n");
    assert!(explained.contains("city@0 IN (Oslo, oslo)"), "{explained}");
}

#[tokio::test]
async fn what_is_known_of_a_filtered_column_stays_known() {
    let bench = Bench::new();
    let plan = table(&bench).await;
    for over in ["PARTITION BY city ORDER BY number", "ORDER BY city, number"] {
        for function in ["row_number()", "lag(number, 1, 0)", "sum(number)", "rank()"] {
            let sql = format!("SELECT number, {function} OVER ({over}) AS f FROM t WHERE city = '上海'");
            let value = if function.starts_with("lag") { 0 } else { 1 };
            assert_eq!(bench.rows(&plan, &sql).await, [format!("1 | {value}")], "{sql}");
        }
    }
    let sql =
        "SELECT city, number, count(*) AS n FROM t WHERE city = '上海' GROUP BY city, number ORDER BY city, number";
    assert_eq!(bench.rows(&plan, sql).await, ["上海 | 1 | 1"]);
    let sql = "SELECT a.number FROM t a JOIN t b ON a.city = b.city WHERE a.city = 'Oslo' ORDER BY a.city, a.number";
    assert_eq!(bench.rows(&plan, sql).await, ["0"]);
}

#[tokio::test]
async fn distinct_counts_of_many_groups_are_the_same() {
    let bench = Bench::with_memory(8 << 30);
    let rows = 0..5000_i32;
    let number: ArrayRef = Arc::new(rows.clone().map(|row| Some(row % 1000)).collect::<Int32Array>());
    let value: ArrayRef = Arc::new(rows.clone().map(|row| Some(row / 1000 / 2)).collect::<Int32Array>());
    let label: ArrayRef = Arc::new(rows.map(|row| Some(if row % 2 == 0 { "a" } else { "b" })).collect::<StringArray>());
    let dataset = bench.table(batch(vec![("number", number), ("value", value), ("label", label)])).await;
    let sql = "SELECT v, l, count(*) AS groups FROM (\
               SELECT number, count(DISTINCT value) AS v, count(DISTINCT label) AS l FROM t GROUP BY number) \
               GROUP BY v, l";
    assert_eq!(bench.rows(&plan_of("t", dataset), sql).await, ["3 | 1 | 1000"]);
}

#[tokio::test]
async fn distinct_counts_are_the_same_in_bitmaps_and_in_groups() {
    let sql = "SELECT number % 3 AS part, count(DISTINCT number) AS numbers, count(DISTINCT city) AS cities, \
               count(DISTINCT number / 4) FILTER (WHERE city <> 'Oslo') AS fourths, count(*) AS n \
               FROM t GROUP BY 1 ORDER BY 1";
    for (gibibytes, bitmaps) in [(8, true), (1, false)] {
        let bench = Bench::with_memory(gibibytes << 30);
        let plan = table(&bench).await;
        // Parts 0, 1, 2: numbers 0 3 6, 1 4 7, 2 5 8.
        assert_eq!(
            bench.rows(&plan, sql).await,
            ["0 | 3 | 3 | 2 | 3", "1 | 3 | 3 | 2 | 3", "2 | 3 | 2 | 2 | 3"],
            "{gibibytes}"
        );
        let explained = bench.rows(&plan, &format!("EXPLAIN {sql}")).await.join("\n");
        assert_eq!(explained.contains("count_distinct_whole"), bitmaps, "{explained}");
        let none = "SELECT count(DISTINCT number), count(DISTINCT city) FROM t WHERE number > 100";
        assert_eq!(bench.rows(&plan, none).await, ["0 | 0"]);
    }
}

#[tokio::test]
async fn groups_of_few_columns_are_found_by_numbers() {
    let bench = Bench::new();
    let plan = table(&bench).await;
    let rows = bench
        .rows(&plan, "SELECT city, number % 2 AS half, count(*) AS n, sum(number) AS total FROM t GROUP BY 1, 2")
        .await;
    let expected =
        cities().into_iter().map(|(city, number)| format!("{} | {} | 1 | {number}", city.unwrap_or("∅"), number % 2));
    assert_eq!(sorted(rows), sorted(expected.collect()));
}
