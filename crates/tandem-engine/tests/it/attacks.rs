//! Nothing that a plan hides can be got at with SQL.
//!
//! Two worlds are made that differ in hidden things alone: other rows behind
//! the row filter (and another number of them), other values under the masks,
//! another hidden column. Whatever is asked, both must give the same answer or
//! the same error, byte for byte; and no answer may hold a hidden value.

pub(crate) mod worlds;

mod chance;

use std::fmt::Write;

use tandem_core::Cancel;
use tandem_engine::{AccessPlan, CompareRequest, TableAccess, TableRef, TableSource};

use crate::support::{Bench, lines};
use worlds::{NEEDLE, Worlds, rows};

/// What somebody might try.
const ATTACKS: &[&str] = &[
    // Simply looking.
    "SELECT * FROM people",
    "SELECT salary, phone, email, age, joined FROM people",
    "SELECT note FROM people",
    "SELECT people.note FROM people",
    "SELECT p.\"note\" FROM people p",
    "SELECT people FROM people",
    "SELECT * EXCLUDE (id) FROM people",
    "SELECT COLUMNS('.*') FROM people",
    "SELECT struct(salary, phone) FROM people",
    "SELECT named_struct('n', note) FROM people",
    "SELECT id FROM people ORDER BY note",
    "SELECT id FROM people WHERE note IS NOT NULL",
    "SELECT count(*) FROM people GROUP BY note",
    // Through other shapes of query.
    "SELECT * FROM (SELECT * FROM (SELECT * FROM people) a) b",
    "WITH p AS (SELECT * FROM people), q AS (SELECT * FROM p) SELECT * FROM q",
    "WITH RECURSIVE r AS (SELECT id, salary FROM people UNION SELECT id + 1, salary FROM r WHERE id < 9) SELECT * FROM r",
    "SELECT (SELECT max(salary) FROM people), (SELECT max(id) FROM people)",
    "SELECT * FROM open o WHERE EXISTS (SELECT 1 FROM people p WHERE p.id = o.id)",
    "SELECT * FROM open o WHERE o.id NOT IN (SELECT id FROM people)",
    "SELECT o.id, (SELECT max(p.phone) FROM people p WHERE p.id = o.id) FROM open o",
    "SELECT * FROM open JOIN people USING (id)",
    "SELECT * FROM open NATURAL JOIN people",
    "SELECT o.id, p.id FROM open o LEFT JOIN people p ON p.id = o.id",
    "SELECT o.id, p.id, p.region FROM open o FULL JOIN people p ON p.id = o.id",
    "SELECT a.id, b.id FROM people a JOIN people b ON a.salary = b.salary",
    "SELECT a.id FROM people a JOIN people b ON a.phone = b.phone AND a.id < b.id",
    "SELECT count(*) FROM people a, people b",
    "SELECT id FROM people INTERSECT SELECT id FROM open",
    "SELECT id FROM open EXCEPT SELECT id FROM people",
    "SELECT id FROM people UNION ALL SELECT id FROM open",
    "SELECT * FROM people TABLESAMPLE BERNOULLI (100)",
    "SELECT * FROM people LIMIT 100 OFFSET 6",
    "SELECT * FROM people ORDER BY id DESC LIMIT 1",
    "SELECT * FROM people ORDER BY salary DESC, id LIMIT 3",
    // By the id as well: the order of equals is chance.
    "SELECT id FROM people QUALIFY row_number() OVER (ORDER BY salary, id) = 1 AND id = 1",
    // Shortcuts by statistics.
    "SELECT count(*) FROM people",
    "SELECT count(1), count(id), count(salary), count(phone) FROM people",
    "SELECT min(id), max(id) FROM people",
    "SELECT min(salary), max(salary), min(phone), max(phone), min(age), max(age), min(joined), max(joined) FROM people",
    "SELECT min(region), max(region), min(code), max(code) FROM people",
    "SELECT count(*) FROM people WHERE id > 777000",
    "SELECT count(*) FROM people WHERE id > 1000000000",
    "SELECT count(*) FROM people WHERE region <> 'east'",
    "SELECT count(*) FROM people WHERE region LIKE 'west%'",
    // Aggregates.
    "SELECT count(DISTINCT salary), count(DISTINCT phone), count(DISTINCT email), count(DISTINCT age) FROM people",
    "SELECT approx_distinct(region), approx_distinct(code), approx_distinct(salary) FROM people",
    "SELECT sum(salary), avg(salary), median(salary), stddev(salary), approx_percentile_cont(0.5) WITHIN GROUP (ORDER BY salary) FROM people",
    "SELECT array_agg(phone ORDER BY id), string_agg(code, ',' ORDER BY id) FROM people",
    "SELECT first_value(salary ORDER BY id), last_value(region ORDER BY id), nth_value(id, 7 ORDER BY id) FROM people",
    "SELECT region, count(*) FROM people GROUP BY ROLLUP (region, code)",
    "SELECT region, code, count(*) FROM people GROUP BY GROUPING SETS ((region), (code), ())",
    "SELECT bit_xor(id), bool_or(region = 'west'), var_pop(id) FROM people",
    "SELECT corr(id, salary), regr_slope(id, salary) FROM people",
    // Windows.
    "SELECT id, lag(salary) OVER (ORDER BY id), lead(id) OVER (ORDER BY id), ntile(2) OVER (ORDER BY id) FROM people",
    "SELECT id, rank() OVER (ORDER BY salary), rank() OVER (ORDER BY phone), percent_rank() OVER (ORDER BY age) FROM people",
    "SELECT id, sum(id) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM people",
    // Guessing.
    "SELECT id FROM people WHERE salary = 54321",
    "SELECT id FROM people WHERE salary > 0 OR salary <= 0",
    "SELECT id FROM people WHERE phone LIKE '138s3%'",
    "SELECT id FROM people WHERE phone = '138s3cr3t0099'",
    "SELECT id, regexp_match(phone, '138(.*)99') FROM people",
    "SELECT id, substr(phone, 4, 3), length(phone), strpos(phone, 'c') FROM people",
    "SELECT id FROM people WHERE age = 21 OR age BETWEEN 21 AND 29",
    "SELECT g.value FROM generate_series(54000, 60000) g JOIN people p ON p.salary = g.value",
    "SELECT g.value FROM generate_series(20, 50) g JOIN people p ON p.age = g.value",
    "SELECT o.id FROM open o JOIN people p ON p.id = o.id WHERE o.id > 700000",
    "SELECT id FROM people WHERE email = encode(sha256('0@s3cr3t'), 'hex')",
    "SELECT id FROM people WHERE email LIKE '%@%' OR email = md5('0@s3cr3t')",
    "SELECT id FROM people WHERE joined <> date_trunc('day', joined)",
    "SELECT id, date_part('hour', joined), to_char(joined, '%H:%M:%S%.f') FROM people",
    // Errors that would tell of values.
    "SELECT CAST(code AS INT) FROM people",
    "SELECT id FROM people WHERE CAST(code AS INT) >= 0",
    "SELECT id FROM people WHERE CAST(phone AS INT) = 1",
    "SELECT CAST(phone AS INT) FROM people",
    "SELECT CAST(email AS BIGINT) FROM people",
    "SELECT CAST(salary AS INT) FROM people",
    "SELECT 1 / (id - 777001) FROM people",
    "SELECT id FROM people WHERE 1 / (id - 777001) <= 0 OR 1 / (id - 778001) <= 0",
    "SELECT id FROM people WHERE region = 'east' OR 1 / (id - id) = 1",
    "SELECT id FROM people WHERE CASE WHEN region LIKE 'west%' THEN 1 / (id - id) ELSE 1 END = 1",
    "SELECT id FROM people WHERE CASE WHEN salary > 50000 THEN 1 / (id - id) ELSE 1 END = 1",
    "SELECT coalesce(salary, 1 / (id - id)) FROM people WHERE id = 1",
    "SELECT o.id FROM open o JOIN people p ON o.id = p.id AND CAST(p.code AS INT) < 5",
    "SELECT id FROM people WHERE id IN (SELECT id FROM people WHERE CAST(code AS INT) > 0)",
    "SELECT max(CAST(code AS INT)) FROM people WHERE id > 0",
    "SELECT id FROM people ORDER BY CAST(code AS INT), id",
    "SELECT to_timestamp(phone) FROM people",
    "SELECT to_date(code) FROM people WHERE id < 1000000",
    "SELECT repeat(region, id * 100) FROM people WHERE id > 6",
    "SELECT arrow_cast(code, 'Int8') FROM people",
    "SELECT id * 1000000000000000 FROM people WHERE id > 6",
    "SELECT chr(id) FROM people WHERE id <> 3",
    "SELECT date_bin(interval '1 day', joined, CAST(code AS TIMESTAMP)) FROM people",
    "SELECT factorial(id) FROM people",
    "SELECT decode(code, 'hex') FROM people",
    "SELECT regexp_like('a', region || '(') FROM people WHERE region <> 'east'",
    // Plans.
    "EXPLAIN SELECT * FROM people WHERE id = 1",
    "EXPLAIN SELECT salary FROM people WHERE phone LIKE '138%' AND region = 'east'",
    "EXPLAIN VERBOSE SELECT * FROM people",
    "EXPLAIN FORMAT TREE SELECT * FROM people",
    "EXPLAIN FORMAT JSON SELECT * FROM people",
    "EXPLAIN ANALYZE SELECT * FROM people WHERE id < 3",
    "EXPLAIN ANALYZE VERBOSE SELECT count(*) FROM people",
    "EXPLAIN SELECT * FROM open o JOIN people p ON o.id = p.id ORDER BY p.id LIMIT 1",
    "EXPLAIN SELECT region, count(*) FROM people GROUP BY region",
    // Catalogs.
    "SHOW TABLES",
    "DESCRIBE people",
    "SHOW COLUMNS FROM people",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM information_schema.columns ORDER BY 1, 3",
    "SELECT * FROM information_schema.df_settings",
    "SELECT * FROM information_schema.views",
    "SELECT * FROM tandem.main.people",
    "SELECT * FROM main.people",
    "SELECT arrow_typeof(salary), arrow_typeof(phone), arrow_metadata(email) FROM people",
    // Other versions, other names.
    "SELECT * FROM people@v1",
    "SELECT * FROM people@v0",
    "SELECT * FROM \"people\"@v1",
    "SELECT * FROM \"people@v1\"",
    "SELECT * FROM PEOPLE WHERE ID = 1",
    // Around the tables.
    "SELECT input_file_name() FROM people",
    "SELECT file_row_index() FROM people",
    "SELECT version()",
    "SELECT * FROM read_parquet('/etc/passwd')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM parquet_metadata('x.parquet')",
    "SELECT * FROM metadata_cache()",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM \"/etc/passwd\"",
    "SELECT * FROM \"file:///etc/passwd\"",
    "SELECT * FROM generate_series(1, (SELECT max(id) FROM people))",
    "SELECT getenv('HOME')",
    "SELECT pg_read_file('/etc/passwd')",
    // Doing more than reading.
    "CREATE VIEW v AS SELECT * FROM people",
    "CREATE TABLE t AS SELECT * FROM people",
    "COPY people TO '/tmp/people.csv'",
    "INSERT INTO people SELECT * FROM people",
    "SET datafusion.catalog.information_schema = true",
    "WITH x AS (SELECT 1) INSERT INTO people SELECT * FROM x",
    "SELECT * INTO t FROM people",
    "CREATE EXTERNAL TABLE t STORED AS PARQUET LOCATION '/tmp'",
    "PREPARE p AS SELECT * FROM people",
    "EXPLAIN INSERT INTO people SELECT * FROM people",
];

