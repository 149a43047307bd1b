//! Pieces of pages: what reports of components are put together from.

use tandem_core::Text;
use tandem_report::{
    Axis, BarSeries, Block, Cell, Chart, Column, LineSeries, NumberFormat, Plot, Severity, Span, Table, Warning,
};

/// Bars of one chart; more can't be told apart.
pub(crate) const MOST_BARS: usize = 30;

/// Words of the product.
pub(crate) fn t(en: impl Into<String>, zh: impl Into<String>) -> Text {
    Text::new(en, zh)
}

/// Words of the data.
pub(crate) fn raw(name: &str) -> Text {
    Text::new(name, name)
}

/// A chart over the whole width, which `alt` says in a sentence.
pub(crate) fn chart(id: &str, title: Text, alt: Text, plot: Plot) -> Block {
    Block::Chart(Chart { id: id.to_owned(), title, alt, span: Span::Full, note: None, plot })
}

/// A chart that stands beside another.
pub(crate) fn half(id: &str, title: Text, alt: Text, plot: Plot) -> Block {
    Block::Chart(Chart { id: id.to_owned(), title, alt, span: Span::Half, note: None, plot })
}

/// A measure without a unit.
pub(crate) fn axis(en: &str, zh: &str) -> Axis {
    Axis::new(t(en, zh), NumberFormat::default())
}

/// A share from 0 to 1.
pub(crate) fn share(en: &str, zh: &str) -> Axis {
    Axis::new(t(en, zh), NumberFormat::percent(0)).from(0.0).to(1.0)
}

/// A count.
pub(crate) fn count(en: &str, zh: &str) -> Axis {
    Axis::new(t(en, zh), NumberFormat::count())
}

/// Lines over `x`.
pub(crate) fn lines(x: Axis, y: Axis, series: Vec<LineSeries>) -> Plot {
    Plot::Line { x, y, series, marks: Vec::new() }
}

/// A line; points that are not finite are left out.
pub(crate) fn line(name: Text, color: u8, points: impl IntoIterator<Item = [f64; 2]>) -> LineSeries {
    let finite = |point: &[f64; 2]| point.iter().all(|v| v.is_finite());
    let points = points.into_iter().filter(finite).collect();
    LineSeries { name, color: Some(color), dashed: false, area: false, points, band: None }
}

/// A line that others are compared with.
pub(crate) fn reference(name: Text, points: impl IntoIterator<Item = [f64; 2]>) -> LineSeries {
    LineSeries { color: None, dashed: true, ..line(name, 0, points) }
}

/// Lying bars of one series, in their order.
pub(crate) fn bars(category: Text, value: Axis, items: &[(Text, f64)]) -> Plot {
    let items = &items[..items.len().min(MOST_BARS)];
    let values = items.iter().map(|(_, value)| Some(*value).filter(|v| v.is_finite())).collect();
    Plot::Bar {
        category,
        categories: items.iter().map(|(name, _)| name.clone()).collect(),
        series: vec![BarSeries { name: value.label.clone(), color: 0, values }],
        value,
        horizontal: true,
        stacked: false,
        category_colors: None,
        marks: Vec::new(),
    }
}

/// Figures below each other: what each is, and how much.
pub(crate) fn figures(id: &str, title: Text, rows: Vec<(Text, Option<f64>)>) -> Block {
    let columns = vec![
        Column::text("measure", t("Measure", "指标")),
        Column::number("value", t("Value", "数值"), NumberFormat::default()),
    ];
    let rows = rows.into_iter().map(|(name, value)| vec![Cell::from(name), Cell::from(value)]).collect();
    Block::Table(table(id, title, columns, rows))
}

/// A table, of which a page shows the first rows.
pub(crate) fn table(id: &str, title: Text, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Table {
    Table { id: id.to_owned(), title, columns, rows, total_rows: None, page_rows: Some(20), note: None }
}

/// Something to know before trusting what stands near it.
pub(crate) fn caution(code: &str, en: impl Into<String>, zh: impl Into<String>) -> Block {
    Block::Warning(Warning::new(code, Severity::Caution, t(en, zh)))
}

/// Values counted in bars of equal width: their ends, and how many fall into each.
pub(crate) fn spread(values: &[f64], bars: usize) -> (Vec<f64>, Vec<f64>) {
    let finite = || values.iter().copied().filter(|v| v.is_finite());
    let (low, high) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
    if low > high {
        return (vec![0.0, 1.0], vec![0.0]);
    }
    // Equal values have a bar with a width all the same.
    let width = if high > low { (high - low) / bars as f64 } else { 1.0 };
    let bars = if high > low { bars } else { 1 };
    let mut counts = vec![0.0; bars];
    for value in finite() {
        counts[(((value - low) / width) as usize).min(bars - 1)] += 1.0;
    }
    ((0..=bars).map(|bar| low + width * bar as f64).collect(), counts)
}
