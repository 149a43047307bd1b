//! Series out of tables: regular in time, without gaps, one for each group.

pub(crate) mod calendar;

use std::collections::BTreeMap;

use arrow::{
    array::{Array, AsArray, RecordBatch},
    compute::cast,
    datatypes::{DataType, Int64Type, TimeUnit},
};
use serde::Deserialize;
use tandem_core::{Error, Result};
use tandem_flow::{Column, ColumnKind};
use tandem_report::{Axis, NumberFormat};

use super::features::{numbers, once, some_rows, words};
use crate::{
    Ask, Host,
    refusal::{cannot, too_little},
};
pub(crate) use calendar::{Calendar, Every};

/// Most steps of a series.
const STEPS: i64 = 100_000;
/// Most series.
const SERIES: usize = 1_000;

/// The parameters by which series are read.
#[derive(Debug, Deserialize)]
pub(crate) struct Params {
    time: String,
    value: String,
    #[serde(default)]
    group: Option<String>,
    every: Every,
    total: Total,
    gaps: Gaps,
    season: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Total {
    Sum,
    Mean,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Gaps {
    Zero,
    Previous,
    Straight,
}

/// One series.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Series {
    /// Its group, where there are groups and it is in one.
    pub(crate) group: Option<String>,
    /// The number of its first step.
    pub(crate) first: i64,
    /// A value a step.
    pub(crate) values: Vec<f64>,
    /// Steps that had none.
    pub(crate) filled: usize,
}

/// Series, and what they have in common.
#[derive(Debug)]
pub(crate) struct Read {
    /// The series in the order of their groups.
    pub(crate) series: Vec<Series>,
    /// Their axis.
    pub(crate) calendar: Calendar,
    /// Steps of a season.
    pub(crate) season: usize,
    /// Rows left out because time or value is missing.
    pub(crate) missing: usize,
}

impl Params {
    fn calendar(&self, ask: &Ask<'_>) -> Result<Calendar> {
        let kind = ask.table("table")?.need(&self.time)?.kind;
        match kind {
            ColumnKind::Integer => Ok(Calendar::Numbered),
            ColumnKind::Date if self.every == Every::Hour => Err(cannot(
                format!("“{}” has days, and hours are asked for. Take days or longer steps.", self.time),
                format!("“{}”列是日期，没有小时，请选择按天或更长的间隔。", self.time),
            )),
            ColumnKind::Date | ColumnKind::Timestamp => Ok(Calendar::Steps(self.every, kind)),
            _ => Err(cannot(
                format!("“{}” is no time. Choose a date, a date and time, or whole numbers.", self.time),
                format!("“{}”列不是时间，请选择日期、日期时间或整数列。", self.time),
            )),
        }
    }

    /// The columns by which a row of output says of which series and step it is.
    pub(crate) fn keys(&self, ask: &Ask<'_>, more: &[Column]) -> Result<Vec<Column>> {
        let kind = ask.table("table")?.need(&self.time)?.kind;
        let mut columns: Vec<Column> = self.group.iter().map(|group| Column::new(group, ColumnKind::Text)).collect();
        columns.push(Column::new(&self.time, kind));
        if let Some(taken) = columns.iter().find(|column| more.iter().any(|other| other.name == column.name)) {
            return Err(cannot(
                format!("The output has a column “{}” of its own. Rename yours before.", taken.name),
                format!("输出中已有“{}”列，请先将您的列改名。", taken.name),
            ));
        }
        columns.extend(more.iter().cloned());
        Ok(columns)
    }

    /// The column of groups, where there is one.
    pub(crate) fn group(&self) -> Option<&String> {
        self.group.as_ref()
    }

    /// What is forecast.
    pub(crate) fn value(&self) -> &str {
        &self.value
    }