#[tokio::test]
async fn no_attack_tells_the_worlds_apart() {
    assert!(ATTACKS.len() >= 60);
    for stored in [true, false] {
        let worlds = Worlds::new(stored).await;
        let mut answered = 0;
        for sql in ATTACKS {
            let answer = worlds.ask(sql).await;
            assert!(!answer.starts_with("internal"), "{sql}: {answer}");
            let refused = ["invalid_sql", "sql_not_allowed", "unknown_", "compute_failed", "memory_limit"];
            answered += usize::from(!refused.iter().any(|code| answer.starts_with(code)));
        }
        assert!(answered >= 60, "only {answered} were answered: the others prove less");
    }
}

#[tokio::test]
async fn what_is_allowed_is_seen_as_it_should_be() {
    let worlds = Worlds::new(true).await;
    assert_eq!(worlds.ask("SELECT count(*), min(id), max(id) FROM people").await, "6 | 1 | 6");
    assert_eq!(worlds.ask("SELECT DISTINCT salary, phone FROM people").await, "∅ | 138****99");
    assert_eq!(worlds.ask("SELECT DISTINCT age FROM people ORDER BY age").await, "20\n30\n40");
    assert_eq!(worlds.ask("SELECT count(DISTINCT email), max(length(email)) FROM people").await, "6 | 32");
    assert_eq!(worlds.ask("SELECT sum(CAST(code AS INT)) FROM people").await, "6");
    let columns = worlds.ask("SELECT column_name FROM information_schema.columns WHERE table_name = 'people'").await;
    assert_eq!(columns, "age\ncode\nemail\nid\njoined\nphone\nregion\nsalary");
    // The same conditions on an open table do fail, so that the attacks above mean something.
    let bench = Bench::new();
    let all = rows(0);
    let open = TableAccess::full(TableSource::Memory { schema: all.schema(), batches: vec![all] });
    let plan = AccessPlan::new("owner").with_table(TableRef::latest("people"), open);
    let error = bench.error(&plan, "SELECT id FROM people WHERE CAST(code AS INT) >= 0").await;
    assert!(error.message().contains(NEEDLE), "{error}");
}

