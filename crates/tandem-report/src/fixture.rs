//! A report with one of everything, and hostile words, for the tests of this crate.

use chrono::{TimeZone, Utc};
use tandem_core::Text;

use crate::*;

/// What a customer id may well be.
pub(crate) const HOSTILE: &str = "=HYPERLINK(\"http://x\")<script>alert('1')</script>&\u{202E}\u{0}";

fn t(en: &str, zh: &str) -> Text {
    Text::new(en, zh)
}

fn chart(id: &str, plot: Plot) -> Block {
    let span = Span::Half;
    Block::Chart(Chart {
        id: id.into(),
        title: t("A chart", "图"),
        alt: t("It shows.", "说明"),
        span,
        note: None,
        plot,
    })
}

/// One of everything.
pub(crate) fn report() -> Report {
    let money = || Axis::new(t("Value", "价值"), NumberFormat::money(Some("EUR")));
    let count = || Axis::new(t("Customers", "客户数"), NumberFormat::count());
    let cats = || vec![t("low", "低"), t(HOSTILE, HOSTILE), t("high", "高")];
    let mark = |axis, value| Mark { axis, value, label: t("here", "此处") };
    let series = |name: &str, color, values: &[f64]| BarSeries {
        name: t(name, name),
        color,
        values: values.iter().map(|v| Some(*v)).collect(),
    };
    let bar = |horizontal, stacked| Plot::Bar {
        category: t("Group", "组"),
        categories: cats(),
        value: count(),
        horizontal,
        stacked,
        series: vec![series("actual", 0, &[3.0, 5.0, -1.0]), series("expected", 9, &[2.5, f64::NAN, 8.0])],
        category_colors: None,
        marks: vec![mark(MarkAxis::Y, 4.0)],
    };
    let line = Plot::Line {
        x: Axis::new(t("Day", "日期"), NumberFormat::date()),
        y: count(),
        series: vec![LineSeries {
            name: t(HOSTILE, HOSTILE),
            color: Some(1),
            dashed: true,
            area: true,
            points: vec![[9862.0, 0.0], [9900.0, 40.0], [10134.0, 100.0]],
            band: Some(vec![[9862.0, 0.0, 1.0], [10134.0, 90.0, 110.0]]),
        }],
        marks: vec![mark(MarkAxis::X, 10_000.0)],
    };
    let scatter = Plot::Scatter {
        x: money(),
        y: count(),
        series: vec![PointSeries { name: t("all", "全部"), color: 2, points: vec![[1.0, 2.0], [f64::NAN, 3.0]] }],
        marks: vec![],
    };
    let histogram = Plot::Histogram {
        x: Axis::new(t("P", "概率"), NumberFormat::percent(0)),
        y: count(),
        edges: vec![0.0, 0.5, 1.0],
        counts: vec![12.0, 30.0],
        color: 0,
        marks: vec![mark(MarkAxis::X, 0.98)],
    };
    let heat = Plot::HeatMap {
        x: t("Recency", "近度"),
        x_categories: cats(),
        y: t("Frequency", "频次"),
        y_categories: vec![t("0", "0"), t("1", "1")],
        value: Axis::new(t("P", "概率"), NumberFormat::percent(0)),
        values: vec![vec![Some(0.1), None, Some(0.9)], vec![Some(0.2), Some(0.3), Some(1.0)]],
        counts: Some(vec![vec![1, 0, 3], vec![4, 5, 6]]),
    };
    let item = |n: &str, color, value| TreemapItem { name: t(n, n), color, value, detail: Some(t("3 c", "3 个")) };
    let treemap =
        Plot::Treemap { value: money(), items: vec![item("A", 0, 60.0), item(HOSTILE, 1, 30.0), item("C", 2, 0.0)] };
    let area = Plot::Area {
        x: Axis::new(t("Day", "日期"), NumberFormat::date()),
        y: count(),
        at: vec![9862.0, 9900.0, 10_134.0],
        series: vec![
            BandSeries { name: t(HOSTILE, HOSTILE), color: 0, values: vec![1.0, 4.0, 2.0] },
            BandSeries { name: t("b", "乙"), color: 1, values: vec![3.0, 0.0, 5.0] },
        ],
    };
    let spread = |low: f64| Spread {
        rows: 12,
        low,
        q1: low + 1.0,
        median: low + 2.0,
        q3: low + 4.0,
        high: low + 6.0,
        outliers: vec![low + 30.0],
    };
    let boxes = Plot::Box {
        category: t("Group", "组"),
        categories: cats(),
        value: money(),
        boxes: vec![spread(0.0), spread(-3.0), spread(2.0)],
    };
    let step = |name: &str, value| FunnelStep { name: t(name, name), value };
    let funnel =
        Plot::Funnel { value: count(), steps: vec![step("visit", 400.0), step(HOSTILE, 100.0), step("order", 0.0)] };
    let part = |name: &str, stage, color| FlowNode { name: t(name, name), stage, color };
    let sankey = Plot::Sankey {
        value: count(),
        stages: vec![t("First", "首次"), t(HOSTILE, HOSTILE)],
        nodes: vec![part("search", 0, 0), part("mail", 0, 1), part(HOSTILE, 1, 2), part("left", 1, 3)],
        links: vec![
            FlowLink { from: 0, to: 2, value: 30.0 },
            FlowLink { from: 0, to: 3, value: 10.0 },
            FlowLink { from: 1, to: 3, value: 5.0 },
            FlowLink { from: 1, to: 99, value: 5.0 },
        ],
    };
    let tile = |name: &str, column, row, value| Tile { name: t(name, name), short: t("A", "甲"), column, row, value };
    let tiles = Plot::TileMap {
        value: money(),
        tiles: vec![tile(HOSTILE, 0, 0, Some(3.0)), tile("b", 1, 0, None), tile("c", 1, 3, Some(9.0))],
    };
    let places = Plot::PointMap {
        value: Some(count()),
        series: vec![PlaceSeries {
            name: t(HOSTILE, HOSTILE),
            color: 0,
            points: vec![[121.47, 31.23], [116.41, 39.9]],
            sizes: Some(vec![10.0, 40.0]),
        }],
    };
    let table = Table {
        id: "customers".into(),
        title: t("Customers", "客户"),
        columns: vec![
            Column::text("id", t("Customer", "客户")),
            Column::number("value", t("Value", "价值"), NumberFormat::money(None).with_decimals(2)).with_bar(),
            Column::number("last", t("Last", "最近"), NumberFormat::date()),
            Column {
                key: "segment".into(),
                label: t("Segment", "客群"),
                kind: ColumnKind::Category {
                    colors: vec![CategoryColor { name: t("Best", "重要价值客户"), color: 3 }],
                },
                help: None,
            },
        ],
        rows: vec![
            vec![HOSTILE.into(), 12.5.into(), 10_134i64.into(), t("Best", "重要价值客户").into()],
            vec!["+1".into(), Cell::Null, Cell::Null, Cell::Null],
        ],
        total_rows: Some(2357),
        page_rows: Some(1),
        note: None,
    };
    let action = Action {
        target: t("Best", "重要价值客户"),
        color: Some(0),
        aim: t("Keep them.", "留住他们。"),
        facts: vec![Fact { label: t("Customers", "客户数"), value: Number::new(12.0, NumberFormat::count()) }],
        steps: vec![t("Call.", "打电话。")],
        measure: t("They stay.", "留存。"),
    };
    Report {
        schema_version: SCHEMA_VERSION,
        scenario: "customer-value".into(),
        title: t("Customer value", "客户价值"),
        subtitle: t(HOSTILE, HOSTILE),
        created_at: Utc.with_ymd_and_hms(2024, 3, 5, 8, 26, 0).single().unwrap(),
        answer: t("They are worth 5.", "共值 5。"),
        headline: vec![Headline {
            id: "value".into(),
            label: t("Value", "价值"),
            value: Number::new(1234.5, NumberFormat::money(Some("EUR"))).between(1000.0, 1500.0, 0.95),
            help: t("What they will spend.", "未来消费。"),
        }],
        warnings: vec![Warning::new("few", Severity::Caution, t("Few rows.", "行数少。"))],
        sections: vec![
            Section::new("charts", t("Charts", "图表"))
                .block(chart("line", line))
                .block(chart("scatter", scatter))
                .block(chart("standing", bar(false, false)))
                .block(chart("stacked", bar(false, true)))
                .block(chart("lying", bar(true, false)))
                .block(chart("histogram", histogram))
                .block(chart("heat", heat))
                .block(chart("treemap", treemap))
                .block(chart("area", area))
                .block(chart("box", boxes))
                .block(chart("funnel", funnel))
                .block(chart("sankey", sankey))
                .block(chart("tiles", tiles))
                .block(chart("places", places)),
            Section::new("tables", t("Tables", "表格"))
                .block(Block::Heading { text: t("A part", "一部分") })
                .block(Block::Headline {
                    items: vec![Headline {
                        id: "orders".into(),
                        label: t(HOSTILE, HOSTILE),
                        value: Number::new(42.0, NumberFormat::count()),
                        help: t("How many.", "多少。"),
                    }],
                })
                .paragraph(t("Look.", "请看。"))
                .block(Block::Table(table)),
            Section::new("do", t("What to do", "怎么做"))
                .block(Block::Actions { items: vec![action] })
                .block(Block::List { ordered: false, items: vec![t("One.", "一。")] })
                .block(Block::References {
                    items: vec![Reference { citation: "Fader et al. (2005)".into(), locator: None }],
                }),
        ],
        provenance: Provenance {
            run: None,
            inputs: vec![InputSource {
                input: "transactions".into(),
                name: HOSTILE.into(),
                version: Some(3),
                digest: Some("blake3:00".into()),
                rows: Some(6919),
                map: vec![RoleColumn { role: "customer".into(), column: HOSTILE.into() }],
            }],
            params: vec![Param {
                key: "horizon".into(),
                label: t("Horizon", "预测期"),
                value: 39i64.into(),
                unit: None,
            }],
            engine: "tandem 0.1.0".into(),
            seed: 7,
            digest: None,
        },
    }
}
