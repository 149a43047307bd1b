//! What charts count, and what they say of what they leave out.

use serde_json::{Value, json};
use tandem_components::Output;
use tandem_core::{ErrorCode, Text};
use tandem_flow::ColumnKind::{Date, Integer, Number, Text as Words};
use tandem_report::{Block, Cell, Chart, Plot};

use crate::support::{Bench, Given, Inputs, one, table};

fn page(name: &str, params: &Value, inputs: &Inputs) -> Vec<Block> {
    let (mut outputs, _) = Bench::new().perform(name, params, &Given::of(inputs), 42).unwrap();
    let Some(Output::Report(page)) = outputs.remove("report") else { panic!("{name} gives no page") };
    page.blocks
}

fn chart(name: &str, params: &Value, inputs: &Inputs) -> Chart {
    let blocks = page(name, params, inputs);
    let found = blocks.into_iter().find_map(|block| match block {
        Block::Chart(chart) => Some(chart),
        _ => None,
    });
    found.unwrap()
}

fn names(texts: &[Text]) -> Vec<&str> {
    texts.iter().map(|text| text.en.as_str()).collect()
}

fn sales() -> Inputs {
    one(table(
        &[("day", Date), ("city", Words), ("amount", Number)],
        vec![
            vec![json!("2024-01-03"), json!("a"), json!(10.0)],
            vec![json!("2024-01-20"), json!("b"), json!(20.0)],
            vec![json!("2024-02-03"), json!("a"), json!(30.0)],
            vec![json!("2024-02-11"), json!("c"), json!(4.0)],
            vec![json!("2024-03-01"), json!(null), json!(8.0)],
            vec![json!(null), json!("a"), json!(100.0)],
        ],
    ))
}

#[tokio::test]
async fn other_is_counted_over_its_rows_and_said() {
    let params = json!({"category": "city", "function": "mean", "column": "amount", "most": 2});
    let drawn = chart("bar-chart", &params, &sales());
    let Plot::Bar { categories, series, .. } = &drawn.plot else { panic!("{:?}", drawn.plot) };
    assert_eq!(names(categories), ["a", "b", "Other"]);
    // The mean of the rows of the others (4 and 8), not the mean of their means weighed by nothing.
    assert_eq!(series[0].values, [Some(140.0 / 3.0), Some(20.0), Some(6.0)]);
    assert_eq!(drawn.note.unwrap().en, "“Other” is 2 more values of “city” beyond the 2 greatest.");
    let params = json!({"category": "city", "function": "rows", "most": 1, "other": false});
    let drawn = chart("bar-chart", &params, &sales());
    assert_eq!(drawn.note.unwrap().en, "Of “city” 3 more values beyond the 1 greatest stay out.");
    // One that would be all others stands for itself.
    let params = json!({"category": "city", "function": "mean", "column": "amount", "most": 3});
    let drawn = chart("bar-chart", &params, &sales());
    let Plot::Bar { categories, .. } = &drawn.plot else { panic!("{:?}", drawn.plot) };
    assert_eq!((names(categories), drawn.note), (vec!["a", "b", "(empty)", "c"], None));
}

#[tokio::test]
async fn lines_are_totals_of_periods_and_rows_without_a_time_are_said() {
    let params = json!({"x": "day", "period": "month", "function": "sum", "column": "amount"});
    let drawn = chart("line-chart", &params, &sales());
    let Plot::Line { series, .. } = &drawn.plot else { panic!("{:?}", drawn.plot) };
    assert_eq!(series[0].points, [[19_723.0, 30.0], [19_754.0, 34.0], [19_783.0, 8.0]]);
    assert_eq!(drawn.note.unwrap().en, "1 row without “day” is left out.");
}

#[tokio::test]
async fn areas_have_a_value_of_every_part_at_every_place() {
    let params = json!({"x": "day", "period": "month", "function": "sum", "column": "amount", "series": "city"});
    let drawn = chart("area-chart", &params, &sales());
    let Plot::Area { at, series, .. } = &drawn.plot else { panic!("{:?}", drawn.plot) };
    assert_eq!(at.len(), 3);
    let of = |name: &str| series.iter().find(|s| s.name.en == name).unwrap().values.clone();
    assert_eq!((of("a"), of("(empty)")), (vec![10.0, 30.0, 0.0], vec![0.0, 0.0, 8.0]));
    let params = json!({"x": "day", "function": "mean", "column": "amount"});
    let refused = Bench::new().perform("area-chart", &params, &Given::of(&sales()), 42).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::InvalidParameter);
}

#[tokio::test]
async fn too_many_places_are_thinned_evenly() {
    let rows = (0..1000).map(|n| vec![json!(n), json!(f64::from(n))]).collect();
    let many = one(table(&[("n", Integer), ("v", Number)], rows));
    let params = json!({"x": "n", "function": "sum", "column": "v", "limit": 100});
    let drawn = chart("line-chart", &params, &many);
    let Plot::Line { series, .. } = &drawn.plot else { panic!("{:?}", drawn.plot) };
    assert_eq!(series[0].points.len(), 100);
    assert_eq!(series[0].points[1], [10.0, 10.0]);
    assert!(drawn.note.unwrap().en.starts_with("Of 1,000 places on the axis one in 10 is drawn"));
    let params = json!({"x": "n", "y": "v", "limit": 50});
    let (first, again) = (chart("scatter-plot", &params, &many), chart("scatter-plot", &params, &many));
    assert_eq!(first, again);
    assert_eq!(first.note.unwrap().en, "50 of 1,000 points are drawn, chosen evenly.");
}

