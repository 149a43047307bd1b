//! Batches → Parquet files, on as many threads as there are cores.
//!
//! What is written depends on the rows, their order and the constants here, and
//! on nothing else: not on the time, not on how the input was cut into batches
//! (where its rows are of ordinary size), not on the number of cores. "Reproduce"
//! relies on it.

use std::{
    io::{self, Write},
    sync::{Mutex, PoisonError},
};

use arrow::{
    array::{Array, ArrayRef, RecordBatch},
    compute::BatchCoalescer,
    datatypes::{DataType, FieldRef, SchemaRef},
};
use bytes::Bytes;
use parquet::{
    arrow::arrow_writer::{
        ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, ArrowWriter, ArrowWriterOptions,
        compute_leaves,
    },
    errors::ParquetError,
    file::writer::SerializedFileWriter,
};
use tandem_core::{Error, Result};
use tokio::sync::mpsc;

use super::{encoding::properties_for, sorted::SortCheck, stats};

/// Rows of a row group: small enough for two cores to share a table of a
/// million rows, large enough to compress well.
pub(crate) const ROW_GROUP_ROWS: usize = 1 << 18;
/// Encoded bytes at which a row group is closed early (wide or long rows).
const ROW_GROUP_BYTES: usize = 64 << 20;
/// Bytes at which the next file is begun.
const FILE_BYTES: u64 = 256 << 20;
/// Cells that are encoded between two meetings of the threads.
const CHUNK_CELLS: usize = 1 << 19;
/// Most rows, and most bytes in memory, of such a chunk.
const CHUNK_ROWS: usize = 1 << 15;
const CHUNK_BYTES: usize = 32 << 20;
/// Bytes that are handed to the store at once.
const PIECE_BYTES: usize = 4 << 20;

/// What the encoder tells the store, in order.
pub(super) enum Piece {
    /// A file of this name begins.
    Open(String),
    /// Its next bytes.
    Bytes(Bytes),
    /// It is complete.
    Close,
}

/// A file that was encoded.
#[derive(Debug, Clone)]
pub(super) struct Encoded {
    pub(super) path: String,
    pub(super) bytes: u64,
    pub(super) rows: u64,
    /// BLAKE3, hexadecimal.
    pub(super) digest: String,
    /// Delta Lake's statistics, JSON.
    pub(super) stats: String,
}

/// What came of a stream of batches.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) files: Vec<Encoded>,
    pub(super) rows: u64,
    /// Whether the rows were in the order that was asked about.
    pub(super) sorted: bool,
}

/// Encodes what `input` brings until it ends. Blocks; runs on a thread of its own.
///
/// `names` makes a file's name from its number; `sort_columns` are those whose
/// order is checked.
///
/// # Errors
/// `internal` where encoding fails or nobody takes the pieces any more.
pub(super) fn encode(
    schema: SchemaRef,
    threads: usize,
    sort_columns: &[usize],
    names: impl Fn(usize) -> String,
    mut input: mpsc::Receiver<RecordBatch>,
    output: mpsc::Sender<Piece>,
) -> Result<Outcome> {
    let rows_per_chunk = (CHUNK_CELLS / schema.fields().len().max(1)).clamp(1 << 10, CHUNK_ROWS);
    let mut chunks = BatchCoalescer::new(schema.clone(), rows_per_chunk);
    let mut buffered = 0;
    let mut encoder = Encoder::new(schema.clone(), threads, output)?;
    let mut check = SortCheck::new(&schema, sort_columns)?;
    let mut rows = 0;
    let mut take = |chunk: RecordBatch, encoder: &mut Encoder| -> Result<()> {
        check.see(&chunk)?;
        rows += chunk.num_rows() as u64;
        encoder.write(&chunk, &names)
    };
    while let Some(batch) = input.blocking_recv() {
        buffered += batch.columns().iter().map(logical_bytes).sum::<usize>();
        chunks.push_batch(batch).map_err(Error::internal)?;
        if buffered > CHUNK_BYTES {
            chunks.finish_buffered_batch().map_err(Error::internal)?;
        }
        while let Some(chunk) = chunks.next_completed_batch() {
            buffered = 0;
            take(chunk, &mut encoder)?;
        }
    }
    chunks.finish_buffered_batch().map_err(Error::internal)?;
    while let Some(chunk) = chunks.next_completed_batch() {
        take(chunk, &mut encoder)?;
    }
    let files = encoder.finish()?;
    let sorted = check.holds();
    Ok(Outcome { files, rows, sorted })
}

