//! The files of a call: written for a component, and read as what a stranger
//! left. What is read is no link and no pipe, has a bounded size, and takes no
//! more memory than it takes of the disk, whatever it says of itself.

use std::{
    fs::{File, OpenOptions},
    io::{BufReader, BufWriter, Read, Seek, SeekFrom},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use arrow::{
    array::RecordBatch,
    datatypes::{DataType, SchemaRef},
    ipc::{MessageHeader, reader::StreamReader, root_as_message, writer::StreamWriter},
};
use rustix::fs::OFlags;
use tandem_core::{Error, ErrorCode, Result};

/// Bytes of what a component tells of itself, its values in it.
const TOLD: u64 = 16 << 20;
/// Bytes of what stands before the rows of a batch.
const HEADER: u32 = 16 << 20;

/// Writes a table.
///
/// # Errors
/// Those of the disk.
pub(crate) fn write(path: &Path, schema: &SchemaRef, batches: &[RecordBatch]) -> Result<()> {
    let file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let mut writer = StreamWriter::try_new(file, schema).map_err(Error::internal)?;
    for batch in batches {
        writer.write(batch).map_err(Error::internal)?;
    }
    writer.finish().map_err(Error::internal)
}

/// A file of its own, and its length; not what a link leads to.
fn open(path: &Path) -> std::io::Result<Option<(File, u64)>> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = match OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let meta = file.metadata()?;
    if meta.is_file() { Ok(Some((file, meta.len()))) } else { Ok(None) }
}

/// A short text, where there is one.
///
/// # Errors
/// `payload_too_large`.
pub(crate) fn small(path: &Path) -> Result<Option<Vec<u8>>> {
    let Some((file, length)) = open(path).map_err(broken)? else { return Ok(None) };
    if length > TOLD {
        let message = format!("The component's values take more than {} MB. Return a table.", TOLD >> 20);
        return Err(Error::new(ErrorCode::PayloadTooLarge, message));
    }
    let mut text = Vec::new();
    file.take(TOLD).read_to_end(&mut text).map_err(broken)?;
    Ok(Some(text))
}

/// The table of a file with how many bytes it had; nothing where they are more than `most`.
///
/// # Errors
/// `compute_failed` for what is no such table.
pub(crate) fn read(path: &Path, most: u64) -> Result<Option<(u64, SchemaRef, Vec<RecordBatch>)>> {
    let (mut file, length) = open(path).map_err(broken)?.ok_or_else(|| broken("it is not there"))?;
    if length > most {
        return Ok(None);
    }
    honest(&mut file, length)?;
    file.rewind().map_err(broken)?;
    let reader = StreamReader::try_new(BufReader::new(file), None).map_err(broken)?;
    let schema = reader.schema();
    if let Some(field) = schema.fields().iter().find(|field| !is_plain(field.data_type())) {
        let message = format!(
            "The column “{}” is of the type {}, which holds no values of its own. Cast it to a plain one.",
            field.name(),
            field.data_type()
        );
        return Err(Error::new(ErrorCode::ComputeFailed, message));
    }
    Ok(Some((length, schema, reader.collect::<std::result::Result<_, _>>().map_err(broken)?)))
}

/// Whether every message of a stream is what it takes of the file: nothing
/// packed that would be large when it is unpacked.
fn honest(file: &mut File, length: u64) -> Result<()> {
    let mut at = 0;
    while at + 8 <= length {
        let mut prefix = [0; 8];
        file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(&mut prefix)).map_err(broken)?;
        let [a, b, c, d, e, f, g, h] = prefix;
        let (marker, size) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
        if marker != u32::MAX || size > HEADER {
            return Err(broken("no message"));
        }
        if size == 0 {
            return Ok(());
        }
        let mut header = vec![0; size as usize];
        file.read_exact(&mut header).map_err(broken)?;
        let message = root_as_message(&header).map_err(|_| broken("no message"))?;
        let packed = match message.header_type() {
            MessageHeader::RecordBatch => message.header_as_record_batch().is_some_and(|b| b.compression().is_some()),
            MessageHeader::Schema => false,
            // Dictionaries aren't plain, and nothing else is part of a table.
            _ => true,
        };
        if packed {
            let message = "The component's table is packed. Let its function return it, and don't write it itself.";
            return Err(Error::new(ErrorCode::ComputeFailed, message));
        }
        let body = u64::try_from(message.bodyLength()).map_err(broken)?;
        at = at
            .checked_add(8 + u64::from(size))
            .and_then(|at| at.checked_add(body))
            .ok_or_else(|| broken("too long"))?;
    }
    Ok(())
}

