//! Rows on their way out: as JSON, as an Arrow IPC stream, as a file.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures::TryStreamExt;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tandem_app::{
    datasets::type_name,
    tables::{Format, QueryStream, encode, json_rows},
};
use tandem_core::{Error, Result};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::ApiResult;

/// A column of some rows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ColumnDto {
    pub(crate) name: String,
    /// `boolean`, `integer`, `number`, `decimal(p,s)`, `date`, `timestamp`, `text`, `binary` or another.
    #[serde(rename = "type")]
    pub(crate) kind: String,
}

/// Some rows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RowsDto {
    pub(crate) columns: Vec<ColumnDto>,
    /// Each row an array of values. Whole numbers beyond ±2⁵³ and decimals are text, so that no digit is lost.
    #[schema(value_type = Vec<Vec<Value>>)]
    pub(crate) rows: Box<RawValue>,
    /// How many rows these are.
    pub(crate) row_count: usize,
    /// Whether rows were left out because of a limit.
    pub(crate) truncated: bool,
    /// How many rows there are in all, where that is known.
    pub(crate) total: Option<u64>,
}

impl RowsDto {
    /// All rows of a stream.
    pub(crate) async fn collect(stream: QueryStream, total: Option<u64>) -> Result<Self> {
        let columns = columns(&stream);
        let (batches, truncated) = stream.collect().await?;
        let row_count = batches.iter().map(|b| b.num_rows()).sum();
        let rows = RawValue::from_string(json_rows(&batches)?).map_err(Error::internal)?;
        Ok(Self { columns, rows, row_count, truncated, total })
    }

    /// No rows of no columns.
    pub(crate) fn empty() -> Self {
        let rows = RawValue::from_string("[]".to_owned()).unwrap_or_else(|_| RawValue::NULL.to_owned());
        Self { columns: Vec::new(), rows, row_count: 0, truncated: false, total: Some(0) }
    }
}

fn columns(stream: &QueryStream) -> Vec<ColumnDto> {
    let schema = stream.schema();
    let fields = schema.fields().iter();
    fields.map(|field| ColumnDto { name: field.name().clone(), kind: type_name(field.data_type()) }).collect()
}

/// The kind of file that rows leave as.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FileFormat {
    /// Comma-separated text, UTF-8. A text that a spreadsheet program would take for a formula begins with an apostrophe.
    #[default]
    Csv,
    /// Excel workbook, of as many sheets as the rows need.
    Xlsx,
    /// Apache Parquet.
    Parquet,
    /// Arrow IPC stream.
    Arrow,
    /// One JSON object a line.
    Ndjson,
}

impl FileFormat {
    const fn encoding(self) -> Format {
        match self {
            Self::Csv => Format::SafeCsv,
            Self::Xlsx => Format::Xlsx,
            Self::Parquet => Format::Parquet,
            Self::Arrow => Format::Arrow,
            Self::Ndjson => Format::Ndjson,
        }
    }
}

/// The rows as a file; `held` is kept until the last byte.
pub(crate) fn file_of(
    stream: QueryStream,
    format: FileFormat,
    name: &str,
    held: impl Send + 'static,
) -> ApiResult<Response> {
    let format = format.encoding();
    let ending = format.extension();
    // RFC 6266 and 8187: an ASCII name for all, the true one for who can read it.
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    let exact: String = format!("{name}.{ending}").bytes().map(|b| format!("%{b:02X}")).collect();
    let disposition = format!("attachment; filename=\"{plain}.{ending}\"; filename*=UTF-8''{exact}");
    let mut response = body(stream, format, held).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&disposition).map_err(Error::internal)?);
    Ok(response)
}

/// The rows as an Arrow IPC stream; `held` is kept until the last byte.
pub(crate) fn arrow(stream: QueryStream, held: impl Send + 'static, query: Uuid) -> ApiResult<Response> {
    let mut response = body(stream, Format::Arrow, held).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/vnd.apache.arrow.stream"));
    let id = HeaderValue::from_str(&query.to_string()).map_err(Error::internal)?;
    headers.insert(HeaderName::from_static("x-query-id"), id);
    Ok(response)
}

/// The bytes as they come. An error in the middle breaks the connection, so
/// that nobody takes half a file for a whole one.
fn body(stream: QueryStream, format: Format, held: impl Send + 'static) -> Body {
    let bytes = encode(stream.into_batches(), format).inspect_err(|error| {
        tracing::warn!(%error, "rows broke off on their way out");
    });
    let held = std::sync::Arc::new(std::sync::Mutex::new(held));
    Body::from_stream(bytes.map_ok(move |chunk| {
        let _keep = &held;
        chunk
    }))
}
