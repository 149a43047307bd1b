//! A pack's words: templates in both languages, filled with numbers written
//! the way of each.

use std::collections::BTreeMap;

use tandem_core::{Error, Lang, Result, Text};
use tandem_report::{Number, NumberFormat, format};

/// What stands in place of a `{name}`.
#[derive(Debug, Clone)]
pub(super) enum Fill {
    Number(f64, NumberFormat),
    Text(Text),
    Raw(String),
}

/// A number in its format.
pub(super) fn num(value: f64, format: NumberFormat) -> Fill {
    Fill::Number(value, format)
}

/// A count.
pub(super) fn count(value: u64) -> Fill {
    Fill::Number(value as f64, NumberFormat::count())
}

/// Words of a pack, by key.
#[derive(Debug)]
pub(super) struct Words(BTreeMap<String, Text>);

impl Words {
    /// Reads a pack's words: an object of `key: {en, zh-CN}`.
    ///
    /// # Errors
    /// `internal` where it is malformed.
    pub(super) fn parse(json: &str) -> Result<Self> {
        serde_json::from_str(json).map(Self).map_err(Error::internal)
    }

    /// Words without blanks to fill.
    pub(super) fn get(&self, key: &str) -> Text {
        self.fill(key, &[])
    }

    /// Words with each `{name}` filled. A key that is not there shows as
    /// itself, which the tests rule out.
    pub(super) fn fill(&self, key: &str, fills: &[(&str, Fill)]) -> Text {
        match self.0.get(key) {
            None => Text::new(key, key),
            Some(template) => Text::new(fill(&template.en, fills, Lang::En), fill(&template.zh, fills, Lang::Zh)),
        }
    }

    /// Whether there are words for a key.
    pub(super) fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Text)> {
        self.0.iter()
    }
}

/// One pass from left to right, so that braces inside what is filled in stay as they are.
fn fill(template: &str, fills: &[(&str, Fill)], lang: Lang) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        out.push_str(&rest[..start]);
        let tail = &rest[start + 1..];
        let found = tail.find('}').and_then(|end| {
            let (_, value) = fills.iter().find(|(name, _)| *name == &tail[..end])?;
            Some((end, value))
        });
        match found {
            Some((end, value)) => {
                out.push_str(&match value {
                    Fill::Number(v, f) => format::value(&Number::new(*v, f.clone()), lang),
                    Fill::Text(t) => t.get(lang).to_owned(),
                    Fill::Raw(s) => s.clone(),
                });
                rest = &tail[end + 1..];
            }
            None => {
                out.push('{');
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The names in braces of a template.
#[cfg(test)]
pub(super) fn blanks(template: &str) -> std::collections::BTreeSet<String> {
    template.split('{').skip(1).filter_map(|part| part.split('}').next()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_gets_its_own_numbers_and_fills_are_not_filled_again() {
        let words = Words::parse(r#"{"a": {"en": "{n} of {who}", "zh-CN": "{who}的 {n}"}}"#).unwrap();
        let fills = [("n", num(1234.0, NumberFormat::count())), ("who", Fill::Raw("{n}".into()))];
        assert_eq!(words.fill("a", &fills), Text::new("1,234 of {n}", "{n}的 1,234"));
        assert_eq!(words.get("a"), Text::new("{n} of {who}", "{who}的 {n}"));
    }
}
