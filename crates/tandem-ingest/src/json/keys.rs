//! Which keys the objects have, and what is behind them.

use std::collections::HashMap;

use tandem_core::{Error, ErrorCode, Result};

use super::{nested_warning, rows::each_field};
use crate::sniff::{
    Warning,
    infer::{Inference, Inferred},
    plan::FoundColumn,
};
use crate::types::{ColumnType, DateOrder};

/// Keys of one object above which it is taken for a dictionary and not flattened.
const DICTIONARY: usize = 200;

/// The keys seen, in the order in which they came.
pub(super) struct Keys {
    records: u64,
    limit: usize,
    keys: Ordered<Key>,
}

#[derive(Default)]
struct Key {
    /// How often its value was an object.
    objects: u64,
    /// How often it was neither that nor null.
    others: u64,
    value: Value,
    parts: Ordered<Value>,
}

/// What stood behind a key.
#[derive(Default)]
struct Value {
    present: u64,
    nested: bool,
    inference: Inference,
}

struct Ordered<T> {
    places: HashMap<String, usize>,
    items: Vec<(String, T)>,
}

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Self { places: HashMap::new(), items: Vec::new() }
    }
}

impl<T: Default> Ordered<T> {
    fn entry(&mut self, key: &str) -> &mut T {
        let place = match self.places.get(key) {
            Some(place) => *place,
            None => {
                self.places.insert(key.to_owned(), self.items.len());
                self.items.push((key.to_owned(), T::default()));
                self.items.len() - 1
            }
        };
        &mut self.items[place].1
    }
}

impl Keys {
    /// No keys yet, of which there may be `limit`.
    pub(super) fn new(limit: usize) -> Self {
        Self { records: 0, limit, keys: Ordered::default() }
    }

    /// Objects seen.
    pub(super) const fn records(&self) -> u64 {
        self.records
    }

    /// Takes note of an element; what is no object is passed over.
    pub(super) fn observe(&mut self, bytes: &[u8]) {
        let Ok(text) = std::str::from_utf8(bytes) else { return };
        if !text.trim_start().starts_with('{')
            || serde_json::from_str::<serde::de::IgnoredAny>(text).is_err()
            || self.keys.items.len() > self.limit
        {
            return;
        }
        self.records += 1;
        let mut deserializer = serde_json::Deserializer::from_str(text);
        // It was read once already, so it can be read.
        let _ = each_field(&mut deserializer, |key, value| self.keys.entry(key).observe(value.get()));
    }

    /// The columns they come to.
    ///
    /// # Errors
    /// `malformed_file` where there are too many.
    pub(super) fn columns(self, warnings: &mut Vec<Warning>) -> Result<Vec<FoundColumn>> {
        let mut columns = Vec::new();
        for (name, key) in self.keys.items {
            let flat = key.objects > 0 && key.others == 0 && (1..=DICTIONARY).contains(&key.parts.items.len());
            if flat {
                for (part, value) in key.parts.items {
                    columns.push(value.column(format!("{name}.{part}"), self.records, false, warnings));
                }
            } else {
                columns.push(key.value.column(name, self.records, key.objects > 0, warnings));
            }
        }
        if columns.len() > self.limit {
            return Err(Error::new(
                ErrorCode::MalformedFile,
                format!("The objects have more than {} different keys, too many for a table.", self.limit),
            ));
        }
        if columns.is_empty() {
            return Err(Error::new(ErrorCode::MalformedFile, "The objects have no keys, so there are no columns."));
        }
        Ok(columns)
    }
}

impl Key {
    fn observe(&mut self, raw: &str) {
        match raw.as_bytes().first() {
            Some(b'{') => {
                self.objects += 1;
                if self.parts.items.len() <= DICTIONARY {
                    let mut inner = serde_json::Deserializer::from_str(raw);
                    let _ = each_field(&mut inner, |part, value| self.parts.entry(part).observe(value.get()));
                }
            }
            Some(b'n') => {}
            _ => self.others += 1,
        }
        self.value.observe(raw);
    }
}

impl Value {
    fn observe(&mut self, raw: &str) {
        self.present += 1;
        match raw.as_bytes().first() {
            Some(b'"') => {
                let value = serde_json::from_str::<String>(raw).unwrap_or_default();
                self.inference.observe_string(&value);
            }
            Some(b'n') => self.inference.observe(None),
            Some(b'{' | b'[') => {
                self.nested = true;
                self.inference.observe_string(raw);
            }
            _ => self.inference.observe(Some(raw)),
        }
    }

    fn column(mut self, name: String, records: u64, objects: bool, warnings: &mut Vec<Warning>) -> FoundColumn {
        for _ in self.present..records {
            self.inference.observe(None);
        }
        let inferred = if self.nested || objects {
            warnings.push(nested_warning(&name));
            Inferred {
                column_type: ColumnType::Text,
                date_order: DateOrder::Ymd,
                decimal_comma: false,
                remarks: Vec::new(),
            }
        } else {
            self.inference.infer(&name)
        };
        FoundColumn {
            inferred,
            nullable: self.inference.nullable(),
            samples: self.inference.samples().to_vec(),
            include: true,
            name,
        }
    }
}
