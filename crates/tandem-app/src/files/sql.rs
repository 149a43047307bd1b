//! SQL over files, without a server: the same engine, the same rules of what a
//! statement may do, and no stored table.

use std::{io::Write, sync::Arc, time::Instant};

use arrow::array::RecordBatch;
use futures::StreamExt;
use tandem_components::functions::functions;
use tandem_core::{Cancel, Error, Progress, Result, SystemClock};
use tandem_engine::{
    AccessPlan, Batches, Engine, EngineOptions, QueryStream, TableAccess, TableRef, TableSource,
    encode::{Format, encode},
};
use tandem_ingest::Reject;

use super::{FileRows, LocalFile};
use crate::scenarios::Rows;

/// Rows that a file may take in memory; beyond it they go to a temporary
/// Parquet file that the engine reads piece by piece.
const IN_MEMORY: usize = 256 << 20;

/// A query over files. Dropping it stops the query and removes what was put
/// aside for it.
#[derive(Debug)]
pub struct FileQuery {
    /// The rows.
    pub stream: QueryStream,
    /// When the files had been looked at and the statement was begun.
    pub begun: Instant,
    /// For each file with rows that could not be read: its name, how many, and the first of them.
    pub rejected: Vec<(String, u64, Vec<Reject>)>,
    aside: Aside,
}

/// What a running query needs to be there until its last row.
#[derive(Debug)]
pub struct Aside {
    _engine: Engine,
    _folder: tempfile::TempDir,
}

impl FileQuery {
    /// The rows, and what must be kept while they are read.
    pub fn into_parts(self) -> (QueryStream, Aside) {
        (self.stream, self.aside)
    }
}

/// Runs one statement that only reads over `tables` (name and file), with
/// `memory` bytes before it spills.
///
/// # Errors
/// Those of reading the files, and those of [`Engine::query`].
pub async fn query(
    tables: Vec<(String, LocalFile)>,
    sql: &str,
    memory: u64,
    progress: Arc<dyn Progress>,
    cancel: &Cancel,
) -> Result<FileQuery> {
    let folder = tempfile::Builder::new().prefix("tandem-query-").tempdir()?;
    let options = EngineOptions { folder: folder.path().to_owned(), memory_bytes: memory, threads: 0 };
    // With the functions that components use, so that a statement made of a component runs here as it stands.
    let engine = Engine::open_with(&options, Arc::new(SystemClock), &functions())?;
    let mut plan = AccessPlan::new("command line");
    let mut rejected = Vec::new();
    for (number, (name, file)) in tables.into_iter().enumerate() {
        let aside = folder.path().join(format!("{number}.parquet"));
        let (source, rejects) = table(&engine, &file, &aside, Arc::clone(&progress), cancel).await?;
        if let Some((count, first)) = rejects {
            rejected.push((file.name.clone(), count, first));
        }
        plan = plan.with_table(TableRef::latest(name), TableAccess::full(source));
    }
    let begun = Instant::now();
    let stream = engine.query(&plan, sql, cancel).await?;
    Ok(FileQuery { stream, begun, rejected, aside: Aside { _engine: engine, _folder: folder } })
}

/// A file as a table, with how many of its rows could not be read and the
/// first of them. What doesn't fit into memory is put into the file `aside`.
pub(super) async fn table(
    engine: &Engine,
    file: &LocalFile,
    aside: &std::path::Path,
    progress: Arc<dyn Progress>,
    cancel: &Cancel,
) -> Result<(TableSource, Option<(u64, Vec<Reject>)>)> {
    if let Some(source) = as_it_is(engine, file).await {
        return Ok((source, None));
    }
    let mut rows = file.rows(progress, cancel.clone())?;
    let source = source(file, &mut rows, aside, IN_MEMORY, cancel).await?;
    let rejects = (rows.rejected() > 0).then(|| (rows.rejected(), rows.rejects().to_vec()));
    Ok((source, rejects))
}

/// A Parquet file whose columns an import would only widen is read in place.
async fn as_it_is(engine: &Engine, file: &LocalFile) -> Option<TableSource> {
    let source = TableSource::Parquet { paths: vec![file.plain_parquet()?.to_owned()], schema: Some(file.schema()) };
    let plan = AccessPlan::new("look").with_table(TableRef::latest("t"), TableAccess::full(source.clone()));
    engine.describe(&plan).await.is_ok().then_some(source)
}

