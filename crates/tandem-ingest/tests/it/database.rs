//! Databases: SQLite always, PostgreSQL and MySQL where a test server is named.

use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
use tandem_core::{Cancel, ErrorCode, HostPolicy, HostRule};
use tandem_ingest::{
    ColumnOverride, ColumnType, Context, ImportOptions, Limits, RejectCode, WarningCode,
    source::database::{DatabaseKind, DatabaseSource},
};

use crate::support::Outcome;

fn source(kind: DatabaseKind, url: &str) -> DatabaseSource {
    let hosts = HostPolicy::new(vec![HostRule::Any]);
    DatabaseSource { kind, url: url.into(), table: None, query: None, hosts }
}

fn table(base: &DatabaseSource, table: &str) -> DatabaseSource {
    DatabaseSource { table: Some(table.into()), ..base.clone() }
}

fn query(base: &DatabaseSource, query: &str) -> DatabaseSource {
    DatabaseSource { query: Some(query.into()), ..base.clone() }
}

fn read(source: &DatabaseSource, options: &ImportOptions) -> tandem_core::Result<Outcome> {
    let sniffed = source.sniff(options, &Limits::default())?;
    let (batches, rejects) = source.open(&sniffed.options, &Context::default())?.collect_all()?;
    Ok(Outcome { sniffed, batches, rejects })
}

fn code_of(source: &DatabaseSource) -> ErrorCode {
    match read(source, &ImportOptions::default()) {
        Ok(outcome) => panic!("{} rows of {source:?}", outcome.rows()),
        Err(error) => error.code(),
    }
}

/// The address of a test server.
fn server(variable: &str) -> Option<String> {
    let url = std::env::var(variable).ok().filter(|u| !u.is_empty());
    if url.is_none() {
        println!("skipped: {variable} is not set");
    }
    url
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// A database on this machine is read by its name too, and by none where the
/// policy doesn't have it.
fn reached_where_allowed(base: &DatabaseSource) {
    let named = DatabaseSource { url: base.url.replace("127.0.0.1", "localhost"), ..base.clone() };
    assert_ne!(named.url, base.url);
    read(&named, &ImportOptions::default()).unwrap();
    for source in [base, &named] {
        let refused = DatabaseSource { hosts: HostPolicy::default(), ..source.clone() };
        assert_eq!(code_of(&refused), ErrorCode::HostNotAllowed);
    }
}

/// What must be refused of every database, and the table that must be left.
fn refuses_all_but_reading(base: &DatabaseSource, table_name: &str, extra: &[&str]) {
    let rows = read(&table(base, table_name), &ImportOptions::default()).unwrap().rows();
    let insert = format!("INSERT INTO {table_name} SELECT * FROM {table_name}");
    let drop = format!("DROP TABLE {table_name}");
    let escape = format!("SELECT 1) AS q; {drop}; SELECT * FROM (SELECT 1");
    let two = format!("SELECT 1; {drop}");
    let deletes = format!("DELETE FROM {table_name}");
    for bad in [insert.as_str(), &drop, &escape, &two, &deletes, "SELECT 1)", "nonsense", "SELECT * FROM nowhere"]
        .iter()
        .chain(extra)
    {
        let code = code_of(&query(base, bad));
        assert!(matches!(code, ErrorCode::InvalidSql | ErrorCode::SqlNotAllowed), "{bad}: {code:?}");
    }
    assert_eq!(code_of(&table(base, "nowhere")), ErrorCode::InvalidSql);
    assert_eq!(read(&table(base, table_name), &ImportOptions::default()).unwrap().rows(), rows);
}

#[test]
fn sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a b.db");
    block_on(async {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).create_if_missing(true);
        let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
        let rows: Vec<String> = (0..12_000)
            .map(|i| match i {
                11_000 => "(11000, 'late text', 'x', NULL, NULL, NULL, 1)".into(),
                7 => "(7, 1.5, NULL, NULL, NULL, NULL, NULL)".into(),
                _ => format!("({i}, {i}.25, '说 \"{i}\"', '2024-03-05', '2024-03-05 08:26:00', x'00ff', {})", i % 2),
            })
            .collect();
        let setup = format!(
            "CREATE TABLE \"t 1\" (id INTEGER PRIMARY KEY, amount REAL, note TEXT, day DATE, at DATETIME, raw BLOB, ok BOOLEAN);
             INSERT INTO \"t 1\" VALUES {}; CREATE TABLE empty (a INTEGER, b);",
            rows.join(",")
        );
        connection.execute(AssertSqlSafe(setup)).await.unwrap();
        connection.close().await.unwrap();
    });
    let base = source(DatabaseKind::Sqlite, &format!("sqlite:{}", path.display()));
    let outcome = read(&table(&base, "t 1"), &ImportOptions::default()).unwrap();
    assert_eq!(
        outcome.columns(),
        ["id: int64", "amount: float64", "note: text", "day: date", "at: timestamp", "raw: binary", "ok: bool"]
    );
    assert_eq!(outcome.rows(), 11_999);
    assert_eq!(outcome.rejects.len(), 1);
    let reject = &outcome.rejects[0];
    assert_eq!((reject.row_number, reject.line, reject.code), (11_001, None, RejectCode::InvalidValue));
    assert_eq!(reject.column.as_deref(), Some("amount"));
    assert_eq!(outcome.texts("note")[5], "说 \"5\"");
    assert_eq!(outcome.texts("note")[7], "∅");
    assert_eq!(outcome.texts("raw")[0], "00ff");
    assert_eq!(outcome.texts("day")[1], "2024-03-05");
    assert_eq!(outcome.sniffed.rows.len(), 100);

    let outcome =
        read(&query(&base, "SELECT id, id AS id, id * 2 FROM \"t 1\" WHERE id < 3 -- few"), &ImportOptions::default());
    assert_eq!(outcome.unwrap().texts("id_2"), ["0", "1", "2"]);
    let empty = read(&table(&base, "empty"), &ImportOptions::default()).unwrap();
    assert_eq!((empty.rows(), empty.columns()), (0, vec!["a: int64".to_owned(), "b: text".to_owned()]));
    let other = folder.path().join("other.db");
    let attach = format!("ATTACH '{}' AS o", other.display());
    refuses_all_but_reading(&base, "empty", &[&attach, "PRAGMA user_version = 7", "VACUUM"]);
    assert!(!other.exists());

    assert_eq!(code_of(&table(&source(DatabaseKind::Sqlite, "/nowhere.db"), "t")), ErrorCode::NotFound);
    let text = folder.path().join("text.db");
    std::fs::write(&text, "a,b\n1,2\n".repeat(1000)).unwrap();
    assert_eq!(code_of(&table(&source(DatabaseKind::Sqlite, text.to_str().unwrap()), "t")), ErrorCode::MalformedFile);
}

