//! Whatever a report holds, there is a document, and always the same one.

use proptest::prelude::*;
use tandem_core::{Lang, Text};

use super::{super::render, fonts};
use crate::{
    Action, Axis, BarSeries, Block, Cell, Chart, Column, Fact, Headline, LineSeries, Number, NumberFormat, Plot,
    Reference, Report, Section, Severity, Span, Table, TreemapItem, Warning, fixture,
};

/// Words of every kind: of several scripts, right to left, with control characters, very long ones, none.
fn words() -> BoxedStrategy<Text> {
    let some = prop_oneof![
        any::<String>(),
        "[a-z]{0,400}",
        "[a-zA-Z ，。（）“”0-9一-龥]{0,80}",
        "[\\u{590}-\\u{6ff} ]{0,40}",
        "[\\u{0}-\\u{1f}\\u{200b}-\\u{202e}\\u{1f300}-\\u{1f9ff}]{0,20}",
        Just(String::new()),
        Just(fixture::HOSTILE.to_owned()),
    ];
    some.prop_map(|words| Text::new(words.clone(), words)).boxed()
}

fn number() -> BoxedStrategy<f64> {
    prop_oneof![any::<f64>(), -1e6..1e6, Just(0.0), Just(f64::NAN), Just(f64::MAX), Just(f64::NEG_INFINITY)].boxed()
}

fn format() -> BoxedStrategy<NumberFormat> {
    let some = [
        NumberFormat::count(),
        NumberFormat::default(),
        NumberFormat::percent(3),
        NumberFormat::money(Some("CNY")).compact(),
        NumberFormat::date(),
        NumberFormat::decimal(9).signed(),
    ];
    prop::sample::select(some.to_vec()).boxed()
}

fn axis() -> BoxedStrategy<Axis> {
    let end = || prop::option::of(number());
    (words(), format(), end(), end()).prop_map(|(label, format, min, max)| Axis { label, format, min, max }).boxed()
}

fn plot() -> BoxedStrategy<Plot> {
    let point = || prop::collection::vec((number(), number()).prop_map(|(x, y)| [x, y]), 0..30);
    let line = (words(), prop::option::of(any::<u8>()), any::<bool>(), any::<bool>(), point())
        .prop_map(|(name, color, dashed, area, points)| LineSeries { name, color, dashed, area, points, band: None });
    let lines = (axis(), axis(), prop::collection::vec(line, 0..4)).prop_map(|(x, y, series)| Plot::Line {
        x,
        y,
        series,
        marks: Vec::new(),
    });
    let bar = (words(), any::<u8>(), prop::collection::vec(prop::option::of(number()), 0..8))
        .prop_map(|(name, color, values)| BarSeries { name, color, values });
    let bars = (
        (words(), axis(), any::<bool>(), any::<bool>()),
        prop::collection::vec(words(), 0..60),
        prop::collection::vec(bar, 0..4),
    )
        .prop_map(|((category, value, horizontal, stacked), categories, series)| Plot::Bar {
            category,
            categories,
            value,
            horizontal,
            stacked,
            series,
            category_colors: None,
            marks: Vec::new(),
        });
    let item = (words(), any::<u8>(), number()).prop_map(|(name, color, value)| TreemapItem {
        name,
        color,
        value,
        detail: None,
    });
    let treemap =
        (axis(), prop::collection::vec(item, 0..12)).prop_map(|(value, items)| Plot::Treemap { value, items });
    prop_oneof![lines, bars, treemap].boxed()
}

fn table() -> BoxedStrategy<Table> {
    let cell = prop_oneof![
        Just(Cell::Null),
        any::<i64>().prop_map(Cell::Int),
        number().prop_map(Cell::Number),
        words().prop_map(|text| Cell::Raw(text.en)),
        words().prop_map(Cell::Text),
    ];
    let column = prop_oneof![
        words().prop_map(|label| Column::text("a", label)),
        (words(), format()).prop_map(|(label, format)| Column::number("b", label, format).with_bar()),
    ];
    // Rows may have more or fewer cells than there are columns.
    let rows = prop::collection::vec(prop::collection::vec(cell, 0..14), 0..12);
    (words(), prop::collection::vec(column, 0..80), rows, prop::option::of(any::<u64>()), prop::option::of(0u32..9))
        .prop_map(|(title, columns, rows, total_rows, page_rows)| Table {
            id: "t".into(),
            title: title.clone(),
            columns,
            rows,
            total_rows,
            page_rows,
            note: Some(title),
        })
        .boxed()
}

fn headline() -> BoxedStrategy<Headline> {
    (words(), number(), format(), number(), words())
        .prop_map(|(label, value, format, end, help)| Headline {
            id: "h".into(),
            label,
            value: Number::new(value, format).between(value, end, 0.95),
            help,
        })
        .boxed()
}

fn block() -> BoxedStrategy<Block> {
    let chart = (words(), any::<bool>(), plot()).prop_map(|(title, half, plot)| {
        let span = if half { Span::Half } else { Span::Full };
        Block::Chart(Chart { id: "c".into(), title: title.clone(), alt: title.clone(), span, note: Some(title), plot })
    });
    let action = (words(), number(), prop::collection::vec(words(), 0..4)).prop_map(|(target, value, steps)| Action {
        target: target.clone(),
        color: Some(200),
        aim: target.clone(),
        facts: vec![Fact { label: target.clone(), value: Number::new(value, NumberFormat::default()) }],
        steps,
        measure: target,
    });
    prop_oneof![
        1 => words().prop_map(|text| Block::Heading { text }),
        1 => words().prop_map(|text| Block::Paragraph { text }),
        1 => (any::<bool>(), prop::collection::vec(words(), 0..5))
            .prop_map(|(ordered, items)| Block::List { ordered, items }),
        1 => prop::collection::vec(headline(), 0..9).prop_map(|items| Block::Headline { items }),
        4 => chart,
        4 => table().prop_map(Block::Table),
        1 => prop::collection::vec(action, 0..3).prop_map(|items| Block::Actions { items }),
        1 => words().prop_map(|text| Block::Warning(Warning::new("w", Severity::Serious, text))),
        1 => words().prop_map(|text| Block::References {
            items: vec![Reference { citation: text.en.clone(), locator: Some(format!("doi:{}", text.en)) }],
        }),
    ]
    .boxed()
}

fn report() -> BoxedStrategy<Report> {
    let section = (words(), prop::collection::vec(block(), 0..6)).prop_map(|(title, blocks)| {
        let mut section = Section::new("s", title);
        section.blocks = blocks;
        section
    });
    (words(), words(), prop::collection::vec(headline(), 0..8), prop::collection::vec(section, 0..4))
        .prop_map(|(title, answer, headline, sections)| Report {
            title: title.clone(),
            subtitle: title,
            answer,
            headline,
            sections,
            ..fixture::report()
        })
        .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_report_has_a_document(report in report(), zh in any::<bool>()) {
        let lang = if zh { Lang::Zh } else { Lang::En };
        let pdf = render(&report, lang, fonts()).unwrap();
        prop_assert!(pdf.ends_with(b"%%EOF"));
        prop_assert_eq!(&pdf, &render(&report, lang, fonts()).unwrap());
    }
}
