//! Delta Lake's statistics of a file, from those in its Parquet footer.
//!
//! Only bounds that hold exactly in JSON are given: no decimals (they would be
//! rounded), no NaN, no text that was cut off at the top.

use chrono::{DateTime, NaiveDate, TimeDelta};
use parquet::{
    basic::{LogicalType, TimeUnit},
    data_type::AsBytes,
    file::{metadata::ParquetMetaData, statistics::Statistics},
};
use serde_json::{Map, Value, json};

/// `{"numRecords":…,"minValues":{…},"maxValues":{…},"nullCount":{…}}`.
pub(super) fn json(metadata: &ParquetMetaData) -> String {
    let file = metadata.file_metadata();
    let (mut min_values, mut max_values, mut null_count) = (Map::new(), Map::new(), Map::new());
    for (at, column) in file.schema_descr().columns().iter().enumerate() {
        let [name] = column.path().parts() else { continue };
        let statistics: Option<Vec<&Statistics>> =
            metadata.row_groups().iter().map(|group| group.column(at).statistics()).collect();
        let Some(statistics) = statistics else { continue };
        if let Some(nulls) = statistics.iter().map(|s| s.null_count_opt()).sum::<Option<u64>>() {
            null_count.insert(name.clone(), json!(nulls));
        }
        let logical = column.logical_type_ref();
        let bounds = statistics.iter().filter(|s| s.min_bytes_opt().is_some() || s.max_bytes_opt().is_some());
        let (mut low, mut high): (Option<Bound>, Option<Bound>) = (None, None);
        let mut known = true;
        for statistics in bounds {
            match (Bound::of(statistics, logical, true), Bound::of(statistics, logical, false)) {
                (Some(min), Some(max)) => {
                    low = Some(low.map_or(min.clone(), |low| if min < low { min.clone() } else { low }));
                    high = Some(high.map_or(max.clone(), |high| if max > high { max.clone() } else { high }));
                }
                _ => known = false,
            }
        }
        if let (true, Some(low), Some(high)) = (known, low, high) {
            if let Some(value) = low.value(false) {
                min_values.insert(name.clone(), value);
            }
            if let Some(value) = high.value(true) {
                max_values.insert(name.clone(), value);
            }
        }
    }
    json!({
        "numRecords": file.num_rows(),
        "minValues": min_values,
        "maxValues": max_values,
        "nullCount": null_count,
    })
    .to_string()
}

#[derive(Debug, Clone, PartialEq, PartialOrd)]
enum Bound {
    Int(i64),
    Float(f64),
    /// Days from 1970-01-01.
    Date(i32),
    /// Microseconds from 1970-01-01, and whether they are in UTC.
    Timestamp(i64, bool),
    Text(String),
}

impl Bound {
    fn of(statistics: &Statistics, logical: Option<&LogicalType>, min: bool) -> Option<Self> {
        fn pick<T: Copy>(low: Option<&T>, high: Option<&T>, min: bool) -> Option<T> {
            if min { low.copied() } else { high.copied() }
        }
        match (statistics, logical) {
            (_, Some(LogicalType::Decimal { .. })) => None,
            (Statistics::Int32(v), Some(LogicalType::Date)) => pick(v.min_opt(), v.max_opt(), min).map(Self::Date),
            (Statistics::Int32(v), _) => pick(v.min_opt(), v.max_opt(), min).map(|v| Self::Int(v.into())),
            (Statistics::Int64(v), Some(LogicalType::Timestamp(kind))) => {
                let value = pick(v.min_opt(), v.max_opt(), min)?;
                matches!(kind.unit, TimeUnit::MICROS).then_some(Self::Timestamp(value, kind.is_adjusted_to_u_t_c))
            }
            (Statistics::Int64(v), _) => pick(v.min_opt(), v.max_opt(), min).map(Self::Int),
            (Statistics::Float(v), _) => pick(v.min_opt(), v.max_opt(), min).map(|v| Self::Float(v.into())),
            (Statistics::Double(v), _) => pick(v.min_opt(), v.max_opt(), min).map(Self::Float),
            (Statistics::ByteArray(v), Some(LogicalType::String)) => {
                let exact = min || v.max_is_exact();
                let bytes = if min { v.min_opt() } else { v.max_opt() }?;
                let text = std::str::from_utf8(bytes.as_bytes()).ok()?;
                exact.then(|| Self::Text(text.to_owned()))
            }
            _ => None,
        }
    }

    fn value(&self, up: bool) -> Option<Value> {
        match self {
            Self::Int(value) => Some(json!(value)),
            Self::Float(value) => value.is_finite().then(|| json!(value)),
            Self::Date(days) => {
                let date = NaiveDate::default().checked_add_signed(TimeDelta::days((*days).into()))?;
                Some(json!(date.format("%Y-%m-%d").to_string()))
            }
            Self::Timestamp(micros, utc) => {
                // Readers take milliseconds: rounded outwards, the bound still holds.
                let millis = if up { -(-micros).div_euclid(1000) } else { micros.div_euclid(1000) };
                let time = DateTime::from_timestamp_millis(millis)?.naive_utc();
                let zone = if *utc { "Z" } else { "" };
                Some(json!(format!("{}{zone}", time.format("%Y-%m-%dT%H:%M:%S%.3f"))))
            }
            Self::Text(text) => Some(json!(text)),
        }
    }
}
