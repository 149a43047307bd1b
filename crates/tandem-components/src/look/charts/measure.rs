//! What is measured: how many values become the one that is drawn.

use serde::Deserialize;
use tandem_core::{Result, Text};
use tandem_flow::ColumnKind;
use tandem_report::{Axis, NumberFormat};

use crate::{Table, refusal::cannot, totals::Function};

/// The parameters `function` and `column`.
#[derive(Debug, Deserialize)]
pub(crate) struct Measure {
    function: Function,
    #[serde(default)]
    column: Option<String>,
}

impl Measure {
    /// Over the rows of a group, as a number; nothing where it is none.
    ///
    /// # Errors
    /// As [`Function::sql`], and where the least or greatest is no number.
    pub(crate) fn sql(&self, table: &Table) -> Result<String> {
        let column = self.column.as_deref();
        if let (Function::Min | Function::Max, Some(name)) = (self.function, column) {
            let kind = table.need(name)?.kind;
            if !ColumnKind::NUMERIC.contains(&kind) {
                return Err(cannot(
                    format!("“{name}” is {}: it can't be drawn. Choose a column of numbers.", kind.words().en),
                    format!("“{name}”是{}，无法作图。请改选数值列。", kind.words().zh),
                ));
            }
        }
        let total = self.function.sql(table, column, "")?;
        Ok(format!("nanvl(CAST({total} AS DOUBLE), CAST(NULL AS DOUBLE))"))
    }

    /// Refuses what doesn't add up, where parts are put on top of each other.
    ///
    /// # Errors
    /// `invalid_parameter`.
    pub(super) fn must_add_up(&self) -> Result<()> {
        match self.function.adds_up() {
            true => Ok(()),
            false => Err(cannot(
                "These parts stand on each other, and only rows, values and sums add up. Choose one of them.",
                "各部分叠加在一起，只有行数、个数和合计可以相加，请改选其中之一。",
            )),
        }
    }

    /// What it is called.
    pub(super) fn words(&self) -> Text {
        self.function.words(self.column.as_deref())
    }

    /// It as an axis.
    pub(super) fn axis(&self) -> Axis {
        let format = if self.function.is_count() { NumberFormat::count() } else { NumberFormat::default() };
        Axis::new(self.words(), format)
    }
}
