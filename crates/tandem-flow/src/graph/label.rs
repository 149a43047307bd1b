//! What people call a step or a group.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tandem_core::{Lang, Text};

/// A name that people gave, for readers of both languages. In the document it
/// is a string where both read the same words, and else `{"en": …, "zh-CN": …}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Label(Text);

impl Label {
    /// The name for readers of a language.
    pub fn get(&self, lang: Lang) -> &str {
        self.0.get(lang)
    }

    /// The name in both languages.
    pub const fn text(&self) -> &Text {
        &self.0
    }
}

impl From<&str> for Label {
    fn from(words: &str) -> Self {
        Self(Text::new(words, words))
    }
}

impl From<String> for Label {
    fn from(words: String) -> Self {
        Self::from(words.as_str())
    }
}

impl From<Text> for Label {
    fn from(words: Text) -> Self {
        Self(words)
    }
}

/// Both languages, once where they are the same.
impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.en == self.0.zh {
            true => f.write_str(&self.0.en),
            false => write!(f, "{} / {}", self.0.en, self.0.zh),
        }
    }
}

impl Serialize for Label {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.en == self.0.zh { serializer.serialize_str(&self.0.en) } else { self.0.serialize(serializer) }
    }
}

impl<'de> Deserialize<'de> for Label {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a name, or one for each of “en” and “zh-CN”")]
        enum Written {
            Same(String),
            Both(Text),
        }
        Ok(match Written::deserialize(deserializer)? {
            Written::Same(words) => Self::from(words),
            Written::Both(words) => Self(words),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json, to_value};

    use super::*;

    #[test]
    fn a_name_is_written_once_where_both_languages_have_the_same() {
        let same: Label = from_value(json!("Orders")).unwrap();
        assert_eq!((same.get(Lang::En), same.get(Lang::Zh)), ("Orders", "Orders"));
        assert_eq!((to_value(&same).unwrap(), same.to_string()), (json!("Orders"), "Orders".to_owned()));
        let both: Label = from_value(json!({"en": "Orders", "zh-CN": "订单"})).unwrap();
        assert_eq!((both.get(Lang::En), both.get(Lang::Zh)), ("Orders", "订单"));
        assert_eq!(to_value(&both).unwrap(), json!({"en": "Orders", "zh-CN": "订单"}));
        assert_eq!(both.to_string(), "Orders / 订单");
        let error = from_value::<Label>(json!({"en": "Orders"})).unwrap_err().to_string();
        assert!(error.contains("zh-CN"), "{error}");
    }
}
