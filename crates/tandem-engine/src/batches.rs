//! Record batches on their way in and out.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use futures::{Stream, StreamExt};
use tandem_core::{Error, Result};
use tokio::sync::mpsc;

/// A stream of batches, each with the same columns.
pub struct Batches {
    schema: SchemaRef,
    stream: Pin<Box<dyn Stream<Item = Result<RecordBatch>> + Send>>,
}

impl Batches {
    /// Batches of `schema` from a stream.
    pub fn from_stream(schema: SchemaRef, stream: impl Stream<Item = Result<RecordBatch>> + Send + 'static) -> Self {
        Self { schema, stream: Box::pin(stream) }
    }

    /// Batches of `schema` that are there already.
    pub fn from_vec(schema: SchemaRef, batches: Vec<RecordBatch>) -> Self {
        Self::from_stream(schema, futures::stream::iter(batches.into_iter().map(Ok)))
    }

    /// Batches of `schema` from an iterator that may block (parsing, reading a
    /// file): it runs on a thread of its own, at most `ahead` batches ahead.
    pub fn from_iter<I>(schema: SchemaRef, batches: I, ahead: usize) -> Self
    where
        I: IntoIterator<Item = Result<RecordBatch>> + Send + 'static,
    {
        let (sender, mut receiver) = mpsc::channel(ahead.max(1));
        let worker = std::thread::Builder::new().name("tandem-batches".into()).spawn(move || {
            for batch in batches {
                let last = batch.is_err();
                if sender.blocking_send(batch).is_err() || last {
                    return;
                }
            }
            let _ = sender.blocking_send(Err(end()));
        });
        let stream = async_stream(worker, move |context| receiver.poll_recv(context));
        Self::from_stream(schema, stream)
    }

    /// The columns of every batch.
    pub fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    /// All batches at once.
    ///
    /// # Errors
    /// The first error of the stream.
    pub async fn collect(mut self) -> Result<Vec<RecordBatch>> {
        let mut batches = Vec::new();
        while let Some(batch) = self.next().await {
            batches.push(batch?);
        }
        Ok(batches)
    }
}

impl Stream for Batches {
    type Item = Result<RecordBatch>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.stream.poll_next_unpin(context)
    }
}

impl fmt::Debug for Batches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batches").field("schema", &self.schema).finish_non_exhaustive()
    }
}

/// Marks the regular end of an iterator, so that a thread that panicked is not
/// taken for one that finished.
#[derive(Debug)]
struct End;

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("end of batches")
    }
}

impl std::error::Error for End {}

fn end() -> Error {
    Error::internal(End)
}

fn is_end(error: &Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<End>())
}

fn async_stream(
    worker: std::io::Result<std::thread::JoinHandle<()>>,
    mut receive: impl FnMut(&mut Context<'_>) -> Poll<Option<Result<RecordBatch>>> + Send + 'static,
) -> impl Stream<Item = Result<RecordBatch>> + Send {
    let mut failed = worker.err();
    let mut done = false;
    futures::stream::poll_fn(move |context| {
        if let Some(error) = failed.take() {
            done = true;
            return Poll::Ready(Some(Err(Error::internal(error))));
        }
        if done {
            return Poll::Ready(None);
        }
        match receive(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(Ok(batch))) => Poll::Ready(Some(Ok(batch))),
            Poll::Ready(Some(Err(error))) => {
                done = true;
                Poll::Ready(if is_end(&error) { None } else { Some(Err(error)) })
            }
            Poll::Ready(None) => {
                done = true;
                Poll::Ready(Some(Err(Error::internal("the thread that makes the batches has panicked"))))
            }
        }
    })
}