#[test]
fn postgres() {
    let Some(url) = server("TANDEM_TEST_POSTGRES_URL") else { return };
    block_on(async {
        let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
        connection
            .execute(
                "DROP SCHEMA IF EXISTS ingest CASCADE; CREATE SCHEMA ingest;
                 CREATE TYPE ingest.mood AS ENUM ('happy', 'sad');
                 CREATE TABLE ingest.t (id bigint, small int2, price numeric(12,2), free numeric, ratio float4, ok boolean,
                   day date, at timestamp, moment timestamptz, clock time, span interval, name text, code char(4), u uuid,
                   doc jsonb, tags text[], raw bytea, mood ingest.mood);
                 INSERT INTO ingest.t VALUES
                   (1, 2, 12345678.90, 1.5, 1.25, true, '2024-03-05', '2024-03-05 08:26:00.5', '2024-03-05 08:26:00+08',
                    '08:26', '1 day', E'数据 \"q\"\\nline, two', 'ab', '00000000-0000-0000-0000-000000000001',
                    '{\"a\": [1]}', '{a,b}', '\\x00ff', 'happy'),
                   (2, NULL, NULL, 'NaN', NULL, false, NULL, NULL, NULL, NULL, NULL, '', NULL, NULL, NULL, NULL, NULL, NULL);
                 CREATE TABLE ingest.big AS SELECT i AS id, 'row ' || i AS name FROM generate_series(1, 200000) i;
                 CREATE TABLE ingest.odd AS SELECT i AS id, CASE WHEN i = 500 THEN 'infinity'::date ELSE '2024-01-01'::date + i END AS d
                   FROM generate_series(1, 1000) i;",
            )
            .await
            .unwrap();
        connection.close().await.unwrap();
    });
    let base = source(DatabaseKind::Postgres, &url);
    let outcome = read(&table(&base, "ingest.t"), &ImportOptions::default()).unwrap();
    assert_eq!(
        outcome.columns().join(" "),
        "id: int64 small: int64 price: decimal(12,2) free: float64 ratio: float64 ok: bool day: date at: timestamp \
         moment: timestamptz clock: text span: text name: text code: text u: text doc: text tags: text raw: binary mood: text"
    );
    assert!(outcome.rejects.is_empty(), "{:?}", outcome.rejects);
    for (column, expected) in [
        ("price", ["12345678.90", "∅"]),
        ("free", ["1.5", "∅"]),
        ("ok", ["true", "false"]),
        ("day", ["2024-03-05", "∅"]),
        ("at", ["2024-03-05T08:26:00.500", "∅"]),
        ("moment", ["2024-03-05T00:26:00Z", "∅"]),
        ("clock", ["08:26:00", "∅"]),
        ("span", ["P1D", "∅"]),
        ("name", ["数据 \"q\"\nline, two", ""]),
        ("code", ["ab  ", "∅"]),
        ("u", ["00000000-0000-0000-0000-000000000001", "∅"]),
        ("doc", ["{\"a\": [1]}", "∅"]),
        ("tags", ["{a,b}", "∅"]),
        ("raw", ["00ff", "∅"]),
        ("mood", ["happy", "∅"]),
    ] {
        assert_eq!(outcome.texts(column), expected, "{column}");
    }
    assert_eq!(read(&table(&base, "ingest.big"), &ImportOptions::default()).unwrap().rows(), 200_000);
    // Of a query too, exact numbers stay exact where a table says how many digits they have.
    let numbers = query(&base, "SELECT t.price AS paid, sum(price) AS total, 1 AS one FROM ingest.t GROUP BY 1");
    let outcome = read(&numbers, &ImportOptions::default()).unwrap();
    assert_eq!(outcome.columns(), ["paid: decimal(12,2)", "total: float64", "one: int64"]);
    let told: Vec<_> = outcome.sniffed.warnings.iter().map(|w| (w.code, w.column.as_deref())).collect();
    assert_eq!(told, [(WarningCode::TypeChanged, Some("total"))]);
    let decimal = Some(ColumnType::Decimal { precision: 38, scale: 4 });
    let total = ColumnOverride { name: "total".into(), column_type: decimal, ..ColumnOverride::default() };
    let outcome = read(&numbers, &ImportOptions { columns: vec![total], ..ImportOptions::default() }).unwrap();
    assert!(outcome.warnings().is_empty() && outcome.texts("total").contains(&"12345678.9000".to_owned()));
    // Types that only the database itself uses are named.
    let error = read(&table(&base, "pg_catalog.pg_class"), &ImportOptions::default()).map(|o| o.rows()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::UnsupportedFormat);
    assert!(error.message().contains("`relpartbound` is of the type pg_node_tree"), "{}", error.message());
    let cast = query(&base, "SELECT relname, relpartbound::text FROM pg_catalog.pg_class");
    assert!(read(&cast, &ImportOptions::default()).unwrap().rows() > 100);
    let outcome =
        read(&query(&base, "SELECT id, d FROM ingest.odd ORDER BY id -- all"), &ImportOptions::default()).unwrap();
    assert_eq!((outcome.rows(), outcome.rejects[0].row_number), (999, 500));
    let options = ImportOptions {
        columns: vec![ColumnOverride {
            name: "name".into(),
            column_type: Some(ColumnType::Int64),
            ..ColumnOverride::default()
        }],
        ..ImportOptions::default()
    };
    assert_eq!(read(&query(&base, "SELECT '7' AS name"), &options).unwrap().texts("name"), ["7"]);
    refuses_all_but_reading(
        &base,
        "ingest.big",
        &[
            "SELECT 1) TO '/tmp/tandem-leak' --",
            "SELECT 1) TO PROGRAM 'touch /tmp/tandem-leak' --",
            "WITH x AS (INSERT INTO ingest.big VALUES (0, 'x') RETURNING id) SELECT * FROM x",
            "SELECT set_config('transaction_read_only', 'off', false), nextval('ingest.none')",
            "SET ROLE postgres",
            "COMMIT",
            "SELECT 1 /*",
        ],
    );
    assert!(!std::path::Path::new("/tmp/tandem-leak").exists());

    let mut elsewhere = url::Url::parse(&url).unwrap();
    elsewhere.set_path("/no_such_database");
    assert_eq!(code_of(&table(&source(DatabaseKind::Postgres, elsewhere.as_str()), "t")), ErrorCode::SourceUnavailable);
    reached_where_allowed(&query(&base, "SELECT 1 AS a"));
    let closed = source(DatabaseKind::Postgres, "postgres://u:p@127.0.0.1:1/d");
    assert_eq!(code_of(&table(&closed, "t")), ErrorCode::SourceUnavailable);

    let slow = query(&base, "SELECT i FROM generate_series(1, 3) i, pg_sleep(30) WHERE i > 0");
    let sniffed = query(&base, "SELECT i FROM generate_series(1, 3) i")
        .sniff(&ImportOptions::default(), &Limits::default())
        .unwrap();
    let cancel = Cancel::new();
    let mut reader = slow.open(&sniffed.options, &Context { cancel: cancel.clone(), ..Context::default() }).unwrap();
    let waiting = std::thread::spawn(move || reader.next().unwrap().unwrap_err().code());
    cancel.cancel();
    assert_eq!(waiting.join().unwrap(), ErrorCode::Cancelled);
}

