//! A version's rows in their order, straight from its files.

use std::{ops::Range, sync::Arc};

use bytes::Bytes;
use futures::{FutureExt, StreamExt, TryFutureExt, TryStreamExt, future::BoxFuture, stream};
use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use parquet::{
    arrow::{
        ParquetRecordBatchStreamBuilder, ProjectionMask, arrow_reader::ArrowReaderOptions,
        async_reader::AsyncFileReader,
    },
    errors::{ParquetError, Result as ParquetResult},
    file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader},
};
use tandem_core::{Error, ErrorCode, Result};

use super::{Snapshot, Store, find, schema::Conform};
use crate::{Batches, DataFile};

/// Which rows are read.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReadOptions {
    /// Columns in the order they are wanted, all where none is given.
    pub(crate) columns: Option<Vec<String>>,
    /// Rows that are left out at the start.
    pub(crate) offset: u64,
    /// Most rows.
    pub(crate) limit: Option<u64>,
}

const BATCH_ROWS: usize = 8192;

impl Store {
    /// The rows of a version, in order.
    ///
    /// # Errors
    /// `unknown_column` where a column isn't there.
    pub(crate) fn read(&self, snapshot: &Snapshot, options: &ReadOptions) -> Result<Batches> {
        let schema = match &options.columns {
            Some(names) => Arc::new(snapshot.schema.project(&places(snapshot, names)?).map_err(Error::internal)?),
            None => snapshot.schema.clone(),
        };
        let parts: Vec<_> = pieces(snapshot, options.offset, options.limit)
            .into_iter()
            .map(|(file, offset, limit)| (snapshot.location(file), file.bytes, offset, limit))
            .collect();
        let (store, target) = (self.object_store(), schema.clone());
        let rows = stream::iter(parts)
            .then(move |(location, bytes, offset, limit)| {
                open(store.clone(), location, bytes, offset, limit, target.clone())
            })
            .try_flatten();
        Ok(Batches::from_stream(schema, rows))
    }
}

fn places(snapshot: &Snapshot, names: &[String]) -> Result<Vec<usize>> {
    names
        .iter()
        .map(|name| {
            find(&snapshot.schema, name).ok_or_else(|| {
                Error::new(ErrorCode::UnknownColumn, format!("There is no column “{name}” in this version."))
            })
        })
        .collect()
}

/// The files that hold the rows, with how many of each to leave out and to take.
fn pieces(snapshot: &Snapshot, offset: u64, limit: Option<u64>) -> Vec<(&DataFile, usize, usize)> {
    let (mut skip, mut left) = (offset, limit.unwrap_or(u64::MAX));
    let mut pieces = Vec::new();
    for entry in &snapshot.files {
        let rows = entry.file.rows;
        let take = rows.saturating_sub(skip).min(left);
        if take > 0 {
            let narrow = |rows: u64| usize::try_from(rows).unwrap_or(usize::MAX);
            pieces.push((&entry.file, narrow(skip), narrow(take)));
        }
        skip = skip.saturating_sub(rows);
        left -= take;
    }
    pieces
}

async fn open(
    store: Arc<dyn ObjectStore>,
    location: Path,
    bytes: u64,
    offset: usize,
    limit: usize,
    schema: arrow::datatypes::SchemaRef,
) -> Result<impl futures::Stream<Item = Result<arrow::array::RecordBatch>> + Send> {
    let reader = StoredFile { store, location, bytes };
    // The page index lets an offset skip pages unread.
    let options =
        ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional).with_skip_arrow_metadata(true);
    let builder = ParquetRecordBatchStreamBuilder::new_with_options(reader, options).await.map_err(Error::internal)?;
    // A file older than a column doesn't have it.
    let wanted: Vec<usize> = schema.fields().iter().filter_map(|field| find(builder.schema(), field.name())).collect();
    let mask = ProjectionMask::roots(builder.parquet_schema(), wanted);
    let rows = builder
        .with_projection(mask)
        .with_batch_size(BATCH_ROWS)
        .with_offset(offset)
        .with_limit(limit)
        .build()
        .map_err(Error::internal)?;
    let conform = Conform::new(rows.schema(), schema);
    Ok(rows.map(move |batch| conform.apply(&batch.map_err(Error::internal)?)))
}

/// A file in the object store, as the Parquet reader wants it.
struct StoredFile {
    store: Arc<dyn ObjectStore>,
    location: Path,
    bytes: u64,
}

fn external(error: object_store::Error) -> ParquetError {
    ParquetError::External(Box::new(error))
}

impl AsyncFileReader for StoredFile {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, ParquetResult<Bytes>> {
        self.store.get_range(&self.location, range).map_err(external).boxed()
    }

    fn get_byte_ranges(&mut self, ranges: Vec<Range<u64>>) -> BoxFuture<'_, ParquetResult<Vec<Bytes>>> {
        async move { self.store.get_ranges(&self.location, &ranges).await.map_err(external) }.boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, ParquetResult<Arc<ParquetMetaData>>> {
        async move {
            let bytes = self.bytes;
            let reader = ParquetMetaDataReader::new().with_arrow_reader_options(options);
            Ok(Arc::new(reader.load_and_finish(self, bytes).await?))
        }
        .boxed()
    }
}
