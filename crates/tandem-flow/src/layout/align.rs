//! Chosen nodes in line, or evenly apart.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::graph::{Edit, NodeId, Position, Workflow};

/// The line that nodes are put on. All nodes are of one size, so their corners stand for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// Under the leftmost.
    Left,
    /// Under one another, in the middle of where they were.
    Center,
    /// Under the rightmost.
    Right,
    /// Beside the highest.
    Top,
    /// Beside one another, in the middle of where they were.
    Middle,
    /// Beside the lowest.
    Bottom,
}

/// A direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    /// From left to right.
    Horizontal,
    /// From top to bottom.
    Vertical,
}

/// Puts the chosen nodes on a line.
pub fn align(workflow: &Workflow, chosen: &BTreeSet<NodeId>, align: Align) -> Vec<Edit> {
    let places: Vec<(&NodeId, Position)> = places(workflow, chosen);
    let axis = match align {
        Align::Left | Align::Center | Align::Right => Axis::Horizontal,
        Align::Top | Align::Middle | Align::Bottom => Axis::Vertical,
    };
    let along = |position: &Position| if axis == Axis::Horizontal { position.x } else { position.y };
    let least = places.iter().map(|(_, position)| along(position)).min().unwrap_or_default();
    let most = places.iter().map(|(_, position)| along(position)).max().unwrap_or_default();
    let line = match align {
        Align::Left | Align::Top => least,
        Align::Right | Align::Bottom => most,
        Align::Center | Align::Middle => i32::midpoint(least, most),
    };
    let moved = places.into_iter().filter(|(_, position)| along(position) != line);
    moved.map(|(id, position)| Edit::MoveNode { id: id.clone(), position: put(position, axis, line) }).collect()
}

/// Puts the chosen nodes at equal distances between the first and the last.
pub fn distribute(workflow: &Workflow, chosen: &BTreeSet<NodeId>, axis: Axis) -> Vec<Edit> {
    let along = |position: &Position| if axis == Axis::Horizontal { position.x } else { position.y };
    let mut places = places(workflow, chosen);
    places.sort_by_key(|(id, position)| (along(position), *id));
    let (Some((_, first)), Some((_, last))) = (places.first(), places.last()) else { return Vec::new() };
    let (from, way) = (i64::from(along(first)), i64::from(along(last)) - i64::from(along(first)));
    let steps = i64::try_from(places.len()).unwrap_or(1).max(2) - 1;
    let line = |at: usize| i32::try_from(from + way * i64::try_from(at).unwrap_or(0) / steps).unwrap_or_default();
    let moved = places.iter().enumerate().filter(|(at, (_, position))| along(position) != line(*at));
    moved
        .map(|(at, (id, position))| Edit::MoveNode { id: (*id).clone(), position: put(*position, axis, line(at)) })
        .collect()
}

fn places<'w>(workflow: &'w Workflow, chosen: &BTreeSet<NodeId>) -> Vec<(&'w NodeId, Position)> {
    let chosen = workflow.nodes.iter().filter(|(id, _)| chosen.contains(*id));
    chosen.map(|(id, node)| (id, node.position)).collect()
}

fn put(position: Position, axis: Axis, line: i32) -> Position {
    match axis {
        Axis::Horizontal => Position { x: line, ..position },
        Axis::Vertical => Position { y: line, ..position },
    }
}
