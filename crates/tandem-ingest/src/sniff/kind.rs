//! Which format and compression a file has, by its first bytes, then its name.

use std::{io::Read, path::Path};

use tandem_core::{Error, ErrorCode, Result};

use crate::{
    limits::Limits,
    options::{Compression, Format, ImportOptions},
    text::{
        archive::{self, Archive},
        input::{open_bytes, open_file, read_error},
    },
};

const LOOKED_AT: u64 = 64 << 10;

/// What a file was found to be.
pub(super) struct Kind {
    pub(super) format: Format,
    pub(super) compression: Compression,
    /// Its name, or that of the file in the archive.
    pub(super) name: String,
}

/// The file's format and compression.
pub(super) fn detect(path: &Path, file_name: &str, options: &ImportOptions, limits: &Limits) -> Result<Kind> {
    let stored = first_bytes(path, Compression::None, limits)?;
    if stored.is_empty() {
        return Err(Error::new(ErrorCode::MalformedFile, "The file is empty. Choose a file with data in it."));
    }
    let (compression, name) = packing(path, &stored, file_name)?;
    let head = if compression == Compression::None { stored } else { first_bytes(path, compression, limits)? };
    if compression != Compression::None && head.is_empty() {
        return Err(Error::new(ErrorCode::MalformedFile, "The compressed file holds nothing."));
    }
    let packed = by_magic(&head)?;
    if packed.is_some() && compression != Compression::None {
        return Err(Error::new(
            ErrorCode::UnsupportedFormat,
            "Only text files may be compressed. Unpack the file and import what is in it.",
        ));
    }
    let format = match (options.format, packed) {
        (Some(asked), Some(found)) if asked != found => {
            return Err(Error::new(
                ErrorCode::InvalidParameter,
                "The file is of another format than the one chosen. Leave the format to be found out.",
            ));
        }
        (Some(Format::Excel | Format::Parquet), None) => {
            return Err(Error::new(
                ErrorCode::MalformedFile,
                "The file does not begin like a file of the chosen format: it is damaged, or of another format.",
            ));
        }
        (Some(asked), _) => asked,
        (None, Some(found)) => found,
        (None, None) => by_text(&head, &name)?,
    };
    Ok(Kind { format, compression, name })
}

/// How the file is packed, and what is in it is called.
fn packing(path: &Path, stored: &[u8], file_name: &str) -> Result<(Compression, String)> {
    let without = |endings: &[&str]| {
        let dot = file_name.rfind('.').filter(|at| endings.iter().any(|e| file_name[*at..].eq_ignore_ascii_case(e)));
        dot.map_or(file_name, |at| &file_name[..at]).to_owned()
    };
    if stored.starts_with(b"\x1F\x8B") {
        return Ok((Compression::Gzip, without(&[".gz"])));
    }
    if stored.starts_with(b"\x28\xB5\x2F\xFD") {
        return Ok((Compression::Zstd, without(&[".zst", ".zstd"])));
    }
    // Workbooks are archives too; one that is cut off is left to their reader
    // where it bears their name.
    let book = [".xlsx", ".xlsm"].iter().any(|ending| file_name.to_ascii_lowercase().ends_with(ending));
    if stored.starts_with(archive::MAGIC)
        && !book
        && let Archive::Single(member) = archive::look(path)?
    {
        return Ok((Compression::Zip, member.name));
    }
    Ok((Compression::None, file_name.to_owned()))
}

fn first_bytes(path: &Path, compression: Compression, limits: &Limits) -> Result<Vec<u8>> {
    if compression == Compression::None && open_file(path)?.metadata()?.is_dir() {
        return Err(Error::new(ErrorCode::UnsupportedFormat, "This is a folder. Choose a file in it."));
    }
    let (bytes, _) = open_bytes(path, compression, limits)?;
    let mut head = Vec::new();
    bytes.take(LOOKED_AT).read_to_end(&mut head).map_err(read_error)?;
    Ok(head)
}

/// What formats that aren't text say in their first bytes.
fn by_magic(head: &[u8]) -> Result<Option<Format>> {
    const OTHERS: [(&[u8], &str); 8] = [
        (b"%PDF", "a PDF"),
        (b"\x89PNG", "a picture"),
        (b"\xFF\xD8\xFF", "a picture"),
        (b"GIF8", "a picture"),
        (b"7z\xBC\xAF", "a 7z archive"),
        (b"Rar!", "a RAR archive"),
        (b"BZh", "compressed with bzip2"),
        (b"SQLite format 3\0", "a SQLite database (import it as a database)"),
    ];
    if head.starts_with(b"PAR1") {
        return Ok(Some(Format::Parquet));
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Ok(Some(Format::Excel));
    }
    match OTHERS.iter().find(|(magic, _)| head.starts_with(magic)) {
        Some((_, what)) => Err(Error::new(
            ErrorCode::UnsupportedFormat,
            format!("The file is {what}. Import CSV, TSV, Excel (.xlsx, .xls), JSON, NDJSON or Parquet."),
        )),
        None => Ok(None),
    }
}

fn by_text(head: &[u8], file_name: &str) -> Result<Format> {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let name = file_name.to_ascii_lowercase();
    let extension = name.rsplit_once('.').map_or("", |(_, e)| e);
    match extension {
        "xls" | "xlsx" if text.starts_with(b"<") => {}
        "csv" | "tsv" | "tab" | "txt" | "dat" => return Ok(Format::Csv),
        "ndjson" | "jsonl" => return Ok(Format::Ndjson),
        "xlsx" | "xls" | "xlsm" | "parquet" => {
            return Err(Error::new(
                ErrorCode::MalformedFile,
                format!("The file does not begin like .{extension}: it is damaged, or of another format."),
            ));
        }
        _ => {}
    }
    Ok(match text.first() {
        Some(b'<') => {
            return Err(Error::new(
                ErrorCode::UnsupportedFormat,
                "The file is HTML or XML, whatever its name says. Open it in a spreadsheet program and save it as .xlsx \
                 or CSV.",
            ));
        }
        Some(b'{') if one_a_line(text) => Format::Ndjson,
        Some(b'[' | b'{') => Format::Json,
        _ if extension == "json" => Format::Json,
        _ => Format::Csv,
    })
}

/// Whether the first line is a JSON object by itself, with another below it.
fn one_a_line(text: &[u8]) -> bool {
    let mut lines = text.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|l| !l.is_empty());
    let whole = |line: &[u8]| line.ends_with(b"}") && serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok();
    lines.next().is_some_and(whole) && lines.next().is_none_or(|l| l.first() == Some(&b'{'))
}
