//! Bytes from all over a file: its head, and spots between there and its end.

use std::{
    io::{Read, Seek, SeekFrom},
    path::Path,
};

use tandem_core::Result;

use crate::{
    limits::Limits,
    options::Compression,
    text::input::{open_bytes, open_file, read_error},
};

/// How much of the start is looked at; a smaller file is looked at whole.
const HEAD: u64 = 1 << 20;
/// How many spots of the rest.
const SPOTS: u64 = 16;
/// How much of each.
const SPOT: u64 = 64 << 10;
/// How far a compressed file is unpacked for spots.
const UNPACKED: u64 = 32 << 20;

/// Bytes of a file, unpacked but not decoded.
#[derive(Debug)]
pub(super) struct Sample {
    /// The start.
    pub(super) head: Vec<u8>,
    /// Stretches of the rest, in order, that begin and end anywhere.
    pub(super) spots: Vec<Vec<u8>>,
    /// Whether the head is all there is.
    pub(super) whole: bool,
    /// Size of the file as it is stored, in bytes.
    pub(super) stored: u64,
}

impl Sample {
    /// Takes a sample of the file.
    pub(super) fn take(path: &Path, compression: Compression, limits: &Limits) -> Result<Self> {
        let stored = open_file(path)?.metadata()?.len();
        let (mut bytes, _) = open_bytes(path, compression, limits)?;
        let mut read = |most: u64| -> Result<Vec<u8>> {
            let mut buffer = Vec::new();
            bytes.by_ref().take(most).read_to_end(&mut buffer).map_err(read_error)?;
            Ok(buffer)
        };
        let head = read(HEAD)?;
        let mut spots = Vec::new();
        match compression {
            Compression::None if stored > HEAD => {
                let mut file = open_file(path)?;
                let last = stored.saturating_sub(SPOT).max(HEAD);
                for spot in 1..=SPOTS {
                    // Even, so that UTF-16 stays aligned.
                    let at = (HEAD + (last - HEAD) * spot / SPOTS) & !1;
                    file.seek(SeekFrom::Start(at))?;
                    let mut buffer = Vec::new();
                    (&mut file).take(SPOT).read_to_end(&mut buffer)?;
                    spots.push(buffer);
                }
            }
            Compression::None => {}
            Compression::Gzip | Compression::Zstd | Compression::Zip => {
                let stride = UNPACKED / SPOTS;
                for _ in 0..SPOTS {
                    let mut stretch = read(stride)?;
                    if stretch.is_empty() {
                        break;
                    }
                    stretch.drain(..stretch.len().saturating_sub(SPOT as usize) & !1);
                    spots.push(stretch);
                }
            }
        }
        let whole = spots.is_empty() && (head.len() as u64) < HEAD.max(stored + 1);
        Ok(Self { head, spots, whole, stored })
    }
}
