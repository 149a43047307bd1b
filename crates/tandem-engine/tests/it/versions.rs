//! Versions: written, read back, restored, never half there.

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, Date32Array, Decimal128Array, DictionaryArray, Float64Array, Int32Array, Int64Array, ListArray,
        NullArray, RecordBatch, StringArray, StringViewArray, StructArray, Time64MicrosecondArray,
        TimestampMillisecondArray, TimestampNanosecondArray, UInt64Array,
    },
    datatypes::{DataType, Field, Int32Type, Schema, TimeUnit},
};
use futures::StreamExt;
use tandem_core::{Cancel, Error, ErrorCode};
use tandem_engine::{Batches, TableAccess, TableRef, WriteMode, WriteOptions};

use crate::support::{Bench, batch, chain, ints, lines, people, plan_of, schema_names, sorted, texts, until};

#[tokio::test]
async fn append_replace_and_restore_make_versions_that_stay_readable() {
    let bench = Bench::new();
    let dataset = bench.dataset();
    assert!(bench.engine.latest(dataset).await.unwrap().is_none());
    let first = bench.write(dataset, WriteMode::Append, people(0, 3)).await.unwrap();
    assert_eq!((first.version.delta_version, first.version.rows, first.rows_in, first.repeated), (0, 3, 3, false));
    let second = bench.write(dataset, WriteMode::Append, people(3, 2)).await.unwrap();
    assert_eq!((second.version.delta_version, second.version.rows, second.rows_in), (1, 5, 2));
    let third = bench.write(dataset, WriteMode::Replace, batch(vec![("other", ints([7]))])).await.unwrap();
    assert_eq!((third.version.delta_version, schema_names(&third.version.schema)), (2, vec!["other".to_owned()]));
    let fourth = bench.engine.restore(dataset, 1, Some(2), None).await.unwrap();
    assert_eq!(fourth.version.delta_version, 3);
    assert_eq!(fourth.version.content_digest, second.version.content_digest);
    assert_eq!(bench.read(dataset, 0).await, ["0 | person 0", "1 | person 1", "2 | person 2"]);
    assert_eq!(bench.read(dataset, 1).await.len(), 5);
    assert_eq!(bench.read(dataset, 2).await, ["7"]);
    assert_eq!(bench.read(dataset, 3).await, bench.read(dataset, 1).await);
    assert_eq!(bench.engine.latest(dataset).await.unwrap().unwrap().delta_version, 3);
    let error = bench.engine.version(dataset, 9).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::NotFound, "{}", chain(&error));
    let error = bench.engine.version(bench.dataset(), 0).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::NotFound, "{}", chain(&error));
}

#[tokio::test]
async fn a_dataset_may_begin_without_rows() {
    let bench = Bench::new();
    let dataset = bench.dataset();
    let made = bench.engine.create(dataset, people(0, 1).schema()).await.unwrap();
    assert_eq!((made.version.delta_version, made.version.rows, made.version.files.len()), (0, 0, 0));
    let error = bench.engine.create(dataset, people(0, 1).schema()).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::AlreadyExists);
    assert!(bench.read(dataset, 0).await.is_empty());
    assert_eq!(bench.rows(&plan_of("t", dataset), "SELECT count(*) FROM t").await, ["0"]);
    bench.write(dataset, WriteMode::Append, people(0, 2)).await.unwrap();
    assert_eq!(bench.read(dataset, 1).await.len(), 2);
}

#[tokio::test]
async fn equal_rows_make_equal_bytes_however_they_are_cut() {
    let bench = Bench::new();
    let rows = people(0, 100_000);
    let whole = bench.table(rows.clone()).await;
    let cut = bench.dataset();
    let pieces: Vec<_> = (0..100_000).step_by(777).map(|at| rows.slice(at, 777.min(100_000 - at))).collect();
    let batches = Batches::from_iter(rows.schema(), pieces.into_iter().map(Ok), 2);
    bench.engine.write(cut, batches, WriteOptions::new(WriteMode::Append), &Cancel::new()).await.unwrap();
    let (whole, cut) = (bench.info(whole, 0).await, bench.info(cut, 0).await);
    assert_eq!(whole.content_digest, cut.content_digest);
    assert_eq!(whole.files[0].digest, cut.files[0].digest);
    let other = bench.table(people(1, 100_000)).await;
    assert_ne!(bench.info(other, 0).await.content_digest, whole.content_digest);
}

