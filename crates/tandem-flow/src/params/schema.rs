//! A schema of parameters, read as one.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tandem_core::{Lang, Text};

use crate::ColumnKind;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Words.
    String,
    /// A number.
    Number,
    /// A whole number.
    Integer,
    /// Yes or no.
    Boolean,
    /// A list.
    Array,
    /// Named parts.
    Object,
}

impl Type {
    /// What people call it.
    pub fn words(self) -> Text {
        let (en, zh) = match self {
            Self::String => ("a text", "文本"),
            Self::Number => ("a number", "数字"),
            Self::Integer => ("a whole number", "整数"),
            Self::Boolean => ("yes or no (true or false)", "是或否（true 或 false）"),
            Self::Array => ("a list", "列表"),
            Self::Object => ("a set of named parts", "一组带名称的字段"),
        };
        Text::new(en, zh)
    }
}

/// Which columns a parameter may choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnChoice {
    /// Of which input.
    pub port: String,
    /// Kinds that will do; none means any.
    pub kinds: Vec<ColumnKind>,
    /// Whether it is a list of columns.
    pub many: bool,
}

/// A schema, or a part of one.
#[derive(Debug, Clone, Copy)]
pub struct Schema<'a>(&'a Map<String, Value>);

impl<'a> Schema<'a> {
    /// Reads `map` as a schema.
    pub const fn new(map: &'a Map<String, Value>) -> Self {
        Self(map)
    }

    /// The schema that a value is.
    pub fn of(value: &'a Value) -> Option<Self> {
        value.as_object().map(Self)
    }

    /// The words of it.
    pub const fn map(self) -> &'a Map<String, Value> {
        self.0
    }

    /// What a value is: text where it isn't said. `None` for a type that there isn't.
    pub fn kind(self) -> Option<Type> {
        match self.0.get("type") {
            None => Some(Type::String),
            Some(kind) => match kind.as_str()? {
                "string" => Some(Type::String),
                "number" => Some(Type::Number),
                "integer" => Some(Type::Integer),
                "boolean" => Some(Type::Boolean),
                "array" => Some(Type::Array),
                "object" => Some(Type::Object),
                _ => None,
            },
        }
    }

    /// Its parts, in order of presentation.
    pub fn properties(self) -> impl Iterator<Item = (&'a str, Schema<'a>)> {
        let properties = self.0.get("properties").and_then(Value::as_object);
        properties.into_iter().flatten().filter_map(|(name, schema)| Some((name.as_str(), Schema::of(schema)?)))
    }

    /// One part.
    pub fn property(self, name: &str) -> Option<Schema<'a>> {
        self.0.get("properties")?.get(name).and_then(Schema::of)
    }

    /// Whether the part of that name must be set.
    pub fn requires(self, name: &str) -> bool {
        let required = self.0.get("required").and_then(Value::as_array);
        required.is_some_and(|required| required.iter().any(|other| other.as_str() == Some(name)))
    }

    /// What each of a list is.
    pub fn items(self) -> Option<Schema<'a>> {
        self.0.get("items").and_then(Schema::of)
    }

    /// The value that it takes where none is given.
    pub fn default(self) -> Option<&'a Value> {
        self.0.get("default")
    }

    /// The values that there are.
    pub fn allowed(self) -> Option<&'a [Value]> {
        self.0.get("enum").and_then(Value::as_array).map(Vec::as_slice)
    }

    /// A bound, such as `maximum`.
    pub fn number(self, word: &str) -> Option<f64> {
        self.0.get(word).and_then(Value::as_f64)
    }

    /// A count, such as `maxItems`.
    pub fn count(self, word: &str) -> Option<usize> {
        self.0.get(word).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok())
    }

    /// A word, such as `format`.
    pub fn word(self, word: &str) -> Option<&'a str> {
        self.0.get(word).and_then(Value::as_str)
    }

    /// Whether a word is set to true.
    pub fn is(self, word: &str) -> bool {
        self.0.get(word).and_then(Value::as_bool).unwrap_or(false)
    }

    /// Words in both languages, such as `x-label`.
    pub fn text(self, word: &str) -> Option<Text> {
        read(self.0.get(word)?)
    }

    /// What a value of `enum` is called.
    pub fn value_label(self, value: &str) -> Option<Text> {
        read(self.0.get("x-enum-labels")?.get(value)?)
    }

    /// The columns that it chooses from.
    pub fn column(self) -> Option<ColumnChoice> {
        let choice = self.0.get("x-column")?.as_object()?;
        Some(ColumnChoice {
            port: choice.get("port")?.as_str()?.to_owned(),
            kinds: choice.get("kinds").map_or_else(|| Some(Vec::new()), read)?,
            many: choice.get("many").and_then(Value::as_bool).unwrap_or(false),
        })
    }

    /// Whether it counts, given what else is set: the condition of `x-when`.
    pub fn counts(self, settled: &Map<String, Value>) -> bool {
        let Some(when) = self.0.get("x-when") else { return true };
        let other = when.get("param").and_then(Value::as_str).and_then(|param| settled.get(param));
        let values = when.get("in").and_then(Value::as_array);
        values.is_some_and(|values| values.contains(other.unwrap_or(&Value::Null)))
    }

    /// What it is called, with its name for want of a label.
    pub fn label(self, name: &str, lang: Lang) -> String {
        self.text("x-label").map_or_else(|| name.to_owned(), |label| label.get(lang).to_owned())
    }
}

fn read<T: DeserializeOwned>(value: &Value) -> Option<T> {
    serde_json::from_value(value.clone()).ok()
}
