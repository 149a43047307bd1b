//! A stream of bytes → a file on disk, whole or not at all.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use tandem_core::{Cancel, Error, ErrorCode, Progress, Result};
use tokio::{
    fs::{self, File},
    io::{AsyncWriteExt as _, BufWriter},
};

const BUFFER: usize = 1 << 20;

/// Bounds of one staging.
#[derive(Debug, Clone, Copy)]
pub struct Expected {
    /// Most bytes that are taken.
    pub limit: u64,
    /// How many there must be, where that is known.
    pub exactly: Option<u64>,
}

/// Writes `bytes` to `target`, which appears there only once all are on disk.
/// Reports the phase `stage` in bytes. Gives their number.
///
/// # Errors
/// `payload_too_large` past the limit; `truncated_file` where the stream fails
/// or ends early; `storage_full`; `cancelled`. Nothing is left behind.
pub async fn stage<E: fmt::Display>(
    bytes: impl Stream<Item = Result<Bytes, E>>,
    target: &Path,
    expected: Expected,
    cancel: &Cancel,
    progress: &dyn Progress,
) -> Result<u64> {
    let part = part_of(target);
    let written = match write(bytes, &part, expected, cancel, progress).await {
        Ok(written) => written,
        Err(error) => {
            // What was written so far is of no use; that it can't be removed changes nothing.
            let _ = fs::remove_file(&part).await;
            return Err(error);
        }
    };
    fs::rename(&part, target).await?;
    if let Some(folder) = target.parent() {
        File::open(folder).await?.sync_all().await?;
    }
    Ok(written)
}

fn part_of(target: &Path) -> PathBuf {
    let mut name = target.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

async fn write<E: fmt::Display>(
    bytes: impl Stream<Item = Result<Bytes, E>>,
    part: &Path,
    expected: Expected,
    cancel: &Cancel,
    progress: &dyn Progress,
) -> Result<u64> {
    let mut file = BufWriter::with_capacity(BUFFER, File::create(part).await?);
    let mut written = 0u64;
    let mut bytes = std::pin::pin!(bytes);
    while let Some(chunk) = bytes.next().await {
        cancel.check()?;
        let chunk = chunk.map_err(|e| cut_off().with_source(e.to_string()))?;
        written += chunk.len() as u64;
        if written > expected.limit {
            return Err(Error::new(
                ErrorCode::PayloadTooLarge,
                format!("The file is larger than {} bytes; nothing was kept.", expected.limit),
            ));
        }
        file.write_all(&chunk).await?;
        progress.report("stage", written, expected.exactly);
    }
    if expected.exactly.is_some_and(|exactly| exactly != written) {
        return Err(cut_off());
    }
    file.flush().await?;
    file.into_inner().sync_all().await?;
    Ok(written)
}

fn cut_off() -> Error {
    Error::new(
        ErrorCode::TruncatedFile,
        "The transfer broke off before the file was whole; nothing was kept. Try again.",
    )
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;

    async fn run(chunks: Vec<Result<Bytes, &'static str>>, expected: Expected) -> (Result<u64>, Vec<String>, Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.csv");
        let outcome = stage(stream::iter(chunks), &target, expected, &Cancel::new(), &()).await;
        let left = std::fs::read_dir(folder.path()).unwrap();
        let names = left.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        (outcome, names, std::fs::read(target).unwrap_or_default())
    }

    #[tokio::test]
    async fn whole_or_not_at_all() {
        let chunk = |text: &'static str| Ok(Bytes::from_static(text.as_bytes()));
        let free = Expected { limit: 100, exactly: None };
        let (outcome, names, bytes) = run(vec![chunk("a,b\n"), chunk("1,2\n")], free).await;
        assert_eq!((outcome.unwrap(), names, bytes), (8, vec!["a.csv".to_owned()], b"a,b\n1,2\n".to_vec()));

        let cases = [
            (vec![chunk("a,b\n"), Err("reset")], free, ErrorCode::TruncatedFile),
            (vec![chunk("a,b\n")], Expected { limit: 100, exactly: Some(5) }, ErrorCode::TruncatedFile),
            (vec![chunk("a,b\n")], Expected { limit: 3, exactly: None }, ErrorCode::PayloadTooLarge),
        ];
        for (chunks, expected, code) in cases {
            let (outcome, names, _) = run(chunks, expected).await;
            assert_eq!((outcome.unwrap_err().code(), names), (code, vec![]));
        }
    }

    #[tokio::test]
    async fn cancelled_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let cancel = Cancel::new();
        cancel.cancel();
        let chunks = stream::iter([Ok::<_, &str>(Bytes::from_static(b"x"))]);
        let expected = Expected { limit: 100, exactly: None };
        let outcome = stage(chunks, &folder.path().join("a"), expected, &cancel, &()).await;
        assert_eq!(outcome.unwrap_err().code(), ErrorCode::Cancelled);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
