//! Disks that fail, at each step of a write.

use std::{
    fmt,
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use arrow::{
    array::{Int64Array, RecordBatch},
    datatypes::{DataType, Field, Schema},
};
use async_trait::async_trait;
use bytes::Bytes;
use chrono::TimeDelta;
use futures::stream::BoxStream;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMultipartOptions,
    PutOptions, PutPayload, PutResult, RenameOptions, UploadPart, path::Path,
};
use tandem_core::{Cancel, Clock, ErrorCode, SystemClock, id::AssetId};
use tempfile::TempDir;

use super::{Store, durable::DurableFolder};
use crate::{Batches, WriteMode, WriteOptions, session::Sessions};

/// Where the disk fails.
const NOWHERE: usize = 0;
const BEGINNING_A_FILE: usize = 1;
const IN_A_FILE: usize = 2;
const ENDING_A_FILE: usize = 3;
const BEFORE_THE_COMMIT: usize = 4;
const AFTER_THE_COMMIT: usize = 5;

#[derive(Debug, Clone)]
struct Faulty {
    inner: DurableFolder,
    fails: Arc<AtomicUsize>,
}

impl Faulty {
    fn fail(&self, at: usize) -> object_store::Result<()> {
        fail(&self.fails, at)
    }
}

fn fail(fails: &AtomicUsize, at: usize) -> object_store::Result<()> {
    if fails.load(Ordering::SeqCst) != at {
        return Ok(());
    }
    let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
    Err(object_store::Error::Generic { store: "Faulty", source: Box::new(full) })
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Faulty")
    }
}

#[derive(Debug)]
struct FaultyUpload {
    inner: Box<dyn MultipartUpload>,
    fails: Arc<AtomicUsize>,
}

#[async_trait]
impl MultipartUpload for FaultyUpload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        if let Err(error) = fail(&self.fails, IN_A_FILE) {
            return Box::pin(async { Err(error) });
        }
        self.inner.put_part(data)
    }

    async fn complete(&mut self) -> object_store::Result<PutResult> {
        fail(&self.fails, ENDING_A_FILE)?;
        self.inner.complete().await
    }

    async fn abort(&mut self) -> object_store::Result<()> {
        self.inner.abort().await
    }
}

#[async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(&self, to: &Path, payload: PutPayload, options: PutOptions) -> object_store::Result<PutResult> {
        self.fail(BEFORE_THE_COMMIT)?;
        let put = self.inner.put_opts(to, payload, options).await?;
        self.fail(AFTER_THE_COMMIT)?;
        Ok(put)
    }

    async fn put_multipart_opts(
        &self,
        to: &Path,
        options: PutMultipartOptions,
    ) -> object_store::Result<Box<dyn MultipartUpload>> {
        self.fail(BEGINNING_A_FILE)?;
        let inner = self.inner.put_multipart_opts(to, options).await?;
        Ok(Box::new(FaultyUpload { inner, fails: self.fails.clone() }))
    }

    async fn get_opts(&self, from: &Path, options: GetOptions) -> object_store::Result<GetResult> {
        self.inner.get_opts(from, options).await
    }

    async fn get_ranges(&self, from: &Path, ranges: &[Range<u64>]) -> object_store::Result<Vec<Bytes>> {
        self.inner.get_ranges(from, ranges).await
    }

    fn delete_stream(
        &self,
        paths: BoxStream<'static, object_store::Result<Path>>,
    ) -> BoxStream<'static, object_store::Result<Path>> {
        self.inner.delete_stream(paths)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, object_store::Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> object_store::Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> object_store::Result<()> {
        self.inner.copy_opts(from, to, options).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> object_store::Result<()> {
        self.inner.rename_opts(from, to, options).await
    }
}

