//! Charts, as data: who draws them decides how.

use serde::{Deserialize, Serialize};
use tandem_core::Text;

use super::{BandSeries, FlowLink, FlowNode, FunnelStep, NumberFormat, PlaceSeries, Spread, Tile};

/// A picture of data. In JSON the plot's fields stand beside these, told apart
/// by `kind`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// Stable name inside the report.
    pub id: String,
    /// What one sees.
    pub title: Text,
    /// The same for who can't see it: what the chart shows, in a sentence.
    pub alt: Text,
    /// How wide it wants to be; two halves in sequence stand side by side where there is room.
    pub span: Span,
    /// A remark below.
    pub note: Option<Text>,
    /// The data.
    #[serde(flatten)]
    pub plot: Plot,
}

/// How wide a chart wants to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// The whole width.
    #[default]
    Full,
    /// Half of it, where there is room.
    Half,
}

/// The data of a chart, by kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Plot {
    /// Lines over a continuous x.
    Line {
        /// Horizontal axis.
        x: Axis,
        /// Vertical axis.
        y: Axis,
        /// The lines.
        series: Vec<LineSeries>,
        /// Reference lines.
        marks: Vec<Mark>,
    },
    /// Points.
    Scatter {
        /// Horizontal axis.
        x: Axis,
        /// Vertical axis.
        y: Axis,
        /// The groups of points.
        series: Vec<PointSeries>,
        /// Reference lines.
        marks: Vec<Mark>,
    },
    /// Bars over categories.
    Bar {
        /// What the categories are.
        category: Text,
        /// Their names, in order.
        categories: Vec<Text>,
        /// The axis of the bars' lengths.
        value: Axis,
        /// Whether the bars lie.
        horizontal: bool,
        /// Whether the series are stacked on each other instead of standing side by side.
        stacked: bool,
        /// The series; each has one value a category.
        series: Vec<BarSeries>,
        /// A colour for each category instead of one for each series (for a single series).
        category_colors: Option<Vec<u8>>,
        /// Reference lines across the bars.
        marks: Vec<Mark>,
    },
    /// Counts over adjoining ranges of a continuous x.
    Histogram {
        /// Horizontal axis.
        x: Axis,
        /// Vertical axis.
        y: Axis,
        /// The ranges' ends, ascending; one more than `counts`.
        edges: Vec<f64>,
        /// How many fall into each range.
        counts: Vec<f64>,
        /// Index into the palette.
        color: u8,
        /// Reference lines at values of x.
        marks: Vec<Mark>,
    },
    /// A value for each pair of two categories.
    HeatMap {
        /// What the columns are.
        x: Text,
        /// The columns' names, left to right.
        x_categories: Vec<Text>,
        /// What the rows are.
        y: Text,
        /// The rows' names, bottom to top.
        y_categories: Vec<Text>,
        /// What the colour means, and how it is written.
        value: Axis,
        /// `values[row][column]`; `null` where there is nothing.
        values: Vec<Vec<Option<f64>>>,
        /// How many things each cell stands for, where that is worth showing.
        counts: Option<Vec<Vec<u64>>>,
    },
    /// Areas in proportion to values that add up to a whole.
    Treemap {
        /// What the area means, and how it is written.
        value: Axis,
        /// The parts.
        items: Vec<TreemapItem>,
    },
    /// Areas on top of each other over a continuous x: parts of a whole as they change.
    Area {
        /// Horizontal axis.
        x: Axis,
        /// Vertical axis.
        y: Axis,
        /// Where the series have values, ascending.
        at: Vec<f64>,
        /// The areas, the first one at the bottom.
        series: Vec<BandSeries>,
    },
    /// How values are spread, category by category: the box plot of Tukey (1977).
    Box {
        /// What the categories are.
        category: Text,
        /// Their names, in order.
        categories: Vec<Text>,
        /// The axis of the values.
        value: Axis,
        /// One box a category.
        boxes: Vec<Spread>,
    },
    /// How much is left from step to step.
    Funnel {
        /// What is counted, and how it is written.
        value: Axis,
        /// In their order.
        steps: Vec<FunnelStep>,
    },
    /// How much flows from the parts of each stage to those of the next.
    Sankey {
        /// What flows, and how it is written.
        value: Axis,
        /// The stages' names, left to right.
        stages: Vec<Text>,
        /// The parts of all stages.
        nodes: Vec<FlowNode>,
        /// The flows between them.
        links: Vec<FlowLink>,
    },
    /// A value for each region, each a tile of one size near its place: small
    /// regions are seen as well as large ones, and no borders are drawn.
    TileMap {
        /// What the colour means, and how it is written.
        value: Axis,
        /// The regions.
        tiles: Vec<Tile>,
    },
    /// Points by longitude and latitude, over nothing but degrees.
    PointMap {
        /// What the size of a point means, where it means something.
        value: Option<Axis>,
        /// The groups of points.
        series: Vec<PlaceSeries>,
    },
}

/// An axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Axis {
    /// What is measured along it, unit included where it has one.
    pub label: Text,
    /// How its values are written. With style `date`, values are days since 1970-01-01.
    pub format: NumberFormat,
    /// Lower end; from the data where absent (bars always begin at zero).
    pub min: Option<f64>,
    /// Upper end; from the data where absent.
    pub max: Option<f64>,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LineSeries {
    /// Its name.
    pub name: Text,
    /// Index into the palette; absent for a reference in the colour of the text.
    pub color: Option<u8>,
    /// Whether it is dashed (expected, assumed) instead of solid (observed).
    pub dashed: bool,
    /// Whether the area down to zero is tinted.
    pub area: bool,
    /// `[x, y]`, ascending in x.
    pub points: Vec<[f64; 2]>,
    /// `[x, low, high]`: where the true line lies, where that is known.
    pub band: Option<Vec<[f64; 3]>>,
}

/// A group of points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PointSeries {
    /// Its name.
    pub name: Text,
    /// Index into the palette.
    pub color: u8,
    /// `[x, y]`.
    pub points: Vec<[f64; 2]>,
}

/// A series of bars.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BarSeries {
    /// Its name.
    pub name: Text,
    /// Index into the palette.
    pub color: u8,
    /// One value a category.
    pub values: Vec<Option<f64>>,
}

/// A reference line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// Which axis the value is on.
    pub axis: MarkAxis,
    /// Where.
    pub value: f64,
    /// What it says.
    pub label: Text,
}

/// The axis a reference line's value is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkAxis {
    /// A vertical line at a value of x.
    X,
    /// A horizontal line at a value of y.
    Y,
}

/// A part of a treemap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TreemapItem {
    /// Its name.
    pub name: Text,
    /// Index into the palette.
    pub color: u8,
    /// Its size, 0 or more.
    pub value: f64,
    /// A second line below the name, such as how many customers.
    pub detail: Option<Text>,
}

impl Axis {
    /// An axis whose ends come from the data.
    pub fn new(label: Text, format: NumberFormat) -> Self {
        Self { label, format, min: None, max: None }
    }

    /// The same axis with a fixed lower end.
    #[must_use]
    pub fn from(mut self, min: f64) -> Self {
        self.min = Some(min);
        self
    }

    /// The same axis with a fixed upper end.
    #[must_use]
    pub fn to(mut self, max: f64) -> Self {
        self.max = Some(max);
        self
    }
}
