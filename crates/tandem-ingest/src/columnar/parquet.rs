//! Parquet files.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use arrow::{
    array::{Array, BooleanArray, RecordBatch, RecordBatchOptions},
    compute::filter_record_batch,
    datatypes::SchemaRef,
};
use parquet::{
    arrow::{ProjectionMask, arrow_reader::ParquetRecordBatchReaderBuilder},
    errors::ParquetError,
};
use tandem_core::{Error, ErrorCode, Result};

use super::convert::{Leaf, changed, convert, is_nested, leaves, natural, shown};
use crate::{
    cells::build::BadCell,
    options::{ColumnPlan, Compression, Delimiter, Format, ImportOptions, Quote, ResolvedOptions},
    reader::{Context, Reader},
    reject::{Reject, RejectCode, raw_text},
    sniff::{
        Found, Warning, WarningCode,
        infer::Inferred,
        plan::{self, FoundColumn},
    },
    text::{
        input::{Position, open_file, truncated},
        pipeline::{self, Parsed},
    },
    types::DateOrder,
};

/// About how much a batch holds, in bytes.
const BATCH_BYTES: i64 = 4 << 20;
/// Rows of the file from which samples are taken.
const SAMPLED: usize = 1000;

type Builder = ParquetRecordBatchReaderBuilder<File>;

/// Looks at a Parquet file, whose types are as it says.
pub(crate) fn sniff(path: &Path, options: &ImportOptions) -> Result<Found> {
    let builder = open_builder(path)?;
    let rows = builder.metadata().file_metadata().num_rows();
    let leaves = leaves(builder.schema().fields());
    let mut reader = builder.with_batch_size(SAMPLED).build().map_err(|e| damaged(path, e))?;
    let first = catch(path, || reader.next())?.transpose().map_err(|e| damaged(path, e.into()))?;
    let mut warnings = Vec::new();
    let mut found = Vec::with_capacity(leaves.len());
    for leaf in &leaves {
        let inferred = natural(&leaf.data_type);
        let values = first.as_ref().map(|b| leaf.extract(b)).transpose().map_err(Error::internal)?;
        if is_nested(&leaf.data_type) {
            let message = format!("`{}` holds lists or structures; they are kept as JSON text.", leaf.name);
            warnings.push(Warning::of_column(WarningCode::NestedAsText, &leaf.name, "", message));
        }
        if let Some(detail) = changed(&leaf.data_type) {
            let message = format!("`{}` changes its type: {detail}.", leaf.name);
            warnings.push(Warning::of_column(WarningCode::TypeChanged, &leaf.name, detail, message));
        }
        let samples = values.as_ref().map_or_else(Vec::new, |v| {
            (0..v.len()).filter(|row| !v.is_null(*row)).take(5).map(|row| shown(v, row)).collect()
        });
        found.push(FoundColumn {
            name: leaf.name.clone(),
            inferred: Inferred {
                column_type: inferred,
                date_order: DateOrder::Ymd,
                decimal_comma: false,
                remarks: Vec::new(),
            },
            nullable: values.is_some_and(|v| v.null_count() > 0),
            samples,
            include: true,
        });
    }
    if rows == 0 {
        warnings.push(Warning::new(WarningCode::NoRows, "", "The file has columns and no rows."));
    }
    let (columns, sniffed) = plan::plan(found, options, &mut warnings)?;
    let options = ResolvedOptions {
        format: Format::Parquet,
        compression: Compression::None,
        encoding: "utf-8".into(),
        carriage_returns: false,
        delimiter: Delimiter::Byte(b','),
        quote: Quote(None),
        header: true,
        skip_rows: 0,
        null_values: Vec::new(),
        sheet: None,
        columns,
    };
    let row_estimate = u64::try_from(rows).ok();
    Ok(Found { options, columns: sniffed, warnings, sheets: Vec::new(), row_estimate })
}