#[tokio::test]
async fn digests_are_those_of_the_files() {
    let bench = Bench::new();
    let dataset = bench.table(people(0, 1000)).await;
    let info = bench.info(dataset, 0).await;
    let paths = bench.engine.files_at(dataset, 0).await.unwrap();
    assert_eq!(paths.len(), info.files.len());
    for (path, file) in paths.iter().zip(&info.files) {
        let bytes = std::fs::read(path).unwrap();
        assert_eq!(bytes.len() as u64, file.bytes);
        assert_eq!(blake3::hash(&bytes).to_hex().as_str(), file.digest);
    }
}

#[tokio::test]
async fn digests_and_rows_survive_a_checkpoint_and_a_restart() {
    let bench = Bench::new();
    let dataset = bench.dataset();
    for at in 0..45 {
        bench.write(dataset, WriteMode::Append, people(at, 1)).await.unwrap();
    }
    let before = bench.info(dataset, 44).await;
    let log = bench.folder.path().join("tables").join(dataset.to_string()).join("_delta_log");
    let checkpoints = std::fs::read_dir(log)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains("checkpoint.parquet"));
    assert_eq!(checkpoints.count(), 2);
    let options =
        tandem_engine::EngineOptions { folder: bench.folder.path().into(), memory_bytes: 1 << 28, threads: 2 };
    let again = tandem_engine::Engine::open(&options, bench.clock.clone()).unwrap();
    assert_eq!(again.version(dataset, 44).await.unwrap(), before);
    assert_eq!(again.version(dataset, 3).await.unwrap(), bench.info(dataset, 3).await);
    assert!(before.files.iter().all(|file| file.digest.len() == 64 && file.rows == 1));
}

#[tokio::test]
async fn of_two_replacements_one_wins_and_appends_both_stay() {
    let bench = Bench::new();
    let dataset = bench.table(people(0, 1)).await;
    let replace = |at| bench.write(dataset, WriteMode::Replace, people(at, 1));
    // They race for version 1: the loser is told, unless it began after the winner was done.
    let (a, b) = tokio::join!(replace(10), replace(20));
    let lost: Vec<_> = [&a, &b].into_iter().filter_map(|result| result.as_ref().err()).collect();
    assert!(lost.iter().all(|error| error.code() == ErrorCode::VersionConflict), "{lost:?}");
    assert!(lost.len() < 2);
    let latest = bench.engine.latest(dataset).await.unwrap().unwrap();
    assert_eq!(latest.delta_version, 2 - lost.len() as u64);
    assert_eq!(latest.rows, 1);
    let appends = (0..8).map(|at| bench.write(dataset, WriteMode::Append, people(100 + at, 1)));
    let versions = futures::future::join_all(appends).await;
    let mut numbers: Vec<u64> = versions.into_iter().map(|v| v.unwrap().version.delta_version).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 8);
    assert_eq!(bench.engine.latest(dataset).await.unwrap().unwrap().rows, 9);
}

#[tokio::test]
async fn a_write_that_expects_another_parent_is_refused_and_leaves_nothing() {
    let bench = Bench::new();
    let dataset = bench.table(people(0, 1)).await;
    bench.write(dataset, WriteMode::Append, people(1, 1)).await.unwrap();
    let files = files_of(&bench, dataset);
    for (mode, expected) in [(WriteMode::Append, 0), (WriteMode::Replace, 0), (WriteMode::Append, 7)] {
        let options = WriteOptions { expected_parent: Some(expected), ..WriteOptions::new(mode) };
        let rows = Batches::from_vec(people(5, 1).schema(), vec![people(5, 1)]);
        let error = bench.engine.write(dataset, rows, options, &Cancel::new()).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::VersionConflict);
    }
    let error = bench.engine.restore(dataset, 0, Some(0), None).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::VersionConflict);
    assert_eq!(files_of(&bench, dataset), files);
}

fn files_of(bench: &Bench, dataset: tandem_core::id::AssetId) -> Vec<String> {
    let folder = bench.folder.path().join("tables").join(dataset.to_string());
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    sorted(names.collect())
}

