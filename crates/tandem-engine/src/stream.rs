//! Rows on their way out of a query: inside its limits, stopped when they must
//! be, whatever the work does with its thread.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use datafusion::{
    execution::{SendableRecordBatchStream, SessionState},
    physical_plan::{ExecutionPlan, execute_stream},
};
use futures::{FutureExt, Stream, StreamExt};
use tandem_core::{Error, ErrorCode, Result};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use crate::{
    Batches, Limits, Overflow,
    errors::query_error,
    present::{presented, presented_schema},
    runtime::{Runtime, stopped},
    watch::{self, Stop, watched},
};

/// How often a query looks whether it was cancelled.
const CANCEL_EVERY: Duration = Duration::from_millis(10);
/// Batches that a query makes before anybody takes them.
const BATCHES_AHEAD: usize = 2;

/// The rows of a query, as they are computed. Dropping it stops the query.
#[derive(Debug)]
pub struct QueryStream {
    schema: SchemaRef,
    receiver: mpsc::Receiver<Result<RecordBatch>>,
    worker: Option<AbortOnDropHandle<()>>,
    truncated: Arc<AtomicBool>,
}

impl QueryStream {
    /// The columns.
    pub fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    /// Whether rows were left out because of the limit; known at the end.
    pub fn truncated(&self) -> bool {
        self.truncated.load(Ordering::Acquire)
    }

    /// All rows at once, and whether some were left out.
    ///
    /// # Errors
    /// The first error of the query.
    pub async fn collect(mut self) -> Result<(Vec<RecordBatch>, bool)> {
        let mut batches = Vec::new();
        while let Some(batch) = self.next().await {
            batches.push(batch?);
        }
        Ok((batches, self.truncated()))
    }

    /// The rows alone, as something to write or encode.
    pub fn into_batches(self) -> Batches {
        Batches::from_stream(self.schema(), self)
    }
}

impl Stream for QueryStream {
    type Item = Result<RecordBatch>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.receiver.poll_recv(context) {
            Poll::Ready(None) => {}
            ready_or_pending => return ready_or_pending,
        }
        // The channel is closed: the worker has finished, or it has panicked.
        let Some(worker) = self.worker.as_mut() else { return Poll::Ready(None) };
        match worker.poll_unpin(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(ended) => {
                self.worker = None;
                Poll::Ready(ended.err().map(|error| Err(stopped(error))))
            }
        }
    }
}

/// What is ready to run.
pub(crate) enum Prepared {
    Plan { physical: Arc<dyn ExecutionPlan>, session: Box<SessionState> },
    Rows(Batches),
}

/// What a task makes, unless the query has to stop before: then it is dropped.
/// The task is its own, as it may keep its thread for long.
pub(crate) async fn on_time<T: Send + 'static>(
    runtime: &Runtime,
    stop: &Stop,
    task: AbortOnDropHandle<Result<T>>,
) -> Result<T> {
    let stop = stop.clone();
    runtime.run(async move { within(&stop, task).await?.map_err(stopped)? }).await
}

/// When a query that begins now has to end.
pub(crate) fn deadline(limits: &Limits) -> Option<Instant> {
    limits.timeout.and_then(|timeout| Instant::now().checked_add(timeout))
}

/// Lets the rows come.
pub(crate) fn start(runtime: &Arc<Runtime>, prepared: Prepared, limits: Limits, stop: Stop) -> Result<QueryStream> {
    let (sender, receiver) = mpsc::channel(BATCHES_AHEAD);
    let truncated = Arc::new(AtomicBool::new(false));
    let schema = match &prepared {
        Prepared::Plan { physical, .. } => presented_schema(&physical.schema()),
        Prepared::Rows(rows) => rows.schema(),
    };
    let meter = Meter { sender: sender.clone(), schema: schema.clone(), limits, sent: 0, truncated: truncated.clone() };
    let watch = stop.clone();
    // The work has a task of its own: while it keeps its thread, another one
    // still sees that time is up.
    let work = runtime.spawn(async move {
        match prepared {
            Prepared::Plan { physical, session } => {
                let physical = watched(physical, &watch).map_err(query_error)?;
                let rows = execute_stream(physical, session.task_ctx()).map_err(query_error)?;
                meter.pass_plan(rows).await
            }
            Prepared::Rows(rows) => meter.pass_rows(rows).await,
        }
    })?;
    let worker = runtime.spawn(async move {
        let ended = within(&stop, work).await.and_then(|ended| ended.map_err(stopped)?);
        if let Err(error) = ended {
            let _ = sender.send(Err(error)).await;
        }
    })?;
    Ok(QueryStream { schema, receiver, worker: Some(worker), truncated })
}

/// Does `work` unless time runs out or it is cancelled.
pub(crate) async fn within<T>(stop: &Stop, work: impl Future<Output = T>) -> Result<T> {
    let too_late = async {
        match stop.deadline {
            Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
            None => std::future::pending().await,
        }
    };
    let cancelled = async {
        let mut look = tokio::time::interval(CANCEL_EVERY);
        while !stop.cancel.is_cancelled() {
            look.tick().await;
        }
    };
    if stop.cancel.is_cancelled() {
        return Err(watch::cancelled());
    }
    tokio::select! {
        biased;
        () = cancelled => Err(watch::cancelled()),
        () = too_late => Err(watch::too_late()),
        done = work => Ok(done),
    }
}

/// Passes rows on until there are as many as there may be.
struct Meter {
    sender: mpsc::Sender<Result<RecordBatch>>,
    schema: SchemaRef,
    limits: Limits,
    sent: u64,
    truncated: Arc<AtomicBool>,
}

impl Meter {
    async fn pass_plan(mut self, mut rows: SendableRecordBatchStream) -> Result<()> {
        while let Some(batch) = rows.next().await {
            for batch in presented(&batch.map_err(query_error)?, &self.schema)? {
                if !self.pass(batch).await? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    async fn pass_rows(mut self, mut rows: Batches) -> Result<()> {
        while let Some(batch) = rows.next().await {
            if !self.pass(batch?).await? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Whether there may be more.
    async fn pass(&mut self, batch: RecordBatch) -> Result<bool> {
        let left = self.limits.max_rows.map_or(u64::MAX, |most| most - self.sent);
        let take = usize::try_from(left).unwrap_or(usize::MAX).min(batch.num_rows());
        let more = take < batch.num_rows();
        self.sent += take as u64;
        let batch = if more { batch.slice(0, take) } else { batch };
        // A closed channel means that nobody wants the rest.
        if batch.num_rows() > 0 && self.sender.send(Ok(batch)).await.is_err() {
            return Ok(false);
        }
        if more && self.limits.overflow == Overflow::Fail {
            return Err(Error::new(
                ErrorCode::RowLimit,
                format!("The query has more than the {} rows you may have. Filter or aggregate.", self.sent),
            ));
        }
        if more {
            self.truncated.store(true, Ordering::Release);
        }
        Ok(!more)
    }
}
