//! A file as a stream of UTF-8: unpacked, transcoded, with line feeds.
//!
//! Bytes that are no text in the file's encoding come out as the byte `FF`,
//! which no UTF-8 holds: the row they are in is then rejected like any row of
//! invalid UTF-8, and the rows around it are read. So is a line of UTF-8 in a
//! file that is in another encoding.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use flate2::read::MultiGzDecoder;
use tandem_core::{Error, ErrorCode, Result};
use zstd::Decoder as ZstdDecoder;

use super::{
    archive::{self, Archive},
    transcode::Transcoded,
};
use crate::{limits::Limits, options::Compression};

const BUFFER: usize = 128 << 10;
/// Largest window of a Zstandard file, as a power of two of bytes: what its
/// own program takes without being told to.
const ZSTD_WINDOW: u32 = 27;

/// How far a file has been read, in stored bytes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Position(Arc<AtomicU64>);

impl Position {
    /// Moves on.
    pub(crate) fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    /// Bytes read so far.
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Counts what passes.
pub(crate) struct Counted<R> {
    inner: R,
    position: Position,
}

impl<R> Counted<R> {
    /// Moves `position` on with what is read.
    pub(crate) const fn new(inner: R, position: Position) -> Self {
        Self { inner, position }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.position.add(count as u64);
        Ok(count)
    }
}

/// The file's bytes, unpacked.
///
/// # Errors
/// `not_found` where there is no such file.
pub(crate) fn open_bytes(
    path: &Path,
    compression: Compression,
    limits: &Limits,
) -> Result<(Box<dyn Read + Send>, Position)> {
    let position = Position::default();
    let file = open_file(path)?;
    let counted = |file: File| BufReader::with_capacity(BUFFER, Counted::new(file, position.clone()));
    let unpacked: Box<dyn Read + Send> = match compression {
        Compression::None => return Ok((Box::new(Counted::new(file, position.clone())), position)),
        Compression::Gzip => Box::new(MultiGzDecoder::new(counted(file))),
        Compression::Zstd => {
            let mut decoder = ZstdDecoder::with_buffer(counted(file))?;
            decoder.window_log_max(ZSTD_WINDOW)?;
            Box::new(decoder)
        }
        Compression::Zip => {
            let Archive::Single(member) = archive::look(path)? else {
                return Err(Error::new(ErrorCode::MalformedFile, "The file is a workbook. Import it as one."));
            };
            let mut file = file;
            file.seek(SeekFrom::Start(member.start()))?;
            member.unpack(counted(file))
        }
    };
    let bounded = Bounded { inner: unpacked, packed: position.clone(), unpacked: 0, limits: limits.clone() };
    Ok((Box::new(bounded), position))
}

/// Opens a file that should be there.
pub(crate) fn open_file(path: &Path) -> Result<File> {
    File::open(path).map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => {
            Error::new(ErrorCode::NotFound, "There is no such file. Check the path and try again.").with_source(e)
        }
        io::ErrorKind::PermissionDenied => {
            Error::new(ErrorCode::PathNotAllowed, "The file may not be read by this program. Change its rights.")
                .with_source(e)
        }
        _ => Error::from(e),
    })
}

/// The file as UTF-8 with line feeds at line ends.
pub(crate) fn open_text(
    path: &Path,
    compression: Compression,
    encoding: &str,
    carriage_returns: bool,
    limits: &Limits,
) -> Result<(Box<dyn Read + Send>, Position)> {
    let (bytes, position) = open_bytes(path, compression, limits)?;
    let text = decode(bytes, encoding)?;
    let text = if carriage_returns { Box::new(LineFeeds { inner: text }) } else { text };
    Ok((text, position))
}

/// Bytes in `encoding` as UTF-8, without byte order mark.
pub(crate) fn decode(mut bytes: Box<dyn Read + Send>, encoding: &str) -> Result<Box<dyn Read + Send>> {
    let encoding = find_encoding(encoding)?;
    if encoding != UTF_8 {
        return Ok(Box::new(Transcoded::new(bytes, encoding)));
    }
    let mut head = Vec::with_capacity(3);
    bytes.by_ref().take(3).read_to_end(&mut head).map_err(read_error)?;
    if head == b"\xEF\xBB\xBF" {
        head.clear();
    }
    Ok(Box::new(io::Cursor::new(head).chain(bytes)))
}

/// The encoding of that name.
///
/// # Errors
/// `invalid_parameter` where there is none.
pub(crate) fn find_encoding(name: &str) -> Result<&'static Encoding> {
    let found = Encoding::for_label(name.as_bytes()).or(match name.to_ascii_lowercase().as_str() {
        "utf8" => Some(UTF_8),
        "utf-16le" | "utf-16" => Some(UTF_16LE),
        "utf-16be" => Some(UTF_16BE),
        _ => None,
    });
    found.ok_or_else(|| {
        Error::new(
            ErrorCode::InvalidParameter,
            format!("There is no text encoding `{name}`. Use a name such as utf-8, gb18030, utf-16le or windows-1252."),
        )
    })
}

/// An error of a stream made here, as ours: those raised below keep their code.
pub(crate) fn read_error(error: io::Error) -> Error {
    match error.downcast::<Error>() {
        Ok(ours) => ours,
        Err(error) => Error::from(error),
    }
}

/// Stops a file that unpacks to more than it may.
struct Bounded<R> {
    inner: R,
    packed: Position,
    unpacked: u64,
    limits: Limits,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer).map_err(unpack_error)?;
        self.unpacked += count as u64;
        let limits = &self.limits;
        let over_ratio = self.unpacked > limits.ratio_grace_bytes
            && self.unpacked / self.packed.get().max(1) > limits.unpacked_ratio;
        if self.unpacked > limits.unpacked_bytes || over_ratio {
            return Err(io::Error::other(archive_too_large()));
        }
        Ok(count)
    }
}

/// A compressed file that unpacks to far more than it may.
pub(crate) fn archive_too_large() -> Error {
    Error::new(
        ErrorCode::ArchiveTooLarge,
        "The compressed file unpacks to far more than its size allows; reading stopped and nothing was changed. \
         If it is what it should be, unpack it and import the result.",
    )
}

fn unpack_error(error: io::Error) -> io::Error {
    let ours = match error.kind() {
        io::ErrorKind::UnexpectedEof => truncated("compressed file"),
        // Zstandard's library has no finer words.
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::Other if !is_ours(&error) => {
            Error::new(
                ErrorCode::MalformedFile,
                "The compressed file is damaged; nothing was changed. Make it again, or upload it once more.",
            )
        }
        _ => return error,
    };
    io::Error::other(ours.with_source(error))
}

fn is_ours(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Error>())
}

/// A file that ends too early.
pub(crate) fn truncated(what: &str) -> Error {
    Error::new(
        ErrorCode::TruncatedFile,
        format!("The {what} ends before it should; nothing was changed. Upload it once more."),
    )
}

/// Makes line feeds of the carriage returns with which old Mac files end lines.
struct LineFeeds {
    inner: Box<dyn Read + Send>,
}

impl Read for LineFeeds {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        for byte in &mut buffer[..count] {
            if *byte == b'\r' {
                *byte = b'\n';
            }
        }
        Ok(count)
    }
}
