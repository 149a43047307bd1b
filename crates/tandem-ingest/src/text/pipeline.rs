//! One thread that cuts, several that parse, and chunks in the file's order.
//!
//! No more blocks are under way than a few for each thread: a slow consumer
//! stops the file from being read.

use std::{
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
    },
    thread,
};

use arrow::array::RecordBatch;
use tandem_core::{Error, Result};

use super::input::Position;
use crate::{
    reader::{Chunk, Context},
    reject::Reject,
};

/// What became of one block. Rows and lines of its rejects are counted from
/// the block's start, from 0.
#[derive(Debug)]
pub(crate) struct Parsed {
    /// The rows that could be read.
    pub(crate) batch: RecordBatch,
    /// Those that could not.
    pub(crate) rejects: Vec<Reject>,
    /// Lines of the file that the block spans.
    pub(crate) lines: u64,
}

/// What the consumer waits for, in the file's order.
enum Ticket {
    /// A block that is being parsed, and how far the file was read behind it.
    Block(Receiver<Result<Parsed>>, u64),
    /// Cutting failed.
    Failed(Error),
    /// There is no more.
    End,
}

type Job<B> = (B, Sender<Result<Parsed>>);

/// Runs `cut` on a thread of its own until it has no more, `parse` on several,
/// and yields chunks. The source has `total` bytes, if that is known, and `lines` lines come
/// before the first block.
///
/// # Errors
/// `internal` where threads can't be made.
pub(crate) fn run<B: Send + 'static>(
    context: &Context,
    position: Position,
    total: Option<u64>,
    lines: u64,
    mut cut: impl FnMut() -> Result<Option<B>> + Send + 'static,
    parse: impl Fn(B) -> Result<Parsed> + Send + Sync + 'static,
) -> Result<Box<dyn Iterator<Item = Result<Chunk>> + Send>> {
    let threads = context.limits.threads.max(1);
    let (ticket_sender, tickets) = sync_channel::<Ticket>(threads + 1);
    let (job_sender, jobs) = sync_channel::<Job<B>>(threads);
    let jobs = Arc::new(Mutex::new(jobs));
    let parse = Arc::new(parse);
    for _ in 0..threads {
        let (jobs, parse) = (Arc::clone(&jobs), Arc::clone(&parse));
        spawn("tandem-parse", move || {
            while let Some((block, answer)) = next_job(&jobs) {
                // Nobody waits any more where the reader was dropped.
                let _ = answer.send(parse(block));
            }
        })?;
    }
    let cancel = context.cancel.clone();
    spawn("tandem-split", move || {
        let last = loop {
            if cancel.is_cancelled() {
                break Ticket::End;
            }
            match cut() {
                Ok(Some(block)) => {
                    if !submit(&ticket_sender, &job_sender, block, position.get()) {
                        return;
                    }
                }
                Ok(None) => break Ticket::End,
                Err(error) => break Ticket::Failed(error),
            }
        };
        let _ = ticket_sender.send(last);
    })?;
    let context = context.clone();
    let (mut row, mut line) = (1, lines + 1);
    let mut ended = false;
    Ok(Box::new(std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let next = next_chunk(&context, &tickets, total, &mut row, &mut line);
        ended = !matches!(next, Some(Ok(_)));
        next
    })))
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
    thread::Builder::new().name(name.into()).spawn(work).map(drop).map_err(Error::from)
}

fn next_job<B>(jobs: &Mutex<Receiver<Job<B>>>) -> Option<Job<B>> {
    // A thread that panicked can't have harmed the queue.
    jobs.lock().unwrap_or_else(std::sync::PoisonError::into_inner).recv().ok()
}

/// Queues a block; `false` where nobody waits any more.
fn submit<B>(tickets: &SyncSender<Ticket>, jobs: &SyncSender<Job<B>>, block: B, position: u64) -> bool {
    let (answer, wait) = channel();
    tickets.send(Ticket::Block(wait, position)).is_ok() && jobs.send((block, answer)).is_ok()
}

fn next_chunk(
    context: &Context,
    tickets: &Receiver<Ticket>,
    total: Option<u64>,
    row: &mut u64,
    line: &mut u64,
) -> Option<Result<Chunk>> {
    if let Err(error) = context.cancel.check() {
        return Some(Err(error));
    }
    let (wait, position) = match tickets.recv() {
        Ok(Ticket::Block(wait, position)) => (wait, position),
        // The thread that cuts also ends so when it is cancelled.
        Ok(Ticket::End) => return context.cancel.check().err().map(Err),
        Ok(Ticket::Failed(error)) => return Some(Err(error)),
        Err(_) => return Some(Err(Error::internal("the thread that cuts blocks stopped"))),
    };
    let mut parsed = match wait.recv() {
        Ok(Ok(parsed)) => parsed,
        Ok(Err(error)) => return Some(Err(error)),
        Err(_) => return Some(Err(Error::internal("a thread that parses stopped"))),
    };
    for reject in &mut parsed.rejects {
        reject.row_number += *row;
        reject.line = reject.line.map(|l| l + *line);
    }
    *row += (parsed.batch.num_rows() + parsed.rejects.len()) as u64;
    *line += parsed.lines;
    context.progress.report("read", position, total);
    Some(Ok(Chunk { batch: parsed.batch, rejects: parsed.rejects }))
}