/// Bytes of the rows in an array, whatever larger buffer it is a slice of.
fn logical_bytes(array: &ArrayRef) -> usize {
    array.to_data().get_slice_memory_size().unwrap_or(0)
}

struct Encoder {
    schema: SchemaRef,
    /// Parquet columns of each field.
    leaves: Vec<usize>,
    threads: usize,
    output: mpsc::Sender<Piece>,
    open: Option<OpenFile>,
    done: Vec<Encoded>,
}

struct OpenFile {
    path: String,
    writer: SerializedFileWriter<Sink>,
    factory: ArrowRowGroupWriterFactory,
    columns: Vec<ArrowColumnWriter>,
    group_rows: usize,
    groups: usize,
    rows: u64,
}

impl Encoder {
    fn new(schema: SchemaRef, threads: usize, output: mpsc::Sender<Piece>) -> Result<Self> {
        let leaves = schema.fields().iter().map(|field| leaf_count(field.data_type())).collect();
        Ok(Self { schema, leaves, threads: threads.max(1), output, open: None, done: Vec::new() })
    }

    fn write(&mut self, chunk: &RecordBatch, names: &impl Fn(usize) -> String) -> Result<()> {
        let mut from = 0;
        while from < chunk.num_rows() {
            let mut file = match self.open.take() {
                Some(file) => file,
                None => self.begin(names(self.done.len()), &chunk.slice(from, chunk.num_rows() - from))?,
            };
            let rows = (chunk.num_rows() - from).min(ROW_GROUP_ROWS - file.group_rows);
            self.write_columns(&mut file, &chunk.slice(from, rows))?;
            file.group_rows += rows;
            file.rows += rows as u64;
            from += rows;
            let bytes: usize = file.columns.iter().map(ArrowColumnWriter::get_estimated_total_bytes).sum();
            if file.group_rows >= ROW_GROUP_ROWS || bytes >= ROW_GROUP_BYTES {
                self.close_group(&mut file)?;
                if file.writer.bytes_written() as u64 >= FILE_BYTES {
                    self.close_file(file)?;
                    continue;
                }
            }
            self.open = Some(file);
        }
        Ok(())
    }

    /// Opens a file that begins with `rows`.
    fn begin(&self, path: String, rows: &RecordBatch) -> Result<OpenFile> {
        self.output.blocking_send(Piece::Open(path.clone())).map_err(gone)?;
        let options = ArrowWriterOptions::new().with_properties(properties_for(rows)).with_skip_arrow_metadata(true);
        let sink = Sink { output: self.output.clone(), buffer: Vec::new(), hasher: blake3::Hasher::new(), bytes: 0 };
        let (writer, factory) = ArrowWriter::try_new_with_options(sink, self.schema.clone(), options)
            .and_then(ArrowWriter::into_serialized_writer)
            .map_err(failed)?;
        let columns = factory.create_column_writers(0).map_err(failed)?;
        Ok(OpenFile { path, writer, factory, columns, group_rows: 0, groups: 0, rows: 0 })
    }

    fn write_columns(&self, file: &mut OpenFile, rows: &RecordBatch) -> Result<()> {
        let mut jobs: Vec<(FieldRef, ArrayRef, &mut [ArrowColumnWriter])> = Vec::with_capacity(self.leaves.len());
        let mut rest = file.columns.as_mut_slice();
        for ((field, array), leaves) in self.schema.fields().iter().zip(rows.columns()).zip(&self.leaves) {
            let (writers, tail) = rest.split_at_mut(*leaves);
            rest = tail;
            jobs.push((field.clone(), array.clone(), writers));
        }
        let threads = if rows.num_rows() * self.leaves.len() < 1 << 14 { 1 } else { self.threads };
        in_parallel(threads, jobs, |(field, array, writers)| {
            for (leaf, writer) in compute_leaves(&field, &array)?.iter().zip(writers) {
                writer.write(leaf)?;
            }
            Ok(())
        })?;
        Ok(())
    }

