use std::{path::PathBuf, sync::Arc};

use arrow::{
    array::{Array, Date32Array, Float64Array, RecordBatch, StringArray},
    datatypes::{DataType, Field, Schema},
};
use chrono::{TimeZone, Utc};
use serde_json::{Map, json};
use tandem_core::{Lang, Text};
use tandem_report::{Block, Report};

use super::*;
use crate::scenarios::{
    Accepted, Made, suggest,
    words::{Words, blanks},
};

/// Numbers from 0 to 1 that look random and are the same each time.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as f64 + 0.5) / (1u64 << 31) as f64
    }

    /// Exponential, of mean 1.
    fn wait(&mut self) -> f64 {
        -self.next().ln()
    }
}

/// A year of purchases of `customers` who buy at rates of their own and leave
/// after a purchase with a chance of their own, as the model has it.
fn purchases(customers: i32, with_amount: bool) -> RecordBatch {
    let mut chance = Chance(20_240_305);
    let (mut id, mut day, mut amount) = (Vec::new(), Vec::new(), Vec::new());
    for c in 0..customers {
        let gap = 60.0 / chance.wait();
        let leaves = 1.0 - chance.next().powf(1.0 / 4.0);
        let thrift = (chance.wait() + chance.wait() + chance.wait()) / 30.0;
        let mut on = 120.0 * chance.next();
        while on < 365.0 {
            id.push(format!("<b>{c}</b>"));
            day.push(18_262 + on as i32);
            amount.push((0..4).map(|_| chance.wait()).sum::<f64>() / thrift);
            if chance.next() < leaves {
                break;
            }
            on += gap * chance.wait() + 1.0;
        }
    }
    let mut fields = vec![Field::new("who", DataType::Utf8, true), Field::new("when", DataType::Date32, true)];
    let mut columns: Vec<Arc<dyn Array>> = vec![Arc::new(StringArray::from(id)), Arc::new(Date32Array::from(day))];
    if with_amount {
        fields.push(Field::new("paid", DataType::Float64, true));
        columns.push(Arc::new(Float64Array::from(amount)));
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
}

fn answer(batches: Vec<RecordBatch>, map: &[(&str, &str)], params: serde_json::Value) -> Result<Answer> {
    let mut rows = Accepted(batches.into_iter().map(Ok));
    let params: Map<_, _> = params.as_object().unwrap().clone();
    let request = Request {
        rows: &mut rows,
        row_count: None,
        mapping: Mapping(map.iter().map(|(r, c)| ((*r).into(), (*c).into())).collect()),
        params,
        seed: 7,
        made: Made {
            at: Utc.with_ymd_and_hms(2024, 3, 5, 8, 26, 0).single().unwrap(),
            run: None,
            engine: "tandem test".into(),
            digest: None,
            source: "purchases.csv".into(),
            source_version: None,
            source_digest: None,
        },
    };
    run(request, &(), &Cancel::new())
}

const ALL: [(&str, &str); 3] = [("customer", "who"), ("time", "when"), ("amount", "paid")];

/// Every text of the report, in both languages.
fn texts(report: &Report) -> Vec<Text> {
    fn walk(value: &serde_json::Value, out: &mut Vec<Text>) {
        match value {
            Value::Object(o) => match serde_json::from_value::<Text>(value.clone()) {
                Ok(text) if o.len() == 2 => out.push(text),
                _ => o.values().for_each(|v| walk(v, out)),
            },
            Value::Array(a) => a.iter().for_each(|v| walk(v, out)),
            _ => {}
        }
    }
    let mut out = Vec::new();
    walk(&serde_json::to_value(report).unwrap(), &mut out);
    out
}

fn assert_finished(report: &Report) {
    let all = texts(report);
    assert!(all.len() > 60);
    let words = Words::parse(WORDS).unwrap();
    for text in &all {
        for side in [&text.en, &text.zh] {
            assert!(!side.contains(['{', '}']), "a blank was not filled: {side}");
            assert!(!words.has(side), "a key stands in place of words: {side}");
            assert!(!side.is_empty());
        }
        assert!(
            !(text.en.contains('.') && text.en.split('.').all(|p| p.chars().all(|c| c.is_ascii_lowercase()))),
            "{text:?}"
        );
    }
    assert!(report.to_json().is_ok(), "every number is finite");
}

#[test]
fn the_whole_report_has_its_parts_and_no_open_blanks() {
    let answer = answer(vec![purchases(600, true)], &ALL, json!({"currency": "EUR"})).unwrap();
    let report = &answer.report;
    assert_finished(report);
    assert_eq!(report.headline.len(), 5);
    assert_eq!(report.headline[0].id, "value");
    assert!(report.headline[0].value.interval.is_some());
    let ids: Vec<&str> = report.sections.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(ids, ["segments", "spread", "activity", "actions", "customers", "trust", "data", "method"]);
    let actions = report.sections[3].blocks.iter().find_map(|b| match b {
        Block::Actions { items } => Some(items.len()),
        _ => None,
    });
    assert_eq!(actions, Some(answer.result["segments"].as_array().unwrap().len()));
    assert_eq!(answer.table.num_rows(), 600);
    for key in ["parameters", "counts", "segments", "backtest", "warnings"] {
        assert!(answer.result.get(key).is_some(), "{key} at the top level");
    }
    let page = tandem_report::html::render(report, Lang::Zh);
    assert!(page.contains("€") && !page.contains("<b>0</b>"));
    assert!(tandem_report::xlsx::render(report, Lang::En).is_ok());
}

#[test]
fn without_amounts_there_are_four_segments_and_purchases_instead_of_money() {
    let answer = answer(vec![purchases(600, false)], &ALL[..2], json!({})).unwrap();
    assert_finished(&answer.report);
    assert_eq!(answer.report.headline[0].id, "active");
    assert!(answer.result["parameters"]["gamma_gamma"].is_null());
    assert!(answer.report.sections.iter().all(|s| s.id != "spread"));
    assert!(answer.report.warnings.iter().any(|w| w.code == "no_amount"));
}

#[test]
fn with_too_few_repeat_buyers_there_are_segments_and_no_forecast() {
    let answer = answer(vec![purchases(8, true)], &ALL, json!({})).unwrap();
    assert_finished(&answer.report);
    assert!(answer.report.warnings.iter().any(|w| w.code == "no_forecast"));
    assert!(answer.report.headline.iter().any(|h| h.id == "spent"));
    assert!(answer.report.sections.iter().all(|s| s.id != "customers"));
}

#[test]
fn the_order_of_batches_does_not_matter_to_the_bytes() {
    let all = purchases(300, true);
    let (a, b) = (all.slice(0, 100), all.slice(100, all.num_rows() - 100));
    let bytes = |batches| {
        let answer = answer(batches, &ALL, json!({})).unwrap();
        (answer.report.to_json().unwrap(), answer.result.to_string())
    };
    assert_eq!(bytes(vec![a.clone(), b.clone()]), bytes(vec![b, a]));
}

#[test]
fn what_is_wrong_with_the_request_is_said() {
    let code = |map: &[(&str, &str)], params| answer(vec![purchases(8, true)], map, params).unwrap_err().code();
    assert_eq!(code(&ALL[..1], json!({})), ErrorCode::InvalidParameter);
    assert_eq!(code(&ALL, json!({"unit": "year"})), ErrorCode::InvalidParameter);
    assert_eq!(code(&ALL, json!({"calibration_end": "1999-01-01"})), ErrorCode::InvalidParameter);
    assert_eq!(code(&[("customer", "x"), ("time", "when")], json!({})), ErrorCode::UnknownColumn);
}

#[test]
fn words_have_the_same_blanks_in_both_languages() {
    for (key, text) in Words::parse(WORDS).unwrap().iter() {
        assert_eq!(blanks(&text.en), blanks(&text.zh), "{key}");
        assert!(!text.en.is_empty() && !text.zh.is_empty(), "{key}");
    }
}

#[test]
fn every_segment_has_its_actions() {
    let words = Words::parse(WORDS).unwrap();
    for segment in tandem_science::rfm::Segment::ALL {
        for part in ["aim", "step1", "step2", "step3", "measure"] {
            assert!(words.has(&format!("do.{}.{part}", segment.key())), "{segment:?} {part}");
        }
    }
}

fn shared_data() -> PathBuf {
    std::env::var_os("TANDEM_SHARED_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")), PathBuf::from)
}

