//! The document of a dashboard: pages of figures over datasets, with filters
//! that they share. A figure is a component with its parameters, so that what
//! can be drawn on the canvas can be drawn here.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tandem_core::{Error, ErrorCode, Result, Text, id::AssetId};
use tandem_report::Span;

/// The newest format of the document, and the one that is written.
const FORMAT: u32 = 1;
/// Pages of a dashboard, at most.
const PAGES: usize = 50;
/// Blocks of a page, at most.
const BLOCKS: usize = 60;
/// Filters, sources, and levels of one drill-down, at most.
const PARTS: usize = 30;

/// A dashboard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dashboard {
    /// The format of the document.
    pub format: u32,
    /// Where the rows come from, by the names that figures use.
    #[serde(default)]
    pub sources: BTreeMap<String, Source>,
    /// What readers may narrow it by.
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// The pages, in order.
    #[serde(default)]
    pub pages: Vec<Page>,
}

/// A dataset behind figures.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What it holds, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Text>,
    /// The dataset; absent in a template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<AssetId>,
    /// A version of it; the newest where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// The names that figures use → columns of the dataset, where they are not the same.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, String>,
}

/// Something that readers narrow the figures by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Stable name.
    pub id: String,
    /// What readers see; the column's name where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Text>,
    /// The column, in every source named.
    pub column: String,
    /// The sources that it narrows.
    pub sources: BTreeSet<String>,
    /// How it is asked for.
    pub control: Control,
    /// What holds until a reader sets something else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
}

/// How a filter is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// Values to choose from.
    Choice,
    /// From a number to a number.
    Range,
    /// From a day to a day.
    Dates,
    /// A part of a text.
    Text,
}

/// What rows must meet: an operator of the component `filter`, and its value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Such as `equals`, `one_of` or `at_least`.
    pub operator: String,
    /// What the column is compared with.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub value: Value,
}

/// The same of a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnCondition {
    /// The column.
    pub column: String,
    /// Such as `equals`, `one_of` or `at_least`.
    pub operator: String,
    /// What the column is compared with.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub value: Value,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Stable name.
    pub id: String,
    /// Its heading.
    pub title: Text,
    /// What it shows, in reading order.
    #[serde(default)]
    pub blocks: Vec<Block>,
}

/// A piece of a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// Stable name, of the whole dashboard.
    pub id: String,
    /// Its heading; what the figure says of itself where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// How wide it is.
    #[serde(default)]
    pub span: Span,
    /// What it shows.
    pub shows: Shows,
}

/// What a block shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shows {
    /// Words, as Markdown.
    Text(Text),
    /// What a component makes of a source.
    Figure(Box<Figure>),
}

/// A component at work on a source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// The source.
    pub source: String,
    /// The component: one that takes a table.
    pub component: String,
    /// What is set of it.
    #[serde(default)]
    pub params: Map<String, Value>,
    /// Which rows it takes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<ColumnCondition>,
    /// What a reader who points at a value comes to next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drill: Option<Drill>,
}

/// Levels, from the coarsest to the finest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drill {
    /// The parameter that takes the column of the level.
    pub param: String,
    /// The columns.
    pub levels: Vec<String>,
}

impl Dashboard {
    /// Reads a document that somebody sent.
    ///
    /// # Errors
    /// `unsupported_format` for one of a newer release; `invalid_request`, which says what is wrong with it.
    pub fn read(document: &Value) -> Result<Self> {
        let format = document.get("format").and_then(Value::as_u64).unwrap_or(u64::from(FORMAT));
        if format > u64::from(FORMAT) {
            let message = format!(
                "The dashboard has format {format}, and this release knows formats up to {FORMAT}. Use a newer release."
            );
            return Err(Error::new(ErrorCode::UnsupportedFormat, message));
        }
        let dashboard: Self = serde_json::from_value(document.clone())
            .map_err(|error| wrong(format!("This is not a dashboard: {error}.")))?;
        dashboard.sound()?;
        Ok(dashboard)
    }

    /// Every block, with its page.
    pub fn blocks(&self) -> impl Iterator<Item = (&Page, &Block)> {
        self.pages.iter().flat_map(|page| page.blocks.iter().map(move |block| (page, block)))
    }

    /// Every figure.
    pub fn figures(&self) -> impl Iterator<Item = &Figure> {
        self.blocks().filter_map(|(_, block)| match &block.shows {
            Shows::Figure(figure) => Some(&**figure),
            Shows::Text(_) => None,
        })
    }

    /// Whether everything that it names is there, and named once.
    fn sound(&self) -> Result<()> {
        let most = |what: &str, there: usize, most: usize| match there > most {
            true => Err(wrong(format!("There are {there} {what}; at most {most} will do."))),
            false => Ok(()),
        };
        most("pages", self.pages.len(), PAGES)?;
        most("filters", self.filters.len(), PARTS)?;
        most("sources", self.sources.len(), PARTS)?;
        once("source", self.sources.keys())?;
        once("filter", self.filters.iter().map(|filter| &filter.id))?;
        once("page", self.pages.iter().map(|page| &page.id))?;
        once("block", self.blocks().map(|(_, block)| &block.id))?;
        for page in &self.pages {
            most("blocks on a page", page.blocks.len(), BLOCKS)?;
        }
        for figure in self.figures() {
            self.has(&figure.source)?;
            let levels = figure.drill.as_ref().map_or(1, |drill| drill.levels.len());
            most("levels", levels, PARTS)?;
            if levels == 0 {
                return Err(wrong("A drill-down needs a column at least.".to_owned()));
            }
        }
        self.filters.iter().flat_map(|filter| &filter.sources).try_for_each(|name| self.has(name))
    }

    fn has(&self, source: &str) -> Result<()> {
        match self.sources.contains_key(source) {
            true => Ok(()),
            false => Err(wrong(format!("The dashboard has no source “{source}”. Add it, or choose another."))),
        }
    }
}

fn once<'a>(what: &str, names: impl Iterator<Item = &'a String>) -> Result<()> {
    let mut seen = BTreeSet::new();
    for name in names {
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        if name.is_empty() || name.len() > 40 || !plain {
            return Err(wrong(format!("“{name}” can't name a {what}: use up to 40 letters, digits, _ and -.")));
        }
        if !seen.insert(name) {
            return Err(wrong(format!("There are two {what}s “{name}”.")));
        }
    }
    Ok(())
}

pub(super) fn wrong(message: String) -> Error {
    Error::new(ErrorCode::InvalidRequest, message)
}
