//! Arrow IPC files and streams, which programs of other languages hand over.

use std::{
    fs::File,
    io::{BufReader, Read, Seek},
    path::Path,
    sync::Arc,
};

use arrow::{
    array::RecordBatch,
    compute::cast,
    datatypes::{DataType, Field, Schema, SchemaRef},
    ipc::reader::{FileReader, StreamReader},
};
use tandem_core::{Error, ErrorCode, Result};

use super::cannot_open;

/// How a file of the Arrow IPC file format begins; a stream begins otherwise.
const MAGIC: &[u8] = b"ARROW1";

/// Whether a file is meant to be Arrow, by its name.
pub(super) fn is_arrow(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| ["arrow", "arrows", "feather"].contains(&ending.to_lowercase().as_str()))
}

/// The columns and rows of a file, batch by batch.
pub(super) struct ArrowRows {
    schema: SchemaRef,
    batches: Box<dyn Iterator<Item = Result<RecordBatch, arrow::error::ArrowError>> + Send>,
}

impl ArrowRows {
    /// Begins to read a file or a stream.
    ///
    /// # Errors
    /// `not_found`, `forbidden`; `malformed_file` where it is something else.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let mut file = File::open(path).map_err(|error| cannot_open(path, error))?;
        let mut magic = [0; MAGIC.len()];
        let is_file = file.read_exact(&mut magic).is_ok() && magic == MAGIC;
        file.rewind()?;
        let file = BufReader::with_capacity(1 << 20, file);
        let bad = |error| malformed(path, error);
        let (schema, batches): (_, Box<dyn Iterator<Item = _> + Send>) = if is_file {
            let reader = FileReader::try_new(file, None).map_err(bad)?;
            (reader.schema(), Box::new(reader))
        } else {
            let reader = StreamReader::try_new(file, None).map_err(bad)?;
            (reader.schema(), Box::new(reader))
        };
        Ok(Self { schema: plain_schema(&schema), batches })
    }

    /// Its columns.
    pub(super) fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }
}

impl Iterator for ArrowRows {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = self.batches.next()?.and_then(|batch| plain_batch(&self.schema, &batch));
        Some(read.map_err(|error| {
            Error::new(ErrorCode::MalformedFile, "The Arrow file is damaged or was cut short. Write it again.")
                .with_source(error)
        }))
    }
}

/// Columns of any program's as the engine's functions know them.
pub(crate) fn plain_schema(schema: &Schema) -> SchemaRef {
    let field = |field: &Arc<Field>| Field::new(field.name(), plain(field.data_type()), true);
    Arc::new(Schema::new(schema.fields().iter().map(field).collect::<Vec<_>>()))
}

/// Rows with the columns of [`plain_schema`].
///
/// # Errors
/// Where a value can't be what its column is.
pub(crate) fn plain_batch(schema: &SchemaRef, batch: &RecordBatch) -> Result<RecordBatch, arrow::error::ArrowError> {
    let columns = batch.columns().iter().zip(schema.fields());
    let columns = columns.map(|(column, field)| cast(column, field.data_type())).collect::<Result<_, _>>()?;
    RecordBatch::try_new(schema.clone(), columns)
}

/// The type under which the engine's functions know such values: one form of
/// text, no dictionaries.
fn plain(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Null | DataType::LargeUtf8 | DataType::Utf8View => DataType::Utf8,
        DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => DataType::Binary,
        DataType::Float16 => DataType::Float32,
        DataType::Dictionary(_, value) => plain(value),
        DataType::RunEndEncoded(_, value) => plain(value.data_type()),
        other => other.clone(),
    }
}

fn malformed(path: &Path, error: arrow::error::ArrowError) -> Error {
    Error::new(
        ErrorCode::MalformedFile,
        format!("{} is neither an Arrow IPC file nor a stream. Write it again.", path.display()),
    )
    .with_source(error)
}

#[cfg(test)]
mod tests {
    use arrow::{
        array::{Array, ArrayRef, DictionaryArray, Int32Array, LargeStringArray, StringViewArray},
        datatypes::Int8Type,
        ipc::writer::{FileWriter, StreamWriter},
    };

    use super::*;

    fn batch() -> RecordBatch {
        let city: DictionaryArray<Int8Type> = vec![Some("上海"), None, Some("上海")].into_iter().collect();
        let columns: [(&str, ArrayRef); 4] = [
            ("n", Arc::new(Int32Array::from(vec![1, 2, 3]))),
            ("large", Arc::new(LargeStringArray::from(vec!["a", "b", "c"]))),
            ("view", Arc::new(StringViewArray::from(vec![Some("a"), None, Some("a text that is not short")]))),
            ("city", Arc::new(city)),
        ];
        RecordBatch::try_from_iter(columns).unwrap()
    }

    #[test]
    fn files_and_streams_are_the_same_rows_in_plain_types() {
        let folder = tempfile::tempdir().unwrap();
        let (stream, file) = (folder.path().join("s.arrow"), folder.path().join("f.feather"));
        let mut writer = StreamWriter::try_new(File::create(&stream).unwrap(), &batch().schema()).unwrap();
        writer.write(&batch()).unwrap();
        writer.finish().unwrap();
        let mut writer = FileWriter::try_new(File::create(&file).unwrap(), &batch().schema()).unwrap();
        writer.write(&batch()).unwrap();
        writer.finish().unwrap();
        let read = |path: &Path| ArrowRows::open(path).unwrap().collect::<Result<Vec<_>>>().unwrap();
        assert!(is_arrow(&stream) && is_arrow(&file) && !is_arrow(Path::new("x.csv")));
        assert_eq!(read(&stream), read(&file));
        let types: Vec<DataType> = read(&file)[0].columns().iter().map(|c| c.data_type().clone()).collect();
        assert_eq!(types, [DataType::Int32, DataType::Utf8, DataType::Utf8, DataType::Utf8]);
        assert_eq!(read(&file)[0].column(3).null_count(), 1);
    }

    #[test]
    fn what_is_no_arrow_file_or_was_cut_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.arrow");
        std::fs::write(&path, "a,b\n1,2\n").unwrap();
        assert_eq!(ArrowRows::open(&path).err().unwrap().code(), ErrorCode::MalformedFile);
        let mut bytes = Vec::new();
        let mut writer = StreamWriter::try_new(&mut bytes, &batch().schema()).unwrap();
        writer.write(&batch()).unwrap();
        drop(writer);
        std::fs::write(&path, &bytes[..bytes.len() - 20]).unwrap();
        let rows: Result<Vec<_>> = ArrowRows::open(&path).unwrap().collect();
        assert_eq!(rows.unwrap_err().code(), ErrorCode::MalformedFile);
        assert_eq!(ArrowRows::open(&folder.path().join("none.arrow")).err().unwrap().code(), ErrorCode::NotFound);
    }
}
