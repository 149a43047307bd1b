//! What a version of a dataset is, as the metadata keep it.

use serde::{Deserialize, Serialize};
use tandem_core::{Error, Result, id::AssetId};
use tandem_meta::repo::version::Version;

use crate::App;

/// The content of one version of an asset of kind `dataset`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DatasetContent {
    /// The table that holds the rows of all versions.
    pub table: AssetId,
    /// The Delta version that holds the rows.
    pub delta_version: u64,
    /// The columns, in their order.
    pub columns: Vec<ColumnInfo>,
    /// Rows.
    pub rows: u64,
    /// Bytes on disk.
    pub bytes: u64,
    /// Equal digests, equal bytes.
    pub content_digest: String,
    /// Rows that could not be read by the import that made it.
    #[serde(default)]
    pub rejected: u64,
    /// The table that keeps those rows with their reasons.
    #[serde(default)]
    pub rejects: Option<AssetId>,
    /// Where the rows came from, for people: a file name, a table, a scenario.
    #[serde(default)]
    pub origin: String,
}

impl DatasetContent {
    /// The content of a version of a dataset.
    ///
    /// # Errors
    /// `internal` where it is no such content.
    pub fn of(version: &Version) -> Result<Self> {
        serde_json::from_value(version.content.clone()).map_err(Error::internal)
    }
}

/// The Delta version to write on. Where the table has gone on without the
/// dataset (a run ended between the two), it is put back first: what is written
/// next builds on what the dataset says it holds. Called by who has the table's turn.
pub(crate) async fn settle_head(app: &App, content: &DatasetContent) -> Result<u64> {
    let engine = &app.engine;
    let head = engine.latest(content.table).await?.map(|version| version.delta_version);
    if head == Some(content.delta_version) {
        return Ok(content.delta_version);
    }
    Ok(engine.restore(content.table, content.delta_version, head, None).await?.version.delta_version)
}

/// A column of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnInfo {
    /// Its name.
    pub name: String,
    /// Its type, in the words of the interface.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it may hold nulls.
    pub nullable: bool,
}

impl ColumnInfo {
    /// The columns of an Arrow schema.
    pub fn of(schema: &arrow::datatypes::Schema) -> Vec<Self> {
        let column = |field: &arrow::datatypes::FieldRef| Self {
            name: field.name().clone(),
            kind: type_name(field.data_type()),
            nullable: field.is_nullable(),
        };
        schema.fields().iter().map(column).collect()
    }
}

/// An Arrow type in the few words that people and forms use.
pub fn type_name(data_type: &arrow::datatypes::DataType) -> String {
    use arrow::datatypes::DataType as D;
    match data_type {
        D::Boolean => "boolean".into(),
        d if d.is_integer() => "integer".into(),
        d if d.is_floating() => "number".into(),
        D::Decimal32(p, s) | D::Decimal64(p, s) | D::Decimal128(p, s) | D::Decimal256(p, s) => {
            format!("decimal({p},{s})")
        }
        D::Date32 | D::Date64 => "date".into(),
        D::Timestamp(_, _) => "timestamp".into(),
        D::Utf8 | D::LargeUtf8 | D::Utf8View => "text".into(),
        D::Binary | D::LargeBinary | D::BinaryView | D::FixedSizeBinary(_) => "binary".into(),
        other => other.to_string(),
    }
}