/// Whether each row of a column takes room of its own.
fn is_plain(kind: &DataType) -> bool {
    match kind {
        DataType::Null
        | DataType::Utf8View
        | DataType::BinaryView
        | DataType::ListView(_)
        | DataType::LargeListView(_)
        | DataType::Dictionary(..)
        | DataType::RunEndEncoded(..)
        | DataType::Union(..)
        | DataType::FixedSizeBinary(0)
        | DataType::FixedSizeList(_, 0) => false,
        DataType::List(field)
        | DataType::LargeList(field)
        | DataType::FixedSizeList(field, _)
        | DataType::Map(field, _) => is_plain(field.data_type()),
        DataType::Struct(fields) => !fields.is_empty() && fields.iter().all(|field| is_plain(field.data_type())),
        _ => true,
    }
}

fn broken(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    let message = "The component's table can't be read as Arrow. Return a table that pyarrow made.";
    Error::new(ErrorCode::ComputeFailed, message).with_source(error)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::{
        array::{DictionaryArray, Int64Array, NullArray, StringViewArray},
        datatypes::Int8Type,
        ipc::{CompressionType, writer::IpcWriteOptions},
    };

    use super::*;

    fn batch(column: Arc<dyn arrow::array::Array>) -> RecordBatch {
        RecordBatch::try_from_iter([("n", column)]).unwrap()
    }

    fn numbers() -> RecordBatch {
        batch(Arc::new(Int64Array::from((0..5000).collect::<Vec<_>>())))
    }

    #[test]
    fn a_table_is_read_as_it_was_written_and_no_longer_than_it_may_be() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.arrow");
        write(&path, &numbers().schema(), &[numbers(), numbers()]).unwrap();
        let (bytes, _, batches) = read(&path, 1 << 20).unwrap().unwrap();
        assert_eq!((bytes, batches), (std::fs::metadata(&path).unwrap().len(), vec![numbers(), numbers()]));
        assert!(read(&path, 1000).unwrap().is_none());
    }

    #[test]
    fn what_would_take_more_memory_than_room_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.arrow");
        let packed = IpcWriteOptions::default().try_with_compression(Some(CompressionType::ZSTD)).unwrap();
        let mut writer =
            StreamWriter::try_new_with_options(File::create(&path).unwrap(), &numbers().schema(), packed).unwrap();
        writer.write(&numbers()).unwrap();
        writer.finish().unwrap();
        assert!(read(&path, 1 << 20).unwrap_err().message().contains("packed"));
        let city: DictionaryArray<Int8Type> = vec![Some("上海"); 9].into_iter().collect();
        for odd in [
            batch(Arc::new(NullArray::new(1 << 30))),
            batch(Arc::new(StringViewArray::from(vec!["a"]))),
            batch(Arc::new(city)),
        ] {
            write(&path, &odd.schema(), &[odd]).unwrap();
            assert_eq!(read(&path, 1 << 20).unwrap_err().code(), ErrorCode::ComputeFailed);
        }
    }

    #[test]
    fn a_link_a_pipe_and_a_long_text_are_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let (secret, link) = (folder.path().join("secret"), folder.path().join("link"));
        write(&secret, &numbers().schema(), &[numbers()]).unwrap();
        std::os::unix::fs::symlink(&secret, &link).unwrap();
        assert!(read(&link, 1 << 20).is_err() && small(&link).is_err());
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(read(&pipe, 1 << 20).is_err() && small(&pipe).unwrap().is_none());
        File::create(&secret).unwrap().set_len(TOLD + 1).unwrap();
        assert_eq!(small(&secret).unwrap_err().code(), ErrorCode::PayloadTooLarge);
        assert!(small(&folder.path().join("none")).unwrap().is_none());
    }
}
