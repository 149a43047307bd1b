//! Text as moments, in the formats that people write.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, TimestampMicrosecondArray},
    datatypes::{DataType, TimeUnit},
};
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta};
use tandem_core::{Error, ErrorCode, Result};
use tandem_engine::{ScalarFunction, Takes};

use super::{texts, width::half};
use crate::refusal::cannot;

/// What is tried where no format is named: the year first, since day and month
/// can't be told apart otherwise.
const COMMON: &str = "YYYY-MM-DD|YYYY-MM-DD HH:mm:ss|YYYY-MM-DD HH:mm|YYYY/MM/DD|YYYY/MM/DD HH:mm:ss|YYYY/MM/DD HH:mm|\
    YYYY.MM.DD|YYYYMMDD|YYYY年MM月DD日|YYYY年MM月DD日 HH:mm:ss|YYYY年MM月DD日 HH:mm|YYYY年MM月DD日HH时mm分|iso";

/// One way to write a moment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Format {
    /// A pattern of chrono's, and whether it has a time of day.
    Pattern { pattern: String, time: bool },
    /// ISO 8601 with `T`, fractions and zone as there may be.
    Iso,
    /// Days since the end of 1899, as spreadsheets count them.
    Excel,
}

impl Format {
    /// Reads a format such as `YYYY-MM-DD HH:mm`, or the words `iso` and `excel`.
    pub(crate) fn parse(format: &str) -> Result<Self> {
        match format.trim().to_lowercase().as_str() {
            "iso" => return Ok(Self::Iso),
            "excel" => return Ok(Self::Excel),
            _ => {}
        }
        const PARTS: [(&str, &str); 12] = [
            ("YYYY", "%Y"),
            ("YY", "%y"),
            ("MMM", "%b"),
            ("MM", "%m"),
            ("M", "%m"),
            ("DD", "%d"),
            ("D", "%d"),
            ("HH", "%H"),
            ("H", "%H"),
            ("mm", "%M"),
            ("ss", "%S"),
            ("s", "%S"),
        ];
        let (mut pattern, mut rest) = (String::new(), format.trim());
        while let Some(first) = rest.chars().next() {
            match PARTS.iter().find(|(part, _)| rest.starts_with(part)) {
                Some((part, chrono)) => {
                    pattern.push_str(chrono);
                    rest = &rest[part.len()..];
                }
                None => {
                    if first == '%' {
                        pattern.push('%');
                    }
                    pattern.push(first);
                    rest = &rest[first.len_utf8()..];
                }
            }
        }
        let year = pattern.contains("%Y") || pattern.contains("%y");
        let day = pattern.contains("%d") && (pattern.contains("%m") || pattern.contains("%b"));
        if !year || !day {
            return Err(cannot(
                format!(
                    "“{format}” is no format of a date: it needs YYYY, MM and DD, such as YYYY-MM-DD or DD/MM/YYYY HH:mm."
                ),
                format!("“{format}”不是日期格式：需要包含 YYYY、MM、DD，例如 YYYY-MM-DD 或 YYYY年MM月DD日。"),
            ));
        }
        Ok(Self::Pattern { time: pattern.contains("%H"), pattern })
    }

    fn read(&self, text: &str) -> Option<NaiveDateTime> {
        match self {
            Self::Pattern { pattern, time: true } => match pattern.contains("%M") {
                true => NaiveDateTime::parse_from_str(text, pattern).ok(),
                // An hour alone is the beginning of it.
                false => NaiveDateTime::parse_from_str(&format!("{text} 00"), &format!("{pattern} %M")).ok(),
            },
            Self::Pattern { pattern, time: false } => {
                NaiveDate::parse_from_str(text, pattern).ok()?.and_hms_opt(0, 0, 0)
            }
            Self::Iso => {
                let zoned = DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.naive_utc());
                zoned.or_else(|| text.parse::<NaiveDateTime>().ok())
            }
            Self::Excel => {
                let days: f64 = text.parse().ok()?;
                // The years 1900 to 9999.
                if !(1.0..2_958_466.0).contains(&days) {
                    return None;
                }
                let seconds = TimeDelta::try_seconds((days * 86_400.0).round() as i64)?;
                NaiveDate::from_ymd_opt(1899, 12, 30)?.and_hms_opt(0, 0, 0)?.checked_add_signed(seconds)
            }
        }
    }
}

fn formats(list: &str) -> Result<Vec<Format>> {
    let list = if list.trim().is_empty() { COMMON } else { list };
    list.split('|').map(Format::parse).collect()
}

/// `parse_moment(text, 'format|format')`: the moment in the first format that
/// fits, and nothing where none does (an error where `strict`).
pub(super) fn function(name: &'static str, strict: bool) -> ScalarFunction {
    let takes = Takes::These(vec![DataType::Utf8, DataType::Utf8]);
    ScalarFunction::new(name, takes, DataType::Timestamp(TimeUnit::Microsecond, None), move |columns, rows| {
        let [text, list] = columns else {
            return Ok(Arc::new(TimestampMicrosecondArray::new_null(rows)));
        };
        let mut known: Option<(&str, Vec<Format>)> = None;
        let mut moments = Vec::with_capacity(rows);
        for (text, list) in texts(text).zip(texts(list)) {
            let list = list.unwrap_or_default();
            if known.as_ref().is_none_or(|(name, _)| *name != list) {
                known = Some((list, formats(list)?));
            }
            let Some(text) = text.map(half).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()) else {
                moments.push(None);
                continue;
            };
            let mut tried = known.iter().flat_map(|(_, formats)| formats);
            let moment = tried.find_map(|format| format.read(&text));
            if moment.is_none() && strict {
                return Err(Error::new(
                    ErrorCode::ComputeFailed,
                    format!("“{text}” is written in none of the formats. Add its format, or leave such values empty."),
                ));
            }
            moments.push(moment.map(|moment| moment.and_utc().timestamp_micros()));
        }
        Ok(Arc::new(TimestampMicrosecondArray::from(moments)) as ArrayRef)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(list: &str, text: &str) -> Option<String> {
        let formats = formats(list).unwrap();
        formats.iter().find_map(|format| format.read(text)).map(|moment| moment.to_string())
    }

    #[test]
    fn dates_are_read_as_people_write_them() {
        assert_eq!(read("", "2024-3-5").as_deref(), Some("2024-03-05 00:00:00"));
        assert_eq!(read("", "2024年3月5日").as_deref(), Some("2024-03-05 00:00:00"));
        assert_eq!(read("", "2024/03/05 08:30").as_deref(), Some("2024-03-05 08:30:00"));
        assert_eq!(read("", "20240305").as_deref(), Some("2024-03-05 00:00:00"));
        assert_eq!(read("", "2024-03-05T08:30:00+08:00").as_deref(), Some("2024-03-05 00:30:00"));
        assert_eq!(read("DD/MM/YYYY", "05/03/2024").as_deref(), Some("2024-03-05 00:00:00"));
        assert_eq!(read("D MMM YY", "5 Mar 24").as_deref(), Some("2024-03-05 00:00:00"));
        assert_eq!(read("excel", "45356").as_deref(), Some("2024-03-05 00:00:00"));
        assert_eq!(read("YYYY-MM-DD HH", "2024-03-05 7").as_deref(), Some("2024-03-05 07:00:00"));
        assert_eq!(read("", "05/03/2024"), None);
        assert_eq!(read("", "2024-02-30"), None);
        assert!(Format::parse("HH:mm").is_err());
    }
}