/// Reads a Parquet file.
pub(crate) fn open(path: &Path, options: &ResolvedOptions, context: &Context) -> Result<Reader> {
    let builder = open_builder(path)?;
    let all = leaves(builder.schema().fields());
    if !all.iter().map(|l| &l.name).eq(options.columns.iter().map(|c| &c.source)) {
        return Err(Error::new(
            ErrorCode::SchemaMismatch,
            "The file's columns are not those of the preview. Look at the preview again.",
        ));
    }
    let metadata = builder.metadata();
    let bytes: i64 = metadata.row_groups().iter().map(|g| g.total_byte_size()).sum();
    let rows = metadata.file_metadata().num_rows().max(1);
    let batch = (BATCH_BYTES / (bytes / rows).max(1)).clamp(256, 65_536) as usize;
    let wanted = projected(&all, &options.columns, builder.schema());
    let mask = ProjectionMask::roots(builder.parquet_schema(), wanted.iter().copied());
    let mut reader = builder.with_projection(mask).with_batch_size(batch).build().map_err(|e| damaged(path, e))?;
    // The reader gives the wanted columns only, so they are found anew.
    let chosen: Vec<ColumnPlan> = {
        let kept = |leaf: &Leaf| wanted.contains(&leaf.root());
        all.iter().zip(&options.columns).filter(|(l, _)| kept(l)).map(|(_, c)| c.clone()).collect()
    };
    let read_leaves = leaves(arrow::array::RecordBatchReader::schema(&reader).fields());
    let schema = options.schema();
    let position = Position::default();
    let (counter, owned) = (position.clone(), path.to_owned());
    let cut = move || {
        let next = catch(&owned, || reader.next())?.transpose().map_err(|e| damaged(&owned, e.into()))?;
        counter.add(next.as_ref().map_or(0, |b: &RecordBatch| b.num_rows() as u64));
        Ok(next)
    };
    let target = schema.clone();
    let parse = move |batch: RecordBatch| parse(&batch, &read_leaves, &chosen, &target);
    let chunks = pipeline::run(context, position, Some(rows as u64), 0, cut, parse)?;
    Ok(Reader::new(schema, chunks))
}

fn parse(batch: &RecordBatch, leaves: &[Leaf], plans: &[ColumnPlan], schema: &SchemaRef) -> Result<Parsed> {
    let (arrays, bad) = convert(batch, leaves, plans)?;
    let rows = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    let converted = RecordBatch::try_new_with_options(schema.clone(), arrays, &rows).map_err(Error::internal)?;
    take_out(batch, converted, bad)
}

/// Takes the rows at fault out of a batch, and makes rejects of them whose raw
/// text is the row of `source`.
pub(crate) fn take_out(source: &RecordBatch, batch: RecordBatch, bad: Vec<BadCell>) -> Result<Parsed> {
    if bad.is_empty() {
        return Ok(Parsed { batch, rejects: Vec::new(), lines: 0 });
    }
    let mut keep = vec![true; batch.num_rows()];
    for cell in &bad {
        keep[cell.row] = false;
    }
    let rejects = bad
        .into_iter()
        .map(|cell| Reject {
            row_number: cell.row as u64,
            line: None,
            column: Some(cell.column),
            code: RejectCode::InvalidValue,
            message: cell.message,
            raw: raw_row(source, cell.row),
        })
        .collect();
    let batch = filter_record_batch(&batch, &BooleanArray::from(keep)).map_err(Error::internal)?;
    Ok(Parsed { batch, rejects, lines: 0 })
}

/// A row as people can read it.
fn raw_row(batch: &RecordBatch, row: usize) -> String {
    let schema = batch.schema();
    let parts: Vec<String> = schema
        .fields()
        .iter()
        .zip(batch.columns())
        .map(|(field, column)| format!("{}: {}", field.name(), shown(column, row)))
        .collect();
    raw_text(parts.join(", ").as_bytes())
}

/// The columns of the file that any included column is in.
fn projected(leaves: &[Leaf], plans: &[ColumnPlan], schema: &SchemaRef) -> Vec<usize> {
    let used = |root: usize| leaves.iter().zip(plans).any(|(l, p)| l.root() == root && p.include);
    (0..schema.fields().len()).filter(|root| used(*root)).collect()
}

fn open_builder(path: &Path) -> Result<Builder> {
    let file = open_file(path)?;
    catch(path, || Builder::try_new(file))?.map_err(|e| damaged(path, e))
}

/// Runs the decoder, which on some damaged files stops hard.
fn catch<T>(path: &Path, work: impl FnOnce() -> T) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|_| damaged(path, ParquetError::General("the decoder stopped hard".into())))
}

/// A file that can't be read: cut off where it lacks the mark at its end.
fn damaged(path: &Path, error: ParquetError) -> Error {
    let whole = open_file(path).is_ok_and(|mut file| {
        let mut mark = [0; 4];
        file.seek(SeekFrom::End(-4)).is_ok() && file.read_exact(&mut mark).is_ok() && &mark == b"PAR1"
    });
    let ours = if whole {
        Error::new(
            ErrorCode::MalformedFile,
            "The Parquet file is damaged; nothing was changed. Make it again, or upload it once more.",
        )
    } else {
        truncated("Parquet file")
    };
    ours.with_source(error)
}
