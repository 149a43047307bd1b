//! A continuous axis from a column: numbers as they are, times as days since 1970.

use tandem_core::{Result, Text};
use tandem_flow::ColumnKind;
use tandem_report::{Axis, NumberFormat};

use super::{
    drawing::{floats, many},
    keys::Series,
    measure::Measure,
};
use crate::{
    Host, Table,
    learn::features::words,
    look::time_series::Period,
    page::{raw, t},
    refusal::cannot,
    sql::{as_number, ident},
};

/// The `(place, value)`s of a series, ascending.
pub(super) type Points = Vec<[f64; 2]>;

/// A column along an axis.
pub(super) struct Along {
    /// The place of a row, as a number.
    pub(super) sql: String,
    /// The axis.
    pub(super) axis: Axis,
    column: String,
}

impl Along {
    /// Along this column, its times cut to the beginnings of periods where one is given.
    ///
    /// # Errors
    /// `unknown_column`, and `invalid_parameter` where the column has no place on an axis.
    pub(super) fn of(table: &Table, column: &str, period: Option<Period>) -> Result<Self> {
        let kind = table.need(column)?.kind;
        let (sql, format) = match kind {
            ColumnKind::Date | ColumnKind::Timestamp => {
                let time = format!("CAST({} AS TIMESTAMP)", ident(column));
                let time = match period {
                    Some(period) => format!("date_trunc('{}', {time})", period.word()),
                    None => time,
                };
                (format!("date_part('epoch', {time}) / 86400.0"), NumberFormat::date())
            }
            kind if ColumnKind::NUMERIC.contains(&kind) => (as_number(column), NumberFormat::default()),
            kind => {
                return Err(cannot(
                    format!("“{column}” is {}: it has no place on an axis. Choose numbers or times.", kind.words().en),
                    format!("“{column}”是{}，无法作为坐标轴。请改选数值列或时间列。", kind.words().zh),
                ));
            }
        };
        let sql = format!("nanvl(CAST({sql} AS DOUBLE), CAST(NULL AS DOUBLE))");
        Ok(Self { sql, axis: Axis::new(raw(column), format), column: column.to_owned() })
    }

    /// The measure at each place, series by series: `(place, value)`, ascending; at most `limit` places.
    ///
    /// # Errors
    /// Those of the queries.
    pub(super) fn totals(
        &self,
        host: &dyn Host,
        table: &Table,
        measure: &Measure,
        series: &Series,
        limit: u32,
    ) -> Result<(Vec<Points>, Vec<Text>)> {
        let limit = limit.max(2);
        // Every so many of the places where there are more than are drawn.
        let found = host.query(&format!(
            "SELECT \"x\", \"s\", \"v\", \"n\" FROM (\n  SELECT *, max(\"d\") OVER () AS \"n\" FROM (\n    \
             SELECT *, CAST(dense_rank() OVER (ORDER BY \"x\") AS BIGINT) AS \"d\" FROM (\n      \
             SELECT {} AS \"x\", {} AS \"s\", {} AS \"v\" FROM {} WHERE {} GROUP BY 1, 2\n    ) WHERE \"x\" IS NOT NULL\n  )\n)\n\
             WHERE (\"d\" - 1) % greatest(1, (\"n\" + {}) / {limit}) = 0\nORDER BY \"x\", \"s\"",
            self.sql,
            series.sql(),
            measure.sql(table)?,
            table.sql(),
            series.filter(),
            limit - 1,
        ))?;
        let places = series.places();
        let mut lines: Vec<Points> = vec![Vec::new(); series.texts().len()];
        let names = words(&found, "s")?;
        for ((x, name), y) in floats(&found, "x")?.into_iter().zip(&names).zip(floats(&found, "v")?) {
            let line = name.as_deref().and_then(|name| places.get(name)).and_then(|at| lines.get_mut(*at));
            if let (Some(x), Some(y), Some(line)) = (x, y, line) {
                line.push([x, y]);
            }
        }
        let mut notes: Vec<Text> = series.note().into_iter().collect();
        let all = floats(&found, "n")?.first().copied().flatten().unwrap_or(0.0).max(0.0) as u64;
        if all > u64::from(limit) {
            let every = all.div_ceil(u64::from(limit));
            notes.push(t(
                format!(
                    "Of {} places on the axis one in {every} is drawn; choose a period to draw totals of all.",
                    many(all)
                ),
                format!("横轴共有 {} 个取值，每 {every} 个画出 1 个；选择周期可画出全部数据的汇总。", many(all)),
            ));
        }
        notes.extend(self.without(host, table)?);
        Ok((lines, notes))
    }

    /// That rows have no place on the axis, where there are such.
    ///
    /// # Errors
    /// Those of the query.
    pub(super) fn without(&self, host: &dyn Host, table: &Table) -> Result<Option<Text>> {
        let counted = host.query(&format!("SELECT count(*) - count({}) AS \"n\" FROM {}", self.sql, table.sql()))?;
        let rows = super::drawing::count(&counted, "n")?;
        let (en, zh) = (format!("without “{}”", self.column), format!("缺少“{}”", self.column));
        Ok(super::drawing::left_out(rows, &en, &zh))
    }
}
