//! The numbers of a chart as a table: what screen readers read, what is copied
//! out of a page, and the sheet of a workbook.

use tandem_core::{Lang, Text};

use crate::{
    Axis, Cell, Chart, Column, LineSeries, NumberFormat, PlaceSeries, Plot, PointSeries, Spread, Table, format,
};

/// The most rows of a chart's data.
const ROWS: usize = 100_000;

/// The data of a chart, a row a mark or a category.
pub fn table(chart: &Chart) -> Table {
    let (columns, mut rows) = parts(&chart.plot);
    let total = rows.len();
    rows.truncate(ROWS);
    Table {
        id: chart.id.clone(),
        title: chart.title.clone(),
        columns,
        total_rows: (rows.len() < total).then_some(total as u64),
        rows,
        page_rows: None,
        note: chart.note.clone(),
    }
}

type Parts = (Vec<Column>, Vec<Vec<Cell>>);

fn parts(plot: &Plot) -> Parts {
    match plot {
        Plot::Line { x, y, series, .. } => lines(x, y, series),
        Plot::Area { x, y, at, series } => {
            let mut columns = vec![measure("x", x)];
            columns.extend(series.iter().enumerate().map(|(i, s)| column(i, &s.name, &y.format)));
            let row = |(i, x): (usize, &f64)| {
                let values = series.iter().map(|s| Cell::from(s.values.get(i).copied()));
                std::iter::once(Cell::from(*x)).chain(values).collect()
            };
            (columns, at.iter().enumerate().map(row).collect())
        }
        Plot::Scatter { x, y, series, .. } => points(x, y, series),
        Plot::Bar { category, categories, value, series, .. } => {
            let mut columns = vec![Column::text("category", category.clone())];
            columns.extend(series.iter().enumerate().map(|(i, s)| column(i, &s.name, &value.format)));
            let row = |(i, name): (usize, &Text)| {
                let values = series.iter().map(|s| Cell::from(s.values.get(i).copied().flatten()));
                std::iter::once(Cell::from(name.clone())).chain(values).collect()
            };
            (columns, categories.iter().enumerate().map(row).collect())
        }
        Plot::Histogram { x, y, edges, counts, .. } => {
            let range = |lang: Lang, range: &[f64]| {
                let show = |value: Option<&f64>| format::optional(value.copied(), &x.format, lang);
                format!("{} – {}", show(range.first()), show(range.last()))
            };
            let words = |edges: &[f64]| Text::new(range(Lang::En, edges), range(Lang::Zh, edges));
            let row = |(edges, count): (&[f64], &f64)| vec![Cell::from(words(edges)), Cell::from(*count)];
            (
                vec![Column::text("range", x.label.clone()), measure("count", y)],
                edges.windows(2).zip(counts).map(row).collect(),
            )
        }
        Plot::HeatMap { x, x_categories, y, y_categories, value, values, .. } => {
            let head = Text::new(format!("{} / {}", y.en, x.en), format!("{} / {}", y.zh, x.zh));
            let mut columns = vec![Column::text("category", head)];
            columns.extend(x_categories.iter().enumerate().map(|(i, name)| column(i, name, &value.format)));
            let row = |(name, row): (&Text, &Vec<Option<f64>>)| {
                std::iter::once(Cell::from(name.clone())).chain(row.iter().map(|v| Cell::from(*v))).collect()
            };
            (columns, y_categories.iter().zip(values).map(row).collect())
        }
        Plot::Treemap { value, items } => {
            let row = |item: &crate::TreemapItem| vec![item.name.clone().into(), item.value.into()];
            (vec![Column::text("name", t("Part", "部分")), measure("value", value)], items.iter().map(row).collect())
        }
        Plot::Box { category, categories, value, boxes } => boxes_of(category, categories, value, boxes),
        Plot::Funnel { value, steps } => {
            let first = steps.first().map(|step| step.value).filter(|v| *v > 0.0);
            let row = |step: &crate::FunnelStep| {
                vec![step.name.clone().into(), step.value.into(), Cell::from(first.map(|first| step.value / first))]
            };
            let share = Column::number("share", t("Share of the first", "占首步比例"), NumberFormat::percent(1));
            (
                vec![Column::text("step", t("Step", "步骤")), measure("value", value), share],
                steps.iter().map(row).collect(),
            )
        }
        Plot::Sankey { value, nodes, links, .. } => {
            let name = |at: u32| {
                let node = usize::try_from(at).ok().and_then(|at| nodes.get(at));
                node.map_or(Cell::Null, |node| node.name.clone().into())
            };
            let row = |link: &crate::FlowLink| vec![name(link.from), name(link.to), link.value.into()];
            let columns = vec![
                Column::text("from", t("From", "起点")),
                Column::text("to", t("To", "终点")),
                measure("value", value),
            ];
            (columns, links.iter().map(row).collect())
        }
        Plot::TileMap { value, tiles } => {
            let row = |tile: &crate::Tile| vec![tile.name.clone().into(), tile.value.into()];
            (
                vec![Column::text("region", t("Region", "地区")), measure("value", value)],
                tiles.iter().map(row).collect(),
            )
        }
        Plot::PointMap { value, series } => places(value.as_ref(), series),
    }
}

