//! What a database says of a query's columns.

use crate::{
    sniff::{Warning, WarningCode, infer::Inferred, plan::FoundColumn},
    types::{ColumnType, DateOrder},
};

/// A column of a query.
#[derive(Debug, Clone)]
pub(super) struct Described {
    /// Its name, which others may have too.
    pub(super) name: String,
    /// The type it ends in.
    pub(super) column_type: ColumnType,
    /// Whether its exact numbers become doubles, since nothing says how many digits they have.
    pub(super) blurred: bool,
    /// Some values, where they were looked at.
    pub(super) samples: Vec<String>,
}

impl Described {
    /// A column of that name and type.
    pub(super) fn new(name: &str, column_type: ColumnType) -> Self {
        Self { name: name.to_owned(), column_type, blurred: false, samples: Vec::new() }
    }

    /// A column of exact numbers, of the decimal type if that is known.
    pub(super) fn exact(name: &str, known: Option<ColumnType>) -> Self {
        let column_type = known.unwrap_or(ColumnType::Float64);
        Self { blurred: column_type == ColumnType::Float64, ..Self::new(name, column_type) }
    }

    /// What to tell of a column that was given that name and ends in that type.
    pub(super) fn warning(&self, name: &str, ends: ColumnType) -> Option<Warning> {
        (self.blurred && ends == ColumnType::Float64).then(|| {
            let message = format!(
                "`{name}` holds exact numbers whose precision the database doesn't say; they become float64, which \
                 keeps 15 digits. Choose decimal(p,s), or cast them in the query."
            );
            Warning::of_column(WarningCode::TypeChanged, name, "numeric → float64", message)
        })
    }

    /// The column under its final name.
    pub(super) fn found(self, name: String) -> FoundColumn {
        FoundColumn {
            name,
            inferred: Inferred {
                column_type: self.column_type,
                date_order: DateOrder::Ymd,
                decimal_comma: false,
                remarks: Vec::new(),
            },
            nullable: true,
            samples: self.samples,
            include: true,
        }
    }
}

/// The type of an exact number: decimal where precision and scale are known
/// and fit, a double otherwise.
pub(super) fn exact(precision: Option<i64>, scale: Option<i64>) -> ColumnType {
    match (precision.and_then(|p| u8::try_from(p).ok()), scale.and_then(|s| i8::try_from(s).ok())) {
        (Some(precision @ 1..=38), Some(scale)) if scale >= 0 && scale as u8 <= precision => {
            ColumnType::Decimal { precision, scale }
        }
        _ => ColumnType::Float64,
    }
}