#[tokio::test]
async fn a_write_with_the_same_name_happens_once() {
    let bench = Bench::new();
    let dataset = bench.dataset();
    let write = |at: i64, id: &str| {
        let options = WriteOptions { write_id: Some(id.into()), ..WriteOptions::new(WriteMode::Append) };
        let rows = Batches::from_vec(people(at, 2).schema(), vec![people(at, 2)]);
        let engine = bench.engine.clone();
        async move { engine.write(dataset, rows, options, &Cancel::new()).await.unwrap() }
    };
    let first = write(0, "job 1").await;
    let other = write(2, "job 2").await;
    let again = write(0, "job 1").await;
    assert_eq!((again.repeated, again.version.delta_version, again.rows_in), (true, 0, 2));
    assert_eq!(again.version, first.version);
    assert_eq!((other.repeated, other.version.delta_version), (false, 1));
    assert_eq!(bench.engine.latest(dataset).await.unwrap().unwrap().delta_version, 1);
    let restored = bench.engine.restore(dataset, 0, None, Some("job 3".into())).await.unwrap();
    let again = bench.engine.restore(dataset, 0, None, Some("job 3".into())).await.unwrap();
    assert_eq!((restored.version.delta_version, again.version.delta_version, again.repeated), (2, 2, true));
}

#[tokio::test]
async fn columns_must_fit() {
    let bench = Bench::new();
    let dataset = bench.table(batch(vec![("id", ints([1])), ("name", texts(["a"]))])).await;
    // Missing columns are null, the order and the case of names don't matter.
    let less: ArrayRef = Arc::new(Int32Array::from(vec![2]));
    bench.write(dataset, WriteMode::Append, batch(vec![("ID", less)])).await.unwrap();
    bench.write(dataset, WriteMode::Append, batch(vec![("name", texts(["c"])), ("id", ints([3]))])).await.unwrap();
    let nothing: ArrayRef = Arc::new(NullArray::new(1));
    bench.write(dataset, WriteMode::Append, batch(vec![("id", nothing), ("name", texts(["d"]))])).await.unwrap();
    assert_eq!(bench.read(dataset, 3).await, ["1 | a", "2 | ∅", "3 | c", "∅ | d"]);
    for (rows, named) in [
        (batch(vec![("id", texts(["x"])), ("name", texts(["d"]))]), "id"),
        (batch(vec![("id", ints([4])), ("extra", ints([4]))]), "extra"),
    ] {
        let error = bench.write(dataset, WriteMode::Append, rows).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::SchemaMismatch);
        assert!(error.message().contains(&format!("“{named}”")), "{error}");
    }
    let options = WriteOptions { allow_new_columns: true, ..WriteOptions::new(WriteMode::Append) };
    let rows = batch(vec![("id", ints([5])), ("extra", ints([50]))]);
    let rows = Batches::from_vec(rows.schema(), vec![rows]);
    bench.engine.write(dataset, rows, options, &Cancel::new()).await.unwrap();
    assert_eq!(bench.read(dataset, 4).await[3..], ["∅ | d | ∅", "5 | ∅ | 50"]);
    assert_eq!(bench.read(dataset, 3).await.len(), 4, "the older version has the older columns");
    let plan = tandem_engine::AccessPlan::new("t").with_table(TableRef::latest("t"), TableAccess::version(dataset, 4));
    assert_eq!(bench.rows(&plan, "SELECT sum(extra), count(name), count(*) FROM t").await, ["50 | 3 | 5"]);
}

#[tokio::test]
async fn names_that_clash_are_refused() {
    let bench = Bench::new();
    for rows in [
        batch(vec![("a", ints([1])), ("A", ints([2]))]),
        batch(vec![("", ints([1]))]),
        RecordBatch::new_empty(Arc::new(Schema::empty())),
    ] {
        let error = bench.write(bench.dataset(), WriteMode::Replace, rows).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::SchemaMismatch);
    }
}