struct Bench {
    store: Arc<Store>,
    sessions: Sessions,
    fails: Arc<AtomicUsize>,
    dataset: AssetId,
    folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let fails = Arc::new(AtomicUsize::new(NOWHERE));
        let mut store = Store::open(folder.path(), clock.clone(), 2).unwrap();
        store.object = Arc::new(Faulty { inner: DurableFolder::within(folder.path()).unwrap(), fails: fails.clone() });
        let sessions = Sessions::new(store.object_store(), folder.path(), 64 << 20, 2, clock, &[]).unwrap();
        Self { store: Arc::new(store), sessions, fails, dataset: AssetId::generate(&SystemClock), folder }
    }

    async fn write(&self, mode: WriteMode, ids: Range<i64>) -> tandem_core::Result<crate::WrittenVersion> {
        let schema = Arc::new(Schema::new(vec![Field::new("id", DataType::Int64, true)]));
        let rows = RecordBatch::try_new(schema.clone(), vec![Arc::new(Int64Array::from_iter_values(ids))]).unwrap();
        let input = Batches::from_vec(schema, vec![rows]);
        self.store.write(self.dataset, input, WriteOptions::new(mode), &self.sessions, &Cancel::new()).await
    }

    fn files(&self) -> Vec<String> {
        let names = |folder: &std::path::Path| {
            let entries = std::fs::read_dir(folder).unwrap();
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>()
        };
        let table = self.folder.path().join(self.dataset.to_string());
        let mut files = names(&table);
        files.extend(names(&table.join("_delta_log")));
        files.sort();
        files
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fails_before_the_commit_changes_nothing() {
    let bench = Bench::new();
    bench.write(WriteMode::Append, 0..1000).await.unwrap();
    let before = bench.files();
    let upsert = WriteMode::Upsert { key: vec!["id".into()] };
    for mode in [WriteMode::Append, WriteMode::Replace, upsert] {
        for at in [BEGINNING_A_FILE, IN_A_FILE, ENDING_A_FILE, BEFORE_THE_COMMIT] {
            bench.fails.store(at, Ordering::SeqCst);
            let error = bench.write(mode.clone(), 500..1500).await.unwrap_err();
            assert_eq!(error.code(), ErrorCode::StorageFull, "{mode:?} {at}: {error:?}");
            bench.fails.store(NOWHERE, Ordering::SeqCst);
            assert_eq!(bench.files(), before, "{mode:?} {at}");
            assert_eq!(bench.store.latest(bench.dataset).await.unwrap().unwrap().version, 0);
        }
    }
    assert_eq!(bench.write(WriteMode::Append, 0..1).await.unwrap().version.delta_version, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fails_after_the_commit_leaves_the_version_whole() {
    let bench = Bench::new();
    bench.write(WriteMode::Append, 0..1000).await.unwrap();
    for (version, mode) in [(1, WriteMode::Replace), (2, WriteMode::Append)] {
        bench.fails.store(AFTER_THE_COMMIT, Ordering::SeqCst);
        let written = bench.write(mode, 0..10).await.unwrap();
        bench.fails.store(NOWHERE, Ordering::SeqCst);
        assert_eq!((written.version.delta_version, written.rows_in), (version, 10));
        let snapshot = bench.store.snapshot(bench.dataset, version).await.unwrap();
        let rows = bench.store.read(&snapshot, &super::ReadOptions::default()).unwrap().collect().await.unwrap();
        assert_eq!(rows.iter().map(RecordBatch::num_rows).sum::<usize>() as u64, snapshot.rows());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_a_write_under_way_are_no_orphans() {
    let bench = Bench::new();
    bench.write(WriteMode::Append, 0..10).await.unwrap();
    let (release, held) = tokio::sync::oneshot::channel::<()>();
    let schema = Arc::new(Schema::new(vec![Field::new("id", DataType::Int64, true)]));
    let rows = |ids: Range<i64>| {
        let ids = Arc::new(Int64Array::from_iter_values(ids));
        RecordBatch::try_new(Arc::new(Schema::new(vec![Field::new("id", DataType::Int64, true)])), vec![ids]).unwrap()
    };
    let first = rows(0..1_000_000);
    let last = rows(0..1);
    let input = futures::stream::unfold((0, Some(held)), move |(step, mut held)| {
        let (first, last) = (first.clone(), last.clone());
        async move {
            match step {
                0 => Some((Ok(first), (1, held))),
                1 => {
                    if let Some(held) = held.take() {
                        let _ = held.await;
                    }
                    Some((Ok(last), (2, held)))
                }
                _ => None,
            }
        }
    });
    let input = Batches::from_stream(schema, input);
    let before = bench.files().len();
    let cancel = Cancel::new();
    let write = bench.store.write(bench.dataset, input, WriteOptions::new(WriteMode::Append), &bench.sessions, &cancel);
    let vacuum = async {
        // A file is there and nothing names it.
        while bench.files().len() == before {
            tokio::task::yield_now().await;
        }
        let vacuumed = bench.store.vacuum_orphans(bench.dataset, TimeDelta::zero()).await.unwrap();
        release.send(()).unwrap();
        vacuumed.files
    };
    let (written, vacuumed) = tokio::join!(write, vacuum);
    assert_eq!((written.unwrap().version.rows, vacuumed), (1_000_011, 0));
}
