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
                .block(chart("treemap", treemap)),
            Section::new("tables", t("Tables", "表格")).paragraph(t("Look.", "请看。")).block(Block::Table(table)),
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
                rows: 6919,
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