fn lines(x: &Axis, y: &Axis, series: &[LineSeries]) -> Parts {
    // One row for each x that occurs, in order.
    let mut at: Vec<f64> = series.iter().flat_map(|s| s.points.iter().map(|p| p[0])).collect();
    at.sort_by(f64::total_cmp);
    at.dedup();
    let mut columns = vec![measure("x", x)];
    let mut rows: Vec<Vec<Cell>> = at.iter().map(|x| vec![Cell::from(*x)]).collect();
    for (i, one) in series.iter().enumerate() {
        columns.push(column(i, &one.name, &y.format));
        rows.iter_mut().for_each(|row| row.push(Cell::Null));
        for point in &one.points {
            let row = at.binary_search_by(|x| x.total_cmp(&point[0])).ok().and_then(|row| rows.get_mut(row));
            if let Some(cell) = row.and_then(|row| row.last_mut()) {
                *cell = point[1].into();
            }
        }
    }
    (columns, rows)
}

fn points(x: &Axis, y: &Axis, series: &[PointSeries]) -> Parts {
    let columns = vec![Column::text("series", t("Group", "组")), measure("x", x), measure("y", y)];
    let of = |s: &PointSeries| {
        let row = |p: &[f64; 2]| vec![Cell::from(s.name.clone()), p[0].into(), p[1].into()];
        s.points.iter().map(row).collect::<Vec<_>>()
    };
    (columns, series.iter().flat_map(of).collect())
}

fn places(value: Option<&Axis>, series: &[PlaceSeries]) -> Parts {
    let degrees = || NumberFormat::decimal(4);
    let mut columns = vec![
        Column::text("series", t("Group", "组")),
        Column::number("longitude", t("Longitude", "经度"), degrees()),
        Column::number("latitude", t("Latitude", "纬度"), degrees()),
    ];
    columns.extend(value.map(|axis| measure("value", axis)));
    let of = |s: &PlaceSeries| {
        let row = |(i, p): (usize, &[f64; 2])| {
            let size = value.map(|_| Cell::from(s.sizes.as_ref().and_then(|sizes| sizes.get(i)).copied()));
            [s.name.clone().into(), p[0].into(), p[1].into()].into_iter().chain(size).collect()
        };
        s.points.iter().enumerate().map(row).collect::<Vec<_>>()
    };
    (columns, series.iter().flat_map(of).collect())
}

fn boxes_of(category: &Text, categories: &[Text], value: &Axis, boxes: &[Spread]) -> Parts {
    let number = |key: &str, en: &str, zh: &str| Column::number(key, t(en, zh), value.format.clone());
    let columns = vec![
        Column::text("category", category.clone()),
        Column::number("rows", t("Values", "数值个数"), NumberFormat::count()),
        number("low", "Lower whisker", "下须"),
        number("q1", "Lower quartile", "下四分位数"),
        number("median", "Median", "中位数"),
        number("q3", "Upper quartile", "上四分位数"),
        number("high", "Upper whisker", "上须"),
    ];
    let row = |(name, of): (&Text, &Spread)| {
        vec![
            name.clone().into(),
            of.rows.into(),
            of.low.into(),
            of.q1.into(),
            of.median.into(),
            of.q3.into(),
            of.high.into(),
        ]
    };
    (columns, categories.iter().zip(boxes).map(row).collect())
}

fn t(en: &str, zh: &str) -> Text {
    Text::new(en, zh)
}

fn measure(key: &str, axis: &Axis) -> Column {
    Column::number(key, axis.label.clone(), axis.format.clone())
}

fn column(at: usize, name: &Text, format: &NumberFormat) -> Column {
    Column::number(&format!("c{at}"), name.clone(), format.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Block, fixture};

    #[test]
    fn every_chart_has_its_numbers_in_a_table_that_is_even() {
        let report = fixture::report();
        let charts = report.sections.iter().flat_map(|s| &s.blocks).filter_map(|b| match b {
            Block::Chart(chart) => Some(chart),
            _ => None,
        });
        for chart in charts {
            let table = table(chart);
            assert!(!table.rows.is_empty(), "{}", chart.id);
            assert!(table.rows.iter().all(|row| row.len() == table.columns.len()), "{}", chart.id);
        }
    }

    #[test]
    fn lines_that_have_values_at_different_places_share_rows() {
        let line = |points: &[[f64; 2]]| LineSeries {
            name: t("a", "甲"),
            color: Some(0),
            dashed: false,
            area: false,
            points: points.to_vec(),
            band: None,
        };
        let axis = || Axis::new(t("x", "x"), NumberFormat::default());
        let (_, rows) = lines(&axis(), &axis(), &[line(&[[1.0, 5.0], [3.0, 6.0]]), line(&[[2.0, 7.0], [3.0, 8.0]])]);
        let number = Cell::Number;
        assert_eq!(
            rows,
            vec![
                vec![number(1.0), number(5.0), Cell::Null],
                vec![number(2.0), Cell::Null, number(7.0)],
                vec![number(3.0), number(6.0), number(8.0)],
            ]
        );
    }
}