    /// Reads the series.
    ///
    /// # Errors
    /// `invalid_parameter` where the steps are too many; `not_enough_data` without rows.
    pub(crate) fn read(&self, ask: &Ask<'_>, host: &dyn Host) -> Result<Read> {
        let calendar = self.calendar(ask)?;
        let names =
            once([Some(self.time.as_str()), Some(self.value.as_str()), self.group.as_deref()].into_iter().flatten());
        let batches = some_rows(host, "table", &names)?;
        let (times, values) = (times(&batches, &self.time, calendar)?, numbers(&batches, &self.value)?);
        let groups = match &self.group {
            Some(group) => words(&batches, group)?,
            None => vec![None; values.len()],
        };
        let mut found: BTreeMap<Option<String>, BTreeMap<i64, (f64, f64)>> = BTreeMap::new();
        let mut missing = 0;
        for ((time, value), group) in times.into_iter().zip(values).zip(groups) {
            match time.and_then(|time| calendar.step(time)).filter(|_| value.is_finite()) {
                Some(step) => {
                    let cell = found.entry(group).or_default().entry(step).or_default();
                    *cell = (cell.0 + value, cell.1 + 1.0);
                }
                None => missing += 1,
            }
        }
        if found.is_empty() {
            return Err(too_little(
                "No row has both a time and a value. Check the two columns.",
                "没有同时具有时间和数值的行，请检查这两列。",
            ));
        }
        if found.len() > SERIES {
            return Err(cannot(
                format!("There are {} groups; {SERIES} is the most. Filter or group them before.", found.len()),
                format!("共有 {} 个组，最多 {SERIES} 个，请先筛选或合并。", found.len()),
            ));
        }
        let series = found.into_iter().map(|(group, cells)| self.regular(group, &cells)).collect::<Result<_>>()?;
        let season = match (self.season, calendar) {
            (0, Calendar::Steps(every, _)) => every.season(),
            (0, Calendar::Numbered) => 1,
            (season, _) => season,
        };
        Ok(Read { series, calendar, season, missing })
    }

    /// A value for every step from the first to the last.
    fn regular(&self, group: Option<String>, cells: &BTreeMap<i64, (f64, f64)>) -> Result<Series> {
        let ends = cells.first_key_value().zip(cells.last_key_value());
        let Some(((&first, _), (&last, _))) = ends else { return Err(Error::internal("a series without a step")) };
        let steps = last.checked_sub(first).filter(|steps| *steps < STEPS).ok_or_else(|| {
            cannot(
                format!("From the first to the last step there are more than {STEPS}. Take longer steps, or check the times for slips."),
                format!("从第一步到最后一步超过 {STEPS} 步，请选择更长的间隔，或检查时间是否有误。"),
            )
        })?;
        let own = |(sum, count): &(f64, f64)| if self.total == Total::Sum { *sum } else { sum / count };
        let mut values = Vec::with_capacity(steps as usize + 1);
        let mut before = (first, 0.0);
        for (step, cell) in cells {
            let value = own(cell);
            for gap in before.0 + 1..*step {
                let part = (gap - before.0) as f64 / (step - before.0) as f64;
                values.push(match self.gaps {
                    Gaps::Zero => 0.0,
                    Gaps::Previous => before.1,
                    Gaps::Straight => before.1 + part * (value - before.1),
                });
            }
            values.push(value);
            before = (*step, value);
        }
        let filled = values.len() - cells.len();
        Ok(Series { group, first, values, filled })
    }
}

impl Series {
    /// The numbers of its steps, and `more` behind them.
    pub(crate) fn steps(&self, more: usize) -> std::ops::Range<i64> {
        self.first..self.first + (self.values.len() + more) as i64
    }
}

impl Read {
    /// The axis of charts.
    pub(crate) fn axis(&self) -> Axis {
        let format = if self.calendar == Calendar::Numbered { NumberFormat::count() } else { NumberFormat::date() };
        Axis::new(self.calendar.words(), format)
    }
}

/// Whole numbers, or microseconds since 1970.
fn times(batches: &[RecordBatch], name: &str, calendar: Calendar) -> Result<Vec<Option<i64>>> {
    let mut all = Vec::new();
    for batch in batches {
        let column = batch.column_by_name(name).ok_or_else(|| Error::internal("the column of times is gone"))?;
        let mut column = column.clone();
        if calendar != Calendar::Numbered {
            let zone = match column.data_type() {
                DataType::Timestamp(_, zone) => zone.clone(),
                _ => None,
            };
            column = cast(&column, &DataType::Timestamp(TimeUnit::Microsecond, zone)).map_err(Error::internal)?;
        }
        let column = cast(&column, &DataType::Int64).map_err(Error::internal)?;
        all.extend(column.as_primitive::<Int64Type>().iter());
    }
    Ok(all)
}
