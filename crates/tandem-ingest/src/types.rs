//! The closed set of column types that an import can end in.
//!
//! Narrower types of Parquet files and databases are widened to one of these,
//! so that what comes from a spreadsheet can be appended to what came from a
//! warehouse. Times of day are text: Delta Lake has no type for them.

use std::{fmt, str::FromStr, sync::Arc};

use arrow::datatypes::{DataType, TimeUnit};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use tandem_core::{Error, ErrorCode};

/// The type of a column after import, written as in `Display`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// True or false.
    Bool,
    /// A whole number of 64 bits.
    Int64,
    /// A double.
    Float64,
    /// An exact decimal of `precision` digits in all, `scale` of them after the point.
    Decimal {
        /// Digits in all, 1 to 38.
        precision: u8,
        /// Digits after the point, 0 to `precision`.
        scale: i8,
    },
    /// A calendar day.
    Date,
    /// A point on a calendar without time zone, in microseconds.
    Timestamp,
    /// A point in time, in microseconds of UTC.
    TimestampTz,
    /// Text in UTF-8.
    Text,
    /// Bytes. A text `\x…` of hexadecimal digits stands for what they say.
    Binary,
}

impl ColumnType {
    /// The Arrow type of the column.
    pub fn data_type(self) -> DataType {
        match self {
            Self::Bool => DataType::Boolean,
            Self::Int64 => DataType::Int64,
            Self::Float64 => DataType::Float64,
            Self::Decimal { precision, scale } => DataType::Decimal128(precision, scale),
            Self::Date => DataType::Date32,
            Self::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
            Self::TimestampTz => DataType::Timestamp(TimeUnit::Microsecond, Some(Arc::from("UTC"))),
            Self::Text => DataType::Utf8,
            Self::Binary => DataType::Binary,
        }
    }

    /// What a value of the type is called in a message, with its article.
    pub(crate) const fn article_name(self) -> &'static str {
        match self {
            Self::Bool => "true or false",
            Self::Int64 => "a whole number of 64 bits",
            Self::Float64 => "a number",
            Self::Decimal { .. } => "a decimal that fits the type",
            Self::Date => "a date",
            Self::Timestamp => "a date and time without zone",
            Self::TimestampTz => "a date and time with zone",
            Self::Text => "text",
            Self::Binary => "bytes",
        }
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("bool"),
            Self::Int64 => f.write_str("int64"),
            Self::Float64 => f.write_str("float64"),
            Self::Decimal { precision, scale } => write!(f, "decimal({precision},{scale})"),
            Self::Date => f.write_str("date"),
            Self::Timestamp => f.write_str("timestamp"),
            Self::TimestampTz => f.write_str("timestamptz"),
            Self::Text => f.write_str("text"),
            Self::Binary => f.write_str("binary"),
        }
    }
}

impl FromStr for ColumnType {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let unknown = || {
            Error::new(
                ErrorCode::InvalidParameter,
                format!(
                    "There is no column type `{text}`. Choose bool, int64, float64, decimal(p,s), date, \
                     timestamp, timestamptz, text or binary."
                ),
            )
        };
        Ok(match text {
            "bool" => Self::Bool,
            "int64" => Self::Int64,
            "float64" => Self::Float64,
            "date" => Self::Date,
            "timestamp" => Self::Timestamp,
            "timestamptz" => Self::TimestampTz,
            "text" => Self::Text,
            "binary" => Self::Binary,
            other => {
                let inner = other.strip_prefix("decimal(").and_then(|r| r.strip_suffix(')')).ok_or_else(unknown)?;
                let (precision, scale) = inner.split_once(',').ok_or_else(unknown)?;
                let precision: u8 = precision.trim().parse().map_err(|_| unknown())?;
                let scale: i8 = scale.trim().parse().map_err(|_| unknown())?;
                if !(1..=38).contains(&precision) || scale < 0 || i16::from(scale) > i16::from(precision) {
                    return Err(unknown());
                }
                Self::Decimal { precision, scale }
            }
        })
    }
}

impl Serialize for ColumnType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ColumnType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(|e: Error| D::Error::custom(e.message()))
    }
}

/// In which order a written date has its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// `2024-03-05`, `2024/3/5`, `2024年3月5日`, `20240305`.
    #[default]
    Ymd,
    /// `3/5/2024`.
    Mdy,
    /// `5/3/2024`.
    Dmy,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for name in ["bool", "int64", "float64", "decimal(18,2)", "date", "timestamp", "timestamptz", "text", "binary"]
        {
            assert_eq!(name.parse::<ColumnType>().unwrap().to_string(), name);
        }
        for name in ["", "decimal", "decimal(0,0)", "decimal(39,2)", "decimal(5,6)", "varchar"] {
            assert_eq!(name.parse::<ColumnType>().unwrap_err().code(), ErrorCode::InvalidParameter, "{name}");
        }
    }
}