#[tokio::test]
async fn every_type_is_stored_without_loss() {
    let bench = Bench::new();
    let point = StructArray::from(vec![
        (Arc::new(Field::new("x", DataType::Int64, true)), ints([1, 2])),
        (Arc::new(Field::new("y", DataType::Utf8, true)), texts(["p", "q"])),
    ]);
    let dictionary: DictionaryArray<Int32Type> = vec![Some("甲"), None].into_iter().collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("Customer ID", ints([1, i64::MIN])),
        ("客户名称", texts(["张三", "emoji 🎉"])),
        ("unsigned", Arc::new(UInt64Array::from(vec![u64::MAX, 0]))),
        ("float", Arc::new(Float64Array::from(vec![Some(f64::NAN), Some(-0.5)]))),
        ("day", Arc::new(Date32Array::from(vec![Some(19_782), None]))),
        ("naive", Arc::new(TimestampNanosecondArray::from(vec![1_709_193_600_123_456_000, 0]))),
        ("zoned", Arc::new(TimestampMillisecondArray::from(vec![0, 1]).with_timezone("+08:00"))),
        ("clock", Arc::new(Time64MicrosecondArray::from(vec![Some(3_600_000_001), None]))),
        ("money", Arc::new(Decimal128Array::from(vec![12_345, -1]).with_precision_and_scale(12, 2).unwrap())),
        ("word", Arc::new(dictionary)),
        ("view", Arc::new(StringViewArray::from(vec![Some("short"), Some("a text of more than twelve bytes")]))),
        ("list", Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1), None]), None]))),
        ("point", Arc::new(point)),
    ];
    let dataset = bench.table(batch(columns)).await;
    let info = bench.info(dataset, 0).await;
    let kind = |name: &str| info.schema.field_with_name(name).unwrap().data_type().clone();
    assert_eq!(kind("unsigned"), DataType::Decimal128(20, 0));
    assert_eq!(kind("naive"), DataType::Timestamp(TimeUnit::Microsecond, None));
    assert_eq!(kind("zoned"), DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())));
    assert_eq!((kind("word"), kind("view"), kind("clock")), (DataType::Utf8, DataType::Utf8, DataType::Utf8));
    let expected = [
        "1 | 张三 | 18446744073709551615 | NaN | 2024-02-29 | 2024-02-29T08:00:00.123456 | 1970-01-01T00:00:00Z \
         | 01:00:00.000001 | 123.45 | 甲 | short | [1, ] | {x: 1, y: p}",
        "-9223372036854775808 | emoji 🎉 | 0 | -0.5 | ∅ | 1970-01-01T00:00:00 | 1970-01-01T00:00:00.001Z | ∅ | -0.01 \
         | ∅ | a text of more than twelve bytes | ∅ | {x: 2, y: q}",
    ];
    assert_eq!(bench.read(dataset, 0).await, expected);
    assert_eq!(bench.rows(&plan_of("t", dataset), "SELECT * FROM t").await, expected);
}

#[tokio::test]
async fn a_failing_input_changes_nothing() {
    let bench = Bench::new();
    let dataset = bench.table(people(0, 10)).await;
    let before = files_of(&bench, dataset);
    let input = (0..50).map(|at| match at {
        40 => Err(Error::new(ErrorCode::MalformedFile, "row 40 is broken")),
        _ => Ok(people(at * 10_000, 10_000)),
    });
    let input = Batches::from_iter(people(0, 1).schema(), input, 2);
    let result = bench.engine.write(dataset, input, WriteOptions::new(WriteMode::Replace), &Cancel::new()).await;
    assert_eq!(result.unwrap_err().message(), "row 40 is broken");
    assert_eq!(files_of(&bench, dataset), before);
    assert_eq!(bench.engine.latest(dataset).await.unwrap().unwrap().delta_version, 0);
}

#[tokio::test]
async fn a_panicking_input_is_an_error_and_changes_nothing() {
    let bench = Bench::new();
    let dataset = bench.table(people(0, 10)).await;
    let input = (0..50).map(|at| {
        assert!(at < 3, "the parser has a bug");
        Ok(people(at, 1))
    });
    let input = Batches::from_iter(people(0, 1).schema(), input, 2);
    let result = bench.engine.write(dataset, input, WriteOptions::new(WriteMode::Append), &Cancel::new()).await;
    assert_eq!(result.unwrap_err().code(), ErrorCode::Internal);
    assert_eq!(bench.engine.latest(dataset).await.unwrap().unwrap().delta_version, 0);
}

#[tokio::test]
async fn a_cancelled_write_stops_and_changes_nothing() {
    let bench = Bench::new();
    let dataset = bench.dataset();
    let cancel = Cancel::new();
    let stop = cancel.clone();
    let endless = futures::stream::iter(0i64..).map(move |at| {
        if at == 20 {
            stop.cancel();
        }
        Ok(people(at, 100))
    });
    let input = Batches::from_stream(people(0, 1).schema(), endless);
    let error = bench.engine.write(dataset, input, WriteOptions::new(WriteMode::Append), &cancel).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::Cancelled);
    assert!(bench.engine.latest(dataset).await.unwrap().is_none());
}

