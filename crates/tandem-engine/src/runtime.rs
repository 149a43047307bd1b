//! The threads on which the engine computes, apart from those that answer
//! requests: a heavy query doesn't make the server deaf.

use std::future::Future;

use tandem_core::{Error, ErrorCode, Result};
use tokio_util::task::AbortOnDropHandle;

use crate::errors::{is_text_overflow, too_much_text};

/// A runtime that may be dropped from anywhere.
#[derive(Debug)]
pub(crate) struct Runtime(Option<tokio::runtime::Runtime>);

impl Runtime {
    /// # Errors
    /// `internal` where the system gives no threads.
    pub(crate) fn new(threads: usize) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads.max(2))
            .thread_name("tandem-engine")
            .enable_all()
            .build()?;
        Ok(Self(Some(runtime)))
    }

    /// Starts `work`; it is stopped when the handle is dropped.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<AbortOnDropHandle<T>> {
        let runtime = self.0.as_ref().ok_or_else(|| Error::internal("the engine's runtime is gone"))?;
        Ok(AbortOnDropHandle::new(runtime.spawn(work)))
    }

    /// Does `work` on the engine's threads; a panic in it is an error here.
    ///
    /// # Errors
    /// Those of the work, and `internal` where it panicked.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        match self.spawn(work)?.await {
            Ok(result) => result,
            Err(error) => Err(stopped(error)),
        }
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// What a task that didn't finish means.
pub(crate) fn stopped(error: tokio::task::JoinError) -> Error {
    if error.is_panic() && is_text_overflow(&error.to_string()) {
        too_much_text().with_source(error)
    } else if error.is_panic() {
        Error::internal(error)
    } else {
        Error::new(ErrorCode::Unavailable, "The engine is shutting down; nothing was changed. Retry.")
            .with_source(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_error_and_too_much_text_is_told_as_such() {
        let runtime = Runtime::new(2).unwrap();
        let cases = [("byte array offset overflow", ErrorCode::MemoryLimit), ("a slip", ErrorCode::Internal)];
        for (words, code) in cases {
            let ended: Result<()> = runtime.run(async move { panic!("{words}") }).await;
            assert_eq!(ended.unwrap_err().code(), code, "{words}");
        }
    }
}
