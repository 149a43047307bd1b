//! Nothing that a plan hides can be got at with SQL.
//!
//! Two worlds are made that differ in hidden things alone: other rows behind
//! the row filter (and another number of them), other values under the masks,
//! another hidden column. Whatever is asked, both must give the same answer or
//! the same error, byte for byte; and no answer may hold a hidden value.

use std::{fmt::Write, sync::Arc};

use arrow::array::{ArrayRef, Float64Array, RecordBatch, TimestampMicrosecondArray};
use proptest::prelude::*;
use tandem_core::Cancel;
use tandem_engine::{
    AccessPlan, CompareOp, CompareRequest, Filter, Mask, TableAccess, TableRef, TableSource, Value, WriteMode,
};

use crate::support::{Bench, batch, ints, lines, sorted, texts};

/// In every hidden value and in no visible one.
const NEEDLE: &str = "s3cr3t";

/// Rows of the table. The first six are visible; `salary`, `phone`, `age` and
/// `joined` are masked, `note` is hidden.
fn rows(world: i64) -> RecordBatch {
    let hidden = if world == 0 { 40 } else { 3 };
    let ids: Vec<i64> = (1..=6).chain((0..hidden).map(|at| 777_001 + world * 1000 + at)).collect();
    let seen = |at: usize| at < 6;
    let all = 0..ids.len();
    let region: Vec<String> =
        all.clone().map(|at| if seen(at) { "east".into() } else { format!("west {NEEDLE}") }).collect();
    // Visible codes are numbers; a cast of a hidden one would fail and say it.
    let code: Vec<String> =
        all.clone().map(|at| if seen(at) { (at % 3).to_string() } else { format!("{NEEDLE}{world}{at}") }).collect();
    let salary: Vec<f64> = all.clone().map(|at| (54_321 + world * 1111 + at as i64 * 7) as f64).collect();
    let phone: Vec<String> = all.clone().map(|at| format!("138{NEEDLE}{world}{at}99")).collect();
    let email: Vec<String> = all
        .clone()
        .map(|at| if seen(at) { format!("{at}@{NEEDLE}") } else { format!("{NEEDLE}{world}@{at}") })
        .collect();
    let age: Vec<i64> = all.clone().map(|at| 20 + (at as i64 % 3) * 10 + world * 3 + 1).collect();
    let joined = all.clone().map(|at| (at as i64 % 2) * 86_400_000_000 + world * 3_600_000_000 + 1).collect::<Vec<_>>();
    let note: Vec<String> = all.map(|at| format!("{NEEDLE} note {world} {at}")).collect();
    let text = |values: &[String]| texts(values.iter().map(String::as_str));
    let salary: ArrayRef = Arc::new(Float64Array::from(salary));
    batch(vec![
        ("id", ints(ids)),
        ("region", text(&region)),
        ("code", text(&code)),
        ("salary", salary),
        ("phone", text(&phone)),
        ("email", text(&email)),
        ("age", ints(age)),
        ("joined", Arc::new(TimestampMicrosecondArray::from(joined))),
        ("note", text(&note)),
    ])
}

fn restricted(source: TableSource) -> TableAccess {
    TableAccess {
        source,
        row_filter: Some(Filter::And {
            filters: vec![
                Filter::Compare { column: "region".into(), is: CompareOp::Eq, value: Value::Text("east".into()) },
                Filter::Not {
                    filter: Box::new(Filter::Like {
                        column: "note".into(),
                        pattern: format!("%never {NEEDLE}%"),
                        ignore_case: false,
                    }),
                },
            ],
        }),
        masks: [
            ("salary".to_owned(), Mask::Null),
            ("phone".to_owned(), Mask::Partial { keep_start: 3, keep_end: 2 }),
            ("email".to_owned(), Mask::Hash { salt: NEEDLE.into() }),
            ("age".to_owned(), Mask::Bucket { width: 10.0 }),
            ("joined".to_owned(), Mask::Bucket { width: 86_400.0 }),
        ]
        .into(),
        hidden_columns: vec!["note".into()],
    }
}

/// Both worlds, each an engine with the table and one that is open.
struct Worlds {
    benches: [Bench; 2],
    plans: [AccessPlan; 2],
    files: Vec<String>,
    /// What the mask makes of emails in hidden rows.
    hidden_hashes: Vec<String>,
}