#[tokio::test]
async fn orphans_are_removed_and_nothing_else() {
    let bench = Bench::new();
    let dataset = bench.table(people(0, 10)).await;
    bench.write(dataset, WriteMode::Replace, people(5, 10)).await.unwrap();
    let folder = bench.folder.path().join("tables").join(dataset.to_string());
    std::fs::write(folder.join("0000000002-dead-b00000.parquet"), b"half a file").unwrap();
    std::fs::write(folder.join("_delta_log").join("00000000000000000002.json.dead.tmp"), b"{").unwrap();
    let options =
        tandem_engine::EngineOptions { folder: bench.folder.path().into(), memory_bytes: 1 << 28, threads: 2 };
    let fresh = tandem_engine::Engine::open(&options, bench.clock.clone()).unwrap();
    assert_eq!(fresh.latest(dataset).await.unwrap().unwrap().delta_version, 1, "what is left over is not read");
    let before = files_of(&bench, dataset).len();
    let hour = std::time::Duration::from_secs(3600);
    assert_eq!(bench.engine.vacuum_orphans(dataset, hour).await.unwrap().files, 0, "they are too young");
    bench.clock.advance(chrono::TimeDelta::hours(2));
    let vacuumed = bench.engine.vacuum_orphans(dataset, hour).await.unwrap();
    assert_eq!((vacuumed.files, vacuumed.bytes), (2, 12));
    assert_eq!(files_of(&bench, dataset).len(), before - 1);
    assert_eq!((bench.read(dataset, 0).await.len(), bench.read(dataset, 1).await.len()), (10, 10));
    assert_eq!(bench.engine.vacuum_orphans(dataset, hour).await.unwrap().files, 0);
}

#[tokio::test]
async fn a_known_order_is_kept_and_a_claimed_one_is_checked() {
    let bench = Bench::new();
    let sort = |dataset, rows: RecordBatch| {
        let options = WriteOptions { sorted_by: vec!["id".into()], ..WriteOptions::new(WriteMode::Append) };
        let engine = bench.engine.clone();
        async move {
            engine.write(dataset, Batches::from_vec(rows.schema(), vec![rows]), options, &Cancel::new()).await.unwrap()
        }
    };
    let (good, bad) = (bench.dataset(), bench.dataset());
    let written = sort(good, people(0, 1000)).await;
    assert!(written.sorted);
    assert_eq!(written.version.sorted_by, ["id"]);
    let explained = bench.rows(&plan_of("t", good), "EXPLAIN SELECT id FROM t ORDER BY id").await;
    assert!(!explained[1].contains("SortExec"), "{}", explained[1]);
    let written = sort(bad, batch(vec![("id", ints([2, 1])), ("name", texts(["b", "a"]))])).await;
    assert!(!written.sorted && written.version.sorted_by.is_empty());
    // What follows a sorted version may not be in its order.
    assert!(!sort(good, people(500, 10)).await.sorted);
    assert!(bench.info(good, 1).await.sorted_by.is_empty());
}

#[tokio::test]
async fn pages_and_scans_hold_every_row_once() {
    let bench = Bench::new();
    let dataset = bench.table(people(0, 30_000)).await;
    bench.write(dataset, WriteMode::Append, people(30_000, 30_000)).await.unwrap();
    let plan = tandem_engine::AccessPlan::new("t").with_table(TableRef::latest("t"), TableAccess::version(dataset, 1));
    for (offset, limit, first, count) in [
        (0, 3, 0, 3),
        (29_999, 2, 29_999, 2),
        (59_998, 10, 59_998, 2),
        (60_000, 5, 0, 0),
        (31_000, 9_000, 31_000, 9_000),
    ] {
        let page = bench.engine.page(&plan, &TableRef::latest("t"), offset, limit, &Cancel::new()).await.unwrap();
        let rows = lines(&page.collect().await.unwrap().0);
        assert_eq!(rows.len(), count);
        assert_eq!(rows.first().cloned(), (count > 0).then(|| format!("{first} | person {first}")));
    }
    let scan = bench.engine.scan(dataset, 1, Some(vec!["id".into()])).await.unwrap();
    assert!(scan.partitions.len() >= 2);
    let parts = futures::future::join_all(scan.partitions.into_iter().map(Batches::collect)).await;
    let mut ids: Vec<i64> = parts
        .into_iter()
        .flat_map(|part| part.unwrap())
        .flat_map(|batch| {
            let ids: &Int64Array = batch.column(0).as_any().downcast_ref().unwrap();
            ids.values().to_vec()
        })
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, (0..60_000).collect::<Vec<_>>());
    let some = bench.engine.read_at(dataset, 1, Some(vec!["NAME".into()])).await.unwrap();
    assert_eq!(schema_names(&some.schema()), ["name"]);
}

