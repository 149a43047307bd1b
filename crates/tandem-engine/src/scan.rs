//! Parquet files as a table: known row counts, known order, and nothing that a
//! query could name them by.

use std::{path::PathBuf, sync::Arc};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use async_trait::async_trait;
use chrono::DateTime;
use datafusion::{
    catalog::{Session, TableProvider},
    common::{DataFusionError, Result as DataFusionResult, ScalarValue, Statistics, stats::Precision},
    datasource::{
        TableType,
        listing::PartitionedFile,
        physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource, parquet::CachedParquetFileReaderFactory},
        source::DataSourceExec,
        table_schema::TableSchema,
    },
    logical_expr::Expr,
    physical_expr::{LexOrdering, PhysicalSortExpr, expressions::Column},
    physical_plan::{ExecutionPlan, empty::EmptyExec},
};
use object_store::{ObjectMeta, path::Path};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tandem_core::{Error, ErrorCode, Result};

use crate::{
    DataFile,
    session::{Place, Sessions},
    store::{ORDER, Snapshot},
};

/// Parquet files that are read as one table.
#[derive(Debug, Clone)]
pub(crate) struct FileTable {
    /// Columns, text as views (which is how it is computed with).
    schema: SchemaRef,
    place: Place,
    files: Vec<PartitionedFile>,
    /// Rows of all files together.
    rows: Precision<usize>,
    /// Columns by which all rows are sorted.
    sorted_by: Vec<String>,
    /// Name of a column that tells each row's file, by its number.
    file_column: Option<String>,
}

impl FileTable {
    /// The rows of a version.
    pub(crate) fn of_version(snapshot: &Snapshot) -> Self {
        let files =
            snapshot.files.iter().map(|entry| partitioned(snapshot.location(&entry.file), &entry.file, entry.modified));
        Self {
            schema: with_views(&snapshot.schema),
            place: Place::Tables,
            files: files.collect(),
            rows: Precision::Exact(usize::try_from(snapshot.rows()).unwrap_or(usize::MAX)),
            sorted_by: snapshot.sorted_by.clone(),
            file_column: None,
        }
    }

    /// Files that are in no version yet.
    pub(crate) fn of_files(schema: &Schema, files: Vec<(Path, DataFile)>) -> Self {
        let rows = files.iter().map(|(_, file)| usize::try_from(file.rows).unwrap_or(usize::MAX)).sum();
        Self {
            schema: with_views(schema),
            place: Place::Tables,
            files: files.into_iter().map(|(path, file)| partitioned(path, &file, 0)).collect(),
            rows: Precision::Exact(rows),
            sorted_by: Vec::new(),
            file_column: None,
        }
    }

    /// Files of this machine: these columns of each, or all with the columns of
    /// the first.
    ///
    /// # Errors
    /// `malformed_file` where one is no Parquet file, `schema_mismatch` where
    /// one lacks a column or has it in a type that becomes another with loss.
    pub(crate) fn of_paths(paths: &[PathBuf], asked: Option<SchemaRef>) -> Result<Self> {
        let mut files = Vec::new();
        let (mut schema, mut rows) = (None, 0);
        for path in paths {
            let path = path.canonicalize()?;
            let metadata = path.metadata()?;
            let builder = ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(&path)?).map_err(|error| {
                Error::new(
                    ErrorCode::MalformedFile,
                    format!("“{}” is not a Parquet file, or is damaged.", file_name(&path)),
                )
                .with_source(error)
            })?;
            match &asked {
                Some(asked) => fits(builder.schema(), asked, &path)?,
                None => _ = schema.get_or_insert_with(|| builder.schema().clone()),
            }
            let modified = metadata.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
            let file = DataFile {
                path: String::new(),
                bytes: metadata.len(),
                rows: u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0),
                digest: String::new(),
            };
            rows += usize::try_from(file.rows).unwrap_or(usize::MAX);
            let location = Path::from_absolute_path(&path).map_err(Error::internal)?;
            let modified = modified.map_or(0, |time| i64::try_from(time.as_millis()).unwrap_or(0));
            files.push(partitioned(location, &file, modified));
        }
        let schema = asked
            .or(schema)
            .ok_or_else(|| Error::new(ErrorCode::InvalidParameter, "A table needs at least one Parquet file."))?;
        Ok(Self {
            schema: with_views(&schema),
            place: Place::Machine,
            files,
            rows: Precision::Exact(rows),
            sorted_by: Vec::new(),
            file_column: None,
        })
    }

    /// The same with a column that tells each row's file, by its number.
    #[must_use]
    pub(crate) fn with_file_column(mut self, name: &str) -> Self {
        for (at, file) in self.files.iter_mut().enumerate() {
            file.partition_values = vec![ScalarValue::Int64(i64::try_from(at).ok())];
        }
        self.file_column = Some(name.to_owned());
        self
    }

    /// The columns in the files.
    pub(crate) fn file_schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn partition_columns(&self) -> Vec<Arc<Field>> {
        self.file_column.iter().map(|name| Arc::new(Field::new(name, DataType::Int64, false))).collect()
    }

    /// A plan that reads `projection`, in the files' order where `ordered`.
    pub(crate) fn plan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        limit: Option<usize>,
        ordered: bool,
    ) -> DataFusionResult<Arc<dyn ExecutionPlan>> {
        if self.files.is_empty() {
            let schema = datafusion::physical_plan::project_schema(&self.schema(), projection)?;
            return Ok(Arc::new(EmptyExec::new(schema)));
        }
        let url = Sessions::store_url(self.place)?;
        let runtime = session.runtime_env();
        let readers = CachedParquetFileReaderFactory::new(
            runtime.object_store(url.clone())?,
            runtime.cache_manager.get_file_metadata_cache(),
        );
        let columns =
            TableSchema::builder(self.schema.clone()).with_table_partition_cols(self.partition_columns()).build();
        let source = ParquetSource::new(columns)
            .with_table_parquet_options(session.table_options().parquet.clone())
            .with_parquet_file_reader_factory(Arc::new(readers));
        let partitions = if ordered { 1 } else { session.config().target_partitions() };
        let groups = FileGroup::new(self.files.clone()).split_files(partitions);
        let mut statistics = Statistics::new_unknown(&self.schema());
        statistics.num_rows = self.rows;
        let bytes = self.files.iter().map(|file| usize::try_from(file.object_meta.size).unwrap_or(0)).sum();
        statistics.total_byte_size = Precision::Inexact(bytes);
        // An order holds across the files of a group only where there is one.
        let order = if groups.iter().all(|group| group.len() == 1) { self.ordering() } else { None };
        let config = FileScanConfigBuilder::new(url, Arc::new(source))
            .with_file_groups(groups)
            .with_statistics(statistics)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .with_preserve_order(ordered)
            .with_output_ordering(order.into_iter().collect())
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }

    fn ordering(&self) -> Option<LexOrdering> {
        let columns = self.sorted_by.iter().map(|name| {
            let at = self.schema.index_of(name).ok()?;
            Some(PhysicalSortExpr { expr: Arc::new(Column::new(name, at)), options: ORDER })
        });
        LexOrdering::new(columns.collect::<Option<Vec<_>>>()?)
    }
}