    fn close_group(&self, file: &mut OpenFile) -> Result<()> {
        let columns = std::mem::take(&mut file.columns);
        let chunks: Vec<ArrowColumnChunk> = in_parallel(self.threads, columns, ArrowColumnWriter::close)?;
        let mut group = file.writer.next_row_group().map_err(failed)?;
        for chunk in chunks {
            chunk.append_to_row_group(&mut group).map_err(failed)?;
        }
        group.close().map_err(failed)?;
        file.groups += 1;
        file.group_rows = 0;
        file.columns = file.factory.create_column_writers(file.groups).map_err(failed)?;
        Ok(())
    }

    fn close_file(&mut self, mut file: OpenFile) -> Result<()> {
        if file.group_rows > 0 {
            self.close_group(&mut file)?;
        }
        let metadata = file.writer.finish().map_err(failed)?;
        let sink = file.writer.inner_mut();
        sink.send(true).map_err(Error::from)?;
        self.output.blocking_send(Piece::Close).map_err(gone)?;
        self.done.push(Encoded {
            path: file.path,
            bytes: sink.bytes,
            rows: file.rows,
            digest: sink.hasher.finalize().to_hex().to_string(),
            stats: stats::json(&metadata),
        });
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<Encoded>> {
        if let Some(file) = self.open.take() {
            self.close_file(file)?;
        }
        Ok(self.done)
    }
}

/// Parquet columns that a type takes.
fn leaf_count(data_type: &DataType) -> usize {
    match data_type {
        DataType::Struct(fields) => fields.iter().map(|field| leaf_count(field.data_type())).sum(),
        DataType::List(field) | DataType::Map(field, _) => leaf_count(field.data_type()),
        _ => 1,
    }
}

/// Does every job, on `threads` threads, and returns the results in the jobs' order.
fn in_parallel<J: Send, R: Send>(
    threads: usize,
    jobs: Vec<J>,
    work: impl Fn(J) -> Result<R, ParquetError> + Sync,
) -> Result<Vec<R>> {
    let count = jobs.len();
    if threads <= 1 || count <= 1 {
        return jobs.into_iter().map(work).collect::<Result<_, _>>().map_err(failed);
    }
    let queue = Mutex::new(jobs.into_iter().enumerate());
    let results = Mutex::new((0..count).map(|_| None).collect::<Vec<Option<Result<R, ParquetError>>>>());
    let run = || {
        loop {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((at, job)) = next else { return };
            let result = work(job);
            if let Some(slot) = results.lock().unwrap_or_else(PoisonError::into_inner).get_mut(at) {
                *slot = Some(result);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.min(count) {
            scope.spawn(run);
        }
        run();
    });
    let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results
        .into_iter()
        .map(|result| result.unwrap_or_else(|| Err(ParquetError::General("a column was not encoded".into()))))
        .collect::<Result<_, _>>()
        .map_err(failed)
}

fn failed(error: ParquetError) -> Error {
    Error::internal(error)
}

fn gone<T>(_: mpsc::error::SendError<T>) -> Error {
    Error::internal("the store stopped taking what is written")
}

/// Counts, hashes and passes on what a file is made of.
struct Sink {
    output: mpsc::Sender<Piece>,
    buffer: Vec<u8>,
    hasher: blake3::Hasher,
    bytes: u64,
}

impl Sink {
    fn send(&mut self, last: bool) -> io::Result<()> {
        if self.buffer.is_empty() || (!last && self.buffer.len() < PIECE_BYTES) {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::take(&mut self.buffer));
        self.hasher.update(&piece);
        self.bytes += piece.len() as u64;
        self.output
            .blocking_send(Piece::Bytes(piece))
            .map_err(|_| io::Error::new(io::ErrorKind::BrokenPipe, "the store stopped taking what is written"))
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        self.send(false)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
