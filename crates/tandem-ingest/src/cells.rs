//! Rows as places in a text: what delimited text, JSON and workbooks have in
//! common before they become columns.

pub(crate) mod build;
pub(crate) mod date;
pub(crate) mod number;

/// Set in `end`: the field was quoted, so that when empty it is a text of
/// length zero and not a missing value.
const QUOTED: u32 = 1 << 31;
/// Set in `end`: quotes inside are doubled.
const ESCAPED: u32 = 1 << 30;
/// Largest text that cells can point into, in bytes.
pub(crate) const TEXT_LIMIT: usize = ESCAPED as usize - 1;

/// The place of one field in a text of fewer than 2³⁰ bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell {
    start: u32,
    end: u32,
}

impl Cell {
    /// A missing value.
    pub(crate) const MISSING: Self = Self { start: 0, end: 0 };

    /// A field that was not quoted: missing where it is empty.
    #[inline]
    pub(crate) const fn plain(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    /// A field that was quoted, without its quotes.
    #[inline]
    pub(crate) const fn quoted(start: usize, end: usize, escaped: bool) -> Self {
        Self { start: start as u32, end: end as u32 | QUOTED | if escaped { ESCAPED } else { 0 } }
    }

    /// Where the field is.
    #[inline]
    pub(crate) const fn range(self) -> std::ops::Range<usize> {
        self.start as usize..(self.end & (ESCAPED - 1)) as usize
    }

    /// Whether quotes inside are doubled.
    #[inline]
    pub(crate) const fn is_escaped(self) -> bool {
        self.end & ESCAPED != 0
    }

    /// Whether the field holds nothing and was not quoted.
    #[inline]
    pub(crate) const fn is_missing(self) -> bool {
        self.start == self.end
    }
}

/// A table of cells over one text.
#[derive(Debug)]
pub(crate) struct CellTable<'a> {
    /// What the cells point into.
    pub(crate) text: &'a str,
    /// Row after row, `width` cells each.
    pub(crate) cells: &'a [Cell],
    /// Columns, at least 1.
    pub(crate) width: usize,
    /// What is doubled in escaped cells.
    pub(crate) quote: char,
}

impl<'a> CellTable<'a> {
    /// Rows.
    pub(crate) fn rows(&self) -> usize {
        self.cells.len() / self.width
    }

    /// The cells of one column, from the first row on.
    pub(crate) fn column(&self, index: usize) -> impl ExactSizeIterator<Item = Cell> + use<'_, 'a> {
        let skip = index.min(self.cells.len());
        self.cells[skip..].iter().step_by(self.width).copied()
    }

    /// The text of a cell as it stands, doubled quotes included.
    #[inline]
    pub(crate) fn raw(&self, cell: Cell) -> &'a str {
        self.text.get(cell.range()).unwrap_or_default()
    }

    /// The text of a cell.
    pub(crate) fn value(&self, cell: Cell) -> std::borrow::Cow<'a, str> {
        let raw = self.raw(cell);
        if cell.is_escaped() { unescape(raw, self.quote).into() } else { raw.into() }
    }
}

/// Undoes the doubling of quotes.
pub(crate) fn unescape(raw: &str, quote: char) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find(quote) {
        let next = at + quote.len_utf8();
        out.push_str(&rest[..next]);
        rest = rest[next..].strip_prefix(quote).unwrap_or(&rest[next..]);
    }
    out.push_str(rest);
    out
}