#[test]
fn cdnow_gives_the_published_figures() {
    let path = shared_data().join("cdnow/CDNOW_sample.txt");
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return;
    }
    let reader = tandem_ingest::open_batches(&path).unwrap();
    let schema = reader.schema();
    let batches: Vec<RecordBatch> = reader.map(|c| c.unwrap().batch).collect();
    let facts = crate::scenarios::facts::from_sample(&schema, &batches).unwrap();
    let mapping = suggest::mapping(&suggest::suggest(&manifest().unwrap().inputs[0], &facts));
    let map: Vec<(&str, &str)> = mapping.0.iter().map(|(r, c)| (r.as_str(), c.as_str())).collect();
    let answer = answer(batches, &map, json!({"calibration_end": "1997-09-30"})).unwrap();
    let figure = |model: &str, name: &str| answer.result["parameters"][model][name].as_f64().unwrap();
    for (model, name, expected) in [
        ("bgnbd", "r", 0.2426),
        ("bgnbd", "alpha", 4.4135),
        ("bgnbd", "a", 0.7929),
        ("bgnbd", "b", 2.4258),
        ("gamma_gamma", "p", 6.2488),
        ("gamma_gamma", "q", 3.7446),
        ("gamma_gamma", "gamma", 15.4477),
    ] {
        let found = figure(model, name);
        assert!((found / expected - 1.0).abs() < 0.01, "{model} {name} is {found}, not {expected}");
    }
    assert_eq!(answer.result["counts"]["customers"], 2357);
    assert_finished(&answer.report);
}
