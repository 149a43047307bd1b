//! Zip archives of one file.
//!
//! The archive's directory says where the file is; its bytes are then read as
//! a stream, and its checksum is held against what came.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::Path,
};

use flate2::{Crc, read::DeflateDecoder};
use tandem_core::{Error, ErrorCode, Result};
use zip::{CompressionMethod, ZipArchive, result::ZipError};

use crate::text::input::{archive_too_large, open_file, truncated};

/// How every zip archive with something in it begins.
pub(crate) const MAGIC: &[u8] = b"PK\x03\x04";
/// Largest directory of an archive, in bytes: it is held in memory.
const DIRECTORY: u64 = 16 << 20;
/// The record that ends an archive has so many bytes and a comment.
const END: u64 = 22;
const COMMENT: u64 = 64 << 10;
/// Names of the files that more are named of.
const NAMED: usize = 5;

/// What an archive was found to be.
pub(crate) enum Archive {
    /// A workbook, whose parts belong together.
    Workbook,
    /// It holds this file and no other.
    Single(Member),
}

/// The one file of an archive.
pub(crate) struct Member {
    /// Its name, without folders.
    pub(crate) name: String,
    start: u64,
    packed: u64,
    deflated: bool,
    checksum: u32,
    size: u64,
}

/// Looks into the archive at `path`.
///
/// # Errors
/// `truncated_file`, `malformed_file`, `archive_too_large`;
/// `unsupported_format` where it doesn't hold exactly one file, or that is
/// encrypted or packed in an unusual way.
pub(crate) fn look(path: &Path) -> Result<Archive> {
    let mut file = open_file(path)?;
    check_end(&mut file)?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
    let names: Vec<String> = archive.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect();
    if names.iter().any(|name| name.eq_ignore_ascii_case("xl/workbook.xml")) {
        return Ok(Archive::Workbook);
    }
    let mut files: Vec<usize> = Vec::new();
    let mut found: Vec<String> = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(damaged)?;
        let name = entry.name().map_err(damaged)?.into_owned();
        if !entry.is_dir() && !is_litter(&name) {
            files.push(index);
            found.push(name);
        }
    }
    let [index] = files[..] else { return Err(not_one(&found)) };
    let entry = archive.by_index_raw(index).map_err(damaged)?;
    let deflated = match entry.compression() {
        CompressionMethod::Stored => false,
        CompressionMethod::Deflated => true,
        _ => return Err(unusual("is packed in an unusual way")),
    };
    if entry.encrypted() {
        return Err(unusual("is encrypted"));
    }
    let name = found.pop().unwrap_or_default();
    Ok(Archive::Single(Member {
        name: name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned(),
        start: entry.data_start().ok_or_else(|| damaged(ZipError::FileNotFound))?,
        packed: entry.compressed_size(),
        deflated,
        checksum: entry.crc32(),
        size: entry.size(),
    }))
}

impl Member {
    /// Where in the archive its packed bytes begin.
    pub(crate) const fn start(&self) -> u64 {
        self.start
    }

    /// Its bytes, unpacked from those of the archive that begin where it does.
    pub(crate) fn unpack(self, archive: impl Read + Send + 'static) -> Box<dyn Read + Send> {
        let packed = archive.take(self.packed);
        let unpacked: Box<dyn Read + Send> =
            if self.deflated { Box::new(DeflateDecoder::new(packed)) } else { Box::new(packed) };
        Box::new(Checked { inner: unpacked, crc: Crc::new(), checksum: self.checksum, left: self.size })
    }
}

/// Ends with an error where the bytes are not those that were packed.
struct Checked {
    inner: Box<dyn Read + Send>,
    crc: Crc,
    checksum: u32,
    left: u64,
}

impl Read for Checked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.crc.update(&buffer[..count]);
        let wrong = || io::Error::from(io::ErrorKind::InvalidData);
        self.left = self.left.checked_sub(count as u64).ok_or_else(wrong)?;
        if count == 0 && !buffer.is_empty() && (self.left > 0 || self.crc.sum() != self.checksum) {
            return Err(wrong());
        }
        Ok(count)
    }
}

/// What programs put beside the files that somebody packed.
fn is_litter(name: &str) -> bool {
    name.starts_with("__MACOSX/") || name.rsplit('/').next().is_some_and(|n| n == ".DS_Store" || n == "Thumbs.db")
}

/// Checks the record that ends every archive: that it is there, and that the
/// directory is of a bearable size.
fn check_end(file: &mut File) -> Result<()> {
    let stored = file.metadata()?.len();
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(stored.saturating_sub(END + COMMENT)))?;
    file.read_to_end(&mut tail)?;
    file.seek(SeekFrom::Start(0))?;
    let end = memchr::memmem::rfind(&tail, b"PK\x05\x06").ok_or_else(|| truncated("archive"))?;
    let large = memchr::memmem::rfind(&tail[..end], b"PK\x06\x06");
    let number = |at: usize, bytes: usize| {
        let field = tail.get(at..at + bytes).unwrap_or_default();
        field.iter().rev().fold(0u64, |value, byte| value << 8 | u64::from(*byte))
    };
    // Beyond 4 GB the sizes are in a record of their own before it (APPNOTE 4.3.14).
    let directory = match number(end + 12, 4) {
        0xFFFF_FFFF => large.map_or(u64::MAX, |at| number(at + 40, 8)),
        size => size,
    };
    if directory > DIRECTORY { Err(archive_too_large()) } else { Ok(()) }
}

fn not_one(files: &[String]) -> Error {
    let message = if files.is_empty() {
        "The archive holds no file. Choose one with data in it.".to_owned()
    } else {
        let more = if files.len() > NAMED { ", …" } else { "" };
        let names = files.iter().take(NAMED).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        format!(
            "The archive holds {} files ({names}{more}), and an import reads one. Unpack it and import them one by one.",
            files.len()
        )
    };
    Error::new(ErrorCode::UnsupportedFormat, message)
}

fn unusual(how: &str) -> Error {
    Error::new(
        ErrorCode::UnsupportedFormat,
        format!("The file in the archive {how}. Unpack it and import the file itself."),
    )
}

fn damaged(error: ZipError) -> Error {
    Error::new(
        ErrorCode::MalformedFile,
        "The archive is damaged; nothing was changed. Make it again, or upload it once more.",
    )
    .with_source(error)
}