#[tokio::test]
async fn boxes_have_the_quartiles_of_the_textbook() {
    let values = [1.0, 2.0, 3.0, 4.0, 100.0];
    let rows = values.iter().map(|v| vec![json!("x"), json!(v)]).chain([vec![json!("y"), json!(7.0)]]).collect();
    let spread = one(table(&[("k", Words), ("v", Number)], rows));
    let drawn = chart("box-plot", &json!({"value": "v", "category": "k"}), &spread);
    let Plot::Box { categories, boxes, .. } = &drawn.plot else { panic!("{:?}", drawn.plot) };
    assert_eq!(names(categories), ["x", "y"]);
    let x = &boxes[0];
    assert_eq!((x.rows, x.low, x.q1, x.median, x.q3, x.high), (5, 1.0, 2.0, 3.0, 4.0, 4.0));
    assert_eq!(x.outliers, [100.0]);
    let y = &boxes[1];
    assert_eq!((y.rows, y.low, y.q1, y.median, y.q3, y.high), (1, 7.0, 7.0, 7.0, 7.0, 7.0));
}

#[tokio::test]
async fn flows_add_up_to_the_rows() {
    let rows = [("s", "x", "p"), ("s", "x", "q"), ("s", "y", "q"), ("m", "y", "q")];
    let rows = rows.iter().map(|(a, b, c)| vec![json!(a), json!(b), json!(c)]).collect();
    let visits = one(table(&[("a", Words), ("b", Words), ("c", Words)], rows));
    let drawn = chart("sankey", &json!({"stages": ["a", "b", "c"]}), &visits);
    let Plot::Sankey { nodes, links, .. } = &drawn.plot else { panic!("{:?}", drawn.plot) };
    for stage in 0..2 {
        let of = |at: u32| nodes[usize::try_from(at).unwrap()].stage;
        let sum: f64 = links.iter().filter(|link| of(link.from) == stage).map(|link| link.value).sum();
        assert_eq!(sum, 4.0);
        assert!(links.iter().all(|link| of(link.to) == of(link.from) + 1));
    }
}

#[tokio::test]
async fn provinces_are_found_by_any_of_their_names() {
    let rows = ["广东深圳", "广东省", "上海", "Paris"].iter().map(|place| vec![json!(place)]).collect();
    let places = one(table(&[("place", Words)], rows));
    let drawn = chart("map", &json!({"by": "province", "region": "place"}), &places);
    let Plot::TileMap { tiles, .. } = &drawn.plot else { panic!("{:?}", drawn.plot) };
    let of = |name: &str| tiles.iter().find(|tile| tile.name.zh == name).unwrap().value;
    assert_eq!((of("广东"), of("上海"), of("北京")), (Some(2.0), Some(1.0), None));
    assert!(drawn.note.unwrap().en.ends_with("1 row in no province that is known is left out."));
    let rows = [(116.4, 39.9, 5.0), (200.0, 10.0, 1.0)];
    let rows = rows.iter().map(|(x, y, n)| vec![json!(x), json!(y), json!(n)]).collect();
    let points = one(table(&[("x", Number), ("y", Number), ("n", Number)], rows));
    let drawn = chart("map", &json!({"by": "point", "longitude": "x", "latitude": "y", "size": "n"}), &points);
    let Plot::PointMap { series, .. } = &drawn.plot else { panic!("{:?}", drawn.plot) };
    assert_eq!((series[0].points.clone(), series[0].sizes.clone()), (vec![[116.4, 39.9]], Some(vec![5.0])));
}

#[tokio::test]
async fn a_table_on_a_page_says_how_many_rows_there_are() {
    let params = json!({"order": [{"column": "amount", "direction": "descending"}], "rows": 2});
    let blocks = page("table", &params, &sales());
    let Some(Block::Table(shown)) = blocks.first() else { panic!("{blocks:?}") };
    assert_eq!(shown.total_rows, Some(6));
    assert_eq!(shown.rows[0], vec![Cell::Null, Cell::Raw("a".into()), Cell::Number(100.0)]);
    assert_eq!(shown.rows[1][0], Cell::Int(19_756));
}

#[tokio::test]
async fn headlines_are_totals_of_all_rows() {
    let params = json!({"figures": [{"function": "rows"}, {"function": "sum", "column": "amount", "style": "money", "currency": "CNY"}]});
    let blocks = page("headline", &params, &sales());
    let Some(Block::Headline { items }) = blocks.first() else { panic!("{blocks:?}") };
    assert_eq!(items.iter().map(|item| item.value.value).collect::<Vec<_>>(), [Some(6.0), Some(172.0)]);
}

#[tokio::test]
async fn an_empty_table_gives_a_page_that_says_so() {
    let none = one(table(&[("day", Date), ("city", Words), ("amount", Number)], vec![]));
    let cases = [
        ("line-chart", json!({"x": "day"})),
        ("area-chart", json!({"x": "day"})),
        ("bar-chart", json!({"category": "city"})),
        ("scatter-plot", json!({"x": "day", "y": "amount"})),
        ("box-plot", json!({"value": "amount"})),
        ("heat-map", json!({"x": "city", "y": "day"})),
        ("funnel-chart", json!({"step": "city", "function": "rows"})),
        ("sankey", json!({"stages": ["city", "day"]})),
        ("treemap", json!({"category": "city"})),
        ("map", json!({"by": "province", "region": "city"})),
        ("table", json!({})),
    ];
    for (name, params) in cases {
        let blocks = page(name, &params, &none);
        assert!(matches!(blocks.first(), Some(Block::Warning(_))), "{name}: {blocks:?}");
    }
}
