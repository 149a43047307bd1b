//! What is odd about a column, as stable codes that pages put into words.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// A stable code for each oddity; the figures that come with it are named in brackets.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum WarningCode { $($(#[$doc])* $name,)+ }

        impl WarningCode {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];
        }
    };
}

codes! {
    /// No row has a value.
    AllNull,
    /// One and the same value wherever there is one.
    Constant,
    /// Half of the rows or more have no value (`share`).
    ManyNulls,
    /// One value makes up 95 % or more (`share`).
    DominantValue,
    /// Nearly every value is different, and yet some come twice (`repeated`).
    NearlyUnique,
    /// A whole number that looks like an identifier: sums and means of it say nothing.
    LikelyId,
    /// Whole numbers that read as days, YYYYMMDD (`share`).
    DateAsNumber,
    /// Text most of which is numbers (`share`).
    NumberAsText,
    /// Text most of which is dates (`share`).
    DateAsText,
    /// Floating point numbers that are all whole.
    IntegerAsFloat,
    /// Whole numbers beyond 2^53 in floating point: their last digits are lost (`count`).
    PrecisionLost,
    /// A code whose shorter values seem to have lost their leading zeros (`count`, `digits`).
    LeadingZerosLost,
    /// NaN or infinite values (`count`).
    NotFinite,
    /// Values far outside: beyond three interquartile ranges from the quartiles (`count`, `share`, `low`, `high`).
    Outliers,
    /// A few values below zero among many above (`count`, `share`).
    FewNegatives,
    /// Days that stand for "unknown", such as 1900-01-01 or 9999-12-31 (`count`).
    PlaceholderDates,
    /// Values of no character or of white space only (`count`, `share`).
    BlankText,
    /// White space before or after the text (`count`, `share`).
    PaddedText,
    /// Values that differ in case or outer white space only (`groups`).
    MixedCase,
    /// Characters that could not be decoded (`count`).
    BrokenText,
    /// Words that stand for "no value", such as NULL, N/A or 无 (`count`, `share`).
    NullAsText,
}

/// One oddity with its figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Warning {
    /// What it is.
    pub code: WarningCode,
    /// How much of it, by the names that the code's description gives.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub figures: BTreeMap<String, f64>,
    /// One value that shows it, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
}

impl Warning {
    pub(super) fn new(code: WarningCode) -> Self {
        Self { code, figures: BTreeMap::new(), example: None }
    }

    pub(super) fn with(mut self, name: &str, figure: f64) -> Self {
        self.figures.insert(name.to_owned(), figure);
        self
    }

    pub(super) fn example(mut self, example: impl Into<String>) -> Self {
        self.example = Some(example.into());
        self
    }
}