#[async_trait]
impl TableProvider for FileTable {
    fn schema(&self) -> SchemaRef {
        let fields = self.schema.fields().iter().cloned().chain(self.partition_columns());
        Arc::new(Schema::new(fields.collect::<Vec<_>>()))
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> DataFusionResult<Arc<dyn ExecutionPlan>> {
        let ordered = session.config().target_partitions() == 1;
        self.plan(session, projection, limit, ordered)
            .map_err(|error| DataFusionError::Context("scan".into(), Box::new(error)))
    }

    fn statistics(&self) -> Option<Statistics> {
        let mut statistics = Statistics::new_unknown(&self.schema());
        statistics.num_rows = self.rows;
        Some(statistics)
    }
}

fn partitioned(location: Path, file: &DataFile, modified: i64) -> PartitionedFile {
    let mut partitioned = PartitionedFile::new_from_meta(ObjectMeta {
        location,
        last_modified: DateTime::from_timestamp_millis(modified).unwrap_or_default(),
        size: file.bytes,
        e_tag: None,
        version: None,
    });
    // One read fetches the footer and, most often, the page indexes.
    partitioned.metadata_size_hint = Some(64 << 10);
    partitioned
}

/// Whether a file's columns can be read as these.
fn fits(file: &Schema, asked: &Schema, path: &std::path::Path) -> Result<()> {
    for field in asked.fields() {
        let found = file.column_with_name(field.name()).map(|(_, found)| found.data_type());
        if !found.is_some_and(|found| widens(found, field.data_type())) {
            return Err(Error::new(
                ErrorCode::SchemaMismatch,
                format!("“{}” has no column {} of type {}.", file_name(path), field.name(), field.data_type()),
            ));
        }
    }
    Ok(())
}

/// Whether every value of a type is a value of another.
fn widens(from: &DataType, to: &DataType) -> bool {
    use DataType as D;
    match (from, to) {
        (D::Dictionary(_, values), _) => widens(values, to),
        (D::Int8 | D::Int16 | D::Int32 | D::UInt8 | D::UInt16 | D::UInt32, D::Int64)
        | (D::Float16 | D::Float32, D::Float64)
        | (D::LargeUtf8 | D::Utf8View, D::Utf8)
        | (D::LargeBinary | D::BinaryView, D::Binary) => true,
        _ => from == to,
    }
}

fn file_name(path: &std::path::Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Text and binary columns as views.
fn with_views(schema: &Schema) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 => retyped(field, DataType::Utf8View),
        DataType::Binary | DataType::LargeBinary => retyped(field, DataType::BinaryView),
        _ => field.clone(),
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn retyped(field: &Field, data_type: DataType) -> Arc<Field> {
    Arc::new(Field::new(field.name(), data_type, field.is_nullable()))
}