#[test]
fn mysql() {
    let Some(url) = server("TANDEM_TEST_MYSQL_URL") else { return };
    block_on(async {
        let mut connection = sqlx::MySqlConnection::connect(&url).await.unwrap();
        let rows: Vec<String> = (1..=20_000).map(|i| format!("({i}, 'row {i}')")).collect();
        for statement in [
            "SET SESSION sql_mode = ''".to_owned(),
            "DROP TABLE IF EXISTS ingest_t, ingest_big".to_owned(),
            "CREATE TABLE ingest_t (id bigint, huge bigint unsigned, price decimal(12,2), ratio double, ok tinyint(1),
               small tinyint unsigned, day date, at datetime(3), moment timestamp NULL, clock time, y year,
               name varchar(50) CHARACTER SET gbk, doc json, raw varbinary(9), mood enum('happy','sad'))"
                .to_owned(),
            "INSERT INTO ingest_t VALUES
               (1, 18446744073709551615, 12345678.90, 1.25, 1, 200, '2024-03-05', '2024-03-05 08:26:00.5',
                '2024-03-05 08:26:00', '08:26:00', 2024, '数据 \"q\"', '{\"a\": [1]}', x'00ff', 'happy'),
               (2, NULL, NULL, NULL, 0, NULL, '0000-00-00', NULL, NULL, NULL, NULL, '', NULL, NULL, NULL)"
                .to_owned(),
            "CREATE TABLE ingest_big (id int, name text)".to_owned(),
            format!("INSERT INTO ingest_big VALUES {}", rows.join(",")),
        ] {
            connection.execute(AssertSqlSafe(statement)).await.unwrap();
        }
        connection.close().await.unwrap();
    });
    let base = source(DatabaseKind::Mysql, &url);
    let outcome = read(&table(&base, "ingest_t"), &ImportOptions::default()).unwrap();
    assert_eq!(
        outcome.columns().join(" "),
        "id: int64 huge: decimal(20,0) price: decimal(12,2) ratio: float64 ok: bool small: int64 day: date at: timestamp \
         moment: timestamptz clock: text y: int64 name: text doc: text raw: binary mood: text"
    );
    assert!(outcome.rejects.is_empty(), "{:?}", outcome.rejects);
    for (column, expected) in [
        ("huge", ["18446744073709551615", "∅"]),
        ("price", ["12345678.90", "∅"]),
        ("ok", ["true", "false"]),
        ("small", ["200", "∅"]),
        ("day", ["2024-03-05", "∅"]),
        ("at", ["2024-03-05T08:26:00.500", "∅"]),
        ("moment", ["2024-03-05T08:26:00Z", "∅"]),
        ("clock", ["08:26:00", "∅"]),
        ("y", ["2024", "∅"]),
        ("name", ["数据 \"q\"", ""]),
        ("doc", ["{\"a\": [1]}", "∅"]),
        ("raw", ["00ff", "∅"]),
        ("mood", ["happy", "∅"]),
    ] {
        assert_eq!(outcome.texts(column), expected, "{column}");
    }
    assert_eq!(read(&table(&base, "ingest_big"), &ImportOptions::default()).unwrap().rows(), 20_000);
    let outcome = read(&query(&base, "SELECT COUNT(*) AS n FROM ingest_big # all"), &ImportOptions::default()).unwrap();
    assert_eq!(outcome.texts("n"), ["20000"]);
    refuses_all_but_reading(
        &base,
        "ingest_big",
        &[
            "SELECT 1 INTO OUTFILE '/tmp/tandem-leak'",
            "SELECT 1) AS q INTO OUTFILE '/tmp/tandem-leak' #",
            "CREATE TABLE ingest_new (a int)",
            "TRUNCATE ingest_big",
            "COMMIT",
            "SET GLOBAL general_log = 1",
        ],
    );
    reached_where_allowed(&query(&base, "SELECT 1 AS a"));
    let closed = source(DatabaseKind::Mysql, "mysql://u:p@127.0.0.1:1/d");
    assert_eq!(code_of(&table(&closed, "t")), ErrorCode::SourceUnavailable);
}
