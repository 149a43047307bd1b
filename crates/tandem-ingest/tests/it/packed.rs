//! Compressed files: zip archives of one file, and Zstandard.

use std::{
    fs,
    io::{Cursor, Write as _},
    path::PathBuf,
};

use tandem_core::ErrorCode;
use tandem_ingest::{Compression, Format, ImportOptions, Limits, WarningCode};
use tempfile::TempDir;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::support::{read, read_within};

fn zip(files: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, bytes) in files {
        archive.start_file(*name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

fn file(folder: &TempDir, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn code(path: &std::path::Path) -> ErrorCode {
    read(path, &ImportOptions::default()).map(|o| o.rows()).unwrap_err().code()
}

/// Rows that don't compress well, so that spots are taken from all over.
fn table(rows: u64) -> Vec<u8> {
    let mut text = b"id;value\n".to_vec();
    for row in 0..rows {
        writeln!(text, "{row};{}", row.wrapping_mul(0x9E37_79B9_7F4A_7C15)).unwrap();
    }
    text
}

#[test]
fn what_is_packed_is_read_like_what_is_not() {
    let folder = TempDir::new().unwrap();
    let text = table(200_000);
    let plain = read(&file(&folder, "t.csv", &text), &ImportOptions::default()).unwrap();
    let litter: [(&str, &[u8]); 3] = [("out/t.csv", &text), ("__MACOSX/out/._t.csv", b"x"), ("out/.DS_Store", b"x")];
    let frames = [zstd(&text[..1000]), zstd(&text[1000..])].concat();
    let packed = [
        ("a.zip", zip(&[("t.csv", &text)], CompressionMethod::Deflated), Compression::Zip),
        ("b.zip", zip(&[("t.csv", &text)], CompressionMethod::Stored), Compression::Zip),
        ("c.zip", zip(&litter, CompressionMethod::Deflated), Compression::Zip),
        ("d.csv.zst", zstd(&text), Compression::Zstd),
        ("e", frames, Compression::Zstd),
    ];
    for (name, bytes, compression) in packed {
        let outcome = read(&file(&folder, name, bytes), &ImportOptions::default()).unwrap();
        assert_eq!(outcome.sniffed.options.compression, compression, "{name}");
        assert_eq!(outcome.columns(), plain.columns(), "{name}");
        assert_eq!(outcome.texts("value"), plain.texts("value"), "{name}");
        let said = outcome.sniffed.warnings.iter().find(|w| w.code == WarningCode::ArchiveMember);
        assert_eq!(said.map(|w| w.detail.as_str()), (compression == Compression::Zip).then_some("t.csv"), "{name}");
    }
}

#[test]
fn the_name_inside_says_what_it_is() {
    let folder = TempDir::new().unwrap();
    let lines = b"{\"a\": 1}\n{\"a\": 2}\n";
    let path = file(&folder, "export.zip", zip(&[("rows.ndjson", lines)], CompressionMethod::Deflated));
    assert_eq!(read(&path, &ImportOptions::default()).unwrap().sniffed.format, Format::Ndjson);
    let path = file(&folder, "rows.jsonl.zst", zstd(lines));
    assert_eq!(read(&path, &ImportOptions::default()).unwrap().sniffed.format, Format::Ndjson);
}

#[test]
fn an_archive_of_many_or_none_is_refused() {
    let folder = TempDir::new().unwrap();
    let many = zip(&[("a.csv", b"x\n1\n"), ("b.csv", b"x\n2\n")], CompressionMethod::Deflated);
    let error = read(&file(&folder, "many.zip", many), &ImportOptions::default()).map(|o| o.rows()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::UnsupportedFormat);
    assert!(error.message().contains("`a.csv`, `b.csv`"), "{}", error.message());
    let none = zip(&[("__MACOSX/x", b"")], CompressionMethod::Stored);
    assert_eq!(code(&file(&folder, "none.zip", none)), ErrorCode::UnsupportedFormat);
    let nothing = zip(&[("a.csv", b"")], CompressionMethod::Stored);
    assert_eq!(code(&file(&folder, "nothing.zip", nothing)), ErrorCode::MalformedFile);
    let inner = zip(&[("a.csv", b"x\n1\n")], CompressionMethod::Stored);
    let nested = zip(&[("inner.zip", &inner)], CompressionMethod::Deflated);
    assert_eq!(code(&file(&folder, "nested.zip", nested)), ErrorCode::UnsupportedFormat);
}

#[test]
fn a_damaged_or_short_one_is_told() {
    let folder = TempDir::new().unwrap();
    let text = table(100_000);
    for (name, bytes) in [("a.zip", zip(&[("t.csv", &text)], CompressionMethod::Deflated)), ("a.csv.zst", zstd(&text))]
    {
        assert_eq!(code(&file(&folder, name, &bytes[..bytes.len() / 2])), ErrorCode::TruncatedFile, "{name}");
        let mut damaged = bytes.clone();
        let middle = bytes.len() / 2;
        damaged[middle..middle + 100].fill(0xAA);
        assert_eq!(code(&file(&folder, name, damaged)), ErrorCode::MalformedFile, "{name}");
    }
    // One byte of what isn't compressed shows in the checksum alone.
    let mut changed = zip(&[("t.csv", &text)], CompressionMethod::Stored);
    let middle = changed.len() / 2;
    changed[middle] = if changed[middle] == b'1' { b'2' } else { b'1' };
    assert_eq!(code(&file(&folder, "b.zip", changed)), ErrorCode::MalformedFile);
    // Whatever byte is changed, the program goes on.
    let small = zip(&[("t.csv", &text[..2000])], CompressionMethod::Deflated);
    for at in 0..small.len() {
        let mut damaged = small.clone();
        damaged[at] ^= 0xFF;
        if let Err(error) = read(&file(&folder, "c.zip", damaged), &ImportOptions::default()) {
            assert_ne!(error.code(), ErrorCode::Internal, "at {at}: {error:?}");
        }
    }
}

#[test]
fn bombs_are_not_unpacked() {
    let folder = TempDir::new().unwrap();
    let zeros = "0\n".repeat(8 << 20);
    let bombs = [
        ("a.zip", zip(&[("t.csv", zeros.as_bytes())], CompressionMethod::Deflated)),
        ("a.zst", zstd(zeros.as_bytes())),
    ];
    for (name, bytes) in bombs {
        let path = file(&folder, name, bytes);
        let ratio = Limits { ratio_grace_bytes: 1 << 20, unpacked_ratio: 50, ..Limits::default() };
        let absolute = Limits { unpacked_bytes: 10 << 20, ..Limits::default() };
        for limits in [ratio, absolute] {
            let error = read_within(&path, &ImportOptions::default(), &limits).map(|o| o.rows()).unwrap_err();
            assert_eq!(error.code(), ErrorCode::ArchiveTooLarge, "{name}");
        }
    }
}
