//! The pieces of charts beyond lines and bars.

use serde::{Deserialize, Serialize};
use tandem_core::Text;

/// One of the areas on top of each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BandSeries {
    /// Its name.
    pub name: Text,
    /// Index into the palette.
    pub color: u8,
    /// Its thickness at each x, 0 or more.
    pub values: Vec<f64>,
}

/// A box with its whiskers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// How many values there are.
    pub rows: u64,
    /// The least value within 1.5 times the box's height below it.
    pub low: f64,
    /// A quarter of the values is below.
    pub q1: f64,
    /// Half of the values is below.
    pub median: f64,
    /// Three quarters of the values are below.
    pub q3: f64,
    /// The greatest value within 1.5 times the box's height above it.
    pub high: f64,
    /// Different values beyond the whiskers; maybe not all of them.
    pub outliers: Vec<f64>,
}

/// A step of a funnel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunnelStep {
    /// Its name.
    pub name: Text,
    /// How much is left there, 0 or more.
    pub value: f64,
}

/// A part of a stage that flows go through.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlowNode {
    /// Its name.
    pub name: Text,
    /// Which stage it belongs to, from 0.
    pub stage: u32,
    /// Index into the palette.
    pub color: u8,
}

/// A flow from a part of a stage to one of the next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlowLink {
    /// Index into the nodes.
    pub from: u32,
    /// Index into the nodes; its stage is the next one.
    pub to: u32,
    /// How much, above 0.
    pub value: f64,
}

/// A region as a tile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tile {
    /// Its name.
    pub name: Text,
    /// Its name in so few letters that it fits into the tile.
    pub short: Text,
    /// Its place from the left, from 0.
    pub column: u8,
    /// Its place from the top, from 0.
    pub row: u8,
    /// Its value; `null` where there is none.
    pub value: Option<f64>,
}

/// A group of points on a map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaceSeries {
    /// Its name.
    pub name: Text,
    /// Index into the palette.
    pub color: u8,
    /// `[longitude, latitude]` in degrees.
    pub points: Vec<[f64; 2]>,
    /// How large each is, where that means something: areas are in proportion, 0 or more.
    pub sizes: Option<Vec<f64>>,
}
