//! Year, month, weekday and other parts of a date as columns.

use serde::Deserialize;
use tandem_core::Result;

use crate::{Ask, select::Select, sql::ident};

#[derive(Deserialize)]
struct Params {
    column: String,
    parts: Vec<Part>,
    #[serde(default)]
    prefix: Option<String>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Part {
    Year,
    Quarter,
    Month,
    Week,
    Day,
    DayOfYear,
    Weekday,
    Weekend,
    Hour,
    YearMonth,
    YearQuarter,
    MonthStart,
    WeekStart,
    Date,
}

impl Part {
    fn word(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Quarter => "quarter",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::DayOfYear => "day_of_year",
            Self::Weekday => "weekday",
            Self::Weekend => "weekend",
            Self::Hour => "hour",
            Self::YearMonth => "year_month",
            Self::YearQuarter => "year_quarter",
            Self::MonthStart => "month_start",
            Self::WeekStart => "week_start",
            Self::Date => "date",
        }
    }

    fn sql(self, moment: &str) -> String {
        let part = |part: &str| format!("CAST(date_part('{part}', {moment}) AS BIGINT)");
        // Monday is 1 and Sunday 7, as in ISO 8601.
        let weekday = format!("(({} + 6) % 7 + 1)", part("dow"));
        match self {
            Self::Year => part("year"),
            Self::Quarter => part("quarter"),
            Self::Month => part("month"),
            Self::Week => part("week"),
            Self::Day => part("day"),
            Self::DayOfYear => part("doy"),
            Self::Weekday => weekday,
            Self::Weekend => format!("({weekday} >= 6)"),
            Self::Hour => part("hour"),
            Self::YearMonth => format!("to_char({moment}, '%Y-%m')"),
            Self::YearQuarter => format!("to_char({moment}, '%Y') || '-Q' || CAST({} AS VARCHAR)", part("quarter")),
            Self::MonthStart => format!("CAST(date_trunc('month', {moment}) AS DATE)"),
            Self::WeekStart => format!("CAST(date_trunc('week', {moment}) AS DATE)"),
            Self::Date => format!("CAST({moment} AS DATE)"),
        }
    }
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    table.need(&params.column)?;
    let moment = format!("CAST({} AS TIMESTAMP)", ident(&params.column));
    let prefix = params.prefix.clone().unwrap_or_else(|| format!("{}_", params.column));
    let mut select = Select::of(table);
    for part in &params.parts {
        select.add(&format!("{prefix}{}", part.word()), part.sql(&moment))?;
    }
    Ok(select.from(&table.sql()))
}
