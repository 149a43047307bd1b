//! JSON objects → cells → a batch.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    fmt,
};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use tandem_core::Result;

use super::elements::Elements;
use crate::{
    cells::{Cell, CellTable, build::BuildPlan},
    options::ResolvedOptions,
    reject::{Reject, RejectCode, raw_text},
    text::{pipeline::Parsed, records::too_long},
};

/// Which key goes to which column.
pub(super) struct RowPlan {
    build: BuildPlan,
    places: HashMap<String, usize>,
    /// Keys of objects that are flattened.
    flattened: HashSet<String>,
    width: usize,
}

impl RowPlan {
    /// The plan that the options describe.
    pub(super) fn new(options: &ResolvedOptions) -> Self {
        let places = options.columns.iter().enumerate().map(|(at, c)| (c.source.clone(), at)).collect();
        let flattened = options
            .columns
            .iter()
            .flat_map(|c| c.source.match_indices('.').map(|(at, _)| c.source[..at].to_owned()))
            .collect();
        Self { build: BuildPlan::new(options), places, flattened, width: options.columns.len() }
    }
}

/// Rows at fault and why.
struct Fault {
    element: usize,
    column: Option<String>,
    code: RejectCode,
    message: String,
}

/// A block → a batch.
pub(super) fn parse(block: Elements, plan: &RowPlan, limit: usize) -> Result<Parsed> {
    if let Some(code) = block.fault {
        let reject = Reject {
            row_number: 0,
            line: None,
            column: None,
            code,
            message: too_long(limit).1,
            raw: raw_text(&block.bytes),
        };
        let batch = arrow::array::RecordBatch::new_empty(plan.build.schema());
        return Ok(Parsed { batch, rejects: vec![reject], lines: 0 });
    }
    let mut row = Row { plan, text: String::with_capacity(block.bytes.len()), cells: vec![Cell::MISSING; plan.width] };
    let mut cells = Vec::with_capacity(block.spans.len() * plan.width);
    let mut kept = Vec::with_capacity(block.spans.len());
    let mut faults = Vec::new();
    for (element, (start, end)) in block.spans.iter().enumerate() {
        let bytes = &block.bytes[*start as usize..*end as usize];
        row.cells.fill(Cell::MISSING);
        let read = if bytes.len() > limit { Err(too_long(limit)) } else { row.read(bytes) };
        match read {
            Ok(()) => {
                cells.extend_from_slice(&row.cells);
                kept.push(element);
            }
            Err((code, message)) => faults.push(Fault { element, column: None, code, message }),
        }
    }
    let table = CellTable { text: &row.text, cells: &cells, width: plan.width, quote: '"' };
    let (batch, bad) = plan.build.build(&table)?;
    faults.extend(bad.into_iter().map(|cell| Fault {
        element: kept[cell.row],
        column: Some(cell.column),
        code: RejectCode::InvalidValue,
        message: cell.message,
    }));
    faults.sort_by_key(|f| f.element);
    let reject = |fault: Fault| {
        let (start, end) = block.spans[fault.element];
        Reject {
            row_number: fault.element as u64,
            line: None,
            column: fault.column,
            code: fault.code,
            message: fault.message,
            raw: raw_text(&block.bytes[start as usize..end as usize]),
        }
    };
    Ok(Parsed { batch, rejects: faults.into_iter().map(reject).collect(), lines: 0 })
}

/// The row at hand, and the text of all.
struct Row<'p> {
    plan: &'p RowPlan,
    text: String,
    cells: Vec<Cell>,
}

impl Row<'_> {
    fn read(&mut self, bytes: &[u8]) -> Result<(), (RejectCode, String)> {
        let text = std::str::from_utf8(bytes)
            .map_err(|_| (RejectCode::InvalidEncoding, "Some bytes are no text in the file's encoding.".to_owned()))?;
        let mut fault = None;
        let mut deserializer = serde_json::Deserializer::from_str(text);
        each_field(&mut deserializer, |key, value| self.top(key, value, &mut fault))
            .and_then(|()| deserializer.end())
            .map_err(|e| (RejectCode::MalformedJson, format!("This is no JSON object: {e}.")))?;
        fault.map_or(Ok(()), Err)
    }

    fn top(&mut self, key: &str, value: &RawValue, fault: &mut Option<(RejectCode, String)>) {
        let raw = value.get();
        if let Some(place) = self.plan.places.get(key) {
            self.put(*place, raw);
        } else if !self.plan.flattened.contains(key) {
            fault.get_or_insert_with(|| unknown(key));
        } else if raw.starts_with('{') {
            let mut inner = serde_json::Deserializer::from_str(raw);
            let read = each_field(&mut inner, |part, value| {
                let name = format!("{key}.{part}");
                match self.plan.places.get(&name) {
                    Some(place) => self.put(*place, value.get()),
                    None => drop(fault.get_or_insert_with(|| unknown(&name))),
                }
            });
            if read.is_err() {
                fault.get_or_insert_with(|| (RejectCode::MalformedJson, format!("`{key}` is no JSON object.")));
            }
        } else if raw != "null" {
            fault.get_or_insert_with(|| (RejectCode::InvalidValue, format!("`{key}` is no object here.")));
        }
    }

    fn put(&mut self, place: usize, raw: &str) {
        let start = self.text.len();
        self.cells[place] = match raw.as_bytes().first() {
            Some(b'"') => {
                match serde_json::from_str::<Cow<'_, str>>(raw) {
                    Ok(value) => self.text.push_str(&value),
                    Err(_) => self.text.push_str(raw),
                }
                Cell::quoted(start, self.text.len(), false)
            }
            Some(b'n') => Cell::MISSING,
            _ => {
                self.text.push_str(raw);
                Cell::plain(start, self.text.len())
            }
        };
    }
}

fn unknown(key: &str) -> (RejectCode, String) {
    (RejectCode::UnknownField, format!("There is no column for `{key}`, which the part looked at did not have."))
}

/// Calls `found` for every field of the object that comes next.
pub(super) fn each_field<'de, D: Deserializer<'de>>(
    deserializer: D,
    found: impl FnMut(&str, &RawValue),
) -> Result<(), D::Error> {
    Fields(found).deserialize(deserializer)
}

struct Fields<F>(F);

impl<'de, F: FnMut(&str, &RawValue)> DeserializeSeed<'de> for Fields<F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, F: FnMut(&str, &RawValue)> Visitor<'de> for Fields<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(Key(key)) = map.next_key::<Key<'de>>()? {
            (self.0)(&key, map.next_value::<&RawValue>()?);
        }
        Ok(())
    }
}

/// A key, borrowed where it holds no escapes.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);
