//! What every longer computation is given: how many threads it may use, who
//! watches, and who may stop it.

use std::ops::Range;

use tandem_core::{Cancel, Error, ErrorCode, Progress, Result};

/// The surroundings of one computation. The number of threads never changes a
/// result: work is cut into pieces that do not depend on it, or is summed in
/// whole numbers.
#[derive(Clone, Copy)]
pub struct Work<'a> {
    /// How many threads may run at once; 0 counts as 1.
    pub threads: usize,
    /// Who watches.
    pub progress: &'a dyn Progress,
    /// Who may stop it.
    pub cancel: &'a Cancel,
}

impl<'a> Work<'a> {
    /// One thread, and nobody watching.
    pub fn new(cancel: &'a Cancel) -> Self {
        Self { threads: 1, progress: &(), cancel }
    }

    /// Returns early where the work was asked to stop.
    ///
    /// # Errors
    /// `cancelled`.
    pub fn check(&self) -> Result<()> {
        self.cancel.check()
    }

    /// Calls `f` on consecutive ranges of about `piece` that cover `0..len`, and
    /// gives the answers in the order of the ranges.
    pub(crate) fn pieces<T: Send>(&self, len: usize, piece: usize, f: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
        let piece = piece.max(1);
        let ranges: Vec<Range<usize>> =
            (0..len.div_ceil(piece)).map(|i| i * piece..((i + 1) * piece).min(len)).collect();
        self.each(ranges, |_, range| f(range))
    }

    /// Calls `f` on every item, and gives the answers in the order of the items.
    pub(crate) fn each<I: Send, T: Send>(&self, items: Vec<I>, f: impl Fn(usize, I) -> T + Sync) -> Vec<T> {
        let threads = self.threads.clamp(1, items.len().max(1));
        if threads == 1 {
            return items.into_iter().enumerate().map(|(i, item)| f(i, item)).collect();
        }
        let queue = std::sync::Mutex::new(items.into_iter().enumerate());
        let (f, queue) = (&f, &queue);
        let worker = || {
            let mut done = Vec::new();
            loop {
                let next = queue.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
                let Some((i, item)) = next else { return done };
                done.push((i, f(i, item)));
            }
        };
        let mut done = std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(worker)).collect();
            let mut done = worker();
            for other in others {
                match other.join() {
                    Ok(more) => done.extend(more),
                    Err(cause) => std::panic::resume_unwind(cause),
                }
            }
            done
        });
        done.sort_unstable_by_key(|(i, _)| *i);
        done.into_iter().map(|(_, answer)| answer).collect()
    }
}

/// A parameter that is missing, malformed or out of range.
pub(crate) fn bad_parameter(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::InvalidParameter, message)
}

/// Too little data for an answer that could be trusted.
pub(crate) fn not_enough(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::NotEnoughData, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_order_whatever_the_threads() {
        let cancel = Cancel::new();
        for threads in [0, 1, 2, 7] {
            let work = Work { threads, ..Work::new(&cancel) };
            let sums = work.pieces(1_003, 10, |range| range.sum::<usize>());
            assert_eq!((sums.len(), sums[0], sums[100]), (101, 45, 1_000 + 1_001 + 1_002));
            assert!(work.pieces(0, 10, |range| range.len()).is_empty());
        }
    }
}