/// The rows of a file in memory where they fit, in a Parquet file otherwise.
async fn source(
    file: &LocalFile,
    rows: &mut FileRows,
    aside: &std::path::Path,
    in_memory: usize,
    cancel: &Cancel,
) -> Result<TableSource> {
    let schema = file.schema();
    let mut batches: Vec<RecordBatch> = Vec::new();
    let mut size = 0;
    for batch in rows.by_ref() {
        cancel.check()?;
        let batch = batch?;
        size += batch.get_array_memory_size();
        batches.push(batch);
        if size > in_memory {
            break;
        }
    }
    if size <= in_memory {
        return Ok(TableSource::Memory { schema, batches });
    }
    // The reader is borrowed, so its batches are handed over one by one.
    let mut out = std::io::BufWriter::new(std::fs::File::create(aside)?);
    let (sender, receiver) = tokio::sync::mpsc::channel::<Result<RecordBatch>>(2);
    let stream = tokio_stream::wrappers::ReceiverStream::new(receiver);
    let mut bytes = Box::pin(encode(Batches::from_stream(schema, stream), Format::Parquet));
    let feed = async {
        for batch in batches.into_iter().map(Ok).chain(rows.by_ref()) {
            cancel.check()?;
            if sender.send(batch).await.is_err() {
                break;
            }
        }
        drop(sender);
        Ok::<(), Error>(())
    };
    let drain = async {
        while let Some(chunk) = bytes.next().await {
            out.write_all(&chunk?)?;
        }
        out.flush()?;
        Ok::<(), Error>(())
    };
    tokio::try_join!(feed, drain)?;
    Ok(TableSource::Parquet { paths: vec![aside.to_owned()], schema: None })
}

#[cfg(test)]
mod tests {
    use arrow::{
        array::{ArrayRef, Float32Array, Int32Array, Int64Array, StringArray, UInt64Array},
        datatypes::DataType,
    };

    use super::*;

    #[tokio::test]
    async fn rows_that_do_not_fit_are_put_aside_and_are_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.csv");
        let lines: String = (0..50_000).map(|i| format!("{i},名{}\n", i % 7)).collect();
        std::fs::write(&path, format!("n,name\n{lines}")).unwrap();
        let file = LocalFile::look(&path).unwrap();
        let cancel = Cancel::new();
        let mut rows = file.rows(Arc::new(()), cancel.clone()).unwrap();
        let aside = folder.path().join("aside.parquet");
        let source = source(&file, &mut rows, &aside, 1, &cancel).await.unwrap();
        assert!(matches!(&source, TableSource::Parquet { paths, .. } if paths == &[aside]));

        let options = EngineOptions { folder: folder.path().join("engine"), memory_bytes: 64 << 20, threads: 1 };
        let engine = Engine::open(&options, Arc::new(SystemClock)).unwrap();
        let plan = AccessPlan::new("test").with_table(TableRef::latest("t"), TableAccess::full(source));
        let sql = "select count(*), sum(n), count(distinct name) from t";
        let (batches, _) = engine.query(&plan, sql, &cancel).await.unwrap().collect().await.unwrap();
        let value = |column: usize| {
            let array = batches[0].column(column);
            assert_eq!(array.data_type(), &DataType::Int64);
            array.as_any().downcast_ref::<Int64Array>().unwrap().value(0)
        };
        assert_eq!([value(0), value(1), value(2)], [50_000, 49_999 * 25_000, 7]);
    }

    async fn parquet(path: &std::path::Path, columns: Vec<(&str, ArrayRef)>) -> LocalFile {
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let mut bytes = Box::pin(encode(Batches::from_vec(batch.schema(), vec![batch]), Format::Parquet));
        let mut all = Vec::new();
        while let Some(chunk) = bytes.next().await {
            all.extend_from_slice(&chunk.unwrap());
        }
        std::fs::write(path, all).unwrap();
        LocalFile::look(path).unwrap()
    }

    #[tokio::test]
    async fn parquet_is_read_in_place_in_the_types_that_an_import_would_give() {
        let folder = tempfile::tempdir().unwrap();
        let largest = i32::MAX;
        let narrow: Vec<(&str, ArrayRef)> = vec![
            ("n", Arc::new(Int32Array::from(vec![largest, 2, 3]))),
            ("x", Arc::new(Float32Array::from(vec![0.5, 1.5, 2.5]))),
            ("名", Arc::new(StringArray::from(vec!["甲", "乙", "丙"]))),
        ];
        let file = parquet(&folder.path().join("narrow.parquet"), narrow).await;
        let (tables, cancel) = (vec![("t".to_owned(), file.clone())], Cancel::new());
        let sql = "select n * n as square, x, 名 from t where n > 2 order by n";
        let query = query(tables, sql, 64 << 20, Arc::new(()), &cancel).await.unwrap();
        let types: Vec<DataType> =
            query.stream.schema().fields().iter().map(|field| field.data_type().clone()).collect();
        assert_eq!(types, [DataType::Int64, DataType::Float64, DataType::Utf8]);
        let (batches, _) = query.stream.collect().await.unwrap();
        let squares = batches[0].column(0).as_any().downcast_ref::<Int64Array>().unwrap();
        assert_eq!(squares.values(), &[9, i64::from(largest) * i64::from(largest)]);

        let options = EngineOptions { folder: folder.path().join("engine"), memory_bytes: 64 << 20, threads: 1 };
        let engine = Engine::open(&options, Arc::new(SystemClock)).unwrap();
        assert!(as_it_is(&engine, &file).await.is_some());
        let wide: Vec<(&str, ArrayRef)> = vec![("n", Arc::new(UInt64Array::from(vec![u64::MAX])))];
        let file = parquet(&folder.path().join("wide.parquet"), wide).await;
        assert!(as_it_is(&engine, &file).await.is_none(), "an import makes decimals of these");
    }
}