#[tokio::test]
async fn pages_and_comparisons_are_no_way_around() {
    let worlds = Worlds::new(true).await;
    let mut answers = [String::new(), String::new()];
    for ((bench, plan), answer) in worlds.benches.iter().zip(&worlds.plans).zip(&mut answers) {
        for filtered in [true, false] {
            let mut plan = plan.clone();
            let people = plan.tables.get_mut(&TableRef::latest("people")).unwrap();
            if !filtered {
                people.row_filter = None;
            }
            let limit = 6;
            let page = bench.engine.page(&plan, &TableRef::latest("people"), 0, limit, &Cancel::new()).await.unwrap();
            let names: Vec<String> = page.schema().fields().iter().map(|field| field.name().clone()).collect();
            let rows = lines(&page.collect().await.unwrap().0);
            writeln!(answer, "{names:?}\n{}", rows.join("\n")).unwrap();
        }
        let request = CompareRequest {
            from: TableRef::latest("people"),
            to: TableRef::latest("people"),
            key: vec!["id".into()],
            sample: 10,
        };
        let comparison = bench.engine.compare(plan, &request, &Cancel::new()).await.unwrap();
        writeln!(answer, "{}", serde_json::to_string(&comparison).unwrap()).unwrap();
        let request = CompareRequest { key: vec!["note".into()], ..request };
        let error = bench.engine.compare(plan, &request, &Cancel::new()).await.unwrap_err();
        writeln!(answer, "{error}").unwrap();
        let described = bench.engine.describe(plan).await.unwrap();
        writeln!(answer, "{described:?}").unwrap();
    }
    assert_eq!(answers[0], answers[1]);
    worlds.clean("", &answers[0].replace("note", ""));
}
