//! The report document: what a scenario answers, in a form that the web, the
//! HTML page and the workbook draw alike.

mod chart;
mod number;
mod provenance;
mod shapes;
mod table;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tandem_core::{Text, error::ErrorCode};

pub use chart::*;
pub use number::*;
pub use provenance::*;
pub use shapes::*;
pub use table::*;

/// The version of the document's form. Fields may be added under one version;
/// a meaning that changes raises it.
pub const SCHEMA_VERSION: u32 = 1;

/// A finished report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA_VERSION`] of the writer.
    pub schema_version: u32,
    /// Name of the scenario that made it, such as `customer-value`.
    pub scenario: String,
    /// What it is about.
    pub title: Text,
    /// What it was made from, in half a line: the data, its span, its size.
    pub subtitle: Text,
    /// When it was made. Given by the caller: a run that is reproduced passes
    /// the same moment and gets the same bytes.
    pub created_at: DateTime<Utc>,
    /// The answer in a sentence or two.
    pub answer: Text,
    /// Three to five numbers that carry the answer.
    pub headline: Vec<Headline>,
    /// What the reader should know before trusting the numbers.
    pub warnings: Vec<Warning>,
    /// The body, in reading order.
    pub sections: Vec<Section>,
    /// From what, with what and by what it was computed.
    pub provenance: Provenance,
}

/// One number that carries the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Headline {
    /// Stable name inside the report.
    pub id: String,
    /// What is counted or measured.
    pub label: Text,
    /// How much.
    pub value: Number,
    /// What it means and how it was got, in a sentence.
    pub help: Text,
}

/// A part of the body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Stable name inside the report; the anchor of links to it.
    pub id: String,
    /// Its heading.
    pub title: Text,
    /// Its content, in reading order.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[expect(clippy::large_enum_variant, reason = "a report has some dozens of them, and a box would show in every match")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Block {
    /// A heading below that of the section.
    Heading {
        /// Its words.
        text: Text,
    },
    /// Numbers that carry an answer, large.
    Headline {
        /// Side by side.
        items: Vec<Headline>,
    },
    /// Running text.
    Paragraph {
        /// One paragraph.
        text: Text,
    },
    /// Short statements below each other.
    List {
        /// Whether they are numbered.
        ordered: bool,
        /// One statement each.
        items: Vec<Text>,
    },
    /// A picture of data.
    Chart(Chart),
    /// Rows and columns.
    Table(Table),
    /// What to do, for whom.
    Actions {
        /// In order of worth.
        items: Vec<Action>,
    },
    /// Something to know before trusting what stands near it.
    Warning(Warning),
    /// Literature.
    References {
        /// One work each.
        items: Vec<Reference>,
    },
}

/// How much a warning weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// The numbers hold with reservations.
    Caution,
    /// The numbers should not be acted on before this is cleared up.
    Serious,
}

/// Something to know before trusting the numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Stable code for programs.
    pub code: String,
    /// How much it weighs.
    pub severity: Severity,
    /// What it is and what to do about it.
    pub text: Text,
}

/// What to do for one group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// For whom.
    pub target: Text,
    /// The group's colour, an index into the palette, where it has one.
    pub color: Option<u8>,
    /// The aim in a sentence.
    pub aim: Text,
    /// Numbers that say why it is worth it.
    pub facts: Vec<Fact>,
    /// The steps, the first one first.
    pub steps: Vec<Text>,
    /// How to tell whether it worked.
    pub measure: Text,
}

/// A labelled number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// What is counted or measured.
    pub label: Text,
    /// How much.
    pub value: Number,
}

/// A work that the method rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// Authors, year, title, where it appeared; in its own language.
    pub citation: String,
    /// DOI or address, as text.
    pub locator: Option<String>,
}

impl Warning {
    /// A warning with a stable `code`.
    pub fn new(code: impl Into<String>, severity: Severity, text: Text) -> Self {
        Self { code: code.into(), severity, text }
    }
}

impl Section {
    /// A section without content yet.
    pub fn new(id: impl Into<String>, title: Text) -> Self {
        Self { id: id.into(), title, blocks: Vec::new() }
    }

    /// The section with one more paragraph.
    #[must_use]
    pub fn paragraph(self, text: Text) -> Self {
        self.block(Block::Paragraph { text })
    }

    /// The section with one more piece.
    #[must_use]
    pub fn block(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }
}

impl Report {
    /// Reads a document back.
    ///
    /// # Errors
    /// `malformed_file` where it is not a report, or one of a newer form.
    pub fn from_json(json: &[u8]) -> tandem_core::Result<Self> {
        let report: Self = serde_json::from_slice(json).map_err(|e| {
            tandem_core::Error::new(ErrorCode::MalformedFile, "This is not a report document.").with_source(e)
        })?;
        if report.schema_version > SCHEMA_VERSION {
            return Err(tandem_core::Error::new(
                ErrorCode::UnsupportedFormat,
                format!(
                    "The report has form {}, and this program knows forms up to {SCHEMA_VERSION}; use a newer one.",
                    report.schema_version
                ),
            ));
        }
        Ok(report)
    }

    /// The document as JSON, the same bytes for the same report.
    ///
    /// # Errors
    /// `internal` where a plot holds a number that is not finite: JSON has none, and the document could not be read
    /// back.
    pub fn to_json(&self) -> tandem_core::Result<Vec<u8>> {
        let json = serde_json::to_vec_pretty(self).map_err(tandem_core::Error::internal)?;
        serde_json::from_slice::<Self>(&json).map_err(tandem_core::Error::internal)?;
        Ok(json)
    }

    /// Every table of the document, in reading order; those of charts' data are not among them.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.sections.iter().flat_map(|s| &s.blocks).filter_map(|b| match b {
            Block::Table(table) => Some(table),
            _ => None,
        })
    }

    /// Every chart of the document, in reading order.
    pub fn charts(&self) -> impl Iterator<Item = &Chart> {
        self.sections.iter().flat_map(|s| &s.blocks).filter_map(|b| match b {
            Block::Chart(chart) => Some(chart),
            _ => None,
        })
    }
}
