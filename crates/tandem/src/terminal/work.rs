//! Long work that can be stopped.

use tandem_core::{Cancel, Error, Result};

/// Does blocking work, and tells it to stop when the person presses Ctrl-C.
/// Pressed twice, the process ends at once.
///
/// # Errors
/// Those of the work; `cancelled` where it stopped by request.
pub(crate) fn work<T: Send + 'static>(cancel: Cancel, task: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        let mut task = tokio::task::spawn_blocking(task);
        let interrupted = async {
            // Where signals can't be had, the work goes on to its end.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            done = &mut task => done.map_err(Error::internal)?,
            () = interrupted => {
                cancel.cancel();
                tokio::select! {
                    done = task => done.map_err(Error::internal)?,
                    _ = tokio::signal::ctrl_c() => std::process::exit(130),
                }
            }
        }
    })
}
