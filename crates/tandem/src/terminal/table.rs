//! Tables as aligned text. Chinese characters take two places.

use unicode_width::UnicodeWidthStr;

/// Where a column's cells stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// Rows of words to be printed below each other.
#[derive(Debug)]
pub(crate) struct Table {
    align: Vec<Align>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with a heading for each column.
    pub(crate) fn new<'a>(columns: impl IntoIterator<Item = (&'a str, Align)>) -> Self {
        let (head, align) = columns.into_iter().map(|(name, align)| (clean(name), align)).unzip();
        Self { align, rows: vec![head] }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().map(|c| clean(&c)).collect());
    }

    /// The text, each line ended; below the heading a rule.
    pub(crate) fn render(&self) -> String {
        let widths: Vec<usize> = (0..self.align.len())
            .map(|i| self.rows.iter().filter_map(|r| r.get(i)).map(|c| width(c)).max().unwrap_or(0))
            .collect();
        let mut out = String::new();
        for (number, row) in self.rows.iter().enumerate() {
            let mut line = String::new();
            for ((cell, room), align) in row.iter().zip(&widths).zip(&self.align) {
                let gap = " ".repeat(room.saturating_sub(width(cell)));
                match align {
                    Align::Left => line.extend([cell.as_str(), gap.as_str(), "  "]),
                    Align::Right => line.extend([gap.as_str(), cell.as_str(), "  "]),
                }
            }
            out.push_str(line.trim_end());
            out.push('\n');
            if number == 0 {
                let rules: Vec<String> = widths.iter().map(|w| "─".repeat(*w)).collect();
                out.push_str(&rules.join("  "));
                out.push('\n');
            }
        }
        out
    }
}

/// Control characters from data must not reach the terminal.
fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || ('\u{202A}'..='\u{202E}').contains(&c) { '\u{FFFD}' } else { c })
        .collect()
}

/// Places on the terminal.
fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}