#[tokio::test]
async fn a_data_folder_may_have_any_name() {
    let outer = tempfile::TempDir::new().unwrap();
    for name in ["plain", "with space", "数据 100% #1", "a%20b", "ünï?cödé&x=1", "[x]{y}~'z'"] {
        let folder = outer.path().join(name);
        let clock = Arc::new(tandem_core::SystemClock);
        let options = tandem_engine::EngineOptions { folder: folder.clone(), memory_bytes: 1 << 28, threads: 2 };
        let engine = tandem_engine::Engine::open(&options, clock.clone()).unwrap();
        let dataset = tandem_core::id::AssetId::generate(clock.as_ref());
        let write = async |mode, rows: RecordBatch| {
            let input = Batches::from_vec(rows.schema(), vec![rows]);
            let written = engine.write(dataset, input, WriteOptions::new(mode), &Cancel::new()).await;
            written.unwrap_or_else(|error| panic!("{name}: {}", chain(&error)))
        };
        write(WriteMode::Append, people(0, 3)).await;
        write(WriteMode::Upsert { key: vec!["id".into()] }, people(2, 2)).await;
        let rows = engine.read_at(dataset, 1, None).await.unwrap().collect().await.unwrap();
        assert_eq!(lines(&rows).len(), 4, "{name}");
        let paths = engine.files_at(dataset, 1).await.unwrap();
        assert!(paths.iter().all(|path| path.is_file()), "{name}");
        let copied = folder.join("销售 50%.parquet");
        std::fs::copy(&paths[0], &copied).unwrap();
        let parquet = tandem_engine::TableSource::Parquet { paths: vec![copied], schema: None };
        let plan = tandem_engine::AccessPlan::new("t")
            .with_table(TableRef::latest("t"), TableAccess::version(dataset, 1))
            .with_table(TableRef::latest("p"), TableAccess::full(parquet));
        let sql = "SELECT count(*), (SELECT count(*) > 0 FROM p) FROM t";
        let (rows, _) = engine.query(&plan, sql, &Cancel::new()).await.unwrap().collect().await.unwrap();
        assert_eq!(lines(&rows), ["4 | true"], "{name}");
        assert_eq!(engine.vacuum_orphans(dataset, std::time::Duration::ZERO).await.unwrap().files, 0, "{name}");
        assert_eq!(engine.version(dataset, 1).await.unwrap().rows, 4);
    }
}

#[tokio::test]
async fn the_folder_of_a_dataset_goes_with_it() {
    let bench = Bench::new();
    let dataset = bench.table(people(0, 10)).await;
    bench.engine.remove(dataset).await.unwrap();
    assert!(bench.engine.latest(dataset).await.unwrap().is_none());
    assert!(!bench.folder.path().join("tables").join(dataset.to_string()).exists());
    bench.engine.remove(dataset).await.unwrap();
}

#[tokio::test]
async fn dropping_a_stream_of_rows_stops_the_thread_that_makes_them() {
    let bench = Bench::new();
    let made = Arc::new(());
    let held = made.clone();
    let batches = Batches::from_iter(
        people(0, 1).schema(),
        (0..i64::MAX).map(move |at| {
            let _held = &held;
            Ok(people(at, 1))
        }),
        1,
    );
    assert_eq!(Arc::strong_count(&made), 2);
    drop(batches);
    until("the thread is gone", || Arc::strong_count(&made) == 1).await;
    drop(bench);
}

#[test]
fn text_arrays_are_what_the_tests_think() {
    assert_eq!(lines(&[batch(vec![("a", Arc::new(StringArray::from(vec![None::<&str>])) as ArrayRef)])]), ["∅"]);
}