impl Worlds {
    /// `stored`: as a dataset of several files; else in memory.
    async fn new(stored: bool) -> Self {
        let (mut benches, mut plans, mut files) = (Vec::new(), Vec::new(), Vec::new());
        for world in [0, 1] {
            let bench = Bench::new();
            let rows = rows(world);
            let source = if stored {
                let dataset = bench.table(rows.slice(0, 4)).await;
                let rest = rows.slice(4, rows.num_rows() - 4);
                bench.write(dataset, WriteMode::Append, rest).await.unwrap();
                for path in bench.engine.files_at(dataset, 1).await.unwrap() {
                    files.push(path.to_string_lossy().into_owned());
                }
                TableSource::Version { dataset, delta_version: 1 }
            } else {
                TableSource::Memory { schema: rows.schema(), batches: vec![rows] }
            };
            let open = batch(vec![("id", ints([1, 2, 777_001, 778_001])), ("word", texts(["a", "b", "c", "d"]))]);
            let open = TableSource::Memory { schema: open.schema(), batches: vec![open] };
            plans.push(
                AccessPlan::new("guest")
                    .with_table(TableRef::latest("people"), restricted(source))
                    .with_table(TableRef::latest("open"), TableAccess::full(open)),
            );
            benches.push(bench);
        }
        let worlds = |mut of: Vec<Bench>| -> [Bench; 2] {
            let second = of.pop().unwrap();
            [of.pop().unwrap(), second]
        };
        let second = plans.pop().unwrap();
        let (benches, plans) = (worlds(benches), [plans.pop().unwrap(), second]);
        let mut hidden_hashes = Vec::new();
        for (bench, plan) in benches.iter().zip(&plans) {
            let mut open = plan.clone();
            open.tables.get_mut(&TableRef::latest("people")).unwrap().row_filter = None;
            hidden_hashes.extend(bench.rows(&open, "SELECT email FROM people WHERE id > 6").await);
        }
        assert_eq!(hidden_hashes.len(), 43);
        Self { benches, plans, files, hidden_hashes }
    }

    /// The answer that both worlds give.
    async fn ask(&self, sql: &str) -> String {
        let mut answers = Vec::new();
        for (bench, plan) in self.benches.iter().zip(&self.plans) {
            answers.push(match bench.ask(plan, sql).await {
                Ok(rows) => sorted(rows).join("\n"),
                Err(error) => format!("{}: {error}", error.code().as_str()),
            });
        }
        answers.iter().for_each(|answer| self.clean(sql, answer));
        // Which of several bad rows is met first is chance, whether one is met is not.
        let same = |answer: &str| match answer.split_once(':') {
            Some(("compute_failed", _)) => "compute_failed".to_owned(),
            _ => answer.to_owned(),
        };
        assert_eq!(same(&answers[0]), same(&answers[1]), "the answer tells the worlds apart: {sql}");
        answers.remove(0)
    }

    fn clean(&self, asked: &str, answer: &str) {
        // What the asker wrote may come back.
        let answer = answer.replace(asked, "");
        let told = answer.to_lowercase();
        let own = asked.to_lowercase().contains(NEEDLE);
        assert!(own || !told.contains(NEEDLE), "{asked} gave {answer}");
        for hash in &self.hidden_hashes {
            assert!(!answer.contains(hash.as_str()), "{asked} gave {answer}");
        }
        for file in &self.files {
            let folder = file.rsplit_once('/').unwrap().0;
            let asked_for = asked.contains(folder);
            assert!(asked_for || !answer.contains(folder), "{asked} gave {answer}");
        }
        let salaries = ["54321", "54,321", "5.4321e4", "55432"];
        if !salaries.iter().any(|salary| asked.contains(salary)) {
            assert!(!salaries.iter().any(|salary| answer.contains(salary)), "{asked} gave {answer}");
        }
    }
}

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

#[tokio::test]
async fn a_policy_that_does_not_fit_shows_nothing() {
    let bench = Bench::new();
    let rows = rows(0);
    let source = TableSource::Memory { schema: rows.schema(), batches: vec![rows] };
    for filter in [
        Filter::Compare { column: "gone".into(), is: CompareOp::Eq, value: Value::Int(1) },
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
