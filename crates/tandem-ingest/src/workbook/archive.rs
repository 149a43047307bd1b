//! Whether a workbook's archive is whole and of a bearable size, before any of
//! it is taken apart.

use std::{
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
    path::Path,
};

use tandem_core::{Error, ErrorCode, Result};
use zip::{ZipArchive, result::ZipError};

use crate::{
    limits::Limits,
    text::input::{archive_too_large, open_file, truncated},
};

/// Unpacked size up to which the ratio doesn't matter, in bytes.
const GRACE: u64 = 16 << 20;
/// Most entries of an archive.
const ENTRIES: usize = 10_000;

/// Checks a workbook: its size, and of an .xlsx that every part unpacks, with
/// its checksum, to no more than it may.
///
/// # Errors
/// `payload_too_large`, `archive_too_large`, `truncated_file`,
/// `malformed_file`, `unsupported_format` for other archives.
pub(super) fn check(path: &Path, limits: &Limits) -> Result<()> {
    let mut file = open_file(path)?;
    let stored = file.metadata()?.len();
    if stored > limits.workbook_bytes {
        return Err(Error::new(
            ErrorCode::PayloadTooLarge,
            format!(
                "The workbook has {} MB; at most {} MB can be imported. Save the sheet as CSV and import that.",
                stored >> 20,
                limits.workbook_bytes >> 20
            ),
        ));
    }
    let mut magic = [0; 4];
    file.read_exact(&mut magic)?;
    if &magic != b"PK\x03\x04" {
        return Ok(());
    }
    if !is_whole(&mut file, stored)? {
        return Err(truncated("workbook"));
    }
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
    let names: Vec<String> = archive.file_names().filter_map(|n| n.ok().map(|n| n.into_owned())).collect();
    if names.len() > ENTRIES {
        return Err(archive_too_large());
    }
    if !names.iter().any(|n| n.eq_ignore_ascii_case("xl/workbook.xml")) {
        return Err(Error::new(
            ErrorCode::UnsupportedFormat,
            "The file is an archive, but no .xlsx workbook. Unpack it and import what is in it.",
        ));
    }
    let mut total = 0;
    for index in 0..archive.len() {
        total += unpacked(&mut archive, index, stored, total, limits)?;
    }
    Ok(())
}

/// What one part unpacks to, in bytes; parts that hold no data are passed over.
fn unpacked(
    archive: &mut ZipArchive<BufReader<File>>,
    index: usize,
    stored: u64,
    before: u64,
    limits: &Limits,
) -> Result<u64> {
    let mut part = archive.by_index(index).map_err(damaged)?;
    let name = part.name().map_err(damaged)?.to_lowercase();
    if !name.starts_with("xl/") || name.starts_with("xl/media/") {
        return Ok(0);
    }
    let strings = name.ends_with("sharedstrings.xml");
    let mut buffer = vec![0; 64 << 10];
    let mut size = 0u64;
    loop {
        let count = part.read(&mut buffer).map_err(|e| damaged(ZipError::Io(e)))?;
        if count == 0 {
            return Ok(size);
        }
        size += count as u64;
        let total = before + size;
        let over_ratio = total > GRACE && total / stored.max(1) > limits.unpacked_ratio;
        if total > limits.workbook_unpacked_bytes || over_ratio || (strings && size > limits.workbook_strings_bytes) {
            return Err(archive_too_large());
        }
    }
}

/// An archive that can't be read.
fn damaged(error: ZipError) -> Error {
    Error::new(
        ErrorCode::MalformedFile,
        "The workbook is damaged; nothing was changed. Open it in a spreadsheet program, save it, and import it again.",
    )
    .with_source(error)
}

/// Whether the record that ends every archive is there.
fn is_whole(file: &mut File, stored: u64) -> Result<bool> {
    // It has 22 bytes and a comment of up to 64 KB.
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(stored.saturating_sub(22 + (64 << 10))))?;
    file.read_to_end(&mut tail)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(memchr::memmem::rfind(&tail, b"PK\x05\x06").is_some())
}
